/**
 * What the dispatcher of one institution knows: who is in, who waits, and by which settings.
 *
 * All of it is plain JSON, because it is carried from one history of the workflow to the next. Order in the lists has a meaning:
 * places in the order they were given, waiters in the order they came.
 */
import type { Instant } from '../days.js';
import type { Trigger } from '../run.js';

/** A lock between jobs, and how a run wants to hold it (platform.md 6.2). A run names each lock once. */
export interface LockWish {
  name: string;
  mode: 'EXCLUSIVE' | 'SHARED';
}

export type Priority = 'HIGH' | 'NORMAL' | 'LOW';

/** A run asks whether it may go on. What the catalogue says of its job travels with it: the dispatcher knows no jobs. */
export interface TurnAsk {
  runId: string;
  /** Where the answer goes: the job's own workflow. */
  workflowId: string;
  /** null: belongs to no scheduled job and has no previous run to wait for. */
  scheduledJobId: string | null;
  jobKey: string;
  category: string;
  name: string;
  processId: number;
  trigger: Trigger;
  submittedAt: Instant;
  scheduledAt: Instant | null;
  priority: Priority;
  /** Units of the institution's capacity. */
  weight: number;
  /** Of a preview: none. */
  locks: LockWish[];
  /** Job keys; of a preview: none. */
  runAfter: string[];
  /** From this instant on the run has lost its point; null: never. */
  staleAt: Instant | null;
  /** A run that released its locks and capacity wants them again; the slot of its job it still has. */
  resumed: boolean;
}

/** A run that was given its turn. */
export interface Place {
  ask: TurnAsk;
  /** Stopped by the guard, or only waiting for its letters: it holds its job's slot, but neither locks nor capacity. */
  released: boolean;
}

export interface Waiter {
  ask: TurnAsk;
  /** When it got the slot of its job; null: it waits behind another run of the job, or for the end of a hold. */
  slotAt: Instant | null;
  /** When it first stood at the head of the queue with too little capacity left; null: never yet. */
  headSince: Instant | null;
  /** What the pages were last told of it, so that they are told changes only; null: nothing yet. */
  shown: Standing | null;
}

/** A period in which the covered jobs start nothing: from `from` (inclusive) to `to` (exclusive). */
export interface Hold {
  from: Instant;
  to: Instant;
  scope: { all: boolean; categories: string[]; scheduledJobIds: string[] };
  reason: string;
  atEnd: 'RUN_LATEST' | 'SKIP';
}

/** The next occurrence of an active scheduled job. */
export interface Due {
  scheduledJobId: string;
  jobKey: string;
  name: string;
  at: Instant;
}

export interface Settings {
  capacityUnits: number;
  /** Those to come and in force, and those that ended within the last day. */
  holds: Hold[];
  due: Due[];
}

export interface DispatcherState extends Settings {
  inside: Place[];
  waiting: Waiter[];
  /** The latest runs that left, so that a message of theirs that comes late does nothing. */
  ended: string[];
}

/** What the pages say of a run that waits. */
export interface Standing {
  status: 'QUEUED' | 'PENDING';
  reason: WaitReason;
}

export interface WaitReason {
  kind: 'LOCK' | 'CAPACITY' | 'PREVIOUS_RUN' | 'RUN_AFTER' | 'HOLD';
  text: string;
  /** The run waited for; null where it is not one run. */
  runId: string | null;
}

export interface Refusal {
  skipReason: 'OVERLAP' | 'STALE' | 'HELD' | 'WAITED_TOO_LONG';
  /** What kept it from starting; null: what the pages were told last. */
  reason: WaitReason | null;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Before the first look: without capacity, nobody is let in. */
export const nothingKnown: DispatcherState = { capacityUnits: 0, holds: [], due: [], inside: [], waiting: [], ended: [] };

/** "Loans – Overdue and Lost Item (process 1042)". */
export const called = ({ name, processId }: TurnAsk): string => `${name} (process ${processId})`;

/** What runs of the same scheduled job have in common, and no others. */
export const slotOf = ({ scheduledJobId, runId }: TurnAsk): string => scheduledJobId ?? runId;
