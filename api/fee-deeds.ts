/** What is booked on a fee at the desk, by pages and REST alike: who may, how it is refused, what the audit says (platform.md 11 and 12). */
import { bookOnFee, type AskedBooking, type BookedOnFee } from '../desk/book-on-fee.js';
import { payFees, type PaidFees } from '../desk/pay-fees.js';
import type { InstitutionPermission } from '../domain/permissions.js';
import type { Booking } from '../domain/fulfillment/fee-bookings.js';
import type { Fee } from '../models/fee.js';
import { recordDeed, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { deedOf, notPossible } from './desk.js';
import type { Clerk } from './loan-deeds.js';

/** Taking money is everybody's at the desk; the rest its managers decide. */
export const permissionFor = (type: Booking['type']): Extract<InstitutionPermission, 'CIRCULATION' | 'CIRCULATION_OVERRIDE'> =>
  type === 'PAYMENT' ? 'CIRCULATION' : 'CIRCULATION_OVERRIDE';

/** The reason of the booking is the reason in the audit. Refusals: forbidden, not-possible. */
export async function book(context: ApiContext, { viewer, author }: Clerk, feeId: string, asked: AskedBooking): Promise<Exclude<BookedOnFee, { outcome: 'REFUSED' }>> {
  const { booking, reason } = asked;
  const result = await bookOnFee(deedOf(context, viewer, permissionFor(booking.type)), feeId, asked);
  if (result.outcome === 'REFUSED') throw notPossible(result.reason);
  if (!result.again) await record(context, result.fee, booking.type, { ...author, reason });
  return result;
}

/** A sum for all that somebody owes. Refusals: forbidden, not-possible. */
export async function pay(
  context: ApiContext, { viewer, author }: Clerk, userId: string, amount: number, transactionId: string,
): Promise<Exclude<PaidFees, { outcome: 'REFUSED' }>> {
  const result = await payFees(deedOf(context, viewer, permissionFor('PAYMENT')), userId, amount, transactionId);
  if (result.outcome === 'REFUSED') throw notPossible(result.reason);
  for (const { fee, again } of result.booked) if (!again) await record(context, fee, 'PAYMENT', author);
  return result;
}

function record(context: ApiContext, { institutionId, _id, type, title }: Fee, action: Booking['type'], author: Author): Promise<void> {
  return recordDeed(context, institutionId, { type: 'Fee', id: _id, label: title === null ? type : `${type}, ${title}` }, { action, author });
}
