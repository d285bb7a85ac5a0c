/** Check-in: the item is back (fulfillment-loans.md, S6 and S11). */
import { fineOnLostReturn } from '../domain/fulfillment/lost-loans.js';
import { overdueFine, type OverdueFine } from '../domain/overdue-fine.js';
import type { Fee } from '../models/fee.js';
import type { Loan } from '../models/loan.js';
import { ATTEMPTS, type Deed } from './deed.js';
import { finedLoan } from './fined-loan.js';
import { giveDemerits } from './give-demerits.js';
import { leaveBlocks } from './leave-blocks.js';
import { writeLoanEvent } from './loan-event.js';
import { readLoanGround, type LoanGround } from './loan-ground.js';
import { endChangeToLost } from './lost-by-job.js';
import { postFine, takeBackFees } from './post-fine.js';
import { writeRefundLetter } from './refund-letter.js';
import { nothing, refundLostFees, type Refunded } from './refund-lost-fees.js';

/** `fine`: posted by this return. `problem`: why no fine could be reckoned. */
export type ReturnedLoan =
  | { outcome: 'RETURNED'; loan: Loan; fine: Fee | null; refund: Refunded; problem: FineProblem | null }
  /** It had been returned before; what a return that broke off left undone is done. */
  | { outcome: 'RETURNED_BEFORE'; loan: Loan }
  | { outcome: 'REFUSED'; reason: 'NO_LOAN' | 'LOAN_BUSY' };
export type FineProblem = 'TOU_MISSING' | 'LIBRARY_MISSING';

/**
 * Repeatable. Money comes first, each sum under its key, so that a return that breaks off leaves an open loan, which is returned again; the
 * item is freed last. A loan that was lost and paid for and comes back all the same is refunded as any lost one.
 */
export async function returnLoan(deed: Deed, loanId: string): Promise<ReturnedLoan> {
  const { models, institutionId } = deed;
  let posted: Fee | null = null;
  for (let attempt = 1; ; attempt += 1) {
    const loan = await models.Loan.findOne({ institutionId, _id: loanId }).lean();
    if (loan === null) return { outcome: 'REFUSED', reason: 'NO_LOAN' };
    if (loan.closeReason === 'RETURNED') {
      await resumeReturn(deed, loan);
      return { outcome: 'RETURNED_BEFORE', loan };
    }
    // The loan went another way since the fine was reckoned: it is reckoned anew.
    await takeBackFees(deed, posted === null ? [] : [posted]);
    if (attempt > ATTEMPTS) return { outcome: 'REFUSED', reason: 'LOAN_BUSY' };

    const ground = await readLoanGround(deed, loan);
    if (loan.processStatus === 'LOST') await endChangeToLost(deed, loan);
    const refund = loan.processStatus === 'LOST' ? await refundLostFees(deed, loan, ground) : nothing;
    const fine = loan.status === 'ACTIVE' ? fineOnReturn(loan, ground) : null;
    posted = fine === null || typeof fine === 'string' ? null : await postFine(deed, loan, fine, ground.currency);
    const returned = await endLoan(deed, loan);
    if (returned === null) continue;

    await completeReturn(deed, returned, refund, ground);
    return { outcome: 'RETURNED', loan: returned, fine: posted, refund, problem: typeof fine === 'string' ? fine : null };
  }
}

function fineOnReturn(loan: Loan, { policies, calendar, settings, moment: { asOf } }: LoanGround): OverdueFine | FineProblem | null {
  if (policies === null) return 'TOU_MISSING';
  if (calendar === null) return 'LIBRARY_MISSING';
  const fined = finedLoan(loan);
  if (loan.processStatus !== 'LOST' || loan.lost === null) return overdueFine(fined, policies, calendar, asOf);
  return fineOnLostReturn(fined, loan.lost.at.getTime(), settings?.overdueFineOnLostReturn ?? 'TO_RETURN_DATE', policies, calendar, asOf);
}

/** What the money was reckoned by is still so, and the loan ends (S10); null: it is not. `processStatus` keeps what it was. */
async function endLoan({ models, institutionId, at }: Deed, { _id, status, closeReason, dueCycle, processStatus, lostCount }: Loan): Promise<Loan | null> {
  return models.Loan.findOneAndUpdate(
    { institutionId, _id, status, closeReason, dueCycle, processStatus, lostCount },
    { $set: { status: 'COMPLETE', closeReason: 'RETURNED', returnDate: at }, $inc: { version: 1 } },
    { returnDocument: 'after' },
  ).lean();
}

/** All that follows from the end of the loan. The item is freed last: as long as it belongs to the loan, something may be missing. */
async function completeReturn(deed: Deed, loan: Loan, refund: Refunded, ground: LoanGround): Promise<void> {
  const { models, institutionId, at } = deed;
  await leaveBlocks(deed, loan);
  await giveDemerits(deed, loan, ground);
  await writeRefundLetter(deed, loan, refund);
  await writeLoanEvent(deed, loan, { type: 'RETURNED' });
  await models.Item.updateOne(
    { institutionId, _id: loan.itemId, currentLoanId: loan._id },
    { $set: { currentLoanId: null, processType: null, processTypeAt: at, baseStatus: 'IN_PLACE' }, $inc: { version: 1 } },
  );
}

/** Of a return that broke off, as of its moment. */
export async function resumeReturn(deed: Deed, loan: Loan): Promise<void> {
  const { models, institutionId } = deed;
  const item = await models.Item.findOne({ institutionId, _id: loan.itemId, currentLoanId: loan._id }, { _id: 1 }).lean();
  if (item === null) return;
  const then = { ...deed, at: loan.returnDate ?? deed.at };
  const ground = await readLoanGround(then, loan);
  const refund = loan.processStatus === 'LOST' ? await refundLostFees(then, loan, ground) : nothing;
  await completeReturn(then, loan, refund, ground);
}
