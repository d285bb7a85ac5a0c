/** The desk and a run at work on one loan: whoever is faster, neither undoes what the other did (fulfillment-loans.md, S10 and S11). */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { cancelRecall } from '../../desk/cancel-recall.js';
import { declareLost } from '../../desk/declare-lost.js';
import type { Deed } from '../../desk/deed.js';
import { foundLoan } from '../../desk/found-loan.js';
import { moveDueDate } from '../../desk/move-due-date.js';
import { renewLoan } from '../../desk/renew-loan.js';
import { returnLoan } from '../../desk/return-loan.js';
import { returnLoanDatedBack } from '../../desk/return-loan-dated-back.js';
import { dayNumber } from '../../domain/days.js';
import type { Run } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import { closes } from '../support/calendar-changes.js';
import { emptyDatabase } from '../support/database.js';
import { idOf, loan, profile } from '../support/demo-library.js';
import { deskOf, feesOf, lendingLibrary } from '../support/desk.js';
import { at } from '../support/fixture-a.js';
import { begin, onePage, record, shellsOf } from '../support/run-by-hand.js';
import { everythingOf, kept, onWrites } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const asOf = new Date(at('2025-04-02 01:00'));
/** While the run is at work. */
const now: Deed = { ...deskOf(models)('2025-04-02 01:00'), at: new Date(asOf.getTime() + 30_000) };
const id = (name: string) => idOf('demo', name);
const pages = shellsOf(models);
const writtenTo = new Set(['loans', 'items', 'fees', 'loanEvents', 'loanNotices', 'userBlocks', 'demerits', 'letters', 'runBatches', 'runEvents']);

/** A and B become lost, C and D are renewed, E and F move from a day that was closed. */
async function library(store: Models, institutionId: string) {
  await lendingLibrary(store, institutionId);
  await profile(store, institutionId, 'PL', 'CHANGE_TO_LOST', 30, {});
  await store.AutoRenewalRule.create({ institutionId, order: 1, name: 'All', output: true });
  for (const [barcodes, due] of [['AB', '2025-03-03 21:00'], ['CD', '2025-04-04 21:00'], ['EF', '2025-04-10 21:00']] as const) {
    for (const barcode of barcodes) await loan(store, institutionId, barcode, { dueDate: new Date(at(due)) });
  }
  await closes(store, institutionId, '2025-04-01 12:00', '2025-04-10');
}

const jobs = {
  'loans-overdue-and-lost': { page: pages.ageOverdueLoans, done: 'changedToLost' },
  'notifications-courtesy-and-renewals': { page: pages.renewLoansFallingDue, done: 'renewed' },
  'loans-due-date-correction': { page: pages.correctDueDates, done: 'movedLater' },
} as const;
type JobKey = keyof typeof jobs;
const runs = new Map<JobKey, Run>();
let restore: Awaited<ReturnType<typeof kept>>;
let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  await library(models, 'demo');
  await library(models, 'next-door');
  for (const key of Object.keys(jobs) as JobKey[]) runs.set(key, await begin(models, await record(models, 'demo', asOf, {}, key)));
  restore = await kept(models, 'demo');
  nextDoor = await everythingOf(models, 'next-door');
});
afterAll(async () => assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor, 'the library next door is as it was'));

/** A page of the job over loans made ready; before its write number `at` the desk does its deed. False: it has fewer writes. */
async function pageWithDesk(job: JobKey, at: number, ready: () => Promise<unknown>, deed: () => Promise<unknown>): Promise<boolean> {
  await restore(writtenTo);
  await ready();
  let [made, isDone] = [0, false];
  const stop = onWrites(async ({ send }) => {
    made += 1;
    if (made === at) {
      isDone = true;
      made = Infinity; // the desk's own writes pass
      await deed();
    }
    return send();
  });
  await onePage(runs.get(job)!, jobs[job].page, null).finally(stop);
  return isDone;
}

/** It was to be out until May; lost and found since, it is in the page of the others. */
const recalledBefore = (barcode: string) => models.Loan.updateOne({ institutionId: 'demo', _id: id(barcode) }, { $set: {
  dueDateSource: 'RECALL', recall: { active: true, requestId: null, at: new Date(at('2025-02-20 12:00')), dueDateBefore: new Date(at('2025-05-05 21:00')), dueDateChanged: true },
} });
const stored = (barcode: string) => models.Loan.findOne({ institutionId: 'demo', _id: id(barcode) }).orFail().lean();
async function standing(barcode: string) {
  const { status, processStatus, closeReason, dueCycle } = await stored(barcode);
  const { processType, currentLoanId } = await models.Item.findOne({ institutionId: 'demo', barcode }).orFail().lean();
  return `${closeReason ?? `${status} ${processStatus}`} cycle ${dueCycle}, item ${currentLoanId === null ? 'free' : processType}`;
}

/** What holds of a loan whoever was at it: its history leads to its due date, one event a cycle, and no notice speaks of a cycle that never came. */
async function isConsistent(barcode: string, told: string) {
  const { dueCycle, dueDate } = await stored(barcode);
  const moves = (await models.LoanEvent.find({ institutionId: 'demo', loanId: id(barcode), newDueDate: { $gt: new Date(0) } }).sort({ dueCycle: 1 }).lean());
  assert.deepEqual(moves.map((event) => event.dueCycle), Array.from({ length: dueCycle - 1 }, (_, index) => index + 2), `${told}: an event for every cycle`);
  if (dueCycle > 1) assert.deepEqual(moves.at(-1)!.newDueDate, dueDate, told);
  const notices = await models.LoanNotice.find({ institutionId: 'demo', loanId: id(barcode), kind: { $in: ['RENEWED', 'DUE_DATE_CHANGED'] } }).lean();
  for (const { dueCycle: of } of notices) assert.equal(moves.find((event) => event.dueCycle === of)?.by.slice(0, 4), 'JOB:', `${told}: its notice stands for what the job did`);
  const owed = (await feesOf(models, 'demo', barcode)).filter((fee) => fee.startsWith('LOST_ITEM_REPLACEMENT_FEE ACTIVE'));
  assert.equal(owed.length, (await standing(barcode)).includes('ACTIVE LOST') ? 1 : 0, `${told}: the price is owed of what is lost, and only then`);
}

async function counted(job: JobKey): Promise<number> {
  const batches = await models.RunBatch.find({ institutionId: 'demo', runId: runs.get(job)!.runId }).lean();
  return batches.reduce((sum, { counters }) => sum + (counters[jobs[job].done] ?? 0) + (counters['changedDuringRun'] ?? 0), 0);
}

const returned = (deed: Deed, loanId: string) => returnLoan(deed, loanId);
const renewed = (deed: Deed, loanId: string) => renewLoan(deed, loanId, 1);
const moved = (deed: Deed, loanId: string) => moveDueDate(deed, loanId, { day: dayNumber('2025-04-21') });
const found = (deed: Deed, loanId: string) => foundLoan(deed, loanId);
const declared = (deed: Deed, loanId: string) => declareLost(deed, loanId);
const cancelled = (deed: Deed, loanId: string) => cancelRecall(deed, loanId);
const datedBack = (deed: Deed, loanId: string) => returnLoanDatedBack(deed, loanId, new Date(at('2025-03-20 12:00')));

describe.each<[deed: string, job: JobKey, subject: string, bystander: string, deed: (deed: Deed, loanId: string) => Promise<{ outcome: string }>, ends: string[]]>([
  ['returned', 'loans-overdue-and-lost', 'A', 'B ACTIVE LOST cycle 1, item LOST_LOAN', returned, ['RETURNED cycle 1, item free']],
  ['found', 'loans-overdue-and-lost', 'A', 'B ACTIVE LOST cycle 1, item LOST_LOAN', found, ['ACTIVE LOST cycle 1, item LOST_LOAN', 'ACTIVE NORMAL cycle 1, item LOAN']],
  ['renewed', 'loans-overdue-and-lost', 'A', 'B ACTIVE LOST cycle 1, item LOST_LOAN', renewed, ['ACTIVE RENEW cycle 2, item LOAN', 'ACTIVE LOST cycle 1, item LOST_LOAN']],
  ['declared lost', 'loans-overdue-and-lost', 'A', 'B ACTIVE LOST cycle 1, item LOST_LOAN', declared, ['ACTIVE LOST cycle 1, item LOST_LOAN']],
  ['returned and dated back', 'loans-overdue-and-lost', 'A', 'B ACTIVE LOST cycle 1, item LOST_LOAN', datedBack, ['RETURNED cycle 1, item free']],
  ['recalled no longer', 'loans-overdue-and-lost', 'A', 'B ACTIVE LOST cycle 1, item LOST_LOAN', cancelled, ['ACTIVE LOST cycle 1, item LOST_LOAN', 'ACTIVE NORMAL cycle 2, item LOAN']],
  ['returned', 'notifications-courtesy-and-renewals', 'C', 'D ACTIVE RENEW cycle 2, item LOAN', returned, ['RETURNED cycle 1, item free', 'RETURNED cycle 2, item free']],
  ['renewed', 'notifications-courtesy-and-renewals', 'C', 'D ACTIVE RENEW cycle 2, item LOAN', renewed, ['ACTIVE RENEW cycle 2, item LOAN']],
  ['returned', 'loans-due-date-correction', 'E', 'F ACTIVE NORMAL cycle 2, item LOAN', returned, ['RETURNED cycle 1, item free', 'RETURNED cycle 2, item free']],
  ['moved by hand', 'loans-due-date-correction', 'E', 'F ACTIVE NORMAL cycle 2, item LOAN', moved, ['ACTIVE NORMAL cycle 2, item LOAN', 'ACTIVE NORMAL cycle 3, item LOAN']],
  ['recalled no longer', 'loans-due-date-correction', 'E', 'F ACTIVE NORMAL cycle 2, item LOAN', cancelled, ['ACTIVE NORMAL cycle 2, item LOAN', 'ACTIVE NORMAL cycle 3, item LOAN']],
])('a loan is %s at the desk while a page of %s is at work', (_, job, subject, bystander, deed, ends) => {
  test('between any two writes of the page', { timeout: 120_000 }, async () => {
    const seen = new Set<string>();
    let places = 0;
    const ready = () => (deed === cancelled ? recalledBefore(subject) : Promise.resolve());
    while (await pageWithDesk(job, places + 1, ready, () => deed(now, id(subject)))) {
      places += 1;
      const told = `before write ${places}`;
      seen.add(await standing(subject));
      await isConsistent(subject, told);
      assert.equal(`${bystander[0]} ${await standing(bystander[0]!)}`, bystander, told);
      await isConsistent(bystander[0]!, told);
      assert.equal(await counted(job), 2, `${told}: each is counted once, as done or as changed during the run`);
    }
    assert.ok(places >= 5, `${places} places were tried`);
    assert.deepEqual([...seen].sort(), ends.toSorted());
  });
});
