/** A job as it is named on the command line. */
import { Refusal } from '../api/refusal.js';
import type { Models } from '../models/models.js';
import type { ScheduledJob } from '../models/scheduled-job.js';

/** The first scheduled job of a key; a Refusal names the keys there are. */
export async function scheduledJobByKey(models: Models, institutionId: string, jobKey: string): Promise<ScheduledJob> {
  const job = await models.ScheduledJob.findOne({ institutionId, jobKey, deletedAt: null }).sort({ slot: 1 }).lean();
  if (job !== null) return job;
  const known = await models.ScheduledJob.find({ institutionId, deletedAt: null }, { jobKey: 1 }).lean();
  const keys = [...new Set(known.map((each) => each.jobKey))].sort();
  throw new Refusal(
    'not-found',
    keys.length === 0
      ? `There is no institution "${institutionId}", or it has no jobs yet.`
      : `"${jobKey}" is no job of ${institutionId}: expected one of ${keys.join(', ')}.`,
  );
}
