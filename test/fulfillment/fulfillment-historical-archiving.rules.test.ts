/** Fulfillment – Handle Historical Archiving, its rules alone, each on both sides of its border (fulfillment-loans.md, rules 1-6). */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { listening } from '../../domain/ask.js';
import { momentAt } from '../../domain/days.js';
import {
  asksForRank, decideArchiving, endedBefore, type AnonymizationRule, type ArchivingContext, type EndedRecord,
} from '../../domain/fulfillment/fulfillment-historical-archiving.js';
import { inOrder } from '../../domain/rule-tables.js';
import { at, newYork } from '../support/fixture-a.js';

const moment = momentAt(newYork, at('2025-06-10 01:30'));
const rule = (order: number, field: string, op: AnonymizationRule['parameters'][number]['op'], value: string | number, output = false): AnonymizationRule =>
  ({ name: `${field} ${op} ${value}`, order, enabled: true, parameters: [{ field, op, values: [value] }], output });
const aWeek = rule(1, 'daysSinceEnd', 'LESS_THAN', 7);
const theLast = rule(2, 'loanRankOnItem', 'LESS_THAN', 2);

const context = (given: Partial<ArchivingContext> = {}): ArchivingContext => ({
  moment, anonymizes: true, removesText: false, rules: [], users: new Map([['u1', { status: 'ACTIVE', expiryDate: null }]]), ...given,
});
const ended = (given: Partial<EndedRecord> = {}): EndedRecord => ({
  hasEnded: true, endedAt: at('2025-01-10 12:00'), anonymizedAt: null, userId: 'u1', userGroup: 'STUDENT', libraryCode: 'MAIN', locationCode: 'STACKS',
  openDebts: 0, loanRankOnItem: 2, hasText: false, ...given,
});
const decide = (record: Partial<EndedRecord>, given: Partial<ArchivingContext> = {}) => {
  const decision = decideArchiving(ended(record), context(given));
  return decision.action === 'LEAVE' ? decision.reason : decision.action;
};

describe('the Selection', () => {
  test('ends by now, and where the first rule keeps a week, with the day before', () => {
    assert.equal(endedBefore([], moment), at('2025-06-10 01:30') + 1);
    assert.equal(endedBefore([aWeek, theLast], moment), at('2025-06-04 00:00'));
    assert.equal(endedBefore([rule(1, 'daysSinceEnd', 'LESS_THAN', 0)], moment), at('2025-06-10 01:30') + 1);
  });
  test('is not bound by a rule that is not first, keeps nothing, or asks more', () => {
    const unbound = at('2025-06-10 01:30') + 1;
    assert.equal(endedBefore([theLast, aWeek], moment), unbound);
    assert.equal(endedBefore([rule(1, 'daysSinceEnd', 'LESS_THAN', 7, true)], moment), unbound);
    assert.equal(endedBefore([rule(1, 'daysSinceEnd', 'GREATER_THAN', 7)], moment), unbound);
    assert.equal(endedBefore([{ ...aWeek, parameters: [...aWeek.parameters, ...theLast.parameters] }], moment), unbound);
    assert.equal(endedBefore(inOrder([{ ...aWeek, enabled: false }]), moment), unbound);
  });
  test('of what its bound leaves out the rule says no as well', () => {
    assert.deepEqual([at('2025-06-04 00:00'), at('2025-06-03 23:59')].map((endedAt) => decide({ endedAt }, { rules: [aWeek] })), ['RETAINED_BY_RULE', 'ANONYMIZE']);
  });
  test('an open record, one that ends later and an anonymised one are left alone', () => {
    assert.deepEqual([decide({ hasEnded: false }), decide({ endedAt: null }), decide({ endedAt: at('2025-06-10 01:31') }), decide({ anonymizedAt: at('2025-05-01 01:30') })], [
      'NOT_ENDED', 'NOT_ENDED', 'NOT_ENDED', 'ANONYMIZED_BEFORE',
    ]);
    assert.equal(decide({ endedAt: at('2025-06-10 01:30') }), 'ANONYMIZE');
  });
});

test('with nothing switched on, nothing is done', () => {
  assert.equal(decide({ hasText: true }, { anonymizes: false }), 'SWITCHED_OFF');
});

test('1, 5 an open debt holds everything, text too', () => {
  assert.equal(decide({ openDebts: 1 }), 'OPEN_DEBTS');
  assert.equal(decide({ openDebts: 1, hasText: true }, { anonymizes: false, removesText: true }), 'OPEN_DEBTS');
});

describe('the table', () => {
  test('without a rule says yes, and else by its first rule that matches', () => {
    assert.equal(decide({}), 'ANONYMIZE');
    assert.equal(decide({ loanRankOnItem: 1 }, { rules: [aWeek, theLast] }), 'RETAINED_BY_RULE');
    assert.equal(decide({ loanRankOnItem: 2 }, { rules: [aWeek, theLast] }), 'ANONYMIZE');
    assert.equal(decide({ loanRankOnItem: 1 }, { rules: [rule(0, 'userGroup', 'EQUALS', 'STUDENT', true), theLast] }), 'ANONYMIZE');
  });
  test('asks for library, and location within it, where the record has them', () => {
    const of = (field: string, value: string) => ({ rules: [rule(1, field, 'EQUALS', value)] });
    assert.equal(decide({}, of('library', 'MAIN')), 'RETAINED_BY_RULE');
    assert.equal(decide({}, of('location', 'MAIN/STACKS')), 'RETAINED_BY_RULE');
    assert.equal(decide({ libraryCode: null, locationCode: null }, of('library', 'MAIN')), 'ANONYMIZE');
  });
  test('asks for days since the user expired: -1 of one who does not, 99999 of one who is gone', () => {
    const keeps = (expiryDate: string | null, status = 'ACTIVE', userId = 'u1') => (op: 'LESS_THAN' | 'EQUALS', days: number) =>
      decide({ userId }, { users: new Map([['u1', { status, expiryDate }]]), rules: [rule(1, 'daysSinceUserExpiry', op, days)] }) === 'RETAINED_BY_RULE';
    assert.deepEqual([keeps(null)('EQUALS', -1), keeps('2025-06-10')('EQUALS', 0), keeps('2025-05-11')('LESS_THAN', 31), keeps('2025-05-10')('LESS_THAN', 31)], [true, true, true, false]);
    assert.deepEqual([keeps(null, 'DELETED')('EQUALS', 99_999), keeps(null, 'ACTIVE', 'u2')('EQUALS', 99_999)], [true, true]);
  });
  test('says whether the rank of a loan is asked for', () => {
    assert.deepEqual([asksForRank([aWeek]), asksForRank([aWeek, theLast])], [false, true]);
  });
});

describe('3 text', () => {
  test('goes with the person only where that is asked for too', () => {
    const decision = (removesText: boolean, hasText: boolean) => decideArchiving(ended({ hasText }), context({ removesText }));
    assert.deepEqual(decision(false, true), { action: 'ANONYMIZE', removesText: false });
    assert.deepEqual(decision(true, false), { action: 'ANONYMIZE', removesText: false });
    assert.deepEqual(decision(true, true), { action: 'ANONYMIZE', removesText: true });
  });
  test('goes alone where only that is asked for, if there is any and the table says yes', () => {
    const alone = { anonymizes: false, removesText: true };
    assert.deepEqual([decide({ hasText: true }, alone), decide({}, alone), decide({ hasText: true, loanRankOnItem: 1 }, { ...alone, rules: [theLast] })], [
      'REMOVE_TEXT', 'NO_TEXT', 'RETAINED_BY_RULE',
    ]);
  });
});

test('asked by a listener, the decision is the same, and every question is heard', () => {
  const { ask, heard } = listening();
  assert.equal(decideArchiving(ended({ loanRankOnItem: 1 }), context({ rules: [aWeek, theLast] }), ask).action, 'LEAVE');
  assert.deepEqual(heard.map(({ rule: asked, holds }) => [asked, holds]), [
    ['Selection: record has ended', true], ['Selection: anonymised before', false], ['Configuration: the job does this', true], ['1, 5 debts are open', false],
    ['Rule «daysSinceEnd LESS_THAN 7» matches', false], ['Rule «loanRankOnItem LESS_THAN 2» matches', true], ['2, 5, 6 the table says yes', false],
  ]);
});
