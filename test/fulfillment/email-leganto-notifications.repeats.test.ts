/** email-leganto-notifications: pages done twice or broken off, news that are read meanwhile, and what a run before has left (rules 5; Idempotency). */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeEach, test } from 'vitest';
import { createReadingListMailActivities } from '../../activities/fulfillment/email-leganto-notifications.js';
import type { Page, Run } from '../../domain/run.js';
import { idOf, user } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { clear, emptyDatabase } from '../support/database.js';
import { watchedNeighbour } from '../support/neighbour.js';
import { news, readingListLibrary } from '../support/reading-lists.js';
import { everythingOf, onWrites, pictureOf } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const U2 = idOf('demo', 'U2');
beforeEach(async () => {
  await clear(models);
  await readingListLibrary(models, 'demo');
});
watchedNeighbour(models, async (nextDoor) => {
  await readingListLibrary(models, nextDoor);
  await news(models, nextDoor, 'A');
  await news(models, nextDoor, 'B', { letterKey: `before:rl:${idOf(nextDoor, 'U1')}` });
});

const asOf = new Date(at('2025-09-02 06:00'));
const now = () => asOf;
const { countReadingListNews, claimReadingListNews, mailReadingListNews } = createReadingListMailActivities({ models, now, wakeMail: () => Promise.resolve() });
const run: Run = {
  institutionId: 'demo', runId: idOf('demo', 'run'), scheduledJobId: null, jobKey: 'email-leganto-notifications', asOf: asOf.toISOString(),
  businessDate: '2025-09-02', timeZone: 'America/New_York', currency: 'USD', pageUrl: '', parameters: {}, preview: false, scoped: false,
  endsBy: '2025-09-02T22:00:00.000Z', batchNo: 0, done: 0, cursor: null, stepsDone: [],
};
const call = (activity: (run: Run) => Promise<Page>, given: Partial<Run> = {}): Promise<Page> => new MockActivityEnvironment().run(activity, { ...run, ...given });
const claim = (given: Partial<Run> = {}) => call(claimReadingListNews, given);
/** The pages of mails come after those of news. */
const mails = (given: Partial<Run> = {}) => call(mailReadingListNews, { batchNo: 9, ...given });

const keyOf = (runName: string, userId = idOf('demo', 'U1')) => `${idOf('demo', runName)}:rl:${userId}`;
const told = async () => (await models.Letter.find({ institutionId: 'demo' }).sort({ dedupeKey: 1 }).lean()).map(({ causes }) => causes.map(({ recordId }) => recordId));
const stateOf = async (name: string) => {
  const { emailedAt, letterKey } = await models.ReadingListNotification.findOne({ institutionId: 'demo', _id: idOf('demo', name) }).orFail().lean();
  return `${emailedAt === null ? 'open' : 'mailed'} ${letterKey === keyOf('run') ? 'ours' : letterKey}`.trim();
};
const read = (name: string) => models.ReadingListNotification.updateOne({ institutionId: 'demo', _id: idOf('demo', name) }, { $set: { readAt: asOf }, $inc: { version: 1 } });
const countersOf = async (batchNo: number) => (await models.RunBatch.findOne({ institutionId: 'demo', batchNo }).orFail().lean()).counters;

test('counting changes nothing, and what is claimed or read is not counted', async () => {
  for (const name of ['A', 'B', 'C']) await news(models, 'demo', name);
  await models.ReadingListNotification.updateOne({ _id: idOf('demo', 'C') }, { $set: { letterKey: keyOf('run before') } });
  const before = await everythingOf(models, 'demo');
  assert.equal(await countReadingListNews(run), 2);
  assert.deepEqual(await everythingOf(models, 'demo'), before);
  await read('B');
  assert.equal(await countReadingListNews(run), 1);
});

/** Of two users, with an action of their own, one who wants no mail, and one who is gone. */
async function mixed(): Promise<void> {
  await user(models, 'demo', 'U3', { readingListEmail: 'NEVER' });
  await news(models, 'demo', 'A');
  await news(models, 'demo', 'B', { userId: U2, actorUserId: U2 });
  await news(models, 'demo', 'C', { userId: U2 });
  await news(models, 'demo', 'D', { userId: idOf('demo', 'U3') });
  await news(models, 'demo', 'E', { userId: idOf('demo', 'U4') });
}

test('both pages done twice write and count what they do done once', async () => {
  await mixed();
  await claim();
  await mails();
  const once = await pictureOf(models, 'demo');
  await claim();
  await mails();
  assert.deepEqual(await pictureOf(models, 'demo'), once);
  assert.equal(await models.Letter.countDocuments({ institutionId: 'demo' }), 2);
});

class Killed extends Error {}

test('a page whose process dies at one write after the other leaves what an undisturbed one leaves', async () => {
  await mixed();
  const work = async () => {
    await claim();
    await mails();
  };
  await work();
  const undisturbed = await pictureOf(models, 'demo');
  for (const half of [false, true]) {
    for (let writes = 0; ; writes += 1) {
      const made = [models.ReadingListNotification, models.Letter, models.RunBatch, models.RunEvent, models.User];
      await Promise.all(made.map(({ collection }) => collection.deleteMany({ institutionId: 'demo', ...(collection === models.User.collection && { primaryId: 'U3' }) })));
      await mixed();
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
      assert.deepEqual(await pictureOf(models, 'demo'), undisturbed, `after ${writes} writes${half ? ' and a half' : ''}`);
      if (!died) break;
    }
  }
});

test('news read while its page is claimed is not told of, and counted as changed during the run', async () => {
  await news(models, 'demo', 'A');
  await news(models, 'demo', 'B');
  const stop = onWrites(async ({ name, send }) => {
    if (name === 'readingListNotifications.bulkWrite') await models.ReadingListNotification.collection.updateOne({ _id: idOf('demo', 'A') as never }, { $set: { readAt: asOf } });
    return send();
  });
  await claim().finally(stop);
  await mails();
  assert.deepEqual([await stateOf('A'), await stateOf('B')], ['open', 'mailed ours']);
  const { recordsChanged, recordsUnchanged, changedDuringRun } = await countersOf(0);
  assert.deepEqual([recordsChanged, recordsUnchanged, changedDuringRun], [1, 1, 1]);
});

test('news read before its mail is built is left out and given back; where nothing is left there is no mail', async () => {
  await news(models, 'demo', 'A');
  await news(models, 'demo', 'B');
  await news(models, 'demo', 'C', { userId: U2 });
  await claim();
  await read('A');
  await read('C');
  await mails();
  assert.deepEqual([await stateOf('A'), await stateOf('B'), await stateOf('C')], ['open', 'mailed ours', 'open']);
  assert.deepEqual(await told(), [[idOf('demo', 'B')]]);
});

test('news read after its mail was queued has been told of, and is counted so', async () => {
  await news(models, 'demo', 'A');
  await claim();
  const stop = onWrites(({ name, send }) => {
    if (name === 'readingListNotifications.updateMany') throw new Killed();
    return send();
  });
  await assert.rejects(mails(), Killed).finally(stop);
  await read('A');
  await mails();
  assert.equal(await stateOf('A'), 'mailed ours');
  assert.deepEqual(await countersOf(9), { lettersCreated: 1, lettersSuppressed: 0, usersNotified: 1, notificationsMailed: 1 });
});

test('what a run before claimed is mailed first, under its own key; a mail that it had queued is neither sent nor counted again', async () => {
  for (const name of ['A', 'B', 'C']) await news(models, 'demo', name);
  await news(models, 'demo', 'D', { userId: U2 });
  const left = { A: keyOf('run before'), D: keyOf('run before', U2) };
  for (const [name, letterKey] of Object.entries(left)) await models.ReadingListNotification.updateOne({ _id: idOf('demo', name) }, { $set: { letterKey } });
  await mails({ runId: idOf('demo', 'run before'), batchNo: 0 });
  await models.ReadingListNotification.updateOne({ _id: idOf('demo', 'A') }, { $set: { emailedAt: null } });
  await models.Letter.deleteOne({ institutionId: 'demo', dedupeKey: `${left.D}:EMAIL` });
  await models.ReadingListNotification.updateOne({ _id: idOf('demo', 'D') }, { $set: { emailedAt: null } });
  await models.RunBatch.deleteMany({ institutionId: 'demo' });

  await claim();
  await mails();
  const keys = (await models.Letter.find({ institutionId: 'demo' }).lean()).map(({ dedupeKey }) => dedupeKey).sort();
  assert.deepEqual(keys, [left.A, left.D, keyOf('run')].map((key) => `${key}:EMAIL`).sort());
  assert.deepEqual(await countersOf(9), { lettersCreated: 2, lettersSuppressed: 1, usersNotified: 2, notificationsMailed: 3 });
  assert.equal(await models.ReadingListNotification.countDocuments({ institutionId: 'demo', emailedAt: null }), 0);
});

test('a retry takes up the news that failed, by today\'s rules', async () => {
  await news(models, 'demo', 'A');
  await news(models, 'demo', 'B');
  await news(models, 'demo', 'C', { readAt: asOf });
  const ids = ['A', 'C'].map((name) => idOf('demo', name));
  await models.Run.collection.insertOne({ _id: run.runId, institutionId: 'demo', scope: { recordType: 'notification', ids } } as never);
  assert.equal(await countReadingListNews({ ...run, scoped: true }), 2);
  await claim({ scoped: true });
  assert.deepEqual([await stateOf('A'), await stateOf('B'), await stateOf('C')], ['open ours', 'open', 'open']);
});
