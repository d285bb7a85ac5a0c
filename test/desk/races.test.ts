/** The desk and a run at work on one loan: whoever is faster, neither undoes what the other did (fulfillment-loans.md, S10 and S11). */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Deed } from '../../desk/deed.js';
import { claimReturned } from '../../desk/claim-returned.js';
import { foundLoan } from '../../desk/found-loan.js';
import { returnLoan } from '../../desk/return-loan.js';
import type { Models } from '../../models/models.js';
import { demoLibrary, idOf, loan, profile } from '../support/demo-library.js';
import { deskOf, feesOf } from '../support/desk.js';
import { at } from '../support/fixture-a.js';
import { emptyDatabase } from '../support/database.js';
import { begin, onePage, record, shellsOf } from '../support/run-by-hand.js';
import { everythingOf, kept, onWrites } from '../support/store.js';
import type { Run } from '../../domain/run.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const asOf = new Date(at('2025-04-02 01:00'));
const morning = deskOf(models)('2025-04-02 01:00');
const id = (name: string) => idOf('demo', name);
const pages = shellsOf(models);

async function library(store: Models, institutionId: string) {
  await demoLibrary(store, institutionId);
  await profile(store, institutionId, 'PL', 'CHANGE_TO_LOST', 30, {});
  await loan(store, institutionId, 'A');
  await loan(store, institutionId, 'B');
}

let run: Run;
let restore: Awaited<ReturnType<typeof kept>>;
let everyCollection: Set<string>;
let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  await library(models, 'demo');
  await library(models, 'next-door');
  run = await begin(models, await record(models, 'demo', asOf));
  restore = await kept(models, 'demo');
  everyCollection = new Set(Object.values(models).map(({ collection }) => collection.collectionName));
  nextDoor = await everythingOf(models, 'next-door');
});
afterAll(async () => assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor, 'the library next door is as it was'));

/** The page that makes A and B lost; before its write number `at` the desk does its deed. False: it has fewer writes. */
async function pageWithDesk(at: number, deed: () => Promise<unknown>): Promise<boolean> {
  await restore(everyCollection);
  let [made, isDone] = [0, false];
  const stop = onWrites(async ({ send }) => {
    made += 1;
    if (made === at) {
      isDone = true; // its own writes pass
      made = Infinity;
      await deed();
    }
    return send();
  });
  await onePage(run, pages.ageOverdueLoans, null).finally(stop);
  return isDone;
}

const standing = async (barcode: string) => {
  const { status, processStatus, closeReason } = await models.Loan.findOne({ institutionId: 'demo', _id: id(barcode) }).orFail().lean();
  const { processType, currentLoanId } = await models.Item.findOne({ institutionId: 'demo', barcode }).orFail().lean();
  return { loan: closeReason ?? `${status} ${processStatus}`, item: currentLoanId === null ? 'free' : processType };
};
const counted = async () => (await models.RunBatch.find({ institutionId: 'demo', runId: run.runId }).lean()).reduce((sum, { counters }) => ({
  lost: sum.lost + (counters['changedToLost'] ?? 0), changedDuringRun: sum.changedDuringRun + (counters['changedDuringRun'] ?? 0),
}), { lost: 0, changedDuringRun: 0 });

describe.each<[string, (deed: Deed, loanId: string) => Promise<{ outcome: string }>, (standing: { loan: string; item: string | null }, outcome: string) => void]>([
  ['returned', returnLoan, (after, outcome) => {
    assert.equal(outcome, 'RETURNED');
    assert.deepEqual(after, { loan: 'RETURNED', item: 'free' });
  }],
  ['found', foundLoan, (after, outcome) => {
    // Before the run lost it, there is nothing to find.
    assert.deepEqual(after, outcome === 'REFUSED' ? { loan: 'ACTIVE LOST', item: 'LOST_LOAN' } : { loan: 'ACTIVE NORMAL', item: 'LOAN' });
  }],
  ['claimed returned', claimReturned, (after, outcome) => {
    assert.deepEqual(after, outcome === 'REFUSED' ? { loan: 'ACTIVE LOST', item: 'LOST_LOAN' } : { loan: 'ACTIVE CLAIMED_RETURN', item: 'CLAIM_RETURNED_LOAN' });
  }],
])('a loan is %s while a page makes it lost', (_, deed, demand) => {
  test('between any two writes of the page', { timeout: 120_000 }, async () => {
    let outcome = '';
    const does = async () => ({ outcome } = await deed(morning, id('A')));
    let places = 0;
    while (await pageWithDesk(places + 1, does)) {
      places += 1;
      const told = `before write ${places}`;
      demand(await standing('A'), outcome);
      assert.deepEqual(await standing('B'), { loan: 'ACTIVE LOST', item: 'LOST_LOAN' }, told);
      assert.deepEqual(await feesOf(models, 'demo', 'B'), ['LOST_ITEM_PROCESS_FEE ACTIVE 1500 of 1500', 'LOST_ITEM_REPLACEMENT_FEE ACTIVE 4250 of 4250'], told);
      const isLost = (await standing('A')).loan === 'ACTIVE LOST';
      const owed = (await feesOf(models, 'demo', 'A')).filter((fee) => fee.startsWith('LOST_ITEM_REPLACEMENT_FEE ACTIVE'));
      assert.equal(owed.length, isLost ? 1 : 0, `${told}: the price is owed of what is lost, and only then`);
      const { lost, changedDuringRun } = await counted();
      assert.equal(lost + changedDuringRun, 2, `${told}: counted once, as lost or as changed during the run`);
      await restore(everyCollection);
    }
    assert.ok(places >= 8, `${places} places were tried`);
  });
});
