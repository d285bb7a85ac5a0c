/** What a run says when it asks the dispatcher for its turn, from its record and its job's definition. */
import { jobOf } from '../catalogue/jobs.js';
import { localDay, startOfDay, zoneOf, type Instant, type Zone } from '../domain/days.js';
import type { TurnAsk } from '../domain/dispatcher/state.js';
import type { Trigger } from '../domain/run.js';
import type { StoredRun } from '../models/run.js';

/** The fields of a run that its ask is made of: what a query for it must fetch. */
export const askFields = {
  workflowId: 1,
  scheduledJobId: 1,
  jobKey: 1,
  category: 1,
  name: 1,
  processId: 1,
  trigger: 1,
  submittedAt: 1,
  scheduledAt: 1,
  asOf: 1,
} as const;

/** `resumed`: it had its turn and gave it back to wait for the guard's approval. */
export function turnAskOf(run: Pick<StoredRun, '_id' | keyof typeof askFields>, timeZone: string, resumed: boolean): TurnAsk {
  const job = jobOf(run.jobKey);
  const zone = zoneOf(timeZone);
  const preview = run.trigger === 'DRY_RUN'; // writes nothing: no slot, no locks (platform.md 8)
  return {
    runId: run._id,
    workflowId: run.workflowId,
    scheduledJobId: preview ? null : run.scheduledJobId,
    jobKey: run.jobKey,
    category: run.category,
    name: run.name,
    processId: run.processId,
    trigger: run.trigger,
    submittedAt: run.submittedAt.getTime(),
    scheduledAt: run.scheduledAt?.getTime() ?? null,
    priority: job.priority,
    weight: preview ? 1 : job.weight,
    locks: preview ? [] : [...job.locks],
    runAfter: run.trigger === 'SCHEDULE' ? [...job.runAfter] : [], // nobody who starts a run by hand means "in two hours",
    staleAt: job.staleAfter === null ? null : endOfBusinessDate(run, zone),
    resumed,
  };
}

/** Who may name the moment that a run is to go by (platform.md 8; a real run in a SANDBOX only). */
const namesItsMoment: readonly Trigger[] = ['MANUAL', 'API', 'DRY_RUN'];

/** null: the run was asked for as at a day that was over. It could never start in time, and whoever named the day wants it all the same. */
function endOfBusinessDate({ trigger, asOf, submittedAt }: Pick<StoredRun, keyof typeof askFields>, zone: Zone): Instant | null {
  const end = startOfDay(zone, localDay(zone, asOf.getTime()) + 1);
  return namesItsMoment.includes(trigger) && submittedAt.getTime() >= end ? null : end;
}
