/** A year of a calendar, as it is in force and as it will be with its drafts (fulfillment-loans.md, S2). */
import { withDraftsApplied, type DraftableRecord } from '../domain/calendar-drafts.js';
import { calendarDays, type CalendarDay } from '../domain/calendar-year.js';
import type { CalendarLibrary } from '../domain/calendar.js';
import { dayNumber } from '../domain/days.js';
import { calendarRecordsOf, recordsForRules } from './calendar.js';
import type { ApiContext } from './context.js';
import { libraryOf } from './libraries.js';
import type { Viewer } from './viewer.js';

export interface CalendarYear {
  /** From 1 January to 31 December. */
  inForce: CalendarDay[];
  /** The same days; the drafts of other calendars stay drafts. null: there are none. */
  drafted: CalendarDay[] | null;
  /** The institution has no weekly hours: its days are open but for its closings. */
  withoutHours: boolean;
}

type Described = DraftableRecord & { description: string };

/** The institution is open nowhere by itself: as a library that has nothing of its own. */
const ofInstitution: CalendarLibrary = { code: '', inheritsCalendar: true, shortLoanOpeningOffsetMinutes: 0 };

/** Refusal: not-found. */
export async function calendarYear(context: ApiContext, viewer: Viewer, libraryCode: string | null, year: number): Promise<CalendarYear> {
  const own = await calendarRecordsOf(context, viewer, libraryCode);
  const [library, inherited] = await Promise.all([
    libraryCode === null ? ofInstitution : libraryOf(context, viewer, libraryCode),
    libraryCode === null ? [] : calendarRecordsOf(context, viewer, null),
  ]);
  const records = recordsForRules(own);
  const around = recordsForRules(inherited);
  const [from, to] = [dayNumber(`${year}-01-01`), dayNumber(`${year}-12-31`)];
  const hasHours = (all: readonly Described[]) => all.some(({ type, state }) => type === 'STANDARD' && state === 'APPLIED');
  const days = (all: readonly Described[]) => {
    const whole = libraryCode === null && !hasHours(all) ? [...all, ...alwaysOpen] : all;
    return calendarDays([...around, ...whole], library, viewer.zone, from, to);
  };
  return {
    inForce: days(records),
    drafted: records.some(({ state }) => state === 'DRAFT') ? days(withDraftsApplied(records)) : null,
    withoutHours: libraryCode === null && !hasHours(records),
  };
}

/** So that closings of an institution without weekly hours are exceptions to something. */
const alwaysOpen: readonly Described[] = [1, 2, 3, 4, 5, 6, 7].map((dayOfWeek) => ({
  _id: `open ${dayOfWeek}`, level: 'INSTITUTION', libraryCode: null, type: 'STANDARD', dayOfWeek, fromTime: '00:00', toTime: '23:59', status: null,
  validFrom: '0001-01-01', validTo: '9999-12-31', eventName: null, eventDate: null, eventTime: null, description: '',
  state: 'APPLIED', createdAt: 0, replacesRecordId: null, remove: false,
}));
