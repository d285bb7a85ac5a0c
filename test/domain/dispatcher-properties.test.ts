/**
 * What must hold for the dispatcher whatever the runs are and in whatever order their messages come.
 *
 * The world of these tests believes only what it is told: it keeps its own list of who holds what from the commands, and never
 * looks into the dispatcher's state. The last part breaks the dispatcher on purpose and shows that each break is noticed.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { dispatch, type Dispatched, type DispatcherEvent } from '../../domain/dispatcher.js';
import { MINUTE, nothingKnown, type DispatcherState, type TurnAsk } from '../../domain/dispatcher/state.js';

type Dispatch = (state: DispatcherState, event: DispatcherEvent, now: number) => Dispatched;

const CAPACITY = 4;
const START = Date.UTC(2026, 4, 12, 2, 0);

/** One step of a story: a new run, a message of a known one (`who` counts from the latest), or time. */
type Step =
  | { do: 'ask'; run: Partial<TurnAsk> }
  | { do: 'ask again' | 'done' | 'done again' | 'release' | 'resume' | 'gone'; who: number }
  | { do: 'wait'; minutes: number };

const lockSets = fc.constantFrom<TurnAsk['locks']>(
  [],
  [{ name: 'LOANS', mode: 'EXCLUSIVE' }],
  [{ name: 'AUTHORITIES', mode: 'EXCLUSIVE' }],
  [{ name: 'AUTHORITIES', mode: 'SHARED' }],
  [{ name: 'LOANS', mode: 'SHARED' }, { name: 'AUTHORITIES', mode: 'EXCLUSIVE' }],
  [{ name: 'AUTHORITIES', mode: 'SHARED' }, { name: 'LOANS', mode: 'EXCLUSIVE' }],
);
const asking: fc.Arbitrary<Partial<TurnAsk>> = fc.record({
  scheduledJobId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  trigger: fc.constantFrom('SCHEDULE', 'MANUAL', 'API', 'RETRY_FAILED', 'CONTINUATION', 'DRY_RUN'),
  priority: fc.constantFrom('HIGH', 'NORMAL', 'LOW'),
  weight: fc.constantFrom(1, 1, 2, 3, 4, 6),
  locks: lockSets,
  runAfter: fc.constantFrom([], [], ['a'], ['b', 'c']),
});
const who = fc.nat({ max: 12 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('ask' as const), run: asking }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ask again' as const), who }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('done' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('done again' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resume' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('gone' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.nat({ max: 90 }) }) },
);
const story = fc.array(step, { minLength: 1, maxLength: 60 });

/** A look that finds what is known: only time has passed. */
const nothingNew: DispatcherEvent = { kind: 'LOOK', settings: { capacityUnits: CAPACITY, holds: [], due: [] }, open: [] };

type Phase = 'waiting' | 'in' | 'stopped' | 'resuming' | 'over';

/** Runs that keep to their contract, and all that could go wrong with what they are told. */
class World {
  #state: DispatcherState = { ...nothingKnown, capacityUnits: CAPACITY };
  #now = START;
  readonly #dispatch: Dispatch;
  readonly runs: { ask: TurnAsk; phase: Phase }[] = [];

  constructor(dispatcher: Dispatch) {
    this.#dispatch = dispatcher;
  }

  take(next: Step): void {
    if (next.do === 'wait') return this.wait(next.minutes);
    if (next.do === 'ask') return this.ask(next.run);
    const run = this.runs[this.runs.length - 1 - next.who];
    if (run === undefined) return;
    const { ask } = run;
    const { runId } = ask;
    switch (next.do) {
      case 'ask again':
        return this.#repeats(run, { kind: 'ASK', ask: { ...ask, resumed: run.phase === 'resuming' } });
      case 'done again':
        if (run.phase === 'over') this.#repeats(run, { kind: 'DONE', runId });
        return;
      case 'done':
        return this.end(runId);
      case 'release':
        if (run.phase !== 'in') return;
        run.phase = 'stopped';
        return this.#hear({ kind: 'RELEASE', runId });
      case 'resume':
        if (run.phase !== 'stopped') return;
        run.phase = 'resuming';
        return this.#hear({ kind: 'ASK', ask: { ...ask, resumed: true } });
      case 'gone':
        if (run.phase === 'over') return;
        run.phase = 'over';
        return this.#hear({ kind: 'GONE', runIds: [runId] });
    }
  }

  ask(given: Partial<TurnAsk>): void {
    const processId = this.runs.length + 1;
    const ask: TurnAsk = {
      runId: `run-${processId}`,
      workflowId: `workflow-${processId}`,
      scheduledJobId: `job-${processId}`,
      jobKey: given.scheduledJobId ?? `job-${processId}`,
      category: 'FULFILLMENT',
      name: `Job ${processId}`,
      processId,
      trigger: 'SCHEDULE',
      submittedAt: this.#now,
      scheduledAt: given.trigger === undefined || given.trigger === 'SCHEDULE' ? this.#now : null,
      priority: 'NORMAL',
      weight: 1,
      locks: [],
      runAfter: [],
      staleAt: null,
      resumed: false,
      ...given,
    };
    this.runs.push({ ask, phase: 'waiting' });
    this.#hear({ kind: 'ASK', ask });
  }

  /** A run ends, from wherever it is: also while it waits (aborted). */
  end(runId: string): void {
    const run = this.#run(runId);
    if (run.phase === 'over') return;
    run.phase = 'over';
    this.#hear({ kind: 'DONE', runId });
  }

  wait(minutes: number): void {
    this.#now += minutes * MINUTE;
    this.#hear(nothingNew);
  }

  in(...phases: Phase[]) {
    return this.runs.filter(({ phase }) => phases.includes(phase));
  }

  get now(): number {
    return this.#now;
  }

  #hear(event: DispatcherEvent): void {
    const { state, commands } = this.#dispatch(this.#state, event, this.#now);
    this.#state = JSON.parse(JSON.stringify(state)) as DispatcherState; // as continue-as-new carries it
    for (const command of commands) {
      const runId = command.kind === 'REFUSE' ? command.ask.runId : command.runId;
      const run = this.#run(runId);
      if (command.kind === 'GRANT') {
        assert.notEqual(run.phase, 'over', `${runId} is over and gets a turn`);
        assert.notEqual(run.phase, 'stopped', `${runId} is stopped by the guard and gets a turn`);
        run.phase = 'in';
      }
      if (command.kind === 'REFUSE') {
        assert.equal(run.phase, 'waiting', `${runId} is ${run.phase} and is refused`);
        run.phase = 'over';
      }
    }
    this.#check();
  }

  /** The same message once more: nothing may move, but a run that is in is told so again. */
  #repeats(run: { ask: TurnAsk; phase: Phase }, event: DispatcherEvent): void {
    const before = this.#dispatch(this.#state, nothingNew, this.#now).state;
    const { state, commands } = this.#dispatch(before, event, this.#now);
    assert.deepEqual(state, before, `a repeated ${event.kind} changes the state`);
    const answered = commands.map((command) => command.kind);
    assert.deepEqual(answered, event.kind === 'ASK' && run.phase === 'in' ? ['GRANT'] : [], 'the answer to a repeated message');
  }

  #check(): void {
    const working = this.in('in').map(({ ask }) => ask);
    const units = working.reduce((sum, { weight }) => sum + Math.min(weight, CAPACITY), 0);
    assert.ok(units <= CAPACITY, `${units} units of ${CAPACITY} in use`);

    const slots = this.in('in', 'stopped', 'resuming').map(({ ask }) => ask.scheduledJobId);
    assert.equal(new Set(slots).size, slots.length, 'two runs of one scheduled job');

    const held = working.flatMap(({ locks }) => locks);
    for (const { name, mode } of held) {
      const holders = held.filter((lock) => lock.name === name);
      if (mode === 'EXCLUSIVE') assert.equal(holders.length, 1, `${name} is held alone and by another`);
    }
  }

  #run(runId: string): { ask: TurnAsk; phase: Phase } {
    const run = this.runs.find(({ ask }) => ask.runId === runId);
    assert.ok(run, `a command for ${runId}, which nobody knows`);
    return run;
  }
}

function tell(steps: Step[], dispatcher: Dispatch): World {
  const world = new World(dispatcher);
  for (const next of steps) world.take(next);
  return world;
}

/** Two hours for the order between jobs; then each run ends a minute after its turn, one after the other. */
const PATIENCE_MINUTES = 130;

/** After the story every run that is in ends within a minute, and the guard's are approved: then all come to an end. */
function nobodyIsLeft(steps: Step[], dispatcher: Dispatch): void {
  const world = tell(steps, dispatcher);
  const patience = PATIENCE_MINUTES * (1 + world.in('waiting').length); // runs may follow one another in a chain
  for (let minute = 0; minute < patience && world.in('waiting', 'in', 'stopped', 'resuming').length > 0; minute += 1) {
    world.runs.forEach(({ phase }, index) => {
      if (phase === 'stopped') world.take({ do: 'resume', who: world.runs.length - 1 - index });
    });
    for (const { ask } of world.in('in')) world.end(ask.runId);
    world.wait(1);
  }
  assert.deepEqual(world.in('waiting', 'in', 'stopped', 'resuming').map(({ ask }) => ask.runId), [], 'starved');
}

const many = { numRuns: 1500 };

describe('whatever the order of messages', () => {
  test('one run per job, locks and capacity hold, and a repeated message changes nothing', () => {
    fc.assert(fc.property(story, (steps) => void tell(steps, dispatch)), many);
  });

  test('when all who are in come to an end, nobody waits for ever', () => {
    fc.assert(fc.property(story, (steps) => nobodyIsLeft(steps, dispatch)), { numRuns: 1000 });
  });

  test('the answer depends on nothing but state, message and moment', () => {
    const told: Dispatch = (state, event, now) => {
      const frozen = deepFreeze(JSON.parse(JSON.stringify({ state, event })) as { state: DispatcherState; event: DispatcherEvent });
      const first = dispatch(frozen.state, frozen.event, now);
      assert.deepEqual(dispatch(state, event, now), first);
      return first;
    };
    fc.assert(fc.property(story, (steps) => void tell(steps, told)), { numRuns: 1000 });
  });
});

describe('under a stream that never ends', () => {
  const alone: TurnAsk['locks'] = [{ name: 'AUTHORITIES', mode: 'EXCLUSIVE' }];
  const sharing: TurnAsk['locks'] = [{ name: 'AUTHORITIES', mode: 'SHARED' }];

  /** Every five minutes three new runs of ten minutes, half as many again as there is room for; how long one of them waits, in minutes. */
  function waitUnder(stream: Partial<TurnAsk>, victim: Partial<TurnAsk>): number {
    const world = new World(dispatch);
    const since = new Map<string, number>();
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      for (const { ask } of world.in('in')) {
        const began = since.get(ask.runId) ?? world.now;
        since.set(ask.runId, began);
        if (world.now - began >= 10 * MINUTE) world.end(ask.runId);
      }
      if (minute % 5 === 0) [stream, stream, stream].forEach((given) => world.ask({ trigger: 'API', ...given }));
      if (minute === 60) world.ask({ scheduledJobId: 'victim', ...victim });
      world.wait(1);
      const [found] = world.runs.filter(({ ask }) => ask.scheduledJobId === 'victim');
      if (found?.phase === 'in') return (world.now - found.ask.submittedAt) / MINUTE;
      assert.notEqual(found?.phase, 'over', 'refused');
    }
    return Infinity;
  }

  test('a run of low priority comes in among high ones', () => {
    assert.ok(waitUnder({ priority: 'HIGH' }, { priority: 'LOW' }) <= 75);
  });
  test('a heavy run comes in among light ones', () => {
    assert.ok(waitUnder({}, { weight: 4 }) <= 75);
  });
  test('a run that wants a lock alone comes in among those who share it', () => {
    assert.ok(waitUnder({ locks: sharing }, { locks: alone }) <= 75);
  });
  test('a run that shares a lock comes in after those who asked for it alone before, not after all who come later', () => {
    const before = 3 * (60 / 5 + 1); // each of them has the lock for ten minutes
    assert.ok(waitUnder({ locks: alone }, { locks: sharing }) <= before * 10 + 15);
  });
});

describe('a broken dispatcher is noticed', () => {
  const askedOtherwise =
    (change: (ask: TurnAsk) => TurnAsk): Dispatch =>
    (state, event, now) =>
      dispatch(state, event.kind === 'ASK' ? { ...event, ask: change(event.ask) } : event, now);
  const deaf =
    (to: (event: DispatcherEvent) => boolean): Dispatch =>
    (state, event, now) =>
      to(event) ? { state, commands: [] } : dispatch(state, event, now);

  const safe = (dispatcher: Dispatch) => fc.check(fc.property(story, (steps) => void tell(steps, dispatcher)), many).failed;
  const fair = (dispatcher: Dispatch) => fc.check(fc.property(story, (steps) => nobodyIsLeft(steps, dispatcher)), many).failed;

  test('one that forgets locks', () => {
    assert.ok(safe(askedOtherwise((ask) => ({ ...ask, locks: [] }))));
  });
  test('one that takes exclusive locks for shared ones', () => {
    assert.ok(safe(askedOtherwise((ask) => ({ ...ask, locks: ask.locks.map((lock) => ({ ...lock, mode: 'SHARED' })) }))));
  });
  test('one that forgets which scheduled job a run is of', () => {
    assert.ok(safe(askedOtherwise((ask) => ({ ...ask, scheduledJobId: null }))));
  });
  test('one that takes heavy runs for light ones', () => {
    assert.ok(safe(askedOtherwise((ask) => ({ ...ask, weight: 1 }))));
  });
  test('one that gives one unit too many', () => {
    assert.ok(safe((state, event, now) => dispatch({ ...state, capacityUnits: CAPACITY + 1 }, event, now)));
  });
  test('one that forgets who has left', () => {
    assert.ok(safe((state, event, now) => dispatch({ ...state, ended: [] }, event, now)));
  });
  test('one that gives up the slot with the locks when the guard stops a run', () => {
    const forgetful: Dispatch = (state, event, now) =>
      dispatch(state, event.kind === 'RELEASE' ? { kind: 'DONE', runId: event.runId } : event, now);
    assert.ok(safe(forgetful));
  });
  test('one that does not hear that a run is done', () => {
    assert.ok(fair(deaf((event) => event.kind === 'DONE')));
  });
  test('one that does not hear the approval', () => {
    assert.ok(fair(deaf((event) => event.kind === 'ASK' && event.ask.resumed)));
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
