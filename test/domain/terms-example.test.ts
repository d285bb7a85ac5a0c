/** What terms of use come to by an example, in the library of Fixture A (fulfillment-loans.md, S3, S6). */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { termsExample, type ExampleLoan } from '../../domain/fulfillment/terms-example.js';
import type { LoanPolicies } from '../../domain/terms-of-use.js';
import { at, book, mainCalendar, reserve } from '../support/fixture-a.js';

const lent = (given: Partial<ExampleLoan> = {}): ExampleLoan => (
  { lentAt: at('2025-02-03 14:00'), calendar: mainCalendar(), currency: 'USD', itemPrice: null, defaultReplacementCost: null, ...given }
);
const of = (policies: LoanPolicies, given: Partial<ExampleLoan> = {}) => {
  const answer = termsExample(policies, lent(given));
  assert.ok(!('refused' in answer));
  return answer;
};

test('a book lent on Monday 3 February is due on 3 March at closing; its fine is 0 in grace, then 25 a day, and 100 an open day if recalled', () => {
  const { dueDate, noOpenDay, late } = of(book);
  assert.deepEqual([dueDate, noOpenDay], [at('2025-03-03 21:00'), false]);
  assert.deepEqual(late, [
    { days: 1, at: at('2025-03-04 21:00'), fine: 0, recalledFine: 0 },
    { days: 7, at: at('2025-03-10 21:00'), fine: 175, recalledFine: 600 },
    { days: 30, at: at('2025-04-02 21:00'), fine: 750, recalledFine: 1000 },
  ]);
});

test('a reserve lent on Wednesday 26 November at 12:30 is due two hours later; only open hours are charged, up to the maximum', () => {
  const { dueDate, late } = of(reserve, { lentAt: at('2025-11-26 12:30') });
  assert.equal(dueDate, at('2025-11-26 14:30'));
  assert.deepEqual(late.map(({ fine }) => fine), [100, 2000, 2000]);
});

test('a lost book costs its price, else what the library usually takes, else the amount of the terms, and the process fee', () => {
  const lost = (given: Partial<ExampleLoan>) => of(book, given).replacementFee;
  assert.deepEqual([lost({ itemPrice: 4250, defaultReplacementCost: 5000 }), lost({ defaultReplacementCost: 5000 }), lost({})], [4250, 5000, 6000]);
  assert.equal(of(book).processFee, 1500);
  assert.deepEqual([of(reserve).replacementFee, of(reserve).processFee], [0, 0]);
});

test('a loan until an event that no calendar has ahead is none', () => {
  const untilTermEnd = { ...book, dueDate: { kind: 'EVENT' as const, eventName: 'Term end', atTime: null } };
  assert.deepEqual(termsExample(untilTermEnd, lent()), { refused: 'EVENT_DATE_MISSING' });
});
