/** A run comes to be and has its turn: each step done twice, and with a record that was changed in between (platform.md 3 and 5). */
import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, test } from 'vitest';
import { beginRun, startWork } from '../../activities/runs/begin.js';
import { askAgain, openRun, type Opening } from '../../activities/runs/open.js';
import { newId } from '../../models/document.js';
import { activated, demoLibrary } from '../support/demo-library.js';
import { clear, emptyDatabase } from '../support/database.js';
import { watchedNeighbour } from '../support/neighbour.js';
import { record } from '../support/run-by-hand.js';
import { temporal } from '../support/servers.js';
import { everythingOf, onWrites } from '../support/store.js';

const JOB = 'loans-overdue-and-lost';
const { models, close } = await emptyDatabase();
let connection: Connection;
let client: Client;
beforeAll(async () => {
  connection = await Connection.connect({ address: temporal() });
  client = new Client({ connection });
});
afterAll(async () => {
  await connection.close();
  await close();
});

let demo: string;
let scheduledJobId: string;
beforeEach(async () => {
  await clear(models);
  demo = `demo-${newId()}`;
  await demoLibrary(models, demo);
  scheduledJobId = (await activated(models, demo, JOB))._id;
});
watchedNeighbour(models, async (nextDoor) => {
  await demoLibrary(models, nextDoor);
  await record(models, nextDoor, new Date(wednesday));
});

/** Four o'clock in New York on 2 and 3 April 2025. */
const [wednesday, thursday] = ['2025-04-02T08:00:00.000Z', '2025-04-03T08:00:00.000Z'] as const;
const soonAfter = (instant: string) => () => new Date(Date.parse(instant) + 5_000);

/** The workflow of the firing opens its run. */
const open = (firedAt: string, given: Partial<Opening> = {}, now = soonAfter(firedAt)) => openRun(
  { models, client, now, workflowQueue: `nobody-${demo}` },
  { institutionId: demo, scheduledJobId, jobKey: JOB, runId: null, workflowId: `sj-${scheduledJobId}-${firedAt}`, firedAt, ...given } as Opening,
);
const runs = () => models.Run.find({ institutionId: demo }).sort({ scheduledAt: 1 }).lean();
const job = () => models.ScheduledJob.findOne({ institutionId: demo, _id: scheduledJobId }).orFail().lean();

/** Ids of the runs for which the dispatcher was asked, as often as it was. */
async function asked(): Promise<string[]> {
  const { events } = await client.workflow.getHandle(`dispatcher-${demo}`).fetchHistory();
  const asks = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes }) => workflowExecutionSignaledEventAttributes?.input?.payloads ?? []);
  return asks.map(({ data }) => (JSON.parse(Buffer.from(data ?? []).toString()) as { runId: string }).runId);
}

test('opened twice, an occurrence has one run, one process number, and the dispatcher hears the same twice', async () => {
  const first = await open(wednesday);
  const before = await everythingOf(models, demo);
  assert.deepEqual(await open(wednesday), first);
  assert.deepEqual(await everythingOf(models, demo), before);

  const [run] = await runs();
  assert.deepEqual([run?._id, run?.occurrenceKey, run?.processId], [first?.runId, 'L:2025-04-02T04:00', 1]);
  assert.deepEqual(await asked(), [run?._id, run?._id]);
  assert.deepEqual((await job()).lastOccurrenceAt, new Date(wednesday));
});

test('an attempt that was given up and yet went on made the run: the next attempt goes on with it', async () => {
  const stopWatching = onWrites(async ({ name, send }) => {
    if (name === 'runs.insertMany') {
      stopWatching();
      await open(wednesday); // the other attempt, between the look and the insert of this one
    }
    return send();
  });
  const ref = await open(wednesday);
  assert.deepEqual((await runs()).map(({ _id }) => _id), [ref?.runId]);
});

test('an attempt that died before it noted the occurrence leaves that to the next', async () => {
  await open(wednesday);
  await models.ScheduledJob.updateOne({ institutionId: demo, _id: scheduledJobId }, { $set: { lastOccurrenceAt: null } });
  await open(wednesday);
  assert.deepEqual((await job()).lastOccurrenceAt, new Date(wednesday));
});

test('the run of another workflow is left to that, and one that was ended meanwhile to nobody', async () => {
  await open(wednesday);
  assert.equal(await open(wednesday, { workflowId: 'somebody-else' }), null);
  await models.Run.updateMany({ institutionId: demo }, { $set: { status: 'FAILED' } });
  assert.equal(await open(wednesday), null);
  assert.equal((await asked()).length, 1);
});

test('the occurrence before the last, which the engine starts late, is told as missed and moves nothing back', async () => {
  await open(thursday);
  const before = await job();
  assert.equal(await open(wednesday, {}, soonAfter(thursday)), null);
  assert.deepEqual((await runs()).map(({ occurrenceKey, status, skipReason }) => [occurrenceKey, status, skipReason]), [
    ['L:2025-04-02T04:00', 'SKIPPED', 'MISSED'],
    ['L:2025-04-03T04:00', 'QUEUED', null],
  ]);
  assert.deepEqual(await job(), before);
});

test('a job that was switched off or changed its time since has no run', async () => {
  await models.ScheduledJob.updateOne({ institutionId: demo, _id: scheduledJobId }, { $set: { schedule: { kind: 'DAILY', times: ['22:00'] } } });
  assert.equal(await open(wednesday), null);
  await models.ScheduledJob.updateOne({ institutionId: demo, _id: scheduledJobId }, { $set: { schedule: { kind: 'DAILY', times: ['04:00'] }, active: false } });
  assert.equal(await open(wednesday), null);
  assert.deepEqual(await runs(), []);
});

test('asked again twice after an approval, the dispatcher hears of it as one that has its slot', async () => {
  const ref = await record(models, demo, new Date(wednesday));
  const dependencies = { models, client, now: soonAfter(wednesday), workflowQueue: `nobody-${demo}` };
  await askAgain(dependencies, ref);
  await askAgain(dependencies, ref);
  assert.deepEqual(await asked(), [ref.runId, ref.runId]);
});

test('begun twice, a run keeps its moment and its first start; once it was ended it does not begin', async () => {
  const ref = await record(models, demo, new Date(wednesday));
  const begin = (time: string) => beginRun({ models, now: () => new Date(time), publicUrl: 'http://127.0.0.1' }, ref);
  const first = await begin('2025-04-02T08:01:00.000Z');
  const before = await everythingOf(models, demo);
  assert.deepEqual(await begin('2025-04-02T08:02:00.000Z'), first);
  assert.deepEqual(await everythingOf(models, demo), before);
  assert.deepEqual([first?.asOf, first?.endsBy], [wednesday, '2025-04-02T20:01:00.000Z']);

  await models.Run.updateOne({ institutionId: demo, _id: ref.runId }, { $set: { status: 'ABORTED_BY_USER' } });
  assert.equal(await begin('2025-04-02T08:03:00.000Z'), null);
});

test('a run that is ended between the look and its first move does not begin', async () => {
  const ref = await record(models, demo, new Date(wednesday));
  const stopWatching = onWrites(async ({ name, send }) => {
    if (name === 'runs.updateOne') {
      stopWatching();
      await models.Run.updateOne({ institutionId: demo, _id: ref.runId }, { $set: { status: 'SKIPPED' } });
    }
    return send();
  });
  assert.equal(await beginRun({ models, now: soonAfter(wednesday), publicUrl: 'http://127.0.0.1' }, ref), null);
});

test('started twice, a run is at work once; one that was ended meanwhile stays ended', async () => {
  const ref = await record(models, demo, new Date(wednesday));
  const now = soonAfter(wednesday);
  const run = await beginRun({ models, now, publicUrl: 'http://127.0.0.1' }, ref);
  assert.ok(run);
  assert.equal(await startWork(models, now, run, 7, false), false);
  const before = await everythingOf(models, demo);
  assert.equal(await startWork(models, now, run, 7, false), false);
  assert.deepEqual(await everythingOf(models, demo), before);

  await models.Run.updateOne({ institutionId: demo, _id: ref.runId }, { $set: { status: 'ABORTED_BY_USER' } });
  await startWork(models, now, run, 7, false);
  assert.equal((await runs())[0]?.status, 'ABORTED_BY_USER');
});
