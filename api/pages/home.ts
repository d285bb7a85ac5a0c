/** Home: how the night went, what needs somebody, what comes next (platform.md 16). */
import { Router } from 'express';
import { openStatuses, triggers, type RunStatus } from '../../domain/run.js';
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
      return present(request, response, 'home', {
        title: `Good day, ${viewer.actor.name}`,
        section: 'home',
        sees: false,
        needed: [],
        latest: [],
        next: [],
        off: [],
        night: null,
      });
    }
    const page = { limit: LISTED, cursor: null };
    const since = new Date(at.getTime() - LOOKED_BACK_DAYS * DAY_MS);
    const lastDay = { ...everything, from: new Date(at.getTime() - DAY_MS) };
    const [waiting, open, latest, night, jobs] = await Promise.all([
      runsOf(context, viewer, { ...everything, statuses: ['MANUAL_HANDLING_REQUIRED'], triggers }, page),
      runsOf(context, viewer, { ...everything, from: since, openProblems: true }, page),
      runsOf(context, viewer, lastDay, page),
      models.Run.aggregate<Counted>([
        { $match: runQuery(viewer, lastDay) },
        { $group: { _id: '$status', runs: { $sum: 1 }, letters: { $sum: '$counters.lettersCreated' } } },
      ]),
      scheduledJobsOf(context, viewer, {
        categories: [],
        name: '',
        active: null,
        mine: null,
        withinHours: null,
        includeUnscheduled: false,
      }),
    ]);
    present(request, response, 'home', {
      title: `Good day, ${viewer.actor.name}`,
      section: 'home',
      sees: true,
      night: nightOf(night),
      needed: [...waiting.items, ...open.items].map((run) => ({
        ...row(run, viewer, at),
        open: run.resolution.open === 0 ? null : count(run.resolution.open),
      })),
      latest: latest.items.map((run) => row(run, viewer, at)),
      next: jobs
        .flatMap(({ job, nextRunAt }) =>
          nextRunAt === null || nextRunAt.getTime() > at.getTime() + DAY_MS ? [] : [{ job, nextRunAt }],
        )
        .sort((one, other) => one.nextRunAt.getTime() - other.nextRunAt.getTime())
        .slice(0, LISTED)
        .map(({ job, nextRunAt }) => ({
          href: `/scheduled-jobs/${job._id}`,
          name: job.name,
          at: briefly(viewer.zone, nextRunAt, at),
        })),
      off: jobs
        .filter(({ definition, active }) => definition.available && !active)
        .map((listed) => ({
          href: `/scheduled-jobs/${listed.job._id}`,
          name: listed.job.name,
          reason: inactiveReason(listed),
        })),
    });
  });
  return router;
}

/** The runs of one status. */
interface Counted {
  _id: RunStatus;
  runs: number;
  letters: number;
}

function nightOf(counted: readonly Counted[]) {
  const sum = (of: 'runs' | 'letters', holds: (status: RunStatus) => boolean) =>
    count(counted.filter(({ _id }) => holds(_id)).reduce((so, one) => so + one[of], 0));
  const warned = counted.filter(({ _id }) => _id === 'COMPLETED_WITH_WARNINGS').reduce((so, { runs }) => so + runs, 0);
  return {
    warned: warned === 0 ? null : warned === 1 ? 'a run ended' : `${count(warned)} runs ended`,
    runs: sum('runs', () => true),
    done: sum('runs', (status) => status.startsWith('COMPLETED')),
    open: sum('runs', (status) => openStatuses.some((one) => one === status)),
    failed: sum('runs', (status) => status === 'FAILED' || status.startsWith('ABORTED')),
    missed: sum('runs', (status) => status === 'SKIPPED'),
    letters: sum('letters', () => true),
  };
}

function row(run: StoredRun, { zone }: Viewer, now: Date) {
  return {
    href: `/runs/${run.processId}`,
    name: run.name,
    processId: run.processId,
    badge: statusBadge(run),
    trigger: triggerWords[run.trigger],
    at: briefly(zone, run.endedAt ?? run.submittedAt, now),
  };
}
