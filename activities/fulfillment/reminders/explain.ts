/** Why notifications-due-date-reminders reminds of one loan, or leaves it. */
import { notificationsDueDateReminders } from '../../../catalogue/fulfillment/notifications-due-date-reminders.js';
import { listening } from '../../../domain/ask.js';
import type { Asking, Explain, ExplainOne } from '../../../domain/explanation.js';
import type { LeaveReason } from '../../../domain/fulfillment/notifications-due-date-reminders.js';
import type { Models } from '../../../models/models.js';
import { wayWords } from '../in-words.js';
import { findLoan } from '../loans/find-loan.js';
import { readGround } from './ground.js';
import { judgeLoans, loanFields, type ReadLoan } from './judge.js';

const leftBecause: Record<LeaveReason, string> = {
  NOT_ACTIVE: 'The loan has ended.',
  NOT_DUE_TODAY: 'The loan is not due today.',
  SHORT_LOAN: 'The loan was made today for some hours: the letter of short loans covers it.',
  LOST: 'The loan is lost: it is past reminders.',
  CLAIMED_RETURN: 'The patron says that the item was returned.',
  RENEWED_TODAY: 'The loan was renewed today, and the job leaves such loans out.',
  REMINDED_BEFORE: 'The patron was reminded today by an earlier run.',
  USER_MISSING: 'The borrower is not there any more, so nobody can be reminded.',
};

export const createReminderExplainer = (models: Models): Explain => async (request) => (await explainReminders(models, request))(request.record);

/** Of many loans: what they are judged by is read once. */
export async function explainReminders(models: Models, request: Asking): Promise<ExplainOne> {
  const ground = await readGround(models, { ...request, runId: '-' }, notificationsDueDateReminders.parameters.parse(request.parameters));
  return async (record) => {
    const loan = await findLoan<ReadLoan>(models, request.institutionId, record, loanFields);
    if (loan === null) return null;
    const { ask, heard } = listening();
    const [judged] = await judgeLoans(models, request.institutionId, ground, [loan], ask);
    if (judged === undefined) return null;

    const { decision } = judged;
    const explanation = { recordType: 'loan', recordId: loan._id, label: loan.barcode, questions: heard };
    if (decision.action === 'REMIND') {
      const actions = [`The loan is listed in the reminder to its borrower, by ${wayWords[ground.sendFormat]}.`];
      return { ...explanation, decision: 'ACT', summary: 'A run would remind the borrower: the loan is due today.', actions, problems: [] };
    }
    const { reason } = decision;
    return { ...explanation, decision: 'LEAVE', summary: leftBecause[reason], actions: [], problems: reason === 'USER_MISSING' ? [reason] : [] };
  };
}
