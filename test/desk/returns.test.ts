/** The desk takes items back: fulfillment-loans.md, S6, S10, S11 and example 6 of loans-overdue-and-lost. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { bookOnFee } from '../../desk/book-on-fee.js';
import { claimReturned } from '../../desk/claim-returned.js';
import { declareLost } from '../../desk/declare-lost.js';
import { foundLoan } from '../../desk/found-loan.js';
import { returnFromBookDrop } from '../../desk/return-from-book-drop.js';
import { returnLoan } from '../../desk/return-loan.js';
import { returnLoanDatedBack } from '../../desk/return-loan-dated-back.js';
import type { Loan } from '../../models/loan.js';
import { demoLibrary, idOf, loan } from '../support/demo-library.js';
import { deskOf, feesOf, lose, survivesEveryDeath } from '../support/desk.js';
import { at } from '../support/fixture-a.js';
import { emptyDatabase } from '../support/database.js';
import { everythingOf, onWrites } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const desk = deskOf(models);
const noon = (day: string) => desk(`${day} 12:00`);
const due = (local: string) => ({ dueDate: new Date(at(local)) });
const id = (barcode: string) => idOf('demo', barcode);

let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  await demoLibrary(models, 'demo');
  await demoLibrary(models, 'next-door');
  await loan(models, 'next-door', 'A');
  await lose(models, 'next-door', 'A');
  nextDoor = await everythingOf(models, 'next-door');
});
afterAll(async () => assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor, 'the library next door is as it was'));

/** Lends an item under this barcode and takes it back. */
async function returned(barcode: string, local: string, given: Partial<Loan> = {}) {
  await loan(models, 'demo', barcode, given);
  return returnLoan(desk(local), id(barcode));
}
const stored = (barcode: string) => models.Loan.findOne({ institutionId: 'demo', _id: id(barcode) }).orFail().lean();
const item = (barcode: string) => models.Item.findOne({ institutionId: 'demo', barcode }).orFail().lean();
const events = async (barcode: string) => (await models.LoanEvent.find({ institutionId: 'demo', loanId: id(barcode) }).sort({ at: 1, _id: 1 }).lean()).map(({ type }) => type);

describe('the worked figures of S6, posted on return', () => {
  test('returned 03-04 12:00: nothing', async () => {
    await returned('F1', '2025-03-04 12:00');
    assert.deepEqual(await feesOf(models, 'demo', 'F1'), []);
  });
  test('returned 03-05 09:30: 50', async () => {
    await returned('F2', '2025-03-05 09:30');
    assert.deepEqual(await feesOf(models, 'demo', 'F2'), ['OVERDUE_FINE ACTIVE 50 of 50']);
    const fee = await models.Fee.findOne({ institutionId: 'demo', barcode: 'F2' }).orFail().lean();
    assert.deepEqual([fee.dedupeKey, fee.libraryCode, fee.currency, fee.userId], [`overdue:${id('F2')}:1`, 'MAIN', 'USD', id('U1')]);
  });
  test('returned 2025-05-01: 1475, capped at 1000', async () => {
    await returned('F3', '2025-05-01 12:00');
    assert.deepEqual(await feesOf(models, 'demo', 'F3'), ['OVERDUE_FINE ACTIVE 1000 of 1000']);
  });
  test('recalled, due Thu 05-22, returned Wed 05-28: 400', async () => {
    const recall = { active: true, requestId: null, at: new Date(at('2025-05-01 12:00')), dueDateBefore: new Date(at('2025-06-01 21:00')), dueDateChanged: true };
    await returned('F4', '2025-05-28 12:00', { ...due('2025-05-22 21:00'), processStatus: 'RECALL', recall });
    assert.deepEqual(await feesOf(models, 'demo', 'F4'), ['RECALLED_OVERDUE_FINE ACTIVE 400 of 400']);
  });
  test('RESERVE, due Wed 2025-11-26 14:30, returned Sat 11-29 11:15: 200', async () => {
    await returned('F5', '2025-11-29 11:15', { ...due('2025-11-26 14:30'), shortLoan: true, touId: id('RESERVE') });
    assert.deepEqual(await feesOf(models, 'demo', 'F5'), ['OVERDUE_FINE ACTIVE 200 of 200']);
  });
});

describe('a return', () => {
  test('ends the loan, frees the item and stands in the history', async () => {
    await returned('R1', '2025-03-05 09:30');
    const { status, closeReason, returnDate, processStatus } = await stored('R1');
    assert.deepEqual([status, closeReason, returnDate, processStatus], ['COMPLETE', 'RETURNED', new Date(at('2025-03-05 09:30')), 'NORMAL']);
    const { currentLoanId, processType, processTypeAt, baseStatus } = await item('R1');
    assert.deepEqual([currentLoanId, processType, processTypeAt, baseStatus], [null, null, new Date(at('2025-03-05 09:30')), 'IN_PLACE']);
    assert.deepEqual(await events('R1'), ['RETURNED']);
  });

  test('done again a month later changes nothing', async () => {
    await returned('R2', '2025-03-05 09:30');
    const before = await everythingOf(models, 'demo');
    assert.equal((await returnLoan(desk('2025-04-05 09:30'), id('R2'))).outcome, 'RETURNED_BEFORE');
    assert.deepEqual(await everythingOf(models, 'demo'), before);
  });

  test('of terms of use that are gone posts no fine, says so, and goes on', async () => {
    const result = await returned('R3', '2025-03-10 12:00', { touId: id('gone') });
    assert.deepEqual([result.outcome, 'problem' in result && result.problem], ['RETURNED', 'TOU_MISSING']);
    assert.deepEqual(await feesOf(models, 'demo', 'R3'), []);
  });

  test('ends a block that lasted until it was returned, and leaves one of days and one of another loan', async () => {
    await loan(models, 'demo', 'R4');
    const block = (definition: string, mode: 'UNTIL_RETURNED' | 'DAYS', loanIds: string[]) => models.UserBlock.create({
      _id: id(`block ${definition}`), institutionId: 'demo', userId: id('U1'), definitionId: id(definition), code: definition, blockedActions: ['LOAN'], source: 'OVERDUE',
      status: 'ACTIVE', mode, startsAt: new Date(at('2025-03-10 01:00')), expiresAt: mode === 'DAYS' ? new Date(at('2025-04-10 00:00')) : null, loanIds, activeKey: `U1:${definition}`,
    });
    await block('alone', 'UNTIL_RETURNED', [id('R4')]);
    await block('with another', 'UNTIL_RETURNED', [id('R4'), id('other')]);
    await block('days', 'DAYS', [id('R4')]);
    await returnLoan(noon('2025-03-11'), id('R4'));

    const blocks = await models.UserBlock.find({ institutionId: 'demo' }).sort({ code: 1 }).lean();
    assert.deepEqual(blocks.map(({ code, status, loanIds }) => [code, status, loanIds]), [
      ['alone', 'REMOVED', []], ['days', 'ACTIVE', [id('R4')]], ['with another', 'ACTIVE', [id('other')]],
    ]);
    assert.deepEqual([blocks[0]!.activeKey, blocks[0]!.removedAt, blocks[0]!.removedBy], [`#${blocks[0]!._id}`, noon('2025-03-11').at, 'STAFF']);
  });

  test('that dies at any of its writes and is done again leaves what an undisturbed one leaves', { timeout: 60_000 }, async () => {
    await loan(models, 'demo', 'R5');
    assert.ok((await survivesEveryDeath(models, 'demo', () => returnLoan(noon('2025-03-20'), id('R5')))) >= 4);
    await loan(models, 'demo', 'R6');
    await lose(models, 'demo', 'R6');
    assert.ok((await survivesEveryDeath(models, 'demo', () => returnLoan(noon('2025-04-10'), id('R6')))) >= 6);
  });
});

describe('dated back', () => {
  const backAt = (barcode: string, seen: string, local: string) => returnLoanDatedBack(desk(seen), id(barcode), new Date(at(local)));

  test('the fine is that of the day on which it came back, and the records say that day', async () => {
    await loan(models, 'demo', 'D1');
    const result = await backAt('D1', '2025-03-10 09:05', '2025-03-05 20:00');
    assert.deepEqual([result.outcome, await feesOf(models, 'demo', 'D1')], ['RETURNED', ['OVERDUE_FINE ACTIVE 50 of 50']]);
    const then = new Date(at('2025-03-05 20:00'));
    const fee = await models.Fee.findOne({ institutionId: 'demo', barcode: 'D1' }).orFail().lean();
    assert.deepEqual([(await stored('D1')).returnDate, (await item('D1')).processTypeAt, fee.createdAt], [then, then, then]);
  });

  test('before it fell due, it costs nothing', async () => {
    await loan(models, 'demo', 'D2');
    await backAt('D2', '2025-03-10 09:05', '2025-03-03 20:59');
    assert.deepEqual(await feesOf(models, 'demo', 'D2'), []);
  });

  test('to a day on which it was not lost yet, it is fined until then and refunded as a lost loan', async () => {
    await models.FulfillmentSettings.updateOne({ institutionId: 'demo' }, { $set: { overdueFineOnLostReturn: 'TO_LOST_DATE' } });
    await loan(models, 'demo', 'D3');
    await lose(models, 'demo', 'D3');
    await backAt('D3', '2025-04-03 09:00', '2025-03-20 12:00');
    await models.FulfillmentSettings.updateOne({ institutionId: 'demo' }, { $set: { overdueFineOnLostReturn: 'TO_RETURN_DATE' } });
    assert.deepEqual(await feesOf(models, 'demo', 'D3'), [
      'LOST_ITEM_PROCESS_FEE ACTIVE 1500 of 1500', 'LOST_ITEM_REPLACEMENT_FEE CLOSED 0 of 4250', 'OVERDUE_FINE ACTIVE 425 of 425',
    ]);
  });

  test('neither before the loan nor into the future, and of no loan that there is not', async () => {
    await loan(models, 'demo', 'D4');
    const before = await everythingOf(models, 'demo');
    assert.deepEqual(await backAt('D4', '2025-03-10 09:05', '2025-02-03 13:59'), { outcome: 'REFUSED', reason: 'RETURN_BEFORE_LOAN' });
    assert.deepEqual(await backAt('D4', '2025-03-10 09:05', '2025-03-10 09:06'), { outcome: 'REFUSED', reason: 'RETURN_IN_FUTURE' });
    assert.deepEqual(await returnLoanDatedBack(noon('2025-03-10'), idOf('next-door', 'A'), new Date(at('2025-03-05 20:00'))), { outcome: 'REFUSED', reason: 'NO_LOAN' });
    assert.deepEqual(await everythingOf(models, 'demo'), before);
  });

  test('that dies at any of its writes and is done again leaves what an undisturbed one leaves', { timeout: 60_000 }, async () => {
    await loan(models, 'demo', 'D5');
    assert.ok((await survivesEveryDeath(models, 'demo', () => backAt('D5', '2025-03-20 09:00', '2025-03-10 12:00'))) >= 4);
  });
});

test('from the book drop it is back since the library closed: the night costs nothing; of a library that is unknown, it is back now', async () => {
  await loan(models, 'demo', 'P1', due('2025-03-04 21:00'));
  await returnFromBookDrop(desk('2025-03-05 09:05'), id('P1'));
  assert.deepEqual([(await stored('P1')).returnDate, await feesOf(models, 'demo', 'P1')], [new Date(at('2025-03-04 21:00')), []]);
  await loan(models, 'demo', 'P2', { libraryCode: 'GONE' });
  const result = await returnFromBookDrop(desk('2025-03-05 09:05'), id('P2'));
  assert.deepEqual([(await stored('P2')).returnDate, 'problem' in result && result.problem], [new Date(at('2025-03-05 09:05')), 'LIBRARY_MISSING']);
  assert.deepEqual(await returnFromBookDrop(desk('2025-03-05 09:05'), idOf('next-door', 'A')), { outcome: 'REFUSED', reason: 'NO_LOAN' });
});

describe('claimed returned', () => {
  test('the fine stops at the claim: due 03-03, claimed 03-05, found by the library 04-20: 50', async () => {
    await loan(models, 'demo', 'C1');
    assert.equal((await claimReturned(desk('2025-03-05 10:00'), id('C1'))).outcome, 'CLAIMED');
    const { processStatus, processStatusDate, claimedReturnAt } = await stored('C1');
    const claimedAt = new Date(at('2025-03-05 10:00'));
    assert.deepEqual([processStatus, processStatusDate, claimedReturnAt, (await item('C1')).processType], ['CLAIMED_RETURN', claimedAt, claimedAt, 'CLAIM_RETURNED_LOAN']);
    await returnLoan(noon('2025-04-20'), id('C1'));
    assert.deepEqual(await feesOf(models, 'demo', 'C1'), ['OVERDUE_FINE ACTIVE 50 of 50']);
    assert.deepEqual(await events('C1'), ['CLAIMED_RETURN', 'RETURNED']);
  });

  test('claimed once more, it stays as first claimed', async () => {
    await loan(models, 'demo', 'C2');
    await claimReturned(desk('2025-03-05 10:00'), id('C2'));
    const before = await everythingOf(models, 'demo');
    assert.equal((await claimReturned(desk('2025-03-09 10:00'), id('C2'))).outcome, 'CLAIMED');
    assert.deepEqual(await everythingOf(models, 'demo'), before);
  });

  test('a lost and an ended loan are not claimed', async () => {
    await loan(models, 'demo', 'C3', { processStatus: 'LOST' });
    await loan(models, 'demo', 'C4', { status: 'COMPLETE', closeReason: 'RETURNED' });
    assert.deepEqual(await claimReturned(noon('2025-03-05'), id('C3')), { outcome: 'REFUSED', reason: 'LOAN_LOST' });
    assert.deepEqual(await claimReturned(noon('2025-03-05'), id('C4')), { outcome: 'REFUSED', reason: 'LOAN_ENDED' });
    assert.deepEqual(await claimReturned(noon('2025-03-05'), id('none')), { outcome: 'REFUSED', reason: 'NO_LOAN' });
  });

  test('a claim that dies at any of its writes is completed by the next', { timeout: 60_000 }, async () => {
    await loan(models, 'demo', 'C5');
    await survivesEveryDeath(models, 'demo', () => claimReturned(noon('2025-03-05'), id('C5')));
  });
});

describe('a lost loan (S11)', () => {
  const stoppedFine = (barcode: string) => models.Fee.create({
    institutionId: 'demo', userId: id('U1'), type: 'OVERDUE_FINE', status: 'ACTIVE', originalAmount: 750, balance: 750, currency: 'USD', barcode, loanId: id(barcode), dedupeKey: `overdue:${id(barcode)}:1`,
  });
  const pay = async (barcode: string, type: string, amount: number) => {
    const { _id } = await models.Fee.findOne({ institutionId: 'demo', barcode, type }).orFail().lean();
    return bookOnFee(noon('2025-04-05'), _id, { booking: { type: 'PAYMENT', amount }, transactionId: `pay ${barcode} ${type}`, reason: null, comment: null });
  };

  test('example 6: returned 04-10, replacement waived 4250 and closed, process and overdue stay, no further fine', async () => {
    await loan(models, 'demo', 'L1');
    await lose(models, 'demo', 'L1');
    await stoppedFine('L1');
    const result = await returnLoan(noon('2025-04-10'), id('L1'));
    assert.deepEqual('refund' in result && result.refund, { waived: 4250, credited: 0 });
    assert.deepEqual(await feesOf(models, 'demo', 'L1'), [
      'LOST_ITEM_PROCESS_FEE ACTIVE 1500 of 1500', 'LOST_ITEM_REPLACEMENT_FEE CLOSED 0 of 4250', 'OVERDUE_FINE ACTIVE 750 of 750',
    ]);
    const letters = await models.Letter.find({ institutionId: 'demo', 'causes.recordId': id('L1') }).lean();
    assert.deepEqual(letters.map(({ letterCode, state, recipient, libraryCode, data }) => [letterCode, state, recipient.address, libraryCode, data['found'], data['waived'], data['credited']]),
      [['FulLostRefundFeeLoanLetter', 'QUEUED', 'u1@example.org', 'MAIN', 'RETURNED', 4250, 0]]);
  });

  test('nobody is written to where nothing is refunded', async () => {
    await loan(models, 'demo', 'L9');
    await lose(models, 'demo', 'L9');
    await models.Policy.updateOne({ institutionId: 'demo', code: 'BOOK-lostItemReplacementFeeRefundRatio' }, { $set: { value: 0 } });
    await returnLoan(noon('2025-04-10'), id('L9'));
    await models.Policy.updateOne({ institutionId: 'demo', code: 'BOOK-lostItemReplacementFeeRefundRatio' }, { $set: { value: 100 } });
    assert.equal(await models.Letter.countDocuments({ institutionId: 'demo', 'causes.recordId': id('L9') }), 0);
  });

  test('example 6: had the patron paid the 4250 before and were the ratio 50: a credit of −2125', async () => {
    await loan(models, 'demo', 'L2');
    await lose(models, 'demo', 'L2');
    await pay('L2', 'LOST_ITEM_REPLACEMENT_FEE', 4250);
    const ratio = { institutionId: 'demo', code: 'BOOK-lostItemReplacementFeeRefundRatio' };
    await models.Policy.updateOne(ratio, { $set: { value: 50 } });
    await returnLoan(noon('2025-04-10'), id('L2'));
    await models.Policy.updateOne(ratio, { $set: { value: 100 } });
    assert.deepEqual(await feesOf(models, 'demo', 'L2'), [
      'CREDIT ACTIVE -2125 of -2125', 'LOST_ITEM_PROCESS_FEE ACTIVE 1500 of 1500', 'LOST_ITEM_REPLACEMENT_FEE CLOSED 0 of 4250', 'OVERDUE_FINE ACTIVE 950 of 950',
    ]);
  });

  test.each([['NONE', []], ['TO_LOST_DATE', ['OVERDUE_FINE ACTIVE 750 of 750']], ['TO_RETURN_DATE', ['OVERDUE_FINE ACTIVE 950 of 950']]] as const)(
    'without a fine posted when it was lost, %s decides what is posted on return', async (setting, fines) => {
      await models.FulfillmentSettings.updateOne({ institutionId: 'demo' }, { $set: { overdueFineOnLostReturn: setting } });
      await loan(models, 'demo', `L3 ${setting}`);
      await lose(models, 'demo', `L3 ${setting}`);
      await returnLoan(noon('2025-04-10'), id(`L3 ${setting}`));
      assert.deepEqual((await feesOf(models, 'demo', `L3 ${setting}`)).filter((fee) => fee.startsWith('OVERDUE')), fines);
    });

  test('found and still with the patron it goes on, with a refund, in the same due cycle; no fine is posted', async () => {
    await loan(models, 'demo', 'L4');
    await lose(models, 'demo', 'L4');
    assert.equal((await foundLoan(noon('2025-04-10'), id('L4'))).outcome, 'FOUND');
    const { status, processStatus, processStatusDate, dueCycle, lostCount } = await stored('L4');
    assert.deepEqual([status, processStatus, processStatusDate, dueCycle, lostCount], ['ACTIVE', 'NORMAL', noon('2025-04-10').at, 1, 1]);
    assert.equal((await item('L4')).processType, 'LOAN');
    assert.deepEqual(await feesOf(models, 'demo', 'L4'), ['LOST_ITEM_PROCESS_FEE ACTIVE 1500 of 1500', 'LOST_ITEM_REPLACEMENT_FEE CLOSED 0 of 4250']);
    assert.deepEqual(await events('L4'), ['FOUND']);

    const before = await everythingOf(models, 'demo');
    assert.equal((await foundLoan(noon('2025-04-12'), id('L4'))).outcome, 'FOUND');
    assert.deepEqual(await everythingOf(models, 'demo'), before, 'found once more, nothing changes');
  });

  test('what was never lost is not found', async () => {
    await loan(models, 'demo', 'L5');
    assert.deepEqual(await foundLoan(noon('2025-04-10'), id('L5')), { outcome: 'REFUSED', reason: 'LOAN_NOT_LOST' });
  });

  test('a find that dies at any of its writes is completed by the next', { timeout: 60_000 }, async () => {
    await loan(models, 'demo', 'L6');
    await lose(models, 'demo', 'L6');
    await survivesEveryDeath(models, 'demo', () => foundLoan(noon('2025-04-10'), id('L6')));
  });

  test('with both fees paid in full it ends as lost and paid; coming back after all, it is refunded', async () => {
    await loan(models, 'demo', 'L7');
    await lose(models, 'demo', 'L7');
    assert.deepEqual(await pay('L7', 'LOST_ITEM_PROCESS_FEE', 1500).then((result) => 'closedLoanId' in result && result.closedLoanId), null);
    assert.deepEqual(await pay('L7', 'LOST_ITEM_REPLACEMENT_FEE', 4250).then((result) => 'closedLoanId' in result && result.closedLoanId), id('L7'));
    const ended = await stored('L7');
    assert.deepEqual([ended.status, ended.closeReason, ended.returnDate, (await item('L7')).processType], ['COMPLETE', 'LOST_AND_PAID', noon('2025-04-05').at, 'LOST_LOAN_AND_PAID']);

    const result = await returnLoan(noon('2025-04-10'), id('L7'));
    assert.deepEqual('refund' in result && result.refund, { waived: 0, credited: 4250 });
    assert.deepEqual(await feesOf(models, 'demo', 'L7'), ['CREDIT ACTIVE -4250 of -4250', 'LOST_ITEM_PROCESS_FEE CLOSED 0 of 1500', 'LOST_ITEM_REPLACEMENT_FEE CLOSED 0 of 4250']);
    assert.deepEqual([(await stored('L7')).closeReason, (await item('L7')).currentLoanId], ['RETURNED', null]);
  });

  test('paid for, it stays lost where the library has said so', async () => {
    await models.FulfillmentSettings.updateOne({ institutionId: 'demo' }, { $set: { closePaidLostLoans: false } });
    await loan(models, 'demo', 'L8');
    await lose(models, 'demo', 'L8');
    await pay('L8', 'LOST_ITEM_PROCESS_FEE', 1500);
    await pay('L8', 'LOST_ITEM_REPLACEMENT_FEE', 4250);
    await models.FulfillmentSettings.updateOne({ institutionId: 'demo' }, { $set: { closePaidLostLoans: true } });
    assert.deepEqual([(await stored('L8')).status, (await item('L8')).processType], ['ACTIVE', 'LOST_LOAN']);
  });
});

describe('declared lost', () => {
  const both = ['LOST_ITEM_PROCESS_FEE ACTIVE 1500 of 1500', 'LOST_ITEM_REPLACEMENT_FEE ACTIVE 4250 of 4250'];

  test('it is charged for at once, stands in the history and on the item, and no letter goes out', async () => {
    await loan(models, 'demo', 'V1', due('2025-03-20 21:00'));
    const result = await declareLost(noon('2025-03-10'), id('V1'));
    const { status, processStatus, processStatusDate, lost, lostCount, dueCycle } = await stored('V1');
    assert.deepEqual([result.outcome, status, processStatus, processStatusDate, lostCount, dueCycle], ['LOST', 'ACTIVE', 'LOST', noon('2025-03-10').at, 1, 1]);
    assert.deepEqual(lost, { at: noon('2025-03-10').at, by: 'STAFF', profileId: null, runId: null, previousStatus: 'NORMAL' });
    assert.deepEqual([await feesOf(models, 'demo', 'V1'), await events('V1'), (await item('V1')).processType], [both, ['LOST'], 'LOST_LOAN']);
    assert.equal(await models.Letter.countDocuments({ institutionId: 'demo', 'causes.recordId': id('V1') }), 0);
    const before = await everythingOf(models, 'demo');
    const again = await declareLost(noon('2025-03-12'), id('V1'));
    assert.deepEqual(['again' in again && again.again, await everythingOf(models, 'demo')], [true, before], 'once more, nothing changes');
  });

  test('and found, and lost once more, it is charged for once more', async () => {
    await foundLoan(noon('2025-03-12'), id('V1'));
    await declareLost(noon('2025-03-14'), id('V1'));
    assert.deepEqual([(await stored('V1')).lostCount, await events('V1')], [2, ['LOST', 'FOUND', 'LOST']]);
    assert.deepEqual((await feesOf(models, 'demo', 'V1')).filter((fee) => fee.startsWith('LOST_ITEM_REPLACEMENT')), ['LOST_ITEM_REPLACEMENT_FEE ACTIVE 4250 of 4250', 'LOST_ITEM_REPLACEMENT_FEE CLOSED 0 of 4250']);
  });

  test('with the overdue fine, where the library charges it with the loss; claimed returned before, until then', async () => {
    await models.FulfillmentSettings.updateOne({ institutionId: 'demo' }, { $set: { overdueAtLostLoan: true } });
    await loan(models, 'demo', 'V2', { processStatus: 'CLAIMED_RETURN', claimedReturnAt: new Date(at('2025-03-05 10:00')) });
    await models.Item.updateOne({ institutionId: 'demo', barcode: 'V2' }, { $set: { processType: 'CLAIM_RETURNED_LOAN' } });
    await loan(models, 'demo', 'V3');
    for (const barcode of ['V2', 'V3']) await declareLost(noon('2025-03-10'), id(barcode));
    await models.FulfillmentSettings.updateOne({ institutionId: 'demo' }, { $set: { overdueAtLostLoan: false } });
    assert.deepEqual([await feesOf(models, 'demo', 'V3'), (await item('V2')).processType], [[...both, 'OVERDUE_FINE ACTIVE 175 of 175'], 'LOST_LOAN']);
    assert.deepEqual(await feesOf(models, 'demo', 'V2'), [...both, 'OVERDUE_FINE ACTIVE 50 of 50']);
  });

  test('under terms of use that are gone it is lost, and says that nothing was charged; what has ended is not lost', async () => {
    await loan(models, 'demo', 'V4', { touId: id('gone') });
    const result = await declareLost(noon('2025-03-10'), id('V4'));
    assert.deepEqual(['problems' in result && result.problems, await feesOf(models, 'demo', 'V4')], [['TOU_MISSING'], []]);
    await returned('V5', '2025-03-03 12:00');
    assert.deepEqual(await declareLost(noon('2025-03-10'), id('V5')), { outcome: 'REFUSED', reason: 'LOAN_ENDED' });
  });

  test.each([['found', foundLoan, 'LOAN'], ['returned', returnLoan, null]] as const)('while another desk has it %s, it costs nothing, whichever write that comes before', async (_, other, ends) => {
    let places = 0;
    for (let isDone = true; isDone; places += 1) {
      const barcode = `V6 ${ends} ${places}`;
      await loan(models, 'demo', barcode, due('2025-03-20 21:00'));
      let made = 0;
      isDone = false;
      const stop = onWrites(async ({ send }) => {
        if (made === places) {
          [made, isDone] = [Infinity, true];
          await other(noon('2025-03-10'), id(barcode));
        }
        made += 1;
        return send();
      });
      await declareLost(noon('2025-03-10'), id(barcode)).finally(stop);
      // Before its first write there is nothing to be found, and after its last it is simply lost.
      const isLost = (await stored(barcode)).processStatus === 'LOST' && (await stored(barcode)).status === 'ACTIVE';
      const owed = (await feesOf(models, 'demo', barcode)).filter((fee) => fee.includes('REPLACEMENT_FEE ACTIVE'));
      assert.deepEqual([owed.length, (await item(barcode)).processType], isLost ? [1, 'LOST_LOAN'] : [0, ends], barcode);
    }
    assert.ok(places >= 5, `${places} places`);
  });

  test('dying at any of its writes, it is completed by declaring it once more', { timeout: 60_000 }, async () => {
    await loan(models, 'demo', 'V7');
    assert.equal(await survivesEveryDeath(models, 'demo', () => declareLost(noon('2025-03-10'), id('V7'))), 4);
  });
});

describe('somebody else is faster between the read and the write of a return', () => {
  /** Does something just before the loan is written. */
  async function overtaken(barcode: string, local: string, first: () => Promise<unknown>) {
    let done = false;
    const stop = onWrites(async ({ name, send }) => {
      if (name === 'loans.findOneAndUpdate' && !done) {
        done = true;
        await first();
      }
      return send();
    });
    return returnLoan(desk(local), id(barcode)).finally(stop);
  }
  const change = (barcode: string, set: Partial<Loan>) => models.Loan.collection.updateOne({ institutionId: 'demo', _id: id(barcode) as never }, { $set: set });

  test('the due date was moved: the fine of the old one is taken back', async () => {
    await loan(models, 'demo', 'W1');
    const result = await overtaken('W1', '2025-03-20 12:00', () => change('W1', { dueCycle: 2, dueDate: new Date(at('2025-04-17 21:00')) }));
    assert.deepEqual([result.outcome, await feesOf(models, 'demo', 'W1')], ['RETURNED', []]);
    assert.equal((await stored('W1')).dueCycle, 2);
  });

  test('another desk takes it back: one fine, one return', async () => {
    await loan(models, 'demo', 'W2');
    const result = await overtaken('W2', '2025-03-20 12:00', () => returnLoan(desk('2025-03-20 11:59'), id('W2')));
    assert.equal(result.outcome, 'RETURNED_BEFORE');
    assert.deepEqual([await feesOf(models, 'demo', 'W2'), await events('W2')], [['OVERDUE_FINE ACTIVE 425 of 425'], ['RETURNED']]);
  });

  test('the night makes it lost: it is returned as a lost loan', async () => {
    await models.FulfillmentSettings.updateOne({ institutionId: 'demo' }, { $set: { overdueFineOnLostReturn: 'TO_LOST_DATE' } });
    await loan(models, 'demo', 'W3');
    await overtaken('W3', '2025-04-02 01:00', () => lose(models, 'demo', 'W3'));
    await models.FulfillmentSettings.updateOne({ institutionId: 'demo' }, { $set: { overdueFineOnLostReturn: 'TO_RETURN_DATE' } });
    assert.deepEqual(await feesOf(models, 'demo', 'W3'), [
      'LOST_ITEM_PROCESS_FEE ACTIVE 1500 of 1500', 'LOST_ITEM_REPLACEMENT_FEE CLOSED 0 of 4250', 'OVERDUE_FINE ACTIVE 750 of 750',
    ]);
  });

  test('others write to it again and again: it is not returned, and no fine is left behind', async () => {
    await loan(models, 'demo', 'W4');
    let cycle = 1;
    const stop = onWrites(async ({ name, send }) => {
      if (name === 'loans.findOneAndUpdate') await change('W4', { dueCycle: (cycle += 1) });
      return send();
    });
    const result = await returnLoan(noon('2025-03-20'), id('W4')).finally(stop);
    assert.deepEqual([result, await feesOf(models, 'demo', 'W4')], [{ outcome: 'REFUSED', reason: 'LOAN_BUSY' }, []]);
  });
});
