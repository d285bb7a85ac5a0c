/** Page of one scheduled job: what it does, when it runs, how it is set, how it went (platform.md 16). */
import { Router } from 'express';
import { jobs } from '../../catalogue/jobs.js';
import { localDay } from '../../domain/days.js';
import { scheduleText } from '../../domain/schedule-text.js';
import type { AuditEntry } from '../../models/administration.js';
import type { StoredRun } from '../../models/run.js';
import type { ApiContext } from '../context.js';
import { briefly, count, duration, when } from '../format.js';
import { purposeOf } from '../purposes.js';
import { creatorNames, scheduledJobOf, type ListedJob } from '../scheduled-jobs.js';
import { upcoming } from '../upcoming.js';
import { viewerOf, type Viewer } from '../viewer.js';
import { categoryWords, letterNames, spelledOut, statusBadge, triggerWords } from '../words.js';
import type { Present } from './present.js';
import { inactiveReason, menuOf } from './scheduled.js';

const NEXT_RUNS = 5;
const LAST_RUNS = 10;
const LAST_CHANGES = 10;

export function scheduledJobPage(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;

  router.get('/scheduled-jobs/:id', async (request, response) => {
    const viewer = viewerOf(request);
    const listed = await scheduledJobOf(context, viewer, request.params.id);
    const { job, definition } = listed;
    const { institutionId, _id: id } = job;
    const [runs, changes, creators] = await Promise.all([
      models.Run.find({ institutionId, scheduledJobId: id }).sort({ submittedAt: -1, _id: -1 }).limit(LAST_RUNS).lean(),
      models.AuditEntry.find({ institutionId, targetType: 'ScheduledJob', targetId: id }).sort({ at: -1 }).limit(LAST_CHANGES).lean(),
      creatorNames(context, institutionId, [job.creatorUserId]),
    ]);

    present(request, response, 'scheduled-job', {
      title: job.name,
      section: 'scheduled',
      purpose: purposeOf(job.jobKey),
      category: categoryWords[definition.category],
      active: listed.active,
      inactiveReason: inactiveReason(listed),
      available: definition.available,
      running: listed.openRun === null ? null : { href: `/runs/${listed.openRun.processId}`, processId: listed.openRun.processId },
      heldUntil: when(viewer.zone, listed.heldUntil),
      actions: menuOf(viewer.grants, listed).slice(1).map((action) => ({ ...action, primary: action.href.endsWith('/run') })),
      schedule: scheduleText(job.schedule),
      creator: creators.get(job.creatorUserId ?? '') ?? '-',
      next: nextRuns(listed, viewer, now()),
      parameters: Object.entries(definition.parameters.parse(job.parameters)).map(([name, value]) => ({ name: spelledOut(name), value: shown(value) })),
      guard: guardText(job.guard, definition.guarded),
      letters: definition.letters.map((code) => letterNames[code] ?? code),
      after: definition.runAfter.map((key) => jobs.find((one) => one.key === key)?.name ?? key),
      key: definition.key,
      runs: runs.map((run) => runRow(run, viewer, now())),
      history: `/monitor-jobs/history?job=${id}`,
      changes: changes.map((entry) => changeRow(entry, viewer, now())),
    });
  });
  return router;
}

/** The coming starts, whether or not the job is active: what would be is shown as such. */
export function nextRuns({ job }: Pick<ListedJob, 'job'>, { zone }: Viewer, now: Date) {
  const today = localDay(zone, now.getTime());
  return upcoming(job.schedule, zone, now.getTime(), NEXT_RUNS).map(({ at }) => {
    const days = localDay(zone, at) - today;
    return { ...when(zone, new Date(at)), distance: days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days` };
  });
}

function runRow(run: StoredRun, { zone }: Viewer, now: Date) {
  return {
    href: `/runs/${run.processId}`,
    processId: run.processId,
    badge: statusBadge(run),
    trigger: triggerWords[run.trigger],
    submitted: briefly(zone, run.submittedAt, now),
    duration: run.startedAt === null || run.endedAt === null ? '-' : duration(run.endedAt.getTime() - run.startedAt.getTime()),
    processed: count(run.counters['recordsProcessed'] ?? 0),
    errors: count(run.problems.errors),
  };
}

function changeRow({ at, actor, action, changes, reason }: AuditEntry, { zone }: Viewer, now: Date) {
  const said = (value: unknown) => (value instanceof Date ? briefly(zone, value, now).text : shown(value));
  return {
    at: briefly(zone, at, now),
    who: actor.name,
    action: spelledOut(action),
    reason,
    // Who made it stands above.
    changes: changes.filter(({ path }) => path !== 'creatorUserId').map(({ path, before, after }) => ({ path, before: said(before), after: said(after) })),
  };
}

/** A stored value in one line. */
export function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (value === true) return 'Yes';
  if (value === false) return 'No';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(shown).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function guardText({ enabled, factor, minRecords }: ListedJob['job']['guard'], guarded: boolean): string | null {
  if (!guarded) return null;
  if (!enabled) return 'Switched off.';
  return `Stops for a decision when it selects more than ${count(minRecords)} records and more than ${factor} times what it usually selects.`;
}
