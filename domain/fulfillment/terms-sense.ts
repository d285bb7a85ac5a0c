/**
 * What in the terms of use of a loan can be read and yet makes no sense: nobody can have meant it, or no rule could keep it.
 *
 * Specification: fulfillment-loans.md, S3 and S5. Asked where terms are saved; terms that came by another way are kept to as they are.
 */
import { addPeriod, isShort, type DueDatePolicy } from '../due-date.js';
import type { LoanPolicies, PolicyRefusal } from '../terms-of-use.js';

/** A hundred years; open days are counted one by one, so ten. */
const LONGEST = { MINUTES: 52_560_000, HOURS: 876_000, DAYS: 36_500, EXACT_DAYS: 36_500, OPEN_DAYS: 3_650, WEEKS: 5_200, MONTHS: 1_200, YEARS: 100 };

/** All of it at once, each at its policy and field. */
export function senselessIn(policies: LoanPolicies): PolicyRefusal[] {
  const { dueDate, renewalPeriod, maximumRenewalPeriod, gracePeriod, overdueFine, maximumFine, lostItemReplacementFee: replacement } = policies;
  const refusals = [...senselessPeriod('dueDate', dueDate), ...(renewalPeriod === null ? [] : senselessPeriod('renewalPeriod', renewalPeriod))];
  const refuse = (place: string, value: unknown, expectation: string) => refusals.push({ place, value, expectation });

  if (maximumRenewalPeriod !== null) {
    const { value, unit } = maximumRenewalPeriod;
    if (value > LONGEST[unit]) refuse('maximumRenewalPeriod.value', value, atMost(unit));
    else if (endsBefore(maximumRenewalPeriod, dueDate)) refuse('maximumRenewalPeriod.value', value, 'at least as long as the loan itself: both are counted from the day of the loan');
  }
  if (gracePeriod.value > LONGEST[gracePeriod.unit]) refuse('gracePeriod.value', gracePeriod.value, atMost(gracePeriod.unit));
  if (overdueFine?.amount === 0) refuse('overdueFine.amount', 0, 'more than 0, or no overdue fine at all');
  if (overdueFine !== null && maximumFine !== null && maximumFine > 0 && maximumFine < overdueFine.amount) {
    refuse('maximumFine', maximumFine, `at least the fine of one ${overdueFine.per.toLowerCase().replace('_', ' ')} (${overdueFine.amount}), or 0 for no fine`);
  }
  if (replacement.source === 'FIXED' && replacement.amount === 0) refuse('lostItemReplacementFee.amount', 0, 'more than 0, as the fee is FIXED');
  if (replacement.source === 'NONE' && replacement.amount > 0) refuse('lostItemReplacementFee.amount', replacement.amount, '0, as the fee is NONE');
  return refusals;
}

const atMost = (unit: keyof typeof LONGEST): string => `at most ${LONGEST[unit]}`;

function senselessPeriod(place: 'dueDate' | 'renewalPeriod', period: DueDatePolicy): PolicyRefusal[] {
  if (period.kind === 'EVENT') return [];
  const { unit, value, atTime } = period;
  const refusals: PolicyRefusal[] = [];
  if (value > LONGEST[unit]) refusals.push({ place: `${place}.value`, value, expectation: atMost(unit) });
  if (atTime !== null && isShort(period)) refusals.push({ place: `${place}.atTime`, value: atTime, expectation: `no time, as ${unit} are due to the minute` });
  return refusals;
}

/** Months are taken as those from January on; open days as days, of which they are never fewer. */
function endsBefore(most: NonNullable<LoanPolicies['maximumRenewalPeriod']>, loan: DueDatePolicy): boolean {
  if (loan.kind === 'EVENT' || loan.unit === 'MINUTES' || loan.unit === 'HOURS') return false;
  return addPeriod(0, most.value, most.unit) < addPeriod(0, loan.value, loan.unit === 'OPEN_DAYS' ? 'DAYS' : loan.unit);
}
