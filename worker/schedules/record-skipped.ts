/** Rows for the occurrences that nobody began, under the keys that their runs would have had (platform.md 6.5). */
import type { Institution } from '../../models/institution.js';
import { insertOnce } from '../../models/insert-once.js';
import type { Models } from '../../models/models.js';
import { newScheduledRun, skippedRun } from '../../models/new-run.js';
import type { RecordSkipped } from './missed.js';

/** A process number is taken only for a row that is written: the check finds the same rows again until their job has run. */
export function recordSkippedOf(models: Models, now: () => Date, institution: Institution): RecordSkipped {
  return async ({ institutionId, _id }, { rows, settledUpTo }) => {
    const job = await models.ScheduledJob.findOne({ institutionId, _id }).lean();
    if (job === null) return;
    const keys = rows.map(({ occurrence }) => occurrence.occurrenceKey);
    const there = await models.Run.find({ institutionId, scheduledJobId: _id, occurrenceKey: { $in: keys } }, { occurrenceKey: 1 }).lean();
    const written = new Set(there.map(({ occurrenceKey }) => occurrenceKey));

    for (const { occurrence, skipReason, missedCount } of rows) {
      if (written.has(occurrence.occurrenceKey)) continue;
      const run = await newScheduledRun(models, job, institution, occurrence, now());
      await insertOnce(models.Run, [{ ...skippedRun(run, skipReason, now()), missedCount }]);
    }
    const settled = new Date(settledUpTo);
    await models.ScheduledJob.updateOne(
      { institutionId, _id, lastOccurrenceAt: { $lt: settled } }, // a run that was begun meanwhile has moved it further
      { $set: { lastOccurrenceAt: settled } },
      { timestamps: false }, // bookkeeping
    );
  };
}
