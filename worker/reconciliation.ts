/** One pass over the whole installation: scheduled jobs, engine schedules, next runs, missed occurrences (engine.md 1.3). */
import type { Client } from '@temporalio/client';
import { wakeDispatcher } from '../activities/dispatcher.js';
import { jobOf, jobs } from '../catalogue/jobs.js';
import { zoneOf } from '../domain/days.js';
import { nextRunAt } from '../domain/occurrences.js';
import { newId } from '../models/document.js';
import type { Institution } from '../models/institution.js';
import { insertOnce } from '../models/insert-once.js';
import type { Models } from '../models/models.js';
import type { ScheduledJob } from '../models/scheduled-job.js';
import { makeScheduledJobs } from './scheduled-jobs.js';
import { desiredSchedule, type DesiredSchedule, type SchedulingSettings } from './schedules/desired.js';
import { catchUpMissed } from './schedules/missed.js';
import { recordSkippedOf } from './schedules/record-skipped.js';
import { reconcile, reconcileOne, type Drift } from './schedules/reconcile.js';
import { scheduleIdOf } from './schedules/start.js';

export interface Reconciling {
  models: Models;
  client: Client;
  now: () => Date;
  taskQueue: string;
}

export interface Summary {
  scheduledJobsChanged: number;
  created: number;
  updated: number;
  deleted: number;
  unchanged: number;
  healed: number;
  missedStarted: number;
  /** What could not be put right, each with its scheduled job, and why; everything else is. */
  failed: { scheduledJobId: string; reason: string }[];
}

/** A job that a newer version does not have any more has no schedule. */
const keys = new Set<string>(jobs.map(({ key }) => key));

/** Repairs everything and tells what it did; a second pass reports only unchanged. */
export async function reconcileInstallation(reconciling: Reconciling): Promise<Summary> {
  const { models, client, now } = reconciling;
  const settings = await settingsOf(reconciling);
  const institutions = await models.Institution.find({ status: 'ACTIVE' }).lean();
  let scheduledJobsChanged = 0;
  for (const institution of institutions) scheduledJobsChanged += await makeScheduledJobs(models, institution, now());

  const all: { job: ScheduledJob; institution: Institution }[] = [];
  const desired: DesiredSchedule[] = [];
  for (const institution of institutions) {
    const stored = await models.ScheduledJob.find({ institutionId: institution.code, deletedAt: null }).lean();
    for (const job of stored.filter(({ jobKey }) => keys.has(jobKey))) {
      all.push({ job, institution });
      const schedule = desiredSchedule(job, institution, jobOf(job.jobKey), settings);
      if (schedule !== null) desired.push(schedule);
    }
  }
  const done = await reconcile(client, desired, { institutionId: null });
  for (const { id, what } of done.healed) await tellOfDrift(models, all, id, what, now());

  const failed = done.failed.map(({ id, error }) => ({ scheduledJobId: id.slice(scheduleIdOf('').length), reason: String(error) }));
  let missedStarted = 0;
  for (const { job, institution } of all) {
    try {
      await noteNextRun(models, job, institution, now());
      const started = await catchUpMissed(client, job, institution, jobOf(job.jobKey), settings, recordSkippedOf(models, now, institution));
      if (started) missedStarted += 1;
    } catch (error) {
      failed.push({ scheduledJobId: job._id, reason: String(error) }); // one impossible record must not keep the others from their night
    }
  }
  for (const { code } of institutions) await wakeDispatcher(reconciling, code, reconciling.taskQueue);
  const { created, updated, deleted, unchanged, healed } = done;
  return {
    scheduledJobsChanged,
    created: created.length,
    updated: updated.length,
    deleted: deleted.length,
    unchanged,
    healed: healed.length,
    missedStarted,
    failed,
  };
}

/** One scheduled job, right after its record was changed: its next run and its schedule in the engine. */
export async function reconcileScheduledJob(reconciling: Reconciling, institutionId: string, scheduledJobId: string): Promise<void> {
  const { models, client, now } = reconciling;
  const [job, institution] = await Promise.all([
    models.ScheduledJob.findOne({ institutionId, _id: scheduledJobId }).lean(),
    models.Institution.findOne({ institutionId, code: institutionId }).lean(),
  ]);
  if (job === null || institution === null) return;
  await noteNextRun(models, job, institution, now());
  const gone = job.deletedAt !== null || institution.status !== 'ACTIVE';
  const desired = gone ? null : desiredSchedule(job, institution, jobOf(job.jobKey), await settingsOf(reconciling));
  await reconcileOne(client, job._id, desired);
}

async function settingsOf({ models, taskQueue, now }: Reconciling): Promise<SchedulingSettings> {
  const platform = await models.PlatformSettings.findOne({ institutionId: '*' }).lean();
  return { startSpreadSeconds: platform?.startSpreadSeconds ?? 120, taskQueue, now };
}

/** `nextRunAt` is ours to compute; an inactive job has none. Bookkeeping. */
async function noteNextRun(models: Models, job: ScheduledJob, institution: Institution, now: Date): Promise<void> {
  const runs = job.active && jobOf(job.jobKey).available;
  const next = runs ? nextRunAt(job.schedule, zoneOf(institution.timeZone), now.getTime()) : null;
  if (next === (job.nextRunAt?.getTime() ?? null)) return;
  await models.ScheduledJob.updateOne(
    { institutionId: job.institutionId, _id: job._id },
    { $set: { nextRunAt: next === null ? null : new Date(next) } },
    { timestamps: false },
  );
}

const healedWords: Record<Drift, string> = {
  PAUSED: 'paused in the engine, resumed',
  RESUMED: 'resumed in the engine, paused again',
  SPEC: 'changed in the engine, set back',
};

async function tellOfDrift(
  models: Models,
  all: readonly { job: ScheduledJob }[],
  scheduleId: string,
  what: Drift,
  at: Date,
): Promise<void> {
  const job = all.find(({ job }) => scheduleIdOf(job._id) === scheduleId)?.job;
  if (job === undefined) return;
  const _id = newId();
  await insertOnce(models.AuditEntry, [
    {
      _id,
      institutionId: job.institutionId,
      at,
      actor: { type: 'SYSTEM', id: null, name: 'Reconciler' },
      action: 'SCHEDULE_HEALED',
      targetType: 'scheduledJob',
      targetId: job._id,
      targetLabel: job.name,
      changeKey: `E:${_id}`,
      changes: [{ path: 'engine schedule', before: what, after: healedWords[what] }],
      reason: null,
      requestId: null,
      importId: null,
      createdAt: at,
      updatedAt: at,
    },
  ]);
}
