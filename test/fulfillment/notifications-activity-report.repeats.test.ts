/** notifications-activity-report: pages done twice, and accounts that change meanwhile (fulfillment-loans.md, Idempotency). */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeEach, test } from 'vitest';
import { createActivityReportActivities } from '../../activities/fulfillment/notifications-activity-report.js';
import type { Page, Run } from '../../domain/run.js';
import { clear, emptyDatabase } from '../support/database.js';
import { demoLibrary, fee, idOf, loan, user } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { watchedNeighbour } from '../support/neighbour.js';
import { everythingOf, onWrites, pictureOf } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const own = { institutionId: 'demo' };
async function library(institutionId: string): Promise<void> {
  await demoLibrary(models, institutionId);
  await user(models, institutionId, 'U3', { emails: [{ address: 'u3@example.org', types: [], preferred: true, bounced: false, segment: 'INTERNAL' }] });
  await loan(models, institutionId, 'A');
  await loan(models, institutionId, 'B', { userId: idOf(institutionId, 'U2') });
  await fee(models, institutionId, 'F', 300, '2025-03-01', { userId: idOf(institutionId, 'U3') });
}
beforeEach(async () => {
  await clear(models);
  await library('demo');
});
watchedNeighbour(models, library);

const asOf = new Date(at('2025-03-10 06:00'));
const { countAccounts, reportActivity } = createActivityReportActivities({ models, now: () => asOf, wakeMail: () => Promise.resolve() });
const run: Run = {
  institutionId: 'demo', runId: idOf('demo', 'run'), scheduledJobId: null, jobKey: 'notifications-activity-report', asOf: asOf.toISOString(),
  businessDate: '2025-03-10', timeZone: 'America/New_York', currency: 'USD', pageUrl: '', parameters: {}, preview: false, scoped: false,
  endsBy: '2025-03-10T22:00:00.000Z', batchNo: 0, done: 0, cursor: null, stepsDone: [],
};
const call = (given: Partial<Run> = {}): Promise<Page> => new MockActivityEnvironment().run(reportActivity, { ...run, ...given });
const counters = async (batchNo = 0) => (await models.RunBatch.findOne({ ...own, batchNo }).orFail().lean()).counters;
const keys = async () => (await models.Letter.find(own).lean()).map(({ dedupeKey }) => dedupeKey).sort();
const keyOf = (primaryId: string, end = '-:1') => `activity:2025-03-10:${idOf('demo', primaryId)}:${end}:EMAIL`;
let processId = 0;
const stored = (_id: string, given: object) => models.Run.collection.insertOne({
  _id, ...own, processId: (processId += 1), occurrenceKey: `R:${_id}`, trigger: 'SCHEDULE', businessDate: '2025-03-10', parentRunId: null, ...given,
} as never);

test('counting counts patrons with loans, with fees and with both once, and changes nothing', async () => {
  await fee(models, 'demo', 'of U1 too', 100, '2025-03-01');
  await fee(models, 'demo', 'paid', 0, '2025-03-01', { userId: idOf('demo', 'nobody'), status: 'CLOSED' });
  const before = await everythingOf(models, 'demo');
  assert.equal(await countAccounts(run), 3);
  assert.deepEqual(await everythingOf(models, 'demo'), before);
});

test('a page done twice writes and counts what it does done once', async () => {
  await call();
  const once = await pictureOf(models, 'demo');
  await call();
  assert.deepEqual(await pictureOf(models, 'demo'), once);
  assert.deepEqual(await keys(), [keyOf('U1'), keyOf('U2'), keyOf('U3')].sort());
});

class Killed extends Error {}

test('a page whose process dies at one write after the other leaves what an undisturbed one leaves', async () => {
  await call();
  const undisturbed = await pictureOf(models, 'demo');
  for (const half of [false, true]) {
    for (let writes = 0; ; writes += 1) {
      await Promise.all([models.Letter, models.RunBatch, models.RunEvent].map(({ collection }) => collection.deleteMany(own)));
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

test('a report that was queued before the process died is counted, though the account is empty since', async () => {
  const stop = onWrites(({ name, send }) => {
    if (name === 'runEvents.insertMany') throw new Error('killed');
    return send();
  });
  await assert.rejects(call(), /killed/).finally(stop);
  await models.Loan.updateOne({ ...own, barcode: 'B' }, { $set: { status: 'COMPLETE', closeReason: 'RETURNED', returnDate: asOf }, $inc: { version: 1 } });
  await call();
  const { usersReported, overdueListed, lettersSuppressed } = await counters();
  assert.deepEqual([usersReported, overdueListed, lettersSuppressed, await models.RunEvent.countDocuments({ ...own, code: 'NO_ADDRESS' })], [3, 2, 1, 1]);
});

test('a run that repeats another is of its period and sends nothing twice, but what is new to a library', async () => {
  await models.FulfillmentSettings.updateOne(own, { $set: { separatePatronNotificationsByLibrary: true } });
  await stored(run.runId, {});
  await stored(idOf('demo', 'again'), { trigger: 'RERUN', businessDate: '2025-03-11', parentRunId: run.runId });
  await stored(idOf('demo', 'and again'), { trigger: 'RETRY_FAILED', businessDate: '2025-03-12', parentRunId: idOf('demo', 'again') });
  await call();
  assert.deepEqual(await keys(), [keyOf('U1', 'MAIN:1'), keyOf('U2', 'MAIN:1'), keyOf('U3', 'MAIN:1')].sort());
  await fee(models, 'demo', 'of WEST', 100, '2025-03-10', { libraryCode: 'WEST' });
  await call({ runId: idOf('demo', 'and again'), businessDate: '2025-03-12' });
  assert.deepEqual((await keys()).filter((key) => key.includes('WEST')), [keyOf('U1', 'WEST:1')]);
  const again = await models.RunBatch.findOne({ ...own, runId: idOf('demo', 'and again') }).orFail().lean();
  assert.deepEqual([(await keys()).length, again.counters.usersReported, again.counters.recordsUnchanged], [4, 1, 2]);
});

test('a page has two hundred patrons, each with all that is on the account, and a repeat ends where the first attempt did', async () => {
  await Promise.all([models.Loan.deleteMany(own), models.Fee.deleteMany(own)]);
  const [aLoan, aFee] = [{ status: 'ACTIVE', processStatus: 'NORMAL', dueDate: asOf, loanDate: asOf, shortLoan: false, libraryCode: 'MAIN' }, { status: 'ACTIVE', type: 'OTHER', originalAmount: 1, balance: 1, libraryCode: 'MAIN', title: null, comment: null, createdAt: asOf }];
  const userId = (index: number) => `u${String(index).padStart(23, '0')}`;
  await models.User.collection.insertMany(Array.from({ length: 206 }, (_, index) => ({
    _id: userId(index), ...own, primaryId: `P${index}`, displayName: 'P', firstName: null, lastName: 'P', status: 'ACTIVE', userGroup: null, preferredLanguage: null, emails: [], phones: [], letterOptOut: [],
  })) as never);
  // The first has more loans than a page reads; of the others every second has a fee alone.
  await models.Loan.collection.insertMany([...Array.from({ length: 1_050 }, () => 0), ...Array.from({ length: 103 }, (_, index) => 2 * index + 1)]
    .map((index, number) => ({ _id: `loan ${String(number).padStart(5, '0')}`, ...own, userId: userId(index), barcode: String(number), ...aLoan })) as never);
  await models.Fee.collection.insertMany(Array.from({ length: 102 }, (_, index) => ({ _id: `fee ${index}`, ...own, userId: userId(2 * index + 2), dedupeKey: `#${index}`, ...aFee })) as never);
  assert.equal(await countAccounts(run), 206);
  const ends = async () => (await models.RunBatch.find(own).sort({ batchNo: 1 }).lean()).map(({ toKey }) => toKey);
  await call();
  const once = await ends();
  await call();
  assert.deepEqual(await ends(), once);
  // The walk of loans reaches no further than the first patron with its thousand.
  assert.deepEqual(once, [userId(0), userId(200), null]);
  const sums = await Promise.all([0, 1, 2].map(async (batchNo) => Object.values(await pick(batchNo))));
  assert.deepEqual(sums, [[1, 1_050, 0], [200, 100, 100], [5, 3, 2]]);
});
async function pick(batchNo: number) {
  const { recordsSelected, loansListed, overdueListed, feesListed } = await counters(batchNo);
  return { recordsSelected, loans: (loansListed ?? 0) + (overdueListed ?? 0), feesListed };
}

test('a long account is told of in parts, of which the first has the fees', async () => {
  await models.FulfillmentSettings.updateOne(own, { $set: { maxLoansPerLetter: 2 } });
  await loan(models, 'demo', 'C');
  await loan(models, 'demo', 'D', { dueDate: new Date(at('2025-03-20 21:00')) });
  await fee(models, 'demo', 'of U1', 100, '2025-03-01');
  await call();
  const letters = await models.Letter.find({ ...own, 'recipient.id': idOf('demo', 'U1') }).sort({ part: 1 }).lean();
  assert.deepEqual(letters.map(({ part, data }) => [part, (data.loans as unknown[]).length, (data.fees as unknown[]).length, data.totalDebt]), [[1, 2, 1, 100], [2, 1, 0, 0]]);
  assert.deepEqual([(await counters()).usersReported, (await counters()).lettersCreated], [3, 4]);
});

test('a retry takes up the patrons that failed', async () => {
  await stored(run.runId, { scope: { recordType: 'user', ids: [idOf('demo', 'U3'), idOf('demo', 'nobody')] } });
  assert.equal(await countAccounts({ ...run, scoped: true }), 2);
  await call({ scoped: true });
  assert.deepEqual(await keys(), [keyOf('U3')]);
});
