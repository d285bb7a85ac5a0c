/** What a page reports: its counters and its problems (fulfillment-loans.md, notifications-due-date-reminders, Report). */
import type { Counters, Problem } from '../../../domain/run.js';
import type { JudgedLoan, ReadLoan } from './judge.js';

/** A loan that its patron is reminded of, and the letter that lists it. */
export interface Reminder {
  loan: ReadLoan;
  letterKey: string;
}

export function tally(judged: readonly JudgedLoan[]): { counters: Counters; problems: Problem[] } {
  const reminded = judged.filter(({ decision }) => decision.action === 'REMIND').length;
  const left = (reason: string) => judged.filter(({ decision }) => decision.action === 'LEAVE' && decision.reason === reason);
  const missing = left('USER_MISSING');
  const counters: Counters = {
    recordsSelected: judged.length,
    recordsProcessed: judged.length,
    recordsChanged: reminded,
    recordsUnchanged: judged.length - reminded - missing.length,
    recordsInError: missing.length,
    loansReminded: reminded,
    shortLoansSkipped: left('SHORT_LOAN').length,
  };
  return { counters, problems: missing.map(({ loan }) => userMissing(loan)) };
}

const userMissing = ({ _id, barcode, userId }: ReadLoan): Problem => ({
  severity: 'ERROR',
  code: 'USER_MISSING',
  message: 'The borrower is not there any more: nobody could be reminded',
  params: { userId },
  recordType: 'loan',
  recordId: _id,
  recordLabel: barcode,
  retryable: true,
});
