/** Terms of use of loans as staff read them, and worked through (fulfillment-loans.md, S5). Whoever sees fulfillment jobs sees them. */
import { calendarOf, type Calendar } from '../domain/calendar.js';
import { policiesByTerms, type LoanPolicies } from '../domain/terms-of-use.js';
import type { TermsOfUse } from '../models/fulfillment.js';
import type { ApiContext } from './context.js';
import { Refusal } from './refusal.js';
import { demandIn, type Viewer } from './viewer.js';

/** `policies` null: one of them is gone or cannot be read, and no loan goes by these terms. */
export interface ReadTerms {
  terms: TermsOfUse;
  policies: LoanPolicies | null;
}

/** By code; an institution has some dozens. */
export async function listTermsOfUse({ models }: ApiContext, viewer: Viewer): Promise<ReadTerms[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'terms of use');
  const institutionId = viewer.institution.code;
  const [terms, policies] = await Promise.all([
    models.TermsOfUse.find({ institutionId, type: 'LOAN', deletedAt: null }).sort({ code: 1 }).lean(),
    models.Policy.find({ institutionId, deletedAt: null }, { type: 1, code: 1, value: 1 }).lean(),
  ]);
  const byTerms = policiesByTerms(terms, policies);
  return terms.map((each) => ({ terms: each, policies: byTerms.get(each._id) ?? null }));
}

export async function termsOfUseOf(context: ApiContext, viewer: Viewer, code: string): Promise<ReadTerms> {
  const found = (await listTermsOfUse(context, viewer)).find(({ terms }) => terms.code === code);
  if (found === undefined) throw new Refusal('not-found', `There are no terms of use ${code}.`);
  return found;
}

/** The hours of a library, as the rules see them. */
export async function calendarOfLibrary({ models }: ApiContext, viewer: Viewer, code: string): Promise<Calendar> {
  const institutionId = viewer.institution.code;
  const [library, records] = await Promise.all([
    models.Library.findOne({ institutionId, code }).lean(),
    models.CalendarRecord.find({ institutionId, libraryCode: { $in: [null, code] }, state: 'APPLIED' }).lean(),
  ]);
  if (library === null) throw new Refusal('not-found', `There is no library ${code}.`);
  return calendarOf(records.map((record) => ({ ...record, createdAt: record.createdAt.getTime() })), library, viewer.zone);
}
