/**
 * What every loan of a page is judged by: settings, profiles, terms of use, hours and rates of the institution. Small,
 * and read once per page, so that a changed policy acts at once (fulfillment-loans.md, S12).
 */
import type { Parameters } from '../../../catalogue/fulfillment/loans-overdue-and-lost.js';
import { calendarOf } from '../../../domain/calendar.js';
import { dayText, momentAt, zoneOf } from '../../../domain/days.js';
import type { OverdueContext, OverdueLibrary } from '../../../domain/fulfillment/overdue-loan.js';
import { compileProfiles, type CompiledProfiles } from '../../../domain/fulfillment/overdue-lost-profiles.js';
import { converterOn } from '../../../domain/money.js';
import { policiesByTerms } from '../../../domain/terms-of-use.js';
import type { UserBlockDefinition } from '../../../models/fulfillment.js';
import { readHours } from '../../../models/hours.js';
import type { Models } from '../../../models/models.js';
import { separatesByLibrary } from '../notices/letter-settings.js';

export interface Ground {
  /** Without users and items, which belong to a page's loans. */
  context: Omit<OverdueContext, 'users' | 'items'>;
  profiles: CompiledProfiles;
  /** By id. */
  blockDefinitions: ReadonlyMap<string, UserBlockDefinition>;
}

/** Which institution, when, and by which settings of the job. */
export interface Judging {
  institutionId: string;
  runId: string;
  asOf: string;
  timeZone: string;
  currency: string;
}

export async function readProfiles(models: Models, institutionId: string): Promise<CompiledProfiles> {
  const profiles = await models.OverdueLostProfile.find({ institutionId }).lean();
  return compileProfiles(profiles.map((profile) => ({ ...profile, profileId: profile._id })));
}

/** Of an institution without fulfillment settings the defaults hold. */
export async function readGround(models: Models, judging: Judging, parameters: Parameters): Promise<Ground> {
  const { institutionId, runId, asOf, timeZone, currency } = judging;
  const [settings, profiles, termsOfUse, policies, libraries, hours, rates, definitions] = await Promise.all([
    models.FulfillmentSettings.findOne({ institutionId }).lean(),
    readProfiles(models, institutionId),
    models.TermsOfUse.find({ institutionId, type: 'LOAN', deletedAt: null }).lean(),
    models.Policy.find({ institutionId, deletedAt: null }, { type: 1, code: 1, value: 1 }).lean(),
    models.Library.find({ institutionId }).lean(),
    readHours(models, institutionId),
    models.ExchangeRate.find({ institutionId: '*' }).lean(),
    models.UserBlockDefinition.find({ institutionId }).lean(),
  ]);

  const moment = momentAt(zoneOf(timeZone), Date.parse(asOf));
  const byCode = new Map<string, OverdueLibrary>();
  for (const library of libraries) {
    byCode.set(library.code, {
      calendar: calendarOf(hours, library, moment.zone),
      defaultReplacementCost: library.defaultReplacementCost,
    });
  }

  return {
    context: {
      runId,
      moment,
      currency,
      catchUpDays: parameters.catchUpDays,
      overdueAtLostLoan: settings?.overdueAtLostLoan ?? false,
      grouping: {
        singleLetterPerType: parameters.singleLetterPerType,
        separatePatronNotificationsByLibrary: separatesByLibrary(settings),
      },
      termsOfUse: policiesByTerms(termsOfUse, policies),
      libraries: byCode,
      convert: converterOn(rates, dayText(moment.today)),
    },
    profiles,
    blockDefinitions: new Map(definitions.map((definition) => [definition._id, definition])),
  };
}
