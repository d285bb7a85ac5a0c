/** finesFeesNotificationProfile: when patrons are reminded of what they owe (spec/data-model.md, 4; fines-fees-notifications, Configuration). */
import type { Connection } from 'mongoose';
import type { SendFormat } from '../domain/letters.js';
import { anything, maybeNumber, number, oneOf, text, texts, versioned, type Versioned } from './document.js';
import type { LastChange } from './scheduled-job.js';

/** Amounts are minor units of the institution's currency. */
export interface StoredFinesFeesProfile extends Versioned {
  name: string;
  active: boolean;
  /** 1 to 5. */
  notificationType: number;
  userGroups: string[];
  libraries: string[];
  feeTypes: string[];
  minimumBalance: number;
  daysAfterCreation: number;
  repeatEveryDays: number | null;
  maxRepeats: number;
  notificationFee: number;
  sendFormat: SendFormat;
  lastChange: LastChange | null;
}

const finesFeesNotificationProfileSchema = versioned<StoredFinesFeesProfile>('finesFeesNotificationProfiles', {
  name: text,
  active: { type: Boolean, default: true },
  notificationType: { ...number, min: 1, max: 5 },
  userGroups: texts,
  libraries: texts,
  feeTypes: texts,
  minimumBalance: { ...number, default: 1 },
  daysAfterCreation: { ...number, default: 0 },
  repeatEveryDays: maybeNumber,
  maxRepeats: { ...number, default: 0 },
  notificationFee: { ...number, default: 0 },
  sendFormat: { ...oneOf(['EMAIL', 'SMS', 'EMAIL_AND_SMS']), default: 'EMAIL' },
  lastChange: { type: anything, default: null },
});
finesFeesNotificationProfileSchema.index({ institutionId: 1, name: 1 }, { unique: true });
export const finesFeesNotificationProfileModel = (db: Connection) =>
  db.model<StoredFinesFeesProfile>('FinesFeesNotificationProfile', finesFeesNotificationProfileSchema);
