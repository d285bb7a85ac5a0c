/** Loans at the desk: a patron's, one, and what happens to it (fulfillment-loans.md, S6 and S11). */
import { z } from 'zod';
import { newId } from '../../models/document.js';
import { processStatuses, type Loan } from '../../models/loan.js';
import { loanOf, userIdOf } from '../desk.js';
import { claim, find, giveBack, lend, lose, renew } from '../loan-deeds.js';
import { pageOf } from '../paging.js';
import { endpoint } from './endpoint.js';
import { feeSchema, shownFee } from './fees.js';
import { givenInstant, id, instant, iso, isoOrNull, maybeInstant, none, pageSchema, paging } from './values.js';

const tag = 'Loans';

/** A loan goes by its id or, as `barcode:39999000123456`, by its item. */
export const loanPath = z.strictObject({
  loan: z.string().regex(/^([0-9a-f]{24}|barcode:.{1,100})$/, 'expected an id of 24 hex digits, or barcode:39999000123456'),
});

export const loanSchema = z.object({
  id,
  userId: id.nullable().describe('null: anonymised.'),
  itemId: id,
  barcode: z.string(),
  title: z.string(),
  libraryCode: z.string(),
  loanDate: instant,
  dueDate: instant,
  dueDateSource: z.enum(['POLICY', 'EVENT', 'MANUAL', 'BULK', 'RECALL', 'RENEWAL', 'CALENDAR']),
  dueCycle: z.int(),
  shortLoan: z.boolean(),
  status: z.enum(['ACTIVE', 'COMPLETE']),
  processStatus: z.enum(processStatuses),
  recalled: z.boolean(),
  renewalCount: z.int(),
  claimedReturnAt: maybeInstant,
  lostAt: maybeInstant.describe('When it was lost last; null: never.'),
  returnDate: maybeInstant,
  closeReason: z.enum(['RETURNED', 'LOST_AND_PAID']).nullable(),
}).meta({ id: 'Loan' });

export function shownLoan(loan: Loan): z.input<typeof loanSchema> {
  const { _id, userId, itemId, barcode, title, libraryCode, dueDateSource, dueCycle, shortLoan, status, processStatus, renewalCount, closeReason } = loan;
  return {
    id: _id, userId, itemId, barcode, title, libraryCode, loanDate: iso(loan.loanDate), dueDate: iso(loan.dueDate), dueDateSource, dueCycle, shortLoan,
    status, processStatus, recalled: loan.recall?.active ?? false, renewalCount, claimedReturnAt: isoOrNull(loan.claimedReturnAt),
    lostAt: isoOrNull(loan.lost?.at ?? null), returnDate: isoOrNull(loan.returnDate), closeReason,
  };
}

const list = endpoint({
  method: 'get', at: '/loans', tag, summary: 'The loans of a patron, in the order in which they were made',
  path: none, query: z.strictObject({ user: z.string().min(1).max(255).describe('Primary id.'), status: z.enum(['ACTIVE', 'COMPLETE']).default('ACTIVE'), ...paging }), body: z.undefined(),
  status: 200, answer: pageSchema(loanSchema),
  refusals: ['forbidden', 'invalid-cursor'],
  handle: async (context, { viewer, query: { user, status, limit, cursor = null } }) => {
    const userId = await userIdOf(context, viewer, user);
    const filter = { institutionId: viewer.institution.code, status, userId };
    const { items, next } = await pageOf<Loan>({ model: context.models.Loan, filter, sortBy: '_id', direction: 1, limit, cursor });
    return { body: { items: items.map(shownLoan), next } };
  },
});

const one = endpoint({
  method: 'get', at: '/loans/{loan}', tag, summary: 'One loan',
  path: loanPath, query: none, body: z.undefined(),
  status: 200, answer: loanSchema,
  refusals: ['forbidden'],
  handle: async (context, { viewer, path }) => ({ body: shownLoan(await loanOf(context, viewer, path.loan)) }),
});

const refund = z.object({ waived: z.int(), credited: z.int() }).describe('Of the replacement fee of a lost loan; minor units.');

const checkIn = endpoint({
  method: 'post', at: '/loans/{loan}/return', tag, summary: 'Check in: the item is back. The fine is posted; what a lost loan cost is refunded',
  path: loanPath, query: none,
  body: z.strictObject({
    bookDrop: z.boolean().default(false).describe('It lay in the book drop: back since the library closed last.'),
    returnedAt: givenInstant.optional().describe('When it came back, if that was earlier: fines go by it; needs CIRCULATION_OVERRIDE. It counts before `bookDrop`.'),
  }),
  status: 200,
  answer: z.object({
    loan: loanSchema,
    returnedBefore: z.boolean().describe('Nothing was done: the item had been returned.'),
    fine: feeSchema.nullable().describe('Posted by this return.'),
    refund,
    problem: z.enum(['TOU_MISSING', 'LIBRARY_MISSING']).nullable().describe('Why no fine could be reckoned.'),
  }),
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, path, body: { returnedAt, bookDrop }, author }) => {
    const { _id } = await loanOf(context, viewer, path.loan);
    const result = await giveBack(context, { viewer, author: author() }, _id, returnedAt ?? (bookDrop ? 'BOOK_DROP' : 'NOW'));
    if (result.outcome === 'RETURNED_BEFORE') return { body: { loan: shownLoan(result.loan), returnedBefore: true, fine: null, refund: { waived: 0, credited: 0 }, problem: null } };
    const { loan, fine, problem } = result;
    return { body: { loan: shownLoan(loan), returnedBefore: false, fine: fine && shownFee(fine), refund: result.refund, problem } };
  },
});

const claimed = endpoint({
  method: 'post', at: '/loans/{loan}/claim-returned', tag, summary: 'The patron says it was returned: its fine grows no longer',
  path: loanPath, query: none, body: z.strictObject({}),
  status: 200, answer: loanSchema,
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, path, author }) => {
    const { _id } = await loanOf(context, viewer, path.loan);
    return { body: shownLoan(await claim(context, { viewer, author: author() }, _id)) };
  },
});

const found = endpoint({
  method: 'post', at: '/loans/{loan}/found', tag, summary: 'A lost item is found and still with the patron: the loan goes on, its lost fees are refunded',
  path: loanPath, query: none, body: z.strictObject({}),
  status: 200, answer: z.object({ loan: loanSchema, refund }),
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, path, author }) => {
    const { _id } = await loanOf(context, viewer, path.loan);
    const { loan, refund: given } = await find(context, { viewer, author: author() }, _id);
    return { body: { loan: shownLoan(loan), refund: given } };
  },
});

const lost = endpoint({
  method: 'post', at: '/loans/{loan}/lost', tag, summary: 'The patron says it is lost: what a lost item costs is charged, and no letter goes out',
  path: loanPath, query: none, body: z.strictObject({}),
  status: 200,
  answer: z.object({
    loan: loanSchema, fees: z.array(feeSchema).describe('Charged for it.'),
    problems: z.array(z.enum(['TOU_MISSING', 'CURRENCY_UNKNOWN', 'REPLACEMENT_COST_MISSING'])).describe('Why less was charged, or nothing.'),
  }),
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, path, author }) => {
    const { _id } = await loanOf(context, viewer, path.loan);
    const { loan, fees, problems } = await lose(context, { viewer, author: author() }, _id);
    return { body: { loan: shownLoan(loan), fees: fees.map(shownFee), problems } };
  },
});

const checkOut = endpoint({
  method: 'post', at: '/loans', tag, summary: 'Check out: lend an item to a patron',
  path: none, query: none,
  body: z.strictObject({
    user: z.string().min(1).max(255).describe('Primary id.'),
    barcode: z.string().min(1).max(100),
    loanId: id.optional().describe('Chosen by the caller: the item is lent once under it.'),
    override: z.boolean().default(false).describe('Limits, and blocks that may be overridden, do not count; needs CIRCULATION_OVERRIDE.'),
  }),
  status: 201, answer: loanSchema,
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, body: { user, barcode, loanId = newId(), override }, author }) => {
    const loan = await lend(context, { viewer, author: author() }, { loanId, barcode, userId: await userIdOf(context, viewer, user), override });
    return { body: shownLoan(loan), location: `/loans/${loan._id}` };
  },
});

const renewal = endpoint({
  method: 'post', at: '/loans/{loan}/renew', tag, summary: 'Renew a loan; the fine of an overdue one is posted',
  path: loanPath, query: none,
  body: z.strictObject({ dueCycle: z.int().min(1).optional().describe('The one that the caller has seen: it is renewed once. Without it, the present one.') }),
  status: 200, answer: z.object({ loan: loanSchema, fees: z.array(feeSchema).describe('Charged by this renewal.') }),
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, path, body, author }) => {
    const before = await loanOf(context, viewer, path.loan);
    const { loan, fees } = await renew(context, { viewer, author: author() }, before._id, body.dueCycle ?? before.dueCycle);
    return { body: { loan: shownLoan(loan), fees: fees.map(shownFee) } };
  },
});

export const loanEndpoints = [list, one, checkOut, renewal, checkIn, claimed, lost, found];
