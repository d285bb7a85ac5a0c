/** May a loan be renewed, and to which date? (fulfillment-loans.md, notifications-courtesy-and-renewals, rules 2-10, Fixture A) */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { dayNumber, momentAt } from '../../domain/days.js';
import type { BlockPreference, Borrower } from '../../domain/fulfillment/borrower.js';
import { decideRenewal, type RenewableLoan, type RenewalGround } from '../../domain/fulfillment/renewal.js';
import { at, book, calendarRecords, closed, mainCalendar, newYork, reserve } from '../support/fixture-a.js';

const loan = (given: Partial<RenewableLoan> = {}): RenewableLoan => ({
  processStatus: 'NORMAL', recalled: false, loanDate: at('2025-05-16 14:00'), dueDate: at('2025-06-13 21:00'), ...given,
});
const u1 = (given: Partial<Borrower> = {}): Borrower => ({
  status: 'ACTIVE', userGroup: 'STUDENT', expiryDay: null, patronUntil: [null], blocks: [], owed: 0, overdueLoans: 0, overdueRecalls: 0, ...given,
});
const ground = (given: Partial<RenewalGround> = {}): RenewalGround => ({
  moment: momentAt(newYork, at('2025-06-10 03:00')), policies: book, calendar: mainCalendar(), borrower: u1(), limits: new Map(), preferences: new Map(),
  requested: null, bookedFrom: null, ...given,
});
const decide = (ofLoan: Partial<RenewableLoan> = {}, given: Partial<RenewalGround> = {}) => decideRenewal(loan(ofLoan), ground(given));
const renewed = (to: string, cappedBy: 'MAX' | 'EXPIRY' | null = null) => ({ action: 'RENEW', newDueDate: at(to), cappedBy, noOpenDay: false });
const refused = (reason: string, detail: string | null = null) => ({ action: 'REFUSE', reason, detail });
const of = (borrower: Partial<Borrower>, given: Partial<RenewalGround> = {}) => decide({}, { ...given, borrower: u1(borrower) });

describe('the worked dates', () => {
  test('1: a loan due Friday 13 June is renewed on 10 June to Tuesday 8 July 21:00, counted from the due date to Friday 11 July', () => {
    assert.deepEqual(decide(), renewed('2025-07-08 21:00'));
    assert.deepEqual(decide({}, { policies: { ...book, renewFrom: 'DUE_DATE' } }), renewed('2025-07-11 21:00'));
  });
  test('2: the maximum counts from the loan date: of a loan of 21 March it is reached, of one of 10 April it shortens to 3 July', () => {
    assert.deepEqual(decide({ loanDate: at('2025-03-21 14:00') }), refused('MAX_RENEWAL_REACHED'));
    assert.deepEqual(decide({ loanDate: at('2025-04-10 14:00') }), renewed('2025-07-03 21:00', 'MAX'));
  });
  test('3: a card that ends on the due date', () => {
    assert.deepEqual(of({ expiryDay: dayNumber('2025-06-13') }), refused('USER_EXPIRES'));
    assert.deepEqual(of({ expiryDay: dayNumber('2025-06-20') }), renewed('2025-06-20 21:00', 'EXPIRY'));
  });
  test('6: one overdue loan is too many where the limit is 0, unless the preference lets it be renewed', () => {
    const limits = new Map([['STUDENT', { maxOwedAmount: null, maxOverdueLoans: 0, maxOverdueRecalls: null }]]);
    assert.deepEqual(of({ overdueLoans: 1 }, { limits }), refused('OVERDUE_LIMIT'));
    const preferences = new Map([['OVERDUE_LIMIT', { actions: ['LOAN'], handling: 'BLOCK' } satisfies BlockPreference]]);
    assert.deepEqual(of({ overdueLoans: 1 }, { limits, preferences }), renewed('2025-07-08 21:00'));
  });
});

describe('the loan and its terms (rules 2, 3, 8)', () => {
  test('terms that are missing or allow no renewal', () => {
    assert.deepEqual(decide({}, { policies: undefined }), refused('TOU_MISSING'));
    assert.deepEqual(decide({}, { policies: { ...book, isRenewable: false } }), refused('NOT_RENEWABLE'));
  });
  test('recalled, by its status or by the recall itself', () => {
    assert.deepEqual(decide({ processStatus: 'RECALL' }), refused('RECALLED'));
    assert.deepEqual(decide({ recalled: true }), refused('RECALLED'));
  });
  test('three days ahead is within a time frame of 3 days, not of 2', () => {
    assert.deepEqual(decide({}, { policies: { ...book, renewalTimeFrameDays: 3 } }), renewed('2025-07-08 21:00'));
    assert.deepEqual(decide({}, { policies: { ...book, renewalTimeFrameDays: 2 } }), refused('TOO_EARLY'));
  });
  test('a renewal period of its own', () => {
    const renewalPeriod = { kind: 'PERIOD', unit: 'DAYS', value: 14, atTime: null } as const;
    assert.deepEqual(decide({}, { policies: { ...book, renewalPeriod } }), renewed('2025-06-24 21:00'));
  });
  test('a library that is unknown', () => {
    assert.deepEqual(decide({}, { calendar: undefined }), refused('LIBRARY_MISSING'));
  });
  test('hours are renewed by the clock, not by the day', () => {
    const short = { policies: reserve, moment: momentAt(newYork, at('2025-06-10 10:30')) };
    assert.deepEqual(decide({ dueDate: at('2025-06-10 11:00') }, short), renewed('2025-06-10 12:30'));
    assert.deepEqual(decide({ dueDate: at('2025-06-10 12:30') }, short), refused('SAME_DUE_DATE'));
  });
});

describe('the borrower (rules 4-6)', () => {
  test('missing or deleted, inactive, without the role of a patron', () => {
    assert.deepEqual(decide({}, { borrower: undefined }), refused('USER_MISSING'));
    assert.deepEqual(of({ status: 'DELETED' }), refused('USER_MISSING'));
    assert.deepEqual(of({ status: 'INACTIVE' }), refused('USER_INACTIVE'));
    assert.deepEqual(of({ patronUntil: [] }), refused('NO_PATRON_ROLE'));
  });
  test('a role and a card count on their last day', () => {
    assert.deepEqual(of({ patronUntil: [dayNumber('2025-06-10')] }), renewed('2025-07-08 21:00'));
    assert.deepEqual(of({ patronUntil: [dayNumber('2025-06-09')] }), refused('NO_PATRON_ROLE'));
    assert.deepEqual(of({ patronUntil: [dayNumber('2025-06-09'), null] }), renewed('2025-07-08 21:00'));
    assert.deepEqual(of({ expiryDay: dayNumber('2025-06-10') }), refused('USER_EXPIRES'));
    assert.deepEqual(of({ expiryDay: dayNumber('2025-06-09') }), refused('USER_EXPIRED'));
  });
  test('a block stops renewals if it names them and has not ended; its description is told', () => {
    const block = { description: 'Long overdue items', blockedActions: ['LOAN', 'RENEW'], expiresAt: null };
    assert.deepEqual(of({ blocks: [block] }), refused('USER_BLOCKED', 'Long overdue items'));
    assert.deepEqual(of({ blocks: [{ ...block, blockedActions: ['LOAN'] }] }), renewed('2025-07-08 21:00'));
    assert.deepEqual(of({ blocks: [{ ...block, expiresAt: at('2025-06-10 03:00') }] }), renewed('2025-07-08 21:00'));
    assert.deepEqual(of({ blocks: [{ ...block, expiresAt: at('2025-06-10 03:01') }] }), refused('USER_BLOCKED', 'Long overdue items'));
  });
  test('a limit may be reached, not passed, and is that of the group', () => {
    const limits = new Map([['STUDENT', { maxOwedAmount: 1000, maxOverdueLoans: 2, maxOverdueRecalls: 0 }]]);
    assert.deepEqual(of({ owed: 1000, overdueLoans: 2 }, { limits }), renewed('2025-07-08 21:00'));
    assert.deepEqual(of({ owed: 1001 }, { limits }), refused('CASH_LIMIT'));
    assert.deepEqual(of({ overdueLoans: 3 }, { limits }), refused('OVERDUE_LIMIT'));
    assert.deepEqual(of({ overdueRecalls: 1 }, { limits }), refused('OVERDUE_RECALL_LIMIT'));
    assert.deepEqual(of({ owed: 1001, userGroup: 'FACULTY' }, { limits }), renewed('2025-07-08 21:00'));
  });
});

describe('those who wait (rules 7 and 9)', () => {
  const preferring = (given: BlockPreference) => new Map([['ITEM_REQUESTED', given]]);
  test('a request for the item or its title stops the renewal', () => {
    assert.deepEqual(decide({}, { requested: 'ITEM' }), refused('ITEM_REQUESTED'));
    assert.deepEqual(decide({}, { requested: 'TITLE' }), refused('ITEM_REQUESTED'));
  });
  test('handled automatically, only a request for the item does', () => {
    const preferences = preferring({ actions: ['LOAN', 'RENEW'], handling: 'HANDLE_AUTOMATICALLY' });
    assert.deepEqual(decide({}, { requested: 'TITLE', preferences }), renewed('2025-07-08 21:00'));
    assert.deepEqual(decide({}, { requested: 'ITEM', preferences }), refused('ITEM_REQUESTED'));
  });
  test('a preference that does not name renewals lets them be', () => {
    assert.deepEqual(decide({}, { requested: 'ITEM', preferences: preferring({ actions: ['LOAN'], handling: 'BLOCK' }) }), renewed('2025-07-08 21:00'));
  });
  test('a booking that begins before the new due date', () => {
    assert.deepEqual(decide({}, { bookedFrom: at('2025-07-08 20:59') }), refused('BOOKING_CONFLICT'));
    assert.deepEqual(decide({}, { bookedFrom: at('2025-07-08 21:00') }), renewed('2025-07-08 21:00'));
  });
});

describe('the new date (rules 9 and 10)', () => {
  test('the maximum on a closed day is the last open day before', () => {
    // 84 days after 11 April are 4 July, a holiday.
    assert.deepEqual(decide({ loanDate: at('2025-04-11 14:00') }), renewed('2025-07-03 21:00', 'MAX'));
  });
  test('the same day is no renewal', () => {
    const week = { kind: 'PERIOD', unit: 'DAYS', value: 3, atTime: null } as const;
    assert.deepEqual(decide({}, { policies: { ...book, renewalPeriod: week } }), refused('SAME_DUE_DATE'));
    assert.deepEqual(decide({}, { policies: { ...book, renewalPeriod: { ...week, value: 4 } } }), renewed('2025-06-14 17:00'));
  });
  test('an event that the calendar does not have', () => {
    assert.deepEqual(decide({}, { policies: { ...book, renewalPeriod: { kind: 'EVENT', eventName: 'END_OF_TERM', atTime: null } } }), refused('EVENT_DATE_MISSING'));
  });
  test('where no open day is left the date stays on closed time, and that is told', () => {
    const calendar = mainCalendar([...calendarRecords, closed('2025-06-11', '2029-12-31')]);
    assert.deepEqual(decide({}, { calendar }), { action: 'RENEW', newDueDate: at('2025-07-09 00:00') - 1000, cappedBy: null, noOpenDay: true });
  });
});
