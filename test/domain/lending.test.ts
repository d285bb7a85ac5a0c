/** May an item be lent, and until when? (fulfillment-loans.md, S3, S5; Fixture A) */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { momentAt } from '../../domain/days.js';
import type { BlockPreference, Borrower } from '../../domain/fulfillment/borrower.js';
import { decideLoan, type LendingGround } from '../../domain/fulfillment/lending.js';
import { at, book, calendarRecord, calendarRecords, mainCalendar, newYork, reserve } from '../support/fixture-a.js';

const u1: Borrower = { status: 'ACTIVE', userGroup: 'STUDENT', expiryDay: null, patronUntil: [null], blocks: [], owed: 0, overdueLoans: 0, overdueRecalls: 0 };
const decide = (given: Partial<LendingGround> = {}) => decideLoan({
  moment: momentAt(newYork, at('2025-05-01 14:00')), policies: book, calendar: mainCalendar(), borrower: u1, limits: new Map(), preferences: new Map(), requested: null, bookedFrom: null, ...given,
});
const reason = (given: Partial<LendingGround>) => {
  const decision = decide(given);
  return decision.action === 'REFUSE' ? decision.reason : null;
};

test('a book is due after 28 days, a reserve after two hours, each with its kind', () => {
  assert.deepEqual(decide(), { action: 'LEND', dueDate: at('2025-05-29 21:00'), dueDateSource: 'POLICY', shortLoan: false });
  assert.deepEqual(decide({ policies: reserve }), { action: 'LEND', dueDate: at('2025-05-01 16:00'), dueDateSource: 'POLICY', shortLoan: true });
});

test('a loan until the end of term is due at its event, and not lent when the calendar has none ahead', () => {
  const policies = { ...book, dueDate: { kind: 'EVENT', eventName: 'End of term', atTime: null } as const };
  const endOfTerm = calendarRecord({ type: 'EVENT', eventName: 'End of term', eventDate: '2025-05-16', eventTime: '12:00' });
  assert.deepEqual(decide({ policies, calendar: mainCalendar([...calendarRecords, endOfTerm]) }), { action: 'LEND', dueDate: at('2025-05-16 12:00'), dueDateSource: 'EVENT', shortLoan: false });
  assert.equal(reason({ policies }), 'EVENT_DATE_MISSING');
});

test('a booking of another that begins before it is due stands in the way, one that begins just then does not', () => {
  assert.equal(reason({ bookedFrom: at('2025-05-29 20:59') }), 'BOOKING_CONFLICT');
  assert.equal(reason({ bookedFrom: at('2025-05-29 21:00') }), null);
});

test('a request of another stands in the way as the preference says', () => {
  const preferring = (handling: BlockPreference['handling'], actions: BlockPreference['actions'] = ['LOAN', 'RENEW']) => new Map([['ITEM_REQUESTED', { actions, handling }]]);
  assert.equal(reason({ requested: 'TITLE' }), 'ITEM_REQUESTED');
  assert.equal(reason({ requested: 'TITLE', preferences: preferring('HANDLE_AUTOMATICALLY') }), null);
  assert.equal(reason({ requested: 'ITEM', preferences: preferring('HANDLE_AUTOMATICALLY') }), 'ITEM_REQUESTED');
  assert.equal(reason({ requested: 'ITEM', preferences: preferring('BLOCK', ['RENEW']) }), null);
});

test('a limit whose preference names renewals only lets him borrow', () => {
  const limits = new Map([['STUDENT', { maxOwedAmount: null, maxOverdueLoans: 0, maxOverdueRecalls: null }]]);
  const borrower = { ...u1, overdueLoans: 1 };
  assert.equal(reason({ borrower, limits }), 'OVERDUE_LIMIT');
  assert.equal(reason({ borrower, limits, preferences: new Map([['OVERDUE_LIMIT', { actions: ['RENEW'], handling: 'BLOCK' } satisfies BlockPreference]]) }), null);
});

test('nobody, no terms, no library', () => {
  assert.deepEqual([reason({ borrower: undefined }), reason({ borrower: { ...u1, status: 'DELETED' } }), reason({ policies: undefined }), reason({ calendar: undefined })],
    ['USER_MISSING', 'USER_MISSING', 'TOU_MISSING', 'LIBRARY_MISSING']);
});
