/** Which rules of a table can never decide (fulfillment-loans.md, S9). */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { neverDecides, type KnownValues } from '../../domain/rule-coverage.js';
import type { RuleParameter, TableRule } from '../../domain/rule-tables.js';

const fields = { userGroup: 'TEXT', location: 'TEXT', daysSinceEnd: 'NUMBER', recalled: 'BOOLEAN' } as const;
const rule = (name: string, parameters: RuleParameter[], enabled = true): TableRule => ({ name, order: 1, enabled, parameters });
const is = (field: string, ...values: (string | number | boolean)[]): RuleParameter => ({ field, op: values.length === 1 ? 'EQUALS' : 'IN', values });
const isNot = (field: string, ...values: string[]): RuleParameter => ({ field, op: values.length === 1 ? 'NOT_EQUALS' : 'NOT_IN', values });
const only = (op: RuleParameter['op'], field: string, ...values: number[]): RuleParameter => ({ field, op, values });

const why = (below: RuleParameter[], above: RuleParameter[], known: KnownValues = {}) => {
  const never = neverDecides(rule('below', below), [rule('above', above)], fields, known);
  return never === null ? null : never.reason === 'COVERED' ? never.by.name : `nothing: ${never.field}`;
};

describe('a rule is covered', () => {
  test.each<[string, RuleParameter[], RuleParameter[]]>([
    ['by one without inputs', [is('userGroup', 'STUDENT')], []],
    ['by the same', [is('userGroup', 'STUDENT')], [is('userGroup', 'STUDENT')]],
    ['by one of more groups', [is('userGroup', 'STUDENT')], [is('userGroup', 'STUDENT', 'FACULTY')]],
    ['by one of all groups but another', [is('userGroup', 'STUDENT')], [isNot('userGroup', 'FACULTY')]],
    ['by one that leaves out fewer', [isNot('userGroup', 'FACULTY', 'STAFF')], [isNot('userGroup', 'FACULTY')]],
    ['by one of whatever is filled', [is('userGroup', 'STUDENT')], [only('NOT_EMPTY', 'userGroup')]],
    ['by one with fewer inputs', [is('userGroup', 'STUDENT'), is('location', 'MAIN/STACKS')], [is('location', 'MAIN/STACKS')]],
    ['by two inputs of one field that hold together', [is('userGroup', 'B')], [isNot('userGroup', 'A'), isNot('userGroup', 'C')]],
    ['by one up to a later day', [only('LESS_THAN', 'daysSinceEnd', 7)], [only('LESS_THAN', 'daysSinceEnd', 7.5)]],
    ['by one about the day between', [only('GREATER_THAN', 'daysSinceEnd', 6), only('LESS_THAN', 'daysSinceEnd', 8)], [only('GREATER_THAN', 'daysSinceEnd', 5)]],
    ['by one of what is not false', [is('recalled', true)], [{ field: 'recalled', op: 'NOT_EQUALS', values: [false] }]],
  ])('%s', (_how, below, above) => {
    assert.equal(why(below, above), 'above');
  });
});

describe('a rule may decide', () => {
  test.each<[string, RuleParameter[], RuleParameter[]]>([
    ['below one of another group', [is('userGroup', 'STUDENT')], [is('userGroup', 'FACULTY')]],
    ['below one of some of its groups', [is('userGroup', 'STUDENT', 'FACULTY')], [is('userGroup', 'STUDENT')]],
    ['without inputs, below one with some', [], [is('userGroup', 'STUDENT')]],
    ['of all but a group, below one of many', [isNot('userGroup', 'STAFF')], [is('userGroup', 'STUDENT', 'FACULTY', 'PUBLIC')]],
    ['of whoever is not a student, who may have no group, below one of whatever is filled', [isNot('userGroup', 'STUDENT')], [only('NOT_EMPTY', 'userGroup')]],
    ['below one with more inputs', [is('location', 'MAIN/STACKS')], [is('userGroup', 'STUDENT'), is('location', 'MAIN/STACKS')]],
    ['on exactly the day that the one above leaves', [only('LESS_THAN', 'daysSinceEnd', 8)], [only('LESS_THAN', 'daysSinceEnd', 7)]],
  ])('%s', (_how, below, above) => {
    assert.equal(why(below, above), null);
  });
  test('below one that is switched off', () => {
    assert.equal(neverDecides(rule('below', []), [rule('above', [], false)], fields), null);
  });
});

test('inputs that contradict each other match nothing', () => {
  assert.equal(why([is('userGroup', 'STUDENT'), isNot('userGroup', 'STUDENT')], []), 'nothing: userGroup');
  assert.equal(why([only('GREATER_THAN', 'daysSinceEnd', 7), only('LESS_THAN', 'daysSinceEnd', 7)], []), 'nothing: daysSinceEnd');
});

test('where all values of a field are known, a rule about another matches nothing, and one that names all covers', () => {
  const known = { location: ['MAIN/STACKS', 'MAIN/MEDIA'] };
  assert.equal(why([is('location', 'EAST/STACKS')], [is('userGroup', 'STUDENT')], known), 'nothing: location');
  assert.equal(why([], [is('location', 'MAIN/STACKS', 'MAIN/MEDIA')], known), 'above');
  assert.equal(why([], [is('location', 'MAIN/STACKS')], known), null);
});
