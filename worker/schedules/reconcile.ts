/**
 * Makes the engine's schedules what the records say, and says what had to be done (engine.md 1.3).
 *
 * The record always wins: a pause or another time set in the engine's own pages is overwritten and told, for the audit entry. Policies
 * and arguments are not in the engine's listing; a change of these alone stays until the record changes.
 */
import { ScheduleAlreadyRunning, ScheduleNotFoundError, type Client, type ScheduleSummary } from '@temporalio/client';
import { searchAttributes } from '../../config/search-attributes.js';
import { canonical, type DesiredSchedule } from './desired.js';
import { scheduleIdOf } from './start.js';

/** What somebody had changed past the record. */
export type Drift = 'PAUSED' | 'RESUMED' | 'SPEC';
export type Outcome = 'CREATED' | 'UPDATED' | 'DELETED' | 'UNCHANGED' | Drift;

export interface Reconciliation {
  created: string[];
  updated: string[];
  deleted: string[];
  unchanged: number;
  healed: { id: string; what: Drift }[];
  /** The engine refused these; the others are done. */
  failed: { id: string; error: unknown }[];
}

export interface ReconcileOptions {
  /** null: the schedules of all institutions. */
  institutionId: string | null;
}

type ActualSchedule = Pick<ScheduleSummary, 'spec' | 'action' | 'state' | 'typedSearchAttributes'>;

const AT_ONCE = 10;
/** A listing gives so many entries of a field. */
const LISTED_ENTRIES = 10;

/** All schedules, or those of one institution: afterwards exactly the desired ones exist. A second pass finds all unchanged. */
export async function reconcile(
  client: Client,
  desired: readonly DesiredSchedule[],
  { institutionId }: ReconcileOptions,
): Promise<Reconciliation> {
  const query = institutionId === null ? undefined : `${searchAttributes.institution.name} = '${institutionId}'`;
  const actual = new Map<string, ActualSchedule>();
  for await (const schedule of client.schedule.list({ query, pageSize: 1000 })) {
    if (schedule.scheduleId.startsWith(scheduleIdOf(''))) actual.set(schedule.scheduleId, schedule);
  }
  const wanted = new Map(desired.map((one) => [one.id, one]));
  const ids = [...new Set([...wanted.keys(), ...actual.keys()])];

  const result: Reconciliation = { created: [], updated: [], deleted: [], unchanged: 0, healed: [], failed: [] };
  const take = async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      try {
        note(result, id, await settle(client, id, actual.get(id) ?? null, wanted.get(id) ?? null));
      } catch (error) {
        result.failed.push({ id, error }); // one impossible record must not keep the others from their night
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
  return result;
}

/** One schedule, after its record was written; `desired` null: it is to be gone. Asks the engine itself, whose listing lags. */
export async function reconcileOne(
  client: Client,
  scheduledJobId: string,
  desired: DesiredSchedule | null,
): Promise<Outcome> {
  const id = scheduleIdOf(scheduledJobId);
  const actual = await client.schedule
    .getHandle(id)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof ScheduleNotFoundError) return null;
      throw error;
    });
  return settle(client, id, actual, desired);
}

async function settle(
  client: Client,
  id: string,
  actual: ActualSchedule | null,
  desired: DesiredSchedule | null,
): Promise<Outcome> {
  if (desired === null) {
    if (actual === null) return 'UNCHANGED';
    await client.schedule
      .getHandle(id)
      .delete()
      .catch((error: unknown) => {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      });
    return 'DELETED';
  }
  if (actual === null && (await created(client, desired))) return 'CREATED';

  const outcome = actual === null ? 'UPDATED' : differenceOf(actual, desired);
  if (outcome !== 'UNCHANGED') {
    const { spec, action, policies, state, typedSearchAttributes } = desired.options;
    // The whole of it, built from the record: what an update leaves out falls back to the engine's defaults.
    await client.schedule.getHandle(id).update(() => ({ spec, action, policies, state, typedSearchAttributes }));
  }
  return outcome;
}

/** false: somebody was faster, or the listing was behind. */
async function created(client: Client, { options }: DesiredSchedule): Promise<boolean> {
  try {
    await client.schedule.create(options);
    return true;
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return false;
    throw error;
  }
}

function differenceOf(actual: ActualSchedule, { options, hash }: DesiredSchedule): 'UPDATED' | 'UNCHANGED' | Drift {
  if (actual.typedSearchAttributes?.get(searchAttributes.specHash) !== hash) return 'UPDATED';
  if (actual.state.paused !== options.state.paused) return actual.state.paused ? 'PAUSED' : 'RESUMED';
  const { calendars, intervals, timezone } = options.spec;
  const listed = (spec: { calendars?: unknown[]; intervals?: unknown[]; timezone?: string }) =>
    canonical([spec.calendars?.slice(0, LISTED_ENTRIES), spec.intervals?.slice(0, LISTED_ENTRIES), spec.timezone]);
  const asDesired = listed(actual.spec ?? {}) === listed({ calendars, intervals, timezone });
  return asDesired && actual.action?.workflowType === options.action.workflowType ? 'UNCHANGED' : 'SPEC';
}

function note(result: Reconciliation, id: string, outcome: Outcome): void {
  switch (outcome) {
    case 'CREATED':
      result.created.push(id);
      break;
    case 'UPDATED':
      result.updated.push(id);
      break;
    case 'DELETED':
      result.deleted.push(id);
      break;
    case 'UNCHANGED':
      result.unchanged += 1;
      break;
    default:
      result.healed.push({ id, what: outcome });
  }
}
