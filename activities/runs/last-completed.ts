/** What is usual for a scheduled job: its last ten scheduled runs that completed, newest first (platform.md 5 and 6.6). */
import { completedStatuses } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import type { StoredRun } from '../../models/run.js';

export async function lastCompleted(
  models: Models,
  { institutionId, scheduledJobId }: Pick<StoredRun, 'institutionId' | 'scheduledJobId'>,
): Promise<Pick<StoredRun, 'startedAt' | 'endedAt' | 'counters'>[]> {
  return models.Run.find(
    { institutionId, scheduledJobId, trigger: 'SCHEDULE', status: { $in: [...completedStatuses] } },
    { startedAt: 1, endedAt: 1, counters: 1 },
  )
    .sort({ submittedAt: -1, _id: -1 })
    .limit(10)
    .lean();
}
