/** Record history: what did the jobs do with this record? Its events and letters, newest first (platform.md 8). */
import { Router } from 'express';
import { recordTypes } from '../../catalogue/definition.js';
import { may, mayIn } from '../../domain/permissions.js';
import type { NoticeState } from '../../models/loan.js';
import type { ApiContext } from '../context.js';
import { readableEvent } from '../events.js';
import { feeNames } from '../fee-names.js';
import { briefly } from '../format.js';
import { Refusal } from '../refusal.js';
import { scheduledJobsOf } from '../scheduled-jobs.js';
import { demandIn, demandJobs, viewerOf, type Viewer } from '../viewer.js';
import { letterBadges, letterNames, spelledOut, type Badge } from '../words.js';
import type { Present } from './present.js';

/** The newest of each kind; a record that jobs touched more often is rare. */
const MOST = 200;
/** What became of a notice: several of a patron's loans make one letter, and a later stage takes the place of an earlier one. */
const noticeBadges: Readonly<Record<NoticeState, Badge>> = {
  DECIDED: { text: 'Decided', tone: 'waiting', icon: 'clock' },
  LETTER_PENDING: { text: 'Letter to be written', tone: 'waiting', icon: 'clock' },
  LETTERED: { text: 'In a letter', tone: 'good', icon: 'check' },
  NO_LETTER: { text: 'Without a letter', tone: 'quiet', icon: 'skip' },
  SUPERSEDED: { text: 'A later notice took its place', tone: 'quiet', icon: 'skip' },
  CANCELLED: { text: 'Cancelled', tone: 'quiet', icon: 'stop' },
};
const severityTones = { ERROR: 'bad', WARNING: 'warning', INFO: 'quiet' } as const;

interface Entry {
  at: Date;
  what: string;
  message: string;
  badge: Badge;
  href: string | null;
  runId: string | null;
}

export function recordPage(context: ApiContext, { present }: Present): Router {
  const router = Router();
  const { models, now } = context;

  router.get('/records/:type/:id/jobs', async (request, response) => {
    const viewer = viewerOf(request);
    const { type, id } = request.params;
    const institutionId = viewer.institution.code;
    const [ofLoan, ofUser] = [type === 'loan', type === 'user'];
    const ofJobs = recordTypes.some((each) => each === type);
    demandJobs(viewer);
    if (ofJobs) demandIn(viewer, 'FULFILLMENT', 'VIEW', `${type} ${id}`);
    if (!/^[0-9a-f]{24}$/.test(id)) throw new Refusal('not-found', `There is no record ${id}.`);
    const [events, notices, letters, loan, user, another, explainers] = await Promise.all([
      models.RunEvent.find({ institutionId, recordType: type, recordId: id }).sort({ at: -1 }).limit(MOST).lean(),
      ofLoan ? models.LoanNotice.find({ institutionId, loanId: id }).sort({ dueCycle: -1 }).limit(MOST).lean() : [],
      ofUser
        ? models.Letter.find({ institutionId, 'recipient.id': id }, { data: 0 }).sort({ createdAt: -1, _id: -1 }).limit(MOST).lean()
        : models.Letter.find({ institutionId, 'causes.recordId': id }, { data: 0 }).sort({ _id: -1 }).limit(MOST).lean(),
      ofLoan ? models.Loan.findOne({ institutionId, _id: id }, { barcode: 1, title: 1 }).lean() : null,
      ofUser ? models.User.findOne({ institutionId, _id: id }, { primaryId: 1, userGroup: 1 }).lean() : null,
      anotherOf(context, viewer, type, id),
      explainersFor(context, viewer, type, id),
    ]);
    // A record that was purged keeps its history; one that no job knew either is somebody else's, or nobody's.
    if (ofJobs && loan === null && user === null && another === null && events.length + notices.length + letters.length === 0)
      throw new Refusal('not-found', `There is no ${type} ${id}.`);
    const known = may(viewer.grants, 'PATRON_DATA') ? user : null;
    const entries: Entry[] = [
      ...events
        .map((event) => readableEvent(viewer.grants, event))
        .map(({ at, code, message, severity, runId }) => ({
          at,
          what: spelledOut(code),
          message,
          badge: {
            text: spelledOut(severity),
            tone: severityTones[severity],
            icon: severity === 'INFO' ? 'help' : 'warning',
          },
          href: null,
          runId,
        })),
      ...notices.map(({ decidedAt, kind, state, runId }) => ({
        at: decidedAt,
        what: spelledOut(kind),
        message: 'Notice',
        badge: noticeBadges[state],
        href: null,
        runId,
      })),
      ...letters.map(({ _id, createdAt, letterCode, state, runId }) => ({
        at: createdAt,
        what: letterNames[letterCode] ?? letterCode,
        message: 'Letter',
        badge: letterBadges[state],
        href: `/letters/sent/${_id}`,
        runId,
      })),
    ];
    const runs = await models.Run.find(
      { institutionId, _id: { $in: entries.flatMap(({ runId }) => runId ?? []) } },
      { processId: 1, name: 1, category: 1 },
    ).lean();
    const visible = new Map(
      runs.filter(({ category }) => mayIn(viewer.grants, category, 'VIEW')).map((run) => [run._id, run]),
    );

    present(request, response, 'record-jobs', {
      title: `What the jobs did with ${titleOf(type, loan?.barcode ?? known?.primaryId ?? another?.label)}`,
      section: null,
      about: loan?.title ?? known?.userGroup ?? another?.about ?? (ofUser && known === null ? '' : id),
      explainers,
      rows: entries
        .filter(({ runId }) => (runId === null ? may(viewer.grants, 'LETTERS') : visible.has(runId)))
        .sort((one, other) => other.at.getTime() - one.at.getTime())
        .map(({ at, what, message, badge, href, runId }) => {
          const run = runId === null ? undefined : visible.get(runId);
          return {
            at: briefly(viewer.zone, at, now()),
            what,
            message,
            badge,
            href,
            run:
              run === undefined
                ? null
                : { href: `/runs/${run.processId}`, text: `${run.name}, process ${run.processId}` },
          };
        }),
    });
  });
  return router;
}

/** What staff know a record by that is neither a loan nor a user, and what it is about. */
async function anotherOf(context: ApiContext, viewer: Viewer, type: string, _id: string): Promise<{ label: string; about: string } | null> {
  const { models } = context;
  const own = { institutionId: viewer.institution.code, _id };
  switch (type) {
    case 'block':
      return models.UserBlock.findOne(own, { code: 1, description: 1 }).lean().then((block) => block && { label: block.code, about: block.description });
    case 'fee':
      return Promise.all([models.Fee.findOne(own, { type: 1, title: 1 }).lean(), feeNames(context, viewer)]).then(([fee, names]) => fee && { label: names.of(fee), about: fee.title ?? '' });
    case 'request':
      return models.Request.findOne(own, { requestType: 1, title: 1 }).lean().then((request) => request && { label: spelledOut(request.requestType).toLowerCase(), about: request.title ?? '' });
    case 'borrowingRequest':
      return models.BorrowingRequest.findOne(own, { externalId: 1, status: 1 }).lean().then((request) => request && { label: request.externalId, about: spelledOut(request.status) });
    default:
      return null;
  }
}

function titleOf(type: string, known: string | undefined): string {
  return known === undefined ? `this ${spelledOut(type).toLowerCase()}` : `${type} ${known}`;
}

/** The jobs that can be asked why they did what they did with the record, or left it alone. */
async function explainersFor(
  context: ApiContext,
  viewer: Viewer,
  recordType: string,
  recordId: string,
): Promise<{ href: string; name: string }[]> {
  if (!mayIn(viewer.grants, 'FULFILLMENT', 'RUN')) return [];
  const listed = await scheduledJobsOf(context, viewer, {
    categories: ['FULFILLMENT'],
    name: '',
    active: null,
    mine: null,
    withinHours: null,
    includeUnscheduled: true,
  });
  return listed
    .filter(({ definition }) => definition.available && (definition.explains === recordType || definition.alsoExplains.some((type) => type === recordType)))
    .map(({ job, definition }) => ({ href: `/scheduled-jobs/${job._id}/explain?record=${definition.explains === recordType ? '' : `${recordType}:`}${recordId}`, name: job.name }));
}
