/** Recalls a loan that somebody else waits for: it may become due earlier, and is fined by the rate of recalls (data-model.md, loan; S6.2). */
import { decideRecall, type AskedDueDate, type MoveRefusal } from '../domain/fulfillment/moved-due-dates.js';
import type { Loan } from '../models/loan.js';
import { ATTEMPTS, type Deed } from './deed.js';
import { writeLoanEvent } from './loan-event.js';
import { readLoanGround } from './loan-ground.js';
import { movableLoan } from './movable-loan.js';

/** `due` null: it stays due as it was. */
export interface AskedRecall {
  requestId: string | null;
  due: AskedDueDate | null;
}
export type RecalledLoan =
  /** `again`: it had been recalled before, and stays as it is. */
  | { outcome: 'RECALLED'; loan: Loan; again: boolean }
  | { outcome: 'REFUSED'; reason: 'NO_LOAN' | 'LOAN_BUSY' | MoveRefusal };

/** Another due date begins another cycle of notices. Repeatable. */
export async function recallLoan(deed: Deed, loanId: string, { requestId, due }: AskedRecall): Promise<RecalledLoan> {
  const { models, institutionId, at } = deed;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const loan = await models.Loan.findOne({ institutionId, _id: loanId }).lean();
    if (loan === null) return { outcome: 'REFUSED', reason: 'NO_LOAN' };
    if (loan.status === 'ACTIVE' && loan.recall?.active) return recalled(deed, loan, true);
    const { moment, policies, calendar } = await readLoanGround(deed, loan);
    const decision = decideRecall(movableLoan(loan), due, { asOf: moment.asOf, policies, calendar });
    if (decision.action === 'REFUSE') return { outcome: 'REFUSED', reason: decision.reason };

    const { status, processStatus, dueCycle, dueDate } = loan;
    const { dueDateChanged } = decision;
    const earlier = dueDateChanged ? ({ dueDate: new Date(decision.dueDate), dueDateSource: 'RECALL' } as const) : {};
    const changed = await models.Loan.findOneAndUpdate(
      { institutionId, _id: loanId, status, processStatus, dueCycle, dueDate },
      {
        $set: { ...earlier, processStatus: 'RECALL', processStatusDate: at, recall: { active: true, requestId, at, dueDateBefore: dueDate, dueDateChanged } },
        $inc: { dueCycle: dueDateChanged ? 1 : 0, version: 1 },
      },
      { returnDocument: 'after' },
    ).lean();
    if (changed !== null) return recalled(deed, changed, false);
  }
  return { outcome: 'REFUSED', reason: 'LOAN_BUSY' };
}

async function recalled(deed: Deed, loan: Loan, again: boolean): Promise<RecalledLoan> {
  const { at, dueDateBefore } = loan.recall!;
  if (loan.processStatus === 'RECALL') await writeLoanEvent({ ...deed, at }, loan, { type: 'RECALLED', oldDueDate: dueDateBefore, newDueDate: loan.dueDate });
  return { outcome: 'RECALLED', loan, again };
}
