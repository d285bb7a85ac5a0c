import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import {
  addMonths,
  dayNumber,
  dayText,
  endOfDay,
  localDay,
  localMinutes,
  localToInstant,
  momentAt,
  startOfDay,
  weekday,
  zoneOf,
  type Zone,
} from '../../domain/days.js';

const iso = (instant: number) => new Date(instant).toISOString();
const instant = (text: string) => Date.parse(text);
const newYork = zoneOf('America/New_York');
const dayIn = (zone: Zone, text: string) => dayText(localDay(zone, instant(text)));

describe('local days', () => {
  test('a loan due at 23:59 is due on that day, one due at midnight on the day that begins', () => {
    assert.equal(dayIn(newYork, '2025-03-04T04:59:00.000Z'), '2025-03-03');
    assert.equal(dayIn(newYork, '2025-03-04T04:59:59.999Z'), '2025-03-03');
    assert.equal(dayIn(newYork, '2025-03-04T05:00:00.000Z'), '2025-03-04');
  });
  test('one in the evening of New York belongs to that day, though in UTC it is tomorrow', () => {
    assert.equal(dayIn(newYork, '2025-05-30T01:00:00.000Z'), '2025-05-29');
  });
  test('an instant before 1970 has the offset of 1970', () => {
    assert.equal(dayIn(newYork, '1960-01-01T04:59:00.000Z'), '1959-12-31');
    assert.equal(dayIn(newYork, '1960-01-01T05:00:00.000Z'), '1960-01-01');
  });
  test('the minutes of the wall clock count from midnight, also in the night the clocks change', () => {
    assert.equal(localMinutes(newYork, instant('2025-03-09T06:59:30.000Z')), 119.5);
    assert.equal(localMinutes(newYork, instant('2025-03-09T07:00:00.000Z')), 180);
  });
  test('a moment knows its local day', () => {
    assert.equal(momentAt(newYork, instant('2025-03-04T04:30:00.000Z')).today, dayNumber('2025-03-03'));
  });
  test('a zone that does not exist is refused', () => {
    assert.throws(() => zoneOf('America/Gotham'), RangeError);
  });
});

describe('local times', () => {
  const at = (zone: Zone, day: string, minutes: number) => iso(localToInstant(zone, dayNumber(day), minutes));
  test('02:30 in the night of the spring change is 03:30', () => {
    assert.equal(at(newYork, '2025-03-09', 150), '2025-03-09T07:30:00.000Z');
    assert.equal(at(newYork, '2025-03-09', 119), '2025-03-09T06:59:00.000Z');
    assert.equal(at(newYork, '2025-03-09', 180), '2025-03-09T07:00:00.000Z');
  });
  test('01:30 in the night of the autumn change is the first 01:30', () => {
    assert.equal(at(newYork, '2025-11-02', 90), '2025-11-02T05:30:00.000Z');
    assert.equal(at(newYork, '2025-11-02', 120), '2025-11-02T07:00:00.000Z');
  });
  test('21:00 is another instant in winter than in summer', () => {
    assert.equal(at(newYork, '2025-05-29', 21 * 60), '2025-05-30T01:00:00.000Z');
    assert.equal(at(newYork, '2025-11-06', 21 * 60), '2025-11-07T02:00:00.000Z');
  });
  test('24:00 is the beginning of the next day', () => {
    assert.equal(at(newYork, '2025-03-03', 24 * 60), '2025-03-04T05:00:00.000Z');
  });
  test('Lord Howe moves by half an hour: 02:10 becomes 02:40', () => {
    assert.equal(at(zoneOf('Australia/Lord_Howe'), '2025-10-05', 130), '2025-10-04T15:40:00.000Z');
  });
});

describe('the ends of a day', () => {
  const begins = (name: string, day: string) => iso(startOfDay(zoneOf(name), dayNumber(day)));
  const ends = (name: string, day: string) => iso(endOfDay(zoneOf(name), dayNumber(day)));
  test('a day begins at 00:00 and ends at 23:59:59', () => {
    assert.equal(begins('America/New_York', '2025-03-03'), '2025-03-03T05:00:00.000Z');
    assert.equal(ends('America/New_York', '2025-03-03'), '2025-03-04T04:59:59.000Z');
  });
  test('in Cairo and Beirut the first day of summer time begins at 01:00', () => {
    assert.equal(begins('Africa/Cairo', '2025-04-25'), '2025-04-24T22:00:00.000Z');
    assert.equal(localMinutes(zoneOf('Africa/Cairo'), instant('2025-04-24T22:00:00.000Z')), 60);
    assert.equal(begins('Asia/Beirut', '2025-03-30'), '2025-03-29T22:00:00.000Z');
    assert.equal(localMinutes(zoneOf('Asia/Beirut'), instant('2025-03-29T22:00:00.000Z')), 60);
  });
  test('in Havana 00:30 comes twice in autumn: the day begins with the first midnight', () => {
    assert.equal(begins('America/Havana', '2025-11-02'), '2025-11-02T04:00:00.000Z');
  });
  test('in Gaza summer time comes back for the week between Ramadan and the end of October 2040', () => {
    const at = (text: string) => localMinutes(zoneOf('Asia/Gaza'), instant(text));
    assert.equal(at('2040-10-19T21:00:00.000Z'), 23 * 60);
    assert.equal(at('2040-10-24T21:00:00.000Z'), 0);
    assert.equal(at('2040-10-27T21:00:00.000Z'), 23 * 60);
  });
  test('Samoa left out 30 December 2011: that day begins with the next and has no length', () => {
    assert.equal(begins('Pacific/Apia', '2011-12-30'), '2011-12-30T10:00:00.000Z');
    assert.equal(begins('Pacific/Apia', '2011-12-31'), '2011-12-30T10:00:00.000Z');
    assert.equal(dayIn(zoneOf('Pacific/Apia'), '2011-12-30T09:59:59.999Z'), '2011-12-29');
    assert.equal(dayIn(zoneOf('Pacific/Apia'), '2011-12-30T10:00:00.000Z'), '2011-12-31');
  });
  test('in Nuuk the clock goes from 23:00 to midnight in March: the day ends at 22:59:59', () => {
    assert.equal(ends('America/Nuuk', '2025-03-29'), '2025-03-30T00:59:59.000Z');
    assert.equal(dayIn(zoneOf('America/Nuuk'), '2025-03-30T00:59:59.000Z'), '2025-03-29');
    assert.equal(dayIn(zoneOf('America/Nuuk'), '2025-03-30T01:00:00.000Z'), '2025-03-30');
  });
  test('in Nuuk 23:59:59 comes twice in October: the day ends with the second', () => {
    assert.equal(ends('America/Nuuk', '2025-10-25'), '2025-10-26T01:59:59.000Z');
  });
});

describe('days as numbers', () => {
  test('a day is counted from 1 January 1970', () => {
    assert.equal(dayNumber('1970-01-01'), 0);
    assert.equal(dayNumber('2025-03-03'), 20150);
    assert.equal(dayText(20150), '2025-03-03');
    assert.equal(dayText(dayNumber('1969-12-31')), '1969-12-31');
  });
  test('what is no day of the calendar is refused', () => {
    for (const text of ['2025-02-29', '2025-13-01', '2025-3-3', '', '2025-03-03T00:00'])
      assert.throws(() => dayNumber(text), RangeError);
  });
  test('3 March 2025 is a Monday, 9 March a Sunday, 31 December 1969 a Wednesday', () => {
    assert.equal(weekday(dayNumber('2025-03-03')), 1);
    assert.equal(weekday(dayNumber('2025-03-09')), 7);
    assert.equal(weekday(dayNumber('1969-12-31')), 3);
  });
  test('months clamp to the last day', () => {
    const later = (day: string, months: number) => dayText(addMonths(dayNumber(day), months));
    assert.equal(later('2025-01-31', 1), '2025-02-28');
    assert.equal(later('2024-01-31', 1), '2024-02-29');
    assert.equal(later('2024-02-29', 12), '2025-02-28');
    assert.equal(later('2025-03-31', -1), '2025-02-28');
    assert.equal(later('2025-11-15', 3), '2026-02-15');
  });
});

describe('every zone of the platform, 1970 to 2100', () => {
  const zoneNames = Intl.supportedValuesOf('timeZone');
  const FIRST = Date.UTC(1970, 0, 1);
  const SPAN = Date.UTC(2101, 0, 1) - FIRST;
  const UNTIL = Date.UTC(2040, 0, 1);
  const random = randomFrom(20250303);
  const randomInstants = (count: number) => Array.from({ length: count }, () => FIRST + Math.floor(random() * SPAN));

  test('local day and time agree with the formatter, at random and on both sides of every change until 2040, and of each ninth from then on, when rules repeat', () => {
    for (const name of zoneNames) {
      const zone = zoneOf(name);
      const shown = wallClock(name);
      const changes = [...zone.starts].slice(1).filter((start, index) => start < UNTIL || index % 9 === 0).flatMap((start) => [start - 1000, start]);
      for (const moment of [...randomInstants(30), ...changes]) {
        const seconds = Math.floor(localMinutes(zone, moment) * 60 + 1e-6);
        assert.equal(localDay(zone, moment) * 86_400 + seconds, shown(moment), `${name} at ${iso(moment)}`);
      }
    }
  });

  test('a local time leads back to its instant, or to the first of two', () => {
    for (const name of zoneNames) {
      const zone = zoneOf(name);
      for (const moment of randomInstants(40)) {
        const back = localToInstant(zone, localDay(zone, moment), localMinutes(zone, moment));
        assert.ok(
          back === moment || (back < moment && localMinutes(zone, back) === localMinutes(zone, moment)),
          `${name} at ${iso(moment)}`,
        );
      }
    }
  });

  test('a day begins with its first instant, also on both sides of every change', () => {
    for (const name of zoneNames) {
      const zone = zoneOf(name);
      for (const moment of [...randomInstants(25), ...zone.starts.slice(1)]) {
        const day = localDay(zone, moment);
        const start = startOfDay(zone, day);
        assert.equal(localDay(zone, start), day, `${name} ${dayText(day)} begins in itself`);
        assert.ok(localDay(zone, start - 1) < day, `${name} ${dayText(day)} begins with its first instant`);
        assert.equal(localDay(zone, endOfDay(zone, day)), day, `${name} ${dayText(day)} ends in itself`);
      }
    }
  });
});

/** Seconds since 1970 of the wall clock, as the formatter shows it. */
function wallClock(timeZone: string): (moment: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (moment) => {
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = format
      .format(moment)
      .match(/\d+/g)!
      .map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  };
}

/** Park and Miller's generator: the same instants every time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
