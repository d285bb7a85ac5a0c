import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { shiftFromClosedTime, type ClosedTimeRule } from '../../domain/closed-time.js';
import { minutesOf } from '../../domain/calendar.js';
import { at, calendarRecords, closed, main, mainCalendar, ofMain } from '../support/fixture-a.js';

const shift = (due: string, given: Partial<ClosedTimeRule> = {}, calendar = mainCalendar()) =>
  shiftFromClosedTime(
    at(due),
    { management: 'NEXT_OPEN', shortLoan: false, atTime: null, from: at('2025-01-01 12:00'), ...given },
    calendar,
  );
const to = (local: string) => ({ dueDate: at(local), noOpenDay: false });

describe('long loans', () => {
  test('due on Memorial Day: NEXT_OPEN is Tuesday 21:00, PREVIOUS_OPEN Saturday 17:00', () => {
    assert.deepEqual(shift('2025-05-26 21:00'), to('2025-05-27 21:00'));
    assert.deepEqual(shift('2025-05-26 21:00', { management: 'PREVIOUS_OPEN' }), to('2025-05-24 17:00'));
  });
  test('NEXT_OPEN_START is the hour Tuesday begins with, whatever time the policy has', () => {
    assert.deepEqual(shift('2025-05-26 21:00', { management: 'NEXT_OPEN_START' }), to('2025-05-27 09:00'));
    const atNoon = { management: 'NEXT_OPEN_START', atTime: minutesOf('12:00') } as const;
    assert.deepEqual(shift('2025-05-26 12:00', atNoon), to('2025-05-27 09:00'));
  });
  test('KEEP leaves the date, as does an open day, even after closing', () => {
    assert.deepEqual(shift('2025-05-26 21:00', { management: 'KEEP' }), to('2025-05-26 21:00'));
    assert.deepEqual(shift('2025-05-27 21:00'), to('2025-05-27 21:00'));
    assert.deepEqual(shift('2025-05-27 23:59'), to('2025-05-27 23:59'));
  });
  test('the time of the policy takes the place of the closing time', () => {
    assert.deepEqual(shift('2025-05-26 12:00', { atTime: minutesOf('12:00') }), to('2025-05-27 12:00'));
  });
  test('PREVIOUS_OPEN that is not later than the loan becomes NEXT_OPEN', () => {
    const previous = { management: 'PREVIOUS_OPEN' } as const;
    assert.deepEqual(shift('2025-05-26 21:00', { ...previous, from: at('2025-05-24 16:59') }), to('2025-05-24 17:00'));
    assert.deepEqual(shift('2025-05-26 21:00', { ...previous, from: at('2025-05-24 17:00') }), to('2025-05-27 21:00'));
  });
  test('an open day is looked for 366 days ahead, then the date stays and is reported', () => {
    const until = (day: string) => mainCalendar([...calendarRecords, closed('2025-05-26', day)]);
    assert.deepEqual(shift('2025-05-26 21:00', {}, until('2026-05-26')), to('2026-05-27 21:00'));
    assert.deepEqual(shift('2025-05-26 21:00', {}, until('2026-05-27')), {
      dueDate: at('2025-05-26 21:00'),
      noOpenDay: true,
    });
  });
});

describe('short loans', () => {
  const short = { shortLoan: true } as const;
  test('RESERVE loaned Wednesday 14:30, due 16:30 after closing: Saturday 10:00', () => {
    assert.deepEqual(shift('2025-11-26 16:30', short), to('2025-11-29 10:00'));
    assert.deepEqual(shift('2025-11-26 16:30', { ...short, management: 'NEXT_OPEN_START' }), to('2025-11-29 10:00'));
  });
  test('due at the minute of closing stays', () => {
    assert.deepEqual(shift('2025-11-26 15:00', short), to('2025-11-26 15:00'));
  });
  test('the desk may be given time to open', () => {
    const calendar = mainCalendar(calendarRecords, { ...main, shortLoanOpeningOffsetMinutes: 30 });
    assert.deepEqual(shift('2025-11-26 16:30', short, calendar), to('2025-11-29 10:30'));
  });
  test('PREVIOUS_OPEN is the end of the interval before, 24:00 the last second of its day', () => {
    const previous = { ...short, management: 'PREVIOUS_OPEN' } as const;
    assert.deepEqual(shift('2025-11-26 16:30', previous), to('2025-11-26 15:00'));
    const late = mainCalendar([ofMain({ dayOfWeek: 3, fromTime: '09:00', toTime: '23:59' })]);
    assert.deepEqual(shift('2025-11-27 01:00', previous, late), {
      dueDate: at('2025-11-27 00:00') - 1000,
      noOpenDay: false,
    });
  });
  test('between two intervals of one day the next opening is on that day', () => {
    const lunch = mainCalendar([
      ofMain({ dayOfWeek: 1, fromTime: '09:00', toTime: '12:00' }),
      ofMain({ dayOfWeek: 1, fromTime: '13:00', toTime: '17:00' }),
    ]);
    assert.deepEqual(shift('2025-03-03 12:30', short, lunch), to('2025-03-03 13:00'));
    assert.deepEqual(
      shift('2025-03-03 12:30', { ...short, management: 'PREVIOUS_OPEN' }, lunch),
      to('2025-03-03 12:00'),
    );
  });
});
