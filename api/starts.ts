/** Starting, repeating and stopping runs: what a person or program may ask, and the entry of the audit (platform.md 4, 6.7, 8, 17). */
import { mayIn } from '../domain/permissions.js';
import type { StoredRun } from '../models/run.js';
import { recordDeed, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { when } from './format.js';
import type { Submitter } from './operations/context.js';
import { Refusal } from './refusal.js';
import { stepsOf } from './runs.js';
import { scheduledJobOf, type ListedJob } from './scheduled-jobs.js';
import { forbidden, type Viewer } from './viewer.js';

const STARTS_AN_HOUR = 20;
const HOUR = 60 * 60_000;
const BY_HAND = ['MANUAL', 'API', 'RERUN', 'RETRY_FAILED', 'DRY_RUN'] as const;

export interface Start {
  trigger: 'MANUAL' | 'API' | 'DRY_RUN';
  /** null: now. */
  asOf: Date | null;
  /** Of a preview; null: those that are saved. */
  parameters: Record<string, unknown> | null;
  /** Of this start alone; null: none. */
  runParameters: Record<string, unknown> | null;
}

export function demandRun(viewer: Viewer, { definition }: ListedJob): void {
  if (!mayIn(viewer.grants, definition.category, 'RUN')) throw forbidden('RUN');
}

export async function start(context: ApiContext, viewer: Viewer, listed: ListedJob, { trigger, asOf, parameters, runParameters }: Start, author: Author): Promise<StoredRun> {
  demandRun(viewer, listed);
  if (trigger !== 'DRY_RUN') refuseOnHold(viewer, listed);
  await refuseTooOften(context, listed);
  const run = await context.operations.startRun({
    institutionId: listed.job.institutionId,
    scheduledJobId: listed.job._id,
    trigger,
    submittedBy: submitterOf(viewer),
    byOperator: viewer.grants.operator,
    ...(asOf !== null && { asOf }),
    ...(parameters !== null && { parameters }),
    ...(runParameters !== null && { runParameters }),
  });
  await record(context, run, trigger === 'DRY_RUN' ? 'PREVIEW' : 'RUN_NOW', author);
  return run;
}

/** The dispatcher lets through what people start during a hold: here it is settled who may (platform.md 6.7). */
function refuseOnHold({ grants, zone }: Viewer, { job, heldUntil }: ListedJob): void {
  if (heldUntil === null || grants.operator) return;
  throw new Refusal('on-hold', `${job.name} is on hold until ${when(zone, heldUntil).text}. The operator may start it.`);
}

async function refuseTooOften({ models, now }: ApiContext, { job }: ListedJob): Promise<void> {
  const since = new Date(now().getTime() - HOUR);
  const filter = { institutionId: job.institutionId, scheduledJobId: job._id, submittedAt: { $gt: since }, trigger: { $in: [...BY_HAND] } };
  const starts = await models.Run.find(filter, { submittedAt: 1 }).sort({ submittedAt: -1, _id: -1 }).limit(STARTS_AN_HOUR).lean();
  const oldest = starts[STARTS_AN_HOUR - 1];
  if (oldest === undefined) return;
  const wait = Math.ceil((oldest.submittedAt.getTime() - since.getTime()) / 1000);
  throw new Refusal('rate-limited', `${job.name} was started ${STARTS_AN_HOUR} times within the last hour. Wait ${Math.ceil(wait / 60)} min.`, [], wait);
}

export async function repeat(context: ApiContext, viewer: Viewer, run: StoredRun, how: 'rerun' | 'retryFailed', author: Author): Promise<StoredRun> {
  if (!mayIn(viewer.grants, run.category, 'RUN')) throw forbidden('RUN');
  if (run.scheduledJobId !== null) {
    const listed = await scheduledJobOf(context, viewer, run.scheduledJobId);
    refuseOnHold(viewer, listed);
    await refuseTooOften(context, listed);
  }
  const repeated = await context.operations[how]({
    institutionId: run.institutionId,
    runId: run._id,
    submittedBy: submitterOf(viewer),
    byOperator: viewer.grants.operator,
  });
  await record(context, repeated, how === 'rerun' ? 'RERUN' : 'RETRY_FAILED', author);
  return repeated;
}

export async function abort(context: ApiContext, viewer: Viewer, run: StoredRun, reason: string, author: Author): Promise<StoredRun> {
  const steps = stepsOf(viewer, { ...run, abort: null, status: 'RUNNING' });
  if (!steps.abort) throw forbidden('ABORT');
  const stopped = await context.operations.abortRun({ institutionId: run.institutionId, runId: run._id, by: viewer.actor.name, reason });
  await record(context, run, 'ABORT', author);
  return stopped;
}

/** Why is kept in the audit. */
export async function approve(context: ApiContext, viewer: Viewer, run: StoredRun, author: Author): Promise<StoredRun> {
  if (!mayIn(viewer.grants, run.category, 'RUN')) throw forbidden('RUN');
  const approved = await context.operations.approveRun({ institutionId: run.institutionId, runId: run._id });
  await record(context, run, 'APPROVE', author);
  return approved;
}

const submitterOf = ({ actor: { type, id, name } }: Viewer): Submitter => ({ type: type === 'API_KEY' ? 'API_KEY' : 'USER', id, name });

function record(context: ApiContext, run: StoredRun, action: string, author: Author): Promise<void> {
  return recordDeed(context, run.institutionId, { type: 'Run', id: run._id, label: `${run.name}, process ${run.processId}` }, { action, author });
}

