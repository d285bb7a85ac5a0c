/**
 * What may be booked on a fee at the desk, and how the fee stands after it.
 *
 * Specification: data-model.md 4, fee; fulfillment-loans.md, S7. A fee whose balance reaches 0 is closed. What is in dispute does not count
 * as debt and waits until it is restored; what was exported is the bursar's to collect. A credit is the library's debt: it is refunded, and
 * nothing else is booked on it.
 */

export type FeeStatus = 'ACTIVE' | 'IN_DISPUTE' | 'EXPORTED' | 'CLOSED';

/** Amounts are minor units of the fee's currency, from 1. */
export type Booking = { type: 'PAYMENT' | 'WAIVE' | 'REFUND'; amount: number } | { type: 'DISPUTE' } | { type: 'RESTORE' };

/** `balance` is negative only for a credit. */
export interface BookedFee {
  status: FeeStatus;
  balance: number;
}

export type BookingRefusal = 'FEE_CLOSED' | 'FEE_EXPORTED' | 'FEE_IN_DISPUTE' | 'FEE_NOT_IN_DISPUTE' | 'FEE_IS_CREDIT' | 'FEE_NOT_CREDIT' | 'MORE_THAN_OWED' | 'MORE_THAN_CREDIT';
/** `amount`: what the transaction says; of a dispute and its end the whole balance. */
export type BookingDecision = ({ action: 'BOOK'; amount: number } & BookedFee) | { action: 'REFUSE'; reason: BookingRefusal };

const refuse = (reason: BookingRefusal): BookingDecision => ({ action: 'REFUSE', reason });

export function decideBooking({ status, balance }: BookedFee, booking: Booking): BookingDecision {
  if (status === 'CLOSED') return refuse('FEE_CLOSED');
  if (status === 'EXPORTED') return refuse('FEE_EXPORTED');
  if (booking.type === 'REFUND') return refund(booking.amount, { status, balance });
  if (balance < 0) return refuse('FEE_IS_CREDIT');
  if (booking.type === 'RESTORE') return status === 'IN_DISPUTE' ? { action: 'BOOK', amount: balance, status: 'ACTIVE', balance } : refuse('FEE_NOT_IN_DISPUTE');
  if (status === 'IN_DISPUTE') return refuse('FEE_IN_DISPUTE');
  if (booking.type === 'DISPUTE') return { action: 'BOOK', amount: balance, status: 'IN_DISPUTE', balance };
  return booking.amount > balance ? refuse('MORE_THAN_OWED') : { action: 'BOOK', amount: booking.amount, ...reducedBy(booking.amount, { status, balance }) };
}

function refund(amount: number, { status, balance }: BookedFee): BookingDecision {
  if (balance >= 0) return refuse('FEE_NOT_CREDIT');
  if (amount > -balance) return refuse('MORE_THAN_CREDIT');
  return { action: 'BOOK', amount, ...reducedBy(-amount, { status, balance }) };
}

/** The fee with so much less to pay, `amount` ≤ balance; of a credit less than nothing. */
export function reducedBy(amount: number, { status, balance }: BookedFee): BookedFee {
  const left = balance - amount;
  return { balance: left, status: left === 0 ? 'CLOSED' : status };
}
