/**
 * As of when a return may be dated back.
 *
 * Our decision; the specification says only that the fine ends when the item is back (fulfillment-loans.md, S6.1). A year is further than any
 * book drop or shelf keeps an item, and is most likely a slip of the pen.
 */
import type { Instant } from '../days.js';

export type ReturnDateRefusal = 'RETURN_IN_FUTURE' | 'RETURN_BEFORE_LOAN' | 'RETURN_TOO_LONG_AGO';

const YEAR = 365 * 24 * 60 * 60_000;

/** null: it may be. At the moment of the loan, or a year before `asOf` to the millisecond, is within. */
export function refusalOfReturnDate(returnedAt: Instant, { loanDate, asOf }: { loanDate: Instant; asOf: Instant }): ReturnDateRefusal | null {
  if (returnedAt > asOf) return 'RETURN_IN_FUTURE';
  if (returnedAt < loanDate) return 'RETURN_BEFORE_LOAN';
  return asOf - returnedAt > YEAR ? 'RETURN_TOO_LONG_AGO' : null;
}
