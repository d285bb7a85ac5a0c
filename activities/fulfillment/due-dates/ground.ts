/**
 * What every loan of a page is judged by: the calendar changes that are still open, the hours as they are now, terms of use and settings.
 * Read once per page (fulfillment-loans.md, S12).
 */
import type { Parameters } from '../../../catalogue/fulfillment/loans-due-date-correction.js';
import { calendarOf } from '../../../domain/calendar.js';
import { momentAt, zoneOf } from '../../../domain/days.js';
import { daysConcerned, type CalendarChange, type LibraryDays } from '../../../domain/fulfillment/calendar-changes.js';
import type { CorrectionContext } from '../../../domain/fulfillment/loans-due-date-correction.js';
import { policiesByTerms } from '../../../domain/terms-of-use.js';
import type { StoredCalendarChange } from '../../../models/library.js';
import { readHours } from '../../../models/hours.js';
import type { Models } from '../../../models/models.js';
import { separatesByLibrary } from '../notices/letter-settings.js';

export type OpenChange = Pick<StoredCalendarChange, '_id' | 'level' | 'libraryCode' | 'fromDate' | 'toDate' | 'version'>;

export interface Ground {
  /** Without users, who belong to a page's loans. */
  context: Omit<CorrectionContext, 'users'>;
  changes: readonly OpenChange[];
  /** Of libraries that are there; in the order of the walk. */
  days: readonly LibraryDays[];
  /** Codes of libraries whose calendar changed and whose record is gone. */
  missing: readonly string[];
}

/** Which institution, when, and by which run; `scoped`: over the records that failed, whose changes are closed. */
interface Judging {
  institutionId: string;
  runId: string;
  asOf: string;
  timeZone: string;
  scoped: boolean;
}

export async function readGround(models: Models, judging: Judging, parameters: Parameters): Promise<Ground> {
  const { institutionId, runId, asOf, timeZone, scoped } = judging;
  const given = givenDays(parameters);
  const [changes, settings, libraries, hours, termsOfUse, policies] = await Promise.all([
    scoped || given !== null ? [] : changesOf(models, judging),
    models.FulfillmentSettings.findOne({ institutionId }, { separatePatronNotificationsByLibrary: 1 }).lean(),
    models.Library.find({ institutionId }).lean(),
    readHours(models, institutionId),
    models.TermsOfUse.find({ institutionId, type: 'LOAN', deletedAt: null }).lean(),
    models.Policy.find({ institutionId, deletedAt: null }, { type: 1, code: 1, value: 1 }).lean(),
  ]);
  const moment = momentAt(zoneOf(timeZone), Date.parse(asOf));
  const ownHours = new Set(hours.flatMap(({ type, level, libraryCode }) => (type === 'STANDARD' && level === 'LIBRARY' ? [libraryCode] : [])));
  const changed = libraries.map((library) => ({ ...library, hasOwnHours: ownHours.has(library.code) }));
  const concerned = daysConcerned(given === null ? changes : [given], changed, moment.today - parameters.pastDays);
  const calendars = new Map(libraries.map((library) => [library.code, calendarOf(hours, library, moment.zone)]));
  return {
    context: {
      runId, moment, keepManualDueDates: parameters.keepManualDueDates, notify: parameters.notify,
      separatePatronNotificationsByLibrary: separatesByLibrary(settings),
      days: scoped ? null : concerned, calendars, termsOfUse: policiesByTerms(termsOfUse, policies),
    },
    changes,
    days: concerned.filter(({ libraryCode }) => calendars.has(libraryCode)),
    missing: [...new Set(concerned.map(({ libraryCode }) => libraryCode))].filter((code) => !calendars.has(code)),
  };
}

/** Of a run that was started by hand for a library and its days, in place of the changes. */
function givenDays({ libraryCode, from, to }: Parameters): CalendarChange | null {
  return libraryCode === undefined || from === undefined || to === undefined ? null : { level: 'LIBRARY', libraryCode, fromDate: from, toDate: to };
}

/** Those that are open, and those that this run has closed: a page that is repeated late works on the same. */
async function changesOf({ CalendarChange }: Models, { institutionId, runId, asOf }: Judging): Promise<OpenChange[]> {
  const fields = { level: 1, libraryCode: 1, fromDate: 1, toDate: 1, version: 1 } as const;
  const at = new Date(asOf);
  const [open, closed] = await Promise.all([
    CalendarChange.find({ institutionId, processedAt: null, appliedAt: { $lte: at } }, fields).lean<OpenChange[]>(),
    CalendarChange.find({ institutionId, processedAt: at, processedRunId: runId }, fields).lean<OpenChange[]>(),
  ]);
  return [...open, ...closed];
}
