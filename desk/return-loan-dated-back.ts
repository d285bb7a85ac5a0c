/** Check-in of what came back earlier than it is seen, as from a book drop: all that follows is reckoned as of then (fulfillment-loans.md, S6). */
import { refusalOfReturnDate, type ReturnDateRefusal } from '../domain/fulfillment/return-date.js';
import type { Deed } from './deed.js';
import { returnLoan, type ReturnedLoan } from './return-loan.js';

/**
 * The records say what was so at `returnedAt`; who asks keeps in the audit when that was found out. What has happened to the loan since then
 * stays: a fee that a later notice cost, a renewal of the night. Repeatable, as any return is.
 */
export async function returnLoanDatedBack(deed: Deed, loanId: string, returnedAt: Date): Promise<ReturnedLoan | { outcome: 'REFUSED'; reason: ReturnDateRefusal }> {
  const { models, institutionId, at } = deed;
  const loan = await models.Loan.findOne({ institutionId, _id: loanId }, { loanDate: 1 }).lean();
  if (loan === null) return { outcome: 'REFUSED', reason: 'NO_LOAN' };
  const reason = refusalOfReturnDate(returnedAt.getTime(), { loanDate: loan.loanDate.getTime(), asOf: at.getTime() });
  return reason === null ? returnLoan({ ...deed, at: returnedAt }, loanId) : { outcome: 'REFUSED', reason };
}
