/** How a scheduled job's workflow is started: by the engine's schedule, or by the check for occurrences it missed. */
import type { Priority, SearchAttributePair } from '@temporalio/common';
import type { JobDefinition } from '../../catalogue/definition.js';
import type { Instant } from '../../domain/days.js';
import type { RunInput } from '../../domain/run.js';
import type { ScheduledJob } from '../../models/scheduled-job.js';
import { searchAttributes } from '../../config/search-attributes.js';

export type ScheduledJobRecord = Pick<
  ScheduledJob,
  | '_id'
  | 'institutionId'
  | 'jobKey'
  | 'profileId'
  | 'category'
  | 'name'
  | 'active'
  | 'inactiveReason'
  | 'schedule'
  | 'lastOccurrenceAt'
>;

/** The backstop behind waiting, decisions and the job's own time limit, which the run ends in order. */
const SEVEN_DAYS = 7 * 24 * 60 * 60 * 1000;

export function scheduleIdOf(scheduledJobId: string): string {
  return `sj-${scheduledJobId}`;
}

/** The id that the engine gives the run of an occurrence: nominal time, in UTC, to the second. */
export function workflowIdOf(scheduledJobId: string, at: Instant): string {
  return `${scheduleIdOf(scheduledJobId)}-${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** `nominalAt` null: the engine tells it to the run. */
export function startOf(
  job: ScheduledJobRecord,
  definition: JobDefinition,
  taskQueue: string,
  nominalAt: Instant | null,
) {
  const { institutionId, _id: scheduledJobId } = job;
  const input: RunInput = { institutionId, scheduledJobId, runId: null };
  if (nominalAt !== null) input.nominalAt = new Date(nominalAt).toISOString();
  const typedSearchAttributes: SearchAttributePair[] = [
    { key: searchAttributes.institution, value: institutionId },
    { key: searchAttributes.jobKey, value: job.jobKey },
    { key: searchAttributes.jobCategory, value: job.category },
    { key: searchAttributes.runTrigger, value: 'SCHEDULE' },
  ];
  if (job.profileId !== null) typedSearchAttributes.push({ key: searchAttributes.profileId, value: job.profileId });
  return {
    taskQueue,
    args: [input] satisfies [RunInput],
    workflowExecutionTimeout: SEVEN_DAYS,
    typedSearchAttributes,
    staticSummary: job.name,
    priority: priorityOf(definition, institutionId),
  };
}

/** Orders a backlog only: 2 is for starts by hand, 4 for bulk publishing; institutions take turns. */
function priorityOf(definition: JobDefinition, institutionId: string): Priority {
  return { priorityKey: definition.priority === 'LOW' ? 4 : 3, fairnessKey: institutionId };
}
