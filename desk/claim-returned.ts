/** The patron says that the item was returned; the library has not seen it (fulfillment-loans.md, S6.1). */
import type { Loan } from '../models/loan.js';
import { ATTEMPTS, type Deed } from './deed.js';
import { writeLoanEvent } from './loan-event.js';

export type ClaimedReturned =
  /** `again`: it had been claimed before. */
  | { outcome: 'CLAIMED'; loan: Loan; again: boolean }
  | { outcome: 'REFUSED'; reason: 'NO_LOAN' | 'LOAN_ENDED' | 'LOAN_LOST' | 'LOAN_BUSY' };

/** The fine stops at the first claim; a repeated one changes nothing. A lost loan has been charged for: it is found, not claimed. */
export async function claimReturned(deed: Deed, loanId: string): Promise<ClaimedReturned> {
  const { models, institutionId, at } = deed;
  for (let attempt = 1; ; attempt += 1) {
    const loan = await models.Loan.findOne({ institutionId, _id: loanId }).lean();
    if (loan === null) return { outcome: 'REFUSED', reason: 'NO_LOAN' };
    const { status, processStatus, dueCycle, itemId } = loan;
    if (status === 'COMPLETE') return { outcome: 'REFUSED', reason: 'LOAN_ENDED' };
    if (processStatus === 'LOST') return { outcome: 'REFUSED', reason: 'LOAN_LOST' };
    const claimed = processStatus === 'CLAIMED_RETURN' ? loan : await models.Loan.findOneAndUpdate(
      { institutionId, _id: loanId, status: 'ACTIVE', processStatus, dueCycle },
      { $set: { processStatus: 'CLAIMED_RETURN', processStatusDate: at, claimedReturnAt: at }, $inc: { version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (claimed === null && attempt < ATTEMPTS) continue;
    if (claimed === null) return { outcome: 'REFUSED', reason: 'LOAN_BUSY' };

    const then = { ...deed, at: claimed.claimedReturnAt ?? at };
    await writeLoanEvent(then, claimed, { type: 'CLAIMED_RETURN' });
    await models.Item.updateOne(
      { institutionId, _id: itemId, currentLoanId: loanId, processType: 'LOAN' },
      { $set: { processType: 'CLAIM_RETURNED_LOAN', processTypeAt: then.at }, $inc: { version: 1 } },
    );
    return { outcome: 'CLAIMED', loan: claimed, again: claimed === loan };
  }
}
