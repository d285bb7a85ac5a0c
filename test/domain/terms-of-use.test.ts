import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { loanPoliciesOf, type PolicyDocument } from '../../domain/terms-of-use.js';

const dueDate: PolicyDocument = { type: 'dueDate', value: { kind: 'PERIOD', unit: 'DAYS', value: 28 } };
const refused = (...documents: PolicyDocument[]) => {
  const outcome = loanPoliciesOf([dueDate, ...documents]);
  return 'refusals' in outcome ? outcome.refusals.map(({ place, value }) => [place, value]) : [];
};

describe('policies of a loan (S5)', () => {
  test('a type that is missing has its default', () => {
    assert.deepEqual(loanPoliciesOf([dueDate]), {
      policies: {
        dueDate: { kind: 'PERIOD', unit: 'DAYS', value: 28, atTime: null },
        closedLibraryDueDateManagement: 'NEXT_OPEN',
        isRenewable: true,
        renewFrom: 'NOW',
        renewalPeriod: null,
        maximumRenewalPeriod: null,
        renewalTimeFrameDays: null,
        renewFee: 0,
        gracePeriod: { value: 0, unit: 'MINUTES', excludedFromFine: false },
        graceAppliesToRecalls: true,
        overdueFine: null,
        recalledOverdueFine: null,
        maximumFine: null,
        overdueNotificationFine1: 0,
        overdueNotificationFine2: 0,
        overdueNotificationFine3: 0,
        overdueNotificationFine4: 0,
        overdueNotificationFine5: 0,
        lostItemFine: 0,
        lostItemReplacementFee: { source: 'NONE', amount: 0 },
        lostItemReplacementFeeRefundRatio: 0,
        lostItemRefundLimitDays: null,
        lostItemProcessFeeRefundable: false,
      },
    });
  });
  test('a due date is required', () => {
    const outcome = loanPoliciesOf([]);
    assert.deepEqual('refusals' in outcome && outcome.refusals.map(({ place }) => place), ['dueDate']);
  });
  test('a due date may be an event', () => {
    assert.deepEqual(
      refused({ type: 'renewalPeriod', value: { kind: 'EVENT', eventName: 'End of term', atTime: '12:00' } }),
      [],
    );
  });
  test('what is malformed is refused with its place and value, all at once', () => {
    assert.deepEqual(
      refused(
        { type: 'overdueFine', value: { amount: 25, per: 'WEEK' } },
        { type: 'maximumFine', value: 10.5 },
        { type: 'lostItemReplacementFeeRefundRatio', value: 101 },
      ),
      [
        ['overdueFine.per', 'WEEK'],
        ['maximumFine', 10.5],
        ['lostItemReplacementFeeRefundRatio', 101],
      ],
    );
    assert.deepEqual(refused({ type: 'lostItemReplacementFeeRefundRatio', value: 100 }), []);
    assert.deepEqual(refused({ type: 'maximumFine', value: -1 }), [['maximumFine', -1]]);
  });
  test('the expectation is said in words', () => {
    const outcome = loanPoliciesOf([dueDate, { type: 'isRenewable', value: 'yes' }]);
    assert.deepEqual('refusals' in outcome && outcome.refusals, [
      { place: 'isRenewable', value: 'yes', expectation: 'Invalid input: expected boolean, received string' },
    ]);
  });
  test('an unknown policy, or an unknown field in one, is refused', () => {
    assert.deepEqual(refused({ type: 'loanPeriod', value: 28 }), [['loanPeriod', 28]]);
    const perHour = { amount: 25, per: 'HOUR', unit: 'HOUR' };
    assert.deepEqual(refused({ type: 'overdueFine', value: perHour }), [['overdueFine.unit', perHour]]);
  });
  test('two policies of one type are refused', () => {
    const twice = { type: 'isRenewable', value: true };
    assert.deepEqual(refused(twice, twice), [['isRenewable', true]]);
  });
});
