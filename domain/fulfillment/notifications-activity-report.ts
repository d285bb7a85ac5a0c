/**
 * Notifications – Send Periodic Fulfillment Activity Report: who is told what is on the account, and what the report says.
 *
 * Specification: fulfillment-loans.md, notifications-activity-report, Selection and rules 1-6. Amounts are minor units of the institution's
 * currency. Run, preview and *explain a record* all call this decision.
 */
import { unheard, type Ask } from '../ask.js';
import type { Calendar } from '../calendar.js';
import type { Moment } from '../days.js';
import { overdueFine, type FinedLoan, type FinePolicies } from '../overdue-fine.js';
import type { ProcessStatus } from './overdue-lost-profiles.js';

export interface ReportedLoan extends FinedLoan {
  loanId: string;
  status: 'ACTIVE' | 'COMPLETE';
  processStatus: ProcessStatus;
  libraryCode: string;
  touId: string;
}

export interface ReportedFee {
  feeId: string;
  status: 'ACTIVE' | 'IN_DISPUTE' | 'EXPORTED' | 'CLOSED';
  /** Negative: a credit. */
  balance: number;
  /** null: owed to the institution. */
  libraryCode: string | null;
}

/** What the rules may know of a patron. */
export interface Account {
  userId: string;
  /** null: there is none of this id. */
  user: { status: string; userGroup: string | null } | null;
  loans: readonly ReportedLoan[];
  fees: readonly ReportedFee[];
  /** Another run of the same chain has written the report. */
  reportedBefore: boolean;
}

export interface ActivityContext {
  moment: Moment;
  /** Empty: all. */
  userGroups: readonly string[];
  contentMode: 'ALL' | 'OVERDUE_OR_FEES';
  minimumDebt: number;
  includeAccruedFines: boolean;
  /** By id. */
  termsOfUse: ReadonlyMap<string, FinePolicies>;
  /** By code. */
  libraries: ReadonlyMap<string, { calendar: Calendar }>;
}

export interface ActivityProblem {
  severity: 'ERROR' | 'WARNING';
  code: 'TOU_MISSING' | 'LIBRARY_MISSING' | 'CALENDAR_MISSING';
  /** Of the library, for CALENDAR_MISSING; of the loan for the others. */
  recordId: string;
}

/** What a report says. */
export interface ActivityReport {
  overdue: { loanId: string; accruedFine: number }[];
  /** Ids of the loans that are not overdue. */
  loans: string[];
  feeIds: string[];
  totalDebt: number;
  /** A fine could not be told, or not surely: it is not in the report. */
  problems: ActivityProblem[];
}

export type LeaveReason = 'NOTHING_ON_ACCOUNT' | 'OTHER_USER_GROUP' | 'ONLY_CREDITS' | 'NOTHING_OVERDUE_OR_OWED' | 'BELOW_MINIMUM_DEBT' | 'REPORTED_BEFORE' | 'USER_MISSING';
export type ActivityDecision = { action: 'REPORT'; report: ActivityReport } | { action: 'LEAVE'; reason: LeaveReason };

/** Rules are tried in this order; the first that applies gives the reason. */
export function decideActivityReport(account: Account, context: ActivityContext, ask: Ask = unheard): ActivityDecision {
  const { userId, user } = account;
  const { moment: { asOf }, userGroups, contentMode, minimumDebt } = context;
  const loans = account.loans.filter(({ status }) => status === 'ACTIVE');
  const fees = account.fees.filter(({ status, balance }) => status === 'ACTIVE' && balance !== 0);
  if (!ask('Selection: an active loan or fee', loans.length + fees.length > 0, () => ({ loans: loans.length, fees: fees.length }))) return leave('NOTHING_ON_ACCOUNT');

  const userGroup = user?.userGroup ?? null;
  const ofGroup = userGroups.length === 0 || (userGroup !== null && userGroups.includes(userGroup));
  if (!ask('5 user groups', ofGroup, () => ({ userGroup, userGroups }))) return leave('OTHER_USER_GROUP');

  // A lost loan leaves the cycle of reminders, but stays on the account.
  const overdue = loans.filter(({ dueDate, processStatus }) => dueDate < asOf || processStatus === 'LOST');
  const totalDebt = fees.reduce((sum, { balance }) => sum + balance, 0);
  const compared = () => ({ loans: loans.length, overdue: overdue.length, totalDebt, contentMode });
  if (ask('5 only credits', loans.length === 0 && totalDebt <= 0, compared)) return leave('ONLY_CREDITS');
  const because = contentMode === 'ALL' ? loans : overdue;
  if (!ask('5 content mode', because.length > 0 || totalDebt > 0, compared)) return leave('NOTHING_OVERDUE_OR_OWED');
  if (ask('5 fees alone, below the minimum debt', because.length === 0 && totalDebt < minimumDebt, () => ({ totalDebt, minimumDebt }))) return leave('BELOW_MINIMUM_DEBT');
  if (ask('Idempotency: reported before', account.reportedBefore)) return leave('REPORTED_BEFORE');
  if (ask('6 user missing or deleted', user === null || user.status === 'DELETED', () => ({ userId, status: user?.status ?? null }))) return leave('USER_MISSING');

  const accrued = overdue.map((loan) => ({ loan, ...accruedFineOf(loan, context) }));
  return {
    action: 'REPORT',
    report: {
      overdue: accrued.map(({ loan, amount }) => ({ loanId: loan.loanId, accruedFine: amount })),
      loans: loans.filter((loan) => !overdue.includes(loan)).map(({ loanId }) => loanId),
      feeIds: fees.map(({ feeId }) => feeId),
      totalDebt,
      problems: accrued.flatMap(({ problem }) => problem ?? []),
    },
  };
}

const leave = (reason: LeaveReason): ActivityDecision => ({ action: 'LEAVE', reason });

/** Rule 2: of a lost loan nothing grows any more. */
function accruedFineOf(loan: ReportedLoan, { moment, includeAccruedFines, termsOfUse, libraries }: ActivityContext): { amount: number; problem?: ActivityProblem } {
  const { loanId, libraryCode, touId, processStatus } = loan;
  if (!includeAccruedFines || processStatus === 'LOST') return { amount: 0 };
  const [policies, library] = [termsOfUse.get(touId), libraries.get(libraryCode)];
  if (library === undefined) return { amount: 0, problem: { severity: 'ERROR', code: 'LIBRARY_MISSING', recordId: loanId } };
  if (policies === undefined) return { amount: 0, problem: { severity: 'ERROR', code: 'TOU_MISSING', recordId: loanId } };
  const { amount } = overdueFine(loan, policies, library.calendar, moment.asOf);
  return library.calendar.calendarMissing(moment.today) && dependsOnHours(policies)
    ? { amount, problem: { severity: 'WARNING', code: 'CALENDAR_MISSING', recordId: libraryCode } }
    : { amount };
}

/** Whether the fine is another one where the library's hours are unknown. */
const dependsOnHours = ({ gracePeriod, overdueFine: fine, recalledOverdueFine }: FinePolicies): boolean =>
  gracePeriod.unit === 'OPEN_DAYS' || [fine, recalledOverdueFine].some((rate) => rate?.per === 'OPEN_DAY' || rate?.per === 'OPEN_HOUR');

/**
 * `activity:{period}:{userId}:{libraryCode|-}`: the period is that of the first run of a chain of repeats, so that none of them sends twice.
 * `libraryCode` null: of no library alone.
 */
const activityLetterKey = (period: string, userId: string, libraryCode: string | null): string =>
  ['activity', period, userId, libraryCode ?? '-'].join(':');

/** A run by hand is a period of its own; one of a schedule is that of its day. */
export const periodOf = ({ runId, trigger, businessDate }: { runId: string; trigger: string; businessDate: string }): string =>
  trigger === 'MANUAL' || trigger === 'API' ? runId : businessDate;

/** A letter of a report, or a part of one; what it lists, by id. */
export interface ActivityLetter {
  /** With the part, from 1. */
  letterKey: string;
  part: number;
  libraryCode: string | null;
  loanIds: string[];
  feeIds: string[];
}

/**
 * The letters of a report: one, or one a library; what a letter lists of loans is cut into parts, overdue ones first, of which the first
 * has the fees (S8.6).
 */
export function activityLetters(
  { userId, loans, fees }: Pick<Account, 'userId' | 'loans' | 'fees'>,
  report: ActivityReport,
  { period, separateByLibrary, maxLoansPerLetter }: { period: string; separateByLibrary: boolean; maxLoansPerLetter: number },
): ActivityLetter[] {
  const isOverdue = new Set(report.overdue.map(({ loanId }) => loanId));
  const listed = loans
    .filter(({ loanId }) => isOverdue.has(loanId) || report.loans.includes(loanId))
    .toSorted((a, b) => Number(isOverdue.has(b.loanId)) - Number(isOverdue.has(a.loanId)) || a.dueDate - b.dueDate || (a.loanId < b.loanId ? -1 : 1));
  const owed = fees.filter(({ feeId }) => report.feeIds.includes(feeId));
  const libraries = separateByLibrary ? [...new Set([...listed, ...owed].map(({ libraryCode }) => libraryCode))] : [null];
  return libraries.flatMap((libraryCode) => {
    const inLetter = (each: { libraryCode: string | null }) => !separateByLibrary || each.libraryCode === libraryCode;
    const loanIds = listed.filter(inLetter).map(({ loanId }) => loanId);
    const feeIds = owed.filter(inLetter).map(({ feeId }) => feeId);
    const parts = Math.max(1, Math.ceil(loanIds.length / maxLoansPerLetter));
    return Array.from({ length: parts }, (_, index) => ({
      letterKey: `${activityLetterKey(period, userId, libraryCode)}:${index + 1}`,
      part: index + 1,
      libraryCode,
      loanIds: loanIds.slice(index * maxLoansPerLetter, (index + 1) * maxLoansPerLetter),
      feeIds: index === 0 ? feeIds : [],
    }));
  });
}
