/** What a loan is judged by at the desk: its terms of use, the hours of its library, and what the institution has set. */
import { calendarOf, type Calendar } from '../domain/calendar.js';
import { momentAt, zoneOf, type Moment } from '../domain/days.js';
import { policiesByTerms, type LoanPolicies } from '../domain/terms-of-use.js';
import type { FulfillmentSettings } from '../models/fulfillment.js';
import { readHours } from '../models/hours.js';
import type { Loan } from '../models/loan.js';
import type { Deed } from './deed.js';

export interface LoanGround {
  moment: Moment;
  currency: string;
  /** null: the terms of use are missing or cannot be read. */
  policies: LoanPolicies | null;
  /** null: the library is unknown. */
  calendar: Calendar | null;
  /** null: nothing is set, and the defaults hold. */
  settings: FulfillmentSettings | null;
}

export async function readLoanGround(deed: Deed, { touId, libraryCode }: Pick<Loan, 'touId' | 'libraryCode'>): Promise<LoanGround> {
  const { models, institutionId, at } = deed;
  const [institution, settings, terms, library, hours] = await Promise.all([
    models.Institution.findOne({ institutionId, code: institutionId }, { timeZone: 1, currency: 1 }).orFail().lean(),
    models.FulfillmentSettings.findOne({ institutionId }).lean(),
    models.TermsOfUse.findOne({ institutionId, _id: touId, type: 'LOAN', deletedAt: null }).lean(),
    models.Library.findOne({ institutionId, code: libraryCode }).lean(),
    readHours(models, institutionId, libraryCode),
  ]);
  const policyCodes = terms?.policies.map(({ policyCode }) => policyCode) ?? [];
  const policies = await models.Policy.find({ institutionId, code: { $in: policyCodes }, deletedAt: null }, { type: 1, code: 1, value: 1 }).lean();
  const zone = zoneOf(institution.timeZone);
  return {
    moment: momentAt(zone, at.getTime()),
    currency: institution.currency,
    policies: terms === null ? null : (policiesByTerms([terms], policies).get(terms._id) ?? null),
    calendar: library === null ? null : calendarOf(hours, library, zone),
    settings,
  };
}
