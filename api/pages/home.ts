/** Home: how the night went, what needs somebody, what comes next (platform.md 16). */
import { Router } from 'express';
import { openStatuses, triggers } from '../../domain/run.js';
import { visibleCategories } from '../../domain/permissions.js';
import type { StoredRun } from '../../models/run.js';
import type { ApiContext } from '../context.js';
import { briefly, count } from '../format.js';
import { everything, runQuery, runsOf } from '../runs.js';
import { scheduledJobsOf } from '../scheduled-jobs.js';
import { viewerOf, type Viewer } from '../viewer.js';
import { statusBadge, triggerWords } from '../words.js';
import type { Present } from './present.js';
import { inactiveReason } from './scheduled.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const LISTED = 8;
/** A problem that nobody looked at for so long is found in History. */
const LOOKED_BACK_DAYS = 7;

export function homePage(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;

  router.get('/', async (request, response) => {
    const viewer = viewerOf(request);
    const at = now();
    if (visibleCategories(viewer.grants).length === 0) {
      return present(request, response, 'home', { title: `Good day, ${viewer.name}`, section: 'home', sees: false, needed: [], latest: [], next: [], off: [], night: null });
    }
    const page = { limit: LISTED, cursor: null };
    const since = new Date(at.getTime() - LOOKED_BACK_DAYS * DAY_MS);
    const lastDay = { ...everything, from: new Date(at.getTime() - DAY_MS) };
    const [waiting, open, latest, night, jobs] = await Promise.all([
      runsOf(context, viewer, { ...everything, statuses: ['MANUAL_HANDLING_REQUIRED'], triggers }, page),
      runsOf(context, viewer, { ...everything, from: since, openProblems: true }, page),
      runsOf(context, viewer, lastDay, page),
      // As many as there are jobs and hours at the most, and only what is counted of each.
      models.Run.find(runQuery(viewer, lastDay), { status: 1, 'counters.lettersCreated': 1 }).lean<Counted[]>(),
      scheduledJobsOf(context, viewer, { categories: [], name: '', active: null, mine: null, withinHours: null, includeUnscheduled: false }),
    ]);
    present(request, response, 'home', {
      title: `Good day, ${viewer.name}`,
      section: 'home',
      sees: true,
      night: nightOf(night),
      needed: [...waiting.items, ...open.items].map((run) => ({ ...row(run, viewer, at), open: run.resolution.open === 0 ? null : count(run.resolution.open) })),
      latest: latest.items.map((run) => row(run, viewer, at)),
      next: jobs
        .flatMap(({ job, nextRunAt }) => (nextRunAt === null || nextRunAt.getTime() > at.getTime() + DAY_MS ? [] : [{ job, nextRunAt }]))
        .sort((one, other) => one.nextRunAt.getTime() - other.nextRunAt.getTime())
        .slice(0, LISTED)
        .map(({ job, nextRunAt }) => ({ href: `/scheduled-jobs/${job._id}`, name: job.name, at: briefly(viewer.zone, nextRunAt, at) })),
      off: jobs
        .filter(({ definition, active }) => definition.available && !active)
        .map((listed) => ({ href: `/scheduled-jobs/${listed.job._id}`, name: listed.job.name, reason: inactiveReason(listed) })),
    });
  });
  return router;
}

type Counted = Pick<StoredRun, 'status' | 'counters'>;

function nightOf(runs: readonly Counted[]) {
  const of = (holds: (run: Counted) => boolean) => count(runs.filter(holds).length);
  const isOpen = ({ status }: Counted) => openStatuses.some((one) => one === status);
  return {
    runs: count(runs.length),
    done: of(({ status }) => status.startsWith('COMPLETED')),
    open: of(isOpen),
    failed: of(({ status }) => status === 'FAILED' || status.startsWith('ABORTED')),
    missed: of(({ status }) => status === 'SKIPPED'),
    letters: count(runs.reduce((sum, { counters }) => sum + (counters['lettersCreated'] ?? 0), 0)),
  };
}

function row(run: StoredRun, { zone }: Viewer, now: Date) {
  return {
    href: `/runs/${run.processId}`, name: run.name, processId: run.processId, badge: statusBadge(run), trigger: triggerWords[run.trigger],
    at: briefly(zone, run.endedAt ?? run.submittedAt, now),
  };
}
