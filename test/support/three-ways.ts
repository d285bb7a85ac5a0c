/** One job over one library at one moment, in three ways: explained, previewed, run (design.md 7; platform.md 8). */
import assert from 'node:assert/strict';
import type { Models } from '../../models/models.js';
import type { NewRun } from '../../models/new-run.js';
import { night, record, type ByHand } from './run-by-hand.js';
import { everythingOf } from './store.js';

const own = { institutionId: 'demo' };
const aside = new Set(['runs', 'runEvents', 'runBatches']);

/** Of the institution `demo`; `given`: how the run begins, else by hand. Explaining must store nothing, and a preview runs, events and batches only. */
export async function threeWays<Said>(models: Models, jobKey: ByHand, asOf: Date, explained: () => Promise<Said>, given: Partial<NewRun> = {}) {
  const besideRuns = async () => Object.fromEntries(Object.entries(await everythingOf(models, 'demo')).filter(([name]) => !aside.has(name)));
  const before = await everythingOf(models, 'demo');
  const said = await explained();
  assert.deepEqual(await everythingOf(models, 'demo'), before, 'explaining stores nothing');
  const standing = await besideRuns();
  const preview = await record(models, 'demo', asOf, { trigger: 'DRY_RUN' }, jobKey);
  await night(models, preview);
  assert.deepEqual(await besideRuns(), standing, 'a preview writes runs, events and batches only');
  const proposals = (await models.RunBatch.find({ ...own, runId: preview.runId }).lean()).flatMap((batch) => batch.proposals);
  const run = await record(models, 'demo', asOf, given, jobKey);
  await night(models, run);
  return { said, preview, run, proposals };
}
