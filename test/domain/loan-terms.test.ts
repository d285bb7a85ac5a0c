/** By which terms of use an item is lent (fulfillment-loans.md, Entities and S9). */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { resolveLoanTou, type FulfillmentUnit, type FulfillmentUnits, type LentItem, type UnitRule } from '../../domain/fulfillment/loan-terms.js';
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

test('a student borrows from the stacks by the last rule of the unit, a professor by a rule of their own', () => {
  assert.deepEqual(resolveLoanTou(student, item(), units(unit())), { touCode: 'BOOK' });
  assert.deepEqual(resolveLoanTou(professor, item(), units(unit())), { touCode: 'FACULTY' });
});
test('the current location decides: what stands on reserve goes out as a reserve, to professors too', () => {
  assert.deepEqual(resolveLoanTou(professor, item({ currentLocationCode: 'RESERVE' }), units(unit())), { touCode: 'RESERVE' });
});
test('the rules of the unit of the network are tried first', () => {
  const network = unit({ code: 'NETWORK', loanRules: [rule('SHARED', { field: 'userGroup', op: 'EQUALS', values: ['STUDENT'] })] });
  const following = unit({ networkUnitCode: 'NETWORK' });
  assert.deepEqual(resolveLoanTou(student, item(), units(following, network)), { touCode: 'SHARED' });
  assert.deepEqual(resolveLoanTou(professor, item(), units(following, network)), { touCode: 'FACULTY' });
  assert.deepEqual(resolveLoanTou(student, item(), units(following, { ...network, enabled: false })), { touCode: 'BOOK' });
});
test('a location without a unit, a unit that is switched off, a unit whose rules all fail: nothing is lent', () => {
  assert.deepEqual(resolveLoanTou(student, item({ currentLocationCode: 'CELLAR' }), units(unit())), { refused: 'NO_FULFILLMENT_UNIT' });
  assert.deepEqual(resolveLoanTou(student, item(), units(unit({ enabled: false }))), { refused: 'FULFILLMENT_UNIT_DISABLED' });
  assert.deepEqual(resolveLoanTou(student, item(), units(unit({ loanRules: [] }))), { refused: 'NO_RULE' });
});
