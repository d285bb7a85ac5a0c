/** Gives one loan another due date by hand (data-model.md, loan). */
import { decideMove, type AskedDueDate, type MoveRefusal } from '../domain/fulfillment/moved-due-dates.js';
import type { Loan } from '../models/loan.js';
import { ATTEMPTS, type Deed } from './deed.js';
import { writeLoanEvent } from './loan-event.js';
import { readLoanGround } from './loan-ground.js';
import { movableLoan } from './movable-loan.js';

export type MovedDueDate =
  /** `again`: it was due then already. */
  | { outcome: 'MOVED'; loan: Loan; again: boolean }
  | { outcome: 'REFUSED'; reason: 'NO_LOAN' | 'LOAN_BUSY' | MoveRefusal };

/** Another due date begins another cycle of notices. Repeatable: what is due then already stays as it is. */
export async function moveDueDate(deed: Deed, loanId: string, asked: AskedDueDate): Promise<MovedDueDate> {
  const { models, institutionId } = deed;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const loan = await models.Loan.findOne({ institutionId, _id: loanId }).lean();
    if (loan === null) return { outcome: 'REFUSED', reason: 'NO_LOAN' };
    const { moment, policies, calendar } = await readLoanGround(deed, loan);
    const decision = decideMove(movableLoan(loan), asked, { asOf: moment.asOf, policies, calendar });
    if (decision.action === 'REFUSE' && decision.reason === 'SAME_DUE_DATE') {
      if (loan.dueDateSource === 'MANUAL') await writeLoanEvent(deed, loan, { type: 'DUE_DATE_CORRECTED', newDueDate: loan.dueDate });
      return { outcome: 'MOVED', loan, again: true };
    }
    if (decision.action === 'REFUSE') return { outcome: 'REFUSED', reason: decision.reason };

    const { status, processStatus, dueCycle, dueDate } = loan;
    const moved = await models.Loan.findOneAndUpdate(
      { institutionId, _id: loanId, status, processStatus, dueCycle, dueDate },
      { $set: { dueDate: new Date(decision.dueDate), dueDateSource: 'MANUAL' }, $inc: { dueCycle: 1, version: 1 } },
      { returnDocument: 'after' },
    ).lean();
    if (moved === null) continue;
    await writeLoanEvent(deed, moved, { type: 'DUE_DATE_CORRECTED', oldDueDate: dueDate, newDueDate: moved.dueDate });
    return { outcome: 'MOVED', loan: moved, again: false };
  }
  return { outcome: 'REFUSED', reason: 'LOAN_BUSY' };
}
