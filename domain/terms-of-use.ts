/**
 * What a loan's terms of use allow, charge and demand.
 *
 * Specification: fulfillment-loans.md, S5. Terms of use are a list of policies, at most one per type; a type that is missing has its
 * default. Rules work with the whole set, resolved once per page by `loanPoliciesOf`.
 */
import { z } from 'zod';

const amount = z.int().min(0);
const count = z.int().min(0);
const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time HH:mm')
  .nullable()
  .default(null);

const dueDate = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('PERIOD'),
    unit: z.enum(['MINUTES', 'HOURS', 'DAYS', 'OPEN_DAYS', 'WEEKS', 'MONTHS', 'YEARS']),
    value: z.int().min(1),
    atTime: time,
  }),
  z.strictObject({ kind: z.literal('EVENT'), eventName: z.string().min(1), atTime: time }),
]);
const fineRate = z.strictObject({ amount, per: z.enum(['MINUTE', 'HOUR', 'OPEN_HOUR', 'DAY', 'OPEN_DAY']) });
const notificationFine = amount.default(0);

/** All policies of a loan's terms of use by type; what is left out gets its default. */
export const loanPolicies = z.strictObject({
  dueDate,
  closedLibraryDueDateManagement: z
    .enum(['KEEP', 'PREVIOUS_OPEN', 'NEXT_OPEN', 'NEXT_OPEN_START'])
    .default('NEXT_OPEN'),
  isRenewable: z.boolean().default(true),
  renewFrom: z.enum(['NOW', 'DUE_DATE']).default('NOW'),
  /** null: as `dueDate`. */
  renewalPeriod: dueDate.nullable().default(null),
  /** Counted from the loan date; null: no limit. */
  maximumRenewalPeriod: z
    .strictObject({ value: z.int().min(1), unit: z.enum(['DAYS', 'WEEKS', 'MONTHS', 'YEARS']) })
    .nullable()
    .default(null),
  /** Renewals are allowed from so many days before the due date on; null: always. */
  renewalTimeFrameDays: count.nullable().default(null),
  renewFee: amount.default(0),
  gracePeriod: z
    .strictObject({
      value: count,
      unit: z.enum(['MINUTES', 'HOURS', 'DAYS', 'EXACT_DAYS', 'OPEN_DAYS']),
      excludedFromFine: z.boolean().default(false),
    })
    .default({ value: 0, unit: 'MINUTES', excludedFromFine: false }),
  graceAppliesToRecalls: z.boolean().default(true),
  overdueFine: fineRate.nullable().default(null),
  /** null: as `overdueFine`. */
  recalledOverdueFine: fineRate.nullable().default(null),
  /** null: no maximum; 0: no fine is ever charged. */
  maximumFine: amount.nullable().default(null),
  overdueNotificationFine1: notificationFine,
  overdueNotificationFine2: notificationFine,
  overdueNotificationFine3: notificationFine,
  overdueNotificationFine4: notificationFine,
  overdueNotificationFine5: notificationFine,
  /** The process fee of a lost item. */
  lostItemFine: amount.default(0),
  lostItemReplacementFee: z
    .strictObject({ source: z.enum(['NONE', 'FIXED', 'ITEM_COST']), amount: amount.default(0) })
    .default({ source: 'NONE', amount: 0 }),
  /** Percent. */
  lostItemReplacementFeeRefundRatio: z.int().min(0).max(100).default(0),
  /** null: no limit. */
  lostItemRefundLimitDays: count.nullable().default(null),
  lostItemProcessFeeRefundable: z.boolean().default(false),
});

/** Every policy of a loan's terms of use by its type, defaults included. Amounts are minor units of the institution's currency. */
export type LoanPolicies = z.output<typeof loanPolicies>;
export type GracePeriod = LoanPolicies['gracePeriod'];
export type FineRate = NonNullable<LoanPolicies['overdueFine']>;
export type ClosedTimeManagement = LoanPolicies['closedLibraryDueDateManagement'];

/** A policy as stored, its value not yet looked at. */
export interface PolicyDocument {
  type: string;
  value: unknown;
}

/** What is wrong with one policy: `place` is its type and the field in it. */
export interface PolicyRefusal {
  place: string;
  value: unknown;
  expectation: string;
}

/** Resolves the policies of one terms of use; unknown types, two of a type and malformed values are refused, all of them at once. */
export function loanPoliciesOf(
  documents: readonly PolicyDocument[],
): { policies: LoanPolicies } | { refusals: PolicyRefusal[] } {
  const byType = new Map(documents.map(({ type, value }) => [type, value]));
  const refusals: PolicyRefusal[] = documents
    .filter(({ type }, index) => documents.findIndex((other) => other.type === type) !== index)
    .map(({ type, value }) => ({ place: type, value, expectation: 'one policy of a type' }));

  const parsed = loanPolicies.safeParse(Object.fromEntries(byType), { reportInput: true });
  if (parsed.success) return refusals.length === 0 ? { policies: parsed.data } : { refusals };
  for (const issue of parsed.error.issues) {
    // Of unknown keys the library names the object around them.
    const places = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    for (const path of places) {
      const value = issue.code === 'unrecognized_keys' ? byType.get(String(path[0])) : issue.input;
      refusals.push({ place: path.join('.'), value, expectation: issue.message });
    }
  }
  return { refusals };
}

/**
 * Terms of use whose policies cannot be read, or are gone, are as good as missing: their loans are told as TOU_MISSING. The default of a type
 * holds only where the terms name no policy of it, or a deleted maximum would let fines grow without end.
 */
export function policiesByTerms(
  termsOfUse: readonly { _id: string; policies: { type: string; policyCode: string }[] }[],
  policies: readonly { type: string; code: string; value: unknown }[],
): Map<string, LoanPolicies> {
  const values = new Map(policies.map(({ type, code, value }) => [`${type} ${code}`, value]));
  const resolved = new Map<string, LoanPolicies>();
  for (const terms of termsOfUse) {
    const keys = terms.policies.map(({ type, policyCode }) => `${type} ${policyCode}`);
    if (!keys.every((key) => values.has(key))) continue;
    const documents = terms.policies.map(({ type }, index) => ({ type, value: values.get(keys[index]!) }));
    const read = loanPoliciesOf(documents);
    if ('policies' in read) resolved.set(terms._id, read.policies);
  }
  return resolved;
}
