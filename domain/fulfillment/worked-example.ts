/**
 * What terms of use come to, worked through for one loan: when it is due, and what it costs to bring it back at a given time.
 *
 * Specification: fulfillment-loans.md, S3, S5, S6. It asks the very rules that lending and returning ask, so that whoever sets policies sees
 * what they will do.
 */
import type { Calendar } from '../calendar.js';
import type { DayNumber, Instant } from '../days.js';
import { computeDueDate, isShort, type DueDateRefusal } from '../due-date.js';
import { overdueFine, type OverdueFine } from '../overdue-fine.js';
import type { LoanPolicies } from '../terms-of-use.js';

export interface ExampleLoan {
  lentAt: Instant;
  returnedAt: Instant;
  /** Last day of the borrower's card; null: it does not end. */
  expiryDay: DayNumber | null;
  recalled: boolean;
}

/** `cappedByExpiry`: the card ends first. `noOpenDay`: it is left on closed time, for want of an open day. */
export type WorkedExample =
  | { dueDate: Instant; shortLoan: boolean; cappedByExpiry: boolean; noOpenDay: boolean; fine: OverdueFine }
  | { refused: DueDateRefusal['refused'] };

export function workedExample({ lentAt, returnedAt, expiryDay, recalled }: ExampleLoan, policies: LoanPolicies, calendar: Calendar): WorkedExample {
  const due = computeDueDate(lentAt, policies.dueDate, policies.closedLibraryDueDateManagement, calendar, expiryDay);
  if ('refused' in due) return { refused: due.refused };
  const { dueDate, cappedByExpiry, noOpenDay } = due;
  const shortLoan = isShort(policies.dueDate);
  const loan = { dueDate, shortLoan, processStatus: recalled ? 'RECALL' : 'NORMAL', recalled, claimedReturnAt: null, returnDate: returnedAt };
  return { dueDate, shortLoan, cappedByExpiry, noOpenDay, fine: overdueFine(loan, policies, calendar, returnedAt) };
}
