/** letter, its rendering and letterConfig (spec/data-model.md, 1 Platform). */
import type { Connection } from 'mongoose';
import {
  anything,
  appendOnly,
  instant,
  maybeInstant,
  maybeNumber,
  maybeOneOf,
  maybeText,
  number,
  oneOf,
  part,
  text,
  versioned,
  type Stored,
  type Versioned,
} from './document.js';

export const letterChannels = ['EMAIL', 'SMS', 'PRINT'] as const;
export const letterStates = ['QUEUED', 'SENDING', 'SENT', 'FAILED', 'SUPPRESSED', 'CANCELLED'] as const;
export type LetterState = (typeof letterStates)[number];
/** How many letters are in which state, by letter code. */
export type LetterCounts = Record<string, Partial<Record<LetterState, number>>>;
export const suppressedReasons = [
  'NO_ADDRESS',
  'NOT_ALLOWED_ADDRESS',
  'RECIPIENT_DELETED',
  'OPTED_OUT',
  'LETTER_DISABLED',
] as const;
export type SuppressedReason = (typeof suppressedReasons)[number];

export interface LetterAttempt {
  at: Date;
  /** STARTED is written before the connection is used; UNKNOWN where it broke after the text was handed over. */
  outcome: 'STARTED' | 'ACCEPTED' | 'TRANSIENT' | 'REFUSED' | 'UNKNOWN' | 'TEMPLATE_ERROR';
  smtpCode: number | null;
  text: string;
}

/** One message to one recipient by one channel. */
export interface StoredLetter extends Versioned {
  letterCode: string;
  channel: (typeof letterChannels)[number];
  language: string;
  recipient: {
    type: 'USER' | 'VENDOR' | 'PARTNER' | 'LIBRARY' | 'ADDRESS';
    id: string | null;
    name: string | null;
    address: string | null;
  };
  /** Letter of one library: its address is the sender. */
  libraryCode: string | null;
  /** The snapshot that its template is rendered from. */
  data: Record<string, unknown>;
  part: number;
  templateVersion: number | null;
  subject: string | null;
  /** Where its rendering is kept; null before it was rendered. */
  bodyKey: string | null;
  attachments: { name: string; storageKey: string; bytes: number }[];
  causes: { recordType: string; recordId: string }[];
  runId: string | null;
  /** The job's key of it + `:<CHANNEL>`. */
  dedupeKey: string;
  state: LetterState;
  suppressedReason: SuppressedReason | null;
  attempts: LetterAttempt[];
  nextAttemptAt: Date | null;
  leaseUntil: Date | null;
  messageId: string | null;
  sentAt: Date | null;
  resendOfId: string | null;
  hold: boolean;
  purgedAt: Date | null;
}

const letterSchema = versioned<StoredLetter>('letters', {
  letterCode: text,
  channel: oneOf(letterChannels),
  language: text,
  recipient: part({
    type: oneOf(['USER', 'VENDOR', 'PARTNER', 'LIBRARY', 'ADDRESS']),
    id: maybeText,
    name: maybeText,
    address: maybeText,
  }),
  libraryCode: maybeText,
  data: { type: anything, default: {} },
  part: { ...number, default: 1 },
  templateVersion: maybeNumber,
  subject: maybeText,
  bodyKey: maybeText,
  attachments: { type: [part({ name: text, storageKey: text, bytes: number })], default: [] },
  causes: { type: [part({ recordType: text, recordId: text })], default: [] },
  runId: maybeText,
  dedupeKey: text,
  state: oneOf(letterStates),
  suppressedReason: maybeOneOf(suppressedReasons),
  attempts: {
    type: [
      part({
        at: instant,
        outcome: oneOf(['STARTED', 'ACCEPTED', 'TRANSIENT', 'REFUSED', 'UNKNOWN', 'TEMPLATE_ERROR']),
        smtpCode: maybeNumber,
        text: { type: String, default: '' },
      }),
    ],
    default: [],
  },
  nextAttemptAt: maybeInstant,
  leaseUntil: maybeInstant,
  messageId: maybeText,
  sentAt: maybeInstant,
  resendOfId: maybeText,
  hold: { type: Boolean, default: false },
  purgedAt: maybeInstant,
});
letterSchema.index({ institutionId: 1, dedupeKey: 1 }, { unique: true });
// Sent letters, newest first: by state (all of them are named where none is asked for), of a run, of a person, by what they are.
letterSchema.index({ institutionId: 1, state: 1, createdAt: -1, _id: -1 });
// A run also counts its letters by code and state, from the index alone.
letterSchema.index({ institutionId: 1, runId: 1, letterCode: 1, state: 1, createdAt: -1, _id: -1 });
letterSchema.index({ institutionId: 1, 'recipient.id': 1, createdAt: -1, _id: -1 });
// letters-purge-with-retention reads it as well.
letterSchema.index({ institutionId: 1, letterCode: 1, channel: 1, createdAt: -1, _id: -1 });
// Record history.
letterSchema.index({ institutionId: 1, 'causes.recordId': 1, _id: -1 });
// Delivery, by institution.
letterSchema.index({ institutionId: 1, state: 1, nextAttemptAt: 1 });
export const letterModel = (db: Connection) => db.model<StoredLetter>('Letter', letterSchema);

/** What was sent, byte for byte on every attempt; purged apart from the letter's facts. `_id` is the letter's `bodyKey`. */
export interface LetterContent extends Stored {
  letterId: string;
  subject: string;
  html: string | null;
  text: string;
}
const letterContentSchema = appendOnly<LetterContent>('letterContents', {
  letterId: text,
  subject: text,
  html: maybeText,
  text: { type: String, default: '' },
});
export const letterContentModel = (db: Connection) => db.model<LetterContent>('LetterContent', letterContentSchema);

export interface LetterConfig extends Versioned {
  letterCode: string;
  enabled: boolean;
  /** null = kept for ever. */
  retentionDays: number | null;
  from: string | null;
  replyTo: string | null;
}
const letterConfigSchema = versioned<LetterConfig>('letterConfigs', {
  letterCode: text,
  enabled: { type: Boolean, default: true },
  retentionDays: maybeNumber,
  from: maybeText,
  replyTo: maybeText,
});
letterConfigSchema.index({ institutionId: 1, letterCode: 1 }, { unique: true });
export const letterConfigModel = (db: Connection) => db.model<LetterConfig>('LetterConfig', letterConfigSchema);
