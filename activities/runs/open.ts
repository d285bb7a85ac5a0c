/** A run comes to be, and asks for its turn (design.md 3; engine.md 1.2). */
import type { Client } from '@temporalio/client';
import { zoneOf } from '../../domain/days.js';
import { occurrenceAt, nextRunAt, type Occurrence } from '../../domain/occurrences.js';
import { isFinal } from '../../domain/run-status.js';
import type { RunInput, RunRef } from '../../domain/run.js';
import type { Institution } from '../../models/institution.js';
import { insertOnce } from '../../models/insert-once.js';
import type { Models } from '../../models/models.js';
import { newScheduledRun, skippedRun } from '../../models/new-run.js';
import type { StoredRun } from '../../models/run.js';
import type { ScheduledJob } from '../../models/scheduled-job.js';
import { permanently } from '../failures.js';
import { turnAskOf } from '../turn-ask.js';

export interface OpenDependencies {
  models: Models;
  client: Client;
  now: () => Date;
  workflowQueue: string;
}

/** What the workflow says of itself when it opens a run. */
export interface Opening extends RunInput {
  workflowId: string;
  /** Nominal instant of the schedule's firing, ISO 8601; null when nobody's schedule fired. */
  firedAt: string | null;
}

/**
 * Finds or makes the record of a run and asks the dispatcher for its turn; null when there is nothing to do: the
 * occurrence was begun before, is none of ours, or is recorded as skipped.
 *
 * Repeatable: an occurrence has one run, and a repeated question changes nothing.
 */
export async function openRun(dependencies: OpenDependencies, opening: Opening): Promise<RunRef | null> {
  const { models } = dependencies;
  const { institutionId } = opening;
  const institution = await models.Institution.findOne({ institutionId, code: institutionId }).lean();
  if (institution === null) throw permanently('INSTITUTION_MISSING', `There is no institution "${institutionId}".`);

  const run = opening.runId === null ? await runOfOccurrence(dependencies, opening, institution) : await runOf(models, opening);
  if (run === null || isFinal(run.status)) return null;

  await askForTurn(dependencies, run, institution, false);
  return { institutionId, runId: run._id };
}

/** Asks again, after the guard was answered: the run still has the slot of its job. */
export async function askAgain(dependencies: OpenDependencies, ref: RunRef): Promise<void> {
  const { institutionId } = ref;
  const institution = await dependencies.models.Institution.findOne({ institutionId, code: institutionId }).lean();
  if (institution === null) throw permanently('INSTITUTION_MISSING', `There is no institution "${institutionId}".`);
  await askForTurn(dependencies, await runOf(dependencies.models, ref), institution, true);
}

async function runOf(models: Models, { institutionId, runId }: { institutionId: string; runId: string | null }): Promise<StoredRun> {
  const run = await models.Run.findOne({ institutionId, _id: runId }).lean();
  if (run === null) throw permanently('RUN_MISSING', `Run ${runId} of ${institutionId} has no record.`);
  return run;
}

/** The run of the occurrence that fired: made now, or by an earlier attempt of this workflow; null when it is another's. */
async function runOfOccurrence(
  { models, now }: OpenDependencies,
  { institutionId, scheduledJobId, workflowId, firedAt }: Opening,
  institution: Institution,
): Promise<StoredRun | null> {
  const job = await models.ScheduledJob.findOne({ institutionId, _id: scheduledJobId, deletedAt: null }).lean();
  if (job === null || !job.active || firedAt === null) return null;
  const occurrence = occurrenceAt(job.schedule, zoneOf(institution.timeZone), Date.parse(firedAt));
  if (occurrence === null) return null; // the engine's later copy of a repeated hour, and the like

  const recorded = () => models.Run.findOne({ institutionId, scheduledJobId: job._id, occurrenceKey: occurrence.occurrenceKey }).lean();
  const at = new Date(occurrence.at);
  if ((await recorded()) === null) {
    const run = await newScheduledRun(models, job, institution, occurrence, now(), workflowId);
    const missed = nextOccurrenceIsDue(job, institution, occurrence, now());
    await insertOnce(models.Run, [missed ? skippedRun(run, 'MISSED', now()) : run]);
  }
  await models.ScheduledJob.updateOne(
    { institutionId, _id: job._id, $or: [{ lastOccurrenceAt: null }, { lastOccurrenceAt: { $lt: at } }] },
    { $set: { lastOccurrenceAt: at, nextRunAt: followingStart(job, institution, now()) } },
    { timestamps: false }, // bookkeeping
  );
  const run = await recorded(); // perhaps by an attempt of this workflow that was given up and yet went on
  return run?.workflowId === workflowId ? run : null;
}

/** Of a catch-up after an outage only the latest occurrence runs (platform.md 6.5). */
function nextOccurrenceIsDue(job: ScheduledJob, institution: Institution, { at }: Occurrence, now: Date): boolean {
  const next = nextRunAt(job.schedule, zoneOf(institution.timeZone), at);
  return next !== null && next <= now.getTime();
}

function followingStart(job: ScheduledJob, institution: Institution, now: Date): Date | null {
  const next = nextRunAt(job.schedule, zoneOf(institution.timeZone), now.getTime());
  return next === null ? null : new Date(next);
}

async function askForTurn(
  { client, workflowQueue }: OpenDependencies,
  run: StoredRun,
  { timeZone }: Institution,
  resumed: boolean,
): Promise<void> {
  await client.workflow.signalWithStart('dispatcher', {
    workflowId: `dispatcher-${run.institutionId}`,
    taskQueue: workflowQueue,
    args: [{ institutionId: run.institutionId }],
    signal: 'ask',
    signalArgs: [turnAskOf(run, timeZone, resumed)],
  });
}
