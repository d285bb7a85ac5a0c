/**
 * Renewals that a run which broke off left DECIDED: those that the loan tells of are completed, the others are taken back and their loans
 * decided anew (fulfillment-loans.md, S10).
 */
import type { Run } from '../../../domain/run.js';
import type { LoanNotice } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import { loansById } from '../loans/walk.js';
import { actionsOf, type Renewing } from './action.js';
import { isMade } from './effects.js';
import { loanFields, renewedData, whatWasDecided, type JudgedLoan, type ReadLoan } from './judge.js';

const NOTICES_A_PAGE = 1_000;
type LeftNotice = Pick<LoanNotice, '_id' | keyof typeof noticeFields>;
const noticeFields = { loanId: 1, dueCycle: 1, runId: 1, letterKey: 1, data: 1 } as const;

/** The next notices left DECIDED; a page finishes all it reads, so the next one begins at the beginning. */
export function leftDecided(models: Models, { institutionId }: Run): Promise<LeftNotice[]> {
  return models.LoanNotice.find({ institutionId, kind: 'RENEWED', state: 'DECIDED' }, noticeFields).limit(NOTICES_A_PAGE).lean<LeftNotice[]>().exec();
}

/** The same notices again, for an attempt that repeats the page; those taken back are gone. */
export function noticesById(models: Models, { institutionId }: Run, ids: readonly string[]): Promise<LeftNotice[]> {
  return models.LoanNotice.find({ institutionId, _id: { $in: [...ids] } }, noticeFields).lean<LeftNotice[]>().exec();
}

export interface SortedNotices {
  completed: { judged: JudgedLoan; renewing: Renewing }[];
  /** Ids of notices. */
  takenBack: string[];
}

export async function sortLeft(models: Models, run: Run, notices: readonly LeftNotice[]): Promise<SortedNotices> {
  const loans = await loansById<ReadLoan>(models, run.institutionId, notices.map(({ loanId }) => loanId), loanFields);
  const byId = new Map(loans.map((loan) => [loan._id, loan]));
  const sorted: SortedNotices = { completed: [], takenBack: [] };
  for (const notice of notices) {
    const loan = byId.get(notice.loanId);
    const judged = loan === undefined ? null : { loan, ...whatWasDecided(notice) };
    const [renewing] = judged === null ? [] : actionsOf([judged], { runId: notice.runId, asOf: renewedData.parse(notice.data).renewedAt }).renewing;
    if (judged !== null && renewing !== undefined && isMade(renewing, loan)) sorted.completed.push({ judged, renewing });
    else sorted.takenBack.push(notice._id);
  }
  return sorted;
}
