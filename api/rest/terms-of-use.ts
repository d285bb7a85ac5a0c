/** Terms of use of loans: list, one, and a loan worked through (fulfillment-loans.md, S3, S5 and S6). */
import { z } from 'zod';
import { dayNumber } from '../../domain/days.js';
import { workedExample } from '../../domain/fulfillment/worked-example.js';
import { notPossible } from '../desk.js';
import { calendarOfLibrary, listTermsOfUse, termsOfUseOf, type ReadTerms } from '../terms-of-use.js';
import { endpoint } from './endpoint.js';
import { day, givenInstant, instant, none, values } from './values.js';

const tag = 'Terms of use';
const codePath = z.strictObject({ terms: z.string().min(1).max(100) });
const shown = z.object({
  code: z.string(),
  name: z.string(),
  policies: values.nullable().describe('Every policy by its type, defaults included; null: one is gone or cannot be read, and no loan goes by these terms.'),
}).meta({ id: 'TermsOfUse' });
const shownTerms = ({ terms: { code, name }, policies }: ReadTerms): z.input<typeof shown> => ({ code, name, policies });

const list = endpoint({
  method: 'get', at: '/terms-of-use', tag, summary: 'The terms of use of loans, by code',
  path: none, query: none, body: z.undefined(),
  status: 200, answer: z.object({ items: z.array(shown), next: z.null() }),
  refusals: [],
  handle: async (context, { viewer }) => ({ body: { items: (await listTermsOfUse(context, viewer)).map(shownTerms), next: null } }),
});

const one = endpoint({
  method: 'get', at: '/terms-of-use/{terms}', tag, summary: 'Terms of use with their policies',
  path: codePath, query: none, body: z.undefined(),
  status: 200, answer: shown,
  refusals: [],
  handle: async (context, { viewer, path }) => ({ body: shownTerms(await termsOfUseOf(context, viewer, path.terms)) }),
});

const example = endpoint({
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

export const termsOfUseEndpoints = [list, one, example];
