/**
 * fulfillmentSettings, policy, termsOfUse, overdueLostProfile, userBlock and its definition, demerit (spec/data-model.md, 4).
 * Amounts are minor units of the institution's currency.
 */
import type { Connection } from 'mongoose';
import { ordinaryDemerits, type DemeritSettings } from '../domain/fulfillment/demerits.js';
import { profileTypes, type ProfileType } from '../domain/fulfillment/overdue-lost-profiles.js';
import { processStatuses, type ProcessStatus, type SendFormat } from './loan.js';
import {
  anything,
  instant,
  maybeInstant,
  maybeNumber,
  maybeOneOf,
  maybeText,
  number,
  oneOf,
  part,
  text,
  texts,
  versioned,
  type Versioned,
} from './document.js';
import type { LastChange } from './scheduled-job.js';

const yes = { type: Boolean, default: true };
const no = { type: Boolean, default: false };

export interface FulfillmentSettings extends Versioned {
  overdueAtLostLoan: boolean;
  overdueFineOnLostReturn: 'NONE' | 'TO_LOST_DATE' | 'TO_RETURN_DATE';
  closePaidLostLoans: boolean;
  separatePatronNotificationsByLibrary: boolean;
  maxLoansPerLetter: number;
  /** Types of fees of the institution's own, which staff charge by hand beside OTHER. */
  staffFeeTypes: string[];
  /** What letters and pages call them, by type and language; a type, or a language, may have none. */
  staffFeeTypeNames: Record<string, Record<string, string>>;
  demerits: DemeritSettings;
  lastChange: LastChange | null;
}

const demeritLimits = {
  threshold: { ...number, default: ordinaryDemerits.threshold },
  historyDays: { ...number, default: ordinaryDemerits.historyDays },
  suspensionDays: { ...number, default: ordinaryDemerits.suspensionDays },
};
const fulfillmentSettingsSchema = versioned<FulfillmentSettings>('fulfillmentSettings', {
  overdueAtLostLoan: no,
  overdueFineOnLostReturn: { ...oneOf(['NONE', 'TO_LOST_DATE', 'TO_RETURN_DATE']), default: 'TO_RETURN_DATE' },
  closePaidLostLoans: yes,
  separatePatronNotificationsByLibrary: no,
  maxLoansPerLetter: { ...number, default: 200 },
  staffFeeTypes: texts,
  staffFeeTypeNames: { type: anything, default: {} },
  demerits: {
    type: part({ ...demeritLimits, byUserGroup: { type: [part({ userGroup: text, ...demeritLimits })], default: [] } }),
    default: () => ({}),
  },
  lastChange: { type: anything, default: null },
});
fulfillmentSettingsSchema.index({ institutionId: 1 }, { unique: true });
export const fulfillmentSettingsModel = (db: Connection) =>
  db.model<FulfillmentSettings>('FulfillmentSettings', fulfillmentSettingsSchema);

export interface Policy extends Versioned {
  code: string;
  type: string;
  name: string;
  /** Its shape depends on `type` (fulfillment-loans S5); parsed where terms of use are read. */
  value: unknown;
  owner: 'LOCAL' | 'NETWORK';
  originKey: string;
  active: boolean;
  deletedAt: Date | null;
  deleteAfter: Date | null;
}

const policySchema = versioned<Policy>('policies', {
  code: text,
  type: text,
  name: text,
  value: { type: anything, default: null },
  owner: { ...oneOf(['LOCAL', 'NETWORK']), default: 'LOCAL' },
  originKey: text,
  active: yes,
  deletedAt: maybeInstant,
  deleteAfter: maybeInstant,
});
policySchema.index({ institutionId: 1, type: 1, code: 1 }, { unique: true });
export const policyModel = (db: Connection) => db.model<Policy>('Policy', policySchema);

export interface TermsOfUse extends Versioned {
  code: string;
  type: 'LOAN' | 'REQUEST' | 'BOOKING' | 'RESOURCE_SHARING';
  name: string;
  /** At most one per type; a missing type has its default. */
  policies: { type: string; policyCode: string }[];
  owner: 'LOCAL' | 'NETWORK';
  link: 'ATTACHED' | 'DETACHED';
  originKey: string;
  active: boolean;
  deletedAt: Date | null;
  deleteAfter: Date | null;
  lastChange: LastChange | null;
}

const termsOfUseSchema = versioned<TermsOfUse>('termsOfUses', {
  code: text,
  type: oneOf(['LOAN', 'REQUEST', 'BOOKING', 'RESOURCE_SHARING']),
  name: text,
  policies: { type: [part({ type: text, policyCode: text })], default: [] },
  owner: { ...oneOf(['LOCAL', 'NETWORK']), default: 'LOCAL' },
  link: { ...oneOf(['ATTACHED', 'DETACHED']), default: 'ATTACHED' },
  originKey: text,
  active: yes,
  deletedAt: maybeInstant,
  deleteAfter: maybeInstant,
  lastChange: { type: anything, default: null },
});
termsOfUseSchema.index({ institutionId: 1, code: 1 }, { unique: true });
export const termsOfUseModel = (db: Connection) => db.model<TermsOfUse>('TermsOfUse', termsOfUseSchema);

/** When an overdue patron hears of it, and when a loan is lost (loans-overdue-and-lost, Configuration). */
export interface StoredOverdueLostProfile extends Versioned {
  name: string;
  description: string;
  active: boolean;
  type: ProfileType;
  daysAfterDueDate: number;
  dayCount: 'CALENDAR' | 'OPEN';
  daysAfterStatusDate: number | null;
  loanStatuses: Exclude<ProcessStatus, 'LOST'>[];
  userGroups: string[];
  libraries: string[];
  locations: { libraryCode: string; code: string }[];
  itemPolicies: string[];
  materialTypes: string[];
  sendNotification: boolean;
  sendFormat: SendFormat;
  createFine: boolean;
  notificationFee: number;
  chargeReplacementFee: boolean;
  chargeProcessFee: boolean;
  blockUser: boolean;
  blockDefinitionId: string | null;
  blockMode: 'UNTIL_RETURNED' | 'DAYS' | null;
  blockDays: number | null;
  lastChange: LastChange | null;
}

const overdueLostProfileSchema = versioned<StoredOverdueLostProfile>('overdueLostProfiles', {
  name: text,
  description: { type: String, default: '' },
  active: yes,
  type: oneOf(profileTypes),
  daysAfterDueDate: { ...number, default: 0 },
  dayCount: { ...oneOf(['CALENDAR', 'OPEN']), default: 'CALENDAR' },
  daysAfterStatusDate: maybeNumber,
  loanStatuses: {
    type: [{ type: String, enum: processStatuses.slice(0, 5) }],
    default: ['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL'],
  },
  userGroups: texts,
  libraries: texts,
  locations: { type: [part({ libraryCode: text, code: text })], default: [] },
  itemPolicies: texts,
  materialTypes: texts,
  sendNotification: yes,
  sendFormat: { ...oneOf(['EMAIL', 'SMS', 'EMAIL_AND_SMS']), default: 'EMAIL' },
  createFine: no,
  notificationFee: { ...number, default: 0 },
  chargeReplacementFee: yes,
  chargeProcessFee: yes,
  blockUser: no,
  blockDefinitionId: maybeText,
  blockMode: maybeOneOf(['UNTIL_RETURNED', 'DAYS']),
  blockDays: maybeNumber,
  lastChange: { type: anything, default: null },
});
overdueLostProfileSchema.index({ institutionId: 1, name: 1 }, { unique: true });
export const overdueLostProfileModel = (db: Connection) =>
  db.model<StoredOverdueLostProfile>('OverdueLostProfile', overdueLostProfileSchema);

export const blockedActions = ['LOAN', 'RENEW', 'HOLD', 'RESOURCE_SHARING'] as const;
type BlockedAction = (typeof blockedActions)[number];

export interface UserBlockDefinition extends Versioned {
  code: string;
  description: string;
  blockedActions: BlockedAction[];
  overridable: boolean;
  active: boolean;
  lastChange: LastChange | null;
}
const userBlockDefinitionSchema = versioned<UserBlockDefinition>('userBlockDefinitions', {
  code: text,
  description: { type: String, default: '' },
  blockedActions: { type: [{ type: String, enum: blockedActions }], default: [] },
  overridable: yes,
  active: yes,
  lastChange: { type: anything, default: null },
});
userBlockDefinitionSchema.index({ institutionId: 1, code: 1 }, { unique: true });
export const userBlockDefinitionModel = (db: Connection) =>
  db.model<UserBlockDefinition>('UserBlockDefinition', userBlockDefinitionSchema);

export interface UserBlock extends Versioned {
  userId: string;
  definitionId: string;
  code: string;
  description: string;
  blockedActions: string[];
  source: 'STAFF' | 'OVERDUE' | 'DEMERIT' | 'EXTERNAL';
  status: 'ACTIVE' | 'REMOVED' | 'EXPIRED';
  mode: 'UNTIL_RETURNED' | 'DAYS' | 'MANUAL';
  startsAt: Date;
  expiresAt: Date | null;
  loanIds: string[];
  extensions: number;
  removedAt: Date | null;
  removedBy: string | null;
  /** What staff say of it among themselves; the patron is told `description`. */
  note: string | null;
  /** The actor who placed it by hand; null: a rule did, or another system. */
  placedBy: string | null;
  /** `<userId>:<definitionId>:<source>` while ACTIVE, else `#<_id>`. */
  activeKey: string;
}
const userBlockSchema = versioned<UserBlock>('userBlocks', {
  userId: text,
  definitionId: text,
  code: text,
  description: { type: String, default: '' },
  blockedActions: texts,
  source: oneOf(['STAFF', 'OVERDUE', 'DEMERIT', 'EXTERNAL']),
  status: oneOf(['ACTIVE', 'REMOVED', 'EXPIRED']),
  mode: oneOf(['UNTIL_RETURNED', 'DAYS', 'MANUAL']),
  startsAt: instant,
  expiresAt: maybeInstant,
  loanIds: texts,
  extensions: { ...number, default: 0 },
  removedAt: maybeInstant,
  removedBy: maybeText,
  note: maybeText,
  placedBy: maybeText,
  activeKey: text,
});
userBlockSchema.index({ institutionId: 1, activeKey: 1 }, { unique: true });
// users-remove-blocks: those whose time is over, of one source.
userBlockSchema.index({ institutionId: 1, status: 1, source: 1, expiresAt: 1, _id: 1 });
userBlockSchema.index({ institutionId: 1, userId: 1, status: 1 });
export const userBlockModel = (db: Connection) => db.model<UserBlock>('UserBlock', userBlockSchema);

/** Points for a late return; one per loan and due cycle. */
export interface Demerit extends Versioned {
  userId: string;
  /** `#<_id>` once the loan is archived. */
  loanId: string;
  dueCycle: number;
  ruleId: string;
  points: number;
  assignedAt: Date;
  /** The block in which they were counted; null: they count still. */
  consumedBy: string | null;
}
const demeritSchema = versioned<Demerit>('demerits', {
  userId: text,
  loanId: text,
  dueCycle: number,
  ruleId: text,
  points: number,
  assignedAt: instant,
  consumedBy: maybeText,
});
demeritSchema.index({ institutionId: 1, loanId: 1, dueCycle: 1 }, { unique: true });
// users-remove-blocks, check-in: what a user's points come to.
demeritSchema.index({ institutionId: 1, userId: 1, consumedBy: 1, assignedAt: 1 });
export const demeritModel = (db: Connection) => db.model<Demerit>('Demerit', demeritSchema);
