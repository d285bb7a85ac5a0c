/** What a person does to a run: stop it, let it go on, do it again. Each is asked for a confirmation first (platform.md 6 and 8). */
import { Router, type Request } from 'express';
import type { StoredRun } from '../../models/run.js';
import { authorOf, type Author } from '../changes.js';
import type { ApiContext } from '../context.js';
import { count } from '../format.js';
import { onceAsTyped } from '../idempotency.js';
import { Refusal } from '../refusal.js';
import { runOf, stepsOf, type Steps } from '../runs.js';
import { abort, approve, repeat } from '../starts.js';
import { forbidden, viewerOf, type Viewer } from '../viewer.js';
import { statusBadge, statusWords } from '../words.js';
import { formOf, oneTimeValue } from './form.js';
import { withProblems } from './job-forms.js';
import type { Present } from './present.js';

const REASON_LENGTH = 500;

interface Step {
  path: string;
  allowed: keyof Steps;
  heading: string;
  button: string;
  danger: boolean;
  reasonNeeded: boolean;
  /** What will happen, in a sentence or two. */
  says: (run: StoredRun) => string;
  take: (context: ApiContext, viewer: Viewer, run: StoredRun, reason: string, author: Author) => Promise<StoredRun>;
  done: string;
}

const steps: readonly Step[] = [
  {
    path: 'abort', allowed: 'abort', heading: 'Abort', button: 'Abort this run', danger: true, reasonNeeded: true, done: 'aborting', take: abort,
    says: () => 'It ends after the records it has in hand. What it has done stays done, and its letters go out. It can be re-run later: what is done is not done twice.',
  },
  {
    path: 'approve', allowed: 'approve', heading: 'Approve', button: 'Let it go on', danger: false, reasonNeeded: true, done: 'started',
    take: (context, viewer, run, _reason, author) => approve(context, viewer, run, author),
    says: () => 'The run stopped before its first effect because it selected far more records than usual. It counts again and then does its work.',
  },
  {
    path: 'rerun', allowed: 'rerun', heading: 'Re-run', button: 'Run it again', danger: false, reasonNeeded: false, done: 'started',
    take: (context, viewer, run, _reason, author) => repeat(context, viewer, run, 'rerun', author),
    says: () => 'The job runs once more with the parameters it has today. What this run did already is not done twice.',
  },
  {
    path: 'retry-failed', allowed: 'retryFailed', heading: 'Retry failed', button: 'Retry the failed records', danger: false, reasonNeeded: false, done: 'started',
    take: (context, viewer, run, _reason, author) => repeat(context, viewer, run, 'retryFailed', author),
    says: ({ resolution }) => `Takes up the ${count(resolution.open)} record(s) that failed and are not resolved yet, and decides about each of them anew.`,
  },
];

export function runSteps(context: ApiContext, { present }: Present): Router {
  const router = Router();

  for (const step of steps) {
    const show = (run: StoredRun, reason: string, error: string | null) => ({
      title: `${step.heading}: ${run.name}, process ${run.processId}`, section: null, run: `/runs/${run.processId}`, action: `/runs/${run.processId}/${step.path}`,
      badge: statusBadge(run), heading: step.heading, button: step.button, danger: step.danger, reasonNeeded: step.reasonNeeded, says: step.says(run),
      once: oneTimeValue(), reason, reasonError: error, ...withProblems(error === null ? [] : [{ field: 'reason', message: error }]),
    });

    router.get(`/runs/:run/${step.path}`, async (request: Request<{ run: string }>, response) => {
      const run = await runFor(context, request, step);
      present(request, response, 'run-step', show(run, '', null));
    });

    router.post(`/runs/:run/${step.path}`, async (request: Request<{ run: string }>, response) => {
      const viewer = viewerOf(request);
      const form = formOf(request);
      const run = await runOf(context, viewer, request.params.run);
      const reason = form.text('reason');
      const error = reasonProblem(step, reason);
      if (error !== null) return present(request, response, 'run-step', show(run, reason, error), 422);
      const asked = { institutionId: viewer.institution.code, actorId: viewer.actor.id, route: request.path, key: form.text('once'), body: reason };
      const { answer } = await onceAsTyped(context, asked, async () => {
        await runFor(context, request, step);
        const after = await step.take(context, viewer, run, reason, authorOf(viewer, request.id, reason === '' ? null : reason));
        return { processId: after.processId };
      });
      response.redirect(303, `/runs/${answer.processId}?done=${step.done}`);
    });
  }
  return router;
}

function reasonProblem({ reasonNeeded }: Step, reason: string): string | null {
  if (reasonNeeded && reason === '') return 'Say why, in a few words: it is kept on record';
  return reason.length > REASON_LENGTH ? `The reason has ${reason.length} characters; at most ${REASON_LENGTH} are kept` : null;
}

async function runFor(context: ApiContext, request: Request<{ run: string }>, { allowed, heading }: Step): Promise<StoredRun> {
  const viewer = viewerOf(request);
  const run = await runOf(context, viewer, request.params.run);
  if (stepsOf(viewer, run)[allowed]) return run;
  if (allowed === 'abort' && run.endedAt !== null) throw new Refusal('already-final', `Process ${run.processId} has ended (${statusWords(run.status)}).`);
  if (allowed === 'retryFailed' && run.resolution.open === 0) throw new Refusal('not-retryable', `Process ${run.processId} has no failed record that is still open.`);
  throw forbidden(heading);
}
