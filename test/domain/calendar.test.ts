import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { calendarOf, type CalendarRecord, type OpenInterval } from '../../domain/calendar.js';
import { dayNumber, zoneOf, type Day } from '../../domain/days.js';
import { at, calendarRecord, closed, main, mainCalendar, mainHours, newYork, ofMain } from '../support/fixture-a.js';

const fixture = mainCalendar();
const exception = (given: Partial<CalendarRecord>) => calendarRecord({ type: 'EXCEPTION', ...given });
const on = (day: Day, given: Partial<CalendarRecord>) => exception({ validFrom: day, validTo: day, ...given });

/** Open hours as people write them, e.g. `09:00-15:00`. */
const hours = (calendar: typeof fixture, day: Day) =>
  calendar.openIntervals(dayNumber(day)).map(({ from, to }: OpenInterval) => `${clock(from)}-${clock(to)}`);
const clock = (instant: number) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', hour: '2-digit', minute: '2-digit' }).format(
    instant,
  );

describe('open hours of a day (rule 1)', () => {
  test('MAIN is open by its standard hours and closed on Sunday', () => {
    assert.deepEqual(hours(fixture, '2025-03-03'), ['09:00-21:00']);
    assert.deepEqual(hours(fixture, '2025-03-08'), ['10:00-17:00']);
    assert.deepEqual(hours(fixture, '2025-03-09'), []);
  });
  test('the institution is closed on Memorial Day, open the days around', () => {
    assert.equal(fixture.isOpenDay(dayNumber('2025-05-24')), true);
    assert.equal(fixture.isOpenDay(dayNumber('2025-05-26')), false);
    assert.equal(fixture.isOpenDay(dayNumber('2025-05-27')), true);
  });
  test('a closing of the whole range holds on its first and last day', () => {
    assert.deepEqual(
      ['2025-11-26', '2025-11-27', '2025-11-28', '2025-11-29'].map((day) => fixture.isOpenDay(dayNumber(day))),
      [true, false, false, true],
    );
  });
  test('closed for some hours leaves the others', () => {
    assert.deepEqual(hours(fixture, '2025-11-26'), ['09:00-15:00']);
    const lunch = mainCalendar([
      ...mainHours,
      on('2025-03-03', { status: 'CLOSED', fromTime: '12:00', toTime: '13:00' }),
    ]);
    assert.deepEqual(hours(lunch, '2025-03-03'), ['09:00-12:00', '13:00-21:00']);
  });
  test('opening adds hours; those that meet become one', () => {
    const longer = mainCalendar([
      ...mainHours,
      on('2025-03-03', { status: 'OPEN', fromTime: '21:00', toTime: '22:00' }),
    ]);
    assert.deepEqual(hours(longer, '2025-03-03'), ['09:00-22:00']);
    const evening = mainCalendar([
      ...mainHours,
      on('2025-03-03', { status: 'OPEN', fromTime: '21:30', toTime: '22:00' }),
    ]);
    assert.deepEqual(hours(evening, '2025-03-03'), ['09:00-21:00', '21:30-22:00']);
  });
  test('an opening without times is the whole day', () => {
    const sunday = mainCalendar([...mainHours, on('2025-03-09', { status: 'OPEN' })]);
    assert.deepEqual(hours(sunday, '2025-03-09'), ['00:00-00:00']);
  });
  test('an exception may hold for one weekday of its range', () => {
    const fridays = exception({ status: 'CLOSED', dayOfWeek: 5, validFrom: '2025-03-01', validTo: '2025-03-31' });
    const calendar = mainCalendar([...mainHours, fridays]);
    assert.deepEqual(hours(calendar, '2025-03-06'), ['09:00-21:00']);
    assert.deepEqual(hours(calendar, '2025-03-07'), []);
  });
  test('exceptions apply in the order they were made, the institution before the library', () => {
    const shut = on('2025-03-03', { status: 'CLOSED', createdAt: 2 });
    const open = on('2025-03-03', { status: 'OPEN', fromTime: '10:00', toTime: '12:00', createdAt: 1 });
    assert.deepEqual(hours(mainCalendar([...mainHours, shut, open]), '2025-03-03'), []);
    assert.deepEqual(hours(mainCalendar([...mainHours, { ...shut, createdAt: 0 }, open]), '2025-03-03'), [
      '10:00-12:00',
    ]);
    const own: CalendarRecord = { ...open, level: 'LIBRARY', libraryCode: 'MAIN' };
    assert.deepEqual(hours(mainCalendar([...mainHours, shut, own]), '2025-03-03'), ['10:00-12:00']);
  });
  test('a library that does not inherit stays open when the institution closes', () => {
    const calendar = mainCalendar([...mainHours, closed('2025-05-26')], { ...main, inheritsCalendar: false });
    assert.deepEqual(hours(calendar, '2025-05-26'), ['09:00-21:00']);
  });
  test('standard hours of the institution are taken only by a library that has none for any day', () => {
    const institution = calendarRecord({ dayOfWeek: 7, fromTime: '12:00', toTime: '16:00' });
    assert.deepEqual(hours(mainCalendar([...mainHours, institution]), '2025-03-09'), []);
    assert.deepEqual(hours(mainCalendar([institution]), '2025-03-09'), ['12:00-16:00']);
    assert.deepEqual(hours(mainCalendar([institution]), '2025-03-10'), []);
  });
  test('standard hours hold from their first to their last valid day', () => {
    const march = { validFrom: '2025-03-03', validTo: '2025-03-10' };
    const monday = ofMain({ dayOfWeek: 1, fromTime: '09:00', toTime: '12:00', ...march });
    const always = ofMain({ dayOfWeek: 2, fromTime: '09:00', toTime: '12:00' });
    const calendar = mainCalendar([monday, always]);
    assert.deepEqual(
      ['2025-02-24', '2025-03-03', '2025-03-10', '2025-03-17'].map((day) => calendar.isOpenDay(dayNumber(day))),
      [false, true, true, false],
    );
  });
  test('neither drafts nor the hours of another library count', () => {
    const draft = on('2025-03-03', { status: 'CLOSED', state: 'DRAFT' });
    const west = on('2025-03-03', { status: 'CLOSED', level: 'LIBRARY', libraryCode: 'WEST' });
    assert.deepEqual(hours(mainCalendar([...mainHours, draft, west]), '2025-03-03'), ['09:00-21:00']);
  });
});

describe('closing time and open instants (rules 2 and 3)', () => {
  test('closing time is the end of the last interval; a closed day has none', () => {
    assert.equal(fixture.closingTime(dayNumber('2025-03-03')), at('2025-03-03 21:00'));
    assert.equal(fixture.closingTime(dayNumber('2025-11-26')), at('2025-11-26 15:00'));
    assert.equal(fixture.closingTime(dayNumber('2025-03-09')), null);
  });
  test('23:59 means 24:00, and closing at 24:00 is the last second of the day', () => {
    const calendar = mainCalendar([ofMain({ dayOfWeek: 1, fromTime: '20:00', toTime: '23:59' })]);
    assert.deepEqual(hours(calendar, '2025-03-03'), ['20:00-00:00']);
    assert.equal(calendar.closingTime(dayNumber('2025-03-03')), at('2025-03-04 00:00') - 1000);
    assert.equal(calendar.openMinutesBetween(at('2025-03-03 18:00'), at('2025-03-04 09:00')), 240);
  });
  test('both ends of an interval are open', () => {
    const open = (time: string) => fixture.isOpenAt(at(time));
    assert.deepEqual(['2025-03-03 08:59', '2025-03-03 09:00', '2025-03-03 21:00', '2025-03-03 21:01'].map(open), [
      false,
      true,
      true,
      false,
    ]);
  });
  test('24:00 is open though the next day is closed', () => {
    const calendar = mainCalendar([ofMain({ dayOfWeek: 1, fromTime: '20:00', toTime: '23:59' })]);
    assert.equal(calendar.isOpenAt(at('2025-03-04 00:00')), true);
    assert.equal(calendar.isOpenAt(at('2025-03-04 00:01')), false);
  });
});

describe('counting open time', () => {
  test('open days between leave out the first day and count the last', () => {
    const between = (after: Day, until: Day) => fixture.openDaysBetween(dayNumber(after), dayNumber(until));
    assert.equal(between('2025-05-22', '2025-05-22'), 0);
    assert.equal(between('2025-05-22', '2025-05-25'), 2); // Friday and Saturday
    assert.equal(between('2025-05-22', '2025-05-26'), 2); // Memorial Day
    assert.equal(between('2025-05-22', '2025-05-27'), 3);
    assert.equal(between('2024-12-31', '2025-12-31'), 302);
  });
  test('open minutes leave out the closed ones', () => {
    assert.equal(fixture.openMinutesBetween(at('2025-11-26 14:30'), at('2025-11-29 11:15')), 105);
    assert.equal(fixture.openMinutesBetween(at('2025-03-03 21:00'), at('2025-03-04 09:00')), 0);
    assert.equal(fixture.openMinutesBetween(at('2025-03-03 10:00'), at('2025-03-03 10:00')), 0);
  });
  test('a day open around the clock has 23 open hours when summer time begins and 25 when it ends', () => {
    const always = calendarOf(
      [1, 2, 3, 4, 5, 6, 7].map((dayOfWeek) => ofMain({ dayOfWeek, fromTime: '00:00', toTime: '23:59' })),
      main,
      newYork,
    );
    assert.equal(always.openMinutesBetween(at('2025-03-09 00:00'), at('2025-03-10 00:00')), 23 * 60);
    assert.equal(always.openMinutesBetween(at('2025-11-02 00:00'), at('2025-11-03 00:00')), 25 * 60);
  });
  test('hours that begin in the skipped hour begin when the clock has moved', () => {
    const berlin = zoneOf('Europe/Berlin');
    const night = calendarOf([ofMain({ dayOfWeek: 7, fromTime: '02:30', toTime: '05:00' })], main, berlin);
    const [open] = night.openIntervals(dayNumber('2025-03-30'));
    assert.equal(new Date(open!.from).toISOString(), '2025-03-30T01:30:00.000Z'); // 03:30
  });
});

describe('a calendar that is missing (rule 4)', () => {
  const march = ofMain({
    dayOfWeek: 1,
    fromTime: '09:00',
    toTime: '21:00',
    validFrom: '2025-03-01',
    validTo: '2025-03-31',
  });
  test('never entered: every day counts as open', () => {
    const calendar = mainCalendar([]);
    assert.equal(calendar.calendarMissing(dayNumber('2025-03-09')), true);
    assert.deepEqual(hours(calendar, '2025-03-09'), ['00:00-00:00']);
  });
  test('run out: closed days are closed to the last valid day, open from the next on', () => {
    const calendar = mainCalendar([march]);
    assert.equal(calendar.calendarMissing(dayNumber('2025-03-30')), false);
    assert.equal(calendar.isOpenDay(dayNumber('2025-03-30')), false);
    assert.equal(calendar.calendarMissing(dayNumber('2025-04-01')), true);
    assert.equal(calendar.isOpenDay(dayNumber('2025-04-01')), true);
  });
});

describe('events (rule 5)', () => {
  const event = (eventDate: Day, given: Partial<CalendarRecord> = {}) =>
    calendarRecord({
      type: 'EVENT',
      eventName: 'End of term',
      eventDate,
      validFrom: eventDate,
      validTo: eventDate,
      ...given,
    });
  const own = { level: 'LIBRARY', libraryCode: 'MAIN' } as const;
  const next = (records: CalendarRecord[], day: Day) => mainCalendar(records).eventAfter('End of term', dayNumber(day));

  test('the next event of a name is later than the day asked', () => {
    const terms = [event('2025-05-16', { eventTime: '12:00' }), event('2025-12-19')];
    assert.deepEqual(pick(next(terms, '2025-05-15')), { day: dayNumber('2025-05-16'), minutes: 720 });
    assert.deepEqual(pick(next(terms, '2025-05-16')), { day: dayNumber('2025-12-19'), minutes: null });
    assert.equal(next(terms, '2025-12-19'), null);
    assert.equal(mainCalendar(terms).eventAfter('Start of term', 0), null);
  });
  test('an event of the library on a later or the same day takes the place of the institution’s', () => {
    const overridden = [event('2025-05-16'), event('2025-05-23', own)];
    assert.equal(next(overridden, '2025-01-01')?.day, dayNumber('2025-05-23'));
    const sameDay = [event('2025-05-16', { eventTime: '12:00' }), event('2025-05-16', { ...own, eventTime: '18:00' })];
    assert.equal(next(sameDay, '2025-01-01')?.minutes, 18 * 60);
  });
  test('an earlier event of the library stands beside it, and terms before stay', () => {
    const earlier = [event('2025-05-16'), event('2025-05-09', own)];
    assert.equal(next(earlier, '2025-01-01')?.day, dayNumber('2025-05-09'));
    assert.equal(next(earlier, '2025-05-09')?.day, dayNumber('2025-05-16'));
    const terms = [event('2024-12-20'), event('2025-05-16'), event('2025-05-23', own)];
    assert.equal(next(terms, '2024-09-01')?.day, dayNumber('2024-12-20'));
  });
  const pick = (found: { day: number; minutes: number | null } | null) =>
    found && { day: found.day, minutes: found.minutes };
});
