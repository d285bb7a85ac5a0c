/** How the record of a run begins: the same for a firing of the schedule, a start by hand and a preview. */
import { dayText, localDay, zoneOf } from '../domain/days.js';
import type { Trigger } from '../domain/run.js';
import type { Occurrence } from '../domain/occurrences.js';
import { nextNumber } from './administration.js';
import { newId } from './document.js';
import type { Institution } from './institution.js';
import type { Models } from './models.js';
import type { StoredRun } from './run.js';
import type { ScheduledJob } from './scheduled-job.js';

/** 400 and 30 days: how long runs and previews are kept (platform.md 8). */
const KEPT_MS = 400 * 24 * 60 * 60 * 1000;
export const PREVIEW_KEPT_MS = 30 * 24 * 60 * 60 * 1000;

export interface NewRun {
  trigger: Trigger;
  processId: number;
  submittedBy: StoredRun['submittedBy'];
  submittedAt: Date;
  asOf: Date;
  /** Of an occurrence of the schedule. */
  occurrence?: { key: string; at: Date };
  parameters?: Record<string, unknown>;
  parentRunId?: string;
  scope?: StoredRun['scope'];
  /** The engine's id of the workflow; `run-<runId>` where the record comes first. */
  workflowId?: string;
}

/** A run as it is before anybody granted it a turn: QUEUED. */
export function newRun(job: ScheduledJob, institution: Institution, given: NewRun): StoredRun {
  const _id = newId();
  const { submittedAt, asOf, occurrence } = given;
  const kept = given.trigger === 'DRY_RUN' ? PREVIEW_KEPT_MS : KEPT_MS;
  return {
    _id,
    institutionId: job.institutionId,
    processId: given.processId,
    scheduledJobId: job._id,
    jobKey: job.jobKey,
    variant: job.variant,
    profileId: job.profileId,
    slot: job.slot,
    category: job.category,
    name: job.name,
    trigger: given.trigger,
    occurrenceKey: occurrence?.key ?? `R:${_id}`,
    scheduledAt: occurrence?.at ?? null,
    asOf,
    businessDate: dayText(localDay(zoneOf(institution.timeZone), asOf.getTime())),
    submittedBy: given.submittedBy,
    submittedAt,
    startedAt: null,
    endedAt: null,
    statusAt: submittedAt,
    status: 'QUEUED',
    waitReason: null,
    skipReason: null,
    missedCount: 1,
    noWork: false,
    parameters: given.parameters ?? job.parameters,
    configVersion: job.version,
    parentRunId: given.parentRunId ?? null,
    scope: given.scope ?? null,
    progress: { total: null, totalIsEstimate: false, done: 0, batchesTotal: null, batchesDone: 0, heartbeatAt: null },
    counters: {},
    problems: { errors: 0, warnings: 0, byCode: {}, eventsTruncated: false },
    resolution: { resolved: 0, open: 0 },
    letters: null,
    abort: null,
    failure: null,
    files: [],
    workflowId: given.workflowId ?? `run-${_id}`,
    pinned: false,
    deleteAfter: new Date(submittedAt.getTime() + kept),
    version: 1,
    createdAt: submittedAt,
    updatedAt: submittedAt,
  };
}

/**
 * Of an occurrence of the schedule, under the next process number, which is used up. `workflowId`: of the firing; without it that
 * of the record.
 */
export async function newScheduledRun(
  { Counter }: Models,
  job: ScheduledJob,
  institution: Institution,
  { occurrenceKey, at }: Occurrence,
  submittedAt: Date,
  workflowId?: string,
): Promise<StoredRun> {
  const instant = new Date(at);
  return newRun(job, institution, {
    trigger: 'SCHEDULE',
    processId: await nextNumber(Counter, job.institutionId, 'process-id'),
    submittedBy: { type: 'SYSTEM', id: null, name: 'Schedule' },
    submittedAt,
    asOf: instant,
    occurrence: { key: occurrenceKey, at: instant },
    ...(workflowId !== undefined && { workflowId }),
  });
}

/** An occurrence that did not run, and why; it ends the moment it is recorded. */
export function skippedRun(run: StoredRun, skipReason: StoredRun['skipReason'], recordedAt: Date): StoredRun {
  return {
    ...run,
    status: 'SKIPPED',
    skipReason,
    statusAt: recordedAt,
    endedAt: recordedAt,
    submittedAt: run.scheduledAt ?? run.submittedAt,
  };
}
