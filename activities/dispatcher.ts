/** What the dispatcher sees and writes: open runs, settings, and where each waiting run stands (platform.md 6). */
import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { jobs } from '../catalogue/jobs.js';
import type { Command, OpenRun } from '../domain/dispatcher.js';
import { HOUR, MINUTE, type Due, type Hold, type Settings } from '../domain/dispatcher/state.js';
import { openStatuses, type RunStatus } from '../domain/run.js';
import { newId } from '../models/document.js';
import { insertOnce } from '../models/insert-once.js';
import type { Models } from '../models/models.js';
import type { RunEvent, StoredRun } from '../models/run.js';
import { permanently } from './failures.js';
import { closeRun } from './runs/close.js';
import { moveRun } from './runs/status.js';
import { askFields, turnAskOf } from './turn-ask.js';

export interface Dependencies {
  models: Models;
  client: Client;
  now: () => Date;
}

/** A run the dispatcher believes in. */
export interface KnownRun {
  runId: string;
  workflowId: string;
  waits: boolean;
}

export interface Look {
  settings: Settings;
  /** Open runs that live and that the dispatcher does not know, or knows as waiting although they are at work. */
  open: OpenRun[];
  /** Runs whose workflow does not exist any more. */
  gone: string[];
}

/** How far ahead occurrences are looked for: the half hour of 6.3 and the time until the next look, generously. */
const DUE_WITHIN = HOUR;
const DUE_SINCE = 5 * MINUTE;
const HOLDS_KEPT = 24 * HOUR;
/** Between the record of a run and the start of its workflow; longer only when whoever was to start it died. */
const STARTING = 5 * MINUTE;
const DESCRIBED_AT_ONCE = 20;
/** 90 days: events (platform.md 8). */
const EVENT_KEPT = 90 * 24 * HOUR;

/** Jobs that others come after: the only ones of which it matters when they are due. */
const awaited = [...new Set(jobs.flatMap(({ runAfter }) => runAfter))];

/** A run of a job that a newer version does not have any more cannot go on, and must not keep others from it. */
const keys = new Set<string>(jobs.map(({ key }) => key));

export function createDispatcherActivities({ models, client, now }: Dependencies) {
  return {
    /** Reads settings and open runs, and asks the engine which workflows still live. Changes nothing. */
    async lookAtRuns(institutionId: string, known: KnownRun[]): Promise<Look> {
      const at = now();
      const institution = await models.Institution.findOne({ institutionId, code: institutionId }).lean();
      if (institution === null) throw permanently('INSTITUTION_MISSING', `There is no institution "${institutionId}".`);
      const [holds, due, stored] = await Promise.all([
        holdsOf(models, institutionId, at),
        dueOf(models, institutionId, at),
        openRunsOf(models, institutionId),
      ]);

      const waits = new Map(known.map((run) => [run.runId, run.waits]));
      const unknown = stored.filter((run) => !waits.has(run._id));
      const living = await lives(client, [...known.map(({ workflowId }) => workflowId), ...unknown.map((run) => run.workflowId)]);

      const isNews = (run: OpenStoredRun) =>
        waits.get(run._id) === undefined ? keys.has(run.jobKey) : waits.get(run._id) && phaseOf(run) === 'WORKING';
      const isStarting = (run: OpenStoredRun) => at.getTime() - run.submittedAt.getTime() < STARTING;
      return {
        settings: { capacityUnits: institution.capacityUnits, holds, due },
        open: stored.filter((run) => isNews(run) && living.has(run.workflowId)).map((run) => openRunOf(run, institution.timeZone)),
        gone: [
          ...known.filter((run) => !living.has(run.workflowId)).map((run) => run.runId),
          ...unknown.filter((run) => !living.has(run.workflowId) && !isStarting(run)).map((run) => run._id),
        ],
      };
    },

    /**
     * Writes what the dispatcher decided: where waiting runs stand, which are skipped, which went ahead, which are lost.
     *
     * Repeatable: every change of status is filtered on the statuses it may come from, so that what comes late, after
     * the run has begun or ended, changes nothing.
     */
    async recordDecisions(institutionId: string, decisions: Command[]): Promise<void> {
      const at = now();
      await writeStandings(models, institutionId, decisions, at);
      for (const decision of decisions) {
        if (decision.kind === 'REFUSE') await skip(models, institutionId, decision, at);
        if (decision.kind === 'GRANT' && decision.wentAhead.length > 0) await tellOfOrder(models, institutionId, decision, at);
      }
      await endLost(models, now, institutionId, decisions);
    },
  };
}
export type DispatcherActivities = ReturnType<typeof createDispatcherActivities>;

/**
 * Starts the institution's dispatcher where runs are open and none is there: one that was terminated comes back by itself only
 * with the next ask, and those who wait have asked. Repeatable.
 */
export async function wakeDispatcher({ models, client }: Dependencies, institutionId: string, taskQueue: string): Promise<void> {
  const open = await models.Run.findOne({ institutionId, status: { $in: [...openStatuses] } }, { _id: 1 }).lean();
  if (open === null) return;
  await client.workflow.start('dispatcher', {
    workflowId: `dispatcher-${institutionId}`,
    taskQueue,
    args: [{ institutionId }],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}

type OpenStoredRun = Pick<StoredRun, '_id' | 'status' | 'startedAt' | keyof typeof askFields>;

/** Of the institution, and those for all; in force, to come, or ended within a day. */
async function holdsOf(models: Models, institutionId: string, at: Date): Promise<Hold[]> {
  const since = new Date(at.getTime() - HOLDS_KEPT);
  const holds = await models.JobHold.find({ institutionId: { $in: [institutionId, '*'] }, to: { $gt: since } }).lean();
  return holds.map(({ from, to, scope, reason, atEnd }) => ({
    from: from.getTime(),
    to: to.getTime(),
    scope: { all: scope.all, categories: scope.categories, scheduledJobIds: scope.scheduledJobIds },
    reason,
    atEnd,
  }));
}

async function dueOf(models: Models, institutionId: string, at: Date): Promise<Due[]> {
  const window = { $gte: new Date(at.getTime() - DUE_SINCE), $lte: new Date(at.getTime() + DUE_WITHIN) };
  const found = await models.ScheduledJob.find(
    { institutionId, deletedAt: null, active: true, jobKey: { $in: awaited }, nextRunAt: window },
    { jobKey: 1, name: 1, nextRunAt: 1 },
  ).lean();
  return found.flatMap(({ _id, jobKey, name, nextRunAt }) =>
    nextRunAt === null ? [] : [{ scheduledJobId: _id, jobKey, name, at: nextRunAt.getTime() }],
  );
}

function openRunsOf(models: Models, institutionId: string): Promise<OpenStoredRun[]> {
  return models.Run.find(
    { institutionId, status: { $in: [...openStatuses] } },
    { ...askFields, status: 1, startedAt: 1 },
  ).lean<OpenStoredRun[]>();
}

const phases: Partial<Record<RunStatus, OpenRun['phase']>> = {
  PENDING: 'WAITING',
  QUEUED: 'WAITING',
  MANUAL_HANDLING_REQUIRED: 'RELEASED',
  FINALIZING: 'RELEASED',
};

const phaseOf = ({ status }: OpenStoredRun): OpenRun['phase'] => phases[status] ?? 'WORKING';

/** A waiting run that has begun before was stopped by the guard, and approved. */
function openRunOf(run: OpenStoredRun, timeZone: string): OpenRun {
  const phase = phaseOf(run);
  return { ask: turnAskOf(run, timeZone, phase === 'WAITING' && run.startedAt !== null), phase };
}

/** Those of the workflows that are running, whatever their leg. */
async function lives(client: Client, workflowIds: string[]): Promise<Set<string>> {
  const running = new Set<string>();
  const left = workflowIds.values();
  const describe = async () => {
    for (const workflowId of left) {
      if (await isRunning(client, workflowId)) running.add(workflowId);
      Context.current().heartbeat();
    }
  };
  await Promise.all(Array.from({ length: DESCRIBED_AT_ONCE }, describe));
  return running;
}

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING' || status.name === 'PAUSED';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** One statement for all waiting runs of which there is news; of several news of one run the last counts. */
async function writeStandings(models: Models, institutionId: string, decisions: Command[], at: Date): Promise<void> {
  const shows = decisions.filter((decision) => decision.kind === 'SHOW');
  const last = new Map(shows.map((show) => [show.runId, show]));
  const writes = [...last.values()].flatMap(({ runId, resumed, standing: { status, reason } }) => {
    const others: RunStatus[] = [status === 'QUEUED' ? 'PENDING' : 'QUEUED'];
    if (resumed) others.push('MANUAL_HANDLING_REQUIRED');
    const version = { $inc: { version: 1 } };
    return [
      { updateOne: { filter: { institutionId, _id: runId, status }, update: { $set: { waitReason: reason }, ...version } } },
      {
        updateOne: {
          filter: { institutionId, _id: runId, status: { $in: others } },
          update: { $set: { status, statusAt: at, waitReason: reason }, ...version },
        },
      },
    ];
  });
  if (writes.length > 0) await models.Run.bulkWrite(writes);
}

/** A skipped run was submitted when it was to run, and has no start (platform.md 5). */
async function skip(models: Models, institutionId: string, { ask, refusal }: Command & { kind: 'REFUSE' }, at: Date): Promise<void> {
  await moveRun(models, { institutionId, runId: ask.runId }, 'SKIPPED', at, {
    skipReason: refusal.skipReason,
    submittedAt: new Date(ask.scheduledAt ?? ask.submittedAt),
    endedAt: at,
    ...(refusal.reason === null ? {} : { waitReason: refusal.reason }),
  });
}

async function tellOfOrder(models: Models, institutionId: string, { runId, wentAhead }: Command & { kind: 'GRANT' }, at: Date): Promise<void> {
  const event: RunEvent = {
    _id: newId(),
    institutionId,
    runId,
    seq: -1, // before the events of any batch
    at,
    severity: 'INFO',
    code: 'WENT_AHEAD',
    message: `Waited two hours for ${wentAhead.join(', ')}, then went ahead`,
    params: { jobKeys: wentAhead },
    recordType: null,
    recordId: null,
    recordLabel: null,
    retryable: false,
    attempts: 1,
    resolvedInRunId: null,
    eventKey: 'WENT_AHEAD|-|-',
    deleteAfter: new Date(at.getTime() + EVENT_KEPT),
    createdAt: at,
    updatedAt: at,
  };
  await insertOnce(models.RunEvent, [event]);
}

/** Ends runs that nobody works on any more, with the counters of what they had done; those that ended properly stay. */
async function endLost(models: Models, now: () => Date, institutionId: string, decisions: Command[]): Promise<void> {
  const runIds = decisions.flatMap((decision) => (decision.kind === 'LOST' ? [decision.runId] : []));
  if (runIds.length === 0) return;
  const open = await models.Run.find({ institutionId, _id: { $in: runIds }, status: { $in: [...openStatuses] } }, { _id: 1 }).lean();
  const failure = { code: 'WORKFLOW_LOST', message: 'The workflow of this run ended without closing it.' };
  for (const { _id } of open) await closeRun(models, now, { institutionId, runId: _id }, { how: 'FAILED', failure });
}
