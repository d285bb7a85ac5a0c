/**
 * What an overdue notification and a lost loan cost, and the keys that make each fee one fee.
 *
 * Specification: fulfillment-loans.md, loans-overdue-and-lost, rules 7b and 9; S7. Amounts are minor units of the institution's
 * currency; a fee of 0 is none.
 */
import type { Convert, Money } from '../money.js';
import type { OverdueFine } from '../overdue-fine.js';
import type { LoanPolicies } from '../terms-of-use.js';
import type { NotificationType, OverdueLostProfile } from './overdue-lost-profiles.js';

export interface FeeToCharge {
  type: 'OVERDUE_NOTIFICATION_FINE' | 'LOST_ITEM_REPLACEMENT_FEE' | 'LOST_ITEM_PROCESS_FEE' | OverdueFine['type'];
  amount: number;
  currency: string;
  dedupeKey: string;
}

export interface ChargedLoan {
  loanId: string;
  dueCycle: number;
}

/** What the price of a lost item may come from. */
export interface ReplacementSources {
  /** The item's own; null: none is known, or the item is gone. */
  replacementCost: Money | null;
  /** The library's, in the institution's currency. */
  defaultReplacementCost: number | null;
  currency: string;
  convert: Convert;
}

export const notificationFineKey = ({ loanId, dueCycle }: ChargedLoan, profileId: string): string =>
  `ovn:${loanId}:${dueCycle}:${profileId}`;
export const replacementFeeKey = (loanId: string, lostCount: number): string => `lost-repl:${loanId}:${lostCount}`;
export const processFeeKey = (loanId: string, lostCount: number): string => `lost-proc:${loanId}:${lostCount}`;
export const overdueFineKey = ({ loanId, dueCycle }: ChargedLoan): string => `overdue:${loanId}:${dueCycle}`;

/** Rule 7b: the fine of the terms of use for a notification of this type, where the profile asks for one. */
export function notificationFines(
  loan: ChargedLoan,
  { profileId, createFine }: OverdueLostProfile,
  type: NotificationType,
  policies: LoanPolicies,
  currency: string,
): FeeToCharge[] {
  const amount = createFine ? policies[policyOfFine[type]] : 0;
  const dedupeKey = notificationFineKey(loan, profileId);
  return [{ type: 'OVERDUE_NOTIFICATION_FINE' as const, amount, currency, dedupeKey }].filter(charged);
}

const policyOfFine = {
  OVERDUE_NOTIFICATION_1: 'overdueNotificationFine1',
  OVERDUE_NOTIFICATION_2: 'overdueNotificationFine2',
  OVERDUE_NOTIFICATION_3: 'overdueNotificationFine3',
  OVERDUE_NOTIFICATION_4: 'overdueNotificationFine4',
  OVERDUE_NOTIFICATION_5: 'overdueNotificationFine5',
} as const satisfies Record<NotificationType, keyof LoanPolicies>;

/**
 * Rule 9. `lostCount` is the one the loan has once it is lost; `accrued` is the overdue fine to be posted with it, null where it
 * stays open until return. `problems` say that the price could not be converted, or that none is known at all.
 */
export function lostFees(
  loan: ChargedLoan,
  lostCount: number,
  profile: Pick<OverdueLostProfile, 'chargeReplacementFee' | 'chargeProcessFee'>,
  policies: LoanPolicies,
  sources: ReplacementSources,
  accrued: OverdueFine | null,
): { fees: FeeToCharge[]; problems: ReplacementProblem[] } {
  const { currency } = sources;
  const replacement = profile.chargeReplacementFee
    ? replacementCost(policies.lostItemReplacementFee, sources)
    : { amount: 0, problems: [] };
  const fees: FeeToCharge[] = [
    {
      type: 'LOST_ITEM_REPLACEMENT_FEE',
      amount: replacement.amount,
      currency,
      dedupeKey: replacementFeeKey(loan.loanId, lostCount),
    },
    {
      type: 'LOST_ITEM_PROCESS_FEE',
      amount: profile.chargeProcessFee ? policies.lostItemFine : 0,
      currency,
      dedupeKey: processFeeKey(loan.loanId, lostCount),
    },
  ];
  if (accrued !== null) fees.push({ ...accrued, currency, dedupeKey: overdueFineKey(loan) });
  return { fees: fees.filter(charged), problems: replacement.problems };
}

export type ReplacementProblem = 'CURRENCY_UNKNOWN' | 'REPLACEMENT_COST_MISSING';

/** The item's price, else the library's usual one, else the policy's. */
function replacementCost(
  policy: LoanPolicies['lostItemReplacementFee'],
  { replacementCost: price, defaultReplacementCost, currency, convert }: ReplacementSources,
): { amount: number; problems: ReplacementProblem[] } {
  if (policy.source === 'NONE') return { amount: 0, problems: [] };
  if (policy.source === 'FIXED') return { amount: policy.amount, problems: [] };

  const priced = price !== null && price.amount > 0;
  const converted = priced ? convert(price, currency) : null;
  const amount = converted || defaultReplacementCost || policy.amount;
  const problems: ReplacementProblem[] = [];
  if (priced && converted === null) problems.push('CURRENCY_UNKNOWN');
  if (amount === 0) problems.push('REPLACEMENT_COST_MISSING');
  return { amount, problems };
}

const charged = ({ amount }: FeeToCharge) => amount > 0;
