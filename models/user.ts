/** user and userIdentifier (spec/data-model.md, 2 People and places). */
import type { Connection } from 'mongoose';
import { anything, maybeText, oneOf, part, text, texts, versioned, type Versioned } from './document.js';

export interface EmailAddress {
  address: string;
  types: string[];
  preferred: boolean;
  /** Refused for good by a mail server: not used again. */
  bounced: boolean;
  segment: 'INTERNAL' | 'EXTERNAL';
}

export interface Phone {
  number: string;
  types: string[];
  preferred: boolean;
  preferredSms: boolean;
  segment: 'INTERNAL' | 'EXTERNAL';
}

export interface RoleAssignment {
  role: string;
  status: 'ACTIVE' | 'INACTIVE';
  scope: 'INSTITUTION' | 'LIBRARY';
  libraryCode: string | null;
  /** Last day it counts. */
  expiryDate: string | null;
}

/** What makes somebody a patron, until it is taken away. */
export const patronRole: RoleAssignment = { role: 'PATRON', status: 'ACTIVE', scope: 'INSTITUTION', libraryCode: null, expiryDate: null };

export interface User extends Versioned {
  primaryId: string;
  identifiers: { type: string; value: string; note: string | null; status: string; segment: string }[];
  accountType: 'INTERNAL' | 'EXTERNAL';
  recordType: 'PUBLIC' | 'STAFF' | 'CONTACT';
  displayName: string;
  firstName: string | null;
  middleName: string | null;
  lastName: string;
  title: string | null;
  userGroup: string | null;
  jobCategory: string | null;
  campusCode: string | null;
  preferredLanguage: string | null;
  expiryDate: string | null;
  purgeDate: string | null;
  status: 'ACTIVE' | 'INACTIVE' | 'DELETED';
  statusDate: string;
  statusReason: string | null;
  emails: EmailAddress[];
  phones: Phone[];
  addresses: Record<string, unknown>[];
  notes: Record<string, unknown>[];
  statistics: Record<string, unknown>[];
  roles: RoleAssignment[];
  staff: boolean;
  /** Letter codes the person does not want. */
  letterOptOut: string[];
  readingListEmail: 'ALWAYS' | 'NEVER';
  passwordHash: string | null;
  dashboard: { widgets: Record<string, unknown>[] };
}

const segment = { type: String, enum: ['INTERNAL', 'EXTERNAL'], default: 'INTERNAL' };
const flag = { type: Boolean, default: false };

const userSchema = versioned<User>('users', {
  primaryId: text,
  identifiers: {
    type: [part({ type: text, value: text, note: maybeText, status: { type: String, default: 'ACTIVE' }, segment })],
    default: [],
  },
  accountType: { ...oneOf(['INTERNAL', 'EXTERNAL']), default: 'INTERNAL' },
  recordType: { ...oneOf(['PUBLIC', 'STAFF', 'CONTACT']), default: 'PUBLIC' },
  displayName: text,
  firstName: maybeText,
  middleName: maybeText,
  lastName: { type: String, default: '' },
  title: maybeText,
  userGroup: maybeText,
  jobCategory: maybeText,
  campusCode: maybeText,
  preferredLanguage: maybeText,
  expiryDate: maybeText,
  purgeDate: maybeText,
  status: oneOf(['ACTIVE', 'INACTIVE', 'DELETED']),
  statusDate: text,
  statusReason: maybeText,
  emails: { type: [part({ address: text, types: texts, preferred: flag, bounced: flag, segment })], default: [] },
  phones: { type: [part({ number: text, types: texts, preferred: flag, preferredSms: flag, segment })], default: [] },
  addresses: { type: [anything], default: [] },
  notes: { type: [anything], default: [] },
  statistics: { type: [anything], default: [] },
  roles: {
    type: [
      part({
        role: text,
        status: { ...oneOf(['ACTIVE', 'INACTIVE']), default: 'ACTIVE' },
        scope: { ...oneOf(['INSTITUTION', 'LIBRARY']), default: 'INSTITUTION' },
        libraryCode: maybeText,
        expiryDate: maybeText,
      }),
    ],
    default: [],
  },
  staff: flag,
  letterOptOut: texts,
  readingListEmail: { ...oneOf(['ALWAYS', 'NEVER']), default: 'ALWAYS' },
  passwordHash: maybeText,
  dashboard: { type: anything, default: { widgets: [] } },
});
userSchema.index({ institutionId: 1, primaryId: 1 }, { unique: true });
// Staff search, health check.
userSchema.index({ institutionId: 1, staff: 1, status: 1 });
// Which user groups there are.
userSchema.index({ institutionId: 1, userGroup: 1 });
export const userModel = (db: Connection) => db.model<User>('User', userSchema);

/** Who an identifier belongs to. `_id` = `<institutionId>:<identifier key>`. */
export interface UserIdentifier extends Versioned {
  userId: string;
}
const userIdentifierSchema = versioned<UserIdentifier>('userIdentifiers', { userId: text });
userIdentifierSchema.index({ institutionId: 1, userId: 1 });
export const userIdentifierModel = (db: Connection) => db.model<UserIdentifier>('UserIdentifier', userIdentifierSchema);
