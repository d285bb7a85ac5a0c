/** What the API is handed: its store, its engine, its clock and the operations it shares with the command line. */
import type { Logger } from 'pino';
import type { Now } from '../config/clock.js';
import type { RunRef } from '../domain/run.js';
import type { Explanation } from '../domain/explanation.js';
import type { Models } from '../models/models.js';
import type { StoredRun } from '../models/run.js';
import type { Mailbox } from './caught-mail.js';
import type { ExplainInput } from './operations/explain-record.js';
import type { RepeatRequest, StartRequest } from './operations/start-run.js';

/** What the command line does as well, bound to the store and the engine. Each throws a Refusal when it cannot be. */
export interface Operations {
  startRun(request: StartRequest): Promise<StoredRun>;
  rerun(request: RepeatRequest): Promise<StoredRun>;
  retryFailed(request: RepeatRequest): Promise<StoredRun>;
  abortRun(request: { institutionId: string; runId: string; by: string; reason: string }): Promise<StoredRun>;
  approveRun(run: RunRef): Promise<StoredRun>;
  explainRecord(question: ExplainInput): Promise<Explanation>;
  /** Whether the engine could start something now; never throws. */
  engineAnswers(): Promise<boolean>;
}

export interface ApiContext {
  operations: Operations;
  models: Models;
  now: Now;
  log: Logger;
  /** The address that people open; with https, cookies travel on encrypted connections only. */
  publicUrl: string;
  /** Where people look into the engine; null: no links to it. */
  temporalUiUrl: string | null;
  temporalNamespace: string;
  /** Where a worker of this machine offers its metrics; null: nowhere. */
  workerMetricsPort: number | null;
  /** Of the mail catcher; null when letters go to a real mail server. */
  mailbox: Mailbox | null;
  /** Tells the delivery of an institution that there are letters. */
  wakeMail: (institutionId: string) => Promise<void>;
  /** Brings the engine's schedule into line with the record that was just saved. */
  reconcileScheduledJob: (scheduledJob: { institutionId: string; scheduledJobId: string }) => Promise<void>;
}
