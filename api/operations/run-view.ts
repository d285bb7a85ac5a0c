/** A run as API, pages and command line give it. */
import { isFinal } from '../../domain/run-status.js';
import type { StoredRun } from '../../models/run.js';
import type { LetterCounts } from '../../models/letter.js';
import { finalLetterCountsOf, letterCountsOf } from '../../models/run-letters.js';
import { runOf, type Operating } from './context.js';

export interface RunView extends Omit<StoredRun, '_id' | 'letters'> {
  id: string;
  letters: LetterCounts;
}

/** Refusal: not-found. */
export async function runView(
  operating: Pick<Operating, 'models'>,
  institutionId: string,
  runId: string,
): Promise<RunView> {
  const run = await runOf(operating, institutionId, runId);
  const { _id, ...shown } = run;
  return { ...shown, id: _id, letters: await lettersOf(operating, run) };
}

/**
 * How many letters of a run are in which state, by letter code: those of now. Once the run has ended and its last letter has left, the
 * counts are kept in the run: a night's letters take a tenth of a second to count.
 */
export async function lettersOf({ models }: Pick<Operating, 'models'>, run: StoredRun): Promise<LetterCounts> {
  const { institutionId, _id: runId, letters } = run;
  if (letters) return letters; // a run of an older release has no such field
  const final = isFinal(run.status) ? await finalLetterCountsOf(models, { institutionId, runId }) : null;
  if (final === null) return letterCountsOf(models, { institutionId, runId });
  await models.Run.updateOne({ institutionId, _id: runId }, { $set: { letters: final } }, { timestamps: false }); // bookkeeping
  return final;
}
