/** auditEntry, session, idempotencyRecord, counter and jobHold (spec/data-model.md, 1 Platform). */
import type { Connection, Model } from 'mongoose';
import type { Actor, Change } from './scheduled-job.js';
import {
  anything,
  appendOnly,
  instant,
  maybeNumber,
  maybeText,
  number,
  oneOf,
  part,
  text,
  versioned,
  type Stored,
  type Versioned,
} from './document.js';

export interface AuditEntry extends Stored {
  at: Date;
  actor: Actor;
  action: string;
  targetType: string;
  targetId: string;
  targetLabel: string;
  /** The target's new version, or `E:<entryId>`. */
  changeKey: string;
  changes: Change[];
  reason: string | null;
  requestId: string | null;
  importId: string | null;
}
const auditEntrySchema = appendOnly<AuditEntry>('auditEntries', {
  at: instant,
  actor: part({ type: oneOf(['USER', 'API_KEY', 'OPERATOR', 'SYSTEM']), id: maybeText, name: text }),
  action: text,
  targetType: text,
  targetId: text,
  targetLabel: { type: String, default: '' },
  changeKey: text,
  changes: { type: [anything], default: [] },
  reason: maybeText,
  requestId: maybeText,
  importId: maybeText,
});
auditEntrySchema.index({ institutionId: 1, targetType: 1, targetId: 1, changeKey: 1 }, { unique: true });
auditEntrySchema.index({ institutionId: 1, at: -1 });
auditEntrySchema.index({ institutionId: 1, targetType: 1, targetId: 1, at: -1 });
export const auditEntryModel = (db: Connection) => db.model<AuditEntry>('AuditEntry', auditEntrySchema);

export interface Session extends Versioned {
  /** SHA-256 of the opaque token; the token itself is only in the cookie. */
  tokenHash: string;
  userId: string;
  lastSeenAt: Date;
  csrfSecret: string;
  deleteAfter: Date;
}
const sessionSchema = versioned<Session>('sessions', {
  tokenHash: text,
  userId: text,
  lastSeenAt: instant,
  csrfSecret: text,
  deleteAfter: instant,
});
sessionSchema.index({ tokenHash: 1 }, { unique: true });
sessionSchema.index({ deleteAfter: 1 });
export const sessionModel = (db: Connection) => db.model<Session>('Session', sessionSchema);

export interface IdempotencyRecord extends Versioned {
  actorId: string;
  route: string;
  key: string;
  requestHash: string;
  state: 'IN_PROGRESS' | 'DONE';
  status: number | null;
  headers: Record<string, string> | null;
  body: unknown;
  deleteAfter: Date;
}
const idempotencyRecordSchema = versioned<IdempotencyRecord>('idempotencyRecords', {
  actorId: text,
  route: text,
  key: text,
  requestHash: text,
  state: oneOf(['IN_PROGRESS', 'DONE']),
  status: maybeNumber,
  headers: { type: anything, default: null },
  body: { type: anything, default: null },
  deleteAfter: instant,
});
idempotencyRecordSchema.index({ institutionId: 1, actorId: 1, route: 1, key: 1 }, { unique: true });
idempotencyRecordSchema.index({ deleteAfter: 1 });
export const idempotencyRecordModel = (db: Connection) =>
  db.model<IdempotencyRecord>('IdempotencyRecord', idempotencyRecordSchema);

/** `_id` = `<institutionId>:<name>`; gaps are fine. */
export interface Counter extends Stored {
  value: number;
}
const counterSchema = appendOnly<Counter>('counters', { value: number });
export const counterModel = (db: Connection) => db.model<Counter>('Counter', counterSchema);

/** The next number of a counter that people see (process ids, record numbers); the first one is 1. */
export async function nextNumber(counters: Model<Counter>, institutionId: string, name: string): Promise<number> {
  const raised = await counters
    .findOneAndUpdate(
      { institutionId, _id: `${institutionId}:${name}` },
      { $inc: { value: 1 } },
      { upsert: true, returnDocument: 'after' },
    )
    .lean();
  return raised.value;
}

/** A period in which the covered jobs start nothing (platform.md 6.7); `*` = all institutions. */
export interface JobHold extends Versioned {
  from: Date;
  to: Date;
  scope: { all: boolean; categories: string[]; scheduledJobIds: string[] };
  reason: string;
  atEnd: 'RUN_LATEST' | 'SKIP';
  createdBy: string;
}
const jobHoldSchema = versioned<JobHold>('jobHolds', {
  from: instant,
  to: instant,
  scope: part({
    all: { type: Boolean, default: false },
    categories: { type: [String], default: [] },
    scheduledJobIds: { type: [String], default: [] },
  }),
  reason: text,
  atEnd: oneOf(['RUN_LATEST', 'SKIP']),
  createdBy: text,
});
jobHoldSchema.index({ institutionId: 1, from: 1, to: 1 });
export const jobHoldModel = (db: Connection) => db.model<JobHold>('JobHold', jobHoldSchema);
