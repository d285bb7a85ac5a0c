/** Staff learn that a lost item is found and still with the patron: the loan goes on (fulfillment-loans.md, S11). */
import type { Loan } from '../models/loan.js';
import { ATTEMPTS, type Deed } from './deed.js';
import { writeLoanEvent } from './loan-event.js';
import { readLoanGround } from './loan-ground.js';
import { endChangeToLost } from './lost-by-job.js';
import { writeRefundLetter } from './refund-letter.js';
import { nothing, refundLostFees, type Refunded } from './refund-lost-fees.js';

export type FoundLoan =
  /** `again`: it had been found before. */
  | { outcome: 'FOUND'; loan: Loan; refund: Refunded; again: boolean }
  | { outcome: 'REFUSED'; reason: 'NO_LOAN' | 'LOAN_ENDED' | 'LOAN_NOT_LOST' | 'LOAN_BUSY' };

/**
 * The due cycle stays, so the profiles that fired do not fire again until the due date changes. Repeatable: the money is given back first,
 * each sum under its key, and a loan that is found already is completed.
 */
export async function foundLoan(deed: Deed, loanId: string): Promise<FoundLoan> {
  const { models, institutionId, at } = deed;
  for (let attempt = 1; ; attempt += 1) {
    const loan = await models.Loan.findOne({ institutionId, _id: loanId }).lean();
    if (loan === null) return { outcome: 'REFUSED', reason: 'NO_LOAN' };
    const { status, processStatus, dueCycle, lostCount, lost } = loan;
    if (status === 'COMPLETE') return { outcome: 'REFUSED', reason: 'LOAN_ENDED' };
    if (lost === null) return { outcome: 'REFUSED', reason: 'LOAN_NOT_LOST' };

    if (processStatus !== 'LOST' && !(await isHalfFound(deed, loan))) return { outcome: 'FOUND', loan, refund: nothing, again: true };
    await endChangeToLost(deed, loan);
    const refund = await refundLostFees(deed, loan, await readLoanGround(deed, loan));
    const found = processStatus !== 'LOST' ? loan : await models.Loan.findOneAndUpdate(
      { institutionId, _id: loanId, status: 'ACTIVE', processStatus: 'LOST', dueCycle, lostCount },
      { $set: { processStatus: 'NORMAL', processStatusDate: at }, $inc: { version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (found !== null) {
      await complete(deed, found, refund);
      return { outcome: 'FOUND', loan: found, refund, again: found === loan };
    }
    if (attempt === ATTEMPTS) return { outcome: 'REFUSED', reason: 'LOAN_BUSY' };
  }
}

/** The item is set right last: as long as it counts as lost, something may be missing. */
async function isHalfFound({ models, institutionId }: Deed, { _id, itemId }: Loan): Promise<boolean> {
  return (await models.Item.findOne({ institutionId, _id: itemId, currentLoanId: _id, processType: 'LOST_LOAN' }, { _id: 1 }).lean()) !== null;
}

async function complete(deed: Deed, loan: Loan, refund: Refunded): Promise<void> {
  const { models, institutionId, at } = deed;
  await writeLoanEvent(deed, loan, { type: 'FOUND' });
  await writeRefundLetter(deed, loan, refund);
  await models.Item.updateOne(
    { institutionId, _id: loan.itemId, currentLoanId: loan._id, processType: 'LOST_LOAN' },
    { $set: { processType: 'LOAN', processTypeAt: at }, $inc: { version: 1 } },
  );
}
