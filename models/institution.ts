/** institution and platformSettings (spec/data-model.md, 1 Platform). */
import type { Connection } from 'mongoose';
import { anything, maybeText, number, oneOf, text, texts, versioned, type Versioned } from './document.js';
import type { LastChange } from './scheduled-job.js';

export interface Institution extends Versioned {
  /** Equals `institutionId`; `[a-z0-9-]{2,32}`, never changed. */
  code: string;
  name: string;
  kind: 'INSTITUTION' | 'NETWORK' | 'COMMUNITY';
  networkCode: string | null;
  status: 'ACTIVE' | 'INACTIVE';
  environment: 'PRODUCTION' | 'SANDBOX';
  /** IANA zone; every local day and time of the institution is in it. */
  timeZone: string;
  /** ISO 4217. */
  currency: string;
  /** BCP 47. */
  defaultLanguage: string;
  languages: string[];
  features: string[];
  activationBy: 'OPERATOR' | 'OPERATOR_AND_GENERAL_ADMIN';
  capacityUnits: number;
  /** An address, or `*@domain`: the only receivers of a SANDBOX. */
  allowedEmails: string[];
  mailPaused: boolean;
  mailMaxPerMinute: number;
  publicBaseUrl: string;
  settings: Record<string, unknown>;
  lastChange: LastChange | null;
}

const institutionSchema = versioned<Institution>('institutions', {
  code: text,
  name: text,
  kind: oneOf(['INSTITUTION', 'NETWORK', 'COMMUNITY']),
  networkCode: maybeText,
  status: oneOf(['ACTIVE', 'INACTIVE']),
  environment: oneOf(['PRODUCTION', 'SANDBOX']),
  timeZone: text,
  currency: text,
  defaultLanguage: text,
  languages: texts,
  features: texts,
  activationBy: { ...oneOf(['OPERATOR', 'OPERATOR_AND_GENERAL_ADMIN']), default: 'OPERATOR' },
  capacityUnits: { ...number, default: 4 },
  allowedEmails: texts,
  mailPaused: { type: Boolean, default: false },
  mailMaxPerMinute: { ...number, default: 3000 },
  publicBaseUrl: { type: String, default: '' },
  settings: { type: anything, default: {} },
  lastChange: { type: anything, default: null },
});
institutionSchema.index({ code: 1 }, { unique: true });
export const institutionModel = (db: Connection) => db.model<Institution>('Institution', institutionSchema);

/** One document for the whole installation, under `*`. */
export interface PlatformSettings extends Versioned {
  startSpreadSeconds: number;
  auditRetentionDays: number;
  operatorEmail: string;
  /** `{number}@…`: where a text message is mailed to; null = no gateway, so no text messages. */
  smsGatewayPattern: string | null;
}

const platformSettingsSchema = versioned<PlatformSettings>('platformSettings', {
  startSpreadSeconds: { ...number, default: 120 },
  auditRetentionDays: { ...number, default: 1825 },
  operatorEmail: { type: String, default: '' },
  smsGatewayPattern: maybeText,
});
export const platformSettingsModel = (db: Connection) =>
  db.model<PlatformSettings>('PlatformSettings', platformSettingsSchema);
