/**
 * As of when an item is back that is seen later.
 *
 * Our decision; the specification says only that the fine ends when the item is back (fulfillment-loans.md, S6.1). A year is further than any
 * shelf keeps an item unseen, and is most likely a slip of the pen.
 */
import type { Calendar } from '../calendar.js';
import { localDay, type Instant } from '../days.js';

export type ReturnDateRefusal = 'RETURN_IN_FUTURE' | 'RETURN_BEFORE_LOAN' | 'RETURN_TOO_LONG_AGO';

const YEAR = 365 * 24 * 60 * 60_000;

/** null: it may be. At the moment of the loan, or a year before `asOf` to the millisecond, is within. */
export function refusalOfReturnDate(returnedAt: Instant, { loanDate, asOf }: { loanDate: Instant; asOf: Instant }): ReturnDateRefusal | null {
  if (returnedAt > asOf) return 'RETURN_IN_FUTURE';
  if (returnedAt < loanDate) return 'RETURN_BEFORE_LOAN';
  return asOf - returnedAt > YEAR ? 'RETURN_TOO_LONG_AGO' : null;
}

/** How far the last closing of a library is looked for. */
const SEARCH_DAYS = 31;

/**
 * What lies in the book drop came at the earliest when the library closed last, and counts as back since then: nobody can know better. Of
 * what was lent since, and where no closing is found, it counts as back at `asOf`.
 */
export function bookDropTime(calendar: Calendar, { loanDate, asOf }: { loanDate: Instant; asOf: Instant }): Instant {
  const today = localDay(calendar.zone, asOf);
  for (let day = today; day > today - SEARCH_DAYS; day -= 1) {
    const closed = calendar.openIntervals(day).findLast(({ to }) => to <= asOf);
    if (closed !== undefined) return closed.to < loanDate ? asOf : closed.to;
  }
  return asOf;
}
