/** notifications-courtesy-and-renewals: pages done twice, loans that go another way meanwhile, and what a run before has left (fulfillment-loans.md, S8.9, S10). */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeEach, test } from 'vitest';
import { createNoticeLetterActivities } from '../../activities/fulfillment/notice-letters.js';
import { createCourtesyActivities } from '../../activities/fulfillment/notifications-courtesy-and-renewals.js';
import type { Page, Run } from '../../domain/run.js';
import type { Loan } from '../../models/loan.js';
import { demoLibrary, idOf, loan, user } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { clear, emptyDatabase } from '../support/database.js';
import { watchedNeighbour } from '../support/neighbour.js';
import { everythingOf, kept, onWrites, pictureOf } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);

const asOf = new Date(at('2025-06-10 03:00'));
const now = () => asOf;
const own = { institutionId: 'demo' };
async function library(institutionId: string): Promise<void> {
  await demoLibrary(models, institutionId);
  const parameters = [{ field: 'userGroup', op: 'EQUALS' as const, values: ['STUDENT'] }];
  await models.AutoRenewalRule.create({ institutionId, order: 1, name: 'Students', parameters, output: true });
}
const due = (institutionId: string, barcode: string, given: Partial<Loan> = {}) => loan(models, institutionId, barcode, { dueDate: new Date(at('2025-06-13 21:00')), loanDate: new Date(at('2025-05-16 14:00')), ...given });
beforeEach(async () => {
  await clear(models);
  await library('demo');
});
watchedNeighbour(models, async (nextDoor) => {
  await library(nextDoor);
  await due(nextDoor, 'A');
});

const { countLoansFallingDue, finishLeftRenewals, renewLoansFallingDue } = createCourtesyActivities({ models, now });
const { queueNoticeLetters } = createNoticeLetterActivities({ models, now, wakeMail: () => Promise.resolve() });
const run: Run = {
  institutionId: 'demo', runId: idOf('demo', 'run'), scheduledJobId: null, jobKey: 'notifications-courtesy-and-renewals', asOf: asOf.toISOString(),
  businessDate: '2025-06-10', timeZone: 'America/New_York', currency: 'USD', pageUrl: '', parameters: {}, preview: false, scoped: false,
  endsBy: '2025-06-10T19:00:00.000Z', batchNo: 0, done: 0, cursor: null, stepsDone: [],
};
const call = (activity: (run: Run) => Promise<Page>, given: Partial<Run> = {}): Promise<Page> => new MockActivityEnvironment().run(activity, { ...run, ...given });
/** The pages of what was left come before those of loans, those of letters after. */
const left = (given: Partial<Run> = {}) => call(finishLeftRenewals, { batchNo: 100, ...given });
const letters = (given: Partial<Run> = {}) => call(queueNoticeLetters, { batchNo: 9, ...given });
/** Of all pages together. */
const counted = async (counter: string) => (await models.RunBatch.find(own).lean()).reduce((sum, { counters }) => sum + (counters[counter] ?? 0), 0);
const noticesOf = async (barcode: string) => (await models.LoanNotice.find({ ...own, loanId: idOf('demo', barcode) }).lean()).map(({ dueCycle, kind, state }) => `${kind} ${dueCycle} ${state}`);
const loanOf = (barcode: string) => models.Loan.findOne({ ...own, barcode }).orFail().lean();
const byPatron = (barcode: string, dueDate: string) => models.Loan.updateOne({ ...own, barcode }, {
  $set: { dueDate: new Date(at(dueDate)), dueDateSource: 'RENEWAL', processStatus: 'RENEW', lastRenewalAt: new Date(at('2025-06-10 03:05')) }, $inc: { dueCycle: 1, renewalCount: 1, version: 1 },
});

/** Two renewed, one of them shortened, and three kept, of one status and so of one page: all effects there are. */
async function work(): Promise<void> {
  await due('demo', 'A');
  await due('demo', 'B', { loanDate: new Date(at('2025-04-10 14:00')), libraryCode: 'WEST' });
  await due('demo', 'C', { userGroup: 'STAFF' });
  await due('demo', 'D', { userGroup: 'STAFF', userId: await user(models, 'demo', 'U5', {}) });
  await due('demo', 'E', { recall: { active: true, requestId: null, at: asOf, dueDateBefore: asOf, dueDateChanged: false } });
}

test('counting changes nothing', async () => {
  await work();
  const before = await everythingOf(models, 'demo');
  assert.equal(await countLoansFallingDue(run), 5);
  assert.deepEqual(await everythingOf(models, 'demo'), before);
});

test('both pages done twice write and count what they do done once', async () => {
  await work();
  await call(renewLoansFallingDue);
  await letters();
  const once = await pictureOf(models, 'demo', written);
  await call(renewLoansFallingDue);
  await letters();
  assert.deepEqual(await pictureOf(models, 'demo', written), once);
  assert.deepEqual(await Promise.all(['renewed', 'notRenewed', 'recordsSelected', 'recordsChanged', 'courtesyLetters', 'renewalLetters'].map(counted)), [2, 3, 5, 5, 2, 1]);
});

class Killed extends Error {}
/** What the job writes to. */
const written = new Set(['loans', 'loanNotices', 'loanEvents', 'letters', 'runBatches', 'runEvents']);

test('a page whose process dies at one write after the other leaves what an undisturbed one leaves', async () => {
  await work();
  const putBack = await kept(models, 'demo');
  const pages = async () => {
    await call(renewLoansFallingDue);
    await letters();
  };
  const deaths: { after: number; half: boolean }[] = [];
  const heard = onWrites(({ send, sendHalf }) => {
    deaths.push({ after: deaths.filter(({ half }) => !half).length, half: false });
    if (sendHalf !== null) deaths.push({ ...deaths.at(-1)!, half: true });
    return send();
  });
  await pages().finally(heard);
  const undisturbed = await pictureOf(models, 'demo', written);
  assert.ok(deaths.length > 15);
  for (const { after, half } of deaths) {
    await putBack(written);
    let done = 0;
    const stop = onWrites(async ({ send, sendHalf }) => {
      done += 1;
      if (done <= after) return send();
      if (half && sendHalf !== null && done === after + 1) await sendHalf();
      throw new Killed();
    });
    await assert.rejects(pages(), Killed).finally(stop);
    await pages();
    assert.deepEqual(await pictureOf(models, 'demo', written), undisturbed, `after ${after} writes${half ? ' and a half' : ''}`);
  }
});

test('a run after one that broke off anywhere leaves every loan renewed once, with its event and its letter', async () => {
  await due('demo', 'A');
  const putBack = await kept(models, 'demo');
  const next = { runId: idOf('demo', 'next run'), asOf: '2025-06-10T08:00:00.000Z' };
  for (let writes = 0, died = true; died; writes += 1) {
    await putBack(written);
    let done = 0;
    died = false;
    const stop = onWrites(({ send }) => {
      done += 1;
      if (done <= writes) return send();
      died = true;
      throw new Killed();
    });
    await call(renewLoansFallingDue).then(() => letters()).catch((error: unknown) => assert.ok(error instanceof Killed, String(error))).finally(stop);
    for (let page: Page = await left(next); page.next !== null; ) page = await left({ ...next, batchNo: page.batchNo });
    await call(renewLoansFallingDue, next);
    await letters(next);
    const { dueCycle, renewalCount } = await loanOf('A');
    const told = await models.Letter.find({ ...own, letterCode: 'AutomaticLoansRenewNotice' }).lean();
    const events = await models.LoanEvent.find(own).lean();
    assert.deepEqual([dueCycle, renewalCount, await noticesOf('A'), told.length, events.map(({ dueCycle: cycle, oldDueDate }) => [cycle, oldDueDate?.getTime()])],
      [2, 1, ['RENEWED 2 LETTERED'], 1, [[2, at('2025-06-13 21:00')]]], `after ${writes} writes`);
  }
});

test('what a broken run left DECIDED before its loan was renewed by the patron is taken back', async () => {
  await due('demo', 'A');
  const stop = onWrites(({ name, send }) => {
    if (name === 'loans.bulkWrite') throw new Killed();
    return send();
  });
  await assert.rejects(call(renewLoansFallingDue), Killed).finally(stop);
  assert.deepEqual(await noticesOf('A'), ['RENEWED 2 DECIDED']);
  await byPatron('A', '2025-07-08 21:00');
  await left({ runId: idOf('demo', 'next run') });
  assert.deepEqual([await noticesOf('A'), await models.LoanEvent.countDocuments(own)], [[], 0]);
});

test('a loan returned or renewed again before its letter is built is in no letter', async () => {
  await due('demo', 'A');
  await due('demo', 'B');
  await due('demo', 'C', { userGroup: 'STAFF' });
  await call(renewLoansFallingDue);
  await models.Loan.updateOne({ ...own, barcode: 'A' }, { $set: { status: 'COMPLETE', closeReason: 'RETURNED', returnDate: asOf }, $inc: { version: 1 } });
  await byPatron('B', '2025-07-15 21:00');
  await byPatron('C', '2025-07-08 21:00');
  await letters();
  assert.deepEqual(await Promise.all(['A', 'B', 'C'].map(noticesOf)), [['RENEWED 2 CANCELLED'], ['RENEWED 2 CANCELLED'], ['COURTESY 1 CANCELLED']]);
  assert.equal(await models.Letter.countDocuments(own), 0);
});

test('a loan renewed by the patron between reading and renewing stays as it is, the others of its page are renewed', async () => {
  await due('demo', 'A');
  await due('demo', 'B');
  const stop = onWrites(async ({ name, send }) => {
    if (name === 'loans.bulkWrite') await byPatron('A', '2025-07-08 21:00');
    return send();
  });
  await call(renewLoansFallingDue).finally(stop);
  assert.deepEqual(await Promise.all(['renewed', 'changedDuringRun', 'recordsUnchanged', 'recordsChanged'].map(counted)), [1, 1, 1, 1]);
  assert.deepEqual([(await loanOf('A')).renewalCount, await noticesOf('A'), await noticesOf('B')], [1, [], ['RENEWED 2 LETTER_PENDING']]);
});

test('a retry takes up the loans that failed, by today\'s rules', async () => {
  await due('demo', 'A');
  await due('demo', 'B');
  await due('demo', 'C', { dueDate: new Date(at('2025-06-20 21:00')) });
  const ids = ['A', 'C'].map((barcode) => idOf('demo', barcode));
  await models.Run.collection.insertOne({ _id: run.runId, institutionId: 'demo', scope: { recordType: 'loan', ids } } as never);
  const scoped = { scoped: true };
  assert.equal(await countLoansFallingDue({ ...run, ...scoped }), 2);
  await call(renewLoansFallingDue, scoped);
  const once = await pictureOf(models, 'demo', written);
  await call(renewLoansFallingDue, scoped);
  assert.deepEqual(await pictureOf(models, 'demo', written), once);
  assert.deepEqual(await Promise.all(['A', 'B', 'C'].map(async (barcode) => (await loanOf(barcode)).dueCycle)), [2, 1, 1]);
});
