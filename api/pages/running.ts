/** Running tab: every run that has not ended (platform.md 7). */
import { Router } from 'express';
import { mayIn } from '../../domain/permissions.js';
import { openStatuses, triggers } from '../../domain/run.js';
import { foldText } from '../../domain/text.js';
import type { StoredRun } from '../../models/run.js';
import type { ApiContext } from '../context.js';
import { briefly, count } from '../format.js';
import { flagsOf, progressOf } from '../report.js';
import { everything, runQuery, stepsOf } from '../runs.js';
import { demandJobs, viewerOf, type Viewer } from '../viewer.js';
import { categoryWords, statusBadge, statusWords, triggerWords } from '../words.js';
import type { Present } from './present.js';
import { options, Query } from './query.js';

const PATH = '/monitor-jobs/running';
/** An institution has four places and six waiting per job. */
const MOST = 500;

export function runningPage(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;

  router.get(PATH, async (request, response) => {
    const viewer = viewerOf(request);
    const visible = demandJobs(viewer);
    const query = Query.of(request);
    const categories = query.among('category', visible);
    const statuses = query.among('status', openStatuses);
    const filter = runQuery(viewer, { ...everything, categories, statuses: statuses.length === 0 ? openStatuses : statuses, triggers });
    const [found, jobs] = await Promise.all([
      models.Run.find(filter, { scope: 0 }).sort({ submittedAt: -1, _id: -1 }).limit(MOST).lean<StoredRun[]>(),
      models.ScheduledJob.find({ institutionId: viewer.institution.code, deletedAt: null }, { medianDurationSec: 1 }).lean(),
    ]);
    const medians = new Map(jobs.map((job) => [job._id, job.medianDurationSec]));
    const name = foldText(query.text('name'));
    const runs = found.filter((run) => foldText(run.name).includes(name));

    present(request, response, 'running', {
      title: 'Running jobs',
      section: 'running',
      name: query.text('name'),
      categories: options(Object.fromEntries(visible.map((one) => [one, categoryWords[one]])), categories),
      statuses: options(Object.fromEntries(openStatuses.map((one) => [one, statusWords(one)])), statuses),
      filtered: name !== '' || categories.length + statuses.length > 0,
      path: PATH,
      refresh: query.with(PATH, {}),
      total: count(runs.length),
      one: runs.length === 1,
      rows: runs.map((run) => row(run, viewer, medians.get(run.scheduledJobId ?? '') ?? null, now())),
    });
  });
  return router;
}

function row(run: StoredRun, viewer: Viewer, medianDurationSec: number | null, now: Date) {
  const path = `/runs/${run.processId}`;
  const steps = stepsOf(viewer, run);
  const progress = progressOf(run, now);
  return {
    href: path,
    name: run.name,
    processId: run.processId,
    category: categoryWords[run.category],
    submittedBy: run.submittedBy.name,
    trigger: triggerWords[run.trigger],
    submitted: briefly(viewer.zone, run.submittedAt, now),
    started: briefly(viewer.zone, run.startedAt, now),
    badge: statusBadge(run),
    wait: run.waitReason?.text ?? null,
    progress: progress === null ? null : { ...progress, known: progress.percent !== null },
    flags: flagsOf(run, medianDurationSec, now),
    menu: [
      { href: path, text: 'Report (live)', shown: true },
      { href: `${path}/events`, text: 'Events', shown: true },
      { href: `${path}/approve`, text: 'Approve', shown: steps.approve },
      { href: `${path}/abort`, text: 'Abort', shown: steps.abort },
      { href: `/scheduled-jobs/${run.scheduledJobId}`, text: 'Job details', shown: run.scheduledJobId !== null && mayIn(viewer.grants, run.category, 'VIEW') },
    ].filter(({ shown }) => shown),
  };
}
