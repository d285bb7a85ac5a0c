/** As of when a return may be dated back. */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { bookDropTime, refusalOfReturnDate } from '../../domain/fulfillment/return-date.js';
import { at, mainCalendar } from '../support/fixture-a.js';

const refused = (returnedAt: number, loanDate = at('2025-02-03 14:00')) => refusalOfReturnDate(returnedAt, { loanDate, asOf: at('2025-03-05 09:30') });

test('from the loan to now', () => {
  assert.deepEqual([refused(at('2025-02-03 14:00')), refused(at('2025-03-05 09:30'))], [null, null]);
  assert.deepEqual([refused(at('2025-02-03 14:00') - 1), refused(at('2025-03-05 09:30') + 1)], ['RETURN_BEFORE_LOAN', 'RETURN_IN_FUTURE']);
});
test('a year back at most', () => {
  const lentLongAgo = at('2023-01-09 12:00');
  assert.deepEqual([refused(at('2024-03-05 09:30'), lentLongAgo), refused(at('2024-03-05 09:30') - 1, lentLongAgo)], [null, 'RETURN_TOO_LONG_AGO']);
});

describe('the book drop', () => {
  const back = (asOf: string, loanDate = '2025-02-03 14:00') => bookDropTime(mainCalendar(), { asOf: at(asOf), loanDate: at(loanDate) });
  test('in the morning: since the evening before; on Monday since Saturday, over days that were closed since before them', () => {
    assert.equal(back('2025-03-05 09:05'), at('2025-03-04 21:00'));
    assert.equal(back('2025-03-10 09:05'), at('2025-03-08 17:00'));
    assert.equal(back('2025-05-27 09:05'), at('2025-05-24 17:00'));
  });
  test('in the evening, exactly when it closes or later: since then', () => assert.deepEqual([back('2025-03-05 21:00'), back('2025-03-05 23:00')], [at('2025-03-05 21:00'), at('2025-03-05 21:00')]));
  test('what was lent since then is back now; what was lent as it closed is back then', () => {
    assert.equal(back('2025-03-05 09:05', '2025-03-05 09:01'), at('2025-03-05 09:05'));
    assert.equal(back('2025-03-05 09:05', '2025-03-04 21:00'), at('2025-03-04 21:00'));
  });
});
