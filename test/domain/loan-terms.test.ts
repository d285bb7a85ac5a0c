/** By which terms of use an item is lent (fulfillment-loans.md, Entities and S9). */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { loanTouExample, resolveLoanTou, type FulfillmentUnit, type FulfillmentUnits, type LentItem, type UnitRule } from '../../domain/fulfillment/loan-terms.js';
import type { RuleParameter } from '../../domain/rule-tables.js';

const rule = (touCode: string, ...parameters: RuleParameter[]): UnitRule => ({ name: touCode, order: 1, enabled: true, parameters, touCode });
const unit = (given: Partial<FulfillmentUnit> = {}): FulfillmentUnit => ({
  code: 'GENERAL',
  enabled: true,
  networkUnitCode: null,
  loanRules: [
    rule('RESERVE', { field: 'location', op: 'EQUALS', values: ['MAIN/RESERVE'] }),
    rule('FACULTY', { field: 'userGroup', op: 'EQUALS', values: ['FACULTY'] }),
    rule('BOOK'),
  ],
  ...given,
});
const units = (...all: FulfillmentUnit[]): FulfillmentUnits => ({
  byCode: new Map(all.map((one) => [one.code, one])),
  ofLocation: new Map([['MAIN/STACKS', 'GENERAL'], ['MAIN/RESERVE', 'GENERAL']]),
});
const item = (given: Partial<LentItem> = {}): LentItem => ({
  currentLibraryCode: 'MAIN', currentLocationCode: 'STACKS', itemPolicy: null, materialType: 'BOOK', processType: null, ...given,
});
const student = { userGroup: 'STUDENT', jobCategory: null };
const professor = { userGroup: 'FACULTY', jobCategory: null };

const terms = (user: typeof student, lent: LentItem, known: FulfillmentUnits) => {
  const answer = resolveLoanTou(user, lent, known);
  return 'rule' in answer ? answer.rule.touCode : answer.refused;
};

test('a student borrows from the stacks by the last rule of the unit, a professor by a rule of their own', () => {
  assert.equal(terms(student, item(), units(unit())), 'BOOK');
  assert.equal(terms(professor, item(), units(unit())), 'FACULTY');
});
test('the current location decides: what stands on reserve goes out as a reserve, to professors too', () => {
  assert.equal(terms(professor, item({ currentLocationCode: 'RESERVE' }), units(unit())), 'RESERVE');
});
test('the rules of the unit of the network are tried first', () => {
  const network = unit({ code: 'NETWORK', loanRules: [rule('SHARED', { field: 'userGroup', op: 'EQUALS', values: ['STUDENT'] })] });
  const following = unit({ networkUnitCode: 'NETWORK' });
  assert.equal(terms(student, item(), units(following, network)), 'SHARED');
  assert.equal(terms(professor, item(), units(following, network)), 'FACULTY');
  assert.equal(terms(student, item(), units(following, { ...network, enabled: false })), 'BOOK');
});
test('a location without a unit, a unit that is switched off, a unit whose rules all fail: nothing is lent', () => {
  assert.equal(terms(student, item({ currentLocationCode: 'CELLAR' }), units(unit())), 'NO_FULFILLMENT_UNIT');
  assert.equal(terms(student, item(), units(unit({ enabled: false }))), 'FULFILLMENT_UNIT_DISABLED');
  assert.equal(terms(student, item(), units(unit({ loanRules: [] }))), 'NO_RULE');
});

test('an example names the rules that were tried, the network’s among them, and what each was compared with', () => {
  const network = unit({ code: 'NETWORK', loanRules: [rule('SHARED', { field: 'userGroup', op: 'EQUALS', values: ['STUDENT'] })] });
  const tried = (user: typeof student, known: FulfillmentUnits) => loanTouExample(user, item(), known).tried.map(({ rule: { name }, inputs }) =>
    [name, ...inputs.map(({ value, holds }) => `${value} ${holds}`)]);
  assert.deepEqual(tried(professor, units(unit({ networkUnitCode: 'NETWORK' }), network)), [['SHARED', 'FACULTY false'], ['RESERVE', 'MAIN/STACKS false'], ['FACULTY', 'FACULTY true']]);
  assert.deepEqual(tried(student, units(unit({ loanRules: unit().loanRules.slice(0, 2) }))), [['RESERVE', 'MAIN/STACKS false'], ['FACULTY', 'STUDENT false']]);
  assert.deepEqual(tried(student, units(unit({ enabled: false }))), []);
});
