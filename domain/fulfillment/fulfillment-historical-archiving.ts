/**
 * Fulfillment – Handle Historical Archiving: which ended loans, fees and requests the person is taken out of.
 *
 * Specification: fulfillment-loans.md, fulfillment-historical-archiving, Selection and rules 1-8. Loans, fees, requests and borrowing requests
 * are four passes of one decision. Run, preview and *explain a record* all call it. There is no way back: what is in doubt stays.
 */
import { unheard, type Ask } from '../ask.js';
import { dayNumber, localDay, startOfDay, type Day, type Instant, type Moment } from '../days.js';
import type { FieldTypes } from '../rule-parameters.js';
import { firstMatching, type RuleFields, type TableRule } from '../rule-tables.js';
import { locationKey } from './loan-terms.js';

const ofEveryRecord = { daysSinceEnd: 'NUMBER', daysSinceUserExpiry: 'NUMBER', userGroup: 'TEXT' } as const;
const ofItem = { ...ofEveryRecord, library: 'TEXT', location: 'TEXT' } as const;
/** What the rules of each table may ask. A location is written `LIBRARY/LOCATION`; a card that does not end counts as -1 days, a user who is gone as 99,999. */
export const anonymizationFields = {
  LOANS: { ...ofItem, loanRankOnItem: 'NUMBER' }, FEES: ofEveryRecord, REQUESTS: ofItem, BORROWING_REQUESTS: ofEveryRecord,
} as const satisfies Record<string, FieldTypes>;

/** `output`: whether the person is taken out of a record that it names. */
export interface AnonymizationRule extends TableRule {
  output: boolean;
}

/** A record of any pass, as far as the rules may know it. */
export interface EndedRecord {
  /** Loan COMPLETE, fee CLOSED, request closed. */
  hasEnded: boolean;
  /** returnDate of a loan, closedAt of a fee or request. */
  endedAt: Instant | null;
  anonymizedAt: Instant | null;
  userId: string | null;
  userGroup: string | null;
  /** null where a pass has none. */
  libraryCode: string | null;
  locationCode: string | null;
  /** Of a loan: fees of it that are not CLOSED. Of a fee: 1 if its balance is not 0. */
  openDebts: number;
  /** Of a loan: 1 = the item's latest COMPLETE loan by returnDate. */
  loanRankOnItem: number | null;
  /** Whether there are notes of the loan, or comments of the fee. */
  hasText: boolean;
}

/** What is asked of one pass, and by what. */
export interface ArchivingContext {
  moment: Moment;
  /** Flags loans, fees, requests, borrowingRequests. */
  anonymizes: boolean;
  /** Flags loanNotes, feeComments. */
  removesText: boolean;
  /** Of the pass's table, `inOrder`. */
  rules: readonly AnonymizationRule[];
  /** By id. */
  users: ReadonlyMap<string, { status: string; expiryDate: Day | null }>;
}

export type LeaveReason = 'NOT_ENDED' | 'ANONYMIZED_BEFORE' | 'SWITCHED_OFF' | 'OPEN_DEBTS' | 'RETAINED_BY_RULE' | 'NO_TEXT';
export type ArchivingDecision =
  /** `removesText`: there was some, and it goes too. */
  | { action: 'ANONYMIZE'; removesText: boolean }
  | { action: 'REMOVE_TEXT' }
  | { action: 'LEAVE'; reason: LeaveReason };

/** Days from the expiry of a user who is missing or DELETED. */
const LONG_GONE = 99_999;
/** Days from the expiry of a card that does not end. */
export const NEVER_EXPIRES = -1;

/**
 * Before when (exclusive) a record of the Selection has ended: by now; and where the first rule keeps what ended less than so many days ago, by
 * then, so that years of retained records are not read every night.
 */
export function endedBefore([first]: readonly AnonymizationRule[], { asOf, zone, today }: Moment): Instant {
  const [parameter, ...others] = first?.parameters ?? [];
  const days = parameter?.values[0];
  const keeps = first?.output === false && others.length === 0 && parameter?.field === 'daysSinceEnd' && parameter.op === 'LESS_THAN' && typeof days === 'number';
  return keeps ? Math.min(asOf + 1, startOfDay(zone, today - Math.ceil(days) + 1)) : asOf + 1;
}

/** Whether any rule asks which of an item's loans it is: to know that, its later loans are read. */
export const asksForRank = (rules: readonly AnonymizationRule[]): boolean => rules.some(({ parameters }) => parameters.some(({ field }) => field === 'loanRankOnItem'));

/** What becomes of one record. */
export function decideArchiving(record: EndedRecord, context: ArchivingContext, ask: Ask = unheard): ArchivingDecision {
  const { hasEnded, endedAt, anonymizedAt, openDebts, hasText } = record;
  const { moment, anonymizes, removesText, rules } = context;
  const dated = () => ({ hasEnded, endedAt: endedAt === null ? null : new Date(endedAt), asOf: new Date(moment.asOf) });
  if (!ask('Selection: record has ended', hasEnded && endedAt !== null && endedAt <= moment.asOf, dated) || endedAt === null) return leave('NOT_ENDED');
  if (ask('Selection: anonymised before', anonymizedAt !== null, () => ({ anonymizedAt: anonymizedAt === null ? null : new Date(anonymizedAt) }))) return leave('ANONYMIZED_BEFORE');
  if (!ask('Configuration: the job does this', anonymizes || removesText, () => ({ anonymizes, removesText }))) return leave('SWITCHED_OFF');
  if (ask('1, 5 debts are open', openDebts > 0, () => ({ openDebts }))) return leave('OPEN_DEBTS');

  const rule = firstMatching(rules, fieldsOf(record, endedAt, context), ask);
  const output = rule?.output ?? true;
  if (!ask('2, 5, 6 the table says yes', output, () => ({ rule: rule?.name ?? 'default of the table' }))) return leave('RETAINED_BY_RULE');
  if (anonymizes) return { action: 'ANONYMIZE', removesText: removesText && hasText };
  return ask('3, 5 there is text to remove', hasText, () => ({ hasText })) ? { action: 'REMOVE_TEXT' } : leave('NO_TEXT');
}

const leave = (reason: LeaveReason): ArchivingDecision => ({ action: 'LEAVE', reason });

function fieldsOf({ userId, userGroup, libraryCode, locationCode, loanRankOnItem }: EndedRecord, endedAt: Instant, { moment: { zone, today }, users }: ArchivingContext): Record<keyof typeof anonymizationFields.LOANS, RuleFields[string]> {
  return {
    daysSinceEnd: today - localDay(zone, endedAt),
    daysSinceUserExpiry: daysSinceExpiry(users.get(userId ?? ''), today),
    library: libraryCode,
    location: libraryCode === null || locationCode === null ? null : locationKey(libraryCode, locationCode),
    userGroup,
    loanRankOnItem,
  };
}

function daysSinceExpiry(user: { status: string; expiryDate: Day | null } | undefined, today: number): number {
  if (user === undefined || user.status === 'DELETED') return LONG_GONE;
  return user.expiryDate === null ? NEVER_EXPIRES : today - dayNumber(user.expiryDate);
}
