/**
 * The overdue fine of one loan, as it stands at an instant.
 *
 * Specification: fulfillment-loans.md, S6. Nothing is stored while a loan is open: "accrued fine" in a letter is this function at
 * `asOf`. Unusual in it: the due day itself is the first day of a grace in days, and once grace is over the whole time since the due
 * date counts, unless the policy leaves the grace out.
 */
import type { Calendar } from './calendar.js';
import { localDay, localMinutes, localToInstant, startOfDay, type Instant } from './days.js';
import type { FineRate, GracePeriod, LoanPolicies } from './terms-of-use.js';

/** What the fine depends on in a loan. */
export interface FinedLoan {
  dueDate: Instant;
  /** Lent for minutes or hours. */
  shortLoan: boolean;
  processStatus: string;
  /** `recall.active`. */
  recalled: boolean;
  claimedReturnAt: Instant | null;
  returnDate: Instant | null;
}

export type FinePolicies = Pick<
  LoanPolicies,
  'gracePeriod' | 'graceAppliesToRecalls' | 'overdueFine' | 'recalledOverdueFine' | 'maximumFine'
>;

/** Minor units of the institution's currency, and the type of the fee they are posted as. */
export interface OverdueFine {
  type: 'OVERDUE_FINE' | 'RECALLED_OVERDUE_FINE';
  amount: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The fine up to `at`, by the calendar of the loan's library. An amount of 0 is not posted. */
export function overdueFine(loan: FinedLoan, policies: FinePolicies, calendar: Calendar, at: Instant): OverdueFine {
  const { recalledOverdueFine, maximumFine } = policies;
  const recalled = loan.recalled && recalledOverdueFine !== null;
  const type = recalled ? 'RECALLED_OVERDUE_FINE' : 'OVERDUE_FINE';
  const rate = recalled ? recalledOverdueFine : policies.overdueFine;

  const end = endOfDelay(loan, at);
  if (end <= loan.dueDate || rate === null || maximumFine === 0) return { type, amount: 0 };

  const grace = graceOf(loan, policies);
  const graceEnd = endOfGrace(loan.dueDate, grace, calendar, end);
  if (end <= graceEnd) return { type, amount: 0 };

  const start = grace.excludedFromFine ? graceEnd : loan.dueDate;
  // The end of a grace in days is the 24:00 of its last day, from which days are counted.
  const byDays = grace.excludedFromFine && grace.value > 0 && (grace.unit === 'DAYS' || grace.unit === 'OPEN_DAYS');
  const startDay = localDay(calendar.zone, byDays ? start - 1 : start);
  const units = unitsBetween(start, startDay, end, rate.per, loan.shortLoan, calendar);
  return { type, amount: Math.min(units * rate.amount, maximumFine ?? Infinity) };
}

/**
 * How late a loan is at an instant, in units from its due date (rule 5), whether or not the fine leaves its grace out; RETURN counts each
 * late return once. 0: not late, or within its grace.
 */
export function lateUnits(
  loan: FinedLoan, policies: Pick<LoanPolicies, 'gracePeriod' | 'graceAppliesToRecalls'>, per: FineRate['per'] | 'RETURN', calendar: Calendar, at: Instant,
): number {
  const end = endOfDelay(loan, at);
  if (end <= loan.dueDate || end <= endOfGrace(loan.dueDate, graceOf(loan, policies), calendar, end)) return 0;
  return per === 'RETURN' ? 1 : unitsBetween(loan.dueDate, localDay(calendar.zone, loan.dueDate), end, per, loan.shortLoan, calendar);
}

const NO_GRACE: GracePeriod = { value: 0, unit: 'MINUTES', excludedFromFine: false };
const graceOf = ({ recalled }: FinedLoan, { gracePeriod, graceAppliesToRecalls }: Pick<LoanPolicies, 'gracePeriod' | 'graceAppliesToRecalls'>): GracePeriod =>
  recalled && !graceAppliesToRecalls ? NO_GRACE : gracePeriod;

/** Rule 1: the clock stops when the item is back or the patron says so. */
function endOfDelay({ returnDate, claimedReturnAt, processStatus }: FinedLoan, at: Instant): Instant {
  const claimed = processStatus === 'CLAIMED_RETURN' ? claimedReturnAt : null;
  return Math.min(at, returnDate ?? Infinity, claimed ?? Infinity);
}

/** Rule 3. Open days are looked for up to the day of `end` only: a grace that is not over by then is infinite here. */
function endOfGrace(dueDate: Instant, { unit, value }: GracePeriod, calendar: Calendar, end: Instant): Instant {
  const { zone } = calendar;
  const dueDay = localDay(zone, dueDate);
  if (value === 0) return dueDate;
  switch (unit) {
    case 'MINUTES':
      return dueDate + value * MINUTE;
    case 'HOURS':
      return dueDate + value * HOUR;
    case 'EXACT_DAYS':
      return localToInstant(zone, dueDay + value, localMinutes(zone, dueDate));
    case 'DAYS':
      return startOfDay(zone, dueDay + value);
    case 'OPEN_DAYS': {
      let open = 0;
      for (let day = dueDay; day <= localDay(zone, end); day += 1) {
        if (calendar.isOpenDay(day)) open += 1;
        if (open === value) return startOfDay(zone, day + 1);
      }
      return Infinity;
    }
  }
}

/** Rule 5. */
function unitsBetween(
  start: Instant,
  startDay: number,
  end: Instant,
  per: FineRate['per'],
  shortLoan: boolean,
  calendar: Calendar,
): number {
  const endDay = localDay(calendar.zone, end);
  switch (per) {
    case 'MINUTE':
      return Math.ceil((end - start) / MINUTE);
    case 'HOUR':
      return Math.ceil((end - start) / HOUR);
    case 'OPEN_HOUR':
      return Math.ceil(calendar.openMinutesBetween(start, end) / 60);
    case 'DAY':
      return shortLoan ? Math.ceil((end - start) / DAY) : endDay - startDay;
    case 'OPEN_DAY':
      return calendar.openDaysBetween(startDay, endDay);
  }
}
