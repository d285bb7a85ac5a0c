/**
 * Where a due date goes that falls on closed time.
 *
 * Specification: fulfillment-loans.md, S4. A long loan is due on closed time when the whole day is closed (due after closing on an
 * open day it stays), a short one when its due instant is not open.
 */
import type { Calendar, OpenInterval } from './calendar.js';
import { endOfDay, localDay, localToInstant, type DayNumber, type Instant } from './days.js';
import type { ClosedTimeManagement } from './terms-of-use.js';

/** The policy of the loan, and what it is counted from. */
export interface ClosedTimeRule {
  management: ClosedTimeManagement;
  /** Lent for minutes or hours. */
  shortLoan: boolean;
  /** Minutes of the wall clock that take the place of a closing time; null: the closing time itself. */
  atTime: number | null;
  /** A result must be later than this: the moment of loan or renewal, `asOf` when due dates are corrected. */
  from: Instant;
}

/** `noOpenDay`: the due date was left on closed time because no open day was found (NO_OPEN_DAY). */
export interface ShiftedDueDate {
  dueDate: Instant;
  noOpenDay: boolean;
}

/** How far an open day is looked for, to either side. */
export const SEARCH_DAYS = 366;
const MINUTE = 60_000;

/** Of a long loan the whole day has to be closed: what is due after closing on an open day stays. */
export function isOnClosedTime(dueDate: Instant, shortLoan: boolean, calendar: Calendar): boolean {
  return shortLoan ? !calendar.isOpenAt(dueDate) : !calendar.isOpenDay(localDay(calendar.zone, dueDate));
}

export function shiftFromClosedTime(dueDate: Instant, rule: ClosedTimeRule, calendar: Calendar): ShiftedDueDate {
  const dueDay = localDay(calendar.zone, dueDate);
  if (!isOnClosedTime(dueDate, rule.shortLoan, calendar) || rule.management === 'KEEP') return { dueDate, noOpenDay: false };

  const later = () => (rule.shortLoan ? nextOpening(dueDate, dueDay, calendar) : nextDay(dueDay, rule, calendar));
  const earlier = () => (rule.shortLoan ? lastClosing(dueDate, dueDay, calendar) : previousDay(dueDay, rule, calendar));

  let shifted = rule.management === 'PREVIOUS_OPEN' ? earlier() : later();
  // Nobody can bring back yesterday what is lent today.
  if (rule.management === 'PREVIOUS_OPEN' && shifted !== null && shifted <= rule.from) shifted = later();
  return { dueDate: shifted ?? dueDate, noOpenDay: shifted === null };
}

function nextDay(dueDay: DayNumber, rule: ClosedTimeRule, calendar: Calendar): Instant | null {
  for (let day = dueDay + 1; day <= dueDay + SEARCH_DAYS; day += 1) {
    const [first] = calendar.openIntervals(day);
    if (first !== undefined) return rule.management === 'NEXT_OPEN_START' ? first.from : dueTimeOn(day, rule.atTime, calendar);
  }
  return null;
}

function previousDay(dueDay: DayNumber, rule: ClosedTimeRule, calendar: Calendar): Instant | null {
  for (let day = dueDay - 1; day >= dueDay - SEARCH_DAYS; day -= 1)
    if (calendar.isOpenDay(day)) return dueTimeOn(day, rule.atTime, calendar);
  return null;
}

/** When a long loan is due on a day: `atTime` where the policy has one, else when the library closes; on a closed day by its end. */
export function dueTimeOn(day: DayNumber, atTime: number | null, calendar: Calendar): Instant {
  if (atTime !== null) return localToInstant(calendar.zone, day, atTime);
  return calendar.closingTime(day) ?? endOfDay(calendar.zone, day);
}

/** The desk gets the library's `shortLoanOpeningOffsetMinutes` to open before the books are due. */
function nextOpening(dueDate: Instant, dueDay: DayNumber, calendar: Calendar): Instant | null {
  for (let day = dueDay; day <= dueDay + SEARCH_DAYS; day += 1) {
    const next = calendar.openIntervals(day).find(({ from }) => from > dueDate);
    if (next !== undefined) return next.from + calendar.library.shortLoanOpeningOffsetMinutes * MINUTE;
  }
  return null;
}

function lastClosing(dueDate: Instant, dueDay: DayNumber, calendar: Calendar): Instant | null {
  for (let day = dueDay; day >= dueDay - SEARCH_DAYS; day -= 1) {
    const last = calendar.openIntervals(day).findLast(({ to }: OpenInterval) => to < dueDate);
    // 24:00 is stored as the last second of its day.
    if (last !== undefined) return Math.min(last.to, endOfDay(calendar.zone, day));
  }
  return null;
}
