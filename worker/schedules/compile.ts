/**
 * A schedule in the engine's words: calendars for ordinary days, one exact instant for each start near a change of the clock.
 *
 * Specification: platform.md 3; engine.md 1.1 has what the engine's calendars get wrong, 1.2 this mapping. What the engine fires beside
 * our occurrences on such days is no harm: the run looks its instant up and ends.
 */
import type { CalendarSpecDescription, DayOfWeek, IntervalSpecDescription } from '@temporalio/client';
import { localDay, localToInstant, type Instant, type Zone } from '../../domain/days.js';
import { startMinutes } from '../../domain/occurrences.js';
import { minutesOf, timesEvery, type MonthDay, type Schedule, type Weekday } from '../../domain/schedule.js';

/** In the form in which the engine gives it back, so that the two can be compared. */
export interface EngineSpec {
  calendars: CalendarSpecDescription[];
  intervals: IntervalSpecDescription[];
  timezone: string;
  /** Milliseconds. */
  jitter: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Changes of the clock are written out so far ahead; compiling again each day keeps it so. */
const AHEAD = 400 * DAY;
/** An interval of twenty years with the right phase is one instant, for twenty years. */
const TWENTY_YEARS = 7305 * DAY;

const daysOfWeek = {
  MON: 'MONDAY',
  TUE: 'TUESDAY',
  WED: 'WEDNESDAY',
  THU: 'THURSDAY',
  FRI: 'FRIDAY',
  SAT: 'SATURDAY',
  SUN: 'SUNDAY',
} as const satisfies Record<Weekday, DayOfWeek>;

export function compileSchedule(schedule: Schedule, zone: Zone, now: Instant, startSpreadSeconds: number): EngineSpec {
  const jitter = startSpreadSeconds * 1000;
  if (schedule.kind === 'HOURLY') {
    return { calendars: hourlyCalendars(schedule.minute, zone, now), intervals: [], timezone: 'UTC', jitter };
  }
  return {
    calendars: wallClock(schedule),
    intervals: nearChanges(schedule, zone, now),
    timezone: zone.timeZone,
    jitter,
  };
}

function wallClock(schedule: Exclude<Schedule, { kind: 'HOURLY' }>): CalendarSpecDescription[] {
  switch (schedule.kind) {
    case 'NONE':
      return [];
    case 'EVERY_N_HOURS': {
      const times = timesEvery(schedule.everyHours, schedule.startTime);
      return [calendar({ hour: times.map((time) => only(Math.floor(time / 60))), minute: [only(times[0]! % 60)] })];
    }
    case 'DAILY':
      return schedule.times.map((time) => calendar(clock(time)));
    case 'WEEKLY': {
      const dayOfWeek = schedule.weekdays.map((day) => only(daysOfWeek[day]));
      return schedule.times.map((time) => calendar({ ...clock(time), dayOfWeek }));
    }
    case 'MONTHLY':
      return schedule.times.flatMap((time) =>
        daysOfMonth(schedule.monthDays).map((days) => calendar({ ...clock(time), ...days })),
      );
  }
}

/** The engine has no last day of the month: it is written out by the length of the months, February by the year. */
function daysOfMonth(monthDays: readonly MonthDay[]): Partial<CalendarSpecDescription>[] {
  const numbered = monthDays.filter((day) => day !== 'LAST').map(only);
  const everyFourth = (start: number, end: number) => ({ start, end, step: 4 });
  const last: Partial<CalendarSpecDescription>[] = [
    {
      month: (['JANUARY', 'MARCH', 'MAY', 'JULY', 'AUGUST', 'OCTOBER', 'DECEMBER'] as const).map(only),
      dayOfMonth: [only(31)],
    },
    { month: (['APRIL', 'JUNE', 'SEPTEMBER', 'NOVEMBER'] as const).map(only), dayOfMonth: [only(30)] },
    { month: [only('FEBRUARY')], dayOfMonth: [only(29)], year: [everyFourth(2024, 2096)] },
    {
      month: [only('FEBRUARY')],
      dayOfMonth: [only(28)],
      year: [everyFourth(2025, 2097), everyFourth(2026, 2098), everyFourth(2027, 2099), only(2100)],
    },
  ];
  return [...(numbered.length > 0 ? [{ dayOfMonth: numbered }] : []), ...(monthDays.includes('LAST') ? last : [])];
}

/** One calendar, or two where the zone shifts by half an hour. */
function hourlyCalendars(minute: number, zone: Zone, now: Instant): CalendarSpecDescription[] {
  const inForce = [...zone.offsets].filter(
    (_, spell) => zone.starts[spell]! < now + AHEAD && (zone.starts[spell + 1] ?? Infinity) > now,
  );
  const minutes = new Set(inForce.map((offset) => (((minute - offset / MINUTE) % 60) + 60) % 60));
  return [...minutes].map((utcMinute) =>
    calendar({ hour: [{ start: 0, end: 23, step: 1 }], minute: [only(utcMinute)] }),
  );
}

/** Every start on a day on which the clock is changed, as the instant that it is. */
function nearChanges(schedule: Schedule, zone: Zone, now: Instant): IntervalSpecDescription[] {
  const instants = new Set<Instant>();
  for (const change of zone.starts) {
    if (change < now - DAY || change >= now + AHEAD) continue;
    // A change at midnight concerns the day it ends or the day it begins.
    for (let day = localDay(zone, change - 1); day <= localDay(zone, change); day += 1) {
      for (const minutes of startMinutes(schedule, day)) instants.add(localToInstant(zone, day, minutes));
    }
  }
  return [...instants]
    .sort((a, b) => a - b)
    .map((instant) => ({ every: TWENTY_YEARS, offset: instant % TWENTY_YEARS }));
}

function clock(time: string): Pick<CalendarSpecDescription, 'hour' | 'minute'> {
  const minutes = minutesOf(time);
  return { hour: [only(Math.floor(minutes / 60))], minute: [only(minutes % 60)] };
}

/** A range with its end said: without one, the client's encoding makes it 1. */
function only<T>(value: T): { start: T; end: T; step: number } {
  return { start: value, end: value, step: 1 };
}

function calendar(given: Partial<CalendarSpecDescription>): CalendarSpecDescription {
  return {
    second: [only(0)],
    minute: [only(0)],
    hour: [only(0)],
    dayOfMonth: [{ start: 1, end: 31, step: 1 }],
    month: [{ start: 'JANUARY', end: 'DECEMBER', step: 1 }],
    year: [],
    dayOfWeek: [{ start: 'SUNDAY', end: 'SATURDAY', step: 1 }],
    comment: '',
    ...given,
  };
}
