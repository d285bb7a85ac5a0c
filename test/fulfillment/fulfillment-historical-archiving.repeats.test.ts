/** fulfillment-historical-archiving: pages done twice, and records that somebody else changes meanwhile (fulfillment-loans.md, rule 2 and Idempotency). */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeEach, test } from 'vitest';
import { createArchivingActivities } from '../../activities/fulfillment/fulfillment-historical-archiving.js';
import { archiveWork } from '../../chaos/archive.js';
import { asOf } from '../../chaos/library.js';
import type { Page, Run } from '../../domain/run.js';
import { newFee } from '../../models/new-fee.js';
import { idOf } from '../support/demo-library.js';
import { clear, emptyDatabase } from '../support/database.js';
import { watchedNeighbour } from '../support/neighbour.js';
import { everythingOf, kept, onWrites, pictureOf } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const own = { institutionId: 'demo' };
const { countEndedRecords, archiveLoans, archiveFees, archiveRequests, archiveBorrowingRequests } = createArchivingActivities({ models, now: () => asOf });
beforeEach(async () => {
  await clear(models);
  await archiveWork(models, 'demo', { seed: 3, loans: 30 });
});
watchedNeighbour(models, (nextDoor) => archiveWork(models, nextDoor, { seed: 3, loans: 9 }));

const everything = { loans: true, loanNotes: true, fees: true, feeComments: true, requests: true, borrowingRequests: true };
const run: Run = {
  institutionId: 'demo', runId: idOf('demo', 'run'), scheduledJobId: null, jobKey: 'fulfillment-historical-archiving', asOf: asOf.toISOString(),
  businessDate: '2025-03-17', timeZone: 'America/New_York', currency: 'USD', pageUrl: '', parameters: everything, preview: false, scoped: false,
  endsBy: '2025-03-17T21:30:00.000Z', batchNo: 0, done: 0, cursor: null, stepsDone: [],
};
const call = (activity: (run: Run) => Promise<Page>, given: Partial<Run> = {}): Promise<Page> =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(activity, { ...structuredClone(run), ...given });
async function work(parameters: Record<string, boolean> = everything): Promise<void> {
  for (const [batchNo, activity] of [archiveLoans, archiveFees, archiveRequests, archiveBorrowingRequests].entries()) await call(activity, { parameters, batchNo });
}
/** What the job writes to. */
const touched = new Set(['loans', 'fees', 'loanNotices', 'loanEvents', 'demerits', 'userBlocks', 'itemHistories', 'requests', 'borrowingRequests', 'runBatches', 'runEvents']);
const counters = async () => {
  const sum: Record<string, number> = {};
  for (const batch of await models.RunBatch.find(own).lean()) for (const [key, value] of Object.entries(batch.counters)) sum[key] = (sum[key] ?? 0) + value;
  return sum;
};

test('counting changes nothing, and counts what the passes select that are asked', async () => {
  const before = await everythingOf(models, 'demo');
  const [all, fees, none] = [await countEndedRecords(run), await countEndedRecords({ ...run, parameters: { fees: true } }), await countEndedRecords({ ...run, parameters: {} })];
  assert.deepEqual(await everythingOf(models, 'demo'), before);
  assert.deepEqual([fees > 0, none], [true, 0]);
  await work();
  assert.equal((await counters()).recordsSelected, all);
});

test('the pages done twice write and count what they do done once', async () => {
  await work();
  const once = await pictureOf(models, 'demo', touched);
  await work();
  assert.deepEqual(await pictureOf(models, 'demo', touched), once);
});

class Killed extends Error {}

test('pages whose process dies at one write after the other leave what undisturbed ones leave', async () => {
  const restore = await kept(models, 'demo');
  await work();
  const undisturbed = await pictureOf(models, 'demo', touched);
  let deaths = 0;
  for (const half of [false, true]) {
    for (let writes = 0; ; writes += half ? 3 : 1) {
      await restore(touched);
      let done = 0;
      let died = false;
      const stop = onWrites(async ({ send, sendHalf }) => {
        done += 1;
        if (done <= writes) return send();
        died = true;
        if (half && sendHalf !== null && done === writes + 1) await sendHalf();
        throw new Killed();
      });
      await work().catch((error: unknown) => assert.ok(error instanceof Killed, String(error))).finally(stop);
      await work();
      assert.deepEqual(await pictureOf(models, 'demo', touched), undisturbed, `after ${writes} writes${half ? ' and a half' : ''}`);
      if (!died) break;
      deaths += 1;
    }
  }
  assert.ok(deaths >= 25, `${deaths} deaths`);
});

test('after the night nothing that was anonymised names its person', async () => {
  const before = new Map((await models.Loan.find(own).lean()).map(({ _id, userId }) => [_id, userId]));
  await work();
  const loans = await models.Loan.find({ ...own, anonymizedAt: { $ne: null } }).lean();
  assert.ok(loans.length > 3);
  const ids = { $in: loans.map(({ _id }) => _id) };
  const left = await Promise.all([
    models.LoanNotice.find({ ...own, loanId: ids }).lean(), models.LoanEvent.find({ ...own, loanId: ids }).lean(), models.Fee.find({ ...own, $or: [{ loanId: ids }, { anonymizedAt: { $ne: null } }] }).lean(),
    models.Demerit.find({ ...own, loanId: ids }).lean(), models.UserBlock.find({ ...own, loanIds: ids }).lean(), models.ItemHistory.find(own).lean(),
    models.Request.find({ ...own, anonymizedAt: { $ne: null } }).lean(), models.BorrowingRequest.find({ ...own, anonymizedAt: { $ne: null } }).lean(),
  ]);
  const text = JSON.stringify([loans, ...left]);
  const people = [...new Set(before.values())].filter((userId) => userId !== null);
  assert.deepEqual(people.filter((userId) => text.includes(userId)), []);
  assert.deepEqual(['Came back wet', 'Was ill', 'Elm Street', 'A. Neighbour', 'By the door', 'Urgent', '"PATRON"'].filter((word) => text.includes(word)), []);
  assert.equal(left[5].length, loans.length);
});

test('with notes and comments alone, the people stay and the text goes once', async () => {
  const textOnly = { loanNotes: true, feeComments: true };
  await work(textOnly);
  const once = await counters();
  assert.ok((once.loanNotesRemoved ?? 0) > 0 && (once.feeCommentsRemoved ?? 0) > 0);
  assert.deepEqual([once.loansAnonymized, once.feesAnonymized], [undefined, undefined]);
  assert.equal(await models.Loan.countDocuments({ ...own, anonymizedAt: { $ne: null } }), 0);
  const picture = await pictureOf(models, 'demo', touched);
  await work(textOnly);
  assert.deepEqual([await counters(), await pictureOf(models, 'demo', touched)], [once, picture]);
});

test('a fee that the desk takes up again meanwhile is left alone, and told so', async () => {
  const stop = onWrites(async ({ name, send }) => {
    if (name === 'fees.bulkWrite') {
      stop();
      await models.Fee.updateMany({ ...own, status: 'CLOSED' }, { $set: { status: 'IN_DISPUTE', closedAt: null, balance: 300 }, $inc: { version: 1 } });
    }
    return send();
  });
  await call(archiveFees).finally(stop);
  assert.equal(await models.Fee.countDocuments({ ...own, anonymizedAt: { $ne: null } }), 0);
  const { recordsChanged, changedDuringRun, feesAnonymized } = await counters();
  assert.deepEqual([recordsChanged, (changedDuringRun ?? 0) > 0, feesAnonymized], [undefined, true, undefined]);
});

test('a loan to which a fee comes before its page is repeated is held, and counted so', async () => {
  const stop = onWrites(({ name, send }) => {
    if (name === 'loans.updateMany') throw new Killed();
    return send();
  });
  await assert.rejects(call(archiveLoans), Killed).finally(stop);
  const [loanId] = (await models.RunBatch.findOne(own).orFail().lean()).leaving.map((entry) => entry.slice(0, 24));
  const owed = { userId: null, userGroup: '', libraryCode: null, loanId: loanId ?? null, itemId: null, barcode: null, title: null };
  await models.Fee.create(newFee('demo', { type: 'OTHER', amount: 100, currency: 'USD', dedupeKey: 'late fee' }, owed, asOf));
  await call(archiveLoans);
  assert.notEqual((await models.Loan.findOne({ ...own, _id: loanId }).orFail().lean()).userId, null);
  assert.equal((await counters()).changedDuringRun, 1);
});
