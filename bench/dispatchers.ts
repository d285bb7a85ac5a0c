/**
 * Sixty dispatchers at work and a thousand runs that wait: the real workflow and its real activities with runs that only pretend to work;
 * before it, a thousand waiting runs in one dispatcher, by its rules alone.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { createDispatcherActivities } from '../activities/dispatcher.js';
import { turnAskOf } from '../activities/turn-ask.js';
import { now } from '../config/clock.js';
import { environment } from '../config/environment.js';
import { queues } from '../config/queues.js';
import { newId } from '../models/document.js';
import { createIndexes, type Models } from '../models/models.js';
import { newRun } from '../models/new-run.js';
import type { StoredRun } from '../models/run.js';
import { ruleCosts } from './dispatcher-rules.js';
import { machine, versions } from './machine.js';
import { withOwnWorker } from './own-worker.js';
import { onlyEngine, processorTime, usedSince, withClient, withServers } from './servers.js';

const INSTITUTIONS = 60;
/** Of each institution: four at work, seventeen that wait. */
const RUNS = 21;
const CAPACITY = 4;
const WAITING = INSTITUTIONS * (RUNS - CAPACITY);
const JOB = 'po-line-packaging'; // without locks and order: what keeps a run out is capacity
const timeZone = 'UTC';
const AT_ONCE = 50;
const LONGEST_MS = 150_000;
const taskQueue = queues.system; // where dispatchers have their activities

/** Resolved when those at work may come to their end. */
interface Gate {
  opened: Promise<void>;
  open: () => void;
}

const createPretendedActivities = (models: Models, client: Client, gate: Gate) => ({
  /** As openRun does it. */
  async ask(institutionId: string, runId: string): Promise<void> {
    const run = await models.Run.findOne({ institutionId, _id: runId }).orFail().lean<StoredRun>();
    await client.workflow.signalWithStart('dispatcher', {
      workflowId: `dispatcher-${institutionId}`, taskQueue, args: [{ institutionId }], signal: 'ask', signalArgs: [turnAskOf(run, timeZone, false)],
    });
  },
  work: () => gate.opened,
});
export type PretendedActivities = ReturnType<typeof createPretendedActivities>;

/** Prints the costs of the rules, then of the engine. */
export async function benchDispatchers(): Promise<void> {
  const folder = join(environment().dataDir, 'bench', 'dispatchers');
  await rm(folder, { recursive: true, force: true });
  console.log(`${INSTITUTIONS} dispatchers, ${INSTITUTIONS * CAPACITY} runs at work, ${WAITING} that wait\n${machine()}\n${ruleCosts()}`);
  await withServers(folder, onlyEngine, {}, (servers, models) =>
    withClient(servers, async (client, connection) => {
      console.log(await versions(models, connection));
      await createIndexes(models);
      const runs = await writeRuns(models);
      const gate = closedGate();
      const activities = { ...createDispatcherActivities({ models, client, now }), ...createPretendedActivities(models, client, gate) };
      // Those at work hold their slots.
      const options = { taskQueue, workflows: 'dispatchers-workflow.ts', activities, maxConcurrentActivityTaskExecutions: INSTITUTIONS * CAPACITY + AT_ONCE };
      await withOwnWorker(servers, options, async () => {
        await timed(folder, `${runs.length} runs ask, until ${WAITING} are shown waiting`, async () => {
          await atOnce(runs, (run) => client.workflow.start('pretendedRun', { workflowId: run.workflowId, taskQueue, args: [run.institutionId, run._id] }));
          await until(async () => (await models.Run.countDocuments({ 'waitReason.kind': 'CAPACITY' })) >= WAITING);
        });
        await timed(folder, 'nothing happens for', () => pause(20_000));
        await timed(folder, 'all dispatchers look', () => look(client));
        await timed(folder, `${WAITING} turns, until the last run is done`, async () => {
          gate.open();
          await atOnce(runs, (run) => client.workflow.getHandle(run.workflowId).result());
        });
      });
      const lengths = await Promise.all(institutions.map(async (code) => (await client.workflow.getHandle(`dispatcher-${code}`).describe()).historyLength));
      console.log(`events in the history of a dispatcher: ${Math.max(...lengths)} at most, ${(Math.max(...lengths) / RUNS).toFixed(1)} a run`);
    }),
  );
  await rm(folder, { recursive: true, force: true });
}

const institutions = Array.from({ length: INSTITUTIONS }, (_, number) => `lib${number}`);

function closedGate(): Gate {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

/** Runs of different jobs, so that nobody waits for the slot of its own, in turns through the institutions. */
async function writeRuns(models: Models): Promise<StoredRun[]> {
  const runs: StoredRun[] = [];
  for (const institutionId of institutions) {
    const institution = new models.Institution({ _id: newId(), institutionId, code: institutionId, name: institutionId, kind: 'INSTITUTION', capacityUnits: CAPACITY, timeZone }).toObject();
    await models.Institution.collection.insertOne(institution as never);
    for (let number = 1; number <= RUNS; number += 1) {
      const job = new models.ScheduledJob({ _id: newId(), institutionId, jobKey: JOB, instanceKey: newId(), name: JOB, nameFolded: JOB, category: 'ACQUISITION', active: true, schedule: { kind: 'NONE' } }).toObject();
      const at = now();
      runs.push(newRun(job, institution, { trigger: 'MANUAL', processId: number, submittedBy: { type: 'SYSTEM', id: null, name: 'Bench' }, submittedAt: at, asOf: at }));
    }
  }
  runs.sort((a, b) => a.processId - b.processId);
  await models.Run.collection.insertMany(runs as never);
  return runs;
}

/** Until each has looked and heard what was found. */
async function look(client: Client): Promise<void> {
  const lengthOf = async (code: string) => (await client.workflow.getHandle(`dispatcher-${code}`).describe()).historyLength;
  await atOnce(institutions, async (code) => {
    const before = await lengthOf(code);
    await client.workflow.getHandle(`dispatcher-${code}`).signal('look');
    // The signal, a task of three events, an activity of three, another task.
    await until(async () => (await lengthOf(code)) >= before + 10);
  });
}

async function atOnce<T>(all: readonly T[], act: (one: T) => Promise<unknown>): Promise<void> {
  const left = all.values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const one of left) await act(one);
  }));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + LONGEST_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it did not come about within ${LONGEST_MS / 1_000} s`);
    await pause(100);
  }
}

async function timed(folder: string, what: string, work: () => Promise<unknown>): Promise<void> {
  const before = await processorTime(folder);
  const own = process.cpuUsage();
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(own);
  console.log(`${what}: ${seconds.toFixed(1)} s (processor: ${usedSince(before, await processorTime(folder))}, worker here ${((user + system) / 1e6).toFixed(1)} s)`);
}
