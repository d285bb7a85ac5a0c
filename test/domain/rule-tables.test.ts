import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { listening } from '../../domain/ask.js';
import { firstMatching, inOrder, type RuleFields, type RuleOp, type TableRule } from '../../domain/rule-tables.js';

const rule = (name: string, order: number, parameters: TableRule['parameters'] = [], enabled = true): TableRule => ({ name, order, enabled, parameters });
const matches = (op: RuleOp, values: (string | number | boolean)[], value: string | number | boolean | null) =>
  firstMatching([rule('r', 1, [{ field: 'asked', op, values }])], { asked: value }) !== null;

describe('a rule of one parameter', () => {
  test.each([
    ['EQUALS', ['STUDENT'], 'STUDENT', true], ['EQUALS', ['STUDENT'], 'student', false], ['EQUALS', ['STUDENT'], null, false], ['EQUALS', [true], true, true],
    ['NOT_EQUALS', ['STUDENT'], 'FACULTY', true], ['NOT_EQUALS', ['STUDENT'], 'STUDENT', false], ['NOT_EQUALS', ['STUDENT'], null, true],
    ['IN', ['STUDENT', 'FACULTY'], 'FACULTY', true], ['IN', ['STUDENT', 'FACULTY'], 'PUBLIC', false], ['IN', ['STUDENT'], null, false],
    ['NOT_IN', ['STUDENT', 'FACULTY'], 'PUBLIC', true], ['NOT_IN', ['STUDENT', 'FACULTY'], 'FACULTY', false], ['NOT_IN', ['STUDENT'], null, true],
    ['LESS_THAN', [7], 6, true], ['LESS_THAN', [7], 7, false], ['LESS_THAN', [7], null, false], ['LESS_THAN', [7], '6', false],
    ['GREATER_THAN', [7], 8, true], ['GREATER_THAN', [7], 7, false], ['GREATER_THAN', [7], null, false],
    ['IS_EMPTY', [], null, true], ['IS_EMPTY', [], '', true], ['IS_EMPTY', [], 0, false],
    ['NOT_EMPTY', [], 0, true], ['NOT_EMPTY', [], null, false], ['NOT_EMPTY', [], '', false],
  ] as const)('%s %j of %j: %s', (op, values, value, expected) => {
    assert.equal(matches(op, [...values], value), expected);
  });

  test('about a field that nobody gave does not match, unless it asks for its emptiness', () => {
    assert.equal(firstMatching([rule('r', 1, [{ field: 'other', op: 'EQUALS', values: ['x'] }])], { asked: 'x' }), null);
    assert.equal(firstMatching([rule('r', 1, [{ field: 'other', op: 'IS_EMPTY', values: [] }])], { asked: 'x' })?.name, 'r');
  });
});

describe('a table', () => {
  const student: TableRule['parameters'] = [{ field: 'userGroup', op: 'EQUALS', values: ['STUDENT'] }];
  const young = [...student, { field: 'days', op: 'LESS_THAN' as const, values: [7] }];
  const decides = (rules: TableRule[], fields: RuleFields) => firstMatching(inOrder(rules), fields)?.name ?? 'default';

  test('is tried by its order, and the first that matches decides', () => {
    const rules = [rule('of all', 30), rule('of students', 20, student), rule('of young ones', 10, young)];
    assert.equal(decides(rules, { userGroup: 'STUDENT', days: 6 }), 'of young ones');
    assert.equal(decides(rules, { userGroup: 'STUDENT', days: 7 }), 'of students');
    assert.equal(decides(rules, { userGroup: 'FACULTY', days: 6 }), 'of all');
  });

  test('without a rule that matches its default decides, and a rule that is off is not tried', () => {
    assert.equal(decides([], { userGroup: 'STUDENT' }), 'default');
    assert.equal(decides([rule('of students', 1, student)], { userGroup: 'FACULTY' }), 'default');
    assert.equal(decides([rule('off', 1, [], false), rule('of all', 2)], { userGroup: 'STUDENT' }), 'of all');
  });

  test('tells a listener of each rule that was tried, and what it asked', () => {
    const { ask, heard } = listening();
    firstMatching([rule('of young ones', 1, young), rule('of students', 2, student), rule('of all', 3)], { userGroup: 'STUDENT', days: 7 }, ask);
    assert.deepEqual(heard, [
      { rule: 'Rule «of young ones» matches', holds: false, compared: { userGroup: 'STUDENT EQUALS STUDENT', days: '7 LESS_THAN 7' } },
      { rule: 'Rule «of students» matches', holds: true, compared: { userGroup: 'STUDENT EQUALS STUDENT' } },
    ]);
  });
});
