/** What every loan of a page is judged by: the moment, the settings of the job and of letters. Read once per page (fulfillment-loans.md, S12). */
import type { Parameters } from '../../../catalogue/fulfillment/notifications-due-date-reminders.js';
import { momentAt, zoneOf } from '../../../domain/days.js';
import type { ReminderContext } from '../../../domain/fulfillment/notifications-due-date-reminders.js';
import type { Models } from '../../../models/models.js';
import { separatesByLibrary } from '../notices/letter-settings.js';

/** Without users, who belong to a page's loans. */
export type Ground = Omit<ReminderContext, 'users'>;

/** Which institution, when, and by which run. */
interface Judging {
  institutionId: string;
  runId: string;
  asOf: string;
  timeZone: string;
}

export async function readGround(models: Models, { institutionId, runId, asOf, timeZone }: Judging, parameters: Parameters): Promise<Ground> {
  const settings = await models.FulfillmentSettings.findOne({ institutionId }, { separatePatronNotificationsByLibrary: 1 }).lean();
  const moment = momentAt(zoneOf(timeZone), Date.parse(asOf));
  return { runId, moment, ...parameters, separatePatronNotificationsByLibrary: separatesByLibrary(settings) };
}
