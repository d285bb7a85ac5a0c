/**
 * users-remove-blocks: what *explain a record* says of each block of a mixed library, what a preview proposes and what the run then does are
 * the same; explaining and previewing change nothing (design.md 7; platform.md 8).
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { createExplainers } from '../../activities/explain.js';
import { jobOf } from '../../catalogue/jobs.js';
import { blocksWork } from '../../chaos/blocks.js';
import { asOf } from '../../chaos/library.js';
import type { RunRef } from '../../domain/run.js';
import type { Proposal } from '../../models/run.js';
import { clear, emptyDatabase } from '../support/database.js';
import { everythingOf } from '../support/store.js';
import { threeWays } from '../support/three-ways.js';

const JOB = 'users-remove-blocks';
const { models, close } = await emptyDatabase();
afterAll(close);
const own = { institutionId: 'demo' };
const explain = createExplainers(models)[JOB]!;

const explained = async () => Promise.all((await models.UserBlock.find(own).sort({ code: 1 }).lean()).map(async ({ _id }) => {
  const explanation = await explain({ ...own, asOf: asOf.toISOString(), timeZone: 'America/New_York', currency: 'USD', parameters: {}, record: `block:${_id}` });
  assert.ok(explanation);
  return explanation;
}));
const countersOf = async ({ runId }: RunRef) => (await models.Run.findOne({ ...own, _id: runId }).orFail().lean()).counters;
const blocks = async () => new Map((await models.UserBlock.find(own).lean()).map((block) => [block.code, block]));

let said: Awaited<ReturnType<typeof explained>>;
let before: Awaited<ReturnType<typeof blocks>>;
let preview: RunRef;
let run: RunRef;
let proposals: Proposal[];
let nextDoor: Record<string, string[]>;

beforeAll(async () => {
  await clear(models);
  await blocksWork(models, 'demo', { seed: 1, loans: 120 });
  await blocksWork(models, 'next-door', { seed: 1, loans: 10 });
  nextDoor = await everythingOf(models, 'next-door');
  before = await blocks();
  ({ said, preview, run, proposals } = await threeWays(models, JOB, asOf, () => explained()));
});

const acting = () => said.filter(({ decision }) => decision === 'ACT').map(({ label }) => label);

test('every block has an explanation, some are acted on and some left', () => {
  assert.deepEqual([said.length, acting().length], [121, 83]);
});
test('the run changes the blocks that are explained so, and no other', async () => {
  const after = await blocks();
  const changed = [...before].filter(([code, block]) => JSON.stringify(block) !== JSON.stringify(after.get(code))).map(([code]) => code);
  assert.deepEqual(changed.sort(), acting());
});
test('the preview proposes the same, and what becomes of each is what it says', async () => {
  assert.deepEqual(proposals.map(({ recordLabel }) => recordLabel).sort(), acting());
  const after = await blocks();
  const became = proposals.map(({ action, recordLabel, details }) => {
    const block = after.get(recordLabel)!;
    const stands = action === 'EXTEND' ? block.extensions === 1 && block.expiresAt?.toISOString() === details.expiresAt : action === 'DROP_LOANS' ? block.status === 'ACTIVE' : block.removedBy === 'JOB';
    return [recordLabel, stands];
  });
  assert.deepEqual(became.filter(([, stands]) => !stands), []);
  assert.deepEqual([...new Set(proposals.map(({ action }) => action))].sort(), ['DROP_LOANS', 'EXPIRE', 'EXTEND', 'LIFT', 'REMOVE']);
});
test('the preview counts what the run counts, and every counter of the job is there', async () => {
  assert.deepEqual(await countersOf(preview), await countersOf(run));
  const counted = Object.entries(await countersOf(run)).flatMap(([name, value]) => (value > 0 ? [name] : []));
  assert.deepEqual(counted.sort(), [...jobOf(JOB).counters.map(({ key }) => key as string), 'recordsChanged', 'recordsProcessed', 'recordsSelected', 'recordsUnchanged'].sort());
});
test('once done, nothing is left to do, and every explanation says so', async () => {
  assert.deepEqual((await explained()).filter(({ decision }) => decision === 'ACT').map(({ label }) => label), []);
});
test('a block is found by the id of its user too, and a loan is no block', async () => {
  const block = await models.UserBlock.findOne({ ...own, status: 'ACTIVE' }).orFail().lean();
  const { primaryId } = await models.User.findOne({ ...own, _id: block.userId }).orFail().lean();
  const asked = { ...own, asOf: asOf.toISOString(), timeZone: 'America/New_York', currency: 'USD', parameters: {} };
  const found = await explain({ ...asked, record: `block:${primaryId}` });
  assert.equal((await models.UserBlock.findOne({ ...own, _id: found?.recordId }).orFail().lean()).userId, block.userId);
  assert.equal(await explain({ ...asked, record: 'block:nobody' }), null);
  await assert.rejects(explain({ ...asked, record: 'loan:L00001' }), RangeError);
});
test('the library next door is as it was', async () => {
  assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor);
});
