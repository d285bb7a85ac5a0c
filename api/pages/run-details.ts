/** What lies behind a report: the events of a run, and what a preview would have done (platform.md 8). */
import { Router } from 'express';
import { may } from '../../domain/permissions.js';
import { severities } from '../../domain/run.js';
import type { RunEvent, StoredRun } from '../../models/run.js';
import type { ApiContext } from '../context.js';
import { sendCsv } from '../csv.js';
import { eventsOf, readableProposal, readableValues, type EventFilter } from '../events.js';
import { count, toTheSecond } from '../format.js';
import { Refusal } from '../refusal.js';
import { runOf } from '../runs.js';
import { viewerOf, type Viewer } from '../viewer.js';
import { spelledOut, statusBadge, type Badge } from '../words.js';
import type { Present } from './present.js';
import { options, Query } from './query.js';
import { shown } from './scheduled-job.js';

const A_PAGE = 100;
const MOST_PROPOSALS = 1_000;

const severityBadges: Readonly<Record<RunEvent['severity'], Badge>> = {
  ERROR: { text: 'Error', tone: 'bad', icon: 'cross' },
  WARNING: { text: 'Warning', tone: 'warning', icon: 'warning' },
  INFO: { text: 'Information', tone: 'quiet', icon: 'help' },
};

export function runDetails(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models } = context;

  router.get('/runs/:run/events', async (request, response) => {
    const viewer = viewerOf(request);
    const run = await runOf(context, viewer, request.params.run);
    const query = Query.of(request);
    const path = `/runs/${run.processId}/events`;
    const cursor = query.text('cursor');
    const { items, next } = await eventsOf(context, viewer.grants, run, filterOf(query), { limit: A_PAGE, cursor: cursor === '' ? null : cursor });
    present(request, response, 'run-events', {
      ...about(run, 'Events'),
      path,
      severities: options({ ERROR: 'Errors', WARNING: 'Warnings', INFO: 'Information' }, query.among('severity', severities)),
      codes: options(Object.fromEntries(Object.keys(run.problems.byCode).map((code) => [code, spelledOut(code)])), [query.text('code')]),
      record: query.text('record'),
      truncated: run.problems.eventsTruncated,
      csv: query.with(`${path}.csv`, { cursor: null }),
      rows: items.map((event) => eventRow(event, viewer)),
      first: cursor === '' ? null : query.with(path, { cursor: null }),
      next: next === null ? null : query.with(path, { cursor: next }),
    });
  });

  router.get('/runs/:run/events.csv', async (request, response) => {
    const viewer = viewerOf(request);
    const run = await runOf(context, viewer, request.params.run);
    const filter = filterOf(Query.of(request));
    async function* rows() {
      for (let cursor: string | null = null, done = false; !done; ) {
        const page = await eventsOf(context, viewer.grants, run, filter, { limit: 1_000, cursor });
        for (const event of page.items) {
          const { seq, at, severity, code, recordType, recordId, recordLabel, message, attempts, resolvedInRunId } = event;
          yield [seq, at, severity, code, recordType, recordId, recordLabel, message, attempts, resolvedInRunId];
        }
        cursor = page.next;
        done = page.next === null;
      }
    }
    const head = ['Number', 'At', 'Severity', 'Code', 'Record type', 'Record id', 'Record', 'Message', 'Attempts', 'Resolved in run'];
    await sendCsv(response, `events-${run.processId}`, head, rows());
  });

  router.get('/runs/:run/proposals', async (request, response) => {
    const viewer = viewerOf(request);
    const run = await runOf(context, viewer, request.params.run);
    if (run.trigger !== 'DRY_RUN') throw new Refusal('not-found', `Process ${run.processId} was no preview: its report tells what it did.`);
    const batches = await models.RunBatch.find({ institutionId: run.institutionId, runId: run._id }, { proposals: 1, batchNo: 1 }).sort({ batchNo: 1 }).lean();
    const proposals = batches.flatMap((batch) => batch.proposals);
    const [letters, actions] = [proposals.filter(({ recordType }) => recordType === 'letter'), proposals.filter(({ recordType }) => recordType !== 'letter')];
    present(request, response, 'run-proposals', {
      ...about(run, 'What it would do'),
      total: count(actions.length),
      most: actions.length >= MOST_PROPOSALS ? count(MOST_PROPOSALS) : null,
      mayRead: may(viewer.grants, 'PATRON_DATA'),
      letters: letters.map(({ recordLabel, action, details }, index) => ({
        label: recordLabel, action, subject: shown(details['subject']), text: shown(details['text']), href: `/runs/${run.processId}/proposals/letters/${index}`,
      })),
      rows: actions.slice(0, MOST_PROPOSALS).map((proposal) => {
        const { recordType, recordId, recordLabel, action, details } = readableProposal(viewer.grants, proposal);
        return {
          record: { type: spelledOut(recordType), label: recordLabel, href: recordHref(recordType, recordId) },
          action: spelledOut(action),
          details: Object.entries(details).filter(([, value]) => telling(value)).map(([name, value]) => ({ name: spelledOut(name), value: shown(value) })),
        };
      }),
    });
  });

  return router;
}

const telling = (value: unknown): boolean => value !== null && value !== 0 && value !== '' && !(Array.isArray(value) && value.length === 0);

const about = (run: StoredRun, heading: string) => ({
  title: `${heading}: ${run.name}, process ${run.processId}`, section: null, run: `/runs/${run.processId}`, badge: statusBadge(run),
});

const filterOf = (query: Query): EventFilter => ({
  severities: query.among('severity', severities), code: query.text('code'), record: query.text('record'),
});

function eventRow(event: RunEvent, { zone, grants }: Viewer) {
  const { recordType, recordId, recordLabel, resolvedInRunId, params } = event;
  return {
    at: toTheSecond(zone, event.at),
    badge: severityBadges[event.severity],
    code: event.code,
    words: spelledOut(event.code),
    message: event.message,
    params: Object.entries(readableValues(grants, params)).map(([name, value]) => ({ name, value: shown(value) })),
    record: recordId === null || recordType === null ? null : { type: spelledOut(recordType), label: recordLabel ?? recordId, href: recordHref(recordType, recordId) },
    attempts: event.attempts > 1 ? `${event.attempts} attempts` : null,
    resolved: resolvedInRunId === null ? null : { href: `/runs/${resolvedInRunId}` },
    mayRepeat: event.retryable && resolvedInRunId === null,
  };
}

/** Records have a page of what the jobs did with them; a letter has its own. Null for a masked id. */
export function recordHref(recordType: string, recordId: string): string | null {
  if (!/^[0-9a-f]{24}$/.test(recordId)) return null;
  return recordType === 'letter' ? `/letters/sent/${recordId}` : `/records/${recordType}/${recordId}/jobs`;
}

