/**
 * Notifications – Send Courtesy Notices and Handle Loan Renewals: which loans are renewed before they fall due, and whom the library tells
 * that they are not.
 *
 * Specification: fulfillment-loans.md, notifications-courtesy-and-renewals, Selection and rules 1-12; rules 2-10 are those of every renewal
 * (renewal.ts). Unusual: a loan that fell due while no run looked is renewed all the same, for the library was late and not the patron.
 */
import { unheard, type Ask } from '../ask.js';
import type { Calendar } from '../calendar.js';
import { localDay, startOfDay, type Instant, type Moment } from '../days.js';
import type { SendFormat } from '../letters.js';
import { firstMatching, type RuleFields, type TableRule } from '../rule-tables.js';
import type { LoanPolicies } from '../terms-of-use.js';
import type { BlockPreference, Borrower, PatronLimit } from './borrower.js';
import { loanLetterKey } from './loan-letters.js';
import { locationKey } from './loan-terms.js';
import type { ProcessStatus } from './overdue-lost-profiles.js';
import { decideRenewal, type RenewableLoan, type Renewal, type RenewalRefusal } from './renewal.js';

/** What the rules may know of a loan. */
export interface FallingDueLoan extends RenewableLoan {
  /** null: anonymised. */
  userId: string | null;
  userGroup: string;
  touId: string;
  libraryCode: string;
  locationCode: string;
  itemPolicy: string | null;
  materialType: string | null;
  status: 'ACTIVE' | 'COMPLETE';
  /** Lent for minutes or hours. */
  shortLoan: boolean;
  dueCycle: number;
  /** Its due date was given by a renewal. */
  renewed: boolean;
  lastRenewalAt: Instant | null;
  /** Why it was not renewed when that was tried last; `at` is the `asOf` of the run. */
  lastRenewalFailure: { code: string; at: Instant; dueCycle: number } | null;
  /** Another run has written the courtesy notice of this due cycle. */
  noticedBefore: boolean;
  requested: 'ITEM' | 'TITLE' | null;
  bookedFrom: Instant | null;
}

export interface AutoRenewalRule extends TableRule {
  /** Whether the loans that it names are renewed. */
  output: boolean;
}

/** The run and what surrounds the loans of a page. */
export interface CourtesyContext {
  runId: string;
  moment: Moment;
  /** `asOf` of the last run that ended completed; null: there was none, so none was missed. */
  lastRunAt: Instant | null;
  daysBeforeDueDate: number;
  courtesyMode: 'ALL_NOT_RENEWED' | 'RENEWAL_FAILED_ONLY' | 'NONE';
  sendRenewalNotice: boolean;
  courtesySendFormat: SendFormat;
  renewalSendFormat: SendFormat;
  outageDays: number;
  separatePatronNotificationsByLibrary: boolean;
  /** `inOrder`. */
  rules: readonly AutoRenewalRule[];
  /** By `touId`. */
  termsOfUse: ReadonlyMap<string, LoanPolicies>;
  /** By code of the library. */
  calendars: ReadonlyMap<string, Calendar>;
  limits: ReadonlyMap<string, PatronLimit>;
  preferences: ReadonlyMap<string, BlockPreference>;
  /** By id. */
  borrowers: ReadonlyMap<string, Borrower>;
}

export type LeaveReason = 'NOT_ACTIVE' | 'STATUS_LEFT_OUT' | 'SHORT_LOAN' | 'NOT_IN_WINDOW' | 'FELL_DUE_BEFORE' | 'TRIED_BEFORE';
/** Records that something is wrong with: nothing is done, and nobody is written to. */
const renewalProblems = ['TOU_MISSING', 'USER_MISSING', 'LIBRARY_MISSING'] as const satisfies readonly RenewalRefusal[];
export type RenewalProblem = (typeof renewalProblems)[number];
/** Why a loan is not renewed, in the order of the rules. */
export const notRenewedReasons = [
  'NO_RULE', 'NOT_RENEWABLE', 'RENEW_FEE_APPLIES', 'RECALLED', 'USER_INACTIVE', 'NO_PATRON_ROLE', 'USER_EXPIRED', 'USER_BLOCKED', 'CASH_LIMIT', 'OVERDUE_LIMIT',
  'OVERDUE_RECALL_LIMIT', 'ITEM_REQUESTED', 'EVENT_DATE_MISSING', 'BOOKING_CONFLICT', 'MAX_RENEWAL_REACHED', 'USER_EXPIRES', 'SAME_DUE_DATE',
] as const satisfies readonly ('NO_RULE' | 'RENEW_FEE_APPLIES' | RenewalRefusal)[];
export type NotRenewedReason = (typeof notRenewedReasons)[number];

export type CourtesyDecision =
  | { action: 'LEAVE'; reason: LeaveReason }
  /** Tried again by a later run. */
  | { action: 'WAIT' }
  | { action: 'FAIL'; reason: RenewalProblem }
  /** `letterKey`: `''` where no letter goes out. */
  | ({ action: 'RENEW'; letterKey: string } & Renewal)
  /** `tell`: the courtesy notice to write, null: none. `note`: the reason is written to the loan. `detail`: the description of a block. */
  | { action: 'KEEP'; reason: NotRenewedReason; detail: string | null; note: boolean; tell: { letterKey: string } | null };

/** Lost and claimed returned loans are not renewed. */
export const renewableStatuses = ['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL'] as const satisfies readonly ProcessStatus[];

const DAY_MS = 24 * 60 * 60 * 1000;

/** The Selection, due dates from (inclusive) and before (exclusive); of those that fell due already the rules have the last word. */
export function dueInWindow(context: Pick<CourtesyContext, 'moment' | 'daysBeforeDueDate' | 'lastRunAt' | 'outageDays'>): { dueFrom: Instant; dueBefore: Instant } {
  const { zone, today } = context.moment;
  return { dueFrom: missedSince(context) + 1, dueBefore: startOfDay(zone, today + context.daysBeforeDueDate + 1) };
}

/** What fell due later was in the window of no run that worked. */
function missedSince({ moment: { asOf }, lastRunAt, outageDays }: Pick<CourtesyContext, 'moment' | 'lastRunAt' | 'outageDays'>): Instant {
  return lastRunAt === null ? asOf : Math.min(asOf, Math.max(lastRunAt, asOf - outageDays * DAY_MS));
}

/** Whether borrower, requests and bookings are worth reading: the loan is in the selection, and a rule wants it renewed. */
export function mayRenew(loan: FallingDueLoan, context: CourtesyContext): boolean {
  return leaveReason(loan, context, unheard) === null && !isWaiting(loan, context, unheard) && isNamed(loan, context, unheard);
}

/** Rules are tried in this order; the first that applies decides. */
export function decideCourtesy(loan: FallingDueLoan, context: CourtesyContext, ask: Ask = unheard): CourtesyDecision {
  const reason = leaveReason(loan, context, ask);
  if (reason !== null) return { action: 'LEAVE', reason };
  if (isWaiting(loan, context, ask)) return { action: 'WAIT' };
  if (!isNamed(loan, context, ask)) return keep(loan, context, 'NO_RULE', null, ask);
  const policies = context.termsOfUse.get(loan.touId);
  // Nobody is charged without asking.
  const renewFee = policies?.renewFee ?? 0;
  if (ask('2 a renewal costs a fee', policies?.isRenewable === true && renewFee > 0, () => ({ renewFee }))) return keep(loan, context, 'RENEW_FEE_APPLIES', null, ask);

  const { moment, limits, preferences } = context;
  const { requested, bookedFrom } = loan;
  const borrower = context.borrowers.get(loan.userId ?? '');
  const ground = { moment, policies, calendar: context.calendars.get(loan.libraryCode), borrower, limits, preferences, requested, bookedFrom };
  const decision = decideRenewal(loan, ground, ask);
  if (decision.action === 'RENEW') return { ...decision, letterKey: context.sendRenewalNotice ? renewalLetterKey(loan, context) : '' };
  if (decision.reason === 'TOO_EARLY') return { action: 'WAIT' };
  if (isProblem(decision.reason)) return { action: 'FAIL', reason: decision.reason };
  return keep(loan, context, decision.reason, decision.detail, ask);
}

const isProblem = (reason: RenewalRefusal): reason is RenewalProblem => renewalProblems.some((problem) => problem === reason);

/** The predicates of the Selection; null: the loan is in it. */
function leaveReason(loan: FallingDueLoan, context: CourtesyContext, ask: Ask): LeaveReason | null {
  const { status, processStatus, shortLoan, dueDate, dueCycle, lastRenewalFailure } = loan;
  const { asOf } = context.moment;
  if (!ask('Selection: loan is active', status === 'ACTIVE', () => ({ status }))) return 'NOT_ACTIVE';
  if (!ask('Selection: neither lost nor claimed returned', renewableStatuses.some((one) => one === processStatus), () => ({ processStatus }))) return 'STATUS_LEFT_OUT';
  if (ask('Selection: short loan', shortLoan)) return 'SHORT_LOAN';
  const { dueFrom, dueBefore } = dueInWindow(context);
  const dates = () => ({ dueDate: new Date(dueDate), windowEnds: new Date(dueBefore), asOf: new Date(asOf) });
  if (!ask('Selection: due within the days before', dueDate < dueBefore, dates)) return 'NOT_IN_WINDOW';
  if (!ask('Selection: not due yet', dueDate > asOf, dates)) {
    if (!ask('Selection: fell due while no run looked', dueDate >= dueFrom, () => ({ dueDate: new Date(dueDate), missedSince: new Date(dueFrom - 1) }))) return 'FELL_DUE_BEFORE';
    const tried = lastRenewalFailure !== null && lastRenewalFailure.dueCycle === dueCycle && lastRenewalFailure.at < asOf;
    if (ask('Selection: tried before it fell due', tried, () => ({ lastRenewalFailure }))) return 'TRIED_BEFORE';
  }
  return null;
}

/** Rule 1: a renewal that gave no more days than the window has would be renewed again every night. */
function isWaiting({ renewed, lastRenewalAt, dueDate }: FallingDueLoan, { moment: { zone, today }, daysBeforeDueDate }: CourtesyContext, ask: Ask): boolean {
  if (!renewed || lastRenewalAt === null) return false;
  const dueDay = localDay(zone, dueDate);
  const period = dueDay - localDay(zone, lastRenewalAt);
  return ask('1 just renewed: waits for its last two days', period <= daysBeforeDueDate && dueDay - today > 1, () => ({ period, daysBeforeDueDate, daysAhead: dueDay - today }));
}

/** Which fields the rules of automatic renewal may ask about: the copies on the loan. */
export const autoRenewalFields = { userGroup: 'TEXT', library: 'TEXT', location: 'TEXT', itemPolicy: 'TEXT', materialType: 'TEXT' } as const;

function isNamed({ userGroup, libraryCode, locationCode, itemPolicy, materialType }: FallingDueLoan, { rules }: CourtesyContext, ask: Ask): boolean {
  const fields: Record<keyof typeof autoRenewalFields, RuleFields[string]> = {
    userGroup, library: libraryCode, location: locationKey(libraryCode, locationCode), itemPolicy, materialType,
  };
  const rule = firstMatching(rules, fields, ask);
  return ask('1 a rule wants it renewed', rule?.output === true, () => ({ decidedBy: rule?.name ?? null }));
}

/** Rule 12. What is there already is not written again, so that a loan that cannot be renewed costs one write and not one a night. */
function keep(loan: FallingDueLoan, context: CourtesyContext, reason: NotRenewedReason, detail: string | null, ask: Ask): CourtesyDecision {
  const { dueCycle, lastRenewalFailure: before, noticedBefore } = loan;
  const { moment: { asOf }, courtesyMode } = context;
  const isNoted = before !== null && before.code === reason && before.dueCycle === dueCycle && before.at < asOf;
  const note = ask('12 the reason is new', !isNoted, () => ({ reason, lastRenewalFailure: before }));
  const wanted = courtesyMode === 'ALL_NOT_RENEWED' || (courtesyMode === 'RENEWAL_FAILED_ONLY' && reason !== 'NO_RULE');
  const isTold = ask('12 a courtesy notice is asked for', wanted, () => ({ courtesyMode, reason }))
    && !ask('12 noticed before', noticedBefore)
    && ask('12 there is somebody to write to', loan.userId !== null);
  return { action: 'KEEP', reason, detail, note, tell: isTold ? { letterKey: letterKeyOf(loan, context, 'FulUserLoansCourtesyLetter', `COURTESY.${context.courtesySendFormat}`) } : null };
}

const renewalLetterKey = (loan: FallingDueLoan, context: CourtesyContext) => letterKeyOf(loan, context, 'AutomaticLoansRenewNotice', `RENEWED.${context.renewalSendFormat}`);

function letterKeyOf({ userId, libraryCode }: FallingDueLoan, { runId, separatePatronNotificationsByLibrary }: CourtesyContext, letterCode: string, group: string): string {
  return loanLetterKey(runId, letterCode, group, userId ?? '', separatePatronNotificationsByLibrary ? libraryCode : null);
}
