/** What a page reports: its counters and its problems (fulfillment-loans.md, notifications-activity-report, Report). */
import type { ActivityProblem, LeaveReason } from '../../../domain/fulfillment/notifications-activity-report.js';
import type { Counters, Problem } from '../../../domain/run.js';
import { activityReportData } from '../../../templates/letters/ful-user-borrowing-activity-letter.js';
import type { JudgedAccount } from './judge.js';
import type { Outcome } from './write-letters.js';

/** Rule 5 but for the groups, which say whom the job is for. */
const byMode: ReadonlySet<LeaveReason> = new Set(['ONLY_CREDITS', 'NOTHING_OVERDUE_OR_OWED', 'BELOW_MINIMUM_DEBT']);

/** Letters count as they are written, not as the rules would have them now: a patron may have been at the desk between two attempts at a page. */
export function tally(judged: readonly JudgedAccount[], { letters, problems }: Outcome): { counters: Counters; problems: Problem[] } {
  const told = new Set(letters.flatMap(({ recipient }) => recipient.id ?? []));
  const others = judged.filter(({ account }) => !told.has(account.userId));
  const leftBecause = (which: (reason: LeaveReason) => boolean) => others.filter(({ decision }) => decision.action === 'LEAVE' && which(decision.reason));
  const missing = leftBecause((reason) => reason === 'USER_MISSING');
  const inPart = judged.filter(({ account, decision }) => told.has(account.userId) && problemsOf(decision).some(({ severity }) => severity === 'ERROR'));
  const said = letters.map(({ data }) => activityReportData.parse(data));
  const loans = said.flatMap((report) => report.loans);
  const counters: Counters = {
    recordsSelected: told.size + others.length,
    recordsProcessed: told.size + others.length,
    recordsChanged: told.size - inPart.length,
    recordsUnchanged: others.length - missing.length,
    recordsInError: missing.length + inPart.length,
    lettersCreated: letters.length,
    lettersSuppressed: letters.filter(({ state }) => state === 'SUPPRESSED').length,
    usersReported: told.size,
    usersSkippedByMode: leftBecause((reason) => byMode.has(reason)).length,
    loansListed: loans.filter(({ overdue }) => !overdue).length,
    overdueListed: loans.filter(({ overdue }) => overdue).length,
    feesListed: said.reduce((sum, { fees }) => sum + fees.length, 0),
  };
  const ofFines = judged.flatMap((one) => problemsOf(one.decision).map((problem) => problemOf(one, problem)));
  return { counters, problems: [...missing.map(userMissing), ...ofFines, ...problems] };
}

const problemsOf = (decision: JudgedAccount['decision']): ActivityProblem[] => (decision.action === 'REPORT' ? decision.report.problems : []);

const userMissing = ({ account: { userId }, primaryId }: JudgedAccount): Problem => ({
  severity: 'ERROR',
  code: 'USER_MISSING',
  message: 'The patron is not there any more: nobody could be told',
  params: { userId },
  recordType: 'user',
  recordId: userId,
  recordLabel: primaryId,
  retryable: true,
});

const saidOf: Record<ActivityProblem['code'], string> = {
  TOU_MISSING: 'The terms of use of a loan are missing or cannot be read: the report tells of no fine for it',
  LIBRARY_MISSING: 'The library of a loan is unknown: the report tells of no fine for it',
  CALENDAR_MISSING: 'The library has no opening hours for today: every day counted as open',
};

/** The report went out: there is nothing to try again. A library is told of once, not once a patron. */
function problemOf({ account, primaryId }: JudgedAccount, { severity, code, recordId }: ActivityProblem): Problem {
  const ofLibrary = code === 'CALENDAR_MISSING';
  const barcode = account.loans.find(({ _id }) => _id === recordId)?.barcode ?? null;
  return {
    severity,
    code,
    message: saidOf[code],
    params: ofLibrary ? { libraryCode: recordId } : { loanId: recordId, barcode },
    recordType: ofLibrary ? 'library' : 'user',
    recordId: ofLibrary ? recordId : account.userId,
    recordLabel: ofLibrary ? recordId : primaryId,
    retryable: false,
  };
}
