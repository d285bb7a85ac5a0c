/** The calendars of an institution side by side: whose hours count, how long they last, what is drafted (fulfillment-loans.md, S2). */
import { calendarOf, type Calendar } from '../domain/calendar.js';
import { dayText, localDay, type Day } from '../domain/days.js';
import type { Library, StoredCalendarChange, StoredCalendarRecord } from '../models/library.js';
import type { StoredRun } from '../models/run.js';
import { byLibrary, levelOf, recordsForRules } from './calendar.js';
import type { ApiContext } from './context.js';
import { demandIn, type Viewer } from './viewer.js';

export interface CalendarOverview {
  /** null: the calendar of the institution. */
  library: Library | null;
  /** Whose weekly hours count here. */
  hours: 'OWN' | 'INSTITUTION' | 'NONE';
  /** The last day of the weekly hours that count; null: there are none. */
  hoursUntil: Day | null;
  drafts: number;
  /** Knows today; null: of the institution, which is open nowhere by itself. */
  calendar: Calendar | null;
}

/** The institution, then its libraries by code. Refusal: not-found for somebody who sees no fulfillment jobs. */
export async function calendarOverviews({ models, now }: ApiContext, viewer: Viewer): Promise<CalendarOverview[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'calendars');
  const institutionId = viewer.institution.code;
  const today = dayText(localDay(viewer.zone, now().getTime()));
  // Years of closings say nothing of today.
  const ofToday = { $or: [{ type: 'STANDARD' as const }, { state: 'DRAFT' as const }, { type: 'EXCEPTION' as const, validFrom: { $lte: today }, validTo: { $gte: today } }] };
  const [libraries, stored] = await Promise.all([
    models.Library.find({ institutionId }).sort({ code: 1 }).lean(),
    models.CalendarRecord.find({ institutionId, ...ofToday }).lean(),
  ]);
  const of = byLibrary(stored);
  const ofInstitution = of.get(null) ?? [];
  return [
    { library: null, ...hoursOf(ofInstitution, []), drafts: draftsIn(ofInstitution), calendar: null },
    ...libraries.map((library) => {
      const own = of.get(library.code) ?? [];
      const calendar = calendarOf(recordsForRules([...ofInstitution, ...own]), library, viewer.zone);
      return { library, ...hoursOf(own, ofInstitution), drafts: draftsIn(own), calendar };
    }),
  ];
}

const draftsIn = (records: readonly StoredCalendarRecord[]): number => records.filter(({ state }) => state === 'DRAFT').length;

function hoursOf(own: readonly StoredCalendarRecord[], ofInstitution: readonly StoredCalendarRecord[]): Pick<CalendarOverview, 'hours' | 'hoursUntil'> {
  const lastDays = (records: readonly StoredCalendarRecord[]) =>
    records.flatMap(({ type, state, validTo }) => (type === 'STANDARD' && state === 'APPLIED' ? [validTo] : [])).toSorted();
  const [mine, inherited] = [lastDays(own), lastDays(ofInstitution)];
  const hours = mine.length > 0 ? 'OWN' : inherited.length > 0 ? 'INSTITUTION' : 'NONE';
  return { hours, hoursUntil: (hours === 'OWN' ? mine : inherited).at(-1) ?? null };
}

/** A change that was applied, and the run that worked it through; null: none has yet, or its record is gone. */
export interface PastCalendarChange {
  change: StoredCalendarChange;
  run: Pick<StoredRun, 'processId' | 'counters'> | null;
}

/** The latest first. */
export async function latestCalendarChanges({ models }: ApiContext, viewer: Viewer, libraryCode: string | null, limit: number): Promise<PastCalendarChange[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'the calendar');
  const institutionId = viewer.institution.code;
  const changes = await models.CalendarChange.find({ institutionId, ...levelOf(libraryCode) }).sort({ appliedAt: -1, _id: -1 }).limit(limit).lean();
  const runIds = changes.flatMap(({ processedRunId }) => processedRunId ?? []);
  const runs = await models.Run.find({ institutionId, _id: { $in: runIds } }, { processId: 1, counters: 1 }).lean();
  return changes.map((change) => ({ change, run: runs.find(({ _id }) => _id === change.processedRunId) ?? null }));
}
