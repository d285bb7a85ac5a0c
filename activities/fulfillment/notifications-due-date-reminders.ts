/**
 * Notifications – Send Due Date Reminders: how a page of loans is read, judged and written.
 *
 * Specification: fulfillment-loans.md, notifications-due-date-reminders. The rules are in domain/fulfillment/, the letters in
 * notice-letters.ts.
 */
import { notificationsDueDateReminders } from '../../catalogue/fulfillment/notifications-due-date-reminders.js';
import { dayKeyOf, dueToday, remindedStatuses } from '../../domain/fulfillment/notifications-due-date-reminders.js';
import type { Page, Run } from '../../domain/run.js';
import { insertOnce } from '../../models/insert-once.js';
import type { Models } from '../../models/models.js';
import { carryOut } from '../effects.js';
import { recordBatch } from '../runs/batches.js';
import { forAMinute, type Onward } from '../runs/pages.js';
import { countLoans, LOANS_A_PAGE, loansOfScope, nextLoans, scopeOf, type LoanSelection } from './loans/walk.js';
import { noticeOf } from './notices/loan-notice.js';
import { readGround, type Ground } from './reminders/ground.js';
import { judgeLoans, loanFields, type ReadLoan } from './reminders/judge.js';
import { proposalOf } from './reminders/propose.js';
import { tally, type Reminder } from './reminders/tally.js';

interface Dependencies {
  models: Models;
  now: () => Date;
}

export function createDueDateReminderActivities({ models, now }: Dependencies) {
  const parametersOf = (run: Run) => notificationsDueDateReminders.parameters.parse(run.parameters);
  const groundOf = (run: Run) => readGround(models, run, parametersOf(run));

  /**
   * Writes a notice for each loan of one page that is due today; the letters are a later step's.
   *
   * Repeatable: a notice is keyed by loan, due cycle and day, and no write takes a loan out of the selection.
   */
  async function remindOfLoansDueToday(run: Run, onward: Onward): Promise<Page> {
    const ground = await groundOf(run);
    const { loans, next } = run.scoped
      ? await loansOfScope<ReadLoan>(models, run, loanFields)
      : await nextLoans<ReadLoan>(models, run, selectionOf(ground), loanFields);
    // A preview counts what its earlier pages propose.
    if (next !== null && loans.length >= LOANS_A_PAGE && !run.preview) onward(next, loans.length);
    const judged = await judgeLoans(models, run.institutionId, ground, loans);
    const reminders = judged.flatMap(({ loan, decision }) => (decision.action === 'REMIND' ? [{ loan, letterKey: decision.letterKey }] : []));

    const { proposals } = await carryOut<void>(models, run, {
      write: async () => void (await insertOnce(models.LoanNotice, reminders.map((reminder) => noticeOf(run, reminder.loan, noticed(reminder, ground), now())))),
      propose: () => reminders.map((reminder) => proposalOf(reminder, ground.sendFormat)),
      undisturbed: () => Promise.resolve(),
    });
    const collected = run.preview ? { proposals, letters: reminders.map(({ letterKey }) => ({ letterKey, notificationFee: 0 })) } : {};
    return recordBatch(models, run, next, { ...tally(judged), ...collected }, now());
  }

  return {
    /** How many loans the Selection holds; of a retry, the records of its scope. */
    async countLoansDueToday(run: Run): Promise<number> {
      if (run.scoped) return (await scopeOf(models, run)).length;
      return countLoans(models, run.institutionId, selectionOf(await groundOf(run)));
    },
    remindOfLoansDueToday: forAMinute(remindOfLoansDueToday),
  };
}
export type DueDateReminderActivities = ReturnType<typeof createDueDateReminderActivities>;

const selectionOf = ({ moment }: Ground): LoanSelection => ({ statuses: remindedStatuses, ...dueToday(moment) });

/** It has no other effect than its letter, so it is pending at once (S8.9). */
function noticed({ letterKey }: Reminder, { sendFormat, moment }: Ground) {
  return { kind: 'DUE_TODAY', profileId: '-', dayKey: dayKeyOf(moment), sendFormat, state: 'LETTER_PENDING', letterKey, data: {} } as const;
}
