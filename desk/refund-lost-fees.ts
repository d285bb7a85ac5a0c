/** Gives back what a lost loan that is found was charged (fulfillment-loans.md, S11.1-3). */
import { reducedBy } from '../domain/fulfillment/fee-bookings.js';
import { refundKey, refundOf } from '../domain/fulfillment/lost-loans.js';
import type { Fee } from '../models/fee.js';
import { insertOnce } from '../models/insert-once.js';
import type { Loan } from '../models/loan.js';
import { newFee } from '../models/new-fee.js';
import { bookTransaction } from './book-on-fee.js';
import { ATTEMPTS, type Deed } from './deed.js';
import type { LoanGround } from './loan-ground.js';
import { lostFee, lostFeesOf } from './lost-fees.js';

/** Of the replacement fee; minor units. */
export interface Refunded {
  waived: number;
  credited: number;
}
export const nothing: Refunded = { waived: 0, credited: 0 };

/**
 * `nothing` where the policies are unknown or the borrower is anonymous. Repeatable: each waiver and the credit have their key. Throws when
 * others keep writing to the fees.
 */
export async function refundLostFees(deed: Deed, loan: Loan, { policies, moment }: LoanGround): Promise<Refunded> {
  if (loan.lost === null || policies === null || loan.userId === null) return nothing;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const { replacement, process } = await lostFeesOf(deed, loan);
    const refund = refundOf(loan.lost.at.getTime(), policies, moment, replacement && lostFee(replacement), process && lostFee(process));
    const isWaived = (await waive(deed, replacement, refund.waiveReplacement)) && (await waive(deed, process, refund.waiveProcess));
    if (!isWaived) continue;
    if (replacement !== null && refund.credit > 0) await credit(deed, replacement, refund.credit);
    return { waived: refund.waiveReplacement, credited: refund.credit };
  }
  throw new Error(`Fees of loan ${loan._id} of ${deed.institutionId} were changed by others ${ATTEMPTS} times: expected to refund them`);
}

/** False: somebody else wrote to the fee since it was read. */
async function waive(deed: Deed, fee: Fee | null, amount: number): Promise<boolean> {
  if (fee === null || amount === 0 || lostFee(fee).waivedForRefund !== null) return true;
  const transaction = { transactionId: refundKey(fee._id), type: 'WAIVE', amount, reason: 'LOST_ITEM_FOUND', comment: null } as const;
  return (await bookTransaction(deed, fee, reducedBy(amount, fee), transaction)) !== null;
}

async function credit({ models, institutionId, at }: Deed, fee: Fee, amount: number): Promise<void> {
  const charge = { type: 'CREDIT', amount: -amount, currency: fee.currency, dedupeKey: refundKey(fee._id) };
  await insertOnce(models.Fee, [{ ...newFee(institutionId, charge, fee, at), relatedFeeId: fee._id }]);
}
