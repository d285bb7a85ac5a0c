/** The scheduled jobs that a person may know of, with their definitions: what the Scheduled tab and the API list (platform.md 1). */
import type { QueryFilter } from 'mongoose';
import type { JobDefinition } from '../catalogue/definition.js';
import { jobs } from '../catalogue/jobs.js';
import { nextRunAt } from '../domain/occurrences.js';
import type { Category } from '../domain/categories.js';
import { visibleCategories } from '../domain/permissions.js';
import { openStatuses } from '../domain/run.js';
import { foldText } from '../domain/text.js';
import type { JobHold } from '../models/administration.js';
import type { StoredRun } from '../models/run.js';
import type { ScheduledJob } from '../models/scheduled-job.js';
import type { ApiContext } from './context.js';
import { Refusal } from './refusal.js';
import type { Viewer } from './viewer.js';

export interface ListedJob {
  job: ScheduledJob;
  definition: JobDefinition;
  /** Switched on, and there is something to switch on. */
  active: boolean;
  /** Its next start; null: inactive, not scheduled, or not yet available. */
  nextRunAt: Date | null;
  /** A run that has not ended. */
  openRun: Pick<StoredRun, '_id' | 'processId' | 'status'> | null;
  /** End of a hold that covers the job now. */
  heldUntil: Date | null;
}

export interface JobFilter {
  categories: readonly Category[];
  /** Part of the name, folded like the name itself. */
  name: string;
  active: boolean | null;
  /** Only those the person may reschedule. */
  mine: ((job: JobDefinition) => boolean) | null;
  withinHours: number | null;
  includeUnscheduled: boolean;
}

const definitions = new Map<string, JobDefinition>(jobs.map((job) => [job.key, job]));

/** By name. An institution has some hundred at the most, so they are read whole. */
export async function scheduledJobsOf(context: ApiContext, viewer: Viewer, filter: JobFilter): Promise<ListedJob[]> {
  const visible = visibleCategories(viewer.grants);
  const wanted =
    filter.categories.length === 0 ? visible : visible.filter((category) => filter.categories.includes(category));
  const found = await withCircumstances(context, viewer, { deletedAt: null, category: { $in: wanted } });
  const name = foldText(filter.name);
  const until = filter.withinHours === null ? null : context.now().getTime() + filter.withinHours * 3_600_000;
  return found.filter(
    ({ job, definition, active, nextRunAt: next }) =>
      job.nameFolded.includes(name) &&
      (filter.active === null || active === filter.active) &&
      (filter.mine === null || filter.mine(definition)) &&
      (until === null || (next !== null && next.getTime() <= until)) &&
      (filter.includeUnscheduled || job.schedule.kind !== 'NONE'),
  );
}

/** One of them; one in a category that the person may not see does not exist. */
export async function scheduledJobOf(context: ApiContext, viewer: Viewer, id: string): Promise<ListedJob> {
  const visible = visibleCategories(viewer.grants);
  const [found] = await withCircumstances(context, viewer, { _id: id, deletedAt: null, category: { $in: visible } });
  if (found === undefined) throw new Refusal('not-found', `There is no scheduled job ${id}.`);
  return found;
}

async function withCircumstances(
  { models, now }: ApiContext,
  viewer: Viewer,
  filter: QueryFilter<ScheduledJob>,
): Promise<ListedJob[]> {
  const institutionId = viewer.institution.code;
  const at = now();
  const [stored, open, holds] = await Promise.all([
    models.ScheduledJob.find({ institutionId, ...filter })
      .sort({ nameFolded: 1, _id: 1 })
      .lean(),
    models.Run.find(
      { institutionId, status: { $in: openStatuses } },
      { processId: 1, status: 1, scheduledJobId: 1 },
    ).lean(),
    models.JobHold.find({ institutionId: { $in: [institutionId, '*'] }, from: { $lte: at }, to: { $gt: at } }).lean(),
  ]);
  const openRuns = new Map(open.map((run) => [run.scheduledJobId, run]));
  return stored.flatMap((job) => {
    const definition = definitions.get(job.jobKey);
    // A job of an older or newer release: not in this catalogue, so nothing can be said of it.
    if (definition === undefined) return [];
    const active = job.active && definition.available;
    const next = active ? nextRunAt(job.schedule, viewer.zone, at.getTime()) : null;
    return [
      {
        job,
        definition,
        active,
        nextRunAt: next === null ? null : new Date(next),
        openRun: openRuns.get(job._id) ?? null,
        heldUntil: heldUntil(holds, job),
      },
    ];
  });
}

function heldUntil(holds: readonly JobHold[], job: ScheduledJob): Date | null {
  const covering = holds.filter(
    ({ scope }) => scope.all || scope.categories.includes(job.category) || scope.scheduledJobIds.includes(job._id),
  );
  return covering.map(({ to }) => to).sort((a, b) => b.getTime() - a.getTime())[0] ?? null;
}

/**
 * The scheduled jobs of these categories whose name of today has `name` in it, folded like the name itself; also those that are deleted,
 * whose runs remain.
 */
export async function jobsNamed(
  { models }: ApiContext,
  institutionId: string,
  categories: readonly Category[],
  name: string,
): Promise<string[]> {
  const folded = foldText(name);
  const jobs = await models.ScheduledJob.find(
    { institutionId, category: { $in: [...categories] } },
    { nameFolded: 1 },
  ).lean();
  return jobs.filter(({ nameFolded }) => nameFolded.includes(folded)).map(({ _id }) => _id);
}

/** Display names by user id. Of somebody who left it says so; of the people of the platform nothing: their saves count as defaults. */
export async function creatorNames(
  { models }: ApiContext,
  institutionId: string,
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  const users = await models.User.find(
    { institutionId, _id: { $in: wanted } },
    { displayName: 1, primaryId: 1, status: 1 },
  ).lean();
  return new Map(
    users.map((user) => [user._id, user.status === 'DELETED' ? `${user.primaryId} (deleted)` : user.displayName]),
  );
}
