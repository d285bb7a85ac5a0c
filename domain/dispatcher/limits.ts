/**
 * Which waiting runs wait in vain, and which are held.
 *
 * Specification: platform.md 6.5 (stale, waited too long) and 6.7 (holds). A run whose occurrence lies in a hold that ends with
 * RUN_LATEST is not refused but waits for the end; a newer occurrence takes its place as it would behind a previous run.
 * What people start during a hold goes through it: the API lets only the operator's starts come so far.
 */
import type { Instant } from '../days.js';
import type { Trigger } from '../run.js';
import { HOUR, type Hold, type Refusal, type TurnAsk, type WaitReason } from './state.js';

/** People are given longer than the clock: they asked for this run, and nobody will ask again tomorrow. */
const PATIENCE = 12 * HOUR;
const PATIENCE_OF_PEOPLE = 24 * HOUR;

const byPeople: readonly Trigger[] = ['MANUAL', 'API', 'RERUN', 'RETRY_FAILED', 'DRY_RUN'];

/** The hold in force that keeps the run from starting, the longest if several do; null: none. */
export function heldBy(holds: Hold[], ask: TurnAsk, now: Instant): Hold | null {
  if (ask.resumed) return null;
  const inForce = holds.filter((hold) => covers(hold, ask) && contains(hold, now) && !letsThrough(hold, ask));
  return inForce.toSorted((a, b) => b.to - a.to)[0] ?? null;
}

/** Why the run will not start any more; null: it may still. A run on its way again after the guard always may. */
export function refusalOf(holds: Hold[], ask: TurnAsk, now: Instant): Refusal | null {
  if (ask.resumed) return null;
  if (ask.staleAt !== null && now >= ask.staleAt) return { skipReason: 'STALE', reason: null };
  const closing = holds.find((hold) => covers(hold, ask) && shutsOut(hold, ask));
  if (closing !== undefined) return { skipReason: 'HELD', reason: onHold(closing) };
  if (heldBy(holds, ask, now) !== null) return null; // a hold may last for weeks, and the wait for its end is not the run's

  const patience = byPeople.includes(ask.trigger) ? PATIENCE_OF_PEOPLE : PATIENCE;
  return now - waitingSince(holds, ask, now) > patience ? { skipReason: 'WAITED_TOO_LONG', reason: null } : null;
}

export const onHold = (hold: Hold): WaitReason => ({ kind: 'HOLD', text: `On hold: ${hold.reason}`, runId: null });

/** Of a hold with SKIP no occurrence inside it runs, also when it asks after the end. */
function shutsOut(hold: Hold, { trigger, scheduledAt }: TurnAsk): boolean {
  return trigger === 'SCHEDULE' && hold.atEnd === 'SKIP' && scheduledAt !== null && contains(hold, scheduledAt);
}

const letsThrough = (hold: Hold, { trigger, submittedAt }: TurnAsk): boolean =>
  byPeople.includes(trigger) && contains(hold, submittedAt);

/** Since it was submitted, or since the last hold on it ended. */
function waitingSince(holds: Hold[], ask: TurnAsk, now: Instant): Instant {
  const ends = holds.filter((hold) => covers(hold, ask) && hold.to <= now).map((hold) => hold.to);
  return Math.max(ask.submittedAt, ...ends);
}

function covers({ scope }: Hold, { category, scheduledJobId }: TurnAsk): boolean {
  const named = scheduledJobId !== null && scope.scheduledJobIds.includes(scheduledJobId);
  return scope.all || named || scope.categories.includes(category);
}

const contains = ({ from, to }: Hold, instant: Instant): boolean => from <= instant && instant < to;
