/** Terms of use of loans, and what they come to by an example (fulfillment-loans.md, S3, S5, S6). */
import { z } from 'zod';
import { dayNumber } from '../../domain/days.js';
import { workedExample } from '../../domain/fulfillment/worked-example.js';
import { loanPolicies } from '../../domain/terms-of-use.js';
import { notPossible } from '../desk.js';
import {
  calendarOfLibrary, changeTermsOfUse, createTermsOfUse, exampleOfTerms, listTermsOfUse, newTermsOfUseFields, newTermsOfUseSchema, removeTermsOfUse, termsExampleSchema,
  termsOfUseOf, termsOfUseSchema, type ReadTerms,
} from '../terms-of-use.js';
import { endpoint, type Reply } from './endpoint.js';
import { demandVersion } from './serve.js';
import { day, givenInstant, instant, iso, none } from './values.js';

const tag = 'Terms of use';
const codePath = z.strictObject({ terms: z.string().min(1).max(100) });
const stored = z.object({
  ...newTermsOfUseFields.shape, code: z.string(),
  policies: loanPolicies.nullable().describe('null: they are gone or cannot be read; loans under these terms are told as TOU_MISSING.'),
  owner: z.enum(['LOCAL', 'NETWORK']), link: z.enum(['ATTACHED', 'DETACHED']), version: z.int(),
}).meta({ id: 'TermsOfUse' });

const shown = ({ terms: { code, name, owner, link, version }, policies }: ReadTerms): z.output<typeof stored> => ({ code, name, policies, owner, link, version });
const reply = (read: ReadTerms): Reply<z.output<typeof stored>> => ({
  body: shown(read), version: read.terms.version, location: `/terms-of-use/${encodeURIComponent(read.terms.code)}`,
});

const list = endpoint({
  method: 'get', at: '/terms-of-use', tag, summary: 'The terms of use of loans, by code',
  path: none, query: none, body: z.undefined(),
  status: 200, answer: z.object({ items: z.array(stored), next: z.null() }),
  refusals: [],
  handle: async (context, { viewer }) => ({ body: { items: (await listTermsOfUse(context, viewer)).map(shown), next: null } }),
});

const one = endpoint({
  method: 'get', at: '/terms-of-use/{terms}', tag, summary: 'One of them',
  path: codePath, query: none, body: z.undefined(),
  status: 200, answer: stored,
  refusals: [],
  handle: async (context, { viewer, path }) => reply(await termsOfUseOf(context, viewer, path.terms)),
});

const create = endpoint({
  method: 'post', at: '/terms-of-use', tag, summary: 'Create terms of use; a policy that is left out gets its default',
  path: none, query: none, body: newTermsOfUseSchema,
  status: 201, answer: stored,
  refusals: ['forbidden', 'duplicate', 'validation-failed'],
  handle: async (context, { viewer, body, author }) => reply(await createTermsOfUse(context, viewer, body, author())),
});

const replace = endpoint({
  method: 'put', at: '/terms-of-use/{terms}', tag, summary: 'Replace name and policies; a policy that is left out gets its default',
  path: codePath, query: none, body: termsOfUseSchema,
  status: 200, answer: stored, ifMatch: true,
  refusals: ['forbidden', 'not-possible', 'validation-failed'],
  handle: async (context, { viewer, path, version, body, author }) => {
    const before = await termsOfUseOf(context, viewer, path.terms);
    demandVersion(before.terms, version, before.terms.name);
    return reply(await changeTermsOfUse(context, viewer, before, body, author()));
  },
});

const remove = endpoint({
  method: 'delete', at: '/terms-of-use/{terms}', tag, summary: 'Delete terms of use that no rule names and no open loan goes by; created again under the code they are revived',
  path: codePath, query: none, body: z.undefined(),
  status: 204, answer: z.undefined(), ifMatch: true,
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, path, version, author }) => {
    const before = await termsOfUseOf(context, viewer, path.terms);
    demandVersion(before.terms, version, before.terms.name);
    await removeTermsOfUse(context, viewer, before, author());
    return { body: undefined };
  },
});

const amount = z.int().describe('Minor units of the institution’s currency.');
const example = endpoint({
  method: 'post', at: '/terms-of-use-examples', tag, summary: 'What policies come to, saved or not: when a loan is due, what it costs late or lost',
  path: none, query: none, body: termsExampleSchema,
  status: 200,
  answer: z.object({
    dueDate: instant, noOpenDay: z.boolean().describe('It lies on closed time, as no open day was found.'),
    late: z.array(z.object({ days: z.int(), at: instant, fine: amount, recalledFine: amount })),
    replacementFee: amount, processFee: amount,
  }),
  refusals: ['validation-failed', 'not-possible'],
  handle: async (context, { viewer, body }) => {
    const answer = await exampleOfTerms(context, viewer, body);
    if ('refused' in answer) throw notPossible(answer.refused === 'NOT_LATER' ? 'NO_LATER_DUE_DATE' : answer.refused);
    const late = answer.late.map(({ at, ...each }) => ({ ...each, at: iso(new Date(at)) }));
    return { body: { ...answer, dueDate: iso(new Date(answer.dueDate)), late } };
  },
});

const workedThrough = endpoint({
  method: 'post', at: '/terms-of-use/{terms}/worked-examples', tag, summary: 'When a loan would be due, and what it costs to bring it back then; nothing is stored',
  path: codePath, query: none,
  body: z.strictObject({
    libraryCode: z.string().min(1).max(100), lentAt: givenInstant, returnedAt: givenInstant,
    expiryDate: day.optional().describe('Last day of the card.'), recalled: z.boolean().default(false),
  }),
  status: 200,
  answer: z.object({
    dueDate: instant,
    shortLoan: z.boolean(),
    cappedByExpiry: z.boolean().describe('The card ends first.'),
    noOpenDay: z.boolean().describe('Left on closed time: no open day was found.'),
    fine: z.object({ type: z.enum(['OVERDUE_FINE', 'RECALLED_OVERDUE_FINE']), amount: z.int().describe('Minor units.') }),
  }),
  refusals: ['not-possible'],
  handle: async (context, { viewer, path, body: { libraryCode, lentAt, returnedAt, expiryDate, recalled } }) => {
    const { policies } = await termsOfUseOf(context, viewer, path.terms);
    if (policies === null) throw notPossible('TOU_MISSING');
    const loan = { lentAt: lentAt.getTime(), returnedAt: returnedAt.getTime(), expiryDay: expiryDate === undefined ? null : dayNumber(expiryDate), recalled };
    const worked = workedExample(loan, policies, await calendarOfLibrary(context, viewer, libraryCode));
    if ('refused' in worked) throw notPossible(worked.refused === 'NOT_LATER' ? 'NO_LATER_DUE_DATE' : worked.refused);
    return { body: { ...worked, dueDate: new Date(worked.dueDate).toISOString() } };
  },
});

export const termsOfUseEndpoints = [list, one, create, replace, remove, workedThrough, example];
