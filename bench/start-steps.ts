/** Where the time of a start goes, by the engine's own histories. */
import type { Client } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { temporal } from '@temporalio/proto';
import type { Instant } from '../domain/days.js';
import { median } from '../domain/run-status.js';
import type { Models } from '../models/models.js';

/** One line: the steps up to the first page of loans, each with the median milliseconds from the instant to its end; and how long the histories are. */
export async function stepsOf(client: Client, models: Models, instants: ReadonlyMap<string, Instant>): Promise<string> {
  const runs = await models.Run.find({ institutionId: { $in: [...instants.keys()] } }, { institutionId: 1, workflowId: 1 }).lean();
  const byStep = new Map<string, number[]>();
  const lengths: number[] = [];
  for (const { institutionId, workflowId } of runs) {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    lengths.push(events?.length ?? 0);
    for (const [step, at] of endsOf(events ?? [])) byStep.set(step, [...(byStep.get(step) ?? []), at - instants.get(institutionId)!]);
  }
  return `  by then, ms: ${[...byStep].map(([step, times]) => `${step} ${median(times).toFixed(0)}`).join(', ')}; ${median(lengths)} events in a history`;
}

/** The first end of each step, in order, up to the first page of loans. */
function endsOf(events: readonly temporal.api.history.v1.IHistoryEvent[]): Map<string, Instant> {
  const ends = new Map<string, Instant>();
  const scheduled = new Map<string, string>();
  for (const event of events) {
    const activity = event.activityTaskScheduledEventAttributes?.activityType?.name ?? null;
    if (activity !== null) scheduled.set(String(event.eventId), activity);
    const ended = scheduled.get(String(event.activityTaskCompletedEventAttributes?.scheduledEventId ?? '')) ?? null;
    const signal = event.workflowExecutionSignaledEventAttributes?.signalName ?? null;
    const step = event.workflowExecutionStartedEventAttributes ? 'started' : (signal ?? ended);
    if (step === null || ends.has(step)) continue;
    ends.set(step, tsToMs(event.eventTime));
    if (step === 'ageOverdueLoans') return ends;
  }
  return ends;
}
