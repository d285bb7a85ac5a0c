/** Check-in of what lay in the book drop while the library was closed (fulfillment-loans.md, S6). */
import { bookDropTime } from '../domain/fulfillment/return-date.js';
import type { Deed } from './deed.js';
import { readLoanGround } from './loan-ground.js';
import { returnLoan, type ReturnedLoan } from './return-loan.js';

/** All that follows is reckoned as of the last closing of the loan's library; of one that is unknown, as of now. Repeatable, as any return is. */
export async function returnFromBookDrop(deed: Deed, loanId: string): Promise<ReturnedLoan> {
  const { models, institutionId, at } = deed;
  const loan = await models.Loan.findOne({ institutionId, _id: loanId }).lean();
  if (loan === null) return { outcome: 'REFUSED', reason: 'NO_LOAN' };
  const { calendar } = await readLoanGround(deed, loan);
  const back = calendar === null ? at : new Date(bookDropTime(calendar, { loanDate: loan.loanDate.getTime(), asOf: at.getTime() }));
  return returnLoan({ ...deed, at: back }, loanId);
}
