/** What the operations that API and command line share are handed. */
import type { Client } from '@temporalio/client';
import type { Institution } from '../../models/institution.js';
import type { Models } from '../../models/models.js';
import type { StoredRun } from '../../models/run.js';
import type { ScheduledJob } from '../../models/scheduled-job.js';
import { Refusal } from '../refusal.js';

export interface Operating {
  models: Models;
  client: Client;
  now: () => Date;
  /** Where the workflows of jobs are worked on. */
  taskQueue: string;
}

const ENGINE_TIMEOUT_MS = 2_000;

export async function engineAnswers({ client }: Pick<Operating, 'client'>): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + ENGINE_TIMEOUT_MS, () => client.connection.workflowService.getSystemInfo({})); // oxlint-disable-line house/clock -- a deadline of the wire
    return true;
  } catch {
    return false;
  }
}

/** Who asks: kept on the run and in the audit. */
export type Submitter = StoredRun['submittedBy'];

export async function institutionOf({ models }: Pick<Operating, 'models'>, institutionId: string): Promise<Institution> {
  const institution = await models.Institution.findOne({ institutionId, code: institutionId }).lean();
  if (institution === null) throw new Refusal('not-found', `There is no institution "${institutionId}".`);
  return institution;
}

export async function scheduledJobOf(
  { models }: Pick<Operating, 'models'>,
  institutionId: string,
  scheduledJobId: string,
): Promise<ScheduledJob> {
  const job = await models.ScheduledJob.findOne({ institutionId, _id: scheduledJobId, deletedAt: null }).lean();
  if (job === null) throw new Refusal('not-found', `There is no scheduled job "${scheduledJobId}" in ${institutionId}.`);
  return job;
}

export async function runOf({ models }: Pick<Operating, 'models'>, institutionId: string, runId: string): Promise<StoredRun> {
  const run = await models.Run.findOne({ institutionId, _id: runId }).lean();
  if (run === null) throw new Refusal('not-found', `There is no run "${runId}" in ${institutionId}.`);
  return run;
}
