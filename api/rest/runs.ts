/** Runs: list, and one with its report (platform.md 7 and 8). */
import { z } from 'zod';
import { jobs } from '../../catalogue/jobs.js';
import { categories } from '../../domain/categories.js';
import { runStatuses, triggers } from '../../domain/run.js';
import { skipReasons, type StoredRun } from '../../models/run.js';
import type { ApiContext } from '../context.js';
import { lettersOf } from '../operations/run-view.js';
import { progressOf, reportOf } from '../report.js';
import { runOf, runsOf, stepsOf } from '../runs.js';
import { scheduledJobOf } from '../scheduled-jobs.js';
import { demandJobs, type Viewer } from '../viewer.js';
import { endpoint } from './endpoint.js';
import {
  anyOf,
  counts,
  day,
  flag,
  givenInstant,
  id,
  idPath,
  instant,
  iso,
  isoOrNull,
  maybeInstant,
  none,
  pageSchema,
  paging,
  values,
  whole,
} from './values.js';

const tag = 'Runs';

/** A run goes by its id or, as `process:123`, by the number that people see. */
export const runPath = z.strictObject({
  id: z.string().regex(/^([0-9a-f]{24}|process:\d{1,12})$/, 'expected an id of 24 hex digits, or process:123'),
});
export const reference = (given: string): string => given.replace('process:', '');

export const runSchema = z
  .object({
    id,
    processId: z.int(),
    scheduledJobId: id.nullable(),
    jobKey: z.string(),
    name: z.string(),
    category: z.enum(categories),
    trigger: z.enum(triggers),
    status: z.enum(runStatuses),
    skipReason: z.enum(skipReasons).nullable(),
    waitReason: z.object({ kind: z.string(), text: z.string(), runId: z.string().nullable() }).nullable(),
    noWork: z.boolean(),
    submittedBy: z.object({ type: z.enum(['SYSTEM', 'USER', 'API_KEY']), id: z.string().nullable(), name: z.string() }),
    submittedAt: instant,
    scheduledAt: maybeInstant,
    asOf: instant,
    businessDate: day,
    startedAt: maybeInstant,
    endedAt: maybeInstant,
    parentRunId: id.nullable(),
    counters: counts.describe('Amounts are minor units, one counter per currency.'),
    problems: z.object({ errors: z.int(), warnings: z.int(), byCode: counts, eventsTruncated: z.boolean() }),
    resolution: z.object({ resolved: z.int(), open: z.int() }),
    version: z.int(),
  })
  .meta({ id: 'Run' });

export function shownRun(run: StoredRun): z.input<typeof runSchema> {
  const { submittedBy, waitReason, problems, resolution } = run;
  return {
    id: run._id,
    processId: run.processId,
    scheduledJobId: run.scheduledJobId,
    jobKey: run.jobKey,
    name: run.name,
    category: run.category,
    trigger: run.trigger,
    status: run.status,
    skipReason: run.skipReason,
    waitReason: waitReason === null ? null : { kind: waitReason.kind, text: waitReason.text, runId: waitReason.runId },
    noWork: run.noWork,
    submittedBy: { type: submittedBy.type, id: submittedBy.id, name: submittedBy.name },
    submittedAt: iso(run.submittedAt),
    scheduledAt: isoOrNull(run.scheduledAt),
    asOf: iso(run.asOf),
    businessDate: run.businessDate,
    startedAt: isoOrNull(run.startedAt),
    endedAt: isoOrNull(run.endedAt),
    parentRunId: run.parentRunId,
    counters: run.counters,
    problems: {
      errors: problems.errors,
      warnings: problems.warnings,
      byCode: problems.byCode,
      eventsTruncated: problems.eventsTruncated,
    },
    resolution: { resolved: resolution.resolved, open: resolution.open },
    version: run.version,
  };
}

const filters = {
  category: anyOf(z.enum(categories)),
  status: anyOf(z.enum(runStatuses)),
  trigger: anyOf(z.enum(triggers)).describe('Without one, previews are left out.'),
  submitter: z.string().min(1).max(100).optional().describe('The id of a user or an API key, or SYSTEM for the schedules.'),
  from: givenInstant.optional().describe('Submitted at or after.'),
  to: givenInstant.optional().describe('Submitted before.'),
  processId: whole(z.int().min(1)).optional(),
  openProblems: flag.describe('Only those with failed records that no retry has resolved.'),
};

const list = endpoint({
  method: 'get',
  at: '/runs',
  tag,
  summary: 'Runs, newest first',
  path: none,
  query: z.strictObject({ ...filters, scheduledJobId: id.optional(), ...paging }),
  body: z.undefined(),
  status: 200,
  answer: pageSchema(runSchema),
  refusals: ['forbidden', 'invalid-cursor'],
  handle: async (context, { viewer, query }) => ({
    body: await runsPage(context, viewer, query.scheduledJobId ?? null, query),
  }),
});

async function runsPage(
  context: ApiContext,
  viewer: Viewer,
  scheduledJobId: string | null,
  query: z.output<z.ZodObject<typeof filters & typeof paging>>,
) {
  demandJobs(viewer);
  const {
    category,
    status,
    trigger,
    submitter = null,
    from = null,
    to = null,
    processId = null,
    openProblems = false,
    limit,
    cursor = null,
  } = query;
  const filter = {
    categories: category,
    statuses: status,
    triggers: trigger,
    jobIds: scheduledJobId === null ? null : [scheduledJobId],
    submitter,
    from,
    to,
    processId,
    openProblems,
  };
  const { items, next } = await runsOf(context, viewer, filter, { limit, cursor });
  return { items: items.map(shownRun), next };
}

const report = runSchema
  .extend({
    parameters: values,
    failure: z.object({ code: z.string(), message: z.string(), attempts: z.int() }).nullable(),
    abort: z.object({ requestedAt: instant, by: z.string(), reason: z.string() }).nullable(),
    progress: z
      .object({ percent: z.int().min(0).max(99).nullable(), text: z.string(), timeLeft: z.string().nullable() })
      .nullable()
      .describe('null: ended, or nothing to do.'),
    report: z.array(
      z.object({
        key: z.string(),
        label: z.string(),
        now: z.number(),
        previous: z.number().nullable(),
        median: z.number().nullable(),
      }),
    ),
    previousRunId: id.nullable().describe('The run that `previous` is of.'),
    letters: z.record(z.string(), counts).describe('How many letters are in which state, by letter code; counted now.'),
    steps: z
      .object({ abort: z.boolean(), approve: z.boolean(), rerun: z.boolean(), retryFailed: z.boolean() })
      .describe('What the viewer may do to it now.'),
  })
  .meta({ id: 'RunReport' });

const one = endpoint({
  method: 'get',
  at: '/runs/{id}',
  tag,
  summary: 'The report of one run',
  path: runPath,
  query: none,
  body: z.undefined(),
  status: 200,
  answer: report,
  refusals: [],
  handle: async (context, { viewer, path }) => {
    const run = await runOf(context, viewer, reference(path.id));
    const definition = jobs.find(({ key }) => key === run.jobKey) ?? null;
    const [{ previous, counters }, letters] = await Promise.all([
      reportOf(context, run, definition),
      lettersOf(context, run),
    ]);
    const { failure, abort } = run;
    const progress = progressOf(run, context.now());
    return {
      body: {
        ...shownRun(run),
        parameters: run.parameters,
        failure: failure === null ? null : { code: failure.code, message: failure.message, attempts: failure.attempts },
        abort: abort === null ? null : { requestedAt: iso(abort.requestedAt), by: abort.by, reason: abort.reason },
        progress,
        report: counters.map(({ key, label, now, previous: before, median }) => ({
          key,
          label,
          now,
          previous: before,
          median,
        })),
        previousRunId: previous?._id ?? null,
        letters,
        steps: stepsOf(viewer, run),
      },
      version: run.version,
    };
  },
});

const ofJob = endpoint({
  method: 'get',
  at: '/scheduled-jobs/{id}/runs',
  tag,
  summary: 'The runs of one scheduled job, newest first',
  path: idPath,
  query: z.strictObject({ ...filters, ...paging }),
  body: z.undefined(),
  status: 200,
  answer: pageSchema(runSchema),
  refusals: ['invalid-cursor'],
  handle: async (context, { viewer, path, query }) => {
    const { job } = await scheduledJobOf(context, viewer, path.id);
    return { body: await runsPage(context, viewer, job._id, query) };
  },
});

export const runEndpoints = [list, one, ofJob];
