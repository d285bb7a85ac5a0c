/**
 * The dispatcher of one institution (design.md 3; engine.md 2.10): its decisions are domain/dispatcher.ts, this is its ears
 * and its voice.
 *
 * It ends at a look that finds nobody in and nobody waiting, and the next ask starts it anew: so changed code reaches every
 * institution within a quiet five minutes, and an institution asleep costs nothing.
 */
import { ApplicationFailure } from '@temporalio/common';
import {
  condition,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  workflowInfo,
  type ExternalWorkflowHandle,
} from '@temporalio/workflow';
import type { DispatcherActivities, KnownRun } from '../activities/dispatcher.js';
import { dispatch, type Command, type DispatcherEvent } from '../domain/dispatcher.js';
import { MINUTE, nothingKnown, type DispatcherState, type TurnAsk } from '../domain/dispatcher/state.js';

export interface DispatcherInput {
  institutionId: string;
  lookEveryMs?: number;
  /** From the history before. */
  carried?: { state: DispatcherState; nextLookAt: number; inbox: DispatcherEvent[] };
}

const { lookAtRuns } = proxyActivities<DispatcherActivities>({ taskQueue: 'system', startToCloseTimeout: '5 minutes', heartbeatTimeout: '15 seconds' });
const { recordDecisions } = proxyActivities<DispatcherActivities>({ taskQueue: 'system', startToCloseTimeout: '30 seconds' });

const askSignal = defineSignal<[TurnAsk]>('ask');
const doneSignal = defineSignal<[{ runId: string }]>('done');
const releaseSignal = defineSignal<[{ runId: string }]>('release');
/** Holds or capacity were changed: look now. */
const lookSignal = defineSignal('look');
const turnSignal = defineSignal('turn');
const refusedSignal = defineSignal<[{ skipReason: string }]>('refused');

/** The engine's time of the task at work: the same in every replay. */
const clock = (): number => Date.now();

export async function dispatcher({ institutionId, lookEveryMs = 5 * MINUTE, carried }: DispatcherInput): Promise<void> {
  const inbox = carried?.inbox ?? [];
  let state = carried?.state ?? nothingKnown;
  let nextLookAt = carried?.nextLookAt ?? 0; // at once: nobody is let in before the store was read
  setHandler(askSignal, (ask) => void inbox.push({ kind: 'ASK', ask }));
  setHandler(doneSignal, ({ runId }) => void inbox.push({ kind: 'DONE', runId }));
  setHandler(releaseSignal, ({ runId }) => void inbox.push({ kind: 'RELEASE', runId }));
  setHandler(lookSignal, () => void (nextLookAt = 0));

  for (;;) {
    const isLook = clock() >= nextLookAt;
    if (isLook) {
      nextLookAt = clock() + lookEveryMs;
      const { settings, open, gone } = await lookAtRuns(institutionId, knownTo(state));
      // Before what was said during the look: a run that it saw may have left since.
      inbox.unshift({ kind: 'LOOK', settings, open }, { kind: 'GONE', runIds: gone });
    }
    const commands: Command[] = [];
    for (const event of inbox.splice(0)) {
      const dispatched = dispatch(state, event, clock());
      state = dispatched.state;
      commands.push(...dispatched.commands);
    }
    inbox.push(...(await obey(institutionId, commands)));

    const isIdle = state.inside.length === 0 && state.waiting.length === 0;
    if (isLook && isIdle && inbox.length === 0) return;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof dispatcher>({ institutionId, lookEveryMs, carried: { state, nextLookAt, inbox } });
    }
    const isQuiet = () => inbox.length === 0 && clock() < nextLookAt;
    if (isQuiet()) await condition(() => !isQuiet(), nextLookAt - clock());
  }
}

/** Everybody once: a run that wants its locks and capacity again both has a place and waits. */
function knownTo({ inside, waiting }: DispatcherState): KnownRun[] {
  const known = new Map(inside.map(({ ask: { runId, workflowId } }) => [runId, { runId, workflowId, waits: false }]));
  for (const { ask } of waiting) known.set(ask.runId, { runId: ask.runId, workflowId: ask.workflowId, waits: true });
  return [...known.values()];
}

/** Gives the turns, has the store written, then tells the refused; answers with what the dispatcher must hear of it. */
async function obey(institutionId: string, commands: Command[]): Promise<DispatcherEvent[]> {
  const grants = commands.filter((command) => command.kind === 'GRANT');
  const refused = commands.filter((command) => command.kind === 'REFUSE');
  const toRecord = commands.filter((command) => command.kind !== 'GRANT' || command.wentAhead.length > 0);

  const [reached] = await Promise.all([
    Promise.all(grants.map(({ workflowId }) => reaches(workflowId, (run) => run.signal(turnSignal)))),
    toRecord.length > 0 ? recordDecisions(institutionId, toRecord) : undefined,
  ]);
  // Only now: a refused run closes without a word, since its record says why.
  await Promise.all(
    refused.map(({ ask, refusal: { skipReason } }) =>
      reaches(ask.workflowId, (run) => run.signal(refusedSignal, { skipReason })),
    ),
  );
  const gone = grants.filter((_, index) => !reached[index]).map(({ runId }) => runId);
  return gone.length > 0 ? [{ kind: 'GONE', runIds: gone }] : [];
}

/** Signals a run's workflow; false when it does not exist any more. */
async function reaches(workflowId: string, signal: (run: ExternalWorkflowHandle) => Promise<void>): Promise<boolean> {
  try {
    await signal(getExternalWorkflowHandle(workflowId));
    return true;
  } catch (error) {
    if (error instanceof ApplicationFailure && error.type === 'ExternalWorkflowExecutionNotFound') return false;
    throw error;
  }
}
