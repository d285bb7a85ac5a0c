/** The dispatcher on real servers, with a job that sends every message twice (engine.md 2.10). */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, test } from 'vitest';
import { createDispatcherActivities, wakeDispatcher } from '../../activities/dispatcher.js';
import { now } from '../../config/clock.js';
import { keptBundle, type Sources } from '../../worker/workflow-bundle.js';
import { quietRuntime } from '../support/quiet-runtime.js';
import { newId } from '../../models/document.js';
import { temporal } from '../support/servers.js';
import { CAPACITY, createStubActivities, openGround, World, type Ground } from './dispatcher-world.js';

let codePath: string;
let connection: NativeConnection;
let ground: Ground;
let stop: () => Promise<void>;
let world: World;
const worlds = new Map<string, World>();
/** Served by workers for all tests of this file, but for those that end them. */
const taskQueue = `dispatcher-${newId()}`;

beforeAll(async () => {
  quietRuntime();
  codePath = await keptBundle(sourcesOf('dispatcher-stub'));
  connection = await NativeConnection.connect({ address: temporal() });
  ground = await openGround();
  const { models, client } = ground;
  const stops = await Promise.all([
    running({ taskQueue: 'system', activities: createDispatcherActivities({ models, client, now }) }),
    startWorker(taskQueue, codePath),
  ]);
  stop = async () => void (await Promise.all(stops.map((each) => each())));
});
afterAll(async () => {
  await stop();
  await ground.close();
  await connection.close();
});

beforeEach(() => enter(taskQueue));
afterEach(async () => {
  await world.dispatcher.terminate().catch(() => undefined); // most have ended by themselves
});

async function enter(queue: string): Promise<void> {
  world = await World.open(ground, queue);
  worlds.set(world.institutionId, world);
}

const sourcesOf = (name: string): Sources => ({ workflowsPath: join(import.meta.dirname, `${name}.ts`), interceptors: [] });

/** The activities of the stub, and these workflows; null: they run elsewhere. Answers how it ends. */
function startWorker(queue: string, workflows: string | null): Promise<() => Promise<void>> {
  return running({
    taskQueue: queue,
    activities: createStubActivities(ground, worlds),
    workflowFailureErrorTypes: { '*': [], dispatcher: ['NondeterminismError'] },
    ...(workflows === null ? {} : { workflowBundle: { codePath: workflows } }),
  });
}

async function running(options: Omit<WorkerOptions, 'connection'>): Promise<() => Promise<void>> {
  const worker = await Worker.create({ connection, ...options });
  const ended = worker.run();
  return () => {
    worker.shutdown();
    return ended;
  };
}

const statusOf = async (runId: string) => (await world.run(runId)).status;
const waits = (runId: string) => async () => (await world.run(runId)).waitReason?.kind === 'CAPACITY';
const begun = (runId: string) => () => world.workshop.begun.includes(runId);

/** As many runs as there is capacity for, at work until they are let go. */
async function fill(): Promise<string[]> {
  const runs = await Promise.all(Array.from({ length: CAPACITY }, () => world.insertRun()));
  for (const run of runs) world.workshop.keep(run._id);
  await Promise.all(runs.map((run) => world.startWorkflow(run)));
  await world.until('all places are taken', () => runs.every(({ _id }) => begun(_id)()));
  return runs.map(({ _id }) => _id);
}

test('fifty runs at once: never more than four inside, each has one turn, and the history is renewed', async () => {
  const inside = await fill();
  const waiting = await Promise.all(Array.from({ length: 50 - CAPACITY }, () => world.start()));
  for (const runId of inside) world.workshop.letGo(runId);
  const runIds = [...inside, ...waiting];
  const ends = await Promise.all(runIds.map((runId) => world.workflow(runId).result()));

  assert.deepEqual(new Set(ends), new Set(['worked']));
  assert.deepEqual(world.workshop.begun.toSorted(), runIds.toSorted());
  assert.equal(world.workshop.most, CAPACITY);
  const { workflowExecutionInfo } = (await world.dispatcher.describe()).raw;
  assert.notEqual(workflowExecutionInfo?.firstRunId, workflowExecutionInfo?.execution?.runId, 'it never continued as new');
  await world.until('an idle dispatcher ends', async () => (await world.dispatcher.describe()).status.name === 'COMPLETED');
});

test('who waits is shown with the reason, and a place that comes free is given on', async () => {
  const [first = ''] = await fill();
  const last = await world.start();
  await world.until('the fifth run is shown waiting', waits(last));
  assert.equal((await world.run(last)).waitReason?.text, 'Waits for 1 of 4 units of capacity');
  assert.equal(await statusOf(last), 'QUEUED');

  world.workshop.letGo(first);
  await world.until('the fifth run works', begun(last));
});

test('a run terminated from outside frees its place at the next look and ends as lost', async () => {
  const [first = ''] = await fill();
  const last = await world.start();
  await world.until('the fifth run is shown waiting', waits(last));

  await world.workflow(first).terminate();
  await world.until('the fifth run works', begun(last));
  await world.until('the terminated run is closed', async () => (await statusOf(first)) === 'FAILED');
  const lost = await world.run(first);
  assert.equal(lost.failure?.code, 'WORKFLOW_LOST');
  assert.deepEqual(lost.resolution, { resolved: 0, open: 1 });
});

test('a turn that reaches nobody is given to the next, without waiting for a look', async () => {
  world.lookEveryMs = 600_000;
  const [first = ''] = await fill();
  const lost = await world.start();
  await world.until('it waits', waits(lost));
  const next = await world.start();
  await world.until('the one behind it waits', waits(next));

  await world.workflow(lost).terminate();
  world.workshop.letGo(first);
  await world.until('the one behind it works', begun(next));
  await world.until('the terminated run is closed', async () => (await statusOf(lost)) === 'FAILED');
});

test('a run cancelled while it waits leaves the queue', async () => {
  const [first = ''] = await fill();
  const [cancelled, last] = [await world.start(), await world.start()];
  await world.until('both wait', async () => (await waits(cancelled)()) && (await waits(last)()));

  await world.workflow(cancelled).cancel();
  await assert.rejects(world.workflow(cancelled).result());
  world.workshop.letGo(first);
  await world.until('the run behind it works', begun(last));
  assert.equal(begun(cancelled)(), false);
});

test('a dispatcher that was terminated starts again from the store: who is in stays in, who waited waits', async () => {
  const inside = await fill();
  const waiting = await world.start();
  await world.until('the fifth run is shown waiting', waits(waiting));

  await world.dispatcher.terminate();
  const later = await world.start();
  await world.until('the sixth run is shown waiting', waits(later));
  assert.equal(world.workshop.most, CAPACITY);

  for (const runId of inside) world.workshop.letGo(runId);
  await world.until('both get their turn', () => begun(waiting)() && begun(later)());
  assert.deepEqual(await world.workflow(waiting).result(), 'worked');
});

test('nobody asks any more, and those who wait are remembered when the dispatcher is woken', async () => {
  const [first = ''] = await fill();
  const waiting = await world.start();
  await world.until('the fifth run is shown waiting', waits(waiting));
  await world.dispatcher.terminate();
  world.workshop.letGo(first);
  await world.workflow(first).result();

  await wakeDispatcher({ ...world, now }, world.institutionId, world.taskQueue);
  await world.until('it gets its turn', begun(waiting));
});

test('a changed version that cannot follow the history of today starts again from the store', async () => {
  const queue = `dispatcher-changed-${newId()}`;
  await enter(queue);
  const today = await startWorker(queue, codePath);
  const inside = await fill();
  const waiting = await world.start();
  await world.until('the fifth run is shown waiting', waits(waiting));
  const before = (await world.dispatcher.describe()).runId;

  await today();
  const changed = await startWorker(queue, await keptBundle(sourcesOf('dispatcher-changed-stub')));
  await world.until('the old history has failed', async () => {
    await world.client.workflow.getHandle(world.dispatcher.workflowId, before).signal('look').catch(() => undefined);
    return (await world.client.workflow.getHandle(world.dispatcher.workflowId, before).describe()).status.name === 'FAILED';
  });
  await wakeDispatcher({ ...world, now }, world.institutionId, world.taskQueue);
  for (const runId of inside) world.workshop.letGo(runId);
  await world.until('it gets its turn', begun(waiting));
  assert.equal(world.workshop.most, CAPACITY);
  await changed();
});

test('the older of two waiting occurrences is skipped, and its workflow ends', async () => {
  const scheduledJobId = 'a-scheduled-job';
  const first = await world.insertRun({ scheduledJobId });
  world.workshop.keep(first._id);
  await world.startWorkflow(first);
  await world.until('the first works', begun(first._id));

  const at = (time: string) => new Date(`2026-05-12T${time}:00Z`);
  const occurrence = (time: string) => ({ trigger: 'SCHEDULE', scheduledJobId, occurrence: { key: `L:${time}`, at: at(time) } }) as const;
  const older = await world.start(occurrence('03:15'));
  await world.until('it waits', async () => (await world.run(older)).waitReason?.kind === 'PREVIOUS_RUN');
  const newer = await world.start(occurrence('04:15'));

  assert.equal(await world.workflow(older).result(), 'refused');
  const skipped = await world.run(older);
  assert.deepEqual([skipped.status, skipped.skipReason, skipped.startedAt], ['SKIPPED', 'OVERLAP', null]);
  assert.deepEqual(skipped.submittedAt, at('03:15'));
  assert.equal(skipped.waitReason?.runId, newer);
  world.workshop.letGo(first._id);
  assert.equal(await world.workflow(newer).result(), 'worked');
});

test('a record whose workflow was never started is closed as lost, but not while it may just be starting', async () => {
  const stranded = await world.insertRun({ submittedAt: new Date(Date.now() - 6 * 60_000) });
  const starting = await world.insertRun();
  await fill();
  await world.until('the stranded one is closed', async () => (await statusOf(stranded._id)) === 'FAILED');
  assert.equal(await statusOf(starting._id), 'QUEUED');

  await world.startWorkflow(starting);
  await world.until('the other has asked', waits(starting._id));
});

test('a hold that staff set is known at once when the dispatcher is told to look', async () => {
  const [first = ''] = await fill();
  const waiting = await world.start();
  await world.until('the fifth run is shown waiting', waits(waiting));
  await world.models.JobHold.create({
    institutionId: world.institutionId, from: new Date(Date.now() - 1), to: new Date(Date.now() + 3_600_000),
    scope: { all: true, categories: [], scheduledJobIds: [] }, reason: 'Migration', atEnd: 'SKIP', createdBy: 'a-user',
  });
  await world.dispatcher.signal('look');
  await world.until('it is shown as held', async () => (await world.run(waiting)).waitReason?.kind === 'HOLD');
  assert.equal(await statusOf(waiting), 'PENDING');

  world.workshop.letGo(first);
  await world.workflow(first).result();
  assert.equal(begun(waiting)(), false);
});

test('the process with the dispatcher is killed: who is in goes on, and its successor loses and doubles nothing', async () => {
  const queue = `dispatcher-killed-${newId()}`;
  await enter(queue);
  const activities = await startWorker(queue, null);
  let child = startProcess();
  try {
    const runIds = await Promise.all(Array.from({ length: 20 }, () => world.start()));
    await world.until('some have worked', () => world.workshop.begun.length >= 6);
    child.kill('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    child = startProcess();

    const ends = await Promise.all(runIds.map((runId) => world.workflow(runId).result()));
    assert.deepEqual(new Set(ends), new Set(['worked']));
    assert.deepEqual(world.workshop.begun.toSorted(), runIds.toSorted());
    assert.ok(world.workshop.most <= CAPACITY);
  } finally {
    child.kill('SIGKILL');
    await activities();
  }
});

function startProcess(): ChildProcess {
  const [source, script] = ['../../bin/source.mjs', './dispatcher-process.ts'].map((path) => new URL(path, import.meta.url).pathname);
  return spawn(process.execPath, [source!, script!, temporal(), world.taskQueue, codePath], { stdio: 'ignore' });
}
