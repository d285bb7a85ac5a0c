/** scheduledJob: a job set up for an institution (spec/data-model.md, 1 Platform). */
import type { Connection } from 'mongoose';
import { categories, type Category } from '../domain/categories.js';
import type { RunStatus } from '../domain/run.js';
import type { Schedule } from '../domain/schedule.js';
import {
  anything,
  maybeInstant,
  maybeNumber,
  maybeOneOf,
  maybeText,
  number,
  oneOf,
  part,
  text,
  versioned,
  type Versioned,
} from './document.js';

export interface Change {
  path: string;
  before: unknown;
  after: unknown;
}

export interface Actor {
  type: 'USER' | 'API_KEY' | 'OPERATOR' | 'SYSTEM';
  id: string | null;
  name: string;
}

/** Written in the same update as the change it tells of; the audit entry follows from it (platform.md 12). */
export interface LastChange {
  version: number;
  actor: Actor;
  action: string;
  changes: Change[];
  requestId: string | null;
}

export interface ScheduledJob extends Versioned {
  jobKey: string;
  variant: string;
  profileId: string | null;
  slot: number;
  /** `<jobKey>:<variant>:<profileId|->:<slot>`. */
  instanceKey: string;
  name: string;
  nameFolded: string;
  category: Category;
  active: boolean;
  inactiveReason: 'OPERATOR' | 'PROFILE_INACTIVE' | 'NOT_ENABLED' | null;
  /** The union of platform.md 3 as it is: only its kind's own fields. */
  schedule: Schedule;
  creatorUserId: string | null;
  parameters: Record<string, unknown>;
  guard: { enabled: boolean; factor: number; minRecords: number };
  onFailureRetry: { times: number; delayMinutes: number };
  nextRunAt: Date | null;
  lastOccurrenceAt: Date | null;
  lastRun: { runId: string; status: RunStatus; endedAt: Date } | null;
  lastSuccessAt: Date | null;
  medianDurationSec: number | null;
  medianSelected: number | null;
  deletedAt: Date | null;
  deleteAfter: Date | null;
  lastChange: LastChange | null;
}

const scheduledJobSchema = versioned<ScheduledJob>('scheduledJobs', {
  jobKey: text,
  variant: { type: String, default: '' },
  profileId: maybeText,
  slot: { ...number, default: 1 },
  instanceKey: text,
  name: text,
  nameFolded: text,
  category: oneOf(categories),
  active: { type: Boolean, required: true },
  inactiveReason: maybeOneOf(['OPERATOR', 'PROFILE_INACTIVE', 'NOT_ENABLED']),
  schedule: { type: anything, required: true },
  creatorUserId: maybeText,
  parameters: { type: anything, default: {} },
  guard: part({
    enabled: { type: Boolean, default: false },
    factor: { ...number, default: 5 },
    minRecords: { ...number, default: 500 },
  }),
  onFailureRetry: part({ times: { ...number, default: 0 }, delayMinutes: { ...number, default: 60 } }),
  nextRunAt: maybeInstant,
  lastOccurrenceAt: maybeInstant,
  lastRun: { type: anything, default: null },
  lastSuccessAt: maybeInstant,
  medianDurationSec: maybeNumber,
  medianSelected: maybeNumber,
  deletedAt: maybeInstant,
  deleteAfter: maybeInstant,
  lastChange: { type: anything, default: null },
});
scheduledJobSchema.index({ institutionId: 1, instanceKey: 1 }, { unique: true });
// Scheduled tab: by name. What else is asked is asked of the hundred that there are.
scheduledJobSchema.index({ institutionId: 1, deletedAt: 1, nameFolded: 1, _id: 1 });
export const scheduledJobModel = (db: Connection) => db.model<ScheduledJob>('ScheduledJob', scheduledJobSchema);
