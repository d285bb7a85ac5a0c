/** Changes of a run's status: one atomic update each, filtered on the statuses it may come from (platform.md 5). */
import { comesFrom } from '../../domain/run-status.js';
import type { RunRef, RunStatus } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import type { StoredRun } from '../../models/run.js';

/**
 * Moves a run to a status and sets what goes with it; false when it was there or past it already.
 *
 * Repeatable: from any other status than the allowed ones nothing changes.
 */
export async function moveRun(
  models: Models,
  { institutionId, runId }: RunRef,
  to: RunStatus,
  at: Date,
  set: Partial<StoredRun> = {},
): Promise<boolean> {
  const moved = await models.Run.updateOne(
    { institutionId, _id: runId, status: { $in: comesFrom[to].filter((status) => status !== to) } },
    { $set: { ...set, status: to, statusAt: at }, $inc: { version: 1 } },
  );
  return moved.modifiedCount === 1;
}
