/** Ordered tables of rules (fulfillment-loans.md, S9). */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { listening } from '../../domain/ask.js';
import { decidingRule, ruleParametersOf, type Facts, type Rule, type RuleFields, type RuleParameter } from '../../domain/rule-table.js';

const fields = { userGroup: 'TEXT', daysSinceEnd: 'NUMBER', recalled: 'BOOLEAN' } as const satisfies RuleFields;
const student: Facts<typeof fields> = { userGroup: 'STUDENT', daysSinceEnd: 6, recalled: false };
const rule = (name: string, given: Partial<Rule<boolean>> = {}): Rule<boolean> => ({ ruleId: name, name, enabled: true, parameters: [], output: true, ...given });
const holds = (parameter: RuleParameter, facts: Facts<typeof fields> = student) => decidingRule('table', [rule('only', { parameters: [parameter] })], facts) !== null;

describe('which rule decides', () => {
  const students = rule('students', { parameters: [{ field: 'userGroup', op: 'EQUALS', values: ['STUDENT'] }] });
  const all = rule('all', { output: false });

  test('the first enabled one that matches, in the order of the table', () => {
    assert.equal(decidingRule('table', [students, all], student)?.name, 'students');
    assert.equal(decidingRule('table', [all, students], student)?.name, 'all');
    assert.equal(decidingRule('table', [{ ...students, enabled: false }, all], student)?.name, 'all');
  });
  test('a rule without parameters always matches; where none does the default counts', () => {
    assert.equal(decidingRule('table', [all], student)?.name, 'all');
    assert.equal(decidingRule('table', [students], { ...student, userGroup: 'STAFF' }), null);
  });
  test('all parameters of a rule must match', () => {
    const recent = rule('recent', { parameters: [...students.parameters, { field: 'daysSinceEnd', op: 'LESS_THAN', values: [7] }] });
    assert.equal(decidingRule('table', [recent], student)?.name, 'recent');
    assert.equal(decidingRule('table', [recent], { ...student, daysSinceEnd: 7 }), null);
  });
  test('a listener hears each rule that was tried, and what it compared', () => {
    const { ask, heard } = listening();
    decidingRule('renewal rule', [students, all], { ...student, userGroup: null }, ask);
    assert.deepEqual(heard, [
      { rule: 'renewal rule «students»', holds: false, compared: { enabled: true, userGroup: null, 'userGroup EQUALS': ['STUDENT'] } },
      { rule: 'renewal rule «all»', holds: true, compared: { enabled: true } },
    ]);
  });
});

describe('what matches', () => {
  test('EQUALS and IN name what is meant, NOT_EQUALS and NOT_IN all else', () => {
    assert.equal(holds({ field: 'userGroup', op: 'EQUALS', values: ['STUDENT'] }), true);
    assert.equal(holds({ field: 'userGroup', op: 'EQUALS', values: ['student'] }), false);
    assert.equal(holds({ field: 'userGroup', op: 'IN', values: ['STAFF', 'STUDENT'] }), true);
    assert.equal(holds({ field: 'userGroup', op: 'NOT_EQUALS', values: ['STUDENT'] }), false);
    assert.equal(holds({ field: 'userGroup', op: 'NOT_IN', values: ['STAFF', 'PUBLIC'] }), true);
    assert.equal(holds({ field: 'recalled', op: 'EQUALS', values: [false] }), true);
  });
  test('LESS_THAN and GREATER_THAN leave out the number itself', () => {
    assert.equal(holds({ field: 'daysSinceEnd', op: 'LESS_THAN', values: [7] }), true);
    assert.equal(holds({ field: 'daysSinceEnd', op: 'LESS_THAN', values: [6] }), false);
    assert.equal(holds({ field: 'daysSinceEnd', op: 'GREATER_THAN', values: [6] }), false);
    assert.equal(holds({ field: 'daysSinceEnd', op: 'GREATER_THAN', values: [5] }), true);
  });
  test('what is not said is empty, equals nothing, is in no order, and differs from every value', () => {
    const nothing = { userGroup: null, daysSinceEnd: null, recalled: null };
    assert.equal(holds({ field: 'userGroup', op: 'IS_EMPTY', values: [] }, nothing), true);
    assert.equal(holds({ field: 'userGroup', op: 'NOT_EMPTY', values: [] }, nothing), false);
    assert.equal(holds({ field: 'userGroup', op: 'NOT_EMPTY', values: [] }), true);
    assert.equal(holds({ field: 'userGroup', op: 'IN', values: ['STUDENT'] }, nothing), false);
    assert.equal(holds({ field: 'userGroup', op: 'NOT_IN', values: ['STUDENT'] }, nothing), true);
    assert.equal(holds({ field: 'daysSinceEnd', op: 'LESS_THAN', values: [7] }, nothing), false);
    assert.equal(holds({ field: 'daysSinceEnd', op: 'GREATER_THAN', values: [-1] }, nothing), false);
  });
});

describe('what is refused when it is saved', () => {
  const refused = (parameter: unknown) => ruleParametersOf(fields).safeParse([parameter]).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

  test('an unknown field', () => {
    assert.deepEqual(refused({ field: 'shoeSize', op: 'IS_EMPTY', values: [] }), ['0.field: one of userGroup, daysSinceEnd, recalled']);
  });
  test('an unknown op', () => {
    assert.equal(refused({ field: 'userGroup', op: 'LIKE', values: ['S'] }).length, 1);
  });
  test('a value of another type', () => {
    assert.deepEqual(refused({ field: 'daysSinceEnd', op: 'EQUALS', values: ['7'] }), ['0.values: each a number']);
    assert.deepEqual(refused({ field: 'userGroup', op: 'IN', values: ['STAFF', 7] }), ['0.values: each a text']);
    assert.deepEqual(refused({ field: 'recalled', op: 'EQUALS', values: ['no'] }), ['0.values: each a boolean']);
  });
  test('an order of what has none', () => {
    assert.deepEqual(refused({ field: 'userGroup', op: 'LESS_THAN', values: ['S'] }), ['0.op: only a number is less or greater, userGroup is none']);
  });
  test('more or fewer values than the op takes', () => {
    assert.deepEqual(refused({ field: 'userGroup', op: 'EQUALS', values: [] }), ['0.values: not so many values for EQUALS']);
    assert.deepEqual(refused({ field: 'userGroup', op: 'EQUALS', values: ['A', 'B'] }), ['0.values: not so many values for EQUALS']);
    assert.deepEqual(refused({ field: 'userGroup', op: 'IN', values: [] }), ['0.values: not so many values for IN']);
    assert.deepEqual(refused({ field: 'userGroup', op: 'IS_EMPTY', values: ['A'] }), ['0.values: not so many values for IS_EMPTY']);
  });
  test('and nothing else', () => {
    assert.deepEqual(refused({ field: 'userGroup', op: 'IN', values: ['STAFF'] }), []);
    assert.deepEqual(refused({ field: 'daysSinceEnd', op: 'LESS_THAN', values: [7] }), []);
  });
});
