/** users-remove-blocks: pages done twice, and blocks that somebody else changes meanwhile (fulfillment-loans.md, users-remove-blocks, Idempotency; S10). */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeEach, test } from 'vitest';
import { createRemoveBlocksActivities } from '../../activities/fulfillment/users-remove-blocks.js';
import type { Page, Run } from '../../domain/run.js';
import type { UserBlock } from '../../models/fulfillment.js';
import { demoLibrary, idOf, loan } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { clear, emptyDatabase } from '../support/database.js';
import { watchedNeighbour } from '../support/neighbour.js';
import { everythingOf, onWrites, pictureOf } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const own = { institutionId: 'demo' };
const asOf = new Date(at('2025-03-19 00:30'));
const { countEndingBlocks, removeBlocks } = createRemoveBlocksActivities({ models, now: () => asOf });

/** A suspension of U1 from 4 March at noon to the end of the 18th. */
const block = (institutionId: string, code: string, given: Partial<UserBlock> = {}) => models.UserBlock.create({
  _id: idOf(institutionId, code), institutionId, userId: idOf(institutionId, 'U1'), definitionId: idOf(institutionId, `definition ${code}`), code, source: 'DEMERIT', status: 'ACTIVE',
  mode: 'DAYS', startsAt: new Date(at('2025-03-04 12:00')), expiresAt: new Date(at('2025-03-19 00:00')), activeKey: `${institutionId} ${code}`, ...given,
});
const untilReturned = (code: string, ...barcodes: string[]) => block('demo', code, { source: 'OVERDUE', mode: 'UNTIL_RETURNED', expiresAt: null, loanIds: barcodes.map((barcode) => idOf('demo', barcode)) });
const points = (institutionId: string, name: string, worth: number) => models.Demerit.create({
  _id: idOf(institutionId, name), institutionId, userId: idOf(institutionId, 'U1'), loanId: idOf(institutionId, `loan ${name}`), dueCycle: 1, ruleId: idOf(institutionId, 'rule'),
  points: worth, assignedAt: new Date(at('2025-03-10 12:00')), consumedBy: null,
});
beforeEach(async () => {
  await clear(models);
  await demoLibrary(models, 'demo');
});
watchedNeighbour(models, async (nextDoor) => {
  await demoLibrary(models, nextDoor);
  await block(nextDoor, 'S');
  await points(nextDoor, 'P', 110);
});

const run: Run = {
  institutionId: 'demo', runId: idOf('demo', 'run'), scheduledJobId: null, jobKey: 'users-remove-blocks', asOf: asOf.toISOString(),
  businessDate: '2025-03-19', timeZone: 'America/New_York', currency: 'USD', pageUrl: '', parameters: {}, preview: false, scoped: false,
  endsBy: '2025-03-19T16:30:00.000Z', batchNo: 0, done: 0, cursor: null, stepsDone: [],
};
/** All pages, as one activity does them. */
const work = (): Promise<Page> => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run<[Run], Page, typeof removeBlocks>(removeBlocks, structuredClone(run));
const counters = async () => {
  const sum: Record<string, number> = {};
  for (const batch of await models.RunBatch.find(own).lean()) for (const [key, value] of Object.entries(batch.counters)) sum[key] = (sum[key] ?? 0) + value;
  return sum;
};
const standing = async (code: string) => {
  const { status, extensions, removedBy } = await models.UserBlock.findOne({ ...own, code }).orFail().lean();
  return [status, extensions, removedBy];
};
const consumed = async (name: string) => (await models.Demerit.findOne({ ...own, _id: idOf('demo', name) }).orFail().lean()).consumedBy;

/** A block of every kind, most of them of U1. */
async function oneOfEach(): Promise<void> {
  const overdue = { dueDate: new Date(at('2025-03-01 21:00')) };
  await loan(models, 'demo', 'A', { ...overdue, status: 'COMPLETE' });
  await loan(models, 'demo', 'B', overdue);
  await block('demo', 'lifted', { userId: idOf('demo', 'U2') });
  await block('demo', 'extended');
  await points('demo', 'P', 60);
  await points('demo', 'Q', 50);
  await block('demo', 'days', { source: 'OVERDUE', loanIds: [idOf('demo', 'B')] });
  await untilReturned('removed', 'A');
  await untilReturned('dropping', 'A', 'B');
  await untilReturned('staying', 'B');
  await block('demo', 'of staff', { source: 'STAFF', mode: 'MANUAL' });
  await block('demo', 'to come', { source: 'EXTERNAL', mode: 'MANUAL', expiresAt: new Date(at('2025-03-19 00:31')) });
}

test('counting changes nothing, and counts every block that the pages look at', async () => {
  await oneOfEach();
  const before = await everythingOf(models, 'demo');
  assert.equal(await countEndingBlocks(run), 7);
  assert.deepEqual(await everythingOf(models, 'demo'), before);
});

test('the pages done twice write and count what they do done once', async () => {
  await oneOfEach();
  await work();
  const once = await pictureOf(models, 'demo', touched);
  assert.deepEqual(await counters(), {
    recordsSelected: 7, recordsProcessed: 7, recordsChanged: 6, recordsUnchanged: 1, suspensionsLifted: 1, suspensionsExtended: 1, overdueBlocksRemoved: 2, staffBlocksExpired: 1, usersAffected: 2,
  });
  await work();
  assert.deepEqual(await pictureOf(models, 'demo', touched), once);
});

/** What the job writes to. */
const touched = new Set(['userBlocks', 'demerits', 'runBatches', 'runEvents']);
class Killed extends Error {}

test('pages whose process dies at one write after the other leave what undisturbed ones leave', async () => {
  await oneOfEach();
  const before = await Promise.all([models.UserBlock, models.Demerit].map(({ collection }) => collection.find(own).toArray()));
  await work();
  const undisturbed = await pictureOf(models, 'demo', touched);
  let deaths = 0;
  for (const half of [false, true]) {
    for (let writes = 0; ; writes += 1) {
      for (const [index, { collection }] of [models.UserBlock, models.Demerit].entries()) {
        await collection.deleteMany(own);
        await collection.insertMany(before[index]!);
      }
      await models.RunBatch.collection.deleteMany(own);
      let done = 0;
      let died = false;
      const stop = onWrites(async ({ send, sendHalf }) => {
        done += 1;
        if (done <= writes) return send();
        died = true;
        if (half && sendHalf !== null && done === writes + 1) await sendHalf();
        throw new Killed();
      });
      await work().catch((error: unknown) => assert.ok(error instanceof Killed, String(error))).finally(stop);
      await work();
      assert.deepEqual(await pictureOf(models, 'demo', touched), undisturbed, `after ${writes} writes${half ? ' and a half' : ''}`);
      if (!died) break;
      deaths += 1;
    }
  }
  assert.ok(deaths >= 8, `${deaths} deaths`);
});

/** Does something right before the blocks of a page are written. */
async function workWhile(somethingHappens: () => Promise<unknown>): Promise<void> {
  const stop = onWrites(async ({ name, send }) => {
    if (name === 'userBlocks.bulkWrite') {
      stop();
      await somethingHappens();
    }
    return send();
  });
  await work().finally(stop);
}

test('a suspension that staff lift meanwhile is theirs, and its new points count on', async () => {
  await block('demo', 'S');
  await points('demo', 'P', 110);
  await workWhile(async () => {
    assert.equal(await consumed('P'), idOf('demo', 'S'), 'points are consumed first');
    await models.UserBlock.updateOne({ ...own, code: 'S' }, { $set: { status: 'REMOVED', removedBy: 'staff', removedAt: asOf }, $inc: { version: 1 } });
  });
  assert.deepEqual([await standing('S'), await consumed('P')], [['REMOVED', 0, 'staff'], null]);
  assert.deepEqual(await counters(), { recordsSelected: 1, recordsProcessed: 1, recordsUnchanged: 1, changedDuringRun: 1 });
});

test('a block to which a new overdue loan is added meanwhile stays', async () => {
  await loan(models, 'demo', 'A', { status: 'COMPLETE' });
  await loan(models, 'demo', 'C', { dueDate: new Date(at('2025-03-18 21:00')) });
  await untilReturned('O', 'A');
  await workWhile(() => models.UserBlock.updateOne({ ...own, code: 'O' }, { $addToSet: { loanIds: idOf('demo', 'C') }, $inc: { version: 1 } }));
  assert.deepEqual(await standing('O'), ['ACTIVE', 0, null]);
  assert.equal((await counters()).changedDuringRun, 1);
  await models.RunBatch.collection.deleteMany(own);
  await work();
  assert.deepEqual((await models.UserBlock.findOne({ ...own, code: 'O' }).orFail().lean()).loanIds, [idOf('demo', 'C')]);
});

test('a block that staff prolong meanwhile goes on, and one that they had claimed by an attempt before is counted so', async () => {
  await block('demo', 'S', { source: 'STAFF', mode: 'MANUAL' });
  const prolonged = () => models.UserBlock.updateOne({ ...own, code: 'S' }, { $set: { expiresAt: new Date(at('2025-04-01 00:00')) }, $inc: { version: 1 } });
  const stop = onWrites(({ name, send }) => {
    if (name === 'userBlocks.bulkWrite') throw new Killed();
    return send();
  });
  await assert.rejects(work(), Killed).finally(stop);
  await prolonged();
  await work();
  assert.deepEqual(await standing('S'), ['ACTIVE', 0, null]);
  assert.deepEqual(await counters(), { recordsSelected: 1, recordsProcessed: 1, recordsUnchanged: 1, changedDuringRun: 1 });
});

test('an extended suspension is extended once, though its first attempt comes late', async () => {
  await block('demo', 'S');
  await points('demo', 'P', 110);
  await workWhile(() => work());
  assert.deepEqual([await standing('S'), await consumed('P')], [['ACTIVE', 1, null], idOf('demo', 'S')]);
  assert.deepEqual((await counters()).suspensionsExtended, 1);
});

test('more blocks than a page holds are all taken up, and a user with blocks on two pages is counted once', async () => {
  const { _id: _, ...pattern } = (await block('demo', 'pattern', { source: 'STAFF', mode: 'MANUAL' })).toObject();
  await models.UserBlock.collection.insertMany(Array.from({ length: 1_100 }, (_one, index) => ({ ...pattern, _id: idOf('demo', `many ${index}`), activeKey: `many ${index}` })) as never);
  await work();
  assert.equal(await models.UserBlock.countDocuments({ ...own, status: 'EXPIRED' }), 1_101);
  assert.deepEqual(await counters(), { recordsSelected: 1_101, recordsProcessed: 1_101, recordsChanged: 1_101, staffBlocksExpired: 1_101, usersAffected: 1 });
});
