/** Terms of use worked through: the figures of fulfillment-loans.md, Fixture A and S6. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { dayNumber } from '../../domain/days.js';
import { workedExample, type ExampleLoan } from '../../domain/fulfillment/worked-example.js';
import { at, book, mainCalendar, reserve } from '../support/fixture-a.js';

const example = (given: Partial<ExampleLoan>, policies = book) =>
  workedExample({ lentAt: at('2025-02-03 14:00'), returnedAt: at('2025-02-10 14:00'), expiryDay: null, recalled: false, ...given }, policies, mainCalendar());

test('BOOK lent 2025-02-03 is due 03-03 21:00; back on 03-05 09:30 it costs 50', () => {
  assert.deepEqual(example({ returnedAt: at('2025-03-05 09:30') }), {
    dueDate: at('2025-03-03 21:00'), shortLoan: false, cappedByExpiry: false, noOpenDay: false, fine: { type: 'OVERDUE_FINE', amount: 50 },
  });
});
test('BOOK lent 2025-04-24 and recalled: back on Wed 05-28, six days after Thu 05-22, it costs 400', () => {
  const recalled = example({ lentAt: at('2025-04-24 14:00'), returnedAt: at('2025-05-28 12:00'), recalled: true });
  assert.deepEqual('fine' in recalled && [recalled.dueDate, recalled.fine], [at('2025-05-22 21:00'), { type: 'RECALLED_OVERDUE_FINE', amount: 400 }]);
});
test('RESERVE lent Wed 2025-11-26 14:30 is due on Saturday; back in time it costs nothing', () => {
  const lent = example({ lentAt: at('2025-11-26 14:30'), returnedAt: at('2025-11-29 10:00') }, reserve);
  assert.deepEqual('fine' in lent && [lent.dueDate, lent.shortLoan, lent.fine.amount], [at('2025-11-29 10:00'), true, 0]);
});
test('a card that ends first shortens the loan, one that has ended allows none', () => {
  const shortened = example({ lentAt: at('2025-05-01 14:00'), expiryDay: dayNumber('2025-05-18') });
  assert.deepEqual('fine' in shortened && [shortened.dueDate, shortened.cappedByExpiry], [at('2025-05-17 17:00'), true]);
  assert.deepEqual(example({ lentAt: at('2025-05-19 14:00'), expiryDay: dayNumber('2025-05-18') }), { refused: 'NOT_LATER' });
});
