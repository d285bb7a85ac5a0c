/**
 * The missed-occurrence check: what nobody began is recorded, and the latest of it started (platform.md 6.5, engine.md 1.2).
 *
 * It has the last word after an outage, because the engine's own catching up can lose an occurrence.
 */
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { JobDefinition } from '../../catalogue/definition.js';
import { zoneOf } from '../../domain/days.js';
import { catchUpWindowOf, missedOccurrences, type Missed } from '../../domain/occurrences.js';
import type { SchedulingSettings } from './desired.js';
import { startOf, workflowIdOf, type ScheduledJobRecord } from './start.js';

/** Beyond the start spread, how long the engine may take to start what is due. */
const ENGINE_DELAY_MS = 60_000;

/**
 * Inserts the rows under their occurrence keys, where an occurrence that has a run already keeps it, and moves `lastOccurrenceAt`
 * forward to `settledUpTo`. Both may happen again.
 */
export type RecordSkipped = (job: ScheduledJobRecord, missed: Pick<Missed, 'rows' | 'settledUpTo'>) => Promise<void>;

/** True when a run was started; false when there was none to start, or the engine has started it. Repeatable. */
export async function catchUpMissed(
  client: Client,
  job: ScheduledJobRecord,
  institution: { timeZone: string },
  definition: JobDefinition,
  { startSpreadSeconds, taskQueue, now }: SchedulingSettings,
  recordSkipped: RecordSkipped,
): Promise<boolean> {
  const { active, schedule, lastOccurrenceAt } = job;
  if (!active || !definition.available || lastOccurrenceAt === null) return false;
  const missed = missedOccurrences(
    schedule,
    zoneOf(institution.timeZone),
    lastOccurrenceAt.getTime(),
    now().getTime() - startSpreadSeconds * 1000 - ENGINE_DELAY_MS, // what fell due since is the engine's
    definition.catchUpWindow ?? catchUpWindowOf(schedule),
    definition.staleAfter,
  );
  // First the rows: a check that dies in between finds the same run to start the next time.
  if (missed.rows.length > 0) await recordSkipped(job, missed);
  if (missed.run === null) return false;
  try {
    await client.workflow.start(definition.key, {
      ...startOf(job, definition, taskQueue, missed.run.at),
      workflowId: workflowIdOf(job._id, missed.run.at),
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
