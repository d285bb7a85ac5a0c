/** A loan as the rule of the overdue fine looks at it (fulfillment-loans.md, S6). */
import type { FinedLoan } from '../domain/overdue-fine.js';
import type { Loan } from '../models/loan.js';

export function finedLoan({ dueDate, shortLoan, processStatus, recall, claimedReturnAt, returnDate }: Loan): FinedLoan {
  return {
    dueDate: dueDate.getTime(), shortLoan, processStatus, recalled: recall?.active ?? false,
    claimedReturnAt: claimedReturnAt?.getTime() ?? null, returnDate: returnDate?.getTime() ?? null,
  };
}
