/**
 * When a loan or a renewal is due.
 *
 * Specification: fulfillment-loans.md, S3 (where closed time sends a due date is S4: closed-time.ts).
 */
import { minutesOf, type Calendar } from './calendar.js';
import { dueTimeOn, SEARCH_DAYS, shiftFromClosedTime } from './closed-time.js';
import { addMonths, localDay, localToInstant, type DayNumber, type Instant } from './days.js';
import type { LoanPolicies } from './terms-of-use.js';

export type DueDatePolicy = LoanPolicies['dueDate'];

export interface DueDate {
  dueDate: Instant;
  /** The card ends first (rule 5). */
  cappedByExpiry: boolean;
  /** No open day was found, and the date was left on closed time (NO_OPEN_DAY). */
  noOpenDay: boolean;
}
/** Rule 3: the calendar has no such event ahead; rule 6: the date would not be later than what it is counted from. */
export interface DueDateRefusal {
  refused: 'EVENT_DATE_MISSING' | 'NOT_LATER';
}

const MINUTE = 60_000;

/** Lent for minutes or hours: such a loan is due to the minute, all others by the day. */
export function isShort(policy: DueDatePolicy): boolean {
  return policy.kind === 'PERIOD' && (policy.unit === 'MINUTES' || policy.unit === 'HOURS');
}

/** `expiryDay`: the last day of the borrower's card; null: it does not end. */
export function computeDueDate(
  from: Instant,
  policy: DueDatePolicy,
  management: LoanPolicies['closedLibraryDueDateManagement'],
  calendar: Calendar,
  expiryDay: DayNumber | null,
): DueDate | DueDateRefusal {
  const atTime = atTimeOf(policy);
  const counted = policy.kind === 'EVENT' ? eventDate(from, policy.eventName, atTime, calendar) : periodEnd(from, policy, atTime, calendar);
  if (counted === null) return { refused: 'EVENT_DATE_MISSING' };

  const shifted = shiftFromClosedTime(counted.dueDate, { management, shortLoan: isShort(policy), atTime, from }, calendar);
  const cappedByExpiry = expiryDay !== null && localDay(calendar.zone, shifted.dueDate) > expiryDay;
  const dueDate = cappedByExpiry ? lastDueTimeBy(expiryDay, atTime, calendar) : shifted.dueDate;
  if (dueDate <= from) return { refused: 'NOT_LATER' };
  return { dueDate, cappedByExpiry, noOpenDay: counted.noOpenDay || shifted.noOpenDay };
}

/** Minutes of the wall clock at which the policy says a loan is due; null: when the library closes. */
export const atTimeOf = ({ atTime }: DueDatePolicy): number | null => (atTime === null ? null : minutesOf(atTime));

/** The closing time, or `atTime`, of the last open day up to `day` (inclusive); of `day` itself where none is found. */
export function lastDueTimeBy(day: DayNumber, atTime: number | null, calendar: Calendar): Instant {
  let open = day;
  while (!calendar.isOpenDay(open) && day - open < SEARCH_DAYS) open -= 1;
  return dueTimeOn(calendar.isOpenDay(open) ? open : day, atTime, calendar);
}

/** A day so many calendar units later; months and years clamp to the end of the month (S1.4). */
export function addPeriod(day: DayNumber, value: number, unit: 'DAYS' | 'WEEKS' | 'MONTHS' | 'YEARS'): DayNumber {
  switch (unit) {
    case 'DAYS':
      return day + value;
    case 'WEEKS':
      return day + 7 * value;
    case 'MONTHS':
      return addMonths(day, value);
    case 'YEARS':
      return addMonths(day, 12 * value);
  }
}

interface Counted {
  dueDate: Instant;
  noOpenDay: boolean;
}

function periodEnd(from: Instant, { unit, value }: Extract<DueDatePolicy, { kind: 'PERIOD' }>, atTime: number | null, calendar: Calendar): Counted {
  if (unit === 'MINUTES' || unit === 'HOURS') {
    const to = from + value * (unit === 'HOURS' ? 60 : 1) * MINUTE;
    return { dueDate: Math.floor(to / MINUTE) * MINUTE, noOpenDay: false };
  }
  const firstDay = localDay(calendar.zone, from);
  if (unit !== 'OPEN_DAYS') return { dueDate: dueTimeOn(addPeriod(firstDay, value, unit), atTime, calendar), noOpenDay: false };
  const day = nthOpenDay(firstDay, value, calendar);
  // As where requests count open days (fulfillment-requests.md, C2).
  return { dueDate: dueTimeOn(day ?? firstDay + value, atTime, calendar), noOpenDay: day === null };
}

function nthOpenDay(after: DayNumber, count: number, calendar: Calendar): DayNumber | null {
  let left = count;
  for (let day = after + 1, closed = 0; closed < SEARCH_DAYS; day += 1) {
    closed = calendar.isOpenDay(day) ? 0 : closed + 1;
    if (closed === 0) left -= 1;
    if (left === 0) return day;
  }
  return null;
}

function eventDate(from: Instant, name: string, atTime: number | null, calendar: Calendar): Counted | null {
  const event = calendar.eventAfter(name, localDay(calendar.zone, from));
  if (event === null) return null;
  const { day, minutes } = event;
  const dueDate = minutes === null ? dueTimeOn(day, atTime, calendar) : localToInstant(calendar.zone, day, minutes);
  return { dueDate, noOpenDay: false };
}
