/**
 * Notifications – Send Due Date Reminders: which open loans a patron is reminded of on a day.
 *
 * Specification: fulfillment-loans.md, notifications-due-date-reminders, Selection and rules 1-6. Run, preview and *explain a record* all
 * call this decision. Days are local dates of the institution: a loan due at 00:00 belongs to the day that begins. There is no catching
 * up: rule 6 needs no code of its own, for what was due on another day is not due today.
 */
import { unheard, type Ask } from '../ask.js';
import { dayText, localDay, startOfDay, type Instant, type Moment } from '../days.js';
import type { SendFormat } from '../letters.js';
import { loanLetterKey } from './loan-letters.js';
import type { ProcessStatus } from './overdue-lost-profiles.js';
import { isReachable } from './patrons.js';

/** What the rules may know of a loan. */
export interface DueLoan {
  /** null: anonymised. */
  userId: string | null;
  libraryCode: string;
  status: 'ACTIVE' | 'COMPLETE';
  processStatus: ProcessStatus;
  loanDate: Instant;
  dueDate: Instant;
  /** Lent for minutes or hours. */
  shortLoan: boolean;
  /** null: never renewed. */
  lastRenewalAt: Instant | null;
  /** Another run has written the reminder of this due cycle and day. */
  remindedBefore: boolean;
}

/** The run and what surrounds the loans of a page. */
export interface ReminderContext {
  runId: string;
  moment: Moment;
  sendFormat: SendFormat;
  /** Whether a patron who renewed a loan today is still told that it is due today. */
  includeRenewedToday: boolean;
  separatePatronNotificationsByLibrary: boolean;
  /** By id. */
  users: ReadonlyMap<string, { status: string }>;
}

export type LeaveReason =
  | 'NOT_ACTIVE'
  | 'NOT_DUE_TODAY'
  /** Made and due today: the letter of short loans covers it. */
  | 'SHORT_LOAN'
  | 'LOST'
  | 'CLAIMED_RETURN'
  | 'RENEWED_TODAY'
  | 'REMINDED_BEFORE'
  | 'USER_MISSING';
/** `letterKey`: the letter that lists the loan, or the parts of one. */
export type ReminderDecision = { action: 'REMIND'; letterKey: string } | { action: 'LEAVE'; reason: LeaveReason };

/** Lost and claimed returned loans have left the cycle of reminders (rule 3). */
export const remindedStatuses = ['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL'] as const satisfies readonly ProcessStatus[];

/** The Selection: due from the first instant of today (inclusive) to the first of tomorrow (exclusive), whatever the hour of the run. */
export function dueToday({ zone, today }: Moment): { dueFrom: Instant; dueBefore: Instant } {
  return { dueFrom: startOfDay(zone, today), dueBefore: startOfDay(zone, today + 1) };
}

/** The day a reminder is of, and the key under which there is one a loan, due cycle and day. */
export const dayKeyOf = ({ today }: Moment): string => dayText(today);

/** Rules are tried in this order; the first that applies gives the reason. */
export function decideReminder(loan: DueLoan, context: ReminderContext, ask: Ask = unheard): ReminderDecision {
  const { userId, status, processStatus, shortLoan, lastRenewalAt, remindedBefore } = loan;
  const { moment: { zone, today }, includeRenewedToday } = context;
  const dayOf = (instant: Instant) => localDay(zone, instant);
  const [dueDay, loanDay] = [dayOf(loan.dueDate), dayOf(loan.loanDate)];

  if (!ask('Selection: loan is active', status === 'ACTIVE', () => ({ status }))) return leave('NOT_ACTIVE');
  if (!ask('1 due today', dueDay === today, () => ({ dueDate: new Date(loan.dueDate), dueDay: dayText(dueDay), today: dayText(today) }))) return leave('NOT_DUE_TODAY');
  if (ask('2 short loan of today', shortLoan && loanDay === today, () => ({ shortLoan, loanDay: dayText(loanDay) }))) return leave('SHORT_LOAN');
  if (ask('3 lost', processStatus === 'LOST', () => ({ processStatus }))) return leave('LOST');
  if (ask('3 claimed returned', processStatus === 'CLAIMED_RETURN', () => ({ processStatus }))) return leave('CLAIMED_RETURN');
  const renewedToday = lastRenewalAt !== null && dayOf(lastRenewalAt) === today;
  if (ask('4 renewed today', renewedToday && !includeRenewedToday, () => ({ lastRenewalAt: lastRenewalAt === null ? null : new Date(lastRenewalAt), includeRenewedToday })))
    return leave('RENEWED_TODAY');
  if (ask('Idempotency: reminded before', remindedBefore)) return leave('REMINDED_BEFORE');
  if (ask('5 user missing or deleted', !isReachable(userId, context.users), () => ({ userId })) || userId === null) return leave('USER_MISSING');
  return { action: 'REMIND', letterKey: letterKeyOf(userId, loan, context) };
}

const leave = (reason: LeaveReason): ReminderDecision => ({ action: 'LEAVE', reason });

function letterKeyOf(
  userId: string, { libraryCode }: DueLoan, { runId, sendFormat, separatePatronNotificationsByLibrary }: ReminderContext,
): string {
  const ofLibrary = separatePatronNotificationsByLibrary ? libraryCode : null;
  return loanLetterKey(runId, 'FulUserOverdueNoticeLetter', `DUE_TODAY.${sendFormat}`, userId, ofLibrary);
}
