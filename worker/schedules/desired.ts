/** The engine schedule that a scheduled job should have, as a function of the record alone (engine.md 1.3). */
import { createHash } from 'node:crypto';
import type { ScheduleOptions } from '@temporalio/client';
import type { JobDefinition } from '../../catalogue/definition.js';
import { zoneOf } from '../../domain/days.js';
import { catchUpWindowOf } from '../../domain/occurrences.js';
import { searchAttributes } from '../../config/search-attributes.js';
import { compileSchedule, type EngineSpec } from './compile.js';
import { scheduleIdOf, startOf, type ScheduledJobRecord } from './start.js';

export interface DesiredSchedule {
  id: string;
  options: ScheduleOptions & { spec: EngineSpec; state: { paused: boolean; note: string } };
  /** Of all that matters in the options; the schedule carries it as `SpecHash`. */
  hash: string;
}

/** Of the process, not of the record. */
export interface SchedulingSettings {
  startSpreadSeconds: number;
  taskQueue: string;
  now: () => Date;
}

/** Raised when the same record is to make another schedule than before in a way that the options do not show. */
const FORMAT = 1;

/** null for a job that is not scheduled: it has no schedule in the engine. */
export function desiredSchedule(
  job: ScheduledJobRecord,
  institution: { timeZone: string },
  definition: JobDefinition,
  { startSpreadSeconds, taskQueue, now }: SchedulingSettings,
): DesiredSchedule | null {
  if (job.schedule.kind === 'NONE') return null;
  const id = scheduleIdOf(job._id);
  const spec = compileSchedule(job.schedule, zoneOf(institution.timeZone), now().getTime(), startSpreadSeconds);
  const action = {
    type: 'startWorkflow',
    workflowType: job.jobKey,
    workflowId: id,
    ...startOf(job, definition, taskQueue, null),
  } as const;
  const policies = {
    overlap: 'ALLOW_ALL',
    catchupWindow: definition.catchUpWindow ?? catchUpWindowOf(job.schedule),
    pauseOnFailure: false,
  } as const;
  const paused = !job.active || !definition.available; // a type that no worker knows would be started and never begin
  const state = { paused, note: paused ? `inactive: ${job.inactiveReason ?? 'NOT_ENABLED'}` : '' };

  const hash = createHash('sha256').update(canonical({ FORMAT, spec, action, policies, state })).digest('hex');
  const typedSearchAttributes = [
    ...action.typedSearchAttributes,
    { key: searchAttributes.specHash, value: hash },
  ].filter(({ key }) => key !== searchAttributes.runTrigger);
  return { id, options: { scheduleId: id, spec, action, policies, state, typedSearchAttributes }, hash };
}

/** JSON with the names of every object in order, so that equal values are equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
