/** loans-overdue-and-lost: pages done twice, notices that an earlier run left, letters in parts (fulfillment-loans.md, S8.9 and S10). */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeEach, test } from 'vitest';
import { createOverdueAndLostActivities } from '../../activities/fulfillment/loans-overdue-and-lost.js';
import { createNoticeLetterActivities } from '../../activities/fulfillment/notice-letters.js';
import type { Page, Run } from '../../domain/run.js';
import type { UserBlock } from '../../models/fulfillment.js';
import type { Loan, LoanNotice } from '../../models/loan.js';
import { demoLibrary, idOf, loan, profile } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { clear, emptyDatabase } from '../support/database.js';
import { watchedNeighbour } from '../support/neighbour.js';
import { everythingOf, onWrites } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
beforeEach(async () => {
  await clear(models);
  await demoLibrary(models, 'demo');
});
watchedNeighbour(models, async (nextDoor) => {
  await demoLibrary(models, nextDoor);
  await profile(models, nextDoor, 'PL', 'CHANGE_TO_LOST', 30, {});
  await loan(models, nextDoor, 'A');
});

const asOf = new Date(at('2025-04-02 01:00'));
const now = () => asOf;
const { countOverdueLoans, finishLeftNotices, ageOverdueLoans } = createOverdueAndLostActivities({ models, now });
const { queueNoticeLetters } = createNoticeLetterActivities({ models, now, wakeMail: () => Promise.resolve() });
const run: Run = {
  institutionId: 'demo', runId: idOf('demo', 'run'), scheduledJobId: null, jobKey: 'loans-overdue-and-lost', asOf: asOf.toISOString(),
  businessDate: '2025-04-02', timeZone: 'America/New_York', currency: 'USD', pageUrl: '', parameters: {}, preview: false, scoped: false,
  endsBy: '2025-04-02T17:00:00.000Z', batchNo: 0, done: 0, cursor: null, stepsDone: [],
};
const call = (activity: (run: Run) => Promise<Page>): Promise<Page> => new MockActivityEnvironment().run(activity, run);

/** Of U1, by the run of the night before. */
const notice = (barcode: string, profileName: string, given: Partial<LoanNotice>) =>
  models.LoanNotice.create({
    institutionId: 'demo', loanId: idOf('demo', barcode), dueCycle: 1, profileId: idOf('demo', profileName), dayKey: '-',
    userId: idOf('demo', 'U1'), libraryCode: 'MAIN', sendFormat: 'EMAIL', runId: idOf('demo', 'run before'),
    decidedAt: new Date(at('2025-04-01 01:00')), letterKey: 'before:FulOverdueAndLostLoanNotificationLetter:OVERDUE_NOTIFICATION_2.EMAIL:U1:-', ...given,
  });
const stateOf = async (barcode: string) => (await models.LoanNotice.findOne({ institutionId: 'demo', loanId: idOf('demo', barcode) }).lean())?.state;

test('counting the overdue loans changes nothing, and one returned meanwhile is not counted again', async () => {
  await profile(models, 'demo', 'PL', 'CHANGE_TO_LOST', 30, {});
  await loan(models, 'demo', 'A');
  await loan(models, 'demo', 'B');
  const before = await everythingOf(models, 'demo');
  assert.equal(await countOverdueLoans(run), 2);
  assert.deepEqual(await everythingOf(models, 'demo'), before);
  await models.Loan.updateOne({ institutionId: 'demo', barcode: 'B' }, { $set: { status: 'COMPLETE', closeReason: 'RETURNED', returnDate: asOf } });
  assert.equal(await countOverdueLoans(run), 1);
});

test('a page whose loans all became lost reads none of the next status when it is done again', async () => {
  await profile(models, 'demo', 'PL', 'CHANGE_TO_LOST', 30, { loanStatuses: ['NORMAL'] });
  await loan(models, 'demo', 'A');
  await loan(models, 'demo', 'B', { processStatus: 'RENEW' });
  await call(ageOverdueLoans);
  await call(ageOverdueLoans);

  const batches = await models.RunBatch.find({ institutionId: 'demo', runId: run.runId }).sort({ batchNo: 1 }).lean();
  assert.deepEqual(batches.map(({ counters }) => counters.recordsSelected), [1, 1, 0]);
});

test('a notice left by an earlier run is finished although its profile asks for nothing any more', async () => {
  await profile(models, 'demo', 'P2', 'OVERDUE_NOTIFICATION_2', 7, { createFine: false });
  await loan(models, 'demo', 'A');
  await notice('A', 'P2', { kind: 'OVERDUE_NOTIFICATION_2', state: 'DECIDED' });
  await call(finishLeftNotices);
  assert.equal(await stateOf('A'), 'LETTER_PENDING');
});

test('a notice left of a patron who is deleted since ends without a fine and without a letter', async () => {
  await profile(models, 'demo', 'P2', 'OVERDUE_NOTIFICATION_2', 7, { createFine: true });
  await loan(models, 'demo', 'A');
  await notice('A', 'P2', { kind: 'OVERDUE_NOTIFICATION_2', state: 'DECIDED' });
  await models.User.updateOne({ institutionId: 'demo', primaryId: 'U1' }, { $set: { status: 'DELETED' } });
  await call(finishLeftNotices);
  assert.equal(await stateOf('A'), 'NO_LETTER');
  assert.equal(await models.Fee.countDocuments({ institutionId: 'demo' }), 0);
});

test('a notice left of a type that no profile has any more is taken back', async () => {
  await loan(models, 'demo', 'A');
  await notice('A', 'P2', { kind: 'OVERDUE_NOTIFICATION_2', state: 'DECIDED' });
  await call(finishLeftNotices);
  assert.equal(await stateOf('A'), undefined);
});

test('a loan that was lost the night before is on record as lost the night before, and its item too', async () => {
  await profile(models, 'demo', 'PL', 'CHANGE_TO_LOST', 29, {});
  const lostAt = new Date(at('2025-04-01 01:00'));
  const lost = { at: lostAt, by: 'JOB', profileId: idOf('demo', 'PL'), runId: idOf('demo', 'run before'), previousStatus: 'NORMAL' } as const;
  await loan(models, 'demo', 'A', { processStatus: 'LOST', processStatusDate: lostAt, lost, lostCount: 1 });
  await notice('A', 'PL', { kind: 'CHANGE_TO_LOST', state: 'DECIDED' });
  await call(finishLeftNotices);

  const event = await models.LoanEvent.findOne({ institutionId: 'demo' }).lean();
  assert.deepEqual([event?.type, event?.at, event?.runId], ['LOST', lostAt, idOf('demo', 'run before')]);
  const item = await models.Item.findOne({ institutionId: 'demo', barcode: 'A' }).lean();
  assert.deepEqual([item?.processType, item?.processTypeAt], ['LOST_LOAN', lostAt]);
});

test('the fine of a loan that was lost the night before is that of the night before', async () => {
  await profile(models, 'demo', 'PL', 'CHANGE_TO_LOST', 29, {});
  await models.FulfillmentSettings.updateOne({ institutionId: 'demo' }, { $set: { overdueAtLostLoan: true } });
  const lostAt = new Date(at('2025-04-01 01:00'));
  const lost = { at: lostAt, by: 'JOB', profileId: idOf('demo', 'PL'), runId: idOf('demo', 'run before'), previousStatus: 'NORMAL' } as const;
  await loan(models, 'demo', 'A', { processStatus: 'LOST', processStatusDate: lostAt, lost, lostCount: 1 });
  await notice('A', 'PL', { kind: 'CHANGE_TO_LOST', state: 'DECIDED' });
  await call(finishLeftNotices);
  const fine = await models.Fee.findOne({ institutionId: 'demo', type: 'OVERDUE_FINE' }).lean();
  assert.equal(fine?.originalAmount, 29 * 25);
});

test('the fee for a letter in two parts is the largest of all its profiles, charged with the first part', async () => {
  await models.FulfillmentSettings.updateOne({ institutionId: 'demo' }, { $set: { maxLoansPerLetter: 1 } });
  const letterKey = `${run.runId}:FulOverdueAndLostLoanNotificationLetter:OVERDUE_NOTIFICATION_2.EMAIL:${idOf('demo', 'U1')}:-`;
  const byId = ['A', 'B'].sort((a, b) => (idOf('demo', a) < idOf('demo', b) ? -1 : 1));
  for (const [index, barcode] of byId.entries()) {
    await loan(models, 'demo', barcode);
    const data = { accruedFine: 0, notificationFee: index === 0 ? 100 : 150, fees: [] };
    await notice(barcode, `P${index}`, { kind: 'OVERDUE_NOTIFICATION_2', state: 'LETTER_PENDING', letterKey, data });
  }
  await call(queueNoticeLetters);
  const fees = await models.Fee.find({ institutionId: 'demo' }).lean();
  assert.deepEqual(fees.map(({ dedupeKey, originalAmount }) => [dedupeKey, originalAmount]), [[`ovnl:${letterKey}:1`, 150]]);
});

/** U1 is blocked for another loan already, and loan A is to join it; the desk writes the same block `times` just before the page does. */
async function pageBesideTheDesk(times: number, written: Partial<UserBlock> = {}): Promise<void> {
  const definition = await models.UserBlockDefinition.create({ institutionId: 'demo', code: 'OVERDUE', blockedActions: ['LOAN'] });
  const blocking = { blockUser: true, blockDefinitionId: definition._id, blockMode: 'UNTIL_RETURNED' } as const;
  await profile(models, 'demo', 'P2', 'OVERDUE_NOTIFICATION_2', 30, blocking);
  await loan(models, 'demo', 'A');
  const userId = idOf('demo', 'U1');
  await models.UserBlock.create({
    institutionId: 'demo', userId, definitionId: definition._id, code: 'OVERDUE', source: 'OVERDUE', status: 'ACTIVE', mode: 'UNTIL_RETURNED',
    startsAt: new Date(at('2025-03-01 01:00')), loanIds: [idOf('demo', 'Z')], activeKey: `${userId}:${definition._id}:OVERDUE`,
  });
  let faster = times;
  let atTheDesk = false;
  const stop = onWrites(async ({ name, send }) => {
    if (!atTheDesk && name.startsWith('userBlocks.') && name !== 'userBlocks.insertMany' && faster > 0) {
      faster -= 1;
      atTheDesk = true;
      await models.UserBlock.updateOne({ institutionId: 'demo', userId }, { $set: written, $inc: { version: 1, extensions: 1 } });
      atTheDesk = false;
    }
    return send();
  });
  await call(ageOverdueLoans).finally(stop);
}
const blockedFor = async () => (await models.UserBlock.findOne({ institutionId: 'demo' }).lean())?.loanIds;

test('a block that the desk writes at the same time is read again and extended', async () => {
  await pageBesideTheDesk(2);
  assert.deepEqual(await blockedFor(), [idOf('demo', 'Z'), idOf('demo', 'A')]);
});

test('a block that ends at the same time is placed anew, for this loan alone', async () => {
  await pageBesideTheDesk(1, { status: 'REMOVED', activeKey: '#ended' });
  const blocks = await models.UserBlock.find({ institutionId: 'demo' }).sort({ status: -1 }).lean();
  assert.deepEqual(blocks.map(({ status, loanIds }) => [status, loanIds]), [['REMOVED', [idOf('demo', 'Z')]], ['ACTIVE', [idOf('demo', 'A')]]]);
});

test('a block that the desk keeps writing lets the page be repeated: nobody is told of a block that is not there', async () => {
  await assert.rejects(pageBesideTheDesk(3), { type: 'BLOCKS_CHANGED', nonRetryable: false });
  assert.equal(await stateOf('A'), 'DECIDED');
  await call(ageOverdueLoans);
  assert.deepEqual(await blockedFor(), [idOf('demo', 'Z'), idOf('demo', 'A')]);
  assert.equal(await stateOf('A'), 'LETTER_PENDING');
});

const found = (barcode: string, given: Partial<Loan> = {}) =>
  models.Loan.updateOne({ institutionId: 'demo', barcode }, { $set: { processStatus: 'NORMAL', ...given }, $inc: { version: 1 } });
const statusOf = async (barcode: string) => {
  const { processStatus, lostCount } = await models.Loan.findOne({ institutionId: 'demo', barcode }).orFail().lean();
  return [processStatus, lostCount];
};

/** The process dies when the loans are lost, and nothing else of rule 8 is done. */
async function dyingOnceLost(): Promise<void> {
  let lost = false;
  const stop = onWrites(async ({ name, send }) => {
    if (lost) throw new Error('killed');
    lost = name === 'loans.updateMany';
    return send();
  });
  await assert.rejects(call(ageOverdueLoans), /killed/).finally(stop);
}

test('a loan found at the desk before its page is done again stays found: no fee, no letter, and the profile does not fire again', async () => {
  await profile(models, 'demo', 'PL', 'CHANGE_TO_LOST', 30, {});
  await loan(models, 'demo', 'A');
  await dyingOnceLost();
  assert.deepEqual(await statusOf('A'), ['LOST', 1]);
  await found('A');

  await call(ageOverdueLoans);
  assert.deepEqual(await statusOf('A'), ['NORMAL', 1]);
  assert.equal(await models.Fee.countDocuments({ institutionId: 'demo' }), 0);
  assert.equal(await stateOf('A'), 'CANCELLED');
  const { counters } = await models.RunBatch.findOne({ institutionId: 'demo', runId: run.runId }).orFail().lean();
  assert.deepEqual([counters.recordsUnchanged, counters.changedDuringRun, counters.changedToLost], [1, 1, undefined]);

  const nextNight = { ...run, runId: idOf('demo', 'next run'), asOf: new Date(at('2025-04-03 01:00')).toISOString(), businessDate: '2025-04-03' };
  await new MockActivityEnvironment().run(ageOverdueLoans, nextNight);
  assert.deepEqual(await statusOf('A'), ['NORMAL', 1]);
});

test('a loan returned before its page is done again costs nothing', async () => {
  await profile(models, 'demo', 'PL', 'CHANGE_TO_LOST', 30, {});
  await loan(models, 'demo', 'A');
  await dyingOnceLost();
  await found('A', { status: 'COMPLETE', processStatus: 'LOST', closeReason: 'RETURNED', returnDate: asOf });
  await call(ageOverdueLoans);
  assert.equal(await models.Fee.countDocuments({ institutionId: 'demo' }), 0);
});

test('a loan found after everything about it was done counts as done when its page is done again, and its item stays found', async () => {
  await profile(models, 'demo', 'PL', 'CHANGE_TO_LOST', 30, {});
  await loan(models, 'demo', 'A');
  await call(ageOverdueLoans);
  await found('A');
  await models.Item.updateOne({ institutionId: 'demo', barcode: 'A' }, { $set: { processType: 'LOAN' } });

  await call(ageOverdueLoans);
  assert.deepEqual(await statusOf('A'), ['NORMAL', 1]);
  assert.equal((await models.Item.findOne({ institutionId: 'demo', barcode: 'A' }).lean())?.processType, 'LOAN');
  const { counters } = await models.RunBatch.findOne({ institutionId: 'demo', runId: run.runId }).orFail().lean();
  assert.deepEqual([counters.recordsChanged, counters.changedToLost, counters.replacementFees], [1, 1, 1]);
});

test('a loan that the run of the night before lost, found since, is not lost again by finishing what that run left', async () => {
  await profile(models, 'demo', 'PL', 'CHANGE_TO_LOST', 29, {});
  const lostAt = new Date(at('2025-04-01 01:00'));
  const lost = { at: lostAt, by: 'JOB', profileId: idOf('demo', 'PL'), runId: idOf('demo', 'run before'), previousStatus: 'NORMAL' } as const;
  await loan(models, 'demo', 'A', { lost, lostCount: 1 });
  await notice('A', 'PL', { kind: 'CHANGE_TO_LOST', state: 'DECIDED' });
  await call(finishLeftNotices);
  await call(ageOverdueLoans);
  assert.deepEqual(await statusOf('A'), ['NORMAL', 1]);
  assert.equal(await stateOf('A'), 'CANCELLED');
});
