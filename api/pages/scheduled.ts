/** Scheduled tab: every job of the institution that the person may see, when it runs and how the last run ended (platform.md 1). */
import { Router } from 'express';
import { scheduleText } from '../../domain/schedule-text.js';
import { may, mayIn, mayReschedule, type Grants } from '../../domain/permissions.js';
import type { ApiContext } from '../context.js';
import { briefly, count, when } from '../format.js';
import { creatorNames, scheduledJobsOf, type ListedJob } from '../scheduled-jobs.js';
import { demandJobs, viewerOf, type Viewer } from '../viewer.js';
import { categoryWords, inactiveWords, statusBadge } from '../words.js';
import type { Present } from './present.js';
import { options, Query, sortedColumns } from './query.js';

const PATH = '/monitor-jobs/scheduled';
const A_PAGE = 50;
const HOURS = { '1': 'within an hour', '4': 'within 4 hours', '12': 'within 12 hours', '24': 'within 24 hours' } as const;
const sorts = ['name', '-name', 'category', '-category', 'next', '-next'] as const;
type Sort = (typeof sorts)[number];

export function scheduledPage(context: ApiContext, { present }: Present): Router {
  const router = Router();

  router.get(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const visible = demandJobs(viewer);
    const query = Query.of(request);
    const categories = query.among('category', visible);
    const active = query.one('active', ['yes', 'no']);
    const within = query.one('within', ['1', '4', '12', '24']);
    const mine = query.text('mine') !== '';
    const unscheduled = query.text('unscheduled') !== '';
    const sort = query.one('sort', sorts) ?? 'name';

    const found = await scheduledJobsOf(context, viewer, {
      categories,
      name: query.text('name'),
      active: active === null ? null : active === 'yes',
      mine: mine ? (job) => mayReschedule(viewer.grants, job) : null,
      withinHours: within === null ? null : Number(within),
      includeUnscheduled: unscheduled,
    });
    const pages = Math.max(1, Math.ceil(found.length / A_PAGE));
    const page = Math.min(Math.max(query.number('page') ?? 1, 1), pages);
    const shown = sorted(found, sort).slice((page - 1) * A_PAGE, page * A_PAGE);
    const creators = await creatorNames(context, viewer.institution.code, shown.map(({ job }) => job.creatorUserId));
    const filtered = categories.length + query.text('name').length > 0 || active !== null || within !== null || mine || unscheduled;

    present(request, response, 'scheduled', {
      title: 'Scheduled jobs',
      section: 'scheduled',
      name: query.text('name'),
      categories: options(Object.fromEntries(visible.map((one) => [one, categoryWords[one]])), categories),
      actives: options({ yes: 'Active', no: 'Inactive' }, [active ?? '']),
      withins: options(HOURS, [within ?? '']),
      mine,
      unscheduled,
      moreFilters: within !== null || mine || unscheduled,
      sort,
      filtered,
      clear: PATH,
      total: count(found.length),
      one: found.length === 1,
      columns: sortedColumns(query, PATH, [
        { text: 'Active' }, { text: 'Name', sort: 'name' }, { text: 'Job Category', sort: 'category' }, { text: 'Creator' },
        { text: 'Schedule' }, { text: 'Next Run', sort: 'next' }, { text: 'Last run' },
      ], sort),
      rows: shown.map((listed) => row(context, viewer, listed, creators)),
      previous: page > 1 ? query.with(PATH, { page: String(page - 1) }) : null,
      next: page < pages ? query.with(PATH, { page: String(page + 1) }) : null,
      place: `Page ${page} of ${pages}`,
      severalPages: pages > 1,
    });
  });
  return router;
}

/** Names are sorted already; jobs without a next run come last, whichever way. */
function sorted(jobs: ListedJob[], sort: Sort): ListedJob[] {
  const sign = sort.startsWith('-') ? -1 : 1;
  if (sort === 'name') return jobs;
  if (sort === '-name') return [...jobs].reverse();
  if (sort.endsWith('category')) {
    const word = ({ job }: ListedJob) => categoryWords[job.category];
    return [...jobs].sort((a, b) => sign * word(a).localeCompare(word(b), 'en'));
  }
  return [...jobs].sort((a, b) => {
    if (a.nextRunAt === null || b.nextRunAt === null) return Number(a.nextRunAt === null) - Number(b.nextRunAt === null);
    return sign * (a.nextRunAt.getTime() - b.nextRunAt.getTime());
  });
}

function row({ now }: ApiContext, viewer: Viewer, listed: ListedJob, creators: ReadonlyMap<string, string>) {
  const { job, definition, active, nextRunAt, openRun, heldUntil } = listed;
  const { lastRun } = job;
  return {
    id: job._id,
    href: `/scheduled-jobs/${job._id}`,
    name: job.name,
    available: definition.available,
    active,
    inactiveReason: inactiveReason(listed),
    category: categoryWords[definition.category],
    creator: creators.get(job.creatorUserId ?? '') ?? null,
    schedule: scheduleText(job.schedule),
    running: openRun === null ? null : { href: `/runs/${openRun.processId}` },
    heldUntil: when(viewer.zone, heldUntil),
    next: when(viewer.zone, nextRunAt),
    last: lastRun === null ? null : {
      href: `/runs/${lastRun.runId}`,
      badge: statusBadge({ status: lastRun.status, noWork: false, skipReason: null, missedCount: 1 }),
      at: briefly(viewer.zone, lastRun.endedAt, now()),
    },
    menu: menuOf(viewer.grants, listed),
  };
}

/** Why it does not run, in words; null: it does. */
export function inactiveReason({ job, definition, active }: ListedJob): string | null {
  if (!definition.available) return 'not yet available';
  return active || job.inactiveReason === null ? null : inactiveWords[job.inactiveReason];
}

/** What the person may not do is absent, not grey. */
export function menuOf(grants: Grants, { job, definition }: ListedJob): { href: string; text: string }[] {
  const { category, available } = definition;
  const page = `/scheduled-jobs/${job._id}`;
  const runs = mayIn(grants, category, 'RUN') && available;
  return [
    { href: page, text: 'Job details', shown: true },
    { href: `/monitor-jobs/history?job=${job._id}`, text: 'Job history', shown: true },
    { href: `${page}/schedule`, text: 'Edit schedule', shown: mayReschedule(grants, definition) },
    { href: `${page}/parameters`, text: 'Parameters', shown: mayIn(grants, category, 'CONFIGURE') && Object.keys(definition.parameters.shape).length > 0 },
    { href: `${page}/run`, text: 'Run now', shown: runs && definition.runNow && (job.active || grants.operator) },
    { href: `${page}/preview`, text: 'Preview (dry run)', shown: runs && definition.dryRun },
    { href: `${page}/explain`, text: 'Explain a record', shown: runs },
    { href: `${page}/activation`, text: job.active ? 'Deactivate' : 'Activate', shown: may(grants, 'ACTIVATE') && available },
  ].filter(({ shown }) => shown).map(({ href, text }) => ({ href, text }));
}
