/** Notices that a run which broke off left DECIDED: completed where the loan has moved, else taken back (fulfillment-loans.md, S10). */
import type { Run } from '../../../domain/run.js';
import type { Models } from '../../../models/models.js';
import { loansById } from '../loans/walk.js';
import { isMoved, type MadeMove } from './effects.js';
import { movedDates, noticeFields, type ReadNotice } from './judge.js';
import { loanFields, type ReadLoan } from './walk.js';

const NOTICES_A_PAGE = 1_000;

/** The next notices left DECIDED; a page finishes all it reads, so the next one begins at the beginning. */
export function leftDecided(models: Models, { institutionId }: Run): Promise<ReadNotice[]> {
  return models.LoanNotice.find({ institutionId, kind: 'DUE_DATE_CHANGED', state: 'DECIDED' }, noticeFields).limit(NOTICES_A_PAGE).lean<ReadNotice[]>().exec();
}

/** The same notices again, for an attempt that repeats the page; those taken back are gone. */
export function noticesById(models: Models, { institutionId }: Run, ids: readonly string[]): Promise<ReadNotice[]> {
  return models.LoanNotice.find({ institutionId, _id: { $in: [...ids] } }, noticeFields).lean<ReadNotice[]>().exec();
}

/** What is to be completed, and the ids of the notices to take back: their loans are decided anew. */
export async function sortLeft(models: Models, { institutionId }: Run, notices: readonly ReadNotice[]): Promise<{ made: MadeMove[]; takenBack: string[] }> {
  const loans = await loansById<ReadLoan>(models, institutionId, notices.map(({ loanId }) => loanId), loanFields);
  const byId = new Map(loans.map((loan) => [loan._id, loan]));
  const made: MadeMove[] = [];
  const takenBack: string[] = [];
  for (const notice of notices) {
    const loan = byId.get(notice.loanId);
    const { oldDueDate, newDueDate } = movedDates.parse(notice.data);
    if (loan !== undefined && isMoved(loan, notice.dueCycle, newDueDate)) made.push({ loan, before: { dueDate: oldDueDate, dueCycle: notice.dueCycle - 1 }, newDueDate, notice });
    else takenBack.push(notice._id);
  }
  return { made, takenBack };
}
