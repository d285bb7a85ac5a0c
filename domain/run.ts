/** What a run is, in every room (platform.md 5; spec/README.md, Runs). Crosses Temporal, so it is JSON. */
import type { Day } from './days.js';

export const triggers = [
  'SCHEDULE',
  'MANUAL',
  'API',
  'RERUN',
  'RETRY_FAILED',
  'AUTO_RETRY',
  'CONTINUATION',
  'DRY_RUN',
] as const;
export type Trigger = (typeof triggers)[number];

export const openStatuses = [
  'PENDING',
  'QUEUED',
  'INITIALIZING',
  'MANUAL_HANDLING_REQUIRED',
  'RUNNING',
  'FINALIZING',
] as const;
export const finalStatuses = [
  'COMPLETED_SUCCESSFULLY',
  'COMPLETED_WITH_WARNINGS',
  'COMPLETED_WITH_ERRORS',
  'FAILED',
  'ABORTED_BY_USER',
  'ABORTED_BY_SYSTEM',
  'SKIPPED',
] as const;
export const runStatuses = [...openStatuses, ...finalStatuses] as const;
export type RunStatus = (typeof runStatuses)[number];
export type FinalStatus = (typeof finalStatuses)[number];

export type Severity = 'INFO' | 'WARNING' | 'ERROR';

/** The problem of one record, or of the run where it names none. One per run, code and record. */
export interface Problem {
  severity: Severity;
  code: string;
  message: string;
  params: Record<string, unknown>;
  recordType: string | null;
  recordId: string | null;
  /** What staff know the record by: a barcode, an order line's number. Never a person's name. */
  recordLabel: string | null;
  /** Whether "retry failed" may take the record up again. */
  retryable: boolean;
}

/** How a schedule or a person starts a job's workflow. */
export type RunInput =
  /** Fired by the engine's schedule: the run does not exist yet. */
  | { institutionId: string; scheduledJobId: string; nominalAt?: string; leg?: Run }
  /** Started by a person or another run: the record was inserted first. */
  | { institutionId: string; runId: string; leg?: Run };

/** The run as its workflow carries it from page to page and leg to leg. Counters live in the store. */
export interface Run {
  runId: string;
  institutionId: string;
  scheduledJobId: string | null;
  jobKey: string;
  /** The instant the rules go by, ISO 8601 UTC. */
  asOf: string;
  /** Local day of `asOf`. */
  businessDate: Day;
  timeZone: string;
  currency: string;
  /** The parameters as snapshot when the run was opened; parsed by the job's catalogue schema. */
  parameters: Record<string, unknown>;
  /** A preview collects proposals and writes nothing else. */
  preview: boolean;
  /** Retry failed: only the records in the run's scope. */
  scoped: boolean;
  /** Batches recorded so far; the number of the next one. */
  batchNo: number;
  /** Place in the walk of the step at work; null = its beginning. */
  cursor: string | null;
  stepsDone: string[];
}

/** What a page of a step answers: where the next begins, null when the step is done. */
export interface Page {
  next: string | null;
  /** Number of the next batch. */
  batchNo: number;
}
