/** patronLimit and blockPreference: what stops loans and renewals beside blocks (spec/data-model.md, 4). */
import type { Connection } from 'mongoose';
import { anything, maybeNumber, oneOf, text, versioned, type Versioned } from './document.js';
import type { LastChange } from './scheduled-job.js';

/** null: no limit. */
export interface StoredPatronLimit extends Versioned {
  userGroup: string;
  /** Minor units of the institution's currency. */
  maxOwedAmount: number | null;
  maxOverdueLoans: number | null;
  maxOverdueRecalls: number | null;
  enabled: boolean;
  lastChange: LastChange | null;
}
const patronLimitSchema = versioned<StoredPatronLimit>('patronLimits', {
  userGroup: text, maxOwedAmount: maybeNumber, maxOverdueLoans: maybeNumber, maxOverdueRecalls: maybeNumber, enabled: { type: Boolean, default: true },
  lastChange: { type: anything, default: null },
});
patronLimitSchema.index({ institutionId: 1, userGroup: 1 }, { unique: true });
export const patronLimitModel = (db: Connection) => db.model<StoredPatronLimit>('PatronLimit', patronLimitSchema);

/** A code that is not there has both actions and BLOCK. */
export interface StoredBlockPreference extends Versioned {
  code: string;
  actions: ('LOAN' | 'RENEW')[];
  handling: 'BLOCK' | 'HANDLE_AUTOMATICALLY';
  lastChange: LastChange | null;
}
const blockPreferenceSchema = versioned<StoredBlockPreference>('blockPreferences', {
  code: text,
  actions: { type: [{ type: String, enum: ['LOAN', 'RENEW'] }], default: ['LOAN', 'RENEW'] },
  handling: { ...oneOf(['BLOCK', 'HANDLE_AUTOMATICALLY']), default: 'BLOCK' },
  lastChange: { type: anything, default: null },
});
blockPreferenceSchema.index({ institutionId: 1, code: 1 }, { unique: true });
export const blockPreferenceModel = (db: Connection) => db.model<StoredBlockPreference>('BlockPreference', blockPreferenceSchema);
