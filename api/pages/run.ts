/** Report of a run: how it ended, what it counted, what went wrong, which letters it caused, by which settings (platform.md 8). */
import { Router } from 'express';
import { jobs } from '../../catalogue/jobs.js';
import type { JobDefinition } from '../../catalogue/definition.js';
import { mayIn } from '../../domain/permissions.js';
import { isFinal } from '../../domain/run-status.js';
import type { LetterState } from '../../models/letter.js';
import type { StoredRun } from '../../models/run.js';
import { changesBetween } from '../changes.js';
import type { ApiContext } from '../context.js';
import { count, duration, when } from '../format.js';
import { lettersOf } from '../operations/run-view.js';
import { flagsOf, progressOf, reportOf, type CounterRow, type Report } from '../report.js';
import { runOf, stepsOf } from '../runs.js';
import { viewerOf, type Viewer } from '../viewer.js';
import { categoryWords, letterBadges, letterNames, spelledOut, statusBadge, triggerWords } from '../words.js';
import type { Present } from './present.js';
import { shown } from './scheduled-job.js';

export function runPage(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;

  router.get('/runs/:run', async (request, response) => {
    const viewer = viewerOf(request);
    const run = await runOf(context, viewer, request.params.run);
    if (request.params.run === run._id) return response.redirect(303, `/runs/${run.processId}`);
    const definition: JobDefinition | null = jobs.find(({ key }) => key === run.jobKey) ?? null;
    const [report, letters, job, related] = await Promise.all([
      reportOf(context, run, definition),
      lettersOf(context, run),
      run.scheduledJobId === null
        ? null
        : models.ScheduledJob.findOne({ institutionId: run.institutionId, _id: run.scheduledJobId }).lean(),
      relatedRuns(context, run),
    ]);
    const path = `/runs/${run.processId}`;
    const progress = progressOf(run, now());

    present(request, response, 'run', {
      title: `${run.name}, process ${run.processId}`,
      section: isFinal(run.status) ? 'history' : 'running',
      name: run.name,
      processId: run.processId,
      badge: statusBadge(run),
      preview: run.trigger === 'DRY_RUN',
      final: isFinal(run.status),
      flags: flagsOf(run, job?.medianDurationSec ?? null, now()),
      wait: run.waitReason?.text ?? null,
      decision: run.status === 'MANUAL_HANDLING_REQUIRED',
      path,
      jobPage:
        run.scheduledJobId !== null && mayIn(viewer.grants, run.category, 'VIEW')
          ? `/scheduled-jobs/${run.scheduledJobId}`
          : null,
      steps: stepsOf(viewer, run),
      progress: progress === null ? null : { ...progress, known: progress.percent !== null },
      facts: factsOf(run, viewer, now()),
      failure: run.failure,
      abort: run.abort === null ? null : { ...run.abort, at: when(viewer.zone, run.abort.requestedAt) },
      counters: report.counters.filter(notEmpty).map(counterRow),
      quietCounters: report.counters
        .filter((row) => !notEmpty(row))
        .map(({ label }) => label)
        .join(', '),
      previous:
        report.previous === null
          ? null
          : { href: `/runs/${report.previous.processId}`, processId: report.previous.processId },
      problems: Object.entries(run.problems.byCode).map(([code, times]) => ({
        code,
        words: spelledOut(code),
        times: count(times),
        href: `${path}/events?code=${encodeURIComponent(code)}`,
      })),
      truncated: run.problems.eventsTruncated,
      resolution: run.resolution.open + run.resolution.resolved === 0 ? null : run.resolution,
      letters: Object.entries(letters).map(([code, states]) => letterRow(run, code, states)),
      parameters: parameterRows(run, report),
      related: related.map((other) => ({
        href: `/runs/${other.processId}`,
        processId: other.processId,
        trigger: triggerWords[other.trigger],
        badge: statusBadge(other),
      })),
      engine: engineLink(context, run),
    });
  });
  return router;
}

function factsOf(run: StoredRun, { zone }: Viewer, now: Date) {
  const { startedAt, endedAt, submittedAt } = run;
  const ran = startedAt === null ? null : (endedAt ?? now).getTime() - startedAt.getTime();
  const waited = startedAt === null ? null : startedAt.getTime() - submittedAt.getTime();
  return [
    { name: 'Job category', value: categoryWords[run.category], at: null },
    { name: 'Started by', value: `${triggerWords[run.trigger]}, ${run.submittedBy.name}`, at: null },
    { name: 'Rules go by', value: null, at: when(zone, run.asOf) },
    { name: 'Business date', value: run.businessDate, at: null },
    { name: 'Planned for', value: null, at: when(zone, run.scheduledAt) },
    { name: 'Submitted', value: null, at: when(zone, submittedAt) },
    { name: 'Started', value: null, at: when(zone, startedAt) },
    { name: 'Ended', value: null, at: when(zone, endedAt) },
    { name: 'Duration', value: ran === null ? null : duration(ran), at: null },
    { name: 'Waited', value: waited === null || waited < 1000 ? null : duration(waited), at: null },
  ].filter(({ value, at }) => value !== null || at !== null);
}

/** Zero in this run, the last and usually: named below the table, not in it. */
const notEmpty = ({ now, previous, median }: CounterRow): boolean =>
  now !== 0 || (previous ?? 0) !== 0 || (median ?? 0) !== 0;

function counterRow({ label, now, previous, median, text }: CounterRow) {
  const difference = previous === null ? null : now - previous;
  return {
    label,
    now: text(now),
    previous: previous === null ? '-' : text(previous),
    median: median === null ? '-' : text(median),
    difference:
      difference === null ? '-' : difference === 0 ? '=' : `${difference > 0 ? '+' : '−'}${text(Math.abs(difference))}`,
  };
}

function letterRow(run: StoredRun, code: string, states: Partial<Record<LetterState, number>>) {
  const counted = (Object.entries(states) as [LetterState, number][]).map(([state, times]) => ({
    badge: { ...letterBadges[state], text: `${letterBadges[state].text} ${count(times)}` },
    href: `/letters/sent?run=${run.processId}&code=${code}&state=${state}`,
  }));
  return { code, name: letterNames[code] ?? code, counted };
}

/** The settings this run worked by, and how they differ from the ones before. */
function parameterRows({ parameters }: StoredRun, { previous }: Report) {
  const changed = new Map(
    (previous === null ? [] : changesBetween(previous.parameters, parameters)).map((change) => [change.path, change]),
  );
  return Object.entries(parameters).map(([name, value]) => {
    const before = changed.get(name);
    return { name: spelledOut(name), value: shown(value), before: before === undefined ? null : shown(before.before) };
  });
}

/** Where it came from, and what came of it. */
async function relatedRuns({ models }: ApiContext, run: StoredRun): Promise<StoredRun[]> {
  const { institutionId, _id: parentRunId } = run;
  const [parent, children] = await Promise.all([
    run.parentRunId === null ? null : models.Run.findOne({ institutionId, _id: run.parentRunId }).lean(),
    models.Run.find({ institutionId, parentRunId }).sort({ submittedAt: 1 }).limit(20).lean(),
  ]);
  return [...(parent === null ? [] : [parent]), ...children];
}

function engineLink({ temporalUiUrl, temporalNamespace }: ApiContext, { workflowId }: StoredRun): string | null {
  if (temporalUiUrl === null) return null;
  const base = temporalUiUrl.replace(/\/$/, '');
  return `${base}/namespaces/${encodeURIComponent(temporalNamespace)}/workflows/${encodeURIComponent(workflowId)}`;
}
