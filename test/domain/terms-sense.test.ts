/** What makes no sense in terms of use (fulfillment-loans.md, S3 and S5). */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { senselessIn } from '../../domain/fulfillment/terms-sense.js';
import { loanPolicies, type LoanPolicies } from '../../domain/terms-of-use.js';
import { book, reserve } from '../support/fixture-a.js';

const days = (value: number) => ({ kind: 'PERIOD' as const, unit: 'DAYS' as const, value, atTime: null });
const hours = { kind: 'PERIOD' as const, unit: 'HOURS' as const, value: 2, atTime: null };
const plain = loanPolicies.parse({ dueDate: days(28) });
const refused = (given: Partial<LoanPolicies>) => senselessIn({ ...plain, ...given }).map(({ place, value }) => [place, value]);

describe('terms of use', () => {
  test('of the library make sense', () => {
    assert.deepEqual([...senselessIn(book), ...senselessIn(reserve), ...senselessIn(plain)], []);
  });
  test('lend for a hundred years, and not for longer', () => {
    assert.deepEqual(refused({ dueDate: days(36_500) }), []);
    assert.deepEqual(refused({ dueDate: days(36_501) }), [['dueDate.value', 36_501]]);
    assert.deepEqual(refused({ dueDate: { ...days(3_651), unit: 'OPEN_DAYS' } }), [['dueDate.value', 3_651]]);
  });
  test('name no time of day for a loan of hours, in which it is due to the minute', () => {
    assert.deepEqual(refused({ dueDate: { ...hours, atTime: '20:00' } }), [['dueDate.atTime', '20:00']]);
    assert.deepEqual(refused({ renewalPeriod: { ...hours, atTime: '20:00' } }), [['renewalPeriod.atTime', '20:00']]);
    assert.deepEqual(refused({ dueDate: { ...days(1), atTime: '20:00' } }), []);
  });
  test('may be renewed until the end of the loan at least', () => {
    assert.deepEqual(refused({ maximumRenewalPeriod: { value: 28, unit: 'DAYS' } }), []);
    assert.deepEqual(refused({ maximumRenewalPeriod: { value: 27, unit: 'DAYS' } }), [['maximumRenewalPeriod.value', 27]]);
    assert.deepEqual(refused({ maximumRenewalPeriod: { value: 1, unit: 'MONTHS' } }), []);
    assert.deepEqual(refused({ dueDate: hours, maximumRenewalPeriod: { value: 1, unit: 'DAYS' } }), []);
  });
  test('charge something where they charge, and at most no less than once', () => {
    assert.deepEqual(refused({ overdueFine: { amount: 0, per: 'DAY' } }), [['overdueFine.amount', 0]]);
    const overdueFine = { amount: 25, per: 'DAY' as const };
    assert.deepEqual(refused({ overdueFine, maximumFine: 24 }), [['maximumFine', 24]]);
    assert.deepEqual(refused({ overdueFine, maximumFine: 25 }), []);
    assert.deepEqual(refused({ overdueFine, maximumFine: 0 }), [], '0 means that no fine is ever charged');
  });
  test('name an amount for a fixed replacement fee, and none where there is no fee', () => {
    const fee = (source: 'NONE' | 'FIXED' | 'ITEM_COST', amount: number) => refused({ lostItemReplacementFee: { source, amount } });
    assert.deepEqual([fee('FIXED', 1), fee('NONE', 0), fee('ITEM_COST', 0)], [[], [], []]);
    assert.deepEqual(fee('FIXED', 0), [['lostItemReplacementFee.amount', 0]]);
    assert.deepEqual(fee('NONE', 1), [['lostItemReplacementFee.amount', 1]]);
  });
  test('are refused at every place at once', () => {
    assert.deepEqual(refused({ dueDate: days(40_000), gracePeriod: { value: 40_000, unit: 'DAYS', excludedFromFine: false }, overdueFine: { amount: 0, per: 'DAY' } }), [
      ['dueDate.value', 40_000], ['gracePeriod.value', 40_000], ['overdueFine.amount', 0],
    ]);
  });
});
