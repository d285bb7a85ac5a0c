/** The runs that a person may know of: Running and History tabs, the report, the lists of the API (platform.md 7 and 8). */
import type { QueryFilter } from 'mongoose';
import { categories as allCategories, type Category } from '../domain/categories.js';
import { mayAbort, mayIn, visibleCategories } from '../domain/permissions.js';
import { runStatuses, triggers, type RunStatus, type Trigger } from '../domain/run.js';
import { isFinal } from '../domain/run-status.js';
import type { StoredRun } from '../models/run.js';
import type { ApiContext } from './context.js';
import { pageOf, type PageOf } from './paging.js';
import { Refusal } from './refusal.js';
import type { Viewer } from './viewer.js';

export interface RunFilter {
  categories: readonly Category[];
  statuses: readonly RunStatus[];
  triggers: readonly Trigger[];
  /** Of one of these scheduled jobs; null: of any. */
  jobIds: readonly string[] | null;
  /** Of a user; `SYSTEM` for the schedules. */
  submitter: string | null;
  /** [from, to) of the submission. */
  from: Date | null;
  to: Date | null;
  processId: number | null;
  openProblems: boolean;
}

export const everything: RunFilter = {
  categories: [],
  statuses: [],
  triggers: [],
  jobIds: null,
  submitter: null,
  from: null,
  to: null,
  processId: null,
  openProblems: false,
};

/** Without a filter of triggers previews are left out. */
const REAL = triggers.filter((trigger) => trigger !== 'DRY_RUN');

export function runQuery(viewer: Viewer, filter: RunFilter): QueryFilter<StoredRun> {
  const visible = visibleCategories(viewer.grants);
  const categories =
    filter.categories.length === 0 ? visible : visible.filter((category) => filter.categories.includes(category));
  const { jobIds, submitter, from, to, processId, openProblems } = filter;
  const narrowed = categories.length < allCategories.length;
  const statuses = statusesOf(filter, narrowed);
  return {
    institutionId: viewer.institution.code,
    // Naming all of them would walk ten indexes side by side instead of one.
    ...(narrowed && { category: { $in: categories } }),
    ...(statuses !== null && { status: { $in: statuses } }),
    trigger: { $in: filter.triggers.length > 0 ? [...filter.triggers] : REAL },
    ...(jobIds !== null && { scheduledJobId: { $in: [...jobIds] } }),
    ...(submitter !== null &&
      (submitter === 'SYSTEM' ? { 'submittedBy.type': 'SYSTEM' } : { 'submittedBy.id': submitter })),
    ...((from !== null || to !== null) && { submittedAt: { ...(from && { $gte: from }), ...(to && { $lt: to }) } }),
    ...(processId !== null && { processId }),
    ...(openProblems && { 'resolution.open': { $gt: 0 } }),
  };
}

/** The endings that leave a problem open (activities/runs/close.ts). */
const withOpenProblems: readonly RunStatus[] = [
  'COMPLETED_WITH_ERRORS',
  'FAILED',
  'ABORTED_BY_USER',
  'ABORTED_BY_SYSTEM',
];

/** Null: any. Named where the index of what is asked for goes by status: with all of them it still gives the runs in order. */
function statusesOf({ statuses, openProblems }: RunFilter, ofCategories: boolean): RunStatus[] | null {
  if (openProblems) return withOpenProblems.filter((status) => statuses.length === 0 || statuses.includes(status));
  if (statuses.length > 0) return [...statuses];
  return ofCategories ? [...runStatuses] : null;
}

/** Newest first. */
export function runsOf(
  { models }: ApiContext,
  viewer: Viewer,
  filter: RunFilter,
  page: { limit: number; cursor: string | null },
): Promise<PageOf<StoredRun>> {
  return pageOf<StoredRun>({
    model: models.Run,
    filter: runQuery(viewer, filter),
    sortBy: 'submittedAt',
    direction: -1,
    projection: { scope: 0 },
    ...page,
  });
}

/** A run by its process id, or by its id; one in a category that the person may not see does not exist. */
export async function runOf({ models }: ApiContext, viewer: Viewer, reference: string): Promise<StoredRun> {
  const institutionId = viewer.institution.code;
  const named = /^[0-9a-f]{24}$/.test(reference)
    ? { _id: reference }
    : /^\d{1,12}$/.test(reference)
      ? { processId: Number(reference) }
      : null;
  const run = named === null ? null : await models.Run.findOne({ institutionId, ...named }).lean();
  if (run === null || !mayIn(viewer.grants, run.category, 'VIEW'))
    throw new Refusal('not-found', `There is no run ${reference}.`);
  return run;
}

/** What the person may do to a run now. */
export interface Steps {
  abort: boolean;
  approve: boolean;
  rerun: boolean;
  retryFailed: boolean;
}

export function stepsOf(viewer: Viewer, run: StoredRun): Steps {
  const { category } = run;
  const repeatable =
    mayIn(viewer.grants, category, 'RUN') &&
    isFinal(run.status) &&
    run.trigger !== 'DRY_RUN' &&
    run.scheduledJobId !== null;
  return {
    abort:
      !isFinal(run.status) &&
      run.abort === null &&
      mayAbort(viewer.grants, { category, own: run.submittedBy.id === viewer.actor.id }),
    approve: run.status === 'MANUAL_HANDLING_REQUIRED' && mayIn(viewer.grants, category, 'RUN'),
    rerun: repeatable && run.status !== 'SKIPPED',
    retryFailed: repeatable && run.status === 'COMPLETED_WITH_ERRORS' && run.resolution.open > 0,
  };
}
