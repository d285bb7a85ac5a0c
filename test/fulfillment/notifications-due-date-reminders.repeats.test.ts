/** notifications-due-date-reminders: pages done twice, loans that go another way meanwhile, and what a run before has left (fulfillment-loans.md, S8.9). */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeEach, test } from 'vitest';
import { createNoticeLetterActivities } from '../../activities/fulfillment/notice-letters.js';
import { createDueDateReminderActivities } from '../../activities/fulfillment/notifications-due-date-reminders.js';
import type { Page, Run } from '../../domain/run.js';
import type { Loan, LoanNotice } from '../../models/loan.js';
import { demoLibrary, idOf, loan } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { clear, emptyDatabase } from '../support/database.js';
import { watchedNeighbour } from '../support/neighbour.js';
import { everythingOf, onWrites, pictureOf } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const due = (institutionId: string, barcode: string, given: Partial<Loan> = {}) => loan(models, institutionId, barcode, { dueDate: new Date(at('2025-05-29 21:00')), ...given });
beforeEach(async () => {
  await clear(models);
  await demoLibrary(models, 'demo');
});
watchedNeighbour(models, async (nextDoor) => {
  await demoLibrary(models, nextDoor);
  await due(nextDoor, 'A');
});

const asOf = new Date(at('2025-05-29 06:00'));
const now = () => asOf;
const { countLoansDueToday, remindOfLoansDueToday } = createDueDateReminderActivities({ models, now });
const { queueNoticeLetters } = createNoticeLetterActivities({ models, now, wakeMail: () => Promise.resolve() });
const run: Run = {
  institutionId: 'demo', runId: idOf('demo', 'run'), scheduledJobId: null, jobKey: 'notifications-due-date-reminders', asOf: asOf.toISOString(),
  businessDate: '2025-05-29', timeZone: 'America/New_York', currency: 'USD', pageUrl: '', parameters: {}, preview: false, scoped: false,
  endsBy: '2025-05-29T22:00:00.000Z', batchNo: 0, done: 0, cursor: null, stepsDone: [],
};
const call = (activity: (run: Run) => Promise<Page>, given: Partial<Run> = {}): Promise<Page> => new MockActivityEnvironment().run(activity, { ...run, ...given });
/** The pages of letters come after those of loans. */
const letters = (given: Partial<Run> = {}) => call(queueNoticeLetters, { batchNo: 9, ...given });

/** Of U1, by a run before that broke off. */
const left = (barcode: string, given: Partial<LoanNotice> = {}) => models.LoanNotice.create({
  institutionId: 'demo', loanId: idOf('demo', barcode), dueCycle: 1, kind: 'DUE_TODAY', profileId: '-', dayKey: '2025-05-29', userId: idOf('demo', 'U1'),
  libraryCode: 'MAIN', sendFormat: 'EMAIL', runId: idOf('demo', 'run before'), decidedAt: new Date(at('2025-05-29 05:00')), state: 'LETTER_PENDING',
  letterKey: `${idOf('demo', 'run before')}:FulUserOverdueNoticeLetter:DUE_TODAY.EMAIL:${idOf('demo', 'U1')}:-`, ...given,
});
const stateOf = async (barcode: string) => (await models.LoanNotice.findOne({ institutionId: 'demo', loanId: idOf('demo', barcode) }).lean())?.state;
const listed = async () => (await models.Letter.find({ institutionId: 'demo' }).lean()).map(({ causes }) => causes.map(({ recordId }) => recordId));
const returned = (barcode: string) =>
  models.Loan.updateOne({ institutionId: 'demo', barcode }, { $set: { status: 'COMPLETE', closeReason: 'RETURNED', returnDate: asOf }, $inc: { version: 1 } });

test('counting changes nothing, and a loan returned meanwhile is not counted again', async () => {
  await due('demo', 'A');
  await due('demo', 'B', { processStatus: 'RECALL' });
  const before = await everythingOf(models, 'demo');
  assert.equal(await countLoansDueToday(run), 2);
  assert.deepEqual(await everythingOf(models, 'demo'), before);
  await returned('B');
  assert.equal(await countLoansDueToday(run), 1);
});

test('both pages done twice write and count what they do done once', async () => {
  await due('demo', 'A');
  await due('demo', 'B', { userId: idOf('demo', 'U2') });
  await call(remindOfLoansDueToday);
  await letters();
  const once = await pictureOf(models, 'demo');
  await call(remindOfLoansDueToday);
  await letters();
  assert.deepEqual(await pictureOf(models, 'demo'), once);
  assert.equal(await models.Letter.countDocuments({ institutionId: 'demo' }), 2);
});

class Killed extends Error {}

test('a page whose process dies at one write after the other leaves what an undisturbed one leaves', async () => {
  await due('demo', 'A');
  await due('demo', 'B', { userId: idOf('demo', 'U2') });
  const work = async () => {
    await call(remindOfLoansDueToday);
    await letters();
  };
  await work();
  const undisturbed = await pictureOf(models, 'demo');
  for (const half of [false, true]) {
    for (let writes = 0; ; writes += 1) {
      await Promise.all([models.LoanNotice, models.Letter, models.RunBatch, models.RunEvent].map(({ collection }) => collection.deleteMany({ institutionId: 'demo' })));
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

test('a loan returned before its letter is built is in no letter', async () => {
  await due('demo', 'A');
  await due('demo', 'B');
  await call(remindOfLoansDueToday);
  await returned('A');
  await letters();
  assert.deepEqual([await stateOf('A'), await stateOf('B')], ['CANCELLED', 'LETTERED']);
  assert.deepEqual(await listed(), [[idOf('demo', 'B')]]);
});

test('a loan whose date was moved before its letter is built is in no letter', async () => {
  await due('demo', 'A');
  await call(remindOfLoansDueToday);
  await models.Loan.updateOne({ institutionId: 'demo', barcode: 'A' }, { $set: { dueDate: new Date(at('2025-06-05 21:00')), dueCycle: 2 }, $inc: { version: 1 } });
  await letters();
  assert.equal(await stateOf('A'), 'CANCELLED');
  assert.deepEqual(await listed(), []);
});

test('a loan returned after its letter was queued has been told of, and is counted so', async () => {
  await due('demo', 'A');
  await call(remindOfLoansDueToday);
  const stop = onWrites(({ name, send }) => {
    if (name === 'loanNotices.updateMany') throw new Error('killed');
    return send();
  });
  await assert.rejects(letters(), /killed/).finally(stop);
  await returned('A');
  await letters();
  assert.equal(await stateOf('A'), 'LETTERED');
  const { counters } = await models.RunBatch.findOne({ institutionId: 'demo', batchNo: 9 }).orFail().lean();
  assert.deepEqual(counters, { lettersCreated: 1, letters: 1 });
});

test('what a run of the same morning left pending is sent under its own key, and not reminded of again', async () => {
  await due('demo', 'A');
  const { letterKey } = await left('A');
  await call(remindOfLoansDueToday);
  await letters();
  assert.deepEqual((await models.Letter.find({ institutionId: 'demo' }).lean()).map(({ dedupeKey }) => dedupeKey), [`${letterKey}:1:EMAIL`]);
  const { counters } = await models.RunBatch.findOne({ institutionId: 'demo', batchNo: 0 }).orFail().lean();
  assert.deepEqual([counters.recordsUnchanged, counters.loansReminded], [1, 0]);
});

test('what a run of the day before left pending is sent to nobody: it is not due today any more (rule 6)', async () => {
  await due('demo', 'A', { dueDate: new Date(at('2025-05-28 21:00')) });
  await left('A', { dayKey: '2025-05-28' });
  await letters();
  assert.equal(await stateOf('A'), 'CANCELLED');
  assert.deepEqual(await listed(), []);
});

test('a retry takes up the loans that failed, by today\'s rules', async () => {
  await due('demo', 'A');
  await due('demo', 'B');
  await due('demo', 'C', { dueDate: new Date(at('2025-05-28 21:00')) });
  const ids = ['A', 'C'].map((barcode) => idOf('demo', barcode));
  await models.Run.collection.insertOne({ _id: run.runId, institutionId: 'demo', scope: { recordType: 'loan', ids } } as never);
  const scoped = { scoped: true };
  assert.equal(await countLoansDueToday({ ...run, ...scoped }), 2);
  await call(remindOfLoansDueToday, scoped);
  assert.deepEqual([await stateOf('A'), await stateOf('B'), await stateOf('C')], ['LETTER_PENDING', undefined, undefined]);
});
