/**
 * The dispatcher of one institution: who may run, and when.
 *
 * Specification: platform.md 6.1-6.7. A message comes in with the moment it is heard at; the new state and what to tell whom come
 * out. The workflow of the same name keeps the state, reads the clock and does the telling (design.md 3).
 *
 * A message that is heard twice changes nothing, and neither does one that comes after its run has left. The one exception is
 * the ask of a run that is in: it gets its turn again, since the first answer may have been lost with a terminated dispatcher.
 */
import type { Instant } from './days.js';
import { walk } from './dispatcher/gates.js';
import { heldBy, onHold, refusalOf } from './dispatcher/limits.js';
import { giveSlots, previousRun, rivalsOf, tooManyWait } from './dispatcher/slots.js';
import {
  called,
  type DispatcherState,
  type Refusal,
  type Settings,
  type Standing,
  type TurnAsk,
  type Waiter,
} from './dispatcher/state.js';

/** An open run as the store has it. */
export interface OpenRun {
  ask: TurnAsk;
  /** Released: it has its turn, but gave locks and capacity back. */
  phase: 'WAITING' | 'WORKING' | 'RELEASED';
}

export type DispatcherEvent =
  | { kind: 'ASK'; ask: TurnAsk }
  | { kind: 'DONE'; runId: string }
  /** Locks and capacity come back, the slot of its job the run keeps: stopped by the guard, or only waiting for its letters. */
  | { kind: 'RELEASE'; runId: string }
  /** These runs' workflows do not exist any more. */
  | { kind: 'GONE'; runIds: string[] }
  /** What a look at the store found: the settings, and open runs that live. Between looks nobody tells the time. */
  | { kind: 'LOOK'; settings: Settings; open: OpenRun[] };

export type Command =
  /** `wentAhead`: the jobs it should have followed and waited for in vain (6.3). */
  | { kind: 'GRANT'; runId: string; workflowId: string; wentAhead: string[] }
  | { kind: 'REFUSE'; ask: TurnAsk; refusal: Refusal }
  /** `resumed`: it waits for the second time, after the guard. */
  | { kind: 'SHOW'; runId: string; resumed: boolean; standing: Standing }
  /** To end FAILED with WORKFLOW_LOST, unless it ended properly meanwhile. */
  | { kind: 'LOST'; runId: string };

export interface Dispatched {
  state: DispatcherState;
  commands: Command[];
}

/** Enough for messages that overtake one another; what comes later still, the next look puts right. */
const REMEMBERED = 200;

export function dispatch(before: DispatcherState, event: DispatcherEvent, now: Instant): Dispatched {
  const heard = hear(before, event, now);
  const kept = turnAway(heard.state, now);
  const settled = letIn(giveSlots(kept.state, now), now);
  return { state: settled.state, commands: [...heard.commands, ...kept.commands, ...settled.commands] };
}

function hear(state: DispatcherState, event: DispatcherEvent, now: Instant): Dispatched {
  switch (event.kind) {
    case 'ASK':
      return hearAsk(state, event.ask, now);
    case 'DONE':
      return { state: left(state, [event.runId]), commands: [] };
    case 'RELEASE':
      return { state: released(state, event.runId), commands: [] };
    case 'GONE':
      return { state: left(state, event.runIds), commands: event.runIds.map((runId) => ({ kind: 'LOST', runId })) };
    case 'LOOK':
      return adopt({ ...state, ...event.settings }, event.open, now);
  }
}

function hearAsk(state: DispatcherState, ask: TurnAsk, now: Instant): Dispatched {
  const nothing = { state, commands: [] };
  if (state.ended.includes(ask.runId) || state.waiting.some((waiter) => waiter.ask.runId === ask.runId)) return nothing;

  const place = state.inside.find((one) => one.ask.runId === ask.runId);
  if (place !== undefined && !place.released) return { state, commands: [grant(ask, [])] };
  if (ask.resumed) {
    // A dispatcher that was terminated may have forgotten the place; the job's slot is still the run's.
    const inside = place === undefined ? [...state.inside, { ask, released: true }] : state.inside;
    return { state: { ...state, inside, waiting: [...state.waiting, waiterOf(ask, now)] }, commands: [] };
  }
  if (place !== undefined) return nothing; // a late copy of its first ask

  const begun = { ...state, due: withoutBegun(state, ask) };
  if (tooManyWait(begun, ask)) return refuse(begun, ask, overlap('Enough runs of this job wait already', null));
  return join(begun, ask, now);
}

/** Lets a run wait; of the occurrences that wait behind their job's run, only the newest stays (6.1). */
function join(state: DispatcherState, ask: TurnAsk, now: Instant): Dispatched {
  const joined = { ...state, waiting: [...state.waiting, waiterOf(ask, null)] };
  const all = [...rivalsOf(state, ask), ask].toSorted((a, b) => (b.scheduledAt ?? 0) - (a.scheduledAt ?? 0));
  const [newest = ask, ...older] = all;
  let result: Dispatched = { state: joined, commands: [] };
  for (const one of older) {
    const held = heldBy(state.holds, one, now);
    const replaced = overlap(`${called(newest)} came before it could start`, newest.runId);
    const refused = refuse(result.state, one, held === null ? replaced : { skipReason: 'HELD', reason: onHold(held) });
    result = { state: refused.state, commands: [...result.commands, ...refused.commands] };
  }
  return result;
}

const overlap = (text: string, runId: string | null): Refusal => ({
  skipReason: 'OVERLAP',
  reason: { kind: 'PREVIOUS_RUN', text, runId },
});

/** An occurrence that has asked is not due any more. */
function withoutBegun({ due }: DispatcherState, { scheduledJobId, scheduledAt }: TurnAsk): Settings['due'] {
  if (scheduledAt === null) return due;
  return due.filter((next) => next.scheduledJobId !== scheduledJobId || next.at > scheduledAt);
}

/**
 * Takes over the open runs that are not known yet, those at work first; the others as if they asked in order of submission.
 *
 * Of a run that is known, only this is news: that it is at work although it seems to wait, which happens when the turn it got
 * was forgotten by a terminated dispatcher.
 */
function adopt(state: DispatcherState, open: OpenRun[], now: Instant): Dispatched {
  let result: Dispatched = { state, commands: [] };
  const isIn = (runId: string) => result.state.inside.some(({ ask }) => ask.runId === runId);
  const news = open.filter(({ ask }) => !state.ended.includes(ask.runId) && !isIn(ask.runId));

  for (const { ask, phase } of news.filter((run) => run.phase !== 'WAITING')) {
    const waiting = result.state.waiting.filter((waiter) => waiter.ask.runId !== ask.runId);
    const inside = [...result.state.inside, { ask, released: phase === 'RELEASED' }];
    result = { ...result, state: { ...result.state, waiting, inside } };
  }
  const waits = (runId: string) => result.state.waiting.some(({ ask }) => ask.runId === runId);
  const byCame = (a: OpenRun, b: OpenRun) => a.ask.submittedAt - b.ask.submittedAt || a.ask.processId - b.ask.processId;
  for (const { ask, phase } of news.toSorted(byCame)) {
    if (phase !== 'WAITING' || waits(ask.runId)) continue;
    const joined = join(giveSlots(result.state, now), ask, now);
    result = { state: joined.state, commands: [...result.commands, ...joined.commands] };
  }
  return result;
}

/** Refuses whoever waits in vain. */
function turnAway(state: DispatcherState, now: Instant): Dispatched {
  let result: Dispatched = { state, commands: [] };
  for (const { ask } of state.waiting) {
    const refusal = refusalOf(state.holds, ask, now);
    if (refusal === null) continue;
    const refused = refuse(result.state, ask, refusal);
    result = { state: refused.state, commands: [...result.commands, ...refused.commands] };
  }
  return result;
}

function letIn(state: DispatcherState, now: Instant): Dispatched {
  const { goes, standings, head } = walk(state, now);
  const going = new Set(goes.map(({ ask }) => ask.runId));
  const staying = state.waiting.filter(({ ask }) => !going.has(ask.runId));
  const inside = [
    ...state.inside.filter(({ ask }) => !going.has(ask.runId)),
    ...goes.map(({ ask }) => ({ ask, released: false })),
  ];
  const commands: Command[] = goes.map(({ ask, wentAhead }) => grant(ask, wentAhead));

  const waiting = staying.map((waiter) => {
    const { ask, headSince, shown } = waiter;
    const standing = standings.get(ask.runId) ?? behindItsJob(state, ask, now);
    if (!sameStanding(standing, shown)) commands.push({ kind: 'SHOW', runId: ask.runId, resumed: ask.resumed, standing });
    return { ...waiter, headSince: ask.runId === head ? (headSince ?? now) : headSince, shown: standing };
  });
  return { state: { ...state, inside, waiting }, commands };
}

/** Of a run without its job's slot. */
function behindItsJob(state: DispatcherState, ask: TurnAsk, now: Instant): Standing {
  const hold = heldBy(state.holds, ask, now);
  if (hold !== null) return { status: 'PENDING', reason: onHold(hold) };
  const previous = previousRun(state, ask);
  const text = `Waits for the previous run of this job${previous === null ? '' : ` (process ${previous.processId})`}`;
  return { status: 'QUEUED', reason: { kind: 'PREVIOUS_RUN', text, runId: previous?.runId ?? null } };
}

const sameStanding = (a: Standing, b: Standing | null): boolean =>
  b !== null && a.status === b.status && a.reason.kind === b.reason.kind && a.reason.text === b.reason.text;

/** `slotAt`: now for a run that has the slot of its job already. */
const waiterOf = (ask: TurnAsk, slotAt: Instant | null): Waiter => ({ ask, slotAt, headSince: null, shown: null });

const grant = ({ runId, workflowId }: TurnAsk, wentAhead: string[]): Command => ({ kind: 'GRANT', runId, workflowId, wentAhead });

function refuse(state: DispatcherState, ask: TurnAsk, refusal: Refusal): Dispatched {
  return { state: left(state, [ask.runId]), commands: [{ kind: 'REFUSE', ask, refusal }] };
}

function released(state: DispatcherState, runId: string): DispatcherState {
  return { ...state, inside: state.inside.map((place) => (place.ask.runId === runId ? { ...place, released: true } : place)) };
}

/** Frees the places of runs, wherever they are, and remembers that they were here. */
function left(state: DispatcherState, runIds: string[]): DispatcherState {
  const news = runIds.filter((runId) => !state.ended.includes(runId));
  return {
    ...state,
    inside: state.inside.filter(({ ask }) => !runIds.includes(ask.runId)),
    waiting: state.waiting.filter(({ ask }) => !runIds.includes(ask.runId)),
    ended: [...state.ended, ...news].slice(-REMEMBERED),
  };
}
