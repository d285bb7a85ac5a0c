/**
 * What a lost loan that is found, returned or paid for comes to.
 *
 * Specification: fulfillment-loans.md, S11. The desk asks at each of these; jobs rely on it. Whatever was given back before counts, so that
 * asking again after half of it was done gives back the other half.
 */
import { localDay, type Instant, type Moment } from '../days.js';
import { percentOf } from '../money.js';
import { overdueFine, type FinedLoan, type OverdueFine } from '../overdue-fine.js';
import type { Calendar } from '../calendar.js';
import type { LoanPolicies } from '../terms-of-use.js';
import type { FeeStatus } from './fee-bookings.js';

/** One of the two fees of a lost loan. */
export interface LostFee {
  status: FeeStatus;
  originalAmount: number;
  balance: number;
  /** The sum of its payments. */
  paid: number;
  /** What an earlier attempt waived for this refund; null: nothing was. */
  waivedForRefund: number | null;
}

/** Minor units of the institution's currency; 0: nothing. */
export interface Refund {
  waiveReplacement: number;
  /** What was paid, or is collected elsewhere, and is now owed to the patron. */
  credit: number;
  waiveProcess: number;
}

type RefundPolicies = Pick<LoanPolicies, 'lostItemReplacementFeeRefundRatio' | 'lostItemRefundLimitDays' | 'lostItemProcessFeeRefundable'>;

/** The key of a refund: of the waiver among the fee's transactions, and of the credit. */
export const refundKey = (feeId: string): string => `refund:${feeId}`;

/** Rules 1-3; null for a fee that was never charged. */
export function refundOf(
  lostAt: Instant, policies: RefundPolicies, { zone, today }: Moment, replacement: LostFee | null, process: LostFee | null,
): Refund {
  const { lostItemReplacementFeeRefundRatio: ratio, lostItemRefundLimitDays: limit, lostItemProcessFeeRefundable } = policies;
  const isTooLate = limit !== null && today - localDay(zone, lostAt) > limit;
  const refund = replacement === null || isTooLate ? 0 : percentOf(replacement.originalAmount, ratio);
  const waiveReplacement = replacement === null || replacement.status === 'EXPORTED' ? 0 : toWaive(refund, replacement);
  return {
    waiveReplacement,
    credit: Math.max(0, refund - waiveReplacement),
    waiveProcess: process !== null && lostItemProcessFeeRefundable && process.status !== 'EXPORTED' ? toWaive(Infinity, process) : 0,
  };
}

const toWaive = (most: number, { waivedForRefund, balance }: LostFee): number => waivedForRefund ?? Math.min(balance, most);

export type OverdueFineOnLostReturn = 'NONE' | 'TO_LOST_DATE' | 'TO_RETURN_DATE';

/** Rule 4, of a lost loan that is returned at `at` and whose fine was not posted when it became lost; null: none is to be posted. */
export function fineOnLostReturn(
  loan: FinedLoan, lostAt: Instant, setting: OverdueFineOnLostReturn, policies: LoanPolicies, calendar: Calendar, at: Instant,
): OverdueFine | null {
  if (setting === 'NONE') return null;
  return overdueFine(loan, policies, calendar, setting === 'TO_LOST_DATE' ? Math.min(lostAt, at) : at);
}

/** Rule 8: of its lost fees, at least one, each was paid in full. What was waived or handed to the bursar was not paid. */
export function isPaid(fees: readonly LostFee[]): boolean {
  return fees.length > 0 && fees.every(({ status, originalAmount, paid }) => status === 'CLOSED' && paid === originalAmount);
}
