/**
 * Records the histories that replay.test.ts plays again: `node bin/source.mjs test/replay/record.ts`; when, CONTRIBUTING.md says.
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
import { queues } from '../../config/queues.js';
import { newId } from '../../models/document.js';
import { asOf, nightsWork } from '../../chaos/library.js';
import { startServers } from '../support/global-setup.js';
import { openHouse, type House } from '../support/house.js';

const ofTheMachine = ['identity', 'stackTrace', 'workerVersion'];
/** The queue that a worker takes up beside that of all is called by process and host. */
const queueOfOneWorker = z.looseObject({ kind: z.literal('TASK_QUEUE_KIND_STICKY'), normalName: z.string() });
const folder = join(import.meta.dirname, 'histories');
const submittedBy = { type: 'USER', id: 'u-tester', name: 'A. Tester' } as const;

// Every page finds its minute over, so that each is an activity.
const sinceStart = performance.now.bind(performance);
let minutes = 0;
performance.now = () => sinceStart() + 60_000 * (minutes += 1);

const stopServers = await startServers(40);
const house = await openHouse('replay');
try {
  await recordRuns(house);
  await recordServants(house);
} finally {
  await house.close();
  await stopServers();
}

async function recordRuns(house: House): Promise<void> {
  const { models, operating } = house;
  const jobs = new Map<string, string>();
  for (const institutionId of ['whole', 'aborted', 'failed', 'approved']) jobs.set(institutionId, await nightsWork(models, institutionId, { seed: 1, loans: 80 }));
  const night = (institutionId: string) => ({ institutionId, scheduledJobId: jobs.get(institutionId)!, asOf });

  await models.Item.updateOne({ institutionId: 'whole', barcode: 'B002' }, { $set: { replacementCost: { amount: 4250, currency: 'SEK' } } });
  const preview = await house.run({ ...night('whole'), trigger: 'DRY_RUN', asOf: new Date() });
  await keep('loans-overdue-and-lost.preview', preview.workflowId);
  const whole = await house.run(night('whole'));
  await keep('loans-overdue-and-lost.whole', whole.workflowId);
  const retry = await retryFailed(operating, { institutionId: 'whole', runId: whole.id, submittedBy });
  await house.finished('whole', retry._id);
  await keep('loans-overdue-and-lost.retry', retry.workflowId);

  const aborted = await startRun(operating, { ...night('aborted'), trigger: 'MANUAL', submittedBy });
  // In the midst of its second history, far from where one ends.
  await until(async () => (await models.RunBatch.countDocuments({ institutionId: 'aborted' })) > 3);
  await abortRun(operating, { institutionId: 'aborted', runId: aborted._id, by: submittedBy.id, reason: 'To see it end.' });
  await house.finished('aborted', aborted._id);
  await keep('loans-overdue-and-lost.aborted', aborted.workflowId);

  await models.ScheduledJob.updateOne({ institutionId: 'failed', _id: jobs.get('failed') }, { $set: { parameters: { unknown: 1 } } });
  await keep('loans-overdue-and-lost.failed', (await house.run(night('failed'))).workflowId);

  await models.ScheduledJob.updateOne({ institutionId: 'approved', _id: jobs.get('approved') }, { $set: { guard: { enabled: true, factor: 1, minRecords: 0 } } });
  await models.Run.collection.insertMany([1, 2, 3, 4, 5].map((number) => ({
    _id: newId(), institutionId: 'approved', scheduledJobId: jobs.get('approved'), processId: -number, occurrenceKey: `L:${number}`, trigger: 'SCHEDULE',
    status: 'COMPLETED_SUCCESSFULLY', submittedAt: asOf, startedAt: asOf, endedAt: asOf, counters: { recordsSelected: 1 },
  })) as never);
  const guarded = await startRun(operating, { ...night('approved'), trigger: 'MANUAL', submittedBy });
  await until(async () => (await models.Run.countDocuments({ institutionId: 'approved', status: 'MANUAL_HANDLING_REQUIRED' })) > 0);
  await approveRun(operating, { institutionId: 'approved', runId: guarded._id, by: submittedBy.id, reason: 'It is right.' });
  await house.finished('approved', guarded._id);
  await keep('loans-overdue-and-lost.approved', guarded.workflowId);
}

/** The workflows that serve the runs: one history of each that was continued as new, and of the dispatcher the one that ended. */
async function recordServants({ client }: House): Promise<void> {
  await client.workflow.getHandle('dispatcher-whole').signal('look');
  await client.workflow.getHandle('dispatcher-whole').result();
  await keep('dispatcher', 'dispatcher-whole');
  await renewed('mail-whole', () => client.workflow.getHandle('mail-whole').signal('letters'));
  await keep('mail', 'mail-whole', 1);
  const reconcile = { workflowId: 'system-reconcile', taskQueue: queues.system, signal: 'now' };
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
