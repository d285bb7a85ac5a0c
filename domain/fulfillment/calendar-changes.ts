/**
 * What applied changes of calendars concern: per library, the days on which due dates have to be looked at again.
 *
 * Specification: fulfillment-loans.md, S2.6; loans-due-date-correction, Selection.
 */
import { dayNumber, type Day, type DayNumber } from '../days.js';

/** One "apply changes". */
export interface CalendarChange {
  level: 'INSTITUTION' | 'LIBRARY';
  /** null: the institution's. */
  libraryCode: string | null;
  /** Both inclusive. */
  fromDate: Day;
  toDate: Day;
}

export interface ChangedLibrary {
  code: string;
  active: boolean;
  inheritsCalendar: boolean;
  /** Whether it has STANDARD hours of its own for any day (S2.1). */
  hasOwnHours: boolean;
}

/** Of a calendar record, what says on which days it counts. */
export interface DatedRecord {
  type: 'STANDARD' | 'EXCEPTION' | 'EVENT';
  validFrom: Day;
  validTo: Day;
  eventDate: Day | null;
}

/** The union of the old and the new days of every record that is changed: from the first to the last, both inclusive. */
export function daysOfChange(records: readonly [DatedRecord, ...DatedRecord[]]): { fromDate: Day; toDate: Day } {
  const from = records.map(({ type, eventDate, validFrom }) => (type === 'EVENT' ? (eventDate ?? validFrom) : validFrom));
  const to = records.map(({ type, eventDate, validTo }) => (type === 'EVENT' ? (eventDate ?? validTo) : validTo));
  // Days as text stand in the order of the calendar.
  return { fromDate: from.toSorted()[0]!, toDate: to.toSorted().at(-1)! };
}

/** Days of one library, both inclusive. */
export interface LibraryDays {
  libraryCode: string;
  from: DayNumber;
  to: DayNumber;
}

/** The days by library and day, merged, none before `earliest`. A change of one library concerns it whether or not its record is there. */
export function daysConcerned(changes: readonly CalendarChange[], libraries: readonly ChangedLibrary[], earliest: DayNumber): LibraryDays[] {
  const concerned = changes.flatMap(({ level, libraryCode, fromDate, toDate }) => {
    const codes = level === 'LIBRARY' ? [libraryCode ?? ''] : libraries.filter(followsInstitution).map(({ code }) => code);
    const [from, to] = [Math.max(dayNumber(fromDate), earliest), dayNumber(toDate)];
    return from > to ? [] : codes.map((code) => ({ libraryCode: code, from, to }));
  });
  const sorted = concerned.toSorted((a, b) => (a.libraryCode === b.libraryCode ? a.from - b.from : a.libraryCode < b.libraryCode ? -1 : 1));
  return sorted.reduce<LibraryDays[]>((merged, next) => {
    const last = merged.at(-1);
    if (last?.libraryCode === next.libraryCode && next.from <= last.to + 1) merged[merged.length - 1] = { ...last, to: Math.max(last.to, next.to) };
    else merged.push(next);
    return merged;
  }, []);
}

const followsInstitution = ({ active, inheritsCalendar, hasOwnHours }: ChangedLibrary): boolean => active && (inheritsCalendar || !hasOwnHours);
