/** The life of a run: which status may follow which, and how a run ends (platform.md 5). */
import { completedStatuses, finalStatuses, openStatuses, type FinalStatus, type RunStatus } from './run.js';

/** How the workflow left off. */
export type Ending = 'ENDED' | 'FAILED' | 'ABORTED_BY_USER' | 'ABORTED_BY_SYSTEM';

/** The first that applies: failed, aborted, errors, warnings, success. A selection of nothing is success. */
export function finalStatusOf(ending: Ending, problems: { errors: number; warnings: number }): FinalStatus {
  if (ending !== 'ENDED') return ending;
  if (problems.errors > 0) return 'COMPLETED_WITH_ERRORS';
  if (problems.warnings > 0) return 'COMPLETED_WITH_WARNINGS';
  return 'COMPLETED_SUCCESSFULLY';
}

export const isFinal = (status: RunStatus): status is FinalStatus => (finalStatuses as readonly string[]).includes(status);
export const isCompleted = (status: RunStatus): boolean => (completedStatuses as readonly string[]).includes(status);

/** The statuses a run may come from; a change from another one was made before, or came too late, and is ignored. */
export const comesFrom: Record<RunStatus, readonly RunStatus[]> = {
  PENDING: ['QUEUED', 'PENDING', 'MANUAL_HANDLING_REQUIRED'],
  QUEUED: ['PENDING', 'QUEUED', 'MANUAL_HANDLING_REQUIRED'],
  INITIALIZING: ['PENDING', 'QUEUED'],
  MANUAL_HANDLING_REQUIRED: ['INITIALIZING'],
  RUNNING: ['INITIALIZING', 'MANUAL_HANDLING_REQUIRED', 'PENDING', 'QUEUED'],
  FINALIZING: ['RUNNING'],
  COMPLETED_SUCCESSFULLY: ['RUNNING', 'FINALIZING'],
  COMPLETED_WITH_WARNINGS: ['RUNNING', 'FINALIZING'],
  COMPLETED_WITH_ERRORS: ['RUNNING', 'FINALIZING'],
  FAILED: openStatuses,
  ABORTED_BY_USER: openStatuses,
  ABORTED_BY_SYSTEM: openStatuses,
  SKIPPED: ['PENDING', 'QUEUED'],
};

/** 24 h: a scheduled run that starts later than this after its time goes by its real start. */
const STILL_THAT_NIGHT_MS = 24 * 60 * 60 * 1000;

/**
 * The instant the rules go by, in epoch milliseconds: the nominal time of a scheduled run that starts within 24 h of
 * it, else its real start (spec/README.md, Time).
 */
export function scheduledAsOf(scheduledAt: number, startedAt: number): number {
  return startedAt - scheduledAt <= STILL_THAT_NIGHT_MS ? scheduledAt : startedAt;
}

/**
 * Whether a run selects so much more than it used to that a person must look first (platform.md 6.6).
 *
 * `earlier` are the selections of the last completed scheduled runs, newest first; with fewer than five there is no
 * guard, and no more than ten count.
 */
export function guardTrips(
  guard: { enabled: boolean; factor: number; minRecords: number },
  earlier: readonly number[],
  selected: number,
): boolean {
  if (!guard.enabled || earlier.length < 5) return false;
  return selected > Math.max(guard.minRecords, guard.factor * median(earlier.slice(0, 10)));
}

/** The middle value, of an even number the mean of the two in the middle; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
