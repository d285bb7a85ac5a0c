/**
 * Terms of use of loans as staff keep them, with their policies as one set of values: listed, read, created, changed, and tried by an example
 * (fulfillment-loans.md, S3, S5). Whoever sees fulfillment jobs reads them, whoever configures these changes them.
 *
 * Several terms may share a policy, and runs at work read both. So a policy, once stored, is left as it is: terms that get another value name
 * the policy of that value from then on, and the change is one write to the terms alone.
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { calendarOf, type Calendar } from '../domain/calendar.js';
import type { DueDateRefusal } from '../domain/due-date.js';
import { termsExample, type TermsExample } from '../domain/fulfillment/terms-example.js';
import { senselessIn } from '../domain/fulfillment/terms-sense.js';
import { loanPolicies, policiesByTerms, type LoanPolicies } from '../domain/terms-of-use.js';
import { newId } from '../models/document.js';
import type { TermsOfUse } from '../models/fulfillment.js';
import { readHours } from '../models/hours.js';
import { createByCode, deletion, saveChange, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { checked, valid } from './job-settings.js';
import { lastingCode } from './profiles.js';
import { libraryOf } from './libraries.js';
import { Refusal, type InputProblem } from './refusal.js';
import { demandIn, type Viewer } from './viewer.js';

/** `policies` null: they are gone or cannot be read, and loans under these terms are told as TOU_MISSING. */
export interface ReadTerms {
  terms: TermsOfUse;
  policies: LoanPolicies | null;
}

export const termsOfUseFields = z.strictObject({ name: z.string().trim().min(1).max(200), policies: loanPolicies });
export const newTermsOfUseFields = z.strictObject({
  code: lastingCode.describe('Unique in the institution; rules name it. It stays.'),
  ...termsOfUseFields.shape,
});
const sensible = ({ policies }: { policies: LoanPolicies }, context: z.RefinementCtx): void => {
  for (const { place, value, expectation } of senselessIn(policies)) {
    context.addIssue({ code: 'custom', path: ['policies', ...place.split('.')], message: `${JSON.stringify(value)} was given; expected ${expectation}` });
  }
};
/** Whole terms: a policy that is left out gets its default, also when terms are changed. */
export const termsOfUseSchema = termsOfUseFields.superRefine(sensible);
export const newTermsOfUseSchema = newTermsOfUseFields.superRefine(sensible);

export const termsExampleSchema = z
  .strictObject({
    policies: loanPolicies,
    libraryCode: z.string().min(1).max(100).describe('Whose hours count.'),
    lentAt: z.iso.datetime({ offset: true, error: 'expected a day and a time of it' }).meta({ examples: ['2026-05-12T02:00:00.000Z'] }),
    itemPrice: z.int().min(0).max(100_000_000).nullable().default(null).describe('Minor units of the institution’s currency; null: the item has none.'),
  })
  .superRefine(sensible);

/** By code; an institution has some dozens. Refusal: not-found for somebody who sees no fulfillment jobs. */
export async function listTermsOfUse({ models }: ApiContext, viewer: Viewer): Promise<ReadTerms[]> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'terms of use');
  const institutionId = viewer.institution.code;
  const [terms, policies] = await Promise.all([
    models.TermsOfUse.find({ institutionId, type: 'LOAN', deletedAt: null }).sort({ code: 1 }).lean(),
    models.Policy.find({ institutionId, deletedAt: null }, { type: 1, code: 1, value: 1 }).lean(),
  ]);
  const read = policiesByTerms(terms, policies);
  return terms.map((each) => ({ terms: each, policies: read.get(each._id) ?? null }));
}

export async function termsOfUseOf({ models }: ApiContext, viewer: Viewer, code: string): Promise<ReadTerms> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', `terms of use ${code}`);
  const institutionId = viewer.institution.code;
  const terms = await models.TermsOfUse.findOne({ institutionId, code, type: 'LOAN', deletedAt: null }).lean();
  if (terms === null) throw new Refusal('not-found', `There are no terms of use ${code}.`);
  const codes = terms.policies.map(({ policyCode }) => policyCode);
  const policies = await models.Policy.find({ institutionId, code: { $in: codes }, deletedAt: null }, { type: 1, code: 1, value: 1 }).lean();
  return { terms, policies: policiesByTerms([terms], policies).get(terms._id) ?? null };
}

/** The hours of a library, as the rules see them. */
export async function calendarOfLibrary(context: ApiContext, viewer: Viewer, code: string): Promise<Calendar> {
  const institutionId = viewer.institution.code;
  const [library, hours] = await Promise.all([libraryOf(context, viewer, code), readHours(context.models, institutionId, code)]);
  return calendarOf(hours, library, viewer.zone);
}

/** Copies from the network are read-only, until somebody detaches them (fulfillment-requests.md, 8). */
export const isOfNetwork = ({ owner, link }: TermsOfUse): boolean => owner === 'NETWORK' && link === 'ATTACHED';

/** `input` is a body or a form as it came. Refusals: forbidden, validation-failed with a pointer per field, duplicate. */
export async function createTermsOfUse(context: ApiContext, viewer: Viewer, input: unknown, author: Author): Promise<ReadTerms> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'terms of use');
  const { code, name, policies } = valid('terms of use', checked(newTermsOfUseSchema, input));
  await demandEvents(context, viewer, policies);
  const institutionId = viewer.institution.code;
  const named = await policiesStored(context, institutionId, policies, null);
  const content = { code, name, type: 'LOAN', policies: named, owner: 'LOCAL', active: true, originKey: `#${newId()}` } as const;
  await createByCode(context, context.models.TermsOfUse, institutionId, content, { existing: 'There are terms of use', label: name, author });
  return termsOfUseOf(context, viewer, code);
}

/**
 * Replaces name and policies of `before`, the terms as they were read. Open loans go by them at once; their due dates stay.
 * Refusals as of creating, not-possible for terms of the network, and precondition-failed when somebody else changed them since.
 */
export async function changeTermsOfUse(context: ApiContext, viewer: Viewer, before: ReadTerms, input: unknown, author: Author): Promise<ReadTerms> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'terms of use');
  const { terms } = before;
  if (isOfNetwork(terms)) throw new Refusal('not-possible', `${terms.name} come from the network, which keeps them.`);
  const { name, policies } = valid('terms of use', checked(termsOfUseSchema, input));
  await demandEvents(context, viewer, policies);
  const set = { name, policies: await policiesStored(context, terms.institutionId, policies, before) };
  await saveChange(context, context.models.TermsOfUse, terms, set, { action: 'CHANGE', label: name, author });
  return termsOfUseOf(context, viewer, terms.code);
}

/** A rule of a fulfillment unit that names terms of use. */
export interface NamingRule {
  unitCode: string;
  name: string;
}

/** By unit and order, disabled ones too: enabled again they would lend by terms that are not there. */
export async function rulesNaming({ models }: ApiContext, { institutionId, code }: Pick<TermsOfUse, 'institutionId' | 'code'>): Promise<NamingRule[]> {
  return models.FulfillmentUnitRule.find({ institutionId, touCode: code, deletedAt: null }, { unitCode: 1, name: 1 })
    .sort({ unitCode: 1, ruleType: 1, order: 1 }).lean();
}

const LOANS_NAMED = 3;

/**
 * Refusals: forbidden, precondition-failed, and not-possible for terms of the network, or while a rule names them or an open loan goes by them. Open
 * loans are looked through for that, as no index leads from terms to loans: some seconds where millions are out, for terms that no rule names.
 * Terms that are created under the same code revive these.
 */
export async function removeTermsOfUse(context: ApiContext, viewer: Viewer, { terms }: ReadTerms, author: Author): Promise<void> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', 'terms of use');
  if (isOfNetwork(terms)) throw new Refusal('not-possible', `${terms.name} come from the network, which keeps them.`);
  const { models, now } = context;
  const { institutionId, _id, name } = terms;
  const inUse = (use: string) => new Refusal('not-possible', `${name} cannot be deleted: ${use}.`, [{ code: 'in-use', message: `It cannot be deleted: ${use}` }]);
  const rules = await rulesNaming(context, terms);
  if (rules.length > 0) throw inUse(`rules name them: ${rules.map((rule) => `${rule.name} (${rule.unitCode})`).join(', ')}`);
  const loans = await models.Loan.find({ institutionId, status: 'ACTIVE', touId: _id }, { barcode: 1 }).limit(LOANS_NAMED + 1).lean();
  if (loans.length > 0) throw inUse(`loans that are out go by them: ${loans.slice(0, LOANS_NAMED).map(({ barcode }) => barcode).join(', ')}${loans.length > LOANS_NAMED ? ' and more' : ''}`);
  await saveChange(context, models.TermsOfUse, terms, deletion(now()), { action: 'DELETE', label: name, author });
}

/** What the policies come to, saved or not. `input` as it came. Refusal: validation-failed. */
export async function exampleOfTerms(context: ApiContext, viewer: Viewer, input: unknown): Promise<TermsExample | DueDateRefusal> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'terms of use');
  const { models } = context;
  const { policies, libraryCode, lentAt, itemPrice } = valid('example', checked(termsExampleSchema, input));
  const { code: institutionId, currency } = viewer.institution;
  await demandEvents(context, viewer, policies);
  const library = await models.Library.findOne({ institutionId, code: libraryCode }, { defaultReplacementCost: 1 }).lean();
  if (library === null) refuseAt([{ pointer: '/libraryCode', code: 'unknown', message: `"${libraryCode}" was given; expected the code of a library` }]);
  const calendar = await calendarOfLibrary(context, viewer, libraryCode);
  return termsExample(policies, { lentAt: Date.parse(lentAt), calendar, currency, itemPrice, defaultReplacementCost: library.defaultReplacementCost });
}

/** An event that no calendar knows would make every loan impossible. */
async function demandEvents({ models }: ApiContext, viewer: Viewer, { dueDate, renewalPeriod }: LoanPolicies): Promise<void> {
  const named = Object.entries({ dueDate, renewalPeriod }).flatMap(([type, period]) => (period?.kind === 'EVENT' ? [{ type, eventName: period.eventName }] : []));
  if (named.length === 0) return;
  const known = await models.CalendarRecord.distinct('eventName', { institutionId: viewer.institution.code, type: 'EVENT', state: 'APPLIED' });
  const expected = known.length === 0 ? 'an event of a calendar, and there is none' : `an event of a calendar: ${known.join(', ')}`;
  const problems = named.filter(({ eventName }) => !known.includes(eventName))
    .map(({ type, eventName }) => ({ pointer: `/policies/${type}/eventName`, code: 'unknown', message: `"${eventName}" was given; expected ${expected}` }));
  if (problems.length > 0) refuseAt(problems);
}

function refuseAt(problems: InputProblem[]): never {
  throw new Refusal('validation-failed', `That is not valid: ${problems.map(({ message }) => message).join('; ')}.`, problems);
}

const usual = new Map<string, unknown>(Object.entries(loanPolicies.omit({ dueDate: true }).parse({})));

/** The policies that the terms name from now on, made where they are new: what did not change stays named as it was, and a default needs no policy. */
async function policiesStored({ models }: ApiContext, institutionId: string, policies: LoanPolicies, before: ReadTerms | null): Promise<TermsOfUse['policies']> {
  const readable = before?.policies ?? null;
  const old = new Map<string, unknown>(Object.entries(readable ?? {}));
  const named = new Map(readable === null ? [] : before?.terms.policies.map(({ type, policyCode }) => [type, policyCode]));
  for (const [type, value] of Object.entries(policies)) {
    if (old.has(type) && isDeepStrictEqual(old.get(type), value)) continue;
    if (usual.has(type) && isDeepStrictEqual(usual.get(type), value)) {
      named.delete(type);
      continue;
    }
    const code = JSON.stringify(value);
    named.set(type, code);
    const own = { $setOnInsert: { _id: newId(), name: code, value, owner: 'LOCAL', originKey: `#${newId()}` } } as const;
    await models.Policy.updateOne({ institutionId, type, code }, { ...own, $set: { deletedAt: null, deleteAfter: null } }, { upsert: true });
  }
  return [...named].map(([type, policyCode]) => ({ type, policyCode }));
}
