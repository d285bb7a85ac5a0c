/** fines-fees-notifications: pages done twice, balances that change meanwhile, and what a run before has left (fulfillment-loans.md, rule 4 and Idempotency). */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeEach, test } from 'vitest';
import { createFinesFeesActivities } from '../../activities/fulfillment/fines-fees-notifications.js';
import type { Page, Run } from '../../domain/run.js';
import { demoLibrary, fee, finesProfile, idOf, user } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { clear, emptyDatabase } from '../support/database.js';
import { watchedNeighbour } from '../support/neighbour.js';
import { everythingOf, onWrites, pictureOf } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const own = { institutionId: 'demo' };
async function library(institutionId: string): Promise<void> {
  await demoLibrary(models, institutionId);
  await finesProfile(models, institutionId, 'F1', 1, { minimumBalance: 1000, daysAfterCreation: 7, repeatEveryDays: 14, maxRepeats: 2, notificationFee: 100, sendFormat: 'EMAIL_AND_SMS' });
  await user(models, institutionId, 'U3', { emails: [{ address: 'u3@example.org', types: [], preferred: true, bounced: false, segment: 'INTERNAL' }] });
}
beforeEach(async () => {
  await clear(models);
  await library('demo');
});
watchedNeighbour(models, async (nextDoor) => {
  await library(nextDoor);
  await fee(models, nextDoor, 'A', 1100, '2025-03-01');
});

const asOf = new Date(at('2025-03-08 05:00'));
const { countDebtors, notifyOfDebts } = createFinesFeesActivities({ models, now: () => asOf, wakeMail: () => Promise.resolve() });
const run: Run = {
  institutionId: 'demo', runId: idOf('demo', 'run'), scheduledJobId: null, jobKey: 'fines-fees-notifications', asOf: asOf.toISOString(),
  businessDate: '2025-03-08', timeZone: 'America/New_York', currency: 'USD', pageUrl: '', parameters: {}, preview: false, scoped: false,
  endsBy: '2025-03-08T22:00:00.000Z', batchNo: 0, done: 0, cursor: null, stepsDone: [],
};
const call = (given: Partial<Run> = {}): Promise<Page> => new MockActivityEnvironment().run(notifyOfDebts, { ...run, ...given });
/** The page, broken off at the first write of this kind. */
async function brokenAt(write: string): Promise<void> {
  const stop = onWrites(({ name, send }) => {
    if (name === write) throw new Error('killed');
    return send();
  });
  await assert.rejects(call(), /killed/).finally(stop);
}
const owes = (primaryId: string, name: string, balance: number, day = '2025-03-01', given = {}) => fee(models, 'demo', name, balance, day, { userId: idOf('demo', primaryId), ...given });
const pays = (name: string) => models.Fee.updateOne({ ...own, _id: idOf('demo', name) }, { $set: { status: 'CLOSED', balance: 0 }, $inc: { version: 1 } });
const charged = async () => (await models.Fee.find({ ...own, type: 'FINE_FEE_NOTIFICATION_FEE' }).lean()).map(({ dedupeKey, balance }) => `${dedupeKey.split(':').at(-1)} ${balance}`);
const letters = async () => (await models.Letter.find(own).sort({ dedupeKey: 1 }).lean()).map(({ channel, state, data }) => `${channel} ${state} ${String(data.total)} + ${String(data.notificationFee)}`);
const counters = async (batchNo = 0) => (await models.RunBatch.findOne({ ...own, batchNo }).orFail().lean()).counters;
const one = { recordsSelected: 1, recordsProcessed: 1 };
const ofOneLetter = {
  ...one, recordsChanged: 1, recordsUnchanged: 0, recordsInError: 0, lettersCreated: 2, lettersSuppressed: 1, usersMatchedType1: 1, lettersType1: 2,
  'totalDebtNotifiedAmount:USD': 1100, notificationFees: 1, 'notificationFeesAmount:USD': 100,
};

test('counting counts patrons, not fees, and changes nothing', async () => {
  await owes('U1', 'A', 600);
  await owes('U1', 'B', 500);
  await owes('U3', 'credit', -500, '2025-03-01', { type: 'CREDIT' });
  await owes('U2', 'paid', 0, '2025-03-01', { status: 'CLOSED' });
  const before = await everythingOf(models, 'demo');
  assert.equal(await countDebtors(run), 2);
  assert.deepEqual(await everythingOf(models, 'demo'), before);
});

test('a page done twice writes and counts what it does done once', async () => {
  await owes('U1', 'A', 1100);
  await owes('U3', 'B', 1100);
  await call();
  const once = await pictureOf(models, 'demo');
  await call();
  assert.deepEqual(await pictureOf(models, 'demo'), once);
  assert.deepEqual([await charged(), (await letters()).length], [['0 100', '0 100'], 4]);
});

class Killed extends Error {}

test('a page whose process dies at one write after the other leaves what an undisturbed one leaves', async () => {
  await owes('U1', 'A', 1100);
  await owes('U3', 'B', 1100);
  await call();
  const undisturbed = await pictureOf(models, 'demo');
  for (const half of [false, true]) {
    for (let writes = 0; ; writes += 1) {
      await Promise.all([models.Letter, models.RunBatch, models.RunEvent].map(({ collection }) => collection.deleteMany(own)));
      await models.Fee.deleteMany({ ...own, type: 'FINE_FEE_NOTIFICATION_FEE' });
      let done = 0;
      let died = false;
      const stop = onWrites(async ({ send, sendHalf }) => {
        done += 1;
        if (done <= writes) return send();
        died = true;
        if (half && sendHalf !== null && done === writes + 1) await sendHalf();
        throw new Killed();
      });
      await call().catch((error: unknown) => assert.ok(error instanceof Killed, String(error))).finally(stop);
      await call();
      assert.deepEqual(await pictureOf(models, 'demo'), undisturbed, `after ${writes} writes${half ? ' and a half' : ''}`);
      if (!died) break;
    }
  }
});

test('what a patron pays between the decision and the letter is neither charged for nor written about', async () => {
  await owes('U1', 'A', 1100);
  const stop = onWrites(async ({ name, send }) => {
    const answer = await send();
    if (name === 'runBatches.updateOne' && (await models.Fee.countDocuments({ ...own, status: 'ACTIVE' })) > 0) await pays('A');
    return answer;
  });
  await call().finally(stop);
  assert.deepEqual([await charged(), await letters()], [[], []]);
  assert.deepEqual(await counters(), { ...one, recordsChanged: 0, recordsUnchanged: 1, recordsInError: 0, changedDuringRun: 1 });
});

test('a letter that was queued before the process died is counted, though the patron has paid since', async () => {
  await owes('U1', 'A', 1100);
  await brokenAt('runEvents.insertMany');
  await pays('A');
  await models.Fee.updateOne({ ...own, type: 'FINE_FEE_NOTIFICATION_FEE' }, { $set: { status: 'CLOSED', balance: 0 }, $inc: { version: 1 } });
  await call();
  assert.deepEqual(await letters(), ['EMAIL QUEUED 1100 + 100', 'SMS SUPPRESSED 1100 + 100']);
  assert.deepEqual(await counters(), ofOneLetter);
});

test('a letter of which one way was queued before the process died goes the other way too, and says the same', async () => {
  await owes('U1', 'A', 1100);
  const stop = onWrites(async ({ name, send, sendHalf }) => {
    if (name !== 'letters.insertMany') return send();
    await sendHalf?.();
    throw new Error('killed');
  });
  await assert.rejects(call(), /killed/).finally(stop);
  assert.deepEqual(await letters(), ['EMAIL QUEUED 1100 + 100']);
  await owes('U1', 'B', 50);
  await call();
  assert.deepEqual(await letters(), ['EMAIL QUEUED 1100 + 100', 'SMS SUPPRESSED 1100 + 100']);
});

test('what was charged for a letter that was not written yet is charged once, as it was', async () => {
  await owes('U1', 'A', 1100);
  await brokenAt('letters.insertMany');
  assert.deepEqual([await charged(), await letters()], [['0 100'], []]);
  await models.FinesFeesNotificationProfile.updateOne(own, { $set: { notificationFee: 250 } });
  await call();
  assert.deepEqual([await charged(), await letters()], [['0 100'], ['EMAIL QUEUED 1100 + 100', 'SMS SUPPRESSED 1100 + 100']]);
  assert.deepEqual(await counters(), ofOneLetter);
});

test('it is taken back where the patron has paid meanwhile', async () => {
  await owes('U1', 'A', 1100);
  await brokenAt('letters.insertMany');
  await pays('A');
  await call();
  assert.deepEqual([await charged(), await letters()], [[], []]);
});

test('it is taken back where the address is gone meanwhile', async () => {
  await owes('U1', 'A', 1100);
  await brokenAt('letters.insertMany');
  await models.User.updateOne({ ...own, primaryId: 'U1' }, { $set: { emails: [] } });
  await call();
  assert.deepEqual([await charged(), await letters()], [[], ['EMAIL SUPPRESSED 1100 + 0', 'SMS SUPPRESSED 1100 + 0']]);
});

test('what a run that never went on has charged is finished by the next one of the same step, and taken back by one of a later step', async () => {
  await owes('U1', 'A', 1100);
  await brokenAt('letters.insertMany');
  await call({ runId: idOf('demo', 'run after'), asOf: new Date(at('2025-03-09 05:00')).toISOString() });
  assert.deepEqual([await charged(), (await letters()).length], [['0 100'], 2]);

  await models.Letter.deleteMany(own);
  await call({ runId: idOf('demo', 'run two weeks after'), asOf: new Date(at('2025-03-22 05:00')).toISOString() });
  assert.deepEqual([await charged(), (await letters()).length], [['1 100'], 2]);
});

test('what the patron has begun to pay is not taken back', async () => {
  await owes('U1', 'A', 1100);
  await brokenAt('letters.insertMany');
  await models.Fee.updateOne({ ...own, type: 'FINE_FEE_NOTIFICATION_FEE' }, { $set: { balance: 50 }, $inc: { version: 1 } });
  await pays('A');
  await call();
  assert.deepEqual(await charged(), ['0 50']);
});

test('a fee for a letter that was sent is a debt to a profile that asks for such, and the one of this very run is not', async () => {
  await finesProfile(models, 'demo', 'F2', 5, { feeTypes: ['FINE_FEE_NOTIFICATION_FEE'], minimumBalance: 100 });
  await owes('U1', 'A', 1100);
  const types = async () => (await models.Letter.find({ ...own, channel: 'EMAIL' }).sort({ _id: 1 }).lean()).map(({ data }) => data.notificationType);
  await call();
  await call();
  assert.deepEqual(await types(), [1]);
  await call({ runId: idOf('demo', 'next run'), asOf: new Date(at('2025-03-09 05:00')).toISOString() });
  assert.deepEqual(await types(), [1, 5]);
});

test('a page ends with a whole patron, and a repeat ends where the first attempt did', async () => {
  await owes('U1', 'first', 1);
  const [first, second] = [idOf('demo', 'U1'), idOf('demo', 'U3')].sort() as [string, string];
  const template = await models.Fee.findOne(own).orFail().lean();
  const many = (userId: string, count: number) => models.Fee.collection.insertMany(Array.from({ length: count }, (_, index) => {
    const _id = idOf('demo', `${userId} ${index}`);
    return { ...template, _id: _id as never, userId, dedupeKey: `#${_id}` };
  }) as never);
  await models.Fee.deleteMany(own);
  await many(first, 1_100);
  await many(second, 900);
  const batches = async () => (await models.RunBatch.find(own).sort({ batchNo: 1 }).lean())
    .map(({ toKey, counters: { recordsChanged, 'totalDebtNotifiedAmount:USD': total } }) => [toKey, recordsChanged, total ?? 0]);
  await call();
  const once = await batches();
  assert.deepEqual(once, [[first, 1, 1_100], [null, 0, 0]]);
  await call();
  assert.deepEqual(await batches(), once);
});

test('a retry takes up the patrons that failed, by today\'s balances', async () => {
  await owes('U1', 'A', 1100);
  await owes('U3', 'B', 1100);
  await models.Run.collection.insertOne({ _id: run.runId, ...own, scope: { recordType: 'user', ids: [idOf('demo', 'U3'), idOf('demo', 'U2')] } } as never);
  assert.equal(await countDebtors({ ...run, scoped: true }), 2);
  await call({ scoped: true });
  assert.deepEqual((await models.Letter.distinct('recipient.id', own)), [idOf('demo', 'U3')]);
  const { recordsSelected, recordsChanged, recordsUnchanged } = await counters();
  assert.deepEqual([recordsSelected, recordsChanged, recordsUnchanged], [2, 1, 1]);
});
