/** Starts of runs by people and programs: run now, preview, re-run, retry failed (platform.md 1, 4, 5, 8). */
import { ServiceError, type Client } from '@temporalio/client';
import type { z } from 'zod';
import { jobOf } from '../../catalogue/jobs.js';
import { isFinal } from '../../domain/run-status.js';
import type { RunInput, Trigger } from '../../domain/run.js';
import { nextNumber } from '../../models/administration.js';
import type { Institution } from '../../models/institution.js';
import { insertOnce } from '../../models/insert-once.js';
import { newRun, type NewRun } from '../../models/new-run.js';
import type { StoredRun } from '../../models/run.js';
import type { ScheduledJob } from '../../models/scheduled-job.js';
import { searchAttributes } from '../../config/search-attributes.js';
import { inputProblems, unknown } from '../input-problems.js';
import { Refusal, type InputProblem } from '../refusal.js';
import { institutionOf, runOf, scheduledJobOf, type Operating, type Submitter } from './context.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A preview may look so far back and ahead (platform.md 8). */
const PREVIEW_DAYS = 30;
/** So many starts by hand may wait for one scheduled job (platform.md 6.1). */
const MOST_WAITING = 5;
/** So many failed records a retry takes up (platform.md 8). */
const MOST_RETRIED = 50_000;
/** Manual before scheduled (engine.md 2.6). */
const MANUAL_PRIORITY = 2;
/** The backstop behind waiting, decisions and the job's own time limit. */
const SEVEN_DAYS_MS = 7 * DAY_MS;

export interface StartRequest {
  institutionId: string;
  scheduledJobId: string;
  trigger: Extract<Trigger, 'MANUAL' | 'API' | 'DRY_RUN'>;
  submittedBy: Submitter;
  /** Another instant than now: any in a SANDBOX; elsewhere of a preview only, at most 30 days away. */
  asOf?: Date;
  /** Of a preview: other parameters than the job has. */
  parameters?: Record<string, unknown>;
  /** Of this start alone. */
  runParameters?: Record<string, unknown>;
  /** The operator starts inactive jobs too. */
  byOperator?: boolean;
}

/** A run of which something is to be done again. */
export interface RepeatRequest {
  institutionId: string;
  runId: string;
  submittedBy: Submitter;
  /** The operator starts inactive jobs too. */
  byOperator?: boolean;
}

/** Inserts the run, then starts its workflow. Refusals: not-found, job-not-available, job-inactive, validation-failed, too-many-waiting. */
export async function startRun(operating: Operating, request: StartRequest): Promise<StoredRun> {
  const institution = await institutionOf(operating, request.institutionId);
  const job = await scheduledJobOf(operating, request.institutionId, request.scheduledJobId);
  refuseStart(job, request);
  const submittedAt = operating.now();
  const asOf = request.asOf ?? submittedAt;
  refuseAsOf(institution, request, asOf, submittedAt);
  const ofJob = request.parameters === undefined ? job.parameters : parsedParameters(job, request.parameters);
  const ofStart = parsedRunParameters(job, request.runParameters ?? {});
  await refuseUnknownLibrary(operating, job, ofStart);
  const parameters = { ...ofJob, ...ofStart };
  const { trigger, submittedBy } = request;
  return begin(operating, job, institution, { trigger, submittedBy, submittedAt, asOf, parameters });
}

/** The same job once more, with the parameters of today and those that its run was started with (trigger RERUN). Refusals: not-retryable, and as of `startRun`. */
export async function rerun(operating: Operating, request: RepeatRequest): Promise<StoredRun> {
  const { runId, submittedBy } = request;
  const { run, job, institution } = await ended(operating, request);
  const submittedAt = operating.now();
  const ofStart = Object.entries(run.parameters).filter(([name]) => name in jobOf(job.jobKey).runParameters.shape);
  const parameters = { ...job.parameters, ...Object.fromEntries(ofStart) };
  return begin(operating, job, institution, { trigger: 'RERUN', submittedBy, submittedAt, asOf: submittedAt, parameters, parentRunId: runId });
}

/** A run over the records that failed and are not resolved yet; rules are evaluated anew (trigger RETRY_FAILED). Refusals as of `rerun`. */
export async function retryFailed(operating: Operating, request: RepeatRequest): Promise<StoredRun> {
  const { institutionId, runId, submittedBy } = request;
  const { run, job, institution } = await ended(operating, request);
  const { models } = operating;
  if (run.problems.eventsTruncated) throw new Refusal('not-retryable', `Run ${run.processId} had more failed records than were kept: run it again instead.`);
  const failed = await models.RunEvent.find(
    { institutionId, runId, severity: 'ERROR', retryable: true, resolvedInRunId: null },
    { recordType: 1, recordId: 1 },
  )
    .limit(MOST_RETRIED + 1)
    .lean();
  if (failed.length === 0) throw new Refusal('not-retryable', `Run ${run.processId} has no failed record that can be retried.`);
  if (failed.length > MOST_RETRIED) throw new Refusal('not-retryable', `Run ${run.processId} has more than ${MOST_RETRIED} failed records: run it again instead.`);

  const ids = [...new Set(failed.flatMap(({ recordId }) => recordId ?? []))];
  const recordType = failed.find(({ recordType }) => recordType !== 'letter')?.recordType ?? 'letter';
  const submittedAt = operating.now();
  return begin(operating, job, institution, {
    trigger: 'RETRY_FAILED',
    submittedBy,
    submittedAt,
    asOf: submittedAt,
    parentRunId: runId,
    scope: { recordType, ids },
  });
}

async function ended(operating: Operating, { institutionId, runId, byOperator }: RepeatRequest) {
  const run = await runOf(operating, institutionId, runId);
  if (!isFinal(run.status) || run.trigger === 'DRY_RUN') {
    throw new Refusal('not-retryable', `Run ${run.processId} is ${run.status}: only an ended run that was no preview is repeated.`);
  }
  if (run.scheduledJobId === null) throw new Refusal('not-retryable', `Run ${run.processId} belongs to no scheduled job.`);
  const job = await scheduledJobOf(operating, institutionId, run.scheduledJobId);
  if (!jobOf(job.jobKey).available) throw notAvailable(job);
  if (!job.active && byOperator !== true) throw inactive(job);
  return { run, job, institution: await institutionOf(operating, institutionId) };
}

function refuseStart(job: ScheduledJob, { trigger, byOperator }: StartRequest): void {
  if (!jobOf(job.jobKey).available) throw notAvailable(job);
  if (!job.active && trigger !== 'DRY_RUN' && byOperator !== true) throw inactive(job);
}

const inactive = ({ name }: ScheduledJob) => new Refusal('job-inactive', `"${name}" is inactive: it can be previewed, and run once it is activated.`);
const notAvailable = ({ name }: ScheduledJob) => new Refusal('job-not-available', `"${name}" is not yet available: it can be neither run nor previewed.`);

function refuseAsOf({ environment, code }: Institution, { trigger, asOf: asked }: StartRequest, asOf: Date, now: Date): void {
  if (asked === undefined) return;
  if (Number.isNaN(asOf.getTime())) throw invalidAsOf('is not an instant', 'expected an ISO 8601 instant such as 2026-05-12T04:00:00Z');
  if (trigger === 'DRY_RUN') {
    if (Math.abs(asOf.getTime() - now.getTime()) > PREVIEW_DAYS * DAY_MS && environment !== 'SANDBOX') {
      throw invalidAsOf(asOf.toISOString(), `expected an instant at most ${PREVIEW_DAYS} days from now for a preview`);
    }
  } else if (environment !== 'SANDBOX') {
    throw invalidAsOf(asOf.toISOString(), `a real run at another instant is allowed in SANDBOX institutions only, and ${code} is ${environment}`);
  }
}

function invalidAsOf(value: string, expectation: string): Refusal {
  const message = `asOf ${value}: ${expectation}.`;
  return new Refusal('validation-failed', message, [{ pointer: '/asOf', code: 'invalid', message }]);
}

const parsedParameters = (job: ScheduledJob, given: Record<string, unknown>) => parsed(job, '/parameters', jobOf(job.jobKey).parameters, { ...job.parameters, ...given });
const parsedRunParameters = (job: ScheduledJob, given: Record<string, unknown>) => parsed(job, '/runParameters', jobOf(job.jobKey).runParameters, given);

function parsed(job: ScheduledJob, pointer: string, schema: z.ZodObject, given: Record<string, unknown>): Record<string, unknown> {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw wrongParameters(job, inputProblems(read.error, given, 'body').map((problem) => ({ ...problem, pointer: `${pointer}${problem.pointer ?? ''}` })));
}

/** A start for a library that is not there would find nothing to do, and say that all is well. */
async function refuseUnknownLibrary({ models }: Operating, job: ScheduledJob, { libraryCode }: Record<string, unknown>): Promise<void> {
  if (typeof libraryCode !== 'string') return;
  const known = await models.Library.findOne({ institutionId: job.institutionId, code: libraryCode }, { _id: 1 }).lean();
  if (known === null) throw wrongParameters(job, [unknown('/runParameters/libraryCode', libraryCode, 'the code of a library')]);
}

const wrongParameters = ({ name }: ScheduledJob, problems: InputProblem[]): Refusal =>
  new Refusal('validation-failed', `The parameters of "${name}" are wrong: ${problems.map(({ pointer, message }) => `${pointer} ${message}`).join('; ')}`, problems);

async function begin(
  operating: Operating,
  job: ScheduledJob,
  institution: Institution,
  given: Omit<NewRun, 'processId' | 'workflowId'>,
): Promise<StoredRun> {
  const { models, client, taskQueue } = operating;
  const { institutionId } = institution;
  if (given.trigger !== 'DRY_RUN') await refuseTooManyWaiting(operating, job);
  await refuseWithoutEngine(client);
  const run = newRun(job, institution, { ...given, processId: await nextNumber(models.Counter, institutionId, 'process-id') });
  await insertOnce(models.Run, [run]);

  const input: RunInput = { institutionId, scheduledJobId: null, runId: run._id };
  await client.workflow.start(run.jobKey, {
    workflowId: run.workflowId,
    taskQueue,
    args: [input],
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowExecutionTimeout: SEVEN_DAYS_MS,
    staticSummary: `${run.name} (process ${run.processId})`,
    priority: { priorityKey: MANUAL_PRIORITY, fairnessKey: institutionId },
    typedSearchAttributes: [
      { key: searchAttributes.institution, value: institutionId },
      { key: searchAttributes.jobKey, value: run.jobKey },
      { key: searchAttributes.jobCategory, value: run.category },
      { key: searchAttributes.runTrigger, value: run.trigger },
    ],
  });
  return run;
}

/** Before anything is written: a start that the engine cannot take leaves nothing behind. */
async function refuseWithoutEngine(client: Client): Promise<void> {
  try {
    await client.withDeadline(Date.now() + 5_000, () => client.connection.workflowService.getSystemInfo({})); // oxlint-disable-line house/clock -- a deadline of the wire
  } catch (error) {
    if (error instanceof ServiceError || error instanceof Error) {
      throw new Refusal('engine-unavailable', `The workflow engine does not answer, so nothing was started (${error.message}).`);
    }
    throw error;
  }
}

async function refuseTooManyWaiting({ models }: Operating, { institutionId, _id, name }: ScheduledJob): Promise<void> {
  const waiting = await models.Run.countDocuments({
    institutionId,
    scheduledJobId: _id,
    status: { $in: ['PENDING', 'QUEUED'] },
    trigger: { $in: ['MANUAL', 'API', 'RERUN', 'RETRY_FAILED'] },
  });
  if (waiting >= MOST_WAITING) throw new Refusal('too-many-waiting', `${waiting} starts of "${name}" are waiting already; at most ${MOST_WAITING} may.`);
}
