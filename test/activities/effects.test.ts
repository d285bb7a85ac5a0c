/** A preview shows a thousand proposals, whatever its pages propose (platform.md 8). */
import assert from 'node:assert/strict';
import { afterAll, test } from 'vitest';
import { carryOut, type Effects } from '../../activities/effects.js';
import type { Run } from '../../domain/run.js';
import { newId } from '../../models/document.js';
import type { Proposal } from '../../models/run.js';
import { emptyDatabase } from '../support/database.js';

const { models, close } = await emptyDatabase();
afterAll(close);

const proposal = (number: number): Proposal => ({ recordType: 'loan', recordId: String(number), recordLabel: `B${number}`, action: 'Renew', details: {} });
const proposing = (count: number): Effects<null> => ({
  write: async () => assert.fail('a preview writes nothing'),
  propose: () => Array.from({ length: count }, (_one, number) => proposal(number)),
  undisturbed: async () => null,
});

test.each([
  [[], 300, 300],
  [[0, 400, 0, 300], 300, 300],
  [[400, 300, 299], 300, 1],
  [[999, 0], 2, 1],
  [[600, 400], 300, 0],
  [[600, 600, 0], 300, 0],
])('after pages with %j proposals, of %i more %i are kept', async (before, more, kept) => {
  const run = { institutionId: 'demo', runId: newId(), batchNo: before.length, preview: true } as Run; // carryOut reads no more of it
  const ofRun = { institutionId: 'demo', runId: run.runId, deleteAfter: new Date('2025-06-01T00:00:00.000Z') };
  const batches = before.map((count, batchNo) => ({ ...ofRun, batchNo, state: 'DONE' as const, proposals: proposing(count).propose(null) }));
  // A page that was done before and is done again counts nothing of its own.
  await models.RunBatch.create([...batches, { ...ofRun, batchNo: before.length, state: 'RUNNING' as const, proposals: [proposal(1)] }]);
  assert.equal((await carryOut(models, run, proposing(more))).proposals.length, kept);
});
