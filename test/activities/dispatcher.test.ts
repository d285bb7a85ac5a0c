import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, test } from 'vitest';
import { createDispatcherActivities, type KnownRun, type Look } from '../../activities/dispatcher.js';
import { turnAskOf } from '../../activities/turn-ask.js';
import type { Command } from '../../domain/dispatcher.js';
import type { StoredRun } from '../../models/run.js';
import { differences } from '../../chaos/differences.js';
import { everythingOf, pictureOf } from '../support/store.js';
import { openGround, World, type Ground } from '../workflows/dispatcher-world.js';

/** Tuesday 12 May 2026, 04:00 in Berlin. */
const NOW = new Date('2026-05-12T02:00:00Z');
const inMinutes = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

let world: World;
let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
beforeEach(async () => {
  world = await World.open(ground, 'of-nobody');
});
afterAll(() => ground.close());

const activities = () => createDispatcherActivities({ models: world.models, client: world.client, now: () => NOW });
const look = (known: KnownRun[] = []): Promise<Look> =>
  new MockActivityEnvironment().run<[string, KnownRun[]], Look, typeof looks>(looks, world.institutionId, known);
const looks = (institutionId: string, known: KnownRun[]) => activities().lookAtRuns(institutionId, known);
const record = (...decisions: Command[]) => activities().recordDecisions(world.institutionId, decisions);
const showWaiting = (run: StoredRun, resumed = false): Command => ({
  kind: 'SHOW', runId: run._id, resumed,
  standing: { status: 'PENDING', reason: { kind: 'LOCK', text: 'Waits for Indexing (process 7)', runId: null } },
});

test('a look reads the holds of the institution and of all, and forgets those over for a day', async () => {
  const hold = (institutionId: string, reason: string, to: Date) => ({
    institutionId, from: new Date(to.getTime() - 1), to, reason, atEnd: 'SKIP' as const, createdBy: 'a-user',
    scope: { all: false, categories: ['FULFILLMENT'], scheduledJobIds: [] },
  });
  const { institutionId } = world;
  const platformWide = `platform ${institutionId}`;
  await world.models.JobHold.create([
    hold(institutionId, 'to come', inMinutes(600)),
    hold(institutionId, 'ended a day ago, less a minute', inMinutes(-24 * 60 + 1)),
    hold(institutionId, 'ended a day ago', inMinutes(-24 * 60)),
    hold('another-library', 'not ours', inMinutes(600)),
    hold('*', platformWide, inMinutes(600)),
  ]);
  const { holds } = (await look()).settings;
  const ours = holds.map(({ reason }) => reason).filter((reason) => !reason.startsWith('platform') || reason === platformWide);
  assert.deepEqual(ours.toSorted(), ['ended a day ago, less a minute', platformWide, 'to come']);
  const toCome = holds.find(({ reason }) => reason === 'to come');
  assert.deepEqual(toCome?.scope, { all: false, categories: ['FULFILLMENT'], scheduledJobIds: [] });
});

test('a look reads when jobs are due that others come after, within the hour', async () => {
  const { institutionId } = world;
  const job = (jobKey: string, nextRunAt: Date | null, given: { active?: boolean; institutionId?: string } = {}) => ({
    institutionId, jobKey, instanceKey: `${jobKey}:${String(nextRunAt?.getTime())}`, name: jobKey, nameFolded: jobKey,
    category: 'FULFILLMENT' as const, active: true, schedule: { kind: 'DAILY' as const, times: ['04:00'] }, nextRunAt, ...given,
  });
  await world.models.ScheduledJob.create([
    job('loans-due-date-correction', inMinutes(-5)),
    job('loans-due-date-correction', inMinutes(-6)),
    job('loans-overdue-and-lost', inMinutes(60)),
    job('loans-overdue-and-lost', inMinutes(61)),
    job('loans-overdue-and-lost', null),
    job('indexing', inMinutes(10)), // nobody comes after it
    job('notifications-courtesy-and-renewals', inMinutes(10), { active: false }),
    job('notifications-courtesy-and-renewals', inMinutes(11), { institutionId: `${institutionId}-2` }),
  ]);
  const { due } = (await look()).settings;
  assert.deepEqual(
    due.map(({ jobKey, at }) => [jobKey, at]).toSorted(),
    [
      ['loans-due-date-correction', inMinutes(-5).getTime()],
      ['loans-overdue-and-lost', inMinutes(60).getTime()],
    ],
  );
});

test('a look finds who waits, works or has released its places, and who is gone', async () => {
  const alive = async (given: Partial<StoredRun>) => {
    const run = await world.insertRun();
    await world.models.Run.updateOne({ institutionId: world.institutionId, _id: run._id }, { $set: given });
    await world.startWorkflow(run); // no worker: it stays where it is
    return run;
  };
  const startedAt = inMinutes(-10);
  const waiting = await alive({ status: 'PENDING' });
  const approved = await alive({ status: 'QUEUED', startedAt });
  const running = await alive({ status: 'RUNNING', startedAt });
  const guarded = await alive({ status: 'MANUAL_HANDLING_REQUIRED', startedAt });
  const finalizing = await alive({ status: 'FINALIZING', startedAt });
  const ended = await alive({ status: 'COMPLETED_SUCCESSFULLY', startedAt });
  const ofNoJob = await alive({ status: 'QUEUED', jobKey: 'a-job-of-an-older-version' });

  const before = await pictureOf(world.models, world.institutionId);
  const found = await look();
  assert.deepEqual(await pictureOf(world.models, world.institutionId), before, 'looking changes nothing');
  const phases = new Map(found.open.map(({ ask, phase }) => [ask.runId, `${phase}${ask.resumed ? ' resumed' : ''}`]));
  const phaseOf = (run: StoredRun) => phases.get(run._id);
  assert.deepEqual(
    [waiting, approved, running, guarded, finalizing, ended, ofNoJob].map(phaseOf),
    ['WAITING', 'WAITING resumed', 'WORKING', 'RELEASED', 'RELEASED', undefined, undefined],
  );

  const known = (run: StoredRun, waits: boolean) => ({ runId: run._id, workflowId: run.workflowId, waits });
  await world.workflow(guarded._id).terminate();
  const again = await look([known(waiting, true), known(running, true), known(guarded, false), known(finalizing, false)]);
  assert.deepEqual(again.open.map(({ ask }) => ask.runId).toSorted(), [approved._id, running._id].toSorted());
  assert.deepEqual(again.gone, [guarded._id]);
  for (const run of [waiting, approved, running, finalizing, ended, ofNoJob]) await world.workflow(run._id).terminate();
});

test('a standing is shown while a run waits, and does not come back once it has begun', async () => {
  const run = await world.insertRun();
  await record(showWaiting(run));
  const shown = await world.run(run._id);
  assert.deepEqual([shown.status, shown.waitReason?.text], ['PENDING', 'Waits for Indexing (process 7)']);
  assert.deepEqual(shown.statusAt, NOW);

  await world.models.Run.updateOne({ institutionId: world.institutionId, _id: run._id }, { $set: { status: 'INITIALIZING', waitReason: null } });
  await record(showWaiting(run));
  const begun = await world.run(run._id);
  assert.deepEqual([begun.status, begun.waitReason], ['INITIALIZING', null]);
});

test('of two standings in one message the later one is shown', async () => {
  const run = await world.insertRun();
  const later: Command = {
    kind: 'SHOW', runId: run._id, resumed: false,
    standing: { status: 'QUEUED', reason: { kind: 'CAPACITY', text: 'Waits for 1 of 4 units of capacity', runId: null } },
  };
  await record(showWaiting(run), later);
  const shown = await world.run(run._id);
  assert.deepEqual([shown.status, shown.waitReason?.kind], ['QUEUED', 'CAPACITY']);
});

test('a run under guard is shown waiting only when it was approved', async () => {
  const run = await world.insertRun({ status: 'MANUAL_HANDLING_REQUIRED' });
  await record(showWaiting(run));
  assert.equal((await world.run(run._id)).status, 'MANUAL_HANDLING_REQUIRED');
  await record(showWaiting(run, true));
  assert.equal((await world.run(run._id)).status, 'PENDING');
});

test('a refused occurrence is skipped as of its time, and keeps why it waited unless there is news of it', async () => {
  const scheduledAt = inMinutes(-60);
  const run = await world.insertRun({ trigger: 'SCHEDULE', occurrence: { key: 'L:2026-05-12T03:00', at: scheduledAt } });
  const ask = turnAskOf(run, 'Europe/Berlin', false);
  await record(showWaiting(run), { kind: 'REFUSE', ask, refusal: { skipReason: 'STALE', reason: null } });
  const skipped = await world.run(run._id);
  assert.deepEqual([skipped.status, skipped.skipReason, skipped.waitReason?.kind], ['SKIPPED', 'STALE', 'LOCK']);
  assert.deepEqual([skipped.submittedAt, skipped.startedAt, skipped.endedAt], [scheduledAt, null, NOW]);

  await record({ kind: 'REFUSE', ask, refusal: { skipReason: 'HELD', reason: null } });
  assert.equal((await world.run(run._id)).skipReason, 'STALE');
});

test('that a run went ahead is told once, however often it is recorded', async () => {
  const run = await world.insertRun();
  const grant: Command = { kind: 'GRANT', runId: run._id, workflowId: run.workflowId, wentAhead: ['loans-due-date-correction'] };
  await record(grant);
  await record(grant);
  const events = await world.models.RunEvent.find({ institutionId: world.institutionId, runId: run._id }).lean();
  assert.deepEqual(events.map(({ severity, code, params }) => [severity, code, params]), [
    ['INFO', 'WENT_AHEAD', { jobKeys: ['loans-due-date-correction'] }],
  ]);
});

test('a lost run ends FAILED, one that had ended properly stays', async () => {
  const lost = await world.insertRun({ status: 'RUNNING' });
  const ended = await world.insertRun({ status: 'COMPLETED_WITH_WARNINGS' });
  await record(...[lost, ended].map(({ _id }): Command => ({ kind: 'LOST', runId: _id })));

  const failed = await world.run(lost._id);
  assert.deepEqual([failed.status, failed.failure?.code, failed.endedAt], ['FAILED', 'WORKFLOW_LOST', NOW]);
  assert.equal((await world.run(ended._id)).status, 'COMPLETED_WITH_WARNINGS');
});

/** One of every kind, each about a run of its own. */
const everyKind = ([waiting, refused, granted, lost]: readonly StoredRun[]): Command[] => [
  showWaiting(waiting!),
  { kind: 'REFUSE', ask: turnAskOf(refused!, 'Europe/Berlin', false), refusal: { skipReason: 'STALE', reason: null } },
  { kind: 'GRANT', runId: granted!._id, workflowId: granted!.workflowId, wentAhead: ['loans-due-date-correction'] },
  { kind: 'LOST', runId: lost!._id },
];
const fourRuns = async (library: World) => [await library.insertRun(), await library.insertRun(), await library.insertRun(), await library.insertRun({ status: 'RUNNING' })];

test('decisions recorded twice are recorded once', async () => {
  const decisions = everyKind(await fourRuns(world));
  await record(...decisions);
  const before = await pictureOf(world.models, world.institutionId);
  assert.equal(before.filter((line) => line.startsWith('runs ')).length, 4);
  await record(...decisions);
  assert.deepEqual(differences(before, await pictureOf(world.models, world.institutionId)), []);
});

test('runs of a neighbour are left alone, whatever is decided about them here', async () => {
  const neighbour = await World.open(ground, 'of-nobody');
  const decisions = everyKind(await fourRuns(neighbour));
  const before = await everythingOf(neighbour.models, neighbour.institutionId);
  await record(...decisions);
  assert.deepEqual(await everythingOf(neighbour.models, neighbour.institutionId), before);
});
