/** S3 and the worked dates of Fixture A (fulfillment-loans.md). */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { computeDueDate, type DueDatePolicy } from '../../domain/due-date.js';
import { dayNumber, type Day } from '../../domain/days.js';
import type { ClosedTimeManagement } from '../../domain/terms-of-use.js';
import { at, book, calendarRecord, calendarRecords, closed, mainCalendar, ofMain, reserve } from '../support/fixture-a.js';

interface Given {
  policy?: DueDatePolicy;
  management?: ClosedTimeManagement;
  expires?: Day;
  calendar?: ReturnType<typeof mainCalendar>;
}
const due = (from: string, { policy = book.dueDate, management = 'NEXT_OPEN', expires, calendar = mainCalendar() }: Given = {}) =>
  computeDueDate(at(from), policy, management, calendar, expires === undefined ? null : dayNumber(expires));
const on = (local: string, given: { cappedByExpiry?: boolean; noOpenDay?: boolean } = {}) => ({ dueDate: at(local), cappedByExpiry: false, noOpenDay: false, ...given });
const period = (value: number, unit: Extract<DueDatePolicy, { kind: 'PERIOD' }>['unit'], atTime: string | null = null): DueDatePolicy => ({ kind: 'PERIOD', value, unit, atTime });

describe('the worked due dates of Fixture A', () => {
  test('BOOK loaned Thursday 1 May 14:00 is due 29 May 21:00', () => {
    assert.deepEqual(due('2025-05-01 14:00'), { dueDate: Date.parse('2025-05-30T01:00:00.000Z'), cappedByExpiry: false, noOpenDay: false });
  });
  test('BOOK loaned 28 April falls on Memorial Day: Tuesday 27 May 21:00, by PREVIOUS_OPEN Saturday 24 May 17:00', () => {
    assert.deepEqual(due('2025-04-28 14:00'), on('2025-05-27 21:00'));
    assert.deepEqual(due('2025-04-28 14:00', { management: 'PREVIOUS_OPEN' }), on('2025-05-24 17:00'));
  });
  test('BOOK loaned 9 October is due 6 November 21:00, in winter time', () => {
    assert.deepEqual(due('2025-10-09 14:00'), { dueDate: Date.parse('2025-11-07T02:00:00.000Z'), cappedByExpiry: false, noOpenDay: false });
  });
  test('BOOK loaned 1 May by a user whose card ends on Sunday 18 May is due Saturday 17 May 17:00', () => {
    assert.deepEqual(due('2025-05-01 14:00', { expires: '2025-05-18' }), on('2025-05-17 17:00', { cappedByExpiry: true }));
  });
  test('RESERVE loaned Wednesday 26 November 14:30 falls on closed time: Saturday 29 November 10:00', () => {
    assert.deepEqual(due('2025-11-26 14:30', { policy: reserve.dueDate }), on('2025-11-29 10:00'));
  });
});

describe('periods (rules 1 and 2)', () => {
  test('minutes and hours are exact, seconds cut', () => {
    const from = at('2025-03-03 10:00') + 59_000;
    const counted = computeDueDate(from, period(45, 'MINUTES'), 'NEXT_OPEN', mainCalendar(), null);
    assert.deepEqual(counted, on('2025-03-03 10:45'));
    assert.deepEqual(due('2025-03-03 10:30', { policy: period(3, 'HOURS') }), on('2025-03-03 13:30'));
  });
  test('hours are elapsed hours in the night the clock goes forward', () => {
    const always = mainCalendar([ofMain({ validTo: '2019-12-31', dayOfWeek: 1, fromTime: '00:00', toTime: '23:59' })]);
    assert.deepEqual(due('2025-03-09 01:00', { policy: period(2, 'HOURS'), calendar: always }), on('2025-03-09 04:00'));
  });
  test('days, weeks, months and years count from the local day, to the closing time of that day', () => {
    assert.deepEqual(due('2025-03-03 20:59', { policy: period(1, 'DAYS') }), on('2025-03-04 21:00'));
    assert.deepEqual(due('2025-03-03 09:00', { policy: period(2, 'WEEKS') }), on('2025-03-17 21:00'));
    assert.deepEqual(due('2025-03-03 09:00', { policy: period(1, 'YEARS') }), on('2026-03-03 21:00'));
  });
  test('31 January and a month is the last day of February', () => {
    assert.deepEqual(due('2025-01-31 09:00', { policy: period(1, 'MONTHS') }), on('2025-02-28 21:00'));
  });
  test('the third open day after Thursday 22 May is Tuesday: Sunday and Memorial Day are closed', () => {
    assert.deepEqual(due('2025-05-22 12:00', { policy: period(3, 'OPEN_DAYS') }), on('2025-05-27 21:00'));
  });
  test('where no open day is left, open days are days of the calendar, and that is reported', () => {
    const calendar = mainCalendar([...calendarRecords, closed('2025-05-23', '2028-12-31')]);
    assert.deepEqual(due('2025-05-22 12:00', { policy: period(3, 'OPEN_DAYS'), calendar }), { dueDate: at('2025-05-26 00:00') - 1000, cappedByExpiry: false, noOpenDay: true });
  });
  test('the time of the policy takes the place of the closing time', () => {
    assert.deepEqual(due('2025-05-01 14:00', { policy: period(28, 'DAYS', '12:00') }), on('2025-05-29 12:00'));
    assert.deepEqual(due('2025-05-01 14:00', { policy: period(28, 'DAYS', '12:00'), expires: '2025-05-18' }), on('2025-05-17 12:00', { cappedByExpiry: true }));
  });
  test('KEEP on a closed day is the end of that day', () => {
    assert.deepEqual(due('2025-04-28 14:00', { management: 'KEEP' }), { dueDate: at('2025-05-27 00:00') - 1000, cappedByExpiry: false, noOpenDay: false });
  });
});

describe('events (rule 3)', () => {
  const term: DueDatePolicy = { kind: 'EVENT', eventName: 'END_OF_TERM', atTime: null };
  const event = (eventDate: Day, eventTime: string | null = null) => calendarRecord({ type: 'EVENT', eventName: 'END_OF_TERM', eventDate, eventTime });
  const terms = mainCalendar([...calendarRecords, event('2025-05-16'), event('2025-12-19', '17:00')]);

  test('the end of term is due when the library closes that day, or at the time of the event', () => {
    assert.deepEqual(due('2025-05-15 12:00', { policy: term, calendar: terms }), on('2025-05-16 21:00'));
    assert.deepEqual(due('2025-05-16 12:00', { policy: term, calendar: terms }), on('2025-12-19 17:00'));
  });
  test('after the last one there is no due date', () => {
    assert.deepEqual(due('2025-12-19 09:00', { policy: term, calendar: terms }), { refused: 'EVENT_DATE_MISSING' });
  });
});

describe('the end of the card (rules 5 and 6)', () => {
  test('a loan due on the last day of the card is not shortened', () => {
    assert.deepEqual(due('2025-05-01 14:00', { expires: '2025-05-29' }), on('2025-05-29 21:00'));
    assert.deepEqual(due('2025-05-01 14:00', { expires: '2025-05-28' }), on('2025-05-28 21:00', { cappedByExpiry: true }));
  });
  test('a date moved to the next open day is shortened as well', () => {
    assert.deepEqual(due('2025-04-28 14:00', { expires: '2025-05-26' }), on('2025-05-24 17:00', { cappedByExpiry: true }));
  });
  test('a card that ends before the library opens again gives no due date', () => {
    assert.deepEqual(due('2025-05-24 17:00', { expires: '2025-05-26' }), { refused: 'NOT_LATER' });
    assert.deepEqual(due('2025-05-24 16:59', { expires: '2025-05-26' }), on('2025-05-24 17:00', { cappedByExpiry: true }));
  });
});
