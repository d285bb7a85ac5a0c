/**
 * What every loan of a page is judged by: rules, terms of use, hours and limits of the institution, and when the job last worked. Small, and
 * read once per page (fulfillment-loans.md, S12).
 */
import { notificationsCourtesyAndRenewals, type Parameters } from '../../../catalogue/fulfillment/notifications-courtesy-and-renewals.js';
import { calendarOf } from '../../../domain/calendar.js';
import { momentAt, zoneOf } from '../../../domain/days.js';
import type { CourtesyContext } from '../../../domain/fulfillment/notifications-courtesy-and-renewals.js';
import { inOrder } from '../../../domain/rule-tables.js';
import { completedStatuses, type Trigger } from '../../../domain/run.js';
import { policiesByTerms } from '../../../domain/terms-of-use.js';
import { readHours } from '../../../models/hours.js';
import type { Models } from '../../../models/models.js';
import { readRenewalLimits } from '../../../models/renewal-surroundings.js';
import { separatesByLibrary } from '../notices/letter-settings.js';

/** Without borrowers, who belong to a page's loans. */
export type Ground = Omit<CourtesyContext, 'borrowers'>;

/** Which institution, when, and by which run. */
interface Judging {
  institutionId: string;
  runId: string;
  asOf: string;
  timeZone: string;
}

export async function readGround(models: Models, { institutionId, runId, asOf, timeZone }: Judging, parameters: Parameters): Promise<Ground> {
  const [settings, libraries, hours, termsOfUse, policies, rules, limits, lastRunAt] = await Promise.all([
    models.FulfillmentSettings.findOne({ institutionId }, { separatePatronNotificationsByLibrary: 1 }).lean(),
    models.Library.find({ institutionId }).lean(),
    readHours(models, institutionId),
    models.TermsOfUse.find({ institutionId, type: 'LOAN', deletedAt: null }).lean(),
    models.Policy.find({ institutionId, deletedAt: null }, { type: 1, code: 1, value: 1 }).lean(),
    models.AutoRenewalRule.find({ institutionId }).sort({ order: 1, _id: 1 }).lean(),
    readRenewalLimits(models, institutionId),
    readLastRun(models, institutionId, new Date(asOf)),
  ]);
  const moment = momentAt(zoneOf(timeZone), Date.parse(asOf));
  return {
    ...parameters,
    ...limits,
    runId,
    moment,
    lastRunAt,
    separatePatronNotificationsByLibrary: separatesByLibrary(settings),
    rules: inOrder(rules),
    termsOfUse: policiesByTerms(termsOfUse, policies),
    calendars: new Map(libraries.map((library) => [library.code, calendarOf(hours, library, moment.zone)])),
  };
}

/** They look at the whole window; a preview writes nothing, a retry takes up single loans. */
const whole: readonly Trigger[] = ['SCHEDULE', 'MANUAL', 'API', 'RERUN', 'AUTO_RETRY', 'CONTINUATION'];

/** `asOf` of the last run before that ended completed; null: there is none. */
async function readLastRun(models: Models, institutionId: string, asOf: Date): Promise<number | null> {
  const job = await models.ScheduledJob.findOne({ institutionId, jobKey: notificationsCourtesyAndRenewals.key }, { _id: 1 }).lean();
  if (job === null) return null;
  const runs = { institutionId, scheduledJobId: job._id, status: { $in: [...completedStatuses] }, trigger: { $in: whole }, asOf: { $lt: asOf } };
  const last = await models.Run.findOne(runs, { asOf: 1 }).sort({ submittedAt: -1, _id: -1 }).lean();
  return last?.asOf.getTime() ?? null;
}
