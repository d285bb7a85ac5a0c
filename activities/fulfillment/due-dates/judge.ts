/** One page judged: its users and what this run has noticed of its loans are read with one query each, then the rules are asked. */
import { z } from 'zod';
import { unheard, type Ask } from '../../../domain/ask.js';
import { decideCorrection, moved, type CorrectionDecision } from '../../../domain/fulfillment/loans-due-date-correction.js';
import type { LoanNotice } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import type { Ground } from './ground.js';
import type { ReadLoan } from './walk.js';

/** What a notice keeps of the move that it tells of. */
export const movedDates = z.object({ oldDueDate: z.date(), newDueDate: z.date() });
export type ReadNotice = Pick<LoanNotice, '_id' | 'loanId' | 'dueCycle' | 'runId' | 'state' | 'letterKey' | 'data'>;
export const noticeFields = { loanId: 1, dueCycle: 1, runId: 1, state: 1, letterKey: 1, data: 1 } as const;

export interface JudgedLoan {
  loan: ReadLoan;
  decision: CorrectionDecision;
  /** What the decision relies on: the loan as it was before this run moved it. */
  before: { dueDate: Date; dueCycle: number };
  /** Of this run, written by an earlier attempt. */
  notice: ReadNotice | null;
}

/** Decides every loan of a page. What an earlier attempt has decided stays, so that a page done twice does and counts the same. */
export async function judgeLoans(
  models: Models, institutionId: string, ground: Ground, loans: readonly ReadLoan[], ask: Ask = unheard,
): Promise<JudgedLoan[]> {
  if (loans.length === 0) return [];
  const { runId } = ground.context;
  const userIds = [...new Set(loans.flatMap(({ userId }) => userId ?? []))];
  const [notices, users] = await Promise.all([
    models.LoanNotice.find({ institutionId, loanId: { $in: loans.map(({ _id }) => _id) }, kind: 'DUE_DATE_CHANGED', runId }, noticeFields).lean<ReadNotice[]>(),
    models.User.find({ institutionId, _id: { $in: userIds } }, { status: 1 }).lean(),
  ]);
  const noticed = new Map(notices.map((notice) => [notice.loanId, notice]));
  const context = { ...ground.context, users: new Map(users.map((user) => [user._id, user])) };
  return loans.map((loan) => {
    const notice = noticed.get(loan._id) ?? null;
    const { dueDate, lastRenewalAt } = loan;
    const snapshot = { ...loan, dueDate: dueDate.getTime(), lastRenewalAt: lastRenewalAt?.getTime() ?? null };
    if (notice === null) return { loan, decision: decideCorrection(snapshot, context, ask), before: loan, notice };
    const { oldDueDate, newDueDate } = movedDates.parse(notice.data);
    return { loan, decision: moved(snapshot, newDueDate.getTime(), context), before: { dueDate: oldDueDate, dueCycle: notice.dueCycle - 1 }, notice };
  });
}
