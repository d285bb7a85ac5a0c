/** Sets up the scheduled jobs that an institution has of its own (platform.md 2.1). */
import { z } from 'zod';
import { jobs } from '../catalogue/jobs.js';
import { newId } from '../models/document.js';
import type { Institution } from '../models/institution.js';
import { insertOnce } from '../models/insert-once.js';
import type { Models } from '../models/models.js';
import type { ScheduledJob } from '../models/scheduled-job.js';
import { desiredScheduledJobs, type InstitutionFacts, type NewScheduledJob } from './schedules/jobs.js';

/** 400 days: how long what was deleted is kept (spec/README.md, Documents). */
const KEPT_MS = 400 * 24 * 60 * 60 * 1000;

/** The setting of the same name is on (spec/data-model.md, institution). */
const distributes = z.object({ acq: z.object({ acq_distribution_job: z.literal(true) }) });

/** Makes, revives, renames and removes what the catalogue asks for; answers with the number of changes. Repeatable. */
export async function makeScheduledJobs(models: Models, institution: Institution, now: Date): Promise<number> {
  const { institutionId } = institution;
  const existing = await models.ScheduledJob.find(
    { institutionId },
    { jobKey: 1, profileId: 1, instanceKey: 1, name: 1, deletedAt: 1 },
  ).lean();
  const changes = desiredScheduledJobs(
    {
      institutionId,
      kind: institution.kind,
      features: institution.features,
      exists: await whatExists(models),
      acqDistributionJob: distributes.safeParse(institution.settings).success,
    },
    jobs,
    existing,
    now,
  );

  const { create, revive, rename, remove } = changes;
  await insertOnce(models.ScheduledJob, create.map((job) => scheduledJobOf(job, now)));
  const back = { deletedAt: null, deleteAfter: null, lastOccurrenceAt: now }; // what it missed while away is nobody's to make up
  for (const { id, ...naming } of [...revive.map((job) => ({ ...job, ...back })), ...rename]) {
    await models.ScheduledJob.updateOne({ institutionId, _id: id }, { $set: naming, $inc: { version: 1 } });
  }
  if (remove.length > 0) {
    await models.ScheduledJob.updateMany(
      { institutionId, _id: { $in: remove } },
      { $set: { deletedAt: now, deleteAfter: new Date(now.getTime() + KEPT_MS) }, $inc: { version: 1 } },
    );
  }
  return create.length + revive.length + rename.length + remove.length;
}

/** Of what jobs work on. PDA programs and SUSHI accounts are not kept here yet: there is none. */
async function whatExists(models: Models): Promise<InstitutionFacts['exists']> {
  const community = await models.Institution.findOne({ kind: 'COMMUNITY', status: 'ACTIVE' }, { _id: 1 }).lean();
  return community === null ? [] : ['COMMUNITY_INSTITUTION'];
}

/** The whole document: it goes in lean. */
function scheduledJobOf(job: NewScheduledJob, now: Date): ScheduledJob {
  return {
    ...job,
    _id: newId(),
    nextRunAt: null,
    onFailureRetry: { times: 0, delayMinutes: 60 },
    lastChange: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}
