/** A run ends: totals from its batches, status from its problems, and what follows for its job and its parent. */
import { jobOf } from '../../catalogue/jobs.js';
import { finalStatusOf, isCompleted, isFinal, median, type Ending } from '../../domain/run-status.js';
import { severities, type Counters, type RunRef, type RunStatus, type Severity } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import { finalLetterCountsOf } from '../../models/run-letters.js';
import type { StoredRun } from '../../models/run.js';
import type { ScheduledJob } from '../../models/scheduled-job.js';
import { lastCompleted } from './last-completed.js';
import { moveRun } from './status.js';

/** The counters of every job, in their order (platform.md 5). */
export const commonCounters = [
  'recordsSelected',
  'recordsProcessed',
  'recordsChanged',
  'recordsUnchanged',
  'recordsInError',
  'changedDuringRun',
  'lettersCreated',
  'lettersSuppressed',
] as const;

/** Why the workflow left off; an abort is told apart by whether a person asked for it. */
export interface Leaving {
  how: 'ENDED' | 'FAILED' | 'CANCELLED' | 'TIME_LIMIT' | 'GUARD_TIMEOUT';
  failure: { code: string; message: string } | null;
}

/** How a run ended, for the engine's search attributes. */
export interface Closed {
  status: RunStatus;
  errors: number;
}

/**
 * Closes a run and answers how it ended, null when there is none. Repeatable: a run that is final stays as it is, whatever it is closed with
 * the second time; what should have followed from its end and did not is made up for.
 */
export async function closeRun(models: Models, now: () => Date, ref: RunRef, leaving: Leaving): Promise<Closed | null> {
  const { institutionId, runId } = ref;
  const stored = await models.Run.findOne({ institutionId, _id: runId }).lean();
  if (stored === null) return null;

  if (!isFinal(stored.status)) await endRun(models, now(), stored, leaving);
  const run = await models.Run.findOne({ institutionId, _id: runId }).lean();
  if (run === null) return null;
  await resolveParent(models, run);
  await rememberRun(models, run);
  return { status: run.status, errors: run.problems.errors };
}

async function endRun(models: Models, endedAt: Date, run: StoredRun, leaving: Leaving): Promise<void> {
  const ref = { institutionId: run.institutionId, runId: run._id };
  const { counters, problems } = await totalsOf(models, ref, run.jobKey);
  const status = finalStatusOf(endingOf(leaving, run), problems);
  const broken = status === 'FAILED' || status.startsWith('ABORTED');
  await moveRun(models, ref, status, endedAt, {
    endedAt,
    waitReason: null,
    counters,
    problems,
    noWork: isCompleted(status) && (counters.recordsSelected ?? 0) === 0,
    resolution: { resolved: 0, open: broken ? 1 : problems.errors },
    letters: await finalLetterCountsOf(models, ref),
    failure: failureOf(leaving),
  });
}

function endingOf({ how }: Leaving, { abort }: StoredRun): Ending {
  if (how === 'ENDED' || how === 'FAILED') return how;
  return how === 'CANCELLED' && abort !== null ? 'ABORTED_BY_USER' : 'ABORTED_BY_SYSTEM';
}

function failureOf({ how, failure }: Leaving): StoredRun['failure'] {
  if (failure !== null) return { ...failure, attempts: 1 };
  if (how === 'TIME_LIMIT')
    return { code: 'TIME_LIMIT', message: 'The run took longer than its job may.', attempts: 1 };
  if (how === 'GUARD_TIMEOUT')
    return { code: 'GUARD_TIMEOUT', message: 'Nobody approved the run within 72 hours.', attempts: 1 };
  return null;
}

/**
 * Sums over the batches, and the problems by code over the events. Counters stand in the order of the report, the common
 * ones first, with 0 where nothing was counted; amounts, one per currency, follow their number.
 */
async function totalsOf(
  models: Models,
  { institutionId, runId }: RunRef,
  jobKey: string,
): Promise<Pick<StoredRun, 'counters' | 'problems'>> {
  const own = jobOf(jobKey).counters.map(({ key }) => key);
  const sums: Counters = {};
  const batches = models.RunBatch.find({ institutionId, runId }, { counters: 1 }).lean().cursor({ batchSize: 500 });
  for await (const { counters } of batches) {
    for (const [key, value] of Object.entries(counters)) sums[key] = (sums[key] ?? 0) + value;
  }

  const kept = await models.RunEvent.aggregate<{ _id: { severity: Severity; code: string }; count: number }>([
    { $match: { institutionId, runId } },
    { $group: { _id: { severity: '$severity', code: '$code' }, count: { $sum: 1 } } },
  ]);
  const found = kept.map(({ _id, count }) => ({ ..._id, count }));
  let eventsTruncated = false;
  for (const [key, value] of Object.entries(sums)) {
    const [, given, code] = /^overflow:([A-Z]+):(.+)$/.exec(key) ?? [];
    const severity = severities.find((each) => each === given);
    if (severity === undefined || code === undefined) continue;
    found.push({ severity, code, count: value });
    eventsTruncated = true;
  }
  const counters: Counters = {};
  for (const key of [...commonCounters, ...own]) {
    const perCurrency = Object.keys(sums)
      .filter((counted) => counted.startsWith(`${key}:`))
      .sort();
    if (perCurrency.length === 0 && !key.endsWith('Amount')) counters[key] = sums[key] ?? 0;
    for (const counted of perCurrency) counters[counted] = sums[counted] ?? 0;
  }

  const byCode: Record<string, number> = {};
  let errors = 0;
  let warnings = 0;
  for (const { severity, code, count } of found) {
    byCode[code] = (byCode[code] ?? 0) + count;
    if (severity === 'ERROR') errors += count;
    if (severity === 'WARNING') warnings += count;
  }
  return { counters, problems: { errors, warnings, byCode, eventsTruncated } };
}

/**
 * Shows on the run that was repeated what is resolved now: of a retry the records that no longer err, of a re-run that
 * completed the whole of a failed or aborted run (platform.md 8).
 */
async function resolveParent(models: Models, run: StoredRun): Promise<void> {
  const { institutionId, parentRunId } = run;
  if (parentRunId === null || !isCompleted(run.status)) return;
  const parent = await models.Run.findOne({ institutionId, _id: parentRunId }, { status: 1, resolution: 1 }).lean();
  if (parent === null) return;

  if (!isCompleted(parent.status)) {
    if (run.trigger !== 'RERUN' && run.trigger !== 'AUTO_RETRY') return;
    await setResolution(models, institutionId, parent, { resolved: 1, open: 0 });
    return;
  }
  if (run.trigger !== 'RETRY_FAILED' || run.scope === null) return;

  const failing = await stillFailing(models, run);
  const resolved = run.scope.ids.filter((id) => !failing.has(id));
  await models.RunEvent.updateMany(
    { institutionId, runId: parentRunId, severity: 'ERROR', recordId: { $in: resolved }, resolvedInRunId: null },
    { $set: { resolvedInRunId: run._id } },
  );
  const errors = { institutionId, runId: parentRunId, severity: 'ERROR' } as const;
  const all = await models.RunEvent.countDocuments(errors);
  const open = await models.RunEvent.countDocuments({ ...errors, resolvedInRunId: null });
  await setResolution(models, institutionId, parent, { resolved: all - open, open });
}

/** Ids of the records that failed in the retry as well; of a letter sent again, the one that it repeats. */
async function stillFailing(models: Models, { institutionId, _id: runId }: StoredRun): Promise<Set<string | null>> {
  const errors = await models.RunEvent.find({ institutionId, runId, severity: 'ERROR' }, { recordId: 1 }).lean();
  const copies = await models.Letter.find({ institutionId, runId, state: 'FAILED' }, { resendOfId: 1 }).lean();
  return new Set([...errors.map(({ recordId }) => recordId), ...copies.map(({ resendOfId }) => resendOfId)]);
}

async function setResolution(
  models: Models,
  institutionId: string,
  { _id, resolution: before }: Pick<StoredRun, '_id' | 'resolution'>,
  resolution: StoredRun['resolution'],
): Promise<void> {
  if (before.resolved === resolution.resolved && before.open === resolution.open) return;
  await models.Run.updateOne({ institutionId, _id }, { $set: { resolution }, $inc: { version: 1 } });
}

/** What the Scheduled tab and the guard want to know of the last runs of a job; nothing where a later run was remembered. */
async function rememberRun(
  models: Models,
  { _id: runId, institutionId, scheduledJobId, trigger, status, endedAt }: StoredRun,
): Promise<void> {
  if (scheduledJobId === null || trigger === 'DRY_RUN' || endedAt === null) return;
  const job = await models.ScheduledJob.findOne(
    { institutionId, _id: scheduledJobId },
    { lastRun: 1, lastSuccessAt: 1 },
  ).lean();
  if (job === null) return;
  const isLast = job.lastRun === null || job.lastRun.endedAt < endedAt;
  const isLastSuccess = isCompleted(status) && (job.lastSuccessAt === null || job.lastSuccessAt < endedAt);
  if (!isLast && !isLastSuccess) return;
  await models.ScheduledJob.updateOne(
    { institutionId, _id: scheduledJobId },
    {
      $set: {
        ...(isLast ? { lastRun: { runId, status, endedAt } } : {}),
        ...(isLastSuccess ? { lastSuccessAt: endedAt } : {}),
        ...(await mediansOf(models, { institutionId, scheduledJobId })),
      },
    },
    { timestamps: false }, // bookkeeping
  );
}

/** Null where no scheduled run completed yet. */
async function mediansOf(
  models: Models,
  run: Pick<StoredRun, 'institutionId' | 'scheduledJobId'>,
): Promise<Pick<ScheduledJob, 'medianDurationSec' | 'medianSelected'>> {
  const completed = await lastCompleted(models, run);
  const seconds = completed.flatMap(({ startedAt, endedAt }) =>
    startedAt === null || endedAt === null ? [] : [(endedAt.getTime() - startedAt.getTime()) / 1000],
  );
  return {
    medianDurationSec: seconds.length === 0 ? null : Math.round(median(seconds)),
    medianSelected:
      completed.length === 0
        ? null
        : Math.round(median(completed.map(({ counters }) => counters.recordsSelected ?? 0))),
  };
}
