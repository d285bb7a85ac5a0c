/** A run has its turn: its moment and its parameters are settled, and kept to its end (spec/README.md, Time). */
import { runSchemaOf, type JobDefinition } from '../../catalogue/definition.js';
import { jobOf } from '../../catalogue/jobs.js';
import { dayText, localDay, zoneOf } from '../../domain/days.js';
import { guardTrips, isFinal, scheduledAsOf } from '../../domain/run-status.js';
import type { Run, RunRef } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import type { StoredRun } from '../../models/run.js';
import { permanently } from '../failures.js';
import { lastCompleted } from './last-completed.js';
import { moveRun } from './status.js';

interface BeginDependencies {
  models: Models;
  now: () => Date;
  publicUrl: string;
}

/**
 * Settles `asOf`, business date and parameters and moves the run to INITIALIZING; null when it was ended meanwhile.
 *
 * Repeatable: what an earlier attempt settled stays.
 */
export async function beginRun({ models, now, publicUrl }: BeginDependencies, ref: RunRef): Promise<Run | null> {
  const { institutionId, runId } = ref;
  const [stored, institution] = await Promise.all([
    models.Run.findOne({ institutionId, _id: runId }).lean(),
    models.Institution.findOne({ institutionId, code: institutionId }).lean(),
  ]);
  if (stored === null) throw permanently('RUN_MISSING', `Run ${runId} of ${institutionId} has no record.`);
  if (institution === null) throw permanently('INSTITUTION_MISSING', `There is no institution "${institutionId}".`);
  if (isFinal(stored.status)) return null;

  const definition: JobDefinition = jobOf(stored.jobKey);
  const startedAt = stored.startedAt ?? now();
  const asOf = stored.startedAt === null ? asOfStart(stored, startedAt) : stored.asOf;
  const businessDate = dayText(localDay(zoneOf(institution.timeZone), asOf.getTime()));
  const parameters = runSchemaOf(definition).safeParse(stored.parameters);
  if (!parameters.success) {
    throw permanently('PARAMETERS_INVALID', `The parameters of ${stored.name} cannot be used: ${parameters.error.message}`);
  }
  const moved = await moveRun(models, ref, 'INITIALIZING', startedAt, { startedAt, asOf, businessDate, waitReason: null });
  if (!moved && (await endedMeanwhile(models, ref))) return null;

  return {
    runId,
    institutionId,
    scheduledJobId: stored.scheduledJobId,
    jobKey: stored.jobKey,
    asOf: asOf.toISOString(),
    businessDate,
    timeZone: institution.timeZone,
    currency: institution.currency,
    pageUrl: `${publicUrl.replace(/\/$/, '')}/runs/${stored.processId}`,
    parameters: parameters.data,
    preview: stored.trigger === 'DRY_RUN',
    scoped: stored.scope !== null,
    endsBy: new Date(startedAt.getTime() + definition.maxDuration).toISOString(),
    batchNo: 0,
    done: 0,
    cursor: null,
    stepsDone: [],
  };
}

/** An earlier attempt may have moved it; or it was ended since it was read. */
async function endedMeanwhile(models: Models, { institutionId, runId }: RunRef): Promise<boolean> {
  const run = await models.Run.findOne({ institutionId, _id: runId }, { status: 1 }).lean();
  return run === null || isFinal(run.status);
}

function asOfStart(stored: StoredRun, startedAt: Date): Date {
  if (stored.trigger !== 'SCHEDULE' || stored.scheduledAt === null) return stored.asOf;
  return new Date(scheduledAsOf(stored.scheduledAt.getTime(), startedAt.getTime()));
}

/**
 * Notes how many records the run selected and moves it to RUNNING, or to MANUAL_HANDLING_REQUIRED when the guard trips
 * (platform.md 6.6); true then. After an approval the guard is not asked again.
 */
export async function startWork(
  models: Models,
  now: () => Date,
  run: Run,
  selected: number,
  approved: boolean,
): Promise<boolean> {
  const trips = !approved && !run.preview && (await guardStops(models, run, selected));
  await models.Run.updateOne(
    { institutionId: run.institutionId, _id: run.runId },
    { $set: { 'progress.total': selected, 'progress.heartbeatAt': now() } },
    { timestamps: false },
  );
  if (trips) {
    const text = `Selected ${selected} records, many more than usual`;
    await moveRun(models, run, 'MANUAL_HANDLING_REQUIRED', now(), { waitReason: { kind: 'GUARD', text, runId: null } });
  } else {
    await moveRun(models, run, 'RUNNING', now(), { waitReason: null });
  }
  return trips;
}

async function guardStops(models: Models, run: Run, selected: number): Promise<boolean> {
  const { institutionId, scheduledJobId } = run;
  const job = await models.ScheduledJob.findOne({ institutionId, _id: scheduledJobId }, { guard: 1 }).lean();
  if (job === null) return false;
  const earlier = await lastCompleted(models, run);
  return guardTrips(job.guard, earlier.map(({ counters }) => counters.recordsSelected ?? 0), selected);
}
