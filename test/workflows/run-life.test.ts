/**
 * The life of a run in a whole house, in an institution each: its failed records are retried, the guard stops it, it is
 * aborted while it waits and at work, its time is up, it is run again (platform.md 6.6, 6.8, 6.9 and 8; examples 12 and 13).
 */
import assert from 'node:assert/strict';
import { Context } from '@temporalio/activity';
import { afterAll, afterEach, beforeAll, test } from 'vitest';
import type { RunView } from '../../api/operations/run-view.js';
import { rerun, retryFailed, startRun } from '../../api/operations/start-run.js';
import { abortRun, approveRun } from '../../api/operations/steer-run.js';
import { jobOf } from '../../catalogue/jobs.js';
import type { StoredRun } from '../../models/run.js';
import { activated, calendar, demoLibrary, idOf, loan, profile } from '../support/demo-library.js';
import { at, mainHours } from '../support/fixture-a.js';
import { openHouse, type House } from '../support/house.js';
import { bare } from '../support/mixed-library.js';
import { record } from '../support/run-by-hand.js';
import { mongo, temporal } from '../support/servers.js';
import { everythingOf, onWrites } from '../support/store.js';

const JOB = 'loans-overdue-and-lost';
/** Thirty days after the loans of the builder were due. */
const asOf = new Date(at('2025-04-02 05:30'));
const submittedBy = { type: 'USER', id: 'u-tester', name: 'A. Tester' } as const;

let house: House;
let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  mongo();
  temporal();
  house = await openHouse('run-life');
  await library('next-door', 'A');
  nextDoor = await everythingOf(house.models, 'next-door');
});
afterAll(() => house?.close());
let stopWatching = () => {};
afterEach(() => stopWatching());

/** Loans become lost after thirty days; answers with the id of the scheduled job. */
async function library(institutionId: string, ...barcodes: string[]): Promise<string> {
  await demoLibrary(house.models, institutionId);
  await profile(house.models, institutionId, 'PL', 'CHANGE_TO_LOST', 30);
  for (const barcode of barcodes) await loan(house.models, institutionId, barcode);
  return (await activated(house.models, institutionId, JOB))._id;
}

const started = (institutionId: string, scheduledJobId: string): Promise<StoredRun> =>
  startRun(house.operating, { institutionId, scheduledJobId, trigger: 'MANUAL', submittedBy, asOf });
const abort = async (institutionId: string, runId: string): Promise<RunView> => {
  await abortRun(house.operating, { institutionId, runId, by: 'u-tester', reason: 'Wrong night.' });
  return house.finished(institutionId, runId);
};

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 4_800; look += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail('it did not come about within two minutes');
}
const reaches = (institutionId: string, runId: string, status: StoredRun['status']) =>
  until(async () => (await house.models.Run.countDocuments({ institutionId, _id: runId, status })) === 1);
/** A moment after the run that repeats it is final. */
const isShownResolved = (institutionId: string, runId: string, resolved: number, open: number) =>
  until(async () => (await house.models.Run.countDocuments({ institutionId, _id: runId, 'resolution.resolved': resolved, 'resolution.open': open })) === 1);

/** Barcode and status of every loan. */
async function loansOf(institutionId: string): Promise<string[]> {
  const loans = await house.models.Loan.find({ institutionId }).sort({ barcode: 1 }).lean();
  return loans.map(({ barcode, processStatus, lostCount }) => `${barcode} ${processStatus} ${lostCount}`);
}
const noticesOf = async (institutionId: string) =>
  (await house.models.LoanNotice.find({ institutionId }).lean()).map(({ state }) => state).sort();
/** The counters by which a person sees how far a run came. */
const cameTo = ({ status, counters }: RunView) => {
  const { recordsSelected, recordsProcessed, recordsChanged, recordsInError, lettersCreated } = counters;
  return { status, recordsSelected, recordsProcessed, recordsChanged, recordsInError, lettersCreated };
};

/** The job’s last five scheduled runs selected so many records; its guard is on. */
async function guarded(institutionId: string, guard: { factor: number; minRecords: number }, selections: number[]): Promise<void> {
  await house.models.ScheduledJob.updateOne({ institutionId, jobKey: JOB }, { $set: { guard: { enabled: true, ...guard } } });
  for (const [index, recordsSelected] of selections.entries()) {
    const { runId } = await record(house.models, institutionId, asOf, { trigger: 'SCHEDULE', processId: -index - 1 });
    const completed = { status: 'COMPLETED_SUCCESSFULLY', startedAt: asOf, endedAt: asOf, counters: { recordsSelected } } as const;
    await house.models.Run.updateOne({ institutionId, _id: runId }, { $set: completed });
  }
}

test('example 13: a retry takes up the records that failed and no others, and the first run shows them as resolved', async () => {
  const job = await library('retried', 'A');
  for (const libraryCode of ['NORTH', 'SOUTH', 'EAST']) await loan(house.models, 'retried', `of ${libraryCode}`, { libraryCode });
  const retry = async (runId: string) => {
    const { _id } = await retryFailed(house.operating, { institutionId: 'retried', runId, submittedBy });
    return house.finished('retried', _id);
  };
  const opened = async (code: string) => {
    await house.models.Library.create({ institutionId: 'retried', code, name: code });
    await calendar(house.models, 'retried', mainHours.map((hours) => ({ ...hours, libraryCode: code })));
  };
  const idsOf = (...codes: string[]) => codes.map((code) => idOf('retried', `of ${code}`)).sort();

  const first = await house.run({ institutionId: 'retried', scheduledJobId: job, asOf });
  assert.deepEqual(first.problems.byCode, { LIBRARY_MISSING: 3 });
  assert.deepEqual([first.status, first.resolution], ['COMPLETED_WITH_ERRORS', { resolved: 0, open: 3 }]);
  const [lostOnce] = await loansOf('retried');
  assert.equal(lostOnce, 'A LOST 1');

  await opened('NORTH');
  await opened('SOUTH');
  const second = await retry(first.id);
  assert.deepEqual([second.scope?.ids.toSorted(), second.trigger, second.parentRunId], [idsOf('NORTH', 'SOUTH', 'EAST'), 'RETRY_FAILED', first.id]);
  assert.deepEqual(cameTo(second), {
    status: 'COMPLETED_WITH_ERRORS', recordsSelected: 3, recordsProcessed: 3, recordsChanged: 2, recordsInError: 1, lettersCreated: 1,
  });
  await isShownResolved('retried', first.id, 2, 1);

  await opened('EAST');
  const third = await retry(first.id);
  assert.deepEqual(third.scope?.ids, idsOf('EAST'));
  assert.deepEqual([third.status, third.counters.recordsChanged], ['COMPLETED_SUCCESSFULLY', 1]);
  await isShownResolved('retried', first.id, 3, 0);
  assert.deepEqual(await loansOf('retried'), ['A LOST 1', 'of EAST LOST 1', 'of NORTH LOST 1', 'of SOUTH LOST 1']);

  const events = await house.models.RunEvent.find({ institutionId: 'retried', runId: first.id }).lean();
  const resolvedIn = new Map(events.map(({ recordLabel, resolvedInRunId }) => [recordLabel, resolvedInRunId]));
  assert.deepEqual([resolvedIn.get('of NORTH'), resolvedIn.get('of SOUTH'), resolvedIn.get('of EAST')], [second.id, second.id, third.id]);
  await assert.rejects(retry(first.id), /has no failed record that can be retried/);
});

test('example 12: 2,000 loans are five times the usual 400, and one more stops the run until a person approves it', async () => {
  const job = await library('guarded', 'W1');
  const { models, operating } = house;
  await guarded('guarded', { factor: 5, minRecords: 500 }, [380, 390, 400, 410, 420]);
  // Of a branch that no profile names: they are looked at and left.
  await models.OverdueLostProfile.updateOne({ institutionId: 'guarded' }, { $set: { libraries: ['MAIN'] } });
  const elsewhere = Array.from({ length: 1_999 }, (_, index) => ({ ...bare('guarded', `L${index}`, new Date(at('2025-03-03 21:00'))), libraryCode: 'WEST' }));
  await models.Loan.insertMany(elsewhere);
  const usual = await house.run({ institutionId: 'guarded', scheduledJobId: job, asOf });
  assert.deepEqual([usual.status, usual.counters.recordsSelected, usual.counters.changedToLost], ['COMPLETED_SUCCESSFULLY', 2_000, 1]);

  for (const barcode of ['W2', 'W3']) await loan(models, 'guarded', barcode);
  const stopped = await started('guarded', job);
  await reaches('guarded', stopped._id, 'MANUAL_HANDLING_REQUIRED');
  const waiting = await models.Run.findOne({ institutionId: 'guarded', _id: stopped._id }).lean();
  assert.deepEqual([waiting?.waitReason?.kind, waiting?.progress.total], ['GUARD', 2_001]);
  assert.equal(await models.RunBatch.countDocuments({ institutionId: 'guarded', runId: stopped._id }), 0);
  assert.equal(await models.Loan.countDocuments({ institutionId: 'guarded', processStatus: 'LOST' }), 1);

  await approveRun(operating, { institutionId: 'guarded', runId: stopped._id });
  const approved = await house.finished('guarded', stopped._id);
  assert.deepEqual([approved.status, approved.counters.recordsSelected, approved.counters.changedToLost], ['COMPLETED_SUCCESSFULLY', 2_001, 2]);
});

test('a run that nobody approves is ended by an abort, and nothing has happened; four runs on record are no guard', async () => {
  const job = await library('refused', 'A', 'B');
  await guarded('refused', { factor: 1, minRecords: 1 }, [1, 1, 1, 1, 1]);
  const stopped = await started('refused', job);
  await reaches('refused', stopped._id, 'MANUAL_HANDLING_REQUIRED');
  const refused = await abort('refused', stopped._id);
  assert.deepEqual([refused.status, refused.abort?.by, refused.abort?.reason], ['ABORTED_BY_USER', 'u-tester', 'Wrong night.']);
  assert.deepEqual([await loansOf('refused'), await noticesOf('refused')], [['A NORMAL 0', 'B NORMAL 0'], []]);

  await house.models.Run.deleteOne({ institutionId: 'refused', processId: -5 });
  const unguarded = await house.run({ institutionId: 'refused', scheduledJobId: job, asOf });
  assert.deepEqual([unguarded.status, unguarded.counters.changedToLost], ['COMPLETED_SUCCESSFULLY', 2]);
});

test('a run that is aborted while it waits behind another of its job ends without a start, and the other goes on', async () => {
  const job = await library('queued', 'A', 'B');
  await guarded('queued', { factor: 1, minRecords: 1 }, [1, 1, 1, 1, 1]);
  const before = await started('queued', job);
  await reaches('queued', before._id, 'MANUAL_HANDLING_REQUIRED');
  const behind = await started('queued', job);
  await reaches('queued', behind._id, 'QUEUED');
  const aborted = await abort('queued', behind._id);
  assert.deepEqual([aborted.status, aborted.startedAt, aborted.noWork], ['ABORTED_BY_USER', null, false]);

  await approveRun(house.operating, { institutionId: 'queued', runId: before._id });
  assert.equal((await house.finished('queued', before._id)).counters.changedToLost, 2);
});

/** What the run's second page of loans, which is about to write its notices, is made to wait for. */
function secondPageWaits(institutionId: string, forWhat: () => Promise<unknown>): void {
  let pages = 0;
  stopWatching = onWrites(async ({ institutionId: whose, name, send }) => {
    if (whose === institutionId && name === 'loanNotices.insertMany') {
      pages += 1;
      if (pages === 2) await forWhat();
    }
    return send();
  });
}
const untilItHearsOfIt = () => Context.current().cancelled.catch(() => undefined);

test('a run that is aborted at work ends after its page: what it did stays, and running again takes up what is left', async () => {
  const job = await library('aborted', 'A');
  await loan(house.models, 'aborted', 'B', { processStatus: 'RENEW' });
  await loan(house.models, 'aborted', 'C', { processStatus: 'RECALL' });
  const atWork = await started('aborted', job);
  secondPageWaits('aborted', async () => {
    await abortRun(house.operating, { institutionId: 'aborted', runId: atWork._id, by: 'u-tester', reason: 'Wrong night.' });
    await untilItHearsOfIt();
  });
  const aborted = await house.finished('aborted', atWork._id);
  assert.deepEqual(cameTo(aborted), {
    status: 'ABORTED_BY_USER', recordsSelected: 2, recordsProcessed: 2, recordsChanged: 2, recordsInError: 0, lettersCreated: 0,
  });
  assert.deepEqual([aborted.resolution, aborted.failure], [{ resolved: 0, open: 1 }, null]);
  assert.deepEqual(await loansOf('aborted'), ['A LOST 1', 'B LOST 1', 'C RECALL 0']);

  const { _id } = await rerun(house.operating, { institutionId: 'aborted', runId: aborted.id, submittedBy });
  const again = await house.finished('aborted', _id);
  assert.deepEqual([again.trigger, again.parentRunId], ['RERUN', aborted.id]);
  assert.deepEqual(cameTo(again), {
    status: 'COMPLETED_SUCCESSFULLY', recordsSelected: 1, recordsProcessed: 1, recordsChanged: 1, recordsInError: 0, lettersCreated: 2,
  });
  await isShownResolved('aborted', aborted.id, 1, 0);
  assert.deepEqual(await loansOf('aborted'), ['A LOST 1', 'B LOST 1', 'C LOST 1']);
  assert.deepEqual(await noticesOf('aborted'), ['LETTERED', 'LETTERED', 'LETTERED']);
  const letters = await house.mailsOf('aborted', again.id);
  assert.deepEqual(letters.map(({ text }) => ['A', 'B', 'C'].filter((barcode) => text.includes(`Title ${barcode}`))), [['A', 'B'], ['C']]);
});

test('a run whose twelve hours are over ends after its page, by the system, and the next one takes up what is left', async () => {
  const job = await library('slow', 'A');
  await loan(house.models, 'slow', 'B', { processStatus: 'RENEW' });
  await loan(house.models, 'slow', 'C', { processStatus: 'RECALL' });
  await guarded('slow', { factor: 1, minRecords: 1 }, [1, 1, 1, 1, 1]);
  const before = await started('slow', job);
  await reaches('slow', before._id, 'MANUAL_HANDLING_REQUIRED');
  const slow = await started('slow', job);
  await reaches('slow', slow._id, 'QUEUED');
  const { maxDuration } = jobOf(JOB);
  assert.equal(maxDuration, 12 * 60 * 60 * 1000);
  // As if it had begun five seconds less than twelve hours ago.
  await house.models.Run.updateOne({ institutionId: 'slow', _id: slow._id }, { $set: { startedAt: new Date(Date.now() - maxDuration + 5_000) } });
  await house.models.ScheduledJob.updateOne({ institutionId: 'slow', _id: job }, { $set: { 'guard.enabled': false } });
  secondPageWaits('slow', untilItHearsOfIt);
  await abort('slow', before._id);

  const ended = await house.finished('slow', slow._id);
  assert.deepEqual(cameTo(ended), {
    status: 'ABORTED_BY_SYSTEM', recordsSelected: 2, recordsProcessed: 2, recordsChanged: 2, recordsInError: 0, lettersCreated: 0,
  });
  assert.deepEqual([ended.failure?.code, ended.abort], ['TIME_LIMIT', null]);

  const next = await house.run({ institutionId: 'slow', scheduledJobId: job, asOf });
  assert.deepEqual([next.status, next.counters.changedToLost, next.counters.lettersCreated], ['COMPLETED_SUCCESSFULLY', 1, 2]);
  assert.deepEqual(await noticesOf('slow'), ['LETTERED', 'LETTERED', 'LETTERED']);
});

test('the neighbour is as it was', async () => {
  assert.deepEqual(await everythingOf(house.models, 'next-door'), nextDoor);
});
