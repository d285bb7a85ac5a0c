/** The end of a run: it looks at its letters, is closed, and the same end may be told again (platform.md 5). */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeEach, test, vi } from 'vitest';
import { insertLetters, planLetters } from '../../activities/letters.js';
import { closeRun, type Leaving } from '../../activities/runs/close.js';
import { awaitLetters } from '../../activities/runs/letters.js';
import { runView } from '../../api/operations/run-view.js';
import type { RunRef } from '../../domain/run.js';
import { differences } from '../../chaos/differences.js';
import { demoLibrary, idOf } from '../support/demo-library.js';
import { clear, emptyDatabase } from '../support/database.js';
import { notice } from '../support/mail-house.js';
import { asOf } from '../support/mixed-library.js';
import { watchedNeighbour } from '../support/neighbour.js';
import { begin, record } from '../support/run-by-hand.js';
import { everythingOf, pictureOf } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
beforeEach(async () => {
  await clear(models);
  await demoLibrary(models, 'demo');
});
watchedNeighbour(models, async (nextDoor) => {
  await demoLibrary(models, nextDoor);
  await begin(models, await record(models, nextDoor, asOf));
});

const ended: Leaving = { how: 'ENDED', failure: null };
const at = (time: string) => () => new Date(`2025-04-02T${time}.000Z`);
const lastRun = async () =>
  (await models.ScheduledJob.findOne({ institutionId: 'demo', jobKey: 'loans-overdue-and-lost' }).orFail().lean())
    .lastRun;
async function begun(): Promise<RunRef> {
  const run = await record(models, 'demo', asOf);
  await begin(models, run);
  return run;
}

test('a run looks soon for letters that leave at once, and every other second for the rest', async () => {
  const ref = await record(models, 'demo', asOf);
  const run = await begin(models, ref);
  const request = notice('demo', 'U1', { to: { userId: idOf('demo', 'U1') }, runId: run.runId });
  const { planned } = await planLetters({ models, institutionId: 'demo', now: at('10:00:00') }, [request]);
  await insertLetters(models, planned);

  const pauses: number[] = [];
  const environment = new MockActivityEnvironment();
  vi.spyOn(environment.context, 'sleep').mockImplementation(async (pause) => {
    pauses.push(Math.round(Number(pause)));
    if (pauses.length === 11) await models.Letter.updateMany({ institutionId: 'demo' }, { $set: { state: 'SENT' } });
  });
  await environment.run(() => awaitLetters(models, at('10:00:00'), run));
  assert.deepEqual(pauses, [100, 150, 225, 338, 506, 759, 1139, 1709, 2000, 2000, 2000]);
});

test('a run that looks at its letters twice tells of each that failed, once', async () => {
  const ref = await record(models, 'demo', asOf);
  const run = await begin(models, ref);
  await models.Institution.updateOne({ institutionId: 'demo' }, { $set: { mailPaused: true } });
  const of = (part: string) =>
    notice('demo', 'U1', { to: { userId: idOf('demo', 'U1') }, runId: run.runId, dedupeKey: part });
  const { planned } = await planLetters({ models, institutionId: 'demo', now: at('10:00:00') }, [
    of('first'),
    of('second'),
  ]);
  await insertLetters(models, planned);
  const fail = (letter: string) =>
    models.Letter.updateOne({ institutionId: 'demo', dedupeKey: `${letter}:EMAIL` }, { $set: { state: 'FAILED' } });
  const look = () => new MockActivityEnvironment().run(() => awaitLetters(models, at('10:00:00'), run));
  const told = async () =>
    (await models.RunEvent.find({ institutionId: 'demo', runId: run.runId }).sort({ code: 1 }).lean()).map(
      ({ code }) => code,
    );

  await fail('first');
  await look();
  const before = await pictureOf(models, 'demo');
  await look();
  assert.deepEqual(differences(before, await pictureOf(models, 'demo')), []);
  assert.deepEqual(await told(), ['LETTERS_STILL_QUEUED', 'LETTER_FAILED']);

  await fail('second');
  await look();
  assert.deepEqual(await told(), ['LETTERS_STILL_QUEUED', 'LETTER_FAILED', 'LETTER_FAILED']);
});

test('what became of the letters of a run is counted until the last has left, then kept', async () => {
  const ref = await begun();
  const request = notice('demo', 'U1', { to: { userId: idOf('demo', 'U1') }, runId: ref.runId });
  const { planned } = await planLetters({ models, institutionId: 'demo', now: at('10:00:00') }, [request]);
  await insertLetters(models, planned);
  const code = request.letterCode;
  await closeRun(models, at('11:00:00'), ref, ended);
  const kept = async () =>
    (await models.Run.findOne({ institutionId: 'demo', _id: ref.runId }).orFail().lean()).letters;
  const shown = async () => (await runView({ models }, 'demo', ref.runId)).letters;

  assert.deepEqual(await shown(), { [code]: { QUEUED: 1 } });
  assert.equal(await kept(), null);
  await models.Letter.updateMany({ institutionId: 'demo' }, { $set: { state: 'SENT' } });
  assert.deepEqual(await shown(), { [code]: { SENT: 1 } });
  assert.deepEqual(await kept(), { [code]: { SENT: 1 } });
});

test('a run closed again, an hour later and otherwise, stays byte for byte as it was, and so does its job', async () => {
  const run = await begun();
  const closed = await closeRun(models, at('11:00:00'), run, ended);
  const before = await everythingOf(models, 'demo');
  assert.deepEqual(closed, { status: 'COMPLETED_SUCCESSFULLY', errors: 0 });

  assert.deepEqual(await closeRun(models, at('12:00:00'), run, { how: 'FAILED', failure: null }), closed);
  assert.deepEqual(await everythingOf(models, 'demo'), before);
});

test('a run closed again after the next one has ended does not become the last run of its job', async () => {
  const [first, second] = [await begun(), await begun()];
  await closeRun(models, at('11:00:00'), first, ended);
  await closeRun(models, at('11:30:00'), second, ended);
  await closeRun(models, at('12:00:00'), first, ended);
  assert.equal((await lastRun())?.runId, second.runId);
});

test('a process that dies as soon as the run is final leaves the rest to the next attempt, at the time of the first', async () => {
  const run = await begun();
  await models.Run.updateOne(
    { institutionId: 'demo', _id: run.runId },
    { $set: { status: 'FAILED', endedAt: at('11:00:00')() } },
  );
  await closeRun(models, at('12:00:00'), run, ended);
  assert.deepEqual(await lastRun(), { runId: run.runId, status: 'FAILED', endedAt: at('11:00:00')() });
});

test('a re-run that completed resolves the failed run once', async () => {
  const failed = await begun();
  await closeRun(models, at('11:00:00'), failed, { how: 'FAILED', failure: { code: 'RUN_MISSING', message: 'gone' } });
  const again = await record(models, 'demo', asOf, { trigger: 'RERUN', parentRunId: failed.runId });
  await begin(models, again);
  await closeRun(models, at('12:00:00'), again, ended);
  const before = await everythingOf(models, 'demo');
  assert.deepEqual((await models.Run.findOne({ institutionId: 'demo', _id: failed.runId }).lean())?.resolution, {
    resolved: 1,
    open: 0,
  });

  await closeRun(models, at('13:00:00'), again, ended);
  assert.deepEqual(await everythingOf(models, 'demo'), before);
});
