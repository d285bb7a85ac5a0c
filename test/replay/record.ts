/**
 * Records the histories that replay.test.ts plays again: `node bin/source.mjs test/replay/record.ts [job key]`; when, CONTRIBUTING.md says. With a key
 * those of that job only; without one those of all, and of the workflows that serve them.
 *
 * Real runs on a server of their own, whose histories suggest to be continued as new at 40 events. What tells of the
 * machine is left out. A history under a name that is not recorded here stays.
 */
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';
import { abortRun, approveRun } from '../../api/operations/steer-run.js';
import { retryFailed, startRun } from '../../api/operations/start-run.js';
import { jobOf } from '../../catalogue/jobs.js';
import { queues } from '../../config/queues.js';
import { newId } from '../../models/document.js';
import { asOf } from '../../chaos/library.js';
import { scenarios } from '../../chaos/scenarios.js';
import { startServers } from '../support/global-setup.js';
import { openHouse, type House } from '../support/house.js';

const ofTheMachine = ['identity', 'stackTrace', 'workerVersion'];
/** The queue that a worker takes up beside that of all is called by process and host. */
const queueOfOneWorker = z.looseObject({ kind: z.literal('TASK_QUEUE_KIND_STICKY'), normalName: z.string() });
const folder = join(import.meta.dirname, 'histories');
const submittedBy = { type: 'USER', id: 'u-tester', name: 'A. Tester' } as const;

interface RunsOfJob {
  /** Before the names of its institutions. */
  prefix: string;
  /** Its preview's. */
  previewAsOf: Date;
  /** So many pages are done when its run is aborted: in the midst of a history, far from where one ends. */
  abortedAfter: number;
  /** Of the night that is aborted. */
  loans: number;
}
const ofJobs: Readonly<Record<string, RunsOfJob>> = {
  'fines-fees-notifications': { prefix: 'fines-', previewAsOf: asOf, abortedAfter: 1, loans: 80 },
  'notifications-activity-report': { prefix: 'activity-', previewAsOf: asOf, abortedAfter: 1, loans: 80 },
  'loans-overdue-and-lost': { prefix: '', previewAsOf: new Date(), abortedAfter: 4, loans: 80 },
  'loans-due-date-correction': { prefix: 'correction-', previewAsOf: asOf, abortedAfter: 2, loans: 80 },
  'email-leganto-notifications': { prefix: 'leganto-', previewAsOf: asOf, abortedAfter: 1, loans: 80 },
  'notifications-courtesy-and-renewals': { prefix: 'renewals-', previewAsOf: asOf, abortedAfter: 2, loans: 80 },
  'notifications-due-date-reminders': { prefix: 'reminders-', previewAsOf: asOf, abortedAfter: 2, loans: 80 },
  'fulfillment-historical-archiving': { prefix: 'archiving-', previewAsOf: asOf, abortedAfter: 1, loans: 2_600 },
  'users-remove-blocks': { prefix: 'blocks-', previewAsOf: asOf, abortedAfter: 2, loans: 2_600 },
};

// Every page finds its minute over, so that each is an activity.
const sinceStart = performance.now.bind(performance);
let minutes = 0;
performance.now = () => sinceStart() + 60_000 * (minutes += 1);

const stopServers = await startServers(40);
const house = await openHouse('replay');
const [, , only] = process.argv;
try {
  for (const [jobKey, runs] of Object.entries(ofJobs)) if (only === undefined || only === jobKey) await recordRuns(house, jobKey, runs);
  if (only === undefined) await recordServants(house);
} finally {
  await house.close();
  await stopServers();
}

async function recordRuns(house: House, jobKey: string, { prefix, previewAsOf, abortedAfter, loans }: RunsOfJob): Promise<void> {
  const { models, operating } = house;
  const { prepare } = scenarios[jobKey]!;
  const jobs = new Map<string, string>();
  const [wholly, aborting, failing, approving] = ['whole', 'aborted', 'failed', 'approved'].map((kind) => `${prefix}${kind}`) as [string, string, string, string];
  for (const institutionId of [wholly, aborting, failing, approving]) jobs.set(institutionId, await prepare(models, institutionId, { seed: 1, loans: institutionId === aborting ? loans : 80 }));
  const night = (institutionId: string) => ({ institutionId, scheduledJobId: jobs.get(institutionId)!, asOf });

  await models.Item.updateOne({ institutionId: wholly, barcode: 'B002' }, { $set: { replacementCost: { amount: 4250, currency: 'SEK' } } });
  const preview = await house.run({ ...night(wholly), trigger: 'DRY_RUN', asOf: previewAsOf });
  await keep(`${jobKey}.preview`, preview.workflowId);
  const whole = await house.run(night(wholly));
  await keep(`${jobKey}.whole`, whole.workflowId);
  if (whole.problems.errors > 0) {
    const retry = await retryFailed(operating, { institutionId: wholly, runId: whole.id, submittedBy });
    await house.finished(wholly, retry._id);
    await keep(`${jobKey}.retry`, retry.workflowId);
  }

  const aborted = await startRun(operating, { ...night(aborting), trigger: 'MANUAL', submittedBy });
  await until(async () => (await models.RunBatch.countDocuments({ institutionId: aborting })) >= abortedAfter);
  await abortRun(operating, { institutionId: aborting, runId: aborted._id, by: submittedBy.id, reason: 'To see it end.' });
  await house.finished(aborting, aborted._id);
  await keep(`${jobKey}.aborted`, aborted.workflowId);

  await models.ScheduledJob.updateOne({ institutionId: failing, _id: jobs.get(failing) }, { $set: { parameters: { unknown: 1 } } });
  await keep(`${jobKey}.failed`, (await house.run(night(failing))).workflowId);

  if (!jobOf(jobKey).guarded) return;
  await models.ScheduledJob.updateOne({ institutionId: approving, _id: jobs.get(approving) }, { $set: { guard: { enabled: true, factor: 1, minRecords: 0 } } });
  await models.Run.collection.insertMany([1, 2, 3, 4, 5].map((number) => ({
    _id: newId(), institutionId: approving, scheduledJobId: jobs.get(approving), processId: -number, occurrenceKey: `L:${number}`, trigger: 'SCHEDULE',
    status: 'COMPLETED_SUCCESSFULLY', submittedAt: asOf, startedAt: asOf, endedAt: asOf, counters: { recordsSelected: 1 },
  })) as never);
  const guarded = await startRun(operating, { ...night(approving), trigger: 'MANUAL', submittedBy });
  await until(async () => (await models.Run.countDocuments({ institutionId: approving, status: 'MANUAL_HANDLING_REQUIRED' })) > 0);
  await approveRun(operating, { institutionId: approving, runId: guarded._id });
  await house.finished(approving, guarded._id);
  await keep(`${jobKey}.approved`, guarded.workflowId);
}

/** The workflows that serve the runs: one history of each that was continued as new, and of the dispatcher the one that ended. */
async function recordServants({ client }: House): Promise<void> {
  await client.workflow.getHandle('dispatcher-whole').signal('look');
  await client.workflow.getHandle('dispatcher-whole').result();
  await keep('dispatcher', 'dispatcher-whole');
  await renewed('mail-whole', () => client.workflow.getHandle('mail-whole').signal('letters'));
  await keep('mail', 'mail-whole', 1);
  const reconcile = { workflowId: 'system-reconcile', taskQueue: queues.jobs, signal: 'now' };
  await renewed('system-reconcile', () => client.workflow.signalWithStart('system-reconcile', reconcile));
  await keep('system-reconcile', 'system-reconcile', 1);
}

/** Calls a workflow until its history was continued as new. */
async function renewed(workflowId: string, call: () => Promise<unknown>): Promise<void> {
  await until(async () => {
    await call();
    return (await legsOf(workflowId)).length > 1;
  });
}

/** Run ids of a workflow's histories, the first first. */
async function legsOf(workflowId: string): Promise<string[]> {
  const legs: { runId: string; startTime: Date }[] = [];
  for await (const { runId, startTime } of house.client.workflow.list({ query: `WorkflowId = "${workflowId}"` })) legs.push({ runId, startTime });
  return legs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime()).map(({ runId }) => runId);
}

/** The first `most` histories of a workflow, one file each, in place of those of that name; all of them must be closed. */
async function keep(name: string, workflowId: string, most = Infinity): Promise<void> {
  for (const file of await readdir(folder)) if (/^(.+)\.\d+\.json$/.exec(file)?.[1] === name) await rm(join(folder, file));
  for (const [index, runId] of (await legsOf(workflowId)).slice(0, most).entries()) {
    const handle = house.client.workflow.getHandle(workflowId, runId);
    await until(async () => (await handle.describe()).status.name !== 'RUNNING');
    const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()), withoutMachine);
    await writeFile(join(folder, `${name}.${index + 1}.json`), `${JSON.stringify({ workflowId, history })}\n`);
  }
}

function withoutMachine(key: string, value: unknown): unknown {
  if (ofTheMachine.includes(key)) return undefined;
  const { success, data } = queueOfOneWorker.safeParse(value);
  return success ? { ...data, name: data.normalName } : value;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 1_000; look += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not come about');
}
