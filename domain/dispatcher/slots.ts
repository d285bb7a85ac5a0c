/**
 * One active run per scheduled job, and who waits behind it.
 *
 * Specification: platform.md 6.1. The slot is the first thing a run gets, and it keeps it while it waits for locks or capacity.
 */
import type { Instant } from '../days.js';
import { heldBy } from './limits.js';
import { slotOf, type DispatcherState, type TurnAsk, type Waiter } from './state.js';

/** Behind a job's run there is one place for a scheduled run and these for runs that somebody or something asked for. */
const PLACES_FOR_STARTS = 5;

/** Whether all places for starts are taken. The API says so before with 409 `too-many-waiting`. */
export function tooManyWait({ waiting }: DispatcherState, ask: TurnAsk): boolean {
  if (rank(ask) < STARTS) return false;
  const behind = waiting.filter((waiter) => slotOf(waiter.ask) === slotOf(ask) && rank(waiter.ask) === STARTS);
  return behind.filter((waiter) => waiter.slotAt === null).length >= PLACES_FOR_STARTS;
}

/** The occurrences of the same job that wait without its slot: beside an asking occurrence, only the newest may stay. */
export function rivalsOf({ waiting }: DispatcherState, ask: TurnAsk): TurnAsk[] {
  if (ask.trigger !== 'SCHEDULE') return [];
  const others = waiting.filter(
    (waiter) => slotOf(waiter.ask) === slotOf(ask) && waiter.ask.trigger === 'SCHEDULE' && waiter.slotAt === null,
  );
  return others.map((waiter) => waiter.ask);
}

/** Gives every free slot to the first who waits for it: a continuation, then the scheduled run, then in order of submission. */
export function giveSlots(state: DispatcherState, now: Instant): DispatcherState {
  const taken = new Set(state.inside.map(({ ask }) => slotOf(ask)));
  for (const { ask, slotAt } of state.waiting) if (slotAt !== null) taken.add(slotOf(ask));

  const given = new Set<string>();
  const without = state.waiting.filter(({ ask, slotAt }) => slotAt === null && heldBy(state.holds, ask, now) === null);
  for (const { ask } of without.toSorted(firstOfItsJob)) {
    if (taken.has(slotOf(ask))) continue;
    taken.add(slotOf(ask));
    given.add(ask.runId);
  }
  const waiting = state.waiting.map((waiter) => (given.has(waiter.ask.runId) ? { ...waiter, slotAt: now } : waiter));
  return { ...state, waiting };
}

/** The run that has the slot this one waits for; null: nobody. */
export function previousRun(state: DispatcherState, ask: TurnAsk): TurnAsk | null {
  const holder =
    state.inside.find((place) => slotOf(place.ask) === slotOf(ask)) ??
    state.waiting.find((waiter) => slotOf(waiter.ask) === slotOf(ask) && waiter.slotAt !== null);
  return holder?.ask ?? null;
}

function firstOfItsJob({ ask: a }: Waiter, { ask: b }: Waiter): number {
  return rank(a) - rank(b) || a.submittedAt - b.submittedAt || a.processId - b.processId;
}

const STARTS = 2;
const rank = ({ trigger }: TurnAsk): number => (trigger === 'CONTINUATION' ? 0 : trigger === 'SCHEDULE' ? 1 : STARTS);
