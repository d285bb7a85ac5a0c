/** What a full house costs a dispatcher by its rules alone: runs that wait for capacity, and the messages that it hears meanwhile. */
import { dispatch, type DispatcherEvent } from '../domain/dispatcher.js';
import { nothingKnown, type DispatcherState, type TurnAsk } from '../domain/dispatcher/state.js';

const CAPACITY = 4;
const AT = Date.UTC(2026, 5, 10, 8);

/** A line for each number of waiting runs: time of a message, and what is carried into a fresh history. */
export function ruleCosts(): string {
  return [17, 100, 1_000].map((waiting) => {
    const full = filled(waiting);
    const turns = Math.min(waiting, 200);
    let state = full;
    const startedAt = performance.now();
    for (let number = 0; number < turns; number += 1) state = dispatch(state, { kind: 'DONE', runId: `run${number}` }, AT).state;
    const ms = (performance.now() - startedAt) / turns;
    return `by the rules alone, ${waiting} waiting: ${ms.toFixed(2)} ms a message, ${Math.round(JSON.stringify(full).length / 1024)} KB carried into a fresh history`;
  }).join('\n');
}

function filled(waiting: number): DispatcherState {
  const events: DispatcherEvent[] = Array.from({ length: CAPACITY + waiting }, (_, number) => ({ kind: 'ASK', ask: askOf(number) }));
  return events.reduce((state, event) => dispatch(state, event, AT).state, { ...nothingKnown, capacityUnits: CAPACITY } as DispatcherState);
}

/** Ids as long as real ones: they are most of what is carried. */
function askOf(number: number): TurnAsk {
  const runId = `run${number}`;
  return {
    runId, workflowId: `sj-${String(number).padStart(24, '0')}-2026-06-10T08:00:00Z`, scheduledJobId: String(number).padStart(24, '0'), jobKey: 'loans-overdue-and-lost',
    category: 'FULFILLMENT', name: 'Loans – Overdue and Lost Item', processId: number, trigger: 'SCHEDULE', submittedAt: AT, scheduledAt: AT, priority: 'NORMAL', weight: 1,
    locks: [], runAfter: ['loans-due-date-correction', 'notifications-courtesy-and-renewals'], staleAt: null, resumed: false,
  };
}
