/**
 * The days of a calendar as a year's view shows them: open, closed or with other hours than the weekly ones, and what is said of them.
 *
 * Specification: fulfillment-loans.md, S2.
 */
import { sameHours } from './calendar-drafts.js';
import { calendarOf, type CalendarLibrary, type CalendarRecord, type OpenInterval } from './calendar.js';
import { dayNumber, weekday, type DayNumber, type Zone } from './days.js';

/** `NO_HOURS`: no weekly hours are valid on the day, which therefore counts as open (S2.4). */
export type DayState = 'OPEN' | 'CLOSED' | 'OTHER_HOURS' | 'NO_HOURS';

export interface CalendarDay {
  day: DayNumber;
  state: DayState;
  hours: readonly OpenInterval[];
  /** Closed or open otherwise than the weekly hours say. */
  exceptional: boolean;
  /** What the exceptions that cover the day are called. */
  notes: readonly string[];
  /** Names of events on the day that loans may be due on. */
  events: readonly string[];
}

type DescribedRecord = CalendarRecord & { description: string };

/** The days of a range, both ends inclusive. `records` may hold those of other libraries and drafts, which do not count. */
export function calendarDays(records: readonly DescribedRecord[], library: CalendarLibrary, zone: Zone, from: DayNumber, to: DayNumber): CalendarDay[] {
  const calendar = calendarOf(records, library, zone);
  const weekly = calendarOf(records.filter(({ type }) => type !== 'EXCEPTION'), library, zone);
  const here = records.filter(({ state, level, libraryCode }) => state === 'APPLIED' && (level === 'INSTITUTION' || libraryCode === library.code));
  const exceptions = here.filter(({ type, level, description }) => type === 'EXCEPTION' && description !== '' && (level === 'LIBRARY' || library.inheritsCalendar));
  const names = [...new Set(here.flatMap(({ type, eventName }) => (type === 'EVENT' && eventName !== null ? [eventName] : [])))];

  return Array.from({ length: to - from + 1 }, (_, index): CalendarDay => {
    const day = from + index;
    const hours = calendar.openIntervals(day);
    const exceptional = !sameHours(hours, weekly.openIntervals(day));
    const state = calendar.calendarMissing(day) ? 'NO_HOURS' : hours.length === 0 ? 'CLOSED' : exceptional ? 'OTHER_HOURS' : 'OPEN';
    const notes = exceptional ? exceptions.filter((record) => covers(record, day)).map(({ description }) => description) : [];
    return { day, state, hours, exceptional, notes: [...new Set(notes)], events: names.filter((name) => calendar.eventAfter(name, day - 1)?.day === day) };
  });
}

const covers = ({ validFrom, validTo, dayOfWeek }: CalendarRecord, day: DayNumber): boolean =>
  dayNumber(validFrom) <= day && day <= dayNumber(validTo) && (dayOfWeek === null || dayOfWeek === weekday(day));
