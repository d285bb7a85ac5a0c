/** Which loans loans-overdue-and-lost takes up, and what it reads of them (fulfillment-loans.md, loans-overdue-and-lost, Selection). */
import type { Moment } from '../../../domain/days.js';
import { selectionBound, type CompiledProfiles } from '../../../domain/fulfillment/overdue-lost-profiles.js';
import type { OverdueLoan } from '../../../domain/fulfillment/overdue-loan.js';
import { processStatuses, type Loan } from '../../../models/loan.js';
import type { LoanSelection } from '../loans/walk.js';

/** A lost loan is the end of its cycle: no profile can name it. */
const walkedStatuses = processStatuses.filter((status) => status !== 'LOST');

/** null: no profile is active. */
export function selectionOf(profiles: CompiledProfiles, moment: Moment): LoanSelection | null {
  const dueBefore = selectionBound(profiles, moment);
  return dueBefore === null ? null : { statuses: walkedStatuses, dueFrom: null, dueBefore };
}

/** What the rules read, and what fees, events and letters need beside. */
export const loanFields = {
  userId: 1, itemId: 1, touId: 1, userGroup: 1, libraryCode: 1, locationCode: 1, itemPolicy: 1, materialType: 1,
  status: 1, processStatus: 1, processStatusDate: 1, dueCycle: 1, lostCount: 1, lost: 1,
  dueDate: 1, shortLoan: 1, recall: 1, claimedReturnAt: 1, returnDate: 1, barcode: 1, title: 1,
} as const satisfies Partial<Record<keyof Loan, 1>>;
export type ReadLoan = Pick<Loan, '_id' | keyof typeof loanFields>;

/** The snapshot that the rules know. */
export function snapshotOf(loan: ReadLoan): OverdueLoan {
  return {
    loanId: loan._id,
    userId: loan.userId,
    itemId: loan.itemId,
    touId: loan.touId,
    userGroup: loan.userGroup,
    libraryCode: loan.libraryCode,
    locationCode: loan.locationCode,
    itemPolicy: loan.itemPolicy,
    materialType: loan.materialType,
    status: loan.status,
    processStatus: loan.processStatus,
    processStatusDate: loan.processStatusDate.getTime(),
    dueCycle: loan.dueCycle,
    lostCount: loan.lostCount,
    dueDate: loan.dueDate.getTime(),
    shortLoan: loan.shortLoan,
    recalled: loan.recall?.active ?? false,
    claimedReturnAt: loan.claimedReturnAt?.getTime() ?? null,
    returnDate: loan.returnDate?.getTime() ?? null,
  };
}
