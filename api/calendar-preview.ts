/** What applying the drafts of a calendar would change, and what the due date correction will do with it (fulfillment-loans.md, S2.6). */
import { loansDueDateCorrection } from '../catalogue/fulfillment/loans-due-date-correction.js';
import { changedDays, withDraftsApplied, type ChangedDay } from '../domain/calendar-drafts.js';
import { calendarOf } from '../domain/calendar.js';
import { localDay, startOfDay, type DayNumber } from '../domain/days.js';
import { daysConcerned, daysOfChange } from '../domain/fulfillment/calendar-changes.js';
import { nextRunAt } from '../domain/occurrences.js';
import type { Library, StoredCalendarRecord } from '../models/library.js';
import { byLibrary, calendarRecordsOf, levelOf, recordsForRules } from './calendar.js';
import type { ApiContext } from './context.js';
import { demandIn, type Viewer } from './viewer.js';

/** Days further ahead are not looked at: next to nothing is due on them, and hours without an end have millions. */
const DAYS_AHEAD = 366;
/** Stretches of days. */
const COUNTED_APART = 12;

export interface PreviewedLibrary {
  library: Library;
  days: readonly ChangedDay[];
  /** Open loans that are due on the days that close. */
  loansDue: number;
}

export interface CalendarPreview {
  drafts: StoredCalendarRecord[];
  /** Those whose hours differ on some day, by code. */
  libraries: PreviewedLibrary[];
  /** Last day looked at. */
  until: DayNumber;
  correction: CorrectionAhead;
}

/** The job that will move due dates, as it is set now. */
export interface CorrectionAhead {
  jobId: string | null;
  active: boolean;
  nextRunAt: Date | null;
  keepManualDueDates: boolean;
  notify: boolean;
  pastDays: number;
}

/** Of the drafts of one calendar, as if they were applied now; the drafts of other calendars stay drafts. Refusal: not-found. */
export async function calendarPreview(context: ApiContext, viewer: Viewer, libraryCode: string | null): Promise<CalendarPreview> {
  const { models, now } = context;
  const institutionId = viewer.institution.code;
  const drafts = (await calendarRecordsOf(context, viewer, libraryCode)).filter(({ state }) => state === 'DRAFT');
  const correction = await correctionAhead(context, viewer);
  const today = localDay(viewer.zone, now().getTime());
  const until = today + DAYS_AHEAD;
  const [first, ...others] = drafts;
  if (first === undefined) return { drafts, libraries: [], until, correction };

  const replaced = await models.CalendarRecord.find({ institutionId, _id: { $in: drafts.flatMap(({ replacesRecordId }) => replacesRecordId ?? []) } }).lean();
  const change = { ...levelOf(libraryCode), ...daysOfChange([first, ...others, ...replaced]) };
  const [libraries, applied] = await Promise.all([
    models.Library.find({ institutionId }).sort({ code: 1 }).lean(),
    models.CalendarRecord.find({ institutionId, state: 'APPLIED', $or: [{ type: 'STANDARD' }, { validTo: { $gte: change.fromDate } }] }).sort({ createdAt: 1, _id: 1 }).lean(),
  ]);
  const records = recordsForRules(applied);
  const [inForce, then] = [byLibrary(records), byLibrary(withDraftsApplied([...records, ...recordsForRules(drafts)]))];
  const hasOwnHours = (code: string) => inForce.get(code)?.some(({ type }) => type === 'STANDARD') ?? false;
  const concerned = daysConcerned([change], libraries.map((library) => ({ ...library, hasOwnHours: hasOwnHours(library.code) })), today - correction.pastDays);

  const previewed = await Promise.all(libraries.map(async (library): Promise<PreviewedLibrary[]> => {
    const of = (all: typeof then) => calendarOf([...(all.get(null) ?? []), ...(all.get(library.code) ?? [])], library, viewer.zone);
    const [before, after] = [of(inForce), of(then)];
    const days = concerned.filter(({ libraryCode: code }) => code === library.code).flatMap(({ from, to }) => changedDays(before, after, from, Math.min(to, until)));
    return days.length === 0 ? [] : [{ library, days, loansDue: await loansDueOn(context, viewer, library.code, days) }];
  }));
  return { drafts, libraries: previewed.flat(), until, correction };
}

/** Counted in the index alone: a day of a large library has tens of thousands. */
async function loansDueOn({ models }: ApiContext, { zone, institution }: Viewer, libraryCode: string, days: readonly ChangedDay[]): Promise<number> {
  const closing = stretches(days.flatMap(({ day, change }) => (change === 'CLOSES' ? [day] : [])));
  const dueIn = ({ from, to }: { from: DayNumber; to: DayNumber }) =>
    ({ institutionId: institution.code, status: 'ACTIVE' as const, libraryCode, dueDate: { $gte: new Date(startOfDay(zone, from)), $lt: new Date(startOfDay(zone, to + 1)) } });
  const [first, last] = [closing[0], closing.at(-1)];
  if (first === undefined || last === undefined) return 0;
  if (closing.length <= COUNTED_APART) {
    const counts = await Promise.all(closing.map((stretch) => models.Loan.countDocuments(dueIn(stretch))));
    return counts.reduce((sum, count) => sum + count, 0);
  }
  // Every Saturday of a year: one walk over all that is due meanwhile costs less than a question for each.
  const due = await models.Loan.aggregate<{ _id: Date; loans: number }>([{ $match: dueIn({ from: first.from, to: last.to }) }, { $group: { _id: '$dueDate', loans: { $sum: 1 } } }]);
  const closes = new Set(closing.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at)));
  return due.reduce((sum, { _id, loans }) => (closes.has(localDay(zone, _id.getTime())) ? sum + loans : sum), 0);
}

/** Days that follow each other as one; both ends inclusive. */
export function stretches(days: readonly DayNumber[]): { from: DayNumber; to: DayNumber }[] {
  return days.reduce<{ from: DayNumber; to: DayNumber }[]>((merged, day) => {
    const last = merged.at(-1);
    if (last !== undefined && day === last.to + 1) last.to = day;
    else merged.push({ from: day, to: day });
    return merged;
  }, []);
}

export async function correctionAhead({ models, now }: ApiContext, viewer: Viewer): Promise<CorrectionAhead> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'the calendar');
  const { key, parameters } = loansDueDateCorrection;
  const job = await models.ScheduledJob.findOne({ institutionId: viewer.institution.code, jobKey: key }).lean();
  const { keepManualDueDates, notify, pastDays } = parameters.parse(job?.parameters ?? {});
  const next = job?.active ? nextRunAt(job.schedule, viewer.zone, now().getTime()) : null;
  return { jobId: job?._id ?? null, active: job?.active ?? false, nextRunAt: next === null ? null : new Date(next), keepManualDueDates, notify, pastDays };
}
