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
    todaysReminders(models, institutionId, ground, loans),
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

/** By the whole key of a notice: the others of these loans, and what the job wrote on other days, are not gone through. */
function todaysReminders(models: Models, institutionId: string, { moment }: Ground, loans: readonly ReadLoan[]) {
  const dueCycle = { $in: [...new Set(loans.map((loan) => loan.dueCycle))] };
  const key = { loanId: { $in: loans.map(({ _id }) => _id) }, dueCycle, kind: 'DUE_TODAY' as const, profileId: '-', dayKey: dayKeyOf(moment) };
  return models.LoanNotice.find({ institutionId, ...key }, { loanId: 1, dueCycle: 1, runId: 1 })
    .hint({ institutionId: 1, loanId: 1, dueCycle: 1, kind: 1, profileId: 1, dayKey: 1 }).lean();
}
