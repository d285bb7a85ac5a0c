/** run, runBatch and runEvent (spec/data-model.md, 1 Platform). */
import type { Connection } from 'mongoose';
import { categories, type Category } from '../domain/categories.js';
import { runStatuses, triggers, type RunStatus, type Severity, type Trigger } from '../domain/run.js';
import {
  anything,
  appendOnly,
  instant,
  maybeInstant,
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
import type { LetterCounts } from './letter.js';

export interface WaitReason {
  kind: 'LOCK' | 'CAPACITY' | 'PREVIOUS_RUN' | 'RUN_AFTER' | 'HOLD' | 'GUARD' | 'SPREAD';
  text: string;
  runId: string | null;
}

export const skipReasons = ['OVERLAP', 'MISSED', 'STALE', 'HELD', 'WAITED_TOO_LONG', 'DST'] as const;
export type SkipReason = (typeof skipReasons)[number];

export interface StoredRun extends Versioned {
  processId: number;
  scheduledJobId: string | null;
  jobKey: string;
  variant: string;
  profileId: string | null;
  slot: number;
  category: Category;
  name: string;
  trigger: Trigger;
  /** Nominal time (`L:…`, `U:…`), or `R:<runId>` where no schedule asked. */
  occurrenceKey: string;
  scheduledAt: Date | null;
  asOf: Date;
  /** Local day of `asOf` in the institution's zone. */
  businessDate: string;
  submittedBy: { type: 'SYSTEM' | 'USER' | 'API_KEY'; id: string | null; name: string };
  submittedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  statusAt: Date;
  status: RunStatus;
  waitReason: WaitReason | null;
  skipReason: SkipReason | null;
  missedCount: number;
  noWork: boolean;
  parameters: Record<string, unknown>;
  configVersion: number | null;
  parentRunId: string | null;
  scope: { recordType: string; ids: string[] } | null;
  progress: {
    total: number | null;
    totalIsEstimate: boolean;
    done: number;
    batchesTotal: number | null;
    batchesDone: number;
    heartbeatAt: Date | null;
  };
  counters: Record<string, number>;
  problems: { errors: number; warnings: number; byCode: Record<string, number>; eventsTruncated: boolean };
  resolution: { resolved: number; open: number };
  /** How many of its letters ended in which state, by letter code; null while they are counted anew each time. */
  letters: LetterCounts | null;
  abort: { requestedAt: Date; by: string; reason: string } | null;
  failure: { code: string; message: string; attempts: number } | null;
  files: { name: string; bytes: number; sha256: string; contentType: string; storageKey: string }[];
  workflowId: string;
  pinned: boolean;
  deleteAfter: Date | null;
}

const runSchema = versioned<StoredRun>('runs', {
  processId: number,
  scheduledJobId: maybeText,
  jobKey: text,
  variant: { type: String, default: '' },
  profileId: maybeText,
  slot: { ...number, default: 1 },
  category: oneOf(categories),
  name: text,
  trigger: oneOf(triggers),
  occurrenceKey: text,
  scheduledAt: maybeInstant,
  asOf: instant,
  businessDate: text,
  submittedBy: part({ type: oneOf(['SYSTEM', 'USER', 'API_KEY']), id: maybeText, name: text }),
  submittedAt: instant,
  startedAt: maybeInstant,
  endedAt: maybeInstant,
  statusAt: instant,
  status: oneOf(runStatuses),
  waitReason: { type: anything, default: null },
  skipReason: maybeOneOf(skipReasons),
  missedCount: { ...number, default: 1 },
  noWork: { type: Boolean, default: false },
  parameters: { type: anything, default: {} },
  configVersion: { type: Number, default: null },
  parentRunId: maybeText,
  scope: { type: anything, default: null },
  progress: part({
    total: { type: Number, default: null },
    totalIsEstimate: { type: Boolean, default: false },
    done: { ...number, default: 0 },
    batchesTotal: { type: Number, default: null },
    batchesDone: { ...number, default: 0 },
    heartbeatAt: maybeInstant,
  }),
  counters: { type: anything, default: {} },
  problems: part({
    errors: { ...number, default: 0 },
    warnings: { ...number, default: 0 },
    byCode: { type: anything, default: {} },
    eventsTruncated: { type: Boolean, default: false },
  }),
  resolution: part({ resolved: { ...number, default: 0 }, open: { ...number, default: 0 } }),
  letters: { type: anything, default: null },
  abort: { type: anything, default: null },
  failure: { type: anything, default: null },
  files: { type: [anything], default: [] },
  workflowId: text,
  pinned: { type: Boolean, default: false },
  deleteAfter: maybeInstant,
});
runSchema.index({ institutionId: 1, scheduledJobId: 1, occurrenceKey: 1 }, { unique: true });
runSchema.index({ institutionId: 1, processId: 1 }, { unique: true });
// History and Running tabs, newest first: as they are, and by each filter that may leave few. Of two filters the one that leaves fewer
// leads; what stands behind the order is for the other, which is asked of the index before any run is read.
runSchema.index({ institutionId: 1, submittedAt: -1, _id: -1 });
runSchema.index({ institutionId: 1, status: 1, submittedAt: -1, _id: -1, trigger: 1 });
runSchema.index({ institutionId: 1, category: 1, status: 1, submittedAt: -1, _id: -1, trigger: 1 });
runSchema.index({ institutionId: 1, trigger: 1, submittedAt: -1, _id: -1, category: 1, status: 1 });
runSchema.index({ institutionId: 1, scheduledJobId: 1, submittedAt: -1, _id: -1, status: 1, trigger: 1 });
runSchema.index({ institutionId: 1, 'submittedBy.id': 1, submittedAt: -1, _id: -1 });
// The report: what came of a run.
runSchema.index({ institutionId: 1, parentRunId: 1, submittedAt: 1 });
// Housekeeping, across institutions.
runSchema.index({ deleteAfter: 1 });
export const runModel = (db: Connection) => db.model<StoredRun>('Run', runSchema);

/** Counters of one batch, replaced by a repeat. */
export interface RunBatch extends Versioned {
  runId: string;
  batchNo: number;
  state: 'WAITING' | 'RUNNING' | 'DONE' | 'FAILED';
  /** Place in the walk before the batch's first record, and of its last one; null = beginning, end. */
  fromKey: string | null;
  toKey: string | null;
  /** Records that the batch takes out of its own selection: a repeat looks at them by id. */
  leaving: string[];
  counters: Record<string, number>;
  /** Of a preview: what a run would do, and the letters it would send. */
  proposals: Proposal[];
  /** Of a preview: the letter that each notice would go into. */
  letters: NoticedLetter[];
  /** Ids of the users whom the batch counted, and no batch before it: of a job that ends blocks, of a preview that would place some. */
  blockedUsers: string[];
  attempts: number;
  /** When the engine scheduled the attempt that wrote last, in milliseconds by its clock: an earlier one that is still at work writes no more. */
  attemptAt: number;
  startedAt: Date | null;
  endedAt: Date | null;
  deleteAfter: Date;
}

/** The letter that a notice of a preview asks for. */
export interface NoticedLetter {
  letterKey: string;
  /** Of the profile that fired; minor units. */
  notificationFee: number;
}

/** One thing that a preview found a run would do. */
export interface Proposal {
  recordType: string;
  recordId: string;
  recordLabel: string;
  action: string;
  details: Record<string, unknown>;
}

const runBatchSchema = versioned<RunBatch>('runBatches', {
  runId: text,
  batchNo: number,
  state: oneOf(['WAITING', 'RUNNING', 'DONE', 'FAILED']),
  fromKey: maybeText,
  toKey: maybeText,
  leaving: { type: [String], default: [] },
  counters: { type: anything, default: {} },
  proposals: { type: [anything], default: [] },
  letters: { type: [anything], default: [] },
  blockedUsers: { type: [String], default: [] },
  attempts: { ...number, default: 0 },
  attemptAt: { ...number, default: 0 },
  startedAt: maybeInstant,
  endedAt: maybeInstant,
  deleteAfter: instant,
});
runBatchSchema.index({ institutionId: 1, runId: 1, batchNo: 1 }, { unique: true });
// users-remove-blocks: on which pages a patron had a block before.
runBatchSchema.index({ institutionId: 1, runId: 1, blockedUsers: 1 });
runBatchSchema.index({ deleteAfter: 1 });
export const runBatchModel = (db: Connection) => db.model<RunBatch>('RunBatch', runBatchSchema);

/** A job event; append-only but for its resolution. */
export interface RunEvent extends Stored {
  runId: string;
  seq: number;
  at: Date;
  severity: Severity;
  code: string;
  message: string;
  params: Record<string, unknown>;
  recordType: string | null;
  recordId: string | null;
  recordLabel: string | null;
  retryable: boolean;
  attempts: number;
  resolvedInRunId: string | null;
  /** `code|recordType|recordId`: one event per run, code and record. */
  eventKey: string;
  deleteAfter: Date | null;
}

const runEventSchema = appendOnly<RunEvent>('runEvents', {
  runId: text,
  seq: number,
  at: instant,
  severity: oneOf(['INFO', 'WARNING', 'ERROR']),
  code: text,
  message: text,
  params: { type: anything, default: {} },
  recordType: maybeText,
  recordId: maybeText,
  recordLabel: maybeText,
  retryable: { type: Boolean, required: true },
  attempts: { ...number, default: 1 },
  resolvedInRunId: maybeText,
  eventKey: text,
  deleteAfter: maybeInstant,
});
runEventSchema.index({ institutionId: 1, runId: 1, eventKey: 1 }, { unique: true });
// Events page, in order: by severity, and by the code that a report leads to.
runEventSchema.index({ institutionId: 1, runId: 1, severity: 1, seq: 1, _id: 1 });
runEventSchema.index({ institutionId: 1, runId: 1, code: 1, seq: 1, _id: 1 });
// Record history: what did the jobs do with this record? An id is of one record, whatever its type.
runEventSchema.index({ institutionId: 1, recordId: 1, at: -1 });
runEventSchema.index({ deleteAfter: 1 });
export const runEventModel = (db: Connection) => db.model<RunEvent>('RunEvent', runEventSchema);
