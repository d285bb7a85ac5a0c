/** What is refused when a rule of a table is saved (fulfillment-loans.md, S9). */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { ruleParametersOf } from '../../domain/rule-parameters.js';

const parameters = ruleParametersOf({ userGroup: 'TEXT', daysSinceEnd: 'NUMBER', recalled: 'BOOLEAN' });
const refused = (parameter: unknown) => parameters.safeParse([parameter]).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

test('an unknown field', () => {
  assert.deepEqual(refused({ field: 'shoeSize', op: 'IS_EMPTY', values: [] }), ['0.field: "shoeSize" was given; expected one of userGroup, daysSinceEnd, recalled']);
});
test('an unknown op', () => {
  assert.equal(refused({ field: 'userGroup', op: 'LIKE', values: ['S'] }).length, 1);
});
test('a value of another type', () => {
  assert.deepEqual(refused({ field: 'daysSinceEnd', op: 'EQUALS', values: ['7'] }), ['0.values: "7" was given; expected a number']);
  assert.deepEqual(refused({ field: 'userGroup', op: 'IN', values: ['STAFF', 7] }), ['0.values: 7 was given; expected a text']);
  assert.deepEqual(refused({ field: 'recalled', op: 'EQUALS', values: ['no'] }), ['0.values: "no" was given; expected true or false']);
});
test('an order of what has none', () => {
  assert.deepEqual(refused({ field: 'userGroup', op: 'LESS_THAN', values: ['S'] }), ['0.op: LESS_THAN was given; expected another op, as userGroup is no number']);
});
test('more or fewer values than the op takes', () => {
  assert.deepEqual(refused({ field: 'userGroup', op: 'EQUALS', values: [] }), ['0.values: 0 values were given for EQUALS; expected exactly 1']);
  assert.deepEqual(refused({ field: 'userGroup', op: 'EQUALS', values: ['A', 'B'] }), ['0.values: 2 values were given for EQUALS; expected exactly 1']);
  assert.deepEqual(refused({ field: 'userGroup', op: 'IN', values: [] }), ['0.values: 0 values were given for IN; expected at least 1']);
  assert.deepEqual(refused({ field: 'userGroup', op: 'IS_EMPTY', values: ['A'] }), ['0.values: 1 value was given for IS_EMPTY; expected none']);
});
test('and nothing else', () => {
  assert.deepEqual(refused({ field: 'userGroup', op: 'IN', values: ['STAFF'] }), []);
  assert.deepEqual(refused({ field: 'daysSinceEnd', op: 'LESS_THAN', values: [7] }), []);
});
