/** Saving what staff may set about a scheduled job: when it runs, how it works, whether it is active (platform.md 3 and 4). */
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { may, mayIn, mayReschedule } from '../domain/permissions.js';
import { nextRunAt } from '../domain/occurrences.js';
import type { Schedule } from '../domain/schedule.js';
import type { ScheduledJob } from '../models/scheduled-job.js';
import { scheduleSchema } from '../catalogue/schedule-schema.js';
import { saveChange, type Author } from './changes.js';
import type { ApiContext } from './context.js';
import { inputProblems } from './input-problems.js';
import { Refusal, type InputProblem } from './refusal.js';
import type { ListedJob } from './scheduled-jobs.js';
import { forbidden, type Viewer } from './viewer.js';

export type Checked<T> = { value: T; problems: [] } | { value: null; problems: InputProblem[] };

/** A schedule that the job offers, or what is wrong with it. */
export const checkSchedule = ({ definition }: ListedJob, input: unknown): Checked<Schedule> =>
  checked(scheduleSchema(definition.scheduleKinds), input);

export const checkParameters = ({ definition }: ListedJob, input: unknown): Checked<Record<string, unknown>> =>
  checked(definition.parameters, input);

export function checked<T>(schema: z.ZodType<T>, input: unknown): Checked<T> {
  const parsed = schema.safeParse(input);
  return parsed.success ? { value: parsed.data, problems: [] } : { value: null, problems: inputProblems(parsed.error, input, 'body') };
}

/** The checked value, or the refusal that names every problem. */
export function valid<T>(what: string, { value, problems }: Checked<T>): T {
  if (value === null) throw new Refusal('validation-failed', `The ${what} cannot be saved: ${problems.map(({ message }) => message).join('; ')}.`, problems);
  return value;
}

export function demandSchedule(viewer: Viewer, { definition }: ListedJob): void {
  if (mayReschedule(viewer.grants, definition)) return;
  throw definition.userSchedulable ? forbidden('SCHEDULE') : new Refusal('forbidden', 'Only the operator of the platform schedules this job.');
}

export function demandConfigure(viewer: Viewer, { definition }: ListedJob): void {
  if (!mayIn(viewer.grants, definition.category, 'CONFIGURE')) throw forbidden('CONFIGURE');
}

/** Answers the new version. Takes effect for occurrences after now; starts nothing. */
export async function saveSchedule(context: ApiContext, viewer: Viewer, listed: ListedJob, schedule: Schedule, author: Author): Promise<number> {
  const now = context.now();
  const next = listed.active ? nextRunAt(schedule, viewer.zone, now.getTime()) : null;
  const set = {
    schedule,
    creatorUserId: viewer.actor.type === 'USER' ? viewer.actor.id : null,
    nextRunAt: next === null ? null : new Date(next),
    // The new schedule is judged from here on: what it would have started before this moment was not missed.
    ...(!isDeepStrictEqual(schedule, listed.job.schedule) && { lastOccurrenceAt: now }),
  };
  return save(context, listed, set, 'SCHEDULE', author);
}

export async function saveParameters(context: ApiContext, listed: ListedJob, parameters: Record<string, unknown>, author: Author): Promise<number> {
  return save(context, listed, { parameters }, 'PARAMETERS', author);
}

/** Deactivating stops no run; activating replays nothing that was left out meanwhile. */
export async function saveActivation(context: ApiContext, viewer: Viewer, listed: ListedJob, active: boolean, author: Author): Promise<number> {
  if (!may(viewer.grants, 'ACTIVATE')) throw forbidden('ACTIVATE');
  const { job, definition } = listed;
  if (active && !definition.available) throw new Refusal('job-not-available', `${job.name} cannot be activated: this version does not include it yet.`);
  const now = context.now();
  const next = active ? nextRunAt(job.schedule, viewer.zone, now.getTime()) : null;
  const set: Partial<ScheduledJob> = {
    active,
    inactiveReason: active ? null : 'OPERATOR',
    nextRunAt: next === null ? null : new Date(next),
    // What lies before this moment is not missed: nobody wanted it.
    ...(active && !job.active && { lastOccurrenceAt: now }),
  };
  return save(context, listed, set, active ? 'ACTIVATE' : 'DEACTIVATE', author);
}

async function save(context: ApiContext, { job }: ListedJob, set: Partial<ScheduledJob>, action: string, author: Author): Promise<number> {
  const version = await saveChange(context, context.models.ScheduledJob, job, set, { action, label: job.name, author });
  await context.reconcileScheduledJob({ institutionId: job.institutionId, scheduledJobId: job._id });
  return version;
}
