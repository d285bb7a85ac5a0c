/**
 * Loans – Due Date Correction after Calendar Change: which due dates move off closed time, and where to.
 *
 * Specification: fulfillment-loans.md, loans-due-date-correction, Selection and rules 1-6; where a date goes is S4 (closed-time.ts). Run,
 * preview and *explain a record* all call this decision. User expiry, maximum renewal period and recalls are not asked: the closure is the
 * library's (rule 5).
 */
import { unheard, type Ask } from '../ask.js';
import type { Calendar } from '../calendar.js';
import { isOnClosedTime, shiftFromClosedTime } from '../closed-time.js';
import { dayText, localDay, type Instant, type Moment } from '../days.js';
import { atTimeOf } from '../due-date.js';
import type { LoanPolicies } from '../terms-of-use.js';
import type { LibraryDays } from './calendar-changes.js';
import { loanLetterKey } from './loan-letters.js';
import type { ProcessStatus } from './overdue-lost-profiles.js';
import { isReachable } from './patrons.js';

/** What the rules may know of a loan. */
export interface CorrectableLoan {
  /** null: anonymised. */
  userId: string | null;
  libraryCode: string;
  touId: string;
  status: 'ACTIVE' | 'COMPLETE';
  processStatus: ProcessStatus;
  dueDate: Instant;
  dueDateSource: 'POLICY' | 'EVENT' | 'MANUAL' | 'BULK' | 'RECALL' | 'RENEWAL' | 'CALENDAR';
  /** Lent for minutes or hours. */
  shortLoan: boolean;
  /** null: never renewed. */
  lastRenewalAt: Instant | null;
}

/** The run and what surrounds the loans of a page. */
export interface CorrectionContext {
  runId: string;
  moment: Moment;
  keepManualDueDates: boolean;
  notify: boolean;
  separatePatronNotificationsByLibrary: boolean;
  /** Days that changed, by library; null: of a retry, whose changes are closed. */
  days: readonly LibraryDays[] | null;
  /** By code. */
  calendars: ReadonlyMap<string, Calendar>;
  /** By `touId`. */
  termsOfUse: ReadonlyMap<string, LoanPolicies>;
  /** By id. */
  users: ReadonlyMap<string, { status: string }>;
}

export type LeaveReason =
  | 'NOT_ACTIVE'
  | 'LOST'
  | 'CLAIMED_RETURN'
  /** No change that is still open concerns the day it is due. */
  | 'NOT_CONCERNED'
  | 'LIBRARY_MISSING'
  | 'TOU_MISSING'
  | 'KEEP'
  | 'MANUAL'
  /** Not due on closed time. */
  | 'OPEN'
  | 'NO_OPEN_DAY';
export type CorrectionProblem = 'TOU_MISSING' | 'LIBRARY_MISSING' | 'USER_MISSING' | 'NO_OPEN_DAY' | 'CALENDAR_MISSING';
export type CorrectionDecision = { problems: readonly CorrectionProblem[] } & (
  | { action: 'MOVE'; newDueDate: Instant; /** `''` where no letter goes out. */ letterKey: string }
  | { action: 'LEAVE'; reason: LeaveReason }
);

/** Lost and claimed returned loans keep their due date. */
export const correctedStatuses = ['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL'] as const satisfies readonly ProcessStatus[];

/** Rules are tried in this order; the first that applies gives the reason. */
export function decideCorrection(loan: CorrectableLoan, context: CorrectionContext, ask: Ask = unheard): CorrectionDecision {
  const { libraryCode, touId, status, processStatus, dueDate, dueDateSource } = loan;
  const { moment: { zone, asOf }, days, keepManualDueDates } = context;
  const dueDay = localDay(zone, dueDate);
  const due = () => ({ dueDate: new Date(dueDate), dueDay: dayText(dueDay) });

  if (!ask('Selection: loan is active', status === 'ACTIVE', () => ({ status }))) return leave('NOT_ACTIVE');
  if (ask('Selection: lost', processStatus === 'LOST', () => ({ processStatus }))) return leave('LOST');
  if (ask('Selection: claimed returned', processStatus === 'CLAIMED_RETURN', () => ({ processStatus }))) return leave('CLAIMED_RETURN');
  const concerns = (of: LibraryDays) => of.libraryCode === libraryCode && of.from <= dueDay && dueDay <= of.to;
  if (!ask('Selection: its day was changed', days === null || days.some(concerns), () => ({ libraryCode, ...due() }))) return leave('NOT_CONCERNED');

  const calendar = context.calendars.get(libraryCode);
  if (ask('Selection: library missing', calendar === undefined, () => ({ libraryCode })) || calendar === undefined) return leave('LIBRARY_MISSING', 'LIBRARY_MISSING');
  const policies = context.termsOfUse.get(touId);
  if (ask('1 terms of use missing', policies === undefined, () => ({ touId })) || policies === undefined) return leave('TOU_MISSING', 'TOU_MISSING');
  const management = policies.closedLibraryDueDateManagement;
  if (ask('1 policy is to keep', management === 'KEEP', () => ({ management }))) return leave('KEEP');
  const byHand = dueDateSource === 'MANUAL' || dueDateSource === 'BULK';
  if (ask('2 set by hand', byHand && keepManualDueDates, () => ({ dueDateSource, keepManualDueDates }))) return leave('MANUAL');

  const hours: CorrectionProblem[] = calendar.calendarMissing(dueDay) ? ['CALENDAR_MISSING'] : [];
  if (!ask('3 due on closed time', isOnClosedTime(dueDate, loan.shortLoan, calendar), () => ({ ...due(), shortLoan: loan.shortLoan }))) return leave('OPEN', ...hours);
  // Rule 4: a date still ahead never moves into the past, a past one only forward.
  const from = Math.min(dueDate, asOf);
  const shifted = shiftFromClosedTime(dueDate, { management, shortLoan: loan.shortLoan, atTime: atTimeOf(countedBy(loan, policies)), from }, calendar);
  if (ask('5 no open day', shifted.noOpenDay)) return leave('NO_OPEN_DAY', 'NO_OPEN_DAY');
  ask('6 moves', true, () => ({ management, dueDate: new Date(dueDate), newDueDate: new Date(shifted.dueDate), asOf: new Date(asOf) }));
  return moved(loan, shifted.dueDate, context, ask);
}

/** Rules 6 and 7: the date, and the letter that tells of it. Also of a loan whose date an earlier attempt has moved. */
export function moved(loan: CorrectableLoan, newDueDate: Instant, context: CorrectionContext, ask: Ask = unheard): CorrectionDecision {
  const { userId } = loan;
  if (!ask('7 borrower is told', context.notify)) return { action: 'MOVE', newDueDate, letterKey: '', problems: [] };
  if (ask('7 user missing or deleted', !isReachable(userId, context.users), () => ({ userId })) || userId === null)
    return { action: 'MOVE', newDueDate, letterKey: '', problems: ['USER_MISSING'] };
  return { action: 'MOVE', newDueDate, letterKey: letterKeyOf(userId, loan, context), problems: [] };
}

const leave = (reason: LeaveReason, ...problems: CorrectionProblem[]): CorrectionDecision => ({ action: 'LEAVE', reason, problems });

/** What the present due date was counted by. */
const countedBy = ({ lastRenewalAt }: CorrectableLoan, { dueDate, renewalPeriod }: LoanPolicies) => (lastRenewalAt === null ? dueDate : (renewalPeriod ?? dueDate));

function letterKeyOf(userId: string, { libraryCode }: CorrectableLoan, { runId, separatePatronNotificationsByLibrary }: CorrectionContext): string {
  const ofLibrary = separatePatronNotificationsByLibrary ? libraryCode : null;
  return loanLetterKey(runId, 'FulItemChangeDueDateLetter', 'DUE_DATE_CHANGED.EMAIL', userId, ofLibrary);
}
