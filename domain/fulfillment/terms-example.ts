/**
 * What terms of use come to, by an example: when a loan made at an instant is due, what it costs late, and what it costs lost.
 *
 * Specification: fulfillment-loans.md, S3, S6; loans-overdue-and-lost, rule 9. The rules themselves are asked: the example is what would happen.
 */
import type { Calendar } from '../calendar.js';
import { localDay, localMinutes, localToInstant, type Instant } from '../days.js';
import { computeDueDate, isShort, type DueDate, type DueDateRefusal } from '../due-date.js';
import { overdueFine } from '../overdue-fine.js';
import type { LoanPolicies } from '../terms-of-use.js';
import { lostFees } from './overdue-fees.js';

/** Amounts are minor units of the institution's currency. */
export interface ExampleLoan {
  lentAt: Instant;
  calendar: Calendar;
  currency: string;
  /** null: the item has none. */
  itemPrice: number | null;
  /** Of the library. */
  defaultReplacementCost: number | null;
}

export interface TermsExample extends Omit<DueDate, 'cappedByExpiry'> {
  /** So many days after the due date, at its time of day; `recalledFine` if the item was recalled. */
  late: { days: number; at: Instant; fine: number; recalledFine: number }[];
  replacementFee: number;
  processFee: number;
}

const LATE_DAYS = [1, 7, 30];

/** Of a patron whose card does not end, charged with all that the terms of use name for a lost item. */
export function termsExample(policies: LoanPolicies, loan: ExampleLoan): TermsExample | DueDateRefusal {
  const { lentAt, calendar, currency, itemPrice, defaultReplacementCost } = loan;
  const { zone } = calendar;
  const due = computeDueDate(lentAt, policies.dueDate, policies.closedLibraryDueDateManagement, calendar, null);
  if ('refused' in due) return due;

  const { dueDate, noOpenDay } = due;
  const fined = { dueDate, shortLoan: isShort(policies.dueDate), processStatus: 'NORMAL', claimedReturnAt: null, returnDate: null };
  const late = LATE_DAYS.map((days) => {
    const at = localToInstant(zone, localDay(zone, dueDate) + days, localMinutes(zone, dueDate));
    const fine = (recalled: boolean) => overdueFine({ ...fined, recalled }, policies, calendar, at).amount;
    return { days, at, fine: fine(false), recalledFine: fine(true) };
  });
  const { fees } = lostFees({ loanId: '', dueCycle: 1 }, 1, { chargeReplacementFee: true, chargeProcessFee: true }, policies, {
    replacementCost: itemPrice === null ? null : { amount: itemPrice, currency },
    defaultReplacementCost,
    currency,
    convert: ({ amount }) => amount,
  }, null);
  const feeOf = (type: string) => fees.find((fee) => fee.type === type)?.amount ?? 0;
  return { dueDate, noOpenDay, late, replacementFee: feeOf('LOST_ITEM_REPLACEMENT_FEE'), processFee: feeOf('LOST_ITEM_PROCESS_FEE') };
}
