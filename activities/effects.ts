/**
 * What becomes of a page's decisions: a run writes them, a preview collects what a run would write, and nothing else
 * differs (design.md 7). No job asks whether it is a preview.
 */
import type { Run } from '../domain/run.js';
import type { Models } from '../models/models.js';
import type { Proposal } from '../models/run.js';

/** So many proposals a preview shows (platform.md 8). */
const PROPOSALS_SHOWN = 1_000;

export interface Effects<Outcome> {
  /** Writes. Repeatable. */
  write(): Promise<Outcome>;
  /** The same in words and values, in the order of the records; `outcome` is that of nobody interfering. */
  propose(outcome: Outcome): Proposal[];
  /** What writing comes to when nobody interferes. */
  undisturbed(): Promise<Outcome>;
}

/** Carries effects out, or collects them; proposals only of a preview, and no more of them than are shown. */
export async function carryOut<Outcome>(models: Models, run: Run, effects: Effects<Outcome>): Promise<{ outcome: Outcome; proposals: Proposal[] }> {
  if (!run.preview) return { outcome: await effects.write(), proposals: [] };
  const shown = await proposedBefore(models, run);
  const outcome = await effects.undisturbed();
  return { outcome, proposals: effects.propose(outcome).slice(0, Math.max(0, PROPOSALS_SHOWN - shown)) };
}

/** How many proposals the earlier pages of a preview show; looked no further than to the most there may be. */
async function proposedBefore(models: Models, { institutionId, runId, batchNo }: Run): Promise<number> {
  const proposing = { institutionId, runId, batchNo: { $lt: batchNo }, 'proposals.recordId': { $gte: '' } };
  let shown = 0;
  for await (const { proposals } of models.RunBatch.find(proposing, { proposals: 1 }).lean().cursor({ batchSize: 10 })) {
    shown += proposals.length;
    if (shown >= PROPOSALS_SHOWN) break;
  }
  return shown;
}
