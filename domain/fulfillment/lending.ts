/**
 * May this item be lent to this patron, and until when?
 *
 * Specification: fulfillment-loans.md, S3 and Entities (`resolveLoanTou`); what stands against the patron is asked as of a renewal
 * (borrower.ts). A title request of another stands in the way only if no other copy can fill it.
 */
import { unheard, type Ask } from '../ask.js';
import type { Calendar } from '../calendar.js';
import { computeDueDate, isShort } from '../due-date.js';
import type { Instant } from '../days.js';
import type { LoanPolicies } from '../terms-of-use.js';
import { isWantedByAnother, refusalOfBorrower, type Borrower, type BorrowerGround, type BorrowerRefusal } from './borrower.js';

export interface LendingGround extends BorrowerGround {
  /** undefined: the terms of use are missing or cannot be read. */
  policies: LoanPolicies | undefined;
  /** Of the item's library; undefined: it is unknown. */
  calendar: Calendar | undefined;
  /** undefined: missing. */
  borrower: Borrower | undefined;
  /** The request of another that the loan would stand in the way of. */
  requested: 'ITEM' | 'TITLE' | null;
  /** When the next booking of the item by another begins. */
  bookedFrom: Instant | null;
}

export type LendingRefusal =
  | BorrowerRefusal | 'USER_MISSING' | 'TOU_MISSING' | 'LIBRARY_MISSING' | 'ITEM_REQUESTED' | 'BOOKING_CONFLICT' | 'EVENT_DATE_MISSING' | 'NO_LATER_DUE_DATE';
export interface NewLoan {
  dueDate: Instant;
  dueDateSource: 'POLICY' | 'EVENT';
  shortLoan: boolean;
}
/** `detail`: the description of the block, of USER_BLOCKED. */
export type LendingDecision = ({ action: 'LEND' } & NewLoan) | { action: 'REFUSE'; reason: LendingRefusal; detail: string | null };

const refuse = (reason: LendingRefusal): LendingDecision => ({ action: 'REFUSE', reason, detail: null });

/** The first rule that applies gives the reason. */
export function decideLoan(ground: LendingGround, ask: Ask = unheard): LendingDecision {
  const { policies, calendar, borrower, requested, bookedFrom, moment: { asOf } } = ground;
  if (borrower === undefined || borrower.status === 'DELETED') return refuse('USER_MISSING');
  const personal = refusalOfBorrower(borrower, 'LOAN', ground, ask);
  if (personal !== null) return { action: 'REFUSE', ...personal };
  if (isWantedByAnother(requested, 'LOAN', ground, ask)) return refuse('ITEM_REQUESTED');
  if (policies === undefined) return refuse('TOU_MISSING');
  if (calendar === undefined) return refuse('LIBRARY_MISSING');

  const due = computeDueDate(asOf, policies.dueDate, policies.closedLibraryDueDateManagement, calendar, borrower.expiryDay);
  if ('refused' in due) return refuse(due.refused === 'NOT_LATER' ? 'NO_LATER_DUE_DATE' : due.refused);
  if (bookedFrom !== null && bookedFrom < due.dueDate) return refuse('BOOKING_CONFLICT');
  return { action: 'LEND', dueDate: due.dueDate, dueDateSource: policies.dueDate.kind === 'EVENT' ? 'EVENT' : 'POLICY', shortLoan: isShort(policies.dueDate) };
}
