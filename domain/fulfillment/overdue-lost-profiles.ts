/**
 * Overdue and lost profiles: whom they name, in which order they stand, how far back a run has to look.
 *
 * Specification: fulfillment-loans.md, loans-overdue-and-lost, Configuration and Selection, rules 2 and 5. Every active profile is tried
 * on every loan; there is no first match.
 */
import { startOfDay, type Instant, type Moment } from '../days.js';
import type { SendFormat } from '../letters.js';

export const notificationTypes = [
  'OVERDUE_NOTIFICATION_1',
  'OVERDUE_NOTIFICATION_2',
  'OVERDUE_NOTIFICATION_3',
  'OVERDUE_NOTIFICATION_4',
  'OVERDUE_NOTIFICATION_5',
] as const;
export type NotificationType = (typeof notificationTypes)[number];
/** The type of a profile is the kind of its notices. */
export const profileTypes = [...notificationTypes, 'CHANGE_TO_LOST'] as const;
export type ProfileType = (typeof profileTypes)[number];

export type ProcessStatus = 'NORMAL' | 'RENEW' | 'RENEW_REQUESTED' | 'RECALL' | 'CLAIMED_RETURN' | 'LOST';
export type BlockMode = 'UNTIL_RETURNED' | 'DAYS';

/** A profile as stored. Empty lists match every loan. */
export interface OverdueLostProfile {
  profileId: string;
  name: string;
  active: boolean;
  type: ProfileType;
  daysAfterDueDate: number;
  dayCount: 'CALENDAR' | 'OPEN';
  /** null: the date of the process status does not matter. */
  daysAfterStatusDate: number | null;
  loanStatuses: readonly Exclude<ProcessStatus, 'LOST'>[];
  userGroups: readonly string[];
  libraries: readonly string[];
  locations: readonly { libraryCode: string; code: string }[];
  /** `-` names loans without an item policy, in `materialTypes` those without a material type. */
  itemPolicies: readonly string[];
  materialTypes: readonly string[];
  sendNotification: boolean;
  sendFormat: SendFormat;
  createFine: boolean;
  /** Minor units, once per letter. */
  notificationFee: number;
  chargeReplacementFee: boolean;
  chargeProcessFee: boolean;
  blockUser: boolean;
  /** The three are set where `blockUser` is. */
  blockDefinitionId: string | null;
  blockMode: BlockMode | null;
  /** Set for mode DAYS. */
  blockDays: number | null;
}

/** A profile made ready for a page of loans. `null` stands for an empty list. */
export interface CompiledProfile {
  profile: OverdueLostProfile;
  loanStatuses: ReadonlySet<ProcessStatus>;
  userGroups: ReadonlySet<string> | null;
  libraries: ReadonlySet<string> | null;
  /** Location codes by library. */
  locations: ReadonlyMap<string, ReadonlySet<string>> | null;
  itemPolicies: ReadonlySet<string> | null;
  materialTypes: ReadonlySet<string> | null;
  /** How the questions about this profile are called, made once instead of for every loan. */
  rules: Record<keyof typeof ruleNames, string>;
}

export interface CompiledProfiles {
  /** Ascending stage; inactive ones too, so that *explain a record* can say so. */
  inOrder: readonly CompiledProfile[];
  /** The smallest threshold of an active profile; infinite where none is active. */
  minDays: number;
}

const ruleNames = {
  active: '2 active',
  loanStatus: '2 loan statuses',
  reached: '2 days reached',
  userGroup: '2 user groups',
  library: '2 libraries',
  location: '2 locations',
  itemPolicy: '2 item policies',
  materialType: '2 material types',
  inWindow: '3 not later than is made up for',
  decided: '4 still DECIDED, to be completed',
  done: '4 done before',
  superseded: '5 superseded',
} as const;

export function compileProfiles(profiles: readonly OverdueLostProfile[]): CompiledProfiles {
  const thresholds = profiles.filter(({ active }) => active).map(({ daysAfterDueDate }) => daysAfterDueDate);
  return {
    inOrder: profiles
      .map(compileProfile)
      .sort((a, b) => byStage(a, b) || (a.profile.profileId < b.profile.profileId ? -1 : 1)),
    minDays: Math.min(...thresholds),
  };
}

/** Rule 5: the type counts first, then the threshold. Zero: the same stage. */
export function byStage({ profile: a }: CompiledProfile, { profile: b }: CompiledProfile): number {
  return rankOf(a.type) - rankOf(b.type) || a.daysAfterDueDate - b.daysAfterDueDate;
}

/** The Selection: loans due before this instant (exclusive) may concern a profile; null: no profile is active, nothing does. */
export function selectionBound({ minDays }: CompiledProfiles, { asOf, zone, today }: Moment): Instant | null {
  if (minDays === Infinity) return null;
  return minDays === 0 ? asOf : startOfDay(zone, today - minDays + 1);
}

/** 1 … 5 for the notification types, 6 for the change to lost. */
function rankOf(type: ProfileType): number {
  return type === 'CHANGE_TO_LOST' ? notificationTypes.length + 1 : notificationTypes.indexOf(type) + 1;
}

function compileProfile(profile: OverdueLostProfile): CompiledProfile {
  const setOf = (list: readonly string[]) => (list.length === 0 ? null : new Set(list));
  const locations = new Map<string, Set<string>>();
  for (const { libraryCode, code } of profile.locations)
    locations.set(libraryCode, (locations.get(libraryCode) ?? new Set()).add(code));
  const named = (rule: keyof typeof ruleNames) => `${ruleNames[rule]} of «${profile.name}»`;
  return {
    profile,
    loanStatuses: new Set(profile.loanStatuses),
    userGroups: setOf(profile.userGroups),
    libraries: setOf(profile.libraries),
    locations: locations.size === 0 ? null : locations,
    itemPolicies: setOf(profile.itemPolicies),
    materialTypes: setOf(profile.materialTypes),
    rules: {
      active: named('active'),
      loanStatus: named('loanStatus'),
      reached: named('reached'),
      userGroup: named('userGroup'),
      library: named('library'),
      location: named('location'),
      itemPolicy: named('itemPolicy'),
      materialType: named('materialType'),
      inWindow: named('inWindow'),
      decided: named('decided'),
      done: named('done'),
      superseded: named('superseded'),
    },
  };
}
