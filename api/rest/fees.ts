/** Fees at the desk: a patron's, one, and what is booked on it (fulfillment-loans.md, S7). */
import { z } from 'zod';
import type { Booking } from '../../domain/fulfillment/fee-bookings.js';
import { newId } from '../../models/document.js';
import type { Fee } from '../../models/fee.js';
import { feeOf, userIdOf } from '../desk.js';
import { book, charge, checkFee, newFeeSchema, pay } from '../fee-deeds.js';
import { valid } from '../job-settings.js';
import { pageOf } from '../paging.js';
import { endpoint } from './endpoint.js';
import { id, idPath, instant, iso, isoOrNull, maybeInstant, none, pageSchema, paging } from './values.js';

const tag = 'Fees';
const statuses = ['ACTIVE', 'IN_DISPUTE', 'EXPORTED', 'CLOSED'] as const;
const minorUnits = z.int().describe('Minor units of the currency.');

export const feeSchema = z.object({
  id,
  userId: id.nullable().describe('null: anonymised.'),
  type: z.string(),
  status: z.enum(statuses),
  originalAmount: minorUnits,
  balance: minorUnits.describe('What is still owed; negative: a credit of the patron.'),
  currency: z.string(),
  libraryCode: z.string().nullable(),
  loanId: id.nullable(),
  itemId: id.nullable(),
  barcode: z.string().nullable(),
  title: z.string().nullable(),
  comment: z.string().nullable(),
  createdAt: instant,
  closedAt: maybeInstant,
  transactions: z.array(z.object({
    transactionId: z.string(), type: z.enum(['PAYMENT', 'WAIVE', 'REFUND', 'DISPUTE', 'RESTORE', 'EXPORT']), amount: minorUnits, at: instant,
    reason: z.string().nullable(), comment: z.string().nullable(),
  })),
}).meta({ id: 'Fee' });

export function shownFee(fee: Fee): z.input<typeof feeSchema> {
  const { _id, userId, type, status, originalAmount, balance, currency, libraryCode, loanId, itemId, barcode, title, comment, createdAt, closedAt } = fee;
  return {
    id: _id, userId, type, status, originalAmount, balance, currency, libraryCode, loanId, itemId, barcode, title, comment, createdAt: iso(createdAt), closedAt: isoOrNull(closedAt),
    transactions: fee.transactions.map(({ transactionId, type: what, amount, at, reason, comment }) => ({ transactionId, type: what, amount, at: iso(at), reason, comment })),
  };
}

const list = endpoint({
  method: 'get', at: '/fees', tag, summary: 'The fees of a patron, oldest first',
  path: none, query: z.strictObject({ user: z.string().min(1).max(255).describe('Primary id.'), status: z.enum(statuses).default('ACTIVE'), ...paging }), body: z.undefined(),
  status: 200, answer: pageSchema(feeSchema),
  refusals: ['forbidden', 'invalid-cursor'],
  handle: async (context, { viewer, query: { user, status, limit, cursor = null } }) => {
    const userId = await userIdOf(context, viewer, user);
    const filter = { institutionId: viewer.institution.code, status, userId };
    const { items, next } = await pageOf<Fee>({ model: context.models.Fee, filter, sortBy: 'createdAt', direction: 1, limit, cursor });
    return { body: { items: items.map(shownFee), next } };
  },
});

const one = endpoint({
  method: 'get', at: '/fees/{id}', tag, summary: 'One fee with its transactions',
  path: idPath, query: none, body: z.undefined(),
  status: 200, answer: feeSchema,
  refusals: ['forbidden'],
  handle: async (context, { viewer, path }) => ({ body: shownFee(await feeOf(context, viewer, path.id)) }),
});

const charging = endpoint({
  method: 'post', at: '/fees', tag, summary: 'Charge a fee by hand',
  path: none, query: none,
  body: newFeeSchema.extend({
    user: z.string().min(1).max(255).describe('Primary id.'),
    feeId: id.optional().describe('Chosen by the caller: one fee is charged under it.'),
  }),
  status: 201, answer: feeSchema,
  refusals: ['forbidden', 'not-possible', 'validation-failed'],
  handle: async (context, { viewer, body: { user, feeId = newId(), ...asked }, author }) => {
    const userId = await userIdOf(context, viewer, user);
    const fee = await charge(context, { viewer, author: author() }, feeId, userId, valid('fee', await checkFee(context, viewer, userId, asked)));
    return { body: shownFee(fee), location: `/fees/${fee._id}` };
  },
});

const booked = z.object({ fee: feeSchema, closedLoanId: id.nullable().describe('A lost loan that is paid for with this, and has ended.') });
const saidOfIt = z.strictObject({
  transactionId: z.string().min(1).max(100).optional().describe('Chosen by the caller: the same booking under it is made once.'),
  reason: z.string().trim().min(1).max(200).optional(),
  comment: z.string().trim().min(1).max(2000).optional(),
});
const ofAmount = saidOfIt.extend({ amount: z.int().min(1).max(1_000_000_000).describe('Minor units; at most the balance, of a credit what it is below zero.') });

function bookingEndpoint<Body extends typeof saidOfIt>(
  at: string, summary: string, asked: Body, bookingOf: (body: z.output<Body>) => Booking,
) {
  return endpoint({
    method: 'post', at: `/fees/{id}/${at}`, tag, summary,
    path: idPath, query: none, body: asked,
    status: 201, answer: booked,
    refusals: ['forbidden', 'not-possible'],
    handle: async (context, { viewer, path, body, author }) => {
      const { transactionId = newId(), reason = null, comment = null } = body;
      const { _id } = await feeOf(context, viewer, path.id);
      const { fee, closedLoanId } = await book(context, { viewer, author: author() }, _id, { booking: bookingOf(body), transactionId, reason, comment });
      return { body: { fee: shownFee(fee), closedLoanId }, location: `/fees/${_id}` };
    },
  });
}

const bookings = [
  bookingEndpoint('payments', 'Take a payment', ofAmount, ({ amount }) => ({ type: 'PAYMENT', amount })),
  bookingEndpoint('waivers', 'Waive a part or all of what is owed', ofAmount, ({ amount }) => ({ type: 'WAIVE', amount })),
  bookingEndpoint('disputes', 'Put in dispute: it is no debt until it is restored', saidOfIt, () => ({ type: 'DISPUTE' })),
  bookingEndpoint('restorations', 'End a dispute: the fee is owed again', saidOfIt, () => ({ type: 'RESTORE' })),
  bookingEndpoint('refunds', 'Pay out a part or all of a credit', ofAmount, ({ amount }) => ({ type: 'REFUND', amount })),
];

const payment = endpoint({
  method: 'post', at: '/payments', tag, summary: 'Take a sum for all that a patron owes: the oldest fee is paid first',
  path: none, query: none,
  body: z.strictObject({
    user: z.string().min(1).max(255).describe('Primary id.'),
    amount: z.int().min(1).max(1_000_000_000).describe('Minor units; at most what is owed.'),
    transactionId: z.string().min(1).max(100).optional().describe('Chosen by the caller: the same payment under it is made once.'),
  }),
  status: 201,
  answer: z.object({
    fees: z.array(feeSchema).describe('Those that it paid, or paid a part of.'), closedLoanIds: z.array(id).describe('Lost loans that are paid for with this, and have ended.'),
    left: minorUnits.describe('What was not taken, because somebody else was faster with the rest.'),
  }),
  refusals: ['forbidden', 'not-possible'],
  handle: async (context, { viewer, body: { user, amount, transactionId = newId() }, author }) => {
    const { booked: paid, left } = await pay(context, { viewer, author: author() }, await userIdOf(context, viewer, user), amount, transactionId);
    return { body: { fees: paid.map(({ fee }) => shownFee(fee)), closedLoanIds: paid.flatMap(({ closedLoanId }) => closedLoanId ?? []), left } };
  },
});

export const feeEndpoints = [list, one, charging, payment, ...bookings];
