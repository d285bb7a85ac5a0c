/**
 * May this loan be renewed, and to which date?
 *
 * Specification: fulfillment-loans.md, notifications-courtesy-and-renewals, rules 2-10. The renewal job and the desk ask the same. What is
 * the job's own is not here: the rules that name loans for it, what it takes up, and that it charges nobody a fee (rules 1, 2, 12).
 */
import { unheard, type Ask } from '../ask.js';
import type { Calendar } from '../calendar.js';
import { dayText, localDay, type DayNumber, type Instant } from '../days.js';
import { addPeriod, atTimeOf, computeDueDate, isShort, lastDueTimeBy } from '../due-date.js';
import type { LoanPolicies } from '../terms-of-use.js';
import { isWantedByAnother, refusalOfBorrower, type Borrower, type BorrowerGround } from './borrower.js';
import type { ProcessStatus } from './overdue-lost-profiles.js';

/** What the rules may know of a loan. */
export interface RenewableLoan {
  processStatus: ProcessStatus;
  /** `recall.active`. */
  recalled: boolean;
  loanDate: Instant;
  dueDate: Instant;
}

/** What surrounds one loan. */
export interface RenewalGround extends BorrowerGround {
  /** undefined: the terms of use are missing or cannot be read. */
  policies: LoanPolicies | undefined;
  /** Of the loan's library; undefined: it is unknown. */
  calendar: Calendar | undefined;
  /** undefined: missing. */
  borrower: Borrower | undefined;
  /** The request of another that the loan stands in the way of. */
  requested: 'ITEM' | 'TITLE' | null;
  /** When the next booking of the item by another begins. */
  bookedFrom: Instant | null;
}

/** Why a loan is not renewed, in the order of the rules. */
export const renewalRefusals = [
  'TOU_MISSING', 'NOT_RENEWABLE', 'RECALLED', 'USER_MISSING', 'USER_INACTIVE', 'NO_PATRON_ROLE', 'USER_EXPIRED', 'USER_BLOCKED', 'CASH_LIMIT',
  'OVERDUE_LIMIT', 'OVERDUE_RECALL_LIMIT', 'ITEM_REQUESTED', 'TOO_EARLY', 'LIBRARY_MISSING', 'EVENT_DATE_MISSING', 'BOOKING_CONFLICT',
  'MAX_RENEWAL_REACHED', 'USER_EXPIRES', 'SAME_DUE_DATE',
] as const;
export type RenewalRefusal = (typeof renewalRefusals)[number];

export interface Renewal {
  newDueDate: Instant;
  /** Shortened by the maximum renewal period or by the end of the card. */
  cappedBy: 'MAX' | 'EXPIRY' | null;
  /** The date was left on closed time: no open day was found. */
  noOpenDay: boolean;
}
/** `detail`: the description of the block, of USER_BLOCKED. */
export type RenewalDecision = ({ action: 'RENEW' } & Renewal) | { action: 'REFUSE'; reason: RenewalRefusal; detail: string | null };

/** Of an ACTIVE loan that is neither lost nor claimed returned. The first rule that applies gives the reason. */
export function decideRenewal(loan: RenewableLoan, ground: RenewalGround, ask: Ask = unheard): RenewalDecision {
  const { policies, calendar, borrower, requested } = ground;
  if (ask('2 terms of use missing', policies === undefined) || policies === undefined) return refuse('TOU_MISSING');
  if (!ask('2 renewable', policies.isRenewable)) return refuse('NOT_RENEWABLE');
  const { processStatus, recalled } = loan;
  if (ask('3 recalled', processStatus === 'RECALL' || recalled, () => ({ processStatus, recalled }))) return refuse('RECALLED');

  if (ask('4 user missing or deleted', borrower === undefined || borrower.status === 'DELETED') || borrower === undefined) return refuse('USER_MISSING');
  const personal = refusalOfBorrower(borrower, 'RENEW', ground, ask);
  if (personal !== null) return { action: 'REFUSE', ...personal };
  if (isWantedByAnother(requested, 'RENEW', ground, ask)) return refuse('ITEM_REQUESTED');

  const { zone, today } = ground.moment;
  const { renewalTimeFrameDays } = policies;
  const daysAhead = localDay(zone, loan.dueDate) - today;
  if (ask('8 too early', renewalTimeFrameDays !== null && daysAhead > renewalTimeFrameDays, () => ({ daysAhead, renewalTimeFrameDays }))) return refuse('TOO_EARLY');
  if (ask('library missing', calendar === undefined) || calendar === undefined) return refuse('LIBRARY_MISSING');
  return decideDate(loan, policies, calendar, borrower, ground, ask);
}

const refuse = (reason: RenewalRefusal, detail: string | null = null): RenewalDecision => ({ action: 'REFUSE', reason, detail });

/** Rules 9 and 10. */
function decideDate(loan: RenewableLoan, policies: LoanPolicies, calendar: Calendar, { expiryDay }: Borrower, ground: RenewalGround, ask: Ask): RenewalDecision {
  const { bookedFrom, moment: { asOf, zone } } = ground;
  const { renewFrom, closedLibraryDueDateManagement: management, maximumRenewalPeriod } = policies;
  const policy = policies.renewalPeriod ?? policies.dueDate;
  const from = renewFrom === 'NOW' ? asOf : loan.dueDate;
  const counted = computeDueDate(from, policy, management, calendar, expiryDay);
  if ('refused' in counted) {
    ask(`9 ${counted.refused}`, true, () => ({ policy, from: new Date(from), expiryDate: dayOrNull(expiryDay) }));
    // Only the end of a card brings a date back that far.
    return refuse(counted.refused === 'NOT_LATER' ? 'USER_EXPIRES' : counted.refused);
  }

  const lastDay = maximumRenewalPeriod === null ? null : addPeriod(localDay(zone, loan.loanDate), maximumRenewalPeriod.value, maximumRenewalPeriod.unit);
  const isPastMaximum = lastDay !== null && localDay(zone, counted.dueDate) > lastDay;
  ask('9 past the maximum', isPastMaximum, () => ({ lastDay: dayOrNull(lastDay) }));
  const newDueDate = isPastMaximum ? lastDueTimeBy(lastDay, atTimeOf(policy), calendar) : counted.dueDate;
  const cappedBy = isPastMaximum ? 'MAX' : counted.cappedByExpiry ? 'EXPIRY' : null;

  const isBooked = bookedFrom !== null && bookedFrom < newDueDate;
  if (ask('9 booked by another', isBooked, () => ({ bookedFrom: bookedFrom === null ? null : new Date(bookedFrom) }))) return refuse('BOOKING_CONFLICT');
  const isLater = isShort(policy) ? newDueDate > loan.dueDate : localDay(zone, newDueDate) > localDay(zone, loan.dueDate);
  if (!ask('10 due later than before', isLater, () => ({ dueDate: new Date(loan.dueDate), newDueDate: new Date(newDueDate), cappedBy }))) return refuse(tooSoon[cappedBy ?? 'NONE']);
  return { action: 'RENEW', newDueDate, cappedBy, noOpenDay: counted.noOpenDay && cappedBy === null };
}

const tooSoon = { MAX: 'MAX_RENEWAL_REACHED', EXPIRY: 'USER_EXPIRES', NONE: 'SAME_DUE_DATE' } as const;
const dayOrNull = (day: DayNumber | null) => (day === null ? null : dayText(day));
