/** Lost loans that are found, returned or paid for: fulfillment-loans.md, S11 and example 6 of loans-overdue-and-lost. */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { momentAt } from '../../domain/days.js';
import { fineOnLostReturn, isPaid, refundOf, type LostFee } from '../../domain/fulfillment/lost-loans.js';
import type { LoanPolicies } from '../../domain/terms-of-use.js';
import { at, book, mainCalendar, newYork, overdueLoan } from '../support/fixture-a.js';

const lostAt = at('2025-04-02 01:00');
const tenth = momentAt(newYork, at('2025-04-10 12:00'));
const fee = (given: Partial<LostFee> = {}): LostFee => ({ status: 'ACTIVE', originalAmount: 4250, balance: 4250, paid: 0, waivedForRefund: null, ...given });
const paid = fee({ status: 'CLOSED', balance: 0, paid: 4250 });
const ratio = (percent: number, given: Partial<LoanPolicies> = {}) => ({ ...book, lostItemReplacementFeeRefundRatio: percent, ...given });
const refund = (replacement: LostFee | null, policies: LoanPolicies = book, moment = tenth, process: LostFee | null = fee({ originalAmount: 1500, balance: 1500 })) =>
  refundOf(lostAt, policies, moment, replacement, process);

describe('the refund of the replacement fee (rules 1 and 2)', () => {
  test('example 6: nothing paid, ratio 100: 4250 are waived', () => {
    assert.deepEqual(refund(fee()), { waiveReplacement: 4250, credit: 0, waiveProcess: 0 });
  });
  test('example 6: 4250 paid, ratio 50: a credit of 2125', () => {
    assert.deepEqual(refund(paid, ratio(50)), { waiveReplacement: 0, credit: 2125, waiveProcess: 0 });
  });
  test('nothing paid, ratio 50: half is waived, half stays owed', () => {
    assert.deepEqual(refund(fee(), ratio(50)), { waiveReplacement: 2125, credit: 0, waiveProcess: 0 });
  });
  test('partly paid: the balance is waived first, the rest of the refund is credited', () => {
    assert.deepEqual(refund(fee({ balance: 1000, paid: 3250 })), { waiveReplacement: 1000, credit: 3250, waiveProcess: 0 });
  });
  test('a percentage rounds half away from zero: 33 % of 4250 are 1402.5, so 1403', () => {
    assert.equal(refund(fee(), ratio(33)).waiveReplacement, 1403);
  });
  test('of an exported fee the whole refund is a credit', () => {
    assert.deepEqual(refund(fee({ status: 'EXPORTED' })), { waiveReplacement: 0, credit: 4250, waiveProcess: 0 });
  });
  test('after a waiver that was booked by an attempt that broke off only the credit is left', () => {
    assert.deepEqual(refund(fee({ status: 'CLOSED', balance: 0, paid: 3250, waivedForRefund: 1000 })), { waiveReplacement: 1000, credit: 3250, waiveProcess: 0 });
  });
  test('no fee, no refund', () => assert.deepEqual(refund(null, book, tenth, null), { waiveReplacement: 0, credit: 0, waiveProcess: 0 }));

  test('found on the last day of the limit it is refunded, the day after it is not', () => {
    const eightDays = ratio(100, { lostItemRefundLimitDays: 8 });
    assert.equal(refund(fee(), eightDays, momentAt(newYork, at('2025-04-10 23:59'))).waiveReplacement, 4250);
    assert.deepEqual(refund(fee(), eightDays, momentAt(newYork, at('2025-04-11 00:00'))), { waiveReplacement: 0, credit: 0, waiveProcess: 0 });
  });
});

describe('the process fee (rule 3)', () => {
  const refundable = ratio(0, { lostItemProcessFeeRefundable: true });
  test('it is waived up to its balance where the terms of use say so, however late', () => {
    assert.equal(refund(fee(), { ...refundable, lostItemRefundLimitDays: 1 }, tenth, fee({ originalAmount: 1500, balance: 700, paid: 800 })).waiveProcess, 700);
  });
  test('what was paid of it stays paid', () => {
    assert.equal(refund(fee(), refundable, tenth, fee({ originalAmount: 1500, status: 'CLOSED', balance: 0, paid: 1500 })).waiveProcess, 0);
  });
});

describe('the overdue fine of a lost loan that comes back (rule 4)', () => {
  const fine = (setting: 'NONE' | 'TO_LOST_DATE' | 'TO_RETURN_DATE') =>
    fineOnLostReturn(overdueLoan({ processStatus: 'LOST' }), lostAt, setting, book, mainCalendar(), at('2025-04-10 12:00'))?.amount;
  test('up to the day it was lost: 30 × 25', () => assert.equal(fine('TO_LOST_DATE'), 750));
  test('up to its return: 38 × 25', () => assert.equal(fine('TO_RETURN_DATE'), 950));
  test('or not at all', () => assert.equal(fine('NONE'), undefined));
});

describe('lost and paid (rule 8)', () => {
  const process = fee({ originalAmount: 1500, balance: 0, paid: 1500, status: 'CLOSED' });
  test('when both fees are paid in full', () => assert.equal(isPaid([paid, process]), true));
  test('when only one was charged and is paid', () => assert.equal(isPaid([paid]), true));
  test('not while one is owed', () => assert.equal(isPaid([paid, fee({ originalAmount: 1500, balance: 1, paid: 1499 })]), false));
  test('not when a part was waived, nor when nothing was charged', () => {
    assert.equal(isPaid([paid, { ...process, paid: 1499 }]), false);
    assert.equal(isPaid([]), false);
  });
});
