/** From notices to letters, done twice, with a loan or a patron changed in between (fulfillment-loans.md, S8.9 and S10). */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeEach, test } from 'vitest';
import { createNoticeLetterActivities } from '../../activities/fulfillment/notice-letters.js';
import type { Run } from '../../domain/run.js';
import { demoLibrary, idOf, loan } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { clear, emptyDatabase } from '../support/database.js';
import { watchedNeighbour } from '../support/neighbour.js';
import { everythingOf, onWrites } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
beforeEach(async () => {
  await clear(models);
  await demoLibrary(models, 'demo');
  await pendingNotice('demo', 'A');
});
watchedNeighbour(models, async (nextDoor) => {
  await demoLibrary(models, nextDoor);
  await pendingNotice(nextDoor, 'A');
});

const asOf = new Date(at('2025-04-02 01:00'));
const run: Run = {
  institutionId: 'demo', runId: idOf('demo', 'run'), scheduledJobId: null, jobKey: 'loans-overdue-and-lost', asOf: asOf.toISOString(),
  businessDate: '2025-04-02', timeZone: 'America/New_York', currency: 'USD', pageUrl: '', parameters: {}, preview: false, scoped: false,
  endsBy: '2025-04-02T17:00:00.000Z', batchNo: 0, done: 0, cursor: null, stepsDone: [],
};

/** U1 is to be told of an overdue loan, for a fee of 0.75 USD. */
async function pendingNotice(institutionId: string, barcode: string): Promise<void> {
  const userId = idOf(institutionId, 'U1');
  await loan(models, institutionId, barcode);
  await models.LoanNotice.create({
    institutionId, loanId: idOf(institutionId, barcode), dueCycle: 1, profileId: idOf(institutionId, 'P2'), dayKey: '-', userId, libraryCode: 'MAIN',
    kind: 'OVERDUE_NOTIFICATION_2', sendFormat: 'EMAIL', state: 'LETTER_PENDING', runId: run.runId, decidedAt: asOf,
    letterKey: `${run.runId}:FulOverdueAndLostLoanNotificationLetter:OVERDUE_NOTIFICATION_2.EMAIL:${userId}:-`,
    data: { accruedFine: 0, notificationFee: 75, fees: [] },
  });
}

const { queueNoticeLetters } = createNoticeLetterActivities({ models, now: () => asOf, wakeMail: () => Promise.resolve() });
const queue = () => new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') }).run(queueNoticeLetters, run);

/** The process dies when this is written, and the rest of the page is not done. */
async function dyingAfter(written: string): Promise<void> {
  let dead = false;
  const stop = onWrites(async ({ name, send }) => {
    if (dead) throw new Error('killed');
    dead = name === written;
    return send();
  });
  await assert.rejects(queue(), /killed/).finally(stop);
}

const returned = (barcode: string) =>
  models.Loan.updateOne({ institutionId: 'demo', barcode }, { $set: { status: 'COMPLETE', closeReason: 'RETURNED', returnDate: asOf }, $inc: { version: 1 } });

/** Notices by barcode, the loans of each letter, what was charged, and what the report says of both. */
async function outcome() {
  const ofDemo = { institutionId: 'demo' };
  const [notices, letters, fees, loans, batch] = await Promise.all([
    models.LoanNotice.find(ofDemo).lean(), models.Letter.find(ofDemo).lean(), models.Fee.find(ofDemo).lean(), models.Loan.find(ofDemo).lean(),
    models.RunBatch.findOne({ ...ofDemo, batchNo: 0 }).lean(),
  ]);
  const barcodeOf = (loanId: string) => loans.find(({ _id }) => _id === loanId)!.barcode;
  return {
    notices: notices.map(({ loanId, state }) => `${barcodeOf(loanId)} ${state}`).sort(),
    letters: letters.map(({ causes }) => causes.map(({ recordId }) => barcodeOf(recordId)).sort().join(' and ')),
    fees: fees.map(({ originalAmount }) => originalAmount),
    counted: [batch?.counters.lettersCreated ?? 0, batch?.counters.lettersSuppressed ?? 0, batch?.counters['notificationFeesAmount:USD'] ?? 0],
  };
}
const told = { notices: ['A LETTERED'], letters: ['A'], fees: [75], counted: [1, 0, 75] };

test('done twice, with the letter sent and its fee paid in between, a page changes nothing but how often it was tried', async () => {
  await queue();
  assert.deepEqual(await outcome(), told);
  await models.Letter.updateMany({ institutionId: 'demo' }, { $set: { state: 'SENT', nextAttemptAt: null } });
  await models.Fee.updateMany({ institutionId: 'demo' }, { $set: { balance: 0, status: 'CLOSED' } });
  const { runBatches, ...before } = await everythingOf(models, 'demo');
  await queue();
  const { runBatches: again, ...after } = await everythingOf(models, 'demo');
  assert.deepEqual(after, before);
  assert.equal(again?.length, runBatches?.length);
  assert.deepEqual(await outcome(), told);
});

test('a loan returned before anything was written of its letter costs nothing, and nobody is told', async () => {
  await dyingAfter('runBatches.updateOne');
  await returned('A');
  await queue();
  assert.deepEqual(await outcome(), { notices: ['A CANCELLED'], letters: [], fees: [], counted: [0, 0, 0] });
});

test('a loan returned after the fee for its letter was charged: the letter that was paid for goes out', async () => {
  await dyingAfter('fees.insertMany');
  await returned('A');
  await queue();
  assert.deepEqual(await outcome(), told);
});

test('a loan returned after its letter was queued has been told of, and is counted so', async () => {
  await dyingAfter('letters.insertMany');
  await returned('A');
  await queue();
  assert.deepEqual(await outcome(), told);
});

test('of two loans of one letter, the one returned before the fee was charged stays out of it, though the page is done again', async () => {
  await pendingNotice('demo', 'B');
  await returned('B');
  await dyingAfter('fees.insertMany');
  await queue();
  assert.deepEqual(await outcome(), { ...told, notices: ['A LETTERED', 'B CANCELLED'] });
});

test('a patron who lost the address after the letter was queued is not told of as one without', async () => {
  await dyingAfter('letters.insertMany');
  await models.User.updateOne({ institutionId: 'demo', primaryId: 'U1' }, { $set: { emails: [] } });
  await queue();
  assert.deepEqual(await outcome(), told);
  assert.equal(await models.RunEvent.countDocuments({ institutionId: 'demo' }), 0);
});
