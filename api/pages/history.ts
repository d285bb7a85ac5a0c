/** History tab: runs that have ended, filtered, sorted and as CSV (platform.md 8). */
import { Router } from 'express';
import { dayNumber, dayText, localDay, startOfDay, type Zone } from '../../domain/days.js';
import type { Category } from '../../domain/categories.js';
import { finalStatuses, triggers } from '../../domain/run.js';
import { foldText } from '../../domain/text.js';
import type { StoredRun } from '../../models/run.js';
import type { ApiContext } from '../context.js';
import { sendCsv } from '../csv.js';
import { briefly, count, duration } from '../format.js';
import { everything, runQuery, runsOf, stepsOf, type RunFilter } from '../runs.js';
import { jobsNamed } from '../scheduled-jobs.js';
import { demandJobs, viewerOf, type Viewer } from '../viewer.js';
import { categoryWords, statusBadge, statusWords, triggerWords } from '../words.js';
import type { Present } from './present.js';
import { options, Query, sortedColumns } from './query.js';

const PATH = '/monitor-jobs/history';
const A_PAGE = 50;
const DEFAULT_DAYS = 7;
/** Name and duration have no index: so many of the filtered runs, the newest, are sorted by them. */
const MOST_SORTED = 1_000;
const sorts = ['-submitted', 'name', '-name', 'duration', '-duration'] as const;
type Sort = (typeof sorts)[number];

interface Asked {
  query: Query;
  filter: RunFilter;
  /** The one job whose history it is; null: of any. */
  jobId: string | null;
  from: string;
  to: string;
  sort: Sort;
}

export function historyPage(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;

  router.get(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const visible = demandJobs(viewer);
    const asked = await askedOf(context, viewer, visible, Query.of(request));
    const { query, filter, jobId, from, to, sort } = asked;
    const [{ items, next, cut }, job] = await Promise.all([
      pageOfHistory(context, viewer, asked),
      jobId === null
        ? null
        : models.ScheduledJob.findOne({
            institutionId: viewer.institution.code,
            _id: jobId,
            category: { $in: visible },
          }).lean(),
    ]);

    present(request, response, 'history', {
      title: 'History',
      section: 'history',
      name: query.text('name'),
      from,
      to,
      process: query.text('process'),
      jobId,
      job: job === null ? null : { name: job.name, without: query.with(PATH, { job: null, cursor: null, page: null }) },
      categories: options(Object.fromEntries(visible.map((one) => [one, categoryWords[one]])), filter.categories),
      statuses: options(
        Object.fromEntries(finalStatuses.map((one) => [one, statusWords(one)])),
        query.among('status', finalStatuses),
      ),
      triggers: options(triggerWords, query.among('trigger', triggers)),
      submitters: options({ SYSTEM: 'Schedules', me: 'Me' }, [query.text('by')]),
      open: filter.openProblems,
      sort,
      path: PATH,
      csv: query.with(`${PATH}.csv`, { cursor: null, page: null }),
      cut: cut ? count(MOST_SORTED) : null,
      columns: sortedColumns(
        query,
        PATH,
        [
          { text: 'Name', sort: 'name' },
          { text: 'Process ID' },
          { text: 'Category' },
          { text: 'Status' },
          { text: 'Submitted by' },
          { text: 'Submitted', sort: 'submitted' },
          { text: 'Started' },
          { text: 'Ended' },
          { text: 'Duration', sort: 'duration', numeric: true },
          { text: 'Records', numeric: true },
          { text: 'Errors', numeric: true },
        ],
        sort,
      ).map((column) =>
        column.text === 'Submitted'
          ? { ...column, href: query.with(PATH, { sort: null, cursor: null, page: null }) }
          : column,
      ),
      rows: items.map((run) => row(run, viewer, now())),
      next: next === null ? null : query.with(PATH, next),
      first:
        query.text('cursor') === '' && query.text('page') === ''
          ? null
          : query.with(PATH, { cursor: null, page: null }),
    });
  });

  router.get(`${PATH}.csv`, async (request, response) => {
    const viewer = viewerOf(request);
    const { filter } = await askedOf(context, viewer, demandJobs(viewer), Query.of(request));
    const head = [
      'Process ID',
      'Name',
      'Category',
      'Status',
      'Trigger',
      'Submitted by',
      'Submitted',
      'Started',
      'Ended',
      'Business date',
      'Records processed',
      'Errors',
      'Warnings',
    ];
    async function* rows() {
      const cursor = models.Run.find(runQuery(viewer, filter), { scope: 0 })
        .sort({ submittedAt: -1, _id: -1 })
        .lean<StoredRun>()
        .cursor();
      for await (const run of cursor) {
        yield [
          run.processId,
          run.name,
          categoryWords[run.category],
          statusBadge(run).text,
          triggerWords[run.trigger],
          run.submittedBy.name,
          run.submittedAt,
          run.startedAt,
          run.endedAt,
          run.businessDate,
          run.counters['recordsProcessed'] ?? 0,
          run.problems.errors,
          run.problems.warnings,
        ];
      }
    }
    await sendCsv(response, 'job-history', head, rows());
  });
  return router;
}

/** Days are local and both included; without them the last seven, today among them. A name is that of the job today. */
async function askedOf(
  context: ApiContext,
  viewer: Viewer,
  visible: readonly Category[],
  query: Query,
): Promise<Asked> {
  const { zone } = viewer;
  const today = localDay(zone, context.now().getTime());
  const jobId = /^[0-9a-f]{24}$/.test(query.text('job')) ? query.text('job') : null;
  const categories = query.among('category', visible);
  const ofJobs = jobId !== null || query.text('name') !== '';
  const named = ofJobs
    ? await jobsNamed(
        context,
        viewer.institution.code,
        categories.length === 0 ? visible : categories,
        query.text('name'),
      )
    : null;
  const processId = query.number('process');
  const from = dayIn(query, 'from') ?? (processId === null ? dayText(today - DEFAULT_DAYS + 1) : '');
  const to = dayIn(query, 'to') ?? '';
  const by = query.text('by');
  const statuses = query.among('status', finalStatuses);
  return {
    query,
    from,
    to,
    jobId,
    sort: query.one('sort', sorts) ?? '-submitted',
    filter: {
      ...everything,
      categories,
      statuses: statuses.length === 0 ? finalStatuses : statuses,
      triggers: query.among('trigger', triggers),
      jobIds: jobId === null || named === null ? named : named.filter((id) => id === jobId),
      submitter: by === 'me' ? viewer.actor.id : by === 'SYSTEM' ? by : null,
      from: from === '' ? null : instantOf(zone, from, 0),
      to: to === '' ? null : instantOf(zone, to, 1),
      processId,
      openProblems: query.text('open') !== '',
    },
  };
}

function dayIn(query: Query, name: string): string | null {
  const text = query.text(name);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) ? text : null;
}

const instantOf = (zone: Zone, day: string, later: number): Date => new Date(startOfDay(zone, dayNumber(day) + later));

interface PageOfHistory {
  items: StoredRun[];
  /** Parameters of the next page. */
  next: Record<string, string> | null;
  /** There were more than are sorted. */
  cut: boolean;
}

async function pageOfHistory(
  context: ApiContext,
  viewer: Viewer,
  { query, filter, sort }: Asked,
): Promise<PageOfHistory> {
  if (sort === '-submitted') {
    const cursor = query.text('cursor');
    const { items, next } = await runsOf(context, viewer, filter, {
      limit: A_PAGE,
      cursor: cursor === '' ? null : cursor,
    });
    return { items, next: next === null ? null : { cursor: next }, cut: false };
  }
  const found = await context.models.Run.find(runQuery(viewer, filter), { name: 1, startedAt: 1, endedAt: 1 })
    .sort({ submittedAt: -1, _id: -1 })
    .limit(MOST_SORTED + 1)
    .lean<Sortable[]>();
  const sorted = inOrder(found.slice(0, MOST_SORTED), sort);
  const page = Math.max(query.number('page') ?? 1, 1);
  const ids = sorted.slice((page - 1) * A_PAGE, page * A_PAGE).map(({ _id }) => _id);
  const runs = await context.models.Run.find(
    { institutionId: viewer.institution.code, _id: { $in: ids } },
    { scope: 0 },
  ).lean<StoredRun[]>();
  const items = runs.sort((a, b) => ids.indexOf(a._id) - ids.indexOf(b._id));
  return {
    items,
    next: sorted.length > page * A_PAGE ? { page: String(page + 1) } : null,
    cut: found.length > MOST_SORTED,
  };
}

type Sortable = Pick<StoredRun, '_id' | 'name' | 'startedAt' | 'endedAt'>;
const byLetters = new Intl.Collator('en');

function inOrder(runs: Sortable[], sort: Sort): Sortable[] {
  const sign = sort.startsWith('-') ? -1 : 1;
  if (!sort.endsWith('name')) return runs.sort((a, b) => sign * (elapsed(a) - elapsed(b)));
  // There are as many names as jobs, however many runs there are.
  const names = [...new Set(runs.map(({ name }) => name))].sort((a, b) => byLetters.compare(foldText(a), foldText(b)));
  const places = new Map(names.map((name, place) => [name, place]));
  const placeOf = ({ name }: Sortable) => places.get(name) ?? 0;
  return runs.sort((a, b) => sign * (placeOf(a) - placeOf(b)));
}

const elapsed = ({ startedAt, endedAt }: Pick<StoredRun, 'startedAt' | 'endedAt'>): number =>
  startedAt === null || endedAt === null ? 0 : endedAt.getTime() - startedAt.getTime();

function row(run: StoredRun, viewer: Viewer, now: Date) {
  const path = `/runs/${run.processId}`;
  const steps = stepsOf(viewer, run);
  return {
    href: path,
    name: run.name,
    processId: run.processId,
    category: categoryWords[run.category],
    badge: statusBadge(run),
    submittedBy: run.submittedBy.name,
    trigger: triggerWords[run.trigger],
    submitted: briefly(viewer.zone, run.submittedAt, now),
    started: briefly(viewer.zone, run.startedAt, now),
    ended: briefly(viewer.zone, run.endedAt, now),
    duration: run.startedAt === null || run.endedAt === null ? '-' : duration(elapsed(run)),
    processed: count(run.counters['recordsProcessed'] ?? 0),
    errors: count(run.problems.errors),
    menu: [
      { href: path, text: 'Report', shown: true },
      { href: `${path}/events`, text: 'Events', shown: true },
      { href: `${path}/rerun`, text: 'Re-run', shown: steps.rerun },
      { href: `${path}/retry-failed`, text: 'Retry failed', shown: steps.retryFailed },
    ].filter(({ shown }) => shown),
  };
}
