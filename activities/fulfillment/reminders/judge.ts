/** One page judged: its users and today's reminders are read with one query each, then the rules are asked. */
import { unheard, type Ask } from '../../../domain/ask.js';
import { dayKeyOf, decideReminder, type ReminderDecision } from '../../../domain/fulfillment/notifications-due-date-reminders.js';
import type { Loan } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import type { Ground } from './ground.js';

/** What the rules read, and what notices and problems need beside. */
export const loanFields = {
  userId: 1, libraryCode: 1, status: 1, processStatus: 1, dueCycle: 1, loanDate: 1, dueDate: 1, shortLoan: 1, lastRenewalAt: 1, barcode: 1,
} as const satisfies Partial<Record<keyof Loan, 1>>;
export type ReadLoan = Pick<Loan, '_id' | keyof typeof loanFields>;

export interface JudgedLoan {
  loan: ReadLoan;
  decision: ReminderDecision;
}

/** Decides every loan of a page. A reminder that this very run has written is no obstacle, so that a page done twice counts the same. */
export async function judgeLoans(
  models: Models, institutionId: string, ground: Ground, loans: readonly ReadLoan[], ask: Ask = unheard,
): Promise<JudgedLoan[]> {
  if (loans.length === 0) return [];
  const userIds = [...new Set(loans.flatMap(({ userId }) => userId ?? []))];
  const [notices, users] = await Promise.all([
    models.LoanNotice.find(
      { institutionId, loanId: { $in: loans.map(({ _id }) => _id) }, kind: 'DUE_TODAY', dayKey: dayKeyOf(ground.moment) },
      { loanId: 1, dueCycle: 1, runId: 1 },
    ).lean(),
    models.User.find({ institutionId, _id: { $in: userIds } }, { status: 1 }).lean(),
  ]);
  const byOthers = new Set(notices.filter(({ runId }) => runId !== ground.runId).map(({ loanId, dueCycle }) => `${loanId}:${dueCycle}`));
  const surrounded = { ...ground, users: new Map(users.map((user) => [user._id, user])) };
  return loans.map((loan) => {
    const { _id, dueCycle, loanDate, dueDate, lastRenewalAt } = loan;
    const snapshot = {
      ...loan,
      loanDate: loanDate.getTime(),
      dueDate: dueDate.getTime(),
      lastRenewalAt: lastRenewalAt?.getTime() ?? null,
      remindedBefore: byOthers.has(`${_id}:${dueCycle}`),
    };
    return { loan, decision: decideReminder(snapshot, surrounded, ask) };
  });
}
