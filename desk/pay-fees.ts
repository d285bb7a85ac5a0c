/** A sum that a patron pays, spread over what they owe: the oldest fee first (fulfillment-loans.md, S7). */
import type { Fee } from '../models/fee.js';
import { bookOnFee, type BookedOnFee } from './book-on-fee.js';
import { ATTEMPTS, type Deed } from './deed.js';

type Booked = Extract<BookedOnFee, { outcome: 'BOOKED' }>;
export type PaidFees =
  /** `left`: what was not taken, because others were faster with the rest; 0 as a rule. */
  | { outcome: 'PAID'; booked: Booked[]; left: number }
  | { outcome: 'REFUSED'; reason: 'MORE_THAN_OWED' };

/**
 * Each fee takes its part under `transactionId`, so that a payment that broke off is completed by the same payment made once more. What is in
 * dispute or with the bursar is not paid, credits stay.
 */
export async function payFees(deed: Deed, userId: string, amount: number, transactionId: string): Promise<PaidFees> {
  const { institutionId, models: { Fee } } = deed;
  const pay = (fee: Fee, part: number) => bookOnFee(deed, fee._id, { booking: { type: 'PAYMENT', amount: part }, transactionId, reason: null, comment: null });
  const booked: Booked[] = [];
  for (let refused = 0; refused < ATTEMPTS; ) {
    // In this order: a fee that the same payment closes meanwhile, sent twice, is met twice and not missed.
    const active = await Fee.find({ institutionId, status: 'ACTIVE', userId }).sort({ createdAt: 1, _id: 1 }).lean();
    const closed = await Fee.find({ institutionId, status: 'CLOSED', userId, 'transactions.transactionId': transactionId }).sort({ createdAt: 1, _id: 1 }).lean();
    const fees = [...closed, ...active.filter(({ _id }) => !closed.some((fee) => fee._id === _id))];
    const paid = fees.filter((fee) => paidUnder(transactionId, fee) > 0);
    const left = amount - paid.reduce((sum, fee) => sum + paidUnder(transactionId, fee), 0);
    const unfinished = paid.find(({ _id }) => !booked.some(({ fee }) => fee._id === _id)); // by an attempt that broke off
    const owed = fees.filter((fee) => fee.status === 'ACTIVE' && fee.balance > 0 && !paid.includes(fee));
    if (paid.length === 0 && refused === 0 && left > owed.reduce((sum, { balance }) => sum + balance, 0)) return { outcome: 'REFUSED', reason: 'MORE_THAN_OWED' };

    const next = unfinished ?? (left === 0 ? undefined : owed[0]);
    if (next === undefined) return { outcome: 'PAID', booked, left };
    const result = await pay(next, next === unfinished ? paidUnder(transactionId, next) : Math.min(left, next.balance));
    if (result.outcome === 'BOOKED') booked.push(result);
    else refused += 1;
  }
  return { outcome: 'PAID', booked, left: amount - booked.reduce((sum, { fee }) => sum + paidUnder(transactionId, fee), 0) };
}

function paidUnder(transactionId: string, { transactions }: Fee): number {
  return transactions.find((transaction) => transaction.transactionId === transactionId)?.amount ?? 0;
}
