/**
 * What a run that has its job's slot must still pass: the order between jobs, their locks, the institution's capacity.
 *
 * Specification: platform.md 6.2-6.4. A run is let in when it passes all three at one moment; nothing is held by a run that waits.
 */
import type { Instant } from '../days.js';
import { heldBy, onHold } from './limits.js';
import { called, HOUR, MINUTE, type DispatcherState, type Place, type Standing, type TurnAsk, type Waiter } from './state.js';

const WAITS_FOR_OTHER_JOBS = 2 * HOUR;
const DUE_SOON = 30 * MINUTE;
/** An occurrence whose run has not asked yet: the start spread (2 minutes) and a slow start. */
const OVERDUE = 5 * MINUTE;
const LIFTED_EVERY = 30 * MINUTE;
const KEEPS_OTHERS_BACK = 30 * MINUTE;
const steps = { HIGH: 0, NORMAL: 1, LOW: 2 } as const;

/** What came of one walk along the queue. */
export interface Walk {
  /** In the order of the queue, with the jobs that each went ahead of (6.3). */
  goes: { ask: TurnAsk; wentAhead: string[] }[];
  /** Why those stay who have their slot, by run. */
  standings: Map<string, Standing>;
  /** The first that only capacity keeps out; null: nobody. */
  head: string | null;
}

/** Lets in, in the order of the queue, whoever can go now. */
export function walk(state: DispatcherState, now: Instant): Walk {
  const queue = state.waiting.filter(({ slotAt }) => slotAt !== null).toSorted(inQueueOrder(now));
  const known = byJob(state);
  const wantAlone = state.waiting.filter((waiter) => isExclusive(waiter.ask) && isAtLocks(state, known, waiter, now));
  const came = new Map(state.waiting.map(({ ask }, index) => [ask.runId, index]));
  const result: Walk = { goes: [], standings: new Map(), head: null };
  const working = state.inside.filter((place) => !place.released);
  let keepsBack: Waiter | null = null;

  for (const waiter of queue) {
    const { ask } = waiter;
    const stopped =
      heldStanding(state, ask, now) ??
      (mustFollow(state, known, waiter, now) ? followStanding(state, known, ask, now) : null) ??
      lockStanding(working, wantAlone, came, ask) ??
      capacityStanding(state, working, ask) ??
      (keepsBack === null ? null : behindStanding(keepsBack.ask));
    if (stopped !== null) {
      result.standings.set(ask.runId, stopped);
      if (stopped.reason.kind !== 'CAPACITY' || result.head !== null) continue;
      result.head = ask.runId;
      if (now - (waiter.headSince ?? now) < KEEPS_OTHERS_BACK) keepsBack = waiter;
      continue;
    }
    working.push({ ask, released: false });
    result.goes.push({ ask, wentAhead: ask.resumed ? [] : jobsBefore(state, known, ask, now).map(({ jobKey }) => jobKey) });
  }
  return result;
}

/** Priority, lifted one step for each half hour of waiting, then the time a run was meant for, then its number. */
const inQueueOrder =
  (now: Instant) =>
  ({ ask: a }: Waiter, { ask: b }: Waiter): number =>
    priorityOf(a, now) - priorityOf(b, now) || meantFor(a) - meantFor(b) || a.processId - b.processId;

const priorityOf = ({ priority, submittedAt }: TurnAsk, now: Instant): number =>
  Math.max(steps.HIGH, steps[priority] - Math.floor((now - submittedAt) / LIFTED_EVERY));

const meantFor = ({ scheduledAt, submittedAt }: TurnAsk): Instant => scheduledAt ?? submittedAt;

function heldStanding({ holds }: DispatcherState, ask: TurnAsk, now: Instant): Standing | null {
  const hold = heldBy(holds, ask, now);
  return hold && { status: 'PENDING', reason: onHold(hold) };
}

/** 6.3: waits for the jobs before it, up to two hours from when it had its slot. */
function mustFollow(state: DispatcherState, known: ByJob, { ask, slotAt }: Waiter, now: Instant): boolean {
  if (ask.resumed || slotAt === null || now - slotAt >= WAITS_FOR_OTHER_JOBS) return false;
  return jobsBefore(state, known, ask, now).length > 0;
}

/** Runs by the key of their job, those inside first. */
type ByJob = ReadonlyMap<string, readonly TurnAsk[]>;

/** Once a walk: looked for anew by each who waits, they made a walk along a thousand runs thirty times as long. */
function byJob({ inside, waiting }: DispatcherState): ByJob {
  const found = new Map<string, TurnAsk[]>();
  for (const { ask } of [...inside, ...waiting]) {
    if (ask.trigger === 'DRY_RUN') continue; // a preview changes nothing, so nobody waits for it
    const ofJob = found.get(ask.jobKey);
    if (ofJob === undefined) found.set(ask.jobKey, [ask]);
    else ofJob.push(ask);
  }
  return found;
}

interface JobBefore {
  jobKey: string;
  name: string;
  /** The run waited for; null: the job is only due. */
  run: TurnAsk | null;
}

/** Jobs named in `runAfter` that are active, waiting or due. */
function jobsBefore(state: DispatcherState, known: ByJob, ask: TurnAsk, now: Instant): JobBefore[] {
  return ask.runAfter.flatMap((jobKey): JobBefore[] => {
    const run = known.get(jobKey)?.find(({ runId }) => runId !== ask.runId);
    if (run !== undefined) return [{ jobKey, name: called(run), run }];
    const due = state.due.find((next) => next.jobKey === jobKey && next.at >= now - OVERDUE && next.at <= now + DUE_SOON);
    return due === undefined ? [] : [{ jobKey, name: due.name, run: null }];
  });
}

function followStanding(state: DispatcherState, known: ByJob, ask: TurnAsk, now: Instant): Standing | null {
  const first = jobsBefore(state, known, ask, now)[0];
  if (first === undefined) return null;
  const text = first.run === null ? `Waits for ${first.name}, which is about to start` : `Waits for ${first.name}`;
  return { status: 'PENDING', reason: { kind: 'RUN_AFTER', text, runId: first.run?.runId ?? null } };
}

/** Whether locks are what the run asks for next: only then does it keep others out of them. */
function isAtLocks(state: DispatcherState, known: ByJob, waiter: Waiter, now: Instant): boolean {
  return waiter.slotAt !== null && heldBy(state.holds, waiter.ask, now) === null && !mustFollow(state, known, waiter, now);
}

const isExclusive = ({ locks }: TurnAsk): boolean => locks.some(({ mode }) => mode === 'EXCLUSIVE');

/**
 * 6.2: a lock is free, or shared by all who hold it; and no new sharer passes a run that waits to hold it alone.
 *
 * New is who came after that run. By rank in the queue instead, two runs that each want one lock alone and share the other's
 * could keep each other out for ever; by the order of coming, the first of all waiting is kept out by holders only.
 */
function lockStanding(
  working: Place[], wantAlone: Waiter[], came: ReadonlyMap<string, number>, ask: TurnAsk,
): Standing | null {
  const cameBefore = ({ ask: other }: Waiter) => (came.get(other.runId) ?? 0) < (came.get(ask.runId) ?? 0);
  for (const { name, mode } of ask.locks) {
    const inTheWay =
      working.find(({ ask: other }) => holds(other, name, mode === 'EXCLUSIVE' ? null : 'EXCLUSIVE')) ??
      (mode === 'SHARED'
        ? wantAlone.find((other) => cameBefore(other) && holds(other.ask, name, 'EXCLUSIVE'))
        : undefined);
    if (inTheWay === undefined) continue;
    const reason = { kind: 'LOCK', text: `Waits for ${called(inTheWay.ask)}`, runId: inTheWay.ask.runId } as const;
    return { status: 'PENDING', reason };
  }
  return null;
}

/** Whether a run names a lock, in this mode or (null) in any. */
const holds = ({ locks }: TurnAsk, name: string, mode: 'EXCLUSIVE' | null): boolean =>
  locks.some((lock) => lock.name === name && (mode === null || lock.mode === mode));

/** 6.4. */
function capacityStanding({ capacityUnits }: DispatcherState, working: Place[], ask: TurnAsk): Standing | null {
  const used = working.reduce((sum, place) => sum + unitsOf(place.ask, capacityUnits), 0);
  const needed = unitsOf(ask, capacityUnits);
  if (used + needed <= capacityUnits) return null;
  const text = `Waits for ${needed} of ${capacityUnits} units of capacity`;
  return { status: 'QUEUED', reason: { kind: 'CAPACITY', text, runId: null } };
}

/** A run heavier than the whole institution runs alone; where there is no capacity, nobody runs. */
const unitsOf = ({ weight }: TurnAsk, capacityUnits: number): number => Math.max(1, Math.min(weight, capacityUnits));

function behindStanding(head: TurnAsk): Standing {
  const text = `Waits behind ${called(head)}, which needs ${head.weight} units of capacity`;
  return { status: 'QUEUED', reason: { kind: 'CAPACITY', text, runId: head.runId } };
}
