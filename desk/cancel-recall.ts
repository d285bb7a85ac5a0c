/** Takes a recall back: whoever waited for the item waits no longer (data-model.md, loan). */
import { decideRecallEnd } from '../domain/fulfillment/moved-due-dates.js';
import type { Loan } from '../models/loan.js';
import { ATTEMPTS, type Deed } from './deed.js';
import { dueDateOfCycleBefore, writeLoanEvent } from './loan-event.js';
import { readLoanGround } from './loan-ground.js';
import { movableLoan } from './movable-loan.js';

export type CancelledRecall =
  /** `again`: it had been cancelled before, and the loan stays as it is. */
  | { outcome: 'CANCELLED'; loan: Loan; again: boolean }
  | { outcome: 'REFUSED'; reason: 'NO_LOAN' | 'NOT_RECALLED' | 'LOAN_ENDED' | 'LOAN_LOST' | 'LOAN_CLAIMED' | 'LOAN_BUSY' };

/**
 * The due date that the recall made earlier is what it was before, in another cycle of notices; one that staff chose since stays. What was
 * charged while the recall stood stays charged. Repeatable.
 */
export async function cancelRecall(deed: Deed, loanId: string): Promise<CancelledRecall> {
  const { models, institutionId, at } = deed;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const loan = await models.Loan.findOne({ institutionId, _id: loanId }).lean();
    if (loan === null) return { outcome: 'REFUSED', reason: 'NO_LOAN' };
    const { status, processStatus, dueCycle, dueDate, recall } = loan;
    if (status === 'ACTIVE' && recall?.active === false) return cancelledBefore(deed, loan);
    const { moment, policies, calendar } = await readLoanGround(deed, loan);
    const recalled = { ...movableLoan(loan), dueDateSource: loan.dueDateSource, recall: recall && { ...recall, dueDateBefore: recall.dueDateBefore.getTime() } };
    const decision = decideRecallEnd(recalled, { asOf: moment.asOf, policies, calendar });
    if (decision.action === 'REFUSE') return { outcome: 'REFUSED', reason: decision.reason };

    const later = decision.dueDateChanged ? { dueDate: new Date(decision.dueDate), dueDateSource: 'RECALL' as const } : {};
    const ended = processStatus === 'RECALL' ? { processStatus: 'NORMAL' as const, processStatusDate: at } : {};
    const changed = await models.Loan.findOneAndUpdate(
      { institutionId, _id: loanId, status, processStatus, dueCycle, dueDate, 'recall.active': true },
      { $set: { ...later, ...ended, 'recall.active': false }, $inc: { dueCycle: decision.dueDateChanged ? 1 : 0, version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (changed === null) continue;
    if (decision.dueDateChanged) await writeLoanEvent(deed, changed, { type: 'DUE_DATE_CORRECTED', oldDueDate: dueDate, newDueDate: changed.dueDate });
    return { outcome: 'CANCELLED', loan: changed, again: false };
  }
  return { outcome: 'REFUSED', reason: 'LOAN_BUSY' };
}

/** The event of an end that broke off is written: of the due dates that a recall gave, one later than the one before it was given by the end. */
async function cancelledBefore(deed: Deed, loan: Loan): Promise<CancelledRecall> {
  if (loan.dueDateSource === 'RECALL') {
    const oldDueDate = await dueDateOfCycleBefore(deed, loan);
    if (oldDueDate === null || oldDueDate < loan.dueDate) await writeLoanEvent(deed, loan, { type: 'DUE_DATE_CORRECTED', oldDueDate, newDueDate: loan.dueDate });
  }
  return { outcome: 'CANCELLED', loan, again: true };
}
