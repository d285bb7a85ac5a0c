/** Pays, waives, disputes and restores fees, and pays credits out; a lost loan that is paid for ends with its payment (fulfillment-loans.md, S7 and S11.8). */
import { decideBooking, type Booking, type BookingRefusal } from '../domain/fulfillment/fee-bookings.js';
import type { Fee, FeeTransaction } from '../models/fee.js';
import { closePaidLostLoan } from './close-paid-lost-loan.js';
import { ATTEMPTS, type Deed } from './deed.js';

/** `transactionId`: chosen by whoever asks; the same booking under it is booked once. */
export interface AskedBooking {
  booking: Booking;
  transactionId: string;
  reason: string | null;
  comment: string | null;
}

export type BookedOnFee =
  /** `again`: it had been booked before. */
  | { outcome: 'BOOKED'; fee: Fee; closedLoanId: string | null; again: boolean }
  | { outcome: 'REFUSED'; reason: BookingRefusal | 'NO_FEE' | 'TRANSACTION_ID_USED' | 'FEE_BUSY' };

/**
 * Repeatable: a transaction that is there is not booked again, and what follows from it is completed. FEE_BUSY: others kept writing to
 * the fee; nothing was booked.
 */
export async function bookOnFee(deed: Deed, feeId: string, asked: AskedBooking): Promise<BookedOnFee> {
  const { models, institutionId } = deed;
  const { booking, transactionId } = asked;
  for (let attempt = 1; ; attempt += 1) {
    const fee = await models.Fee.findOne({ institutionId, _id: feeId }).lean();
    if (fee === null) return { outcome: 'REFUSED', reason: 'NO_FEE' };
    const booked = fee.transactions.find((transaction) => transaction.transactionId === transactionId);
    if (booked !== undefined && !isSame(booked, booking)) return { outcome: 'REFUSED', reason: 'TRANSACTION_ID_USED' };
    if (booked !== undefined) return { outcome: 'BOOKED', fee, closedLoanId: await closePaidLostLoan(deed, fee), again: true };

    const decision = decideBooking(fee, booking);
    if (decision.action === 'REFUSE') return { outcome: 'REFUSED', reason: decision.reason };
    const { amount, status, balance } = decision;
    const after = await bookTransaction(deed, fee, { status, balance }, { transactionId, type: booking.type, amount, reason: asked.reason, comment: asked.comment });
    if (after !== null) return { outcome: 'BOOKED', fee: after, closedLoanId: await closePaidLostLoan(deed, after), again: false };
    if (attempt === ATTEMPTS) return { outcome: 'REFUSED', reason: 'FEE_BUSY' };
  }
}

const isSame = ({ type, amount }: FeeTransaction, booking: Booking) => type === booking.type && (!('amount' in booking) || booking.amount === amount);

/** The fee as it stands then; null: somebody else wrote to it since it was read, and nothing was booked. */
export async function bookTransaction(
  { models, institutionId, at, actorId }: Deed, fee: Fee, after: Pick<Fee, 'status' | 'balance'>, transaction: Omit<FeeTransaction, 'at' | 'by'>,
): Promise<Fee | null> {
  const closedAt = after.status === 'CLOSED' ? at : null;
  return models.Fee.findOneAndUpdate(
    { institutionId, _id: fee._id, version: fee.version },
    { $set: { ...after, closedAt, transactions: [...fee.transactions, { ...transaction, at, by: actorId }] }, $inc: { version: 1 } },
    { returnDocument: 'after' },
  ).lean();
}
