/**
 * Which scheduled jobs an institution has of its own, beside those of its profiles.
 *
 * Specification: platform.md 2.1 and 2.5. What staff changed is never overwritten: of an existing scheduled job only its name is kept up
 * to date, and it goes when its feature or network kind is switched off, to come back with its history.
 */
import type { JobDefinition } from '../../catalogue/definition.js';
import type { Schedule } from '../../domain/schedule.js';
import { foldText } from '../../domain/text.js';
import type { ScheduledJob } from '../../models/scheduled-job.js';

export interface InstitutionFacts {
  institutionId: string;
  kind: 'INSTITUTION' | 'NETWORK' | 'COMMUNITY';
  features: readonly string[];
  /** What there is to work on. */
  exists: readonly NonNullable<JobDefinition['listedWhen']['exists']>[];
  acqDistributionJob: boolean;
}

export type ExistingScheduledJob = Pick<
  ScheduledJob,
  '_id' | 'jobKey' | 'profileId' | 'instanceKey' | 'name' | 'deletedAt'
>;
export type NewScheduledJob = Omit<
  ScheduledJob,
  '_id' | 'version' | 'createdAt' | 'updatedAt' | 'onFailureRetry' | 'lastChange' | 'nextRunAt'
>;

export interface ScheduledJobChanges {
  create: NewScheduledJob[];
  /** Removed earlier, listed again; with the name of today. */
  revive: { id: string; name: string; nameFolded: string }[];
  rename: { id: string; name: string; nameFolded: string }[];
  remove: string[];
}

/** Applying the changes and asking again gives none. */
export function desiredScheduledJobs(
  institution: InstitutionFacts,
  definitions: readonly JobDefinition[],
  existing: readonly ExistingScheduledJob[],
  now: Date,
): ScheduledJobChanges {
  const changes: ScheduledJobChanges = { create: [], revive: [], rename: [], remove: [] };
  const known = new Map(existing.map((job) => [job.instanceKey, job]));
  for (const definition of definitions) {
    if (definition.family !== null || !('slots' in definition.defaultSchedule)) continue; // made with their profiles
    for (const [index, schedule] of definition.defaultSchedule.slots.entries()) {
      const slot = index + 1;
      const job = known.get(instanceKeyOf(definition.key, slot));
      const name = definition.instances === 'TWO_SLOTS' ? `${definition.name} (${slot})` : definition.name;
      const naming = { name, nameFolded: foldText(name) };
      if (!isListed(definition, institution, job !== undefined)) {
        if (job !== undefined && job.deletedAt === null) changes.remove.push(job._id);
      } else if (job === undefined) {
        changes.create.push(newScheduledJob(institution, definition, schedule, slot, naming, now));
      } else if (job.deletedAt !== null) {
        changes.revive.push({ id: job._id, ...naming });
      } else if (job.name !== name) {
        changes.rename.push({ id: job._id, ...naming });
      }
    }
  }
  return changes;
}

function newScheduledJob(
  institution: InstitutionFacts,
  definition: JobDefinition,
  schedule: Schedule,
  slot: number,
  naming: { name: string; nameFolded: string },
  now: Date,
): NewScheduledJob {
  const active = definition.available && isDefaultActive(definition, institution, slot);
  return {
    institutionId: institution.institutionId,
    jobKey: definition.key,
    variant: '',
    profileId: null,
    slot,
    instanceKey: instanceKeyOf(definition.key, slot),
    ...naming,
    category: definition.category,
    active,
    inactiveReason: active ? null : 'NOT_ENABLED',
    schedule,
    creatorUserId: null,
    parameters: definition.parameters.parse({}),
    guard: { enabled: definition.guarded, factor: 5, minRecords: 500 },
    lastOccurrenceAt: now, // what would have been due before is nobody's to make up
    lastRun: null,
    lastSuccessAt: null,
    medianDurationSec: null,
    medianSelected: null,
    deletedAt: null,
    deleteAfter: null,
  };
}

function isDefaultActive(
  { defaultActive }: JobDefinition,
  { acqDistributionJob }: InstitutionFacts,
  slot: number,
): boolean {
  if (typeof defaultActive === 'string') return defaultActive === 'ACQ_DISTRIBUTION_JOB' && acqDistributionJob;
  return defaultActive[slot - 1] ?? false;
}

function isListed({ listedWhen }: JobDefinition, institution: InstitutionFacts, listedBefore: boolean): boolean {
  const { kinds, features, exists } = listedWhen;
  if (kinds !== undefined && !kinds.includes(institution.kind)) return false;
  if (features !== undefined && !features.some((feature) => institution.features.includes(feature))) return false;
  return exists === undefined || listedBefore || institution.exists.includes(exists);
}

const instanceKeyOf = (jobKey: string, slot: number) => `${jobKey}::-:${slot}`;
