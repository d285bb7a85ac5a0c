/** As of when a return may be dated back. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { refusalOfReturnDate } from '../../domain/fulfillment/return-date.js';
import { at } from '../support/fixture-a.js';

const refused = (returnedAt: number, loanDate = at('2025-02-03 14:00')) => refusalOfReturnDate(returnedAt, { loanDate, asOf: at('2025-03-05 09:30') });

test('from the loan to now', () => {
  assert.deepEqual([refused(at('2025-02-03 14:00')), refused(at('2025-03-05 09:30'))], [null, null]);
  assert.deepEqual([refused(at('2025-02-03 14:00') - 1), refused(at('2025-03-05 09:30') + 1)], ['RETURN_BEFORE_LOAN', 'RETURN_IN_FUTURE']);
});
test('a year back at most', () => {
  const lentLongAgo = at('2023-01-09 12:00');
  assert.deepEqual([refused(at('2024-03-05 09:30'), lentLongAgo), refused(at('2024-03-05 09:30') - 1, lentLongAgo)], [null, 'RETURN_TOO_LONG_AGO']);
});
