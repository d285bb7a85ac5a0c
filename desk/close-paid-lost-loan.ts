/** Lost and paid: the loan ends with the last payment for it (fulfillment-loans.md, S11.8). */
import { isPaid } from '../domain/fulfillment/lost-loans.js';
import type { Fee } from '../models/fee.js';
import type { Deed } from './deed.js';
import { lostFee, lostFeesOf } from './lost-fees.js';

/** Answers with the loan if it was lost and is paid for now. Repeatable; a loan that was found meanwhile is left alone. */
export async function closePaidLostLoan(deed: Deed, { type, loanId }: Fee): Promise<string | null> {
  const { models, institutionId, at } = deed;
  if (loanId === null || (type !== 'LOST_ITEM_REPLACEMENT_FEE' && type !== 'LOST_ITEM_PROCESS_FEE')) return null;
  const loan = await models.Loan.findOne({ institutionId, _id: loanId }).lean();
  if (loan === null || loan.processStatus !== 'LOST' || loan.closeReason === 'RETURNED') return null;
  const settings = await models.FulfillmentSettings.findOne({ institutionId }, { closePaidLostLoans: 1 }).lean();
  if (settings?.closePaidLostLoans === false) return null;
  const { replacement, process } = await lostFeesOf(deed, loan);
  if (!isPaid([replacement, process].flatMap((fee) => (fee === null ? [] : [lostFee(fee)])))) return null;

  const { dueCycle, lostCount, itemId } = loan;
  const closed = await models.Loan.updateOne(
    { institutionId, _id: loanId, status: 'ACTIVE', processStatus: 'LOST', dueCycle, lostCount },
    // The end of the loan, from which the archiving counts.
    { $set: { status: 'COMPLETE', closeReason: 'LOST_AND_PAID', returnDate: at }, $inc: { version: 1 } },
  );
  if (closed.matchedCount === 0 && loan.closeReason !== 'LOST_AND_PAID') return null;
  await models.Item.updateOne(
    { institutionId, _id: itemId, currentLoanId: loanId, processType: 'LOST_LOAN' },
    { $set: { processType: 'LOST_LOAN_AND_PAID', processTypeAt: at }, $inc: { version: 1 } },
  );
  return loanId;
}
