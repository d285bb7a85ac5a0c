/** What every loan of a page is judged by: the moment, the settings of the job and of letters. Read once per page (fulfillment-loans.md, S12). */
import type { Parameters } from '../../../catalogue/fulfillment/notifications-due-date-reminders.js';
import { momentAt, zoneOf } from '../../../domain/days.js';
import type { ReminderContext } from '../../../domain/fulfillment/notifications-due-date-reminders.js';
import type { Models } from '../../../models/models.js';
import { letterSettingsOf, type LetterSettings } from '../notices/letter-settings.js';

export interface Ground {
  /** Without users, who belong to a page's loans. */
  context: Omit<ReminderContext, 'users'>;
  letters: LetterSettings;
}

/** Which institution, when, and by which run. */
interface Judging {
  institutionId: string;
  runId: string;
  asOf: string;
  timeZone: string;
}

export async function readGround(models: Models, { institutionId, runId, asOf, timeZone }: Judging, parameters: Parameters): Promise<Ground> {
  const [settings, libraries] = await Promise.all([
    models.FulfillmentSettings.findOne({ institutionId }, { separatePatronNotificationsByLibrary: 1, maxLoansPerLetter: 1 }).lean(),
    models.Library.find({ institutionId }, { code: 1, name: 1, email: 1 }).lean(),
  ]);
  const letters = letterSettingsOf(settings, libraries);
  const { separatePatronNotificationsByLibrary } = letters;
  const moment = momentAt(zoneOf(timeZone), Date.parse(asOf));
  return { context: { runId, moment, ...parameters, separatePatronNotificationsByLibrary }, letters };
}
