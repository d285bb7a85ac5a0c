/** Scheduled jobs: list, one, schedule, activation, parameters, coming starts (platform.md 1, 3 and 4). */
import { z } from 'zod';
import { scheduleSchema } from '../../catalogue/schedule-schema.js';
import { categories } from '../../domain/categories.js';
import { mayReschedule } from '../../domain/permissions.js';
import { runStatuses } from '../../domain/run.js';
import { scheduleText } from '../../domain/schedule-text.js';
import type { ApiContext } from '../context.js';
import { checkParameters, checkSchedule, demandConfigure, demandSchedule, saveActivation, saveParameters, saveSchedule, valid } from '../job-settings.js';
import { scheduledJobOf, scheduledJobsOf, type ListedJob } from '../scheduled-jobs.js';
import { upcoming } from '../upcoming.js';
import { demandJobs, type Viewer } from '../viewer.js';
import { endpoint } from './endpoint.js';
import { demandVersion } from './serve.js';
import { anyOf, flag, id, idPath, instant, iso, isoOrNull, maybeInstant, none, values, whole } from './values.js';

const schedule = scheduleSchema();
const tag = 'Scheduled jobs';

const scheduledJob = z.object({
  id,
  jobKey: z.string(),
  name: z.string(),
  category: z.enum(categories),
  available: z.boolean().describe('Whether this version includes the job.'),
  active: z.boolean(),
  userSchedulable: z.boolean().describe('Whether staff of the library may change the schedule.'),
  schedule,
  scheduleText: z.string(),
  nextRunAt: maybeInstant.describe('null: inactive, not scheduled, or not yet available.'),
  heldUntil: maybeInstant,
  openRun: z.object({ id, processId: z.int(), status: z.enum(runStatuses) }).nullable(),
  lastRun: z.object({ id, status: z.enum(runStatuses), endedAt: instant }).nullable(),
  parameters: values,
  version: z.int(),
}).meta({ id: 'ScheduledJob' });

function shownJob({ job, definition, active, nextRunAt, openRun, heldUntil }: ListedJob): z.input<typeof scheduledJob> {
  const { lastRun } = job;
  return {
    id: job._id, jobKey: job.jobKey, name: job.name, category: definition.category, available: definition.available, active,
    userSchedulable: definition.userSchedulable, schedule: job.schedule, scheduleText: scheduleText(job.schedule),
    nextRunAt: isoOrNull(nextRunAt), heldUntil: isoOrNull(heldUntil),
    openRun: openRun === null ? null : { id: openRun._id, processId: openRun.processId, status: openRun.status },
    lastRun: lastRun === null ? null : { id: lastRun.runId, status: lastRun.status, endedAt: iso(lastRun.endedAt) },
    parameters: job.parameters, version: job.version,
  };
}

const list = endpoint({
  method: 'get', at: '/scheduled-jobs', tag, summary: 'The scheduled jobs the viewer may see, by name',
  path: none,
  query: z.strictObject({
    category: anyOf(z.enum(categories)),
    name: z.string().max(200).default('').describe('Part of the name, whatever its case and accents.'),
    active: flag,
    mine: flag.describe('Only those the viewer may reschedule.'),
    withinHours: whole(z.int().min(1).max(8760)).optional().describe('Only those that start within so many hours.'),
    includeUnscheduled: flag,
  }),
  body: z.undefined(),
  status: 200, answer: z.object({ items: z.array(scheduledJob), next: z.null().describe('A list of some hundred at the most has one page.') }),
  refusals: [],
  handle: async (context, { viewer, query }) => {
    demandJobs(viewer);
    const found = await scheduledJobsOf(context, viewer, {
      categories: query.category,
      name: query.name,
      active: query.active ?? null,
      mine: query.mine === true ? (job) => mayReschedule(viewer.grants, job) : null,
      withinHours: query.withinHours ?? null,
      includeUnscheduled: query.includeUnscheduled ?? true,
    });
    return { body: { items: found.map(shownJob), next: null } };
  },
});

const one = endpoint({
  method: 'get', at: '/scheduled-jobs/{id}', tag, summary: 'One scheduled job',
  path: idPath, query: none, body: z.undefined(),
  status: 200, answer: scheduledJob,
  refusals: [],
  handle: async (context, { viewer, path }) => {
    const listed = await scheduledJobOf(context, viewer, path.id);
    return { body: shownJob(listed), version: listed.job.version };
  },
});

const patch = endpoint({
  method: 'patch', at: '/scheduled-jobs/{id}', tag, summary: 'Change parameters; those that are left out stay',
  path: idPath, query: none, body: z.strictObject({ parameters: values }),
  status: 200, answer: scheduledJob, ifMatch: true,
  refusals: ['forbidden', 'validation-failed'],
  handle: async (context, asked) => {
    const { viewer, body, author } = asked;
    const listed = await scheduledJobOf(context, viewer, asked.path.id);
    demandConfigure(viewer, listed);
    demandVersion(listed.job, asked.version, listed.job.name);
    await saveParameters(context, listed, checkedParameters(listed, body.parameters), author());
    return savedJob(context, asked);
  },
});

const readSchedule = endpoint({
  method: 'get', at: '/scheduled-jobs/{id}/schedule', tag, summary: 'When a job runs',
  path: idPath, query: none, body: z.undefined(),
  status: 200, answer: schedule,
  refusals: [],
  handle: async (context, { viewer, path }) => {
    const { job } = await scheduledJobOf(context, viewer, path.id);
    return { body: job.schedule, version: job.version };
  },
});

const putSchedule = endpoint({
  method: 'put', at: '/scheduled-jobs/{id}/schedule', tag, summary: 'Change when a job runs, to one of the times it offers',
  path: idPath, query: none, body: schedule,
  status: 200, answer: scheduledJob, ifMatch: true,
  refusals: ['forbidden', 'validation-failed'],
  handle: async (context, asked) => {
    const { viewer, body, author } = asked;
    const listed = await scheduledJobOf(context, viewer, asked.path.id);
    demandSchedule(viewer, listed);
    demandVersion(listed.job, asked.version, listed.job.name);
    await saveSchedule(context, viewer, listed, valid('schedule', checkSchedule(listed, body)), author());
    return savedJob(context, asked);
  },
});

const putActivation = endpoint({
  method: 'put', at: '/scheduled-jobs/{id}/activation', tag, summary: 'Activate or deactivate a job',
  path: idPath, query: none, body: z.strictObject({ active: z.boolean(), reason: z.string().trim().min(1).max(500) }),
  status: 200, answer: scheduledJob, ifMatch: true,
  refusals: ['forbidden', 'job-not-available', 'validation-failed'],
  handle: async (context, asked) => {
    const { viewer, body, author } = asked;
    const listed = await scheduledJobOf(context, viewer, asked.path.id);
    demandVersion(listed.job, asked.version, listed.job.name);
    await saveActivation(context, viewer, listed, body.active, author(body.reason));
    return savedJob(context, asked);
  },
});

const start = z.object({ at: instant, occurrenceKey: z.string().describe('What the run of this start will be known by.') });

const readUpcoming = endpoint({
  method: 'get', at: '/scheduled-jobs/{id}/upcoming', tag, summary: 'The next starts of a job’s schedule, whether or not it is active',
  path: idPath, query: z.strictObject({ count: whole(z.int().min(1).max(50).default(10)) }), body: z.undefined(),
  status: 200, answer: z.object({ timeZone: z.string(), items: z.array(start) }),
  refusals: [],
  handle: async (context, { viewer, path, query }) => {
    const { job } = await scheduledJobOf(context, viewer, path.id);
    const found = upcoming(job.schedule, viewer.zone, context.now().getTime(), query.count);
    return { body: { timeZone: viewer.zone.timeZone, items: found.map(({ at, occurrenceKey }) => ({ at: iso(new Date(at)), occurrenceKey })) } };
  },
});

/** The saved parameters with those given in their place. Refusal: validation-failed, with pointers into a body's `parameters`. */
export function checkedParameters(listed: ListedJob, given: Record<string, unknown>): Record<string, unknown> {
  const checked = checkParameters(listed, { ...listed.job.parameters, ...given });
  for (const problem of checked.problems) problem.pointer = `/parameters${problem.pointer ?? ''}`;
  return valid('parameters', checked);
}

async function savedJob(context: ApiContext, { viewer, path }: { viewer: Viewer; path: { id: string } }) {
  const saved = await scheduledJobOf(context, viewer, path.id);
  return { body: shownJob(saved), version: saved.job.version };
}

export const scheduledJobEndpoints = [list, one, patch, readSchedule, putSchedule, putActivation, readUpcoming];
