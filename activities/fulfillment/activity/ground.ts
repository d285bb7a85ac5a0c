/** What every patron of a page is judged by: the moment, the settings of job and letters, terms of use and hours. Read once per page (S12). */
import { notificationsActivityReport } from '../../../catalogue/fulfillment/notifications-activity-report.js';
import { calendarOf } from '../../../domain/calendar.js';
import { momentAt, zoneOf } from '../../../domain/days.js';
import { periodOf, type ActivityContext } from '../../../domain/fulfillment/notifications-activity-report.js';
import { policiesByTerms } from '../../../domain/terms-of-use.js';
import { readHours } from '../../../models/hours.js';
import type { Models } from '../../../models/models.js';
import { typeNamesOf, type ToldWith } from '../fees/told-fee.js';
import { letterSettingsOf, type LetterSettings } from '../notices/letter-settings.js';

export interface Ground {
  institutionId: string;
  runId: string;
  context: ActivityContext;
  letters: LetterSettings;
  told: ToldWith;
  /** What makes a report one report, whichever run of a chain writes it. */
  period: string;
}

/** Which institution, when, and by which run (`-`: by none, of an explanation). */
interface Judging {
  institutionId: string;
  runId: string;
  asOf: string;
  businessDate: string;
  timeZone: string;
  parameters: Record<string, unknown>;
}

export async function readGround(models: Models, judging: Judging): Promise<Ground> {
  const { institutionId, runId, asOf, timeZone } = judging;
  const parameters = notificationsActivityReport.parameters.parse(judging.parameters);
  const [settings, termsOfUse, policies, libraries, hours, period] = await Promise.all([
    models.FulfillmentSettings.findOne({ institutionId }, { separatePatronNotificationsByLibrary: 1, maxLoansPerLetter: 1, staffFeeTypeNames: 1 }).lean(),
    models.TermsOfUse.find({ institutionId, type: 'LOAN', deletedAt: null }).lean(),
    models.Policy.find({ institutionId, deletedAt: null }, { type: 1, code: 1, value: 1 }).lean(),
    models.Library.find({ institutionId }).lean(),
    readHours(models, institutionId),
    periodOfChain(models, judging),
  ]);
  const moment = momentAt(zoneOf(timeZone), Date.parse(asOf));
  const letters = letterSettingsOf(settings, libraries);
  const { userGroups, contentMode, minimumDebt, includeAccruedFines } = parameters;
  return {
    institutionId,
    runId,
    context: {
      moment, userGroups, contentMode, minimumDebt, includeAccruedFines,
      termsOfUse: policiesByTerms(termsOfUse, policies),
      libraries: new Map(libraries.map((library) => [library.code, { calendar: calendarOf(hours, library, moment.zone) }])),
    },
    letters,
    told: { libraries: letters.libraries, typeNames: typeNamesOf(settings) },
    period,
  };
}

/** By the first run of a chain of repeats and retries, as far back as runs are kept. */
async function periodOfChain(models: Models, { institutionId, runId, businessDate }: Judging): Promise<string> {
  const runOf = (id: string) => models.Run.findOne({ institutionId, _id: id }, { trigger: 1, businessDate: 1, parentRunId: 1 }).lean();
  let first = await runOf(runId);
  for (let before = first; before !== null; before = before.parentRunId === null ? null : await runOf(before.parentRunId)) first = before;
  return first === null ? businessDate : periodOf({ runId: first._id, trigger: first.trigger, businessDate: first.businessDate });
}
