/**
 * Fines/Fees Notifications: which patrons are reminded of what they owe, by which profile, and for which time.
 *
 * Specification: fulfillment-loans.md, fines-fees-notifications, Selection and rules 1-3. Every profile is tried on every patron with debt;
 * there is no first match. Amounts are minor units of the institution's currency, ages days between local dates. Run, preview and
 * *explain a record* all call this decision.
 */
import { unheard, type Ask } from '../ask.js';
import { localDay, type Instant, type Moment } from '../days.js';
import type { SendFormat } from '../letters.js';

/** A profile as stored. Empty lists match everything. */
export interface FinesFeesProfile {
  profileId: string;
  name: string;
  active: boolean;
  /** 1 to 5: chooses the wording. */
  notificationType: number;
  userGroups: readonly string[];
  /** Owning libraries: fees and credits of the institution itself are in none. */
  libraries: readonly string[];
  feeTypes: readonly string[];
  /** At least 1. */
  minimumBalance: number;
  daysAfterCreation: number;
  /** null: once. */
  repeatEveryDays: number | null;
  /** How often after the first letter. */
  maxRepeats: number;
  /** Once per letter. */
  notificationFee: number;
  sendFormat: SendFormat;
}

export interface OwedFee {
  feeId: string;
  type: string;
  status: 'ACTIVE' | 'IN_DISPUTE' | 'EXPORTED' | 'CLOSED';
  /** Negative: a credit. */
  balance: number;
  /** null: owed to the institution. */
  libraryCode: string | null;
  createdAt: Instant;
}

/** What the rules may know of a patron. */
export interface Debtor {
  userId: string;
  /** null: there is none of this id. */
  user: { status: string; userGroup: string | null } | null;
  fees: readonly OwedFee[];
}

export interface FinesContext {
  moment: Moment;
  profiles: readonly FinesFeesProfile[];
  /** Keys of letters that other runs have written. */
  sent: ReadonlySet<string>;
}

/** A letter that is due. */
export interface DueLetter {
  letterKey: string;
  profile: FinesFeesProfile;
  /** What the letter lists: the fees that qualify, the oldest first, then the credits. */
  feeIds: string[];
  /** Of these, credits taken off. */
  total: number;
}

export type LeaveReason = 'NOTHING_OWED' | 'NO_PROFILE_ACTIVE' | 'NO_PROFILE_MATCHES' | 'NOTIFIED_BEFORE' | 'USER_MISSING';
export type FinesDecision = { action: 'NOTIFY'; letters: DueLetter[] } | { action: 'LEAVE'; reason: LeaveReason };

/** The type of the fee for a letter of this job. */
export const NOTIFICATION_FEE = 'FINE_FEE_NOTIFICATION_FEE';

/** `ffn:{profileId}:{userId}:{anchor}:{k}`: one letter per profile, patron, oldest fee and step. */
export const finesLetterKey = (profileId: string, userId: string, anchor: string, step: number): string =>
  ['ffn', profileId, userId, anchor, step].join(':');

/** Rule 4: the key of the fee for a letter, and the letter that such a key speaks of (null: another fee's). */
export const notificationFeeKey = (letterKey: string): string => `ffn:${letterKey}`;
export const letterOfFeeKey = (dedupeKey: string): string | null => (dedupeKey.startsWith('ffn:ffn:') ? dedupeKey.slice('ffn:'.length) : null);

/** Profiles are tried in the order given; of several reasons to leave the patron the last in the order of the rules is told. */
export function decideFinesLetters({ userId, user, fees }: Debtor, { moment, profiles, sent }: FinesContext, ask: Ask = unheard): FinesDecision {
  const owed = fees.filter(({ status, balance }) => status === 'ACTIVE' && balance !== 0);
  if (!ask('Selection: an active fee with a balance', owed.length > 0, () => ({ fees: fees.length, inDispute: numberOf(fees, 'IN_DISPUTE'), exported: numberOf(fees, 'EXPORTED') })))
    return leave('NOTHING_OWED');

  const due: DueLetter[] = [];
  let [anyActive, sentBefore] = [false, false];
  for (const profile of profiles) {
    const of = (rule: string) => `${rule} of «${profile.name}»`;
    if (!ask(of('Configuration: active'), profile.active)) continue;
    anyActive = true;
    const letter = dueLetterOf(userId, user?.userGroup ?? null, owed, profile, moment, (rule, ...rest) => ask(of(rule), ...rest));
    if (letter === null) continue;
    const exists = ask(of('3 letter of this step exists'), sent.has(letter.letterKey), () => ({ letterKey: letter.letterKey }));
    if (exists) sentBefore = true;
    else due.push(letter);
  }
  if (due.length === 0) return leave(!anyActive ? 'NO_PROFILE_ACTIVE' : sentBefore ? 'NOTIFIED_BEFORE' : 'NO_PROFILE_MATCHES');
  if (ask('2 user missing or deleted', user === null || user.status === 'DELETED', () => ({ userId, status: user?.status ?? null }))) return leave('USER_MISSING');
  return { action: 'NOTIFY', letters: due };
}

const leave = (reason: LeaveReason): FinesDecision => ({ action: 'LEAVE', reason });
const numberOf = (fees: readonly OwedFee[], status: OwedFee['status']) => fees.filter((fee) => fee.status === status).length;

/** Rules 1 to 3 for one profile, but for letters that exist; null: it says nothing to this patron today. */
function dueLetterOf(
  userId: string, userGroup: string | null, owed: readonly OwedFee[], profile: FinesFeesProfile, { zone, today }: Moment, ask: Ask,
): DueLetter | null {
  const { profileId, userGroups, minimumBalance, daysAfterCreation } = profile;
  const ofGroup = userGroups.length === 0 || (userGroup !== null && userGroups.includes(userGroup));
  if (!ask('2 user groups', ofGroup, () => ({ userGroup, userGroups }))) return null;

  const qualifying = owed.filter((fee) => fee.balance > 0 && ofLibraries(fee, profile) && ofTypes(fee, profile)).toSorted(oldestFirst);
  const [anchor] = qualifying;
  if (!ask('1 fees that qualify', anchor !== undefined, () => ({ fees: owed.length, qualifying: qualifying.length })) || anchor === undefined) return null;

  const credits = owed.filter((fee) => fee.balance < 0 && ofLibraries(fee, profile)).toSorted(oldestFirst);
  const listed = [...qualifying, ...credits];
  const total = listed.reduce((sum, { balance }) => sum + balance, 0);
  if (!ask('2 minimum balance', total >= minimumBalance, () => ({ total, minimumBalance }))) return null;

  const age = today - localDay(zone, anchor.createdAt);
  if (!ask('2 age of the oldest fee', age >= daysAfterCreation, () => ({ createdAt: new Date(anchor.createdAt), age, daysAfterCreation }))) return null;

  const letterKey = finesLetterKey(profileId, userId, anchor.feeId, stepOf(age, profile));
  return { letterKey, profile, feeIds: listed.map(({ feeId }) => feeId), total };
}

const ofLibraries = ({ libraryCode }: OwedFee, { libraries }: FinesFeesProfile): boolean =>
  libraries.length === 0 || (libraryCode !== null && libraries.includes(libraryCode));

/** Rule 1: a fee for a letter does not feed the next one, unless it is asked for by name. */
const ofTypes = ({ type }: OwedFee, { feeTypes }: FinesFeesProfile): boolean =>
  feeTypes.length === 0 ? type !== NOTIFICATION_FEE : feeTypes.includes(type);

/** Fees of one instant stand in the order of their ids, so that the anchor is the same in every run. */
const oldestFirst = (a: OwedFee, b: OwedFee): number => a.createdAt - b.createdAt || (a.feeId < b.feeId ? -1 : 1);

/** Rule 3: the present step; those that no run came to are not made up. `age` is daysAfterCreation or more. */
function stepOf(age: number, { daysAfterCreation, repeatEveryDays, maxRepeats }: FinesFeesProfile): number {
  return repeatEveryDays === null ? 0 : Math.min(Math.floor((age - daysAfterCreation) / repeatEveryDays), maxRepeats);
}
