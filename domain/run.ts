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
export const completedStatuses = ['COMPLETED_SUCCESSFULLY', 'COMPLETED_WITH_WARNINGS', 'COMPLETED_WITH_ERRORS'] as const;
export const finalStatuses = [
  ...completedStatuses,
  'FAILED',
  'ABORTED_BY_USER',
  'ABORTED_BY_SYSTEM',
  'SKIPPED',
] as const;
export const runStatuses = [...openStatuses, ...finalStatuses] as const;
export type RunStatus = (typeof runStatuses)[number];
export type FinalStatus = (typeof finalStatuses)[number];

export const severities = ['ERROR', 'WARNING', 'INFO'] as const;
export type Severity = (typeof severities)[number];

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

/** Counters of a batch or a run by their key; amounts are minor units of the institution's currency. */
export type Counters = Record<string, number>;

/** Which run of an institution. */
export interface RunRef {
  institutionId: string;
  runId: string;
}

/** How a schedule, a person or another run starts a job's workflow. */
export interface RunInput {
  institutionId: string;
  /** The scheduled job that the engine's schedule fires; null when the run's record was inserted first. */
  scheduledJobId: string | null;
  runId: string | null;
  /** Nominal instant, ISO 8601, where the missed-occurrence check starts what the engine lost; else the engine tells. */
  nominalAt?: string;
  /** The run as the leg before left it, when the history was continued as new. */
  leg?: Run;
}

/** The run as its workflow carries it from page to page and leg to leg. Counters live in the store. */
export interface Run extends RunRef {
  scheduledJobId: string | null;
  jobKey: string;
  /** The instant the rules go by, ISO 8601 UTC. */
  asOf: string;
  /** Local day of `asOf`. */
  businessDate: Day;
  timeZone: string;
  currency: string;
  /** Its report among the pages, for whoever looks at it in the engine's. */
  pageUrl: string;
  /** The parameters as they were when the run initialized; parsed by the job's catalogue schema. */
  parameters: Record<string, unknown>;
  /** A preview collects proposals and writes nothing else. */
  preview: boolean;
  /** Retry failed: only the records in the run's scope. */
  scoped: boolean;
  /** When the time limit ends it, ISO 8601 UTC. */
  endsBy: string;
  /** Number of the next batch; batches are numbered through all steps. */
  batchNo: number;
  /** Records done so far, for the progress bar. */
  done: number;
  /** Place in the walk of the step at work; null = its beginning. */
  cursor: string | null;
  stepsDone: string[];
}

/** Where a walk stands after a page; `next` null = the step is done. */
export interface Page {
  next: string | null;
  batchNo: number;
  done: number;
}
