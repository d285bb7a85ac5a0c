/** The life of every run, in two plain functions (design.md 3). */
import {
  CancellationScope,
  condition,
  continueAsNew,
  ContinueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  rootCause,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import type { RunActivities } from '../activities/runs.js';
import type { Closed, Leaving } from '../activities/runs/close.js';
import { searchAttributes } from '../config/search-attributes.js';
import type { Page, Run, RunInput, RunRef } from '../domain/run.js';

/** A page takes seconds; a slow partner or file server may stretch it to minutes. A killed worker is missed after 15 s. */
export const perPage = {
  startToCloseTimeout: 10 * 60_000,
  heartbeatTimeout: 15_000,
  retry: { initialInterval: 1_000, maximumInterval: 60_000 },
  // Not the SDK's default, whatever its documentation says: the totals of an aborted run hold the page that was at work.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
} as const;

/** A few queries and writes. */
const perQuery = { startToCloseTimeout: 30_000, retry: { initialInterval: 1_000, maximumInterval: 30_000 } } as const;
/** A run looks at its letters for at most half an hour. */
const perLetters = { startToCloseTimeout: 35 * 60_000, heartbeatTimeout: 15_000 } as const;

/** A person has so long to approve a run that the guard stopped (platform.md 6.6). */
const GUARD_MS = 72 * 60 * 60 * 1000;

const { openRun, askAgain, beginRun, startWork, closeRun } = proxyActivities<RunActivities>(perQuery);
const { resendLetters } = proxyActivities<RunActivities>(perPage);
const { awaitLetters } = proxyActivities<RunActivities>(perLetters);

const turnSignal = defineSignal('turn');
const refusedSignal = defineSignal('refused');
const approvedSignal = defineSignal('approved');
const doneSignal = defineSignal<[{ runId: string }]>('done');
const releaseSignal = defineSignal<[{ runId: string }]>('release');

/**
 * Opens the run, waits for its turn, does its steps, closes it, and tells the dispatcher whatever happened.
 *
 * `count` says how many records the job selects; the guard and the progress bar go by it.
 */
export async function inRun(
  input: RunInput,
  count: (run: Run) => Promise<number>,
  steps: (run: Run) => Promise<void>,
): Promise<void> {
  const answers = { turn: false, refused: false, approved: false };
  setHandler(turnSignal, () => void (answers.turn = true));
  setHandler(refusedSignal, () => void (answers.refused = true));
  setHandler(approvedSignal, () => void (answers.approved = true));

  const opening = { ...input, workflowId: workflowInfo().workflowId, firedAt: firedAt(input) };
  // An abort that comes before the run is open would leave a record that nobody closes.
  const ref = input.leg ?? (await CancellationScope.nonCancellable(() => openRun(opening)));
  if (ref === null) return;
  let goesOn = false;
  try {
    const run = input.leg ?? (await initialized(ref, answers, count));
    if (run === null) return;
    if (!(await withinTime(run, () => allSteps(input, run, steps)))) return;
    if (!run.preview) {
      await releasePlaces(run);
      await awaitLetters(run);
    }
    tell(await closeRun(run, { how: 'ENDED', failure: null }));
  } catch (error) {
    goesOn = error instanceof ContinueAsNew; // not an ending: the next leg goes on
    if (goesOn) throw error;
    await CancellationScope.nonCancellable(async () => tell(await closeRun(ref, leavingWith(error))));
    throw failing(error);
  } finally {
    if (!goesOn) await CancellationScope.nonCancellable(() => toDispatcher(ref, doneSignal));
  }
}

/** The job's own steps; a retry also takes up the letters that failed. */
async function allSteps(input: RunInput, run: Run, steps: (run: Run) => Promise<void>): Promise<void> {
  await steps(run);
  if (run.scoped) await everyPage(input, run, 'failed letters', resendLetters);
}

/** Does the steps against the job's time limit; false when that closed the run. */
async function withinTime(run: Run, steps: () => Promise<void>): Promise<boolean> {
  const left = Date.parse(run.endsBy) - Date.now();
  try {
    await CancellationScope.withTimeout(Math.max(left, 1), steps);
    return true;
  } catch (error) {
    if (!isCancellation(error) || Date.now() < Date.parse(run.endsBy)) throw error;
    await CancellationScope.nonCancellable(async () => tell(await closeRun(run, { how: 'TIME_LIMIT', failure: null })));
    return false;
  }
}

/** Repeats a step page by page; goes on in a fresh history when the server suggests it. */
export async function everyPage(
  input: RunInput,
  run: Run,
  step: string,
  page: (run: Run) => Promise<Page>,
): Promise<void> {
  if (run.stepsDone.includes(step)) return; // finished in an earlier leg
  do {
    const { next, batchNo, done } = await page(run);
    Object.assign(run, { cursor: next, batchNo, done });
    if (next === null) run.stepsDone.push(step);
    // The next leg would not know of an abort: a run that is to stop does so at its next page.
    else if (workflowInfo().continueAsNewSuggested && !CancellationScope.current().consideredCancelled) await continueAsNew({ ...input, leg: run });
  } while (run.cursor !== null);
}

interface Answers {
  turn: boolean;
  refused: boolean;
  approved: boolean;
}

/** The run with its turn, its moment and, where the guard stopped it, its approval; null when it may not work. */
async function initialized(ref: RunRef, answers: Answers, count: (run: Run) => Promise<number>): Promise<Run | null> {
  await condition(() => answers.turn || answers.refused);
  if (answers.refused) return null; // the dispatcher recorded why
  const run = await beginRun(ref);
  if (run === null) return null;
  showInEngine(run);
  if (!(await startWork(run, await count(run), false))) return run;

  const stoppedAt = Date.now();
  await releasePlaces(run);
  if (!(await condition(() => answers.approved, GUARD_MS))) {
    tell(await closeRun(run, { how: 'GUARD_TIMEOUT', failure: null }));
    return null;
  }
  answers.turn = false;
  await askAgain(ref);
  await condition(() => answers.turn || answers.refused);
  if (answers.refused) return null;
  // The time in which a person thinks is none of the job's.
  run.endsBy = new Date(Date.parse(run.endsBy) + Date.now() - stoppedAt).toISOString();
  await startWork(run, await count(run), true);
  return run;
}

/** In the engine's pages the run links to its report and can be found by its moment. */
function showInEngine({ pageUrl, asOf }: Run): void {
  setCurrentDetails(`[The report of this run](${pageUrl})`);
  upsertSearchAttributes([
    { key: searchAttributes.asOf, value: new Date(asOf) },
    { key: searchAttributes.runStatus, value: 'RUNNING' },
  ]);
}

/** How the run ended, for the engine's lists. */
function tell(closed: Closed | null): void {
  if (closed === null) return;
  upsertSearchAttributes([
    { key: searchAttributes.runStatus, value: closed.status },
    { key: searchAttributes.errorCount, value: closed.errors },
  ]);
}

/** Nominal instant of the firing: told by the schedule, or by the check that starts what the engine lost. */
function firedAt(input: RunInput): string | null {
  const nominal = workflowInfo().searchAttributes.TemporalScheduledStartTime?.[0];
  return input.nominalAt ?? (nominal instanceof Date ? nominal.toISOString() : null);
}

/** Locks and capacity go back to the dispatcher; the job's own slot stays until the run is done. */
const releasePlaces = (ref: RunRef) => toDispatcher(ref, releaseSignal);

async function toDispatcher(ref: RunRef, signal: typeof doneSignal): Promise<void> {
  try {
    await getExternalWorkflowHandle(`dispatcher-${ref.institutionId}`).signal(signal, { runId: ref.runId });
  } catch (error) {
    // A dispatcher that is gone holds no place.
    if (!(error instanceof ApplicationFailure) || error.type !== 'ExternalWorkflowExecutionNotFound') throw error;
  }
}

function leavingWith(error: unknown): Leaving {
  if (isCancellation(error)) return { how: 'CANCELLED', failure: null };
  const type = error instanceof TemporalFailure && error.cause instanceof ApplicationFailure ? error.cause.type : null;
  return { how: 'FAILED', failure: { code: type ?? 'FAILED', message: rootCause(error) ?? String(error) } };
}

/** A plain error would only fail the workflow task and be tried for ever; the run has failed, so its workflow fails. */
function failing(error: unknown): Error {
  if (error instanceof TemporalFailure) return error;
  return ApplicationFailure.nonRetryable(String(error), 'FAILED');
}
