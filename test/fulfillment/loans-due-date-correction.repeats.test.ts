/** loans-due-date-correction: pages done twice or broken off, loans that go another way meanwhile, and what a run before has left (S10, rule 7). */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeEach, test } from 'vitest';
import { createDueDateCorrectionActivities } from '../../activities/fulfillment/loans-due-date-correction.js';
import { createNoticeLetterActivities } from '../../activities/fulfillment/notice-letters.js';
import type { Page, Run } from '../../domain/run.js';
import type { Loan } from '../../models/loan.js';
import { closes } from '../support/calendar-changes.js';
import { correctionLibrary } from '../support/correction-library.js';
import { idOf, loan } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { clear, emptyDatabase } from '../support/database.js';
import { watchedNeighbour } from '../support/neighbour.js';
import { everythingOf, kept, onWrites, pictureOf } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const due = (institutionId: string, barcode: string, given: Partial<Loan> = {}) => loan(models, institutionId, barcode, { dueDate: new Date(at('2025-06-19 21:00')), ...given });
beforeEach(async () => {
  await clear(models);
  await correctionLibrary(models, 'demo');
  await closes(models, 'demo', '2025-06-12 10:00', '2025-06-19');
});
watchedNeighbour(models, async (nextDoor) => {
  await correctionLibrary(models, nextDoor);
  await closes(models, nextDoor, '2025-06-12 10:00', '2025-06-19');
  await due(nextDoor, 'A');
});

const asOf = new Date(at('2025-06-13 00:15'));
const now = () => asOf;
const { countLoansConcerned, finishLeftCorrections, correctDueDates, closeCalendarChanges } = createDueDateCorrectionActivities({ models, now });
const { queueNoticeLetters } = createNoticeLetterActivities({ models, now, wakeMail: () => Promise.resolve() });
const run: Run = {
  institutionId: 'demo', runId: idOf('demo', 'run'), scheduledJobId: null, jobKey: 'loans-due-date-correction', asOf: asOf.toISOString(),
  businessDate: '2025-06-13', timeZone: 'America/New_York', currency: 'USD', pageUrl: '', parameters: {}, preview: false, scoped: false,
  endsBy: '2025-06-13T22:00:00.000Z', batchNo: 0, done: 0, cursor: null, stepsDone: [],
};
const call = (activity: (run: Run) => Promise<Page>, given: Partial<Run> = {}): Promise<Page> => new MockActivityEnvironment().run(activity, { ...run, ...given });
/** The steps of the workflow, each with room for its pages. */
const left = (given: Partial<Run> = {}) => call(finishLeftCorrections, given);
const pages = (given: Partial<Run> = {}) => call(correctDueDates, { batchNo: 10, ...given });
const changes = () => call(closeCalendarChanges, { batchNo: 20 });
const letters = () => call(queueNoticeLetters, { batchNo: 30 });
const work = async () => {
  await left();
  await pages();
  await changes();
  await letters();
};

const loanOf = (barcode: string) => models.Loan.findOne({ institutionId: 'demo', barcode }).orFail().lean();
const noticesOf = async (barcode: string) => (await models.LoanNotice.find({ institutionId: 'demo', loanId: idOf('demo', barcode) }).lean()).map(({ dueCycle, state }) => `cycle ${dueCycle} ${state}`);
const eventsOf = async (barcode: string) => (await models.LoanEvent.find({ institutionId: 'demo', loanId: idOf('demo', barcode) }).lean()).map(({ eventKey }) => eventKey);
const listed = async () => (await models.Letter.find({ institutionId: 'demo' }).lean()).flatMap(({ causes }) => causes.map(({ recordId }) => recordId));
const countersOf = async (batchNo: number) => (await models.RunBatch.findOne({ institutionId: 'demo', batchNo }).orFail().lean()).counters;
const renew = (barcode: string) => models.Loan.updateOne(
  { institutionId: 'demo', barcode }, { $set: { dueDate: new Date(at('2025-07-10 21:00')), dueDateSource: 'RENEWAL', processStatus: 'RENEW' }, $inc: { dueCycle: 1, version: 1 } },
);

test('counting changes nothing, and a loan returned meanwhile is not counted again', async () => {
  await due('demo', 'A');
  await due('demo', 'B', { processStatus: 'RECALL' });
  await due('demo', 'C', { libraryCode: 'EAST' });
  const before = await everythingOf(models, 'demo');
  assert.equal(await countLoansConcerned(run), 2);
  assert.deepEqual(await everythingOf(models, 'demo'), before);
  await models.Loan.updateOne({ institutionId: 'demo', barcode: 'B' }, { $set: { status: 'COMPLETE' } });
  assert.equal(await countLoansConcerned(run), 1);
});

/** Of both libraries, among them one that stays. */
async function mixed(): Promise<void> {
  await due('demo', 'A');
  await due('demo', 'B', { userId: idOf('demo', 'U2'), touId: idOf('demo', 'PREVIOUS_OPEN') });
  await due('demo', 'C', { libraryCode: 'WEST', touId: idOf('demo', 'RESERVE'), shortLoan: true, dueDate: new Date(at('2025-06-19 11:00')) });
  await due('demo', 'D', { touId: idOf('demo', 'KEEP') });
  await due('demo', 'E', { userId: null });
}

test('all pages done twice write and count what they do done once', async () => {
  await mixed();
  await work();
  const once = await pictureOf(models, 'demo');
  await work();
  assert.deepEqual(await pictureOf(models, 'demo'), once);
  assert.equal(await models.LoanEvent.countDocuments({ institutionId: 'demo' }), 4);
});

test('a page that moves nothing counts the same when it is done twice', async () => {
  await due('demo', 'A', { touId: idOf('demo', 'KEEP') });
  await pages();
  const once = await pictureOf(models, 'demo');
  await pages();
  assert.deepEqual([await pictureOf(models, 'demo'), (await countersOf(10)).skippedKeep], [once, 1]);
});

class Killed extends Error {}
const touched = new Set(['loans', 'loanNotices', 'loanEvents', 'letters', 'runBatches', 'runEvents', 'calendarChanges']);

test('a run whose process dies at one write after the other leaves what an undisturbed one leaves', async () => {
  await mixed();
  const putBack = await kept(models, 'demo');
  await work();
  const undisturbed = await pictureOf(models, 'demo', touched);
  for (const half of [false, true]) {
    for (let writes = 0; ; writes += 1) {
      await putBack(touched);
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
      // The engine goes on with the step that broke off; those before it have their answer.
      if ((await models.RunBatch.countDocuments({ institutionId: 'demo', batchNo: 20, state: 'DONE' })) === 0) await pages();
      await changes();
      await letters();
      assert.deepEqual((await pictureOf(models, 'demo', touched)).filter((line) => !isLeftBatch(line)), undisturbed.filter((line) => !isLeftBatch(line)), `after ${writes} writes${half ? ' and a half' : ''}`);
      if (!died) break;
    }
  }
});
/** The step of left notices, which a repeat of later steps need not have come to. */
const isLeftBatch = (line: string): boolean => line.startsWith('runBatches') && line.includes('"batchNo":0,');

test('a loan that has moved on to a day which a later page reads is not taken up by that page', async () => {
  await closes(models, 'demo', '2025-06-12 11:00', '2025-06-20', { fromTime: '15:00', toTime: '21:00' });
  await due('demo', 'A');
  await due('demo', 'B', { dueDate: new Date(at('2025-06-20 15:00')) });
  await pages();
  await pages({ batchNo: 15 });
  const { recordsSelected, movedLater, unchanged } = await countersOf(15);
  assert.deepEqual([recordsSelected, movedLater, unchanged, await noticesOf('A')], [1, 0, 1, ['cycle 2 LETTER_PENDING']]);
});

test('a loan renewed between reading and update keeps its date, its notice is taken back, and it counts as changed during the run', async () => {
  await due('demo', 'A');
  await due('demo', 'B');
  const stop = onWrites(async ({ name, send }) => {
    if (name === 'loans.updateMany') {
      stop();
      await renew('A');
    }
    return send();
  });
  await pages();
  assert.deepEqual([(await loanOf('A')).dueDate, await noticesOf('A'), await eventsOf('A')], [new Date(at('2025-07-10 21:00')), [], []]);
  assert.deepEqual(await noticesOf('B'), ['cycle 2 LETTER_PENDING']);
  const { recordsChanged, recordsUnchanged, changedDuringRun, movedLater } = await countersOf(10);
  assert.deepEqual([recordsChanged, recordsUnchanged, changedDuringRun, movedLater], [1, 1, 1, 1]);
});

test('a loan renewed before its letter is built is in no letter', async () => {
  await due('demo', 'A');
  await due('demo', 'B');
  await pages();
  await renew('A');
  await letters();
  assert.deepEqual([await noticesOf('A'), await noticesOf('B')], [['cycle 2 CANCELLED'], ['cycle 2 LETTERED']]);
  assert.deepEqual(await listed(), [idOf('demo', 'B')]);
});

test('a page repeated after a loan was renewed leaves the renewal, and counts the loan as moved', async () => {
  await due('demo', 'A');
  await pages();
  const once = await countersOf(10);
  await renew('A');
  await pages();
  assert.deepEqual(await countersOf(10), once);
  assert.deepEqual([(await loanOf('A')).dueCycle, await noticesOf('A'), await eventsOf('A')], [3, ['cycle 2 LETTER_PENDING'], [`${idOf('demo', 'A')}:2:DUE_DATE_CORRECTED`]]);
});

/** By a run before that broke off. */
const leave = (barcode: string) => models.LoanNotice.create({
  institutionId: 'demo', loanId: idOf('demo', barcode), dueCycle: 2, kind: 'DUE_DATE_CHANGED', profileId: '-', dayKey: '-', userId: idOf('demo', 'U1'), libraryCode: 'MAIN', sendFormat: 'EMAIL',
  runId: idOf('demo', 'run before'), decidedAt: new Date(at('2025-06-12 12:00')), state: 'DECIDED', data: { oldDueDate: new Date(at('2025-06-19 21:00')), newDueDate: new Date(at('2025-06-20 21:00')) },
  letterKey: `${idOf('demo', 'run before')}:FulItemChangeDueDateLetter:DUE_DATE_CHANGED.EMAIL:${idOf('demo', 'U1')}:-`,
});

test('what a run before left is completed where the loan has moved, and taken back where it has not: then it is decided anew', async () => {
  await due('demo', 'A', { dueDate: new Date(at('2025-06-20 21:00')), dueCycle: 2, dueDateSource: 'CALENDAR' });
  await due('demo', 'B');
  await due('demo', 'C', { dueDate: new Date(at('2025-07-10 21:00')), dueCycle: 2, dueDateSource: 'RENEWAL' });
  for (const barcode of ['A', 'B', 'C']) await leave(barcode);
  await left();
  assert.deepEqual([await noticesOf('A'), await noticesOf('B'), await noticesOf('C')], [['cycle 2 LETTER_PENDING'], [], []]);
  assert.deepEqual(await eventsOf('A'), [`${idOf('demo', 'A')}:2:DUE_DATE_CORRECTED`]);
  await pages();
  await letters();
  const keys = (await models.Letter.find({ institutionId: 'demo' }).lean()).map(({ dedupeKey, causes }) => `${dedupeKey.startsWith(idOf('demo', 'run before'))} ${causes.map(({ recordId }) => recordId).join()}`);
  assert.deepEqual(keys.sort(), [`false ${idOf('demo', 'B')}`, `true ${idOf('demo', 'A')}`]);
});

test('a change that was still being applied when the loans were read stays open', async () => {
  await due('demo', 'A');
  await pages();
  const stop = onWrites(async ({ name, send }) => {
    if (name === 'calendarChanges.bulkWrite') await models.CalendarChange.collection.updateOne({ institutionId: 'demo' }, { $inc: { version: 1 } });
    return send();
  });
  await changes().finally(stop);
  assert.equal(await models.CalendarChange.countDocuments({ institutionId: 'demo', processedAt: null }), 1);
});

test('a retry takes up the loans that failed, though their changes are closed', async () => {
  await due('demo', 'A');
  await due('demo', 'B');
  await models.CalendarChange.updateMany({ institutionId: 'demo' }, { $set: { processedAt: asOf, processedRunId: idOf('demo', 'run before') } });
  await models.Run.collection.insertOne({ _id: run.runId, institutionId: 'demo', scope: { recordType: 'loan', ids: [idOf('demo', 'A')] } } as never);
  assert.equal(await countLoansConcerned({ ...run, scoped: true }), 1);
  await pages({ scoped: true });
  assert.deepEqual([(await loanOf('A')).dueCycle, (await loanOf('B')).dueCycle], [2, 1]);
});
