/** What terms of use allow and charge, in words (fulfillment-loans.md, S5). */
import type { LoanPolicies } from '../../domain/terms-of-use.js';
import { closedWords, graceWords, longWords, periodText, ratePer, renewFromWords } from './terms-of-use-form.js';
import { majorUnits } from './typed.js';

/** By subject, in the order of the form. */
export function policyWords(policies: LoanPolicies, currency: string): { subject: string; says: string }[] {
  const money = (amount: number) => `${majorUnits(amount, currency)} ${currency}`;
  return [
    { subject: 'Lent for', says: lentFor(policies) },
    { subject: 'Renewal', says: policies.isRenewable ? renewal(policies, money) : 'none' },
    { subject: 'Grace', says: grace(policies) },
    { subject: 'Overdue', says: overdue(policies, money) },
    { subject: 'Lost', says: lost(policies, money) },
  ];
}

type Money = (amount: number) => string;
const joined = (...parts: (string | false)[]): string => parts.filter((part) => part !== false).join(', ');

function lentFor({ dueDate, closedLibraryDueDateManagement: closed }: LoanPolicies): string {
  return `${joined(periodText(dueDate), dueDate.atTime !== null && `due at ${dueDate.atTime}`)}; a due date on closed time ${closedWords[closed]}`;
}

function renewal({ renewalPeriod, renewFrom, renewalTimeFrameDays, maximumRenewalPeriod: most, renewFee }: LoanPolicies, money: Money): string {
  return joined(
    renewalPeriod === null ? 'for as long again' : `for ${periodText(renewalPeriod)}`,
    `counted from ${renewFromWords[renewFrom]}`,
    renewalTimeFrameDays !== null && `at the earliest ${renewalTimeFrameDays} days before it is due`,
    most !== null && `at most until ${most.value} ${longWords[most.unit]} after the loan`,
    renewFee > 0 && `for ${money(renewFee)}`,
  );
}

function grace({ gracePeriod: { value, unit, excludedFromFine }, graceAppliesToRecalls }: LoanPolicies): string {
  if (value === 0) return 'none';
  return joined(`${value} ${graceWords[unit]}`, excludedFromFine && 'left out of the fine', !graceAppliesToRecalls && 'none when recalled');
}

function overdue(policies: LoanPolicies, money: Money): string {
  const { overdueFine: fine, recalledOverdueFine: recalled, maximumFine: most } = policies;
  const notices = ([1, 2, 3, 4, 5] as const).flatMap((nth) => {
    const amount = policies[`overdueNotificationFine${nth}`];
    return amount > 0 ? [`${money(amount)} with notice ${nth}`] : [];
  });
  const rates = [fine !== null && `${money(fine.amount)} ${ratePer(fine.per)}`, recalled !== null && `${money(recalled.amount)} ${ratePer(recalled.per)} when recalled`];
  const rated = most === 0 || rates.every((rate) => rate === false) ? 'no fine' : joined(...rates, most !== null && `at most ${money(most)}`);
  return joined(rated, ...notices);
}

function lost(policies: LoanPolicies, money: Money): string {
  const { lostItemReplacementFee: { source, amount }, lostItemFine, lostItemReplacementFeeRefundRatio: ratio, lostItemRefundLimitDays: days } = policies;
  const price = amount > 0 ? `the price of the item, else ${money(amount)}` : 'the price of the item';
  return joined(
    { NONE: 'no replacement fee', FIXED: money(amount), ITEM_COST: price }[source],
    lostItemFine > 0 && `process fee ${money(lostItemFine)}`,
    source !== 'NONE' && ratio > 0 && `${ratio} % back when found${days === null ? '' : ` within ${days} days`}`,
  );
}
