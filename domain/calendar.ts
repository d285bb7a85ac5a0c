/**
 * When a library is open, from the calendar records of the institution and its own.
 *
 * Specification: fulfillment-loans.md, S2. Unusual in it: standard hours of the institution are inherited only by a library that has
 * none of its own for any day, and a calendar that was never entered or has run out counts as open, so that it does not silently
 * stop fines and renewals.
 */
import { dayNumber, endOfDay, localDay, localToInstant, startOfDay, weekday } from './days.js';
import type { Day, DayNumber, Instant, Zone } from './days.js';

/** One record of the calendar as stored (data-model.md 2). */
export interface CalendarRecord {
  level: 'INSTITUTION' | 'LIBRARY';
  /** null: the institution's. */
  libraryCode: string | null;
  type: 'STANDARD' | 'EXCEPTION' | 'EVENT';
  /** 1 = Monday; null: every day of the range (EXCEPTION). */
  dayOfWeek: number | null;
  /** `HH:mm`; both null: the whole day (EXCEPTION). */
  fromTime: string | null;
  toTime: string | null;
  /** Only of an EXCEPTION. */
  status: 'OPEN' | 'CLOSED' | null;
  validFrom: Day;
  validTo: Day;
  eventName: string | null;
  eventDate: Day | null;
  eventTime: string | null;
  state: 'DRAFT' | 'APPLIED';
  createdAt: Instant;
}

/** What the calendar needs to know of a library. */
export interface CalendarLibrary {
  code: string;
  /** Whether exceptions of the institution apply. */
  inheritsCalendar: boolean;
  shortLoanOpeningOffsetMinutes: number;
}

/** Open from `from` to `to`, both ends included when one asks whether an instant is open. */
export interface OpenInterval {
  from: Instant;
  to: Instant;
}

export interface CalendarEvent {
  day: DayNumber;
  /** Minutes of the wall clock; null: no time was given. */
  minutes: number | null;
}

/** The hours of one library. Days once worked out are kept, so one calendar serves a page of loans. */
export interface Calendar {
  readonly library: CalendarLibrary;
  readonly zone: Zone;
  /** Disjoint and rising; empty on a closed day. */
  openIntervals(day: DayNumber): readonly OpenInterval[];
  isOpenDay(day: DayNumber): boolean;
  isOpenAt(instant: Instant): boolean;
  /** The end of the day's last interval, the last second of the day for 24:00; null on a closed day. */
  closingTime(day: DayNumber): Instant | null;
  /** Elapsed open minutes; seconds are a fraction. */
  openMinutesBetween(from: Instant, to: Instant): number;
  /** The number of open days d with `after` < d ≤ `until`. */
  openDaysBetween(after: DayNumber, until: DayNumber): number;
  /** Whether the day counts as open only because no standard hours are valid on it (CALENDAR_MISSING). */
  calendarMissing(day: DayNumber): boolean;
  /** The first event of that name on a day later than `day`. */
  eventAfter(name: string, day: DayNumber): CalendarEvent | null;
}

/** Minutes of the wall clock, `from` < `to` ≤ 1440. */
interface Hours {
  from: number;
  to: number;
}
interface Applicable extends Hours {
  dayOfWeek: number | null;
  validFrom: DayNumber;
  validTo: DayNumber;
  opens: boolean;
}

/** The records that count for a library. */
interface Compiled {
  standard: Applicable[];
  /** In the order in which they were entered. */
  exceptions: Applicable[];
  events: ReturnType<typeof eventsOf>;
}

const WHOLE_DAY: Hours = { from: 0, to: 24 * 60 };
const MINUTE = 60_000;

/**
 * The calendar of one library. `records` may hold those of other libraries and drafts, which no rule sees; they are looked through when the first
 * day is asked for, because of sixty libraries a page of loans meets a few.
 */
export function calendarOf(records: readonly CalendarRecord[], library: CalendarLibrary, zone: Zone): Calendar {
  let compiled: Compiled | null = null;
  const hoursOf = (): Compiled => (compiled ??= compile(records, library));
  const calendarMissing = (day: DayNumber) => !hoursOf().standard.some((record) => isValidOn(record, day));

  const openIntervals = remembered((day: DayNumber): readonly OpenInterval[] => {
    // Exceptions are exceptions to standard hours: where there are none, the day is open whatever they say.
    if (calendarMissing(day)) return [instants(WHOLE_DAY, day)];
    const covering = (record: Applicable) =>
      isValidOn(record, day) && (record.dayOfWeek === null || record.dayOfWeek === weekday(day));
    const { standard, exceptions } = hoursOf();
    let hours = standard.filter(covering).reduce<Hours[]>(add, []);
    for (const exception of exceptions.filter(covering))
      hours = exception.opens ? add(hours, exception) : subtract(hours, exception);
    return hours.map((open) => instants(open, day));
  });
  const instants = ({ from, to }: Hours, day: DayNumber): OpenInterval => ({
    from: localToInstant(zone, day, from),
    to: to === WHOLE_DAY.to ? startOfDay(zone, day + 1) : localToInstant(zone, day, to),
  });

  const isOpenDay = (day: DayNumber) => openIntervals(day).length > 0;
  const openDaysUntil = remembered((until: DayNumber) =>
    remembered((after: DayNumber) => {
      let open = 0;
      for (let day = after + 1; day <= until; day += 1) if (isOpenDay(day)) open += 1;
      return open;
    }),
  );

  return {
    library,
    zone,
    openIntervals,
    isOpenDay,
    isOpenAt(instant) {
      const day = localDay(zone, instant);
      const contains = ({ from, to }: OpenInterval) => from <= instant && instant <= to;
      // 24:00 of an evening still belongs to its interval, though the next day has begun.
      return openIntervals(day).some(contains) || openIntervals(day - 1).some(contains);
    },
    closingTime(day) {
      const last = openIntervals(day).at(-1);
      return last === undefined ? null : Math.min(last.to, endOfDay(zone, day));
    },
    openMinutesBetween(from, to) {
      let open = 0;
      for (let day = localDay(zone, from); day <= localDay(zone, to); day += 1)
        for (const interval of openIntervals(day))
          open += Math.max(0, Math.min(interval.to, to) - Math.max(interval.from, from));
      return open / MINUTE;
    },
    openDaysBetween: (after, until) => openDaysUntil(until)(after),
    calendarMissing,
    eventAfter: (name, day) => hoursOf().events.find((event) => event.name === name && event.day > day) ?? null,
  };
}

function compile(records: readonly CalendarRecord[], library: CalendarLibrary): Compiled {
  const applied = records.filter(({ state }) => state === 'APPLIED').sort((a, b) => a.createdAt - b.createdAt);
  const institutions = applied.filter(({ level }) => level === 'INSTITUTION');
  const own = applied.filter(({ level, libraryCode }) => level === 'LIBRARY' && libraryCode === library.code);
  const ownStandard = own.filter(({ type }) => type === 'STANDARD');
  const standardSource = ownStandard.length > 0 ? ownStandard : institutions.filter(({ type }) => type === 'STANDARD');
  const exceptionSource = library.inheritsCalendar ? [...institutions, ...own] : own;
  return {
    standard: standardSource.map(applicable),
    exceptions: exceptionSource.filter(({ type }) => type === 'EXCEPTION').map(applicable),
    events: eventsOf(institutions, own),
  };
}

/** Minutes since midnight of a time of the wall clock `HH:mm`. */
export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

function applicable(record: CalendarRecord): Applicable {
  const { dayOfWeek, fromTime, toTime, status, type } = record;
  return {
    from: fromTime === null ? WHOLE_DAY.from : minutesOf(fromTime),
    // 23:59 is how people write 24:00.
    to: toTime === null || toTime === '23:59' ? WHOLE_DAY.to : minutesOf(toTime),
    dayOfWeek,
    validFrom: dayNumber(record.validFrom),
    validTo: dayNumber(record.validTo),
    opens: type === 'STANDARD' || status === 'OPEN',
  };
}

const isValidOn = ({ validFrom, validTo }: Applicable, day: DayNumber) => validFrom <= day && day <= validTo;

/** Adds an interval, merging it with those it meets. */
function add(hours: Hours[], { from, to }: Hours): Hours[] {
  const apart = hours.filter((open) => open.to < from || to < open.from);
  const met = hours.filter((open) => !apart.includes(open));
  const merged = {
    from: Math.min(from, ...met.map((open) => open.from)),
    to: Math.max(to, ...met.map((open) => open.to)),
  };
  return [...apart, merged].sort((a, b) => a.from - b.from);
}

function subtract(hours: Hours[], { from, to }: Hours): Hours[] {
  return hours
    .flatMap((open) => [
      { from: open.from, to: Math.min(open.to, from) },
      { from: Math.max(open.from, to), to: open.to },
    ])
    .filter((left) => left.from < left.to);
}

/** Events by day. One of the library takes the place of the institution's last one of that name on an earlier or the same day. */
function eventsOf(institutions: readonly CalendarRecord[], own: readonly CalendarRecord[]) {
  const named = (records: readonly CalendarRecord[]) =>
    records.flatMap(({ type, eventName, eventDate, eventTime }) =>
      type === 'EVENT' && eventName !== null && eventDate !== null
        ? [{ name: eventName, day: dayNumber(eventDate), minutes: eventTime === null ? null : minutesOf(eventTime) }]
        : [],
    );
  const libraryEvents = named(own);
  const inherited = named(institutions).sort((a, b) => b.day - a.day);
  const overridden = new Set(
    libraryEvents.map(({ name, day }) => inherited.find((event) => event.name === name && event.day <= day)),
  );
  return [...libraryEvents, ...inherited.filter((event) => !overridden.has(event))].sort((a, b) => a.day - b.day);
}

function remembered<T>(compute: (day: DayNumber) => T): (day: DayNumber) => T {
  const known = new Map<DayNumber, T>();
  return (day) => {
    let value = known.get(day);
    if (value === undefined) {
      value = compute(day);
      known.set(day, value);
    }
    return value;
  };
}
