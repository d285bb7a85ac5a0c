/** The desk moves due dates and recalls: data-model.md, loan; fulfillment-loans.md, S6.2 and S10. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { cancelRecall } from '../../desk/cancel-recall.js';
import { moveDueDate } from '../../desk/move-due-date.js';
import { moveDueDates } from '../../desk/move-due-dates.js';
import { recallLoan } from '../../desk/recall-loan.js';
import { returnLoan } from '../../desk/return-loan.js';
import { dayNumber } from '../../domain/days.js';
import type { Loan } from '../../models/loan.js';
import { emptyDatabase } from '../support/database.js';
import { demoLibrary, idOf, loan } from '../support/demo-library.js';
import { deskOf, feesOf, survivesEveryDeath } from '../support/desk.js';
import { at } from '../support/fixture-a.js';
import { everythingOf, onWrites } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const desk = deskOf(models);
const id = (name: string) => idOf('demo', name);
const on = (day: string) => ({ day: dayNumber(day) });
const due = (local: string) => ({ dueDate: new Date(at(local)) });

let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  await demoLibrary(models, 'demo');
  await demoLibrary(models, 'next-door');
  await loan(models, 'next-door', 'A', due('2025-05-29 21:00'));
  nextDoor = await everythingOf(models, 'next-door');
});
afterAll(async () => assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor, 'the library next door is as it was'));

const stored = (barcode: string) => models.Loan.findOne({ institutionId: 'demo', _id: id(barcode) }).orFail().lean();
const events = (barcode: string) => models.LoanEvent.find({ institutionId: 'demo', loanId: id(barcode) }).sort({ dueCycle: 1 }).lean();
const noon = desk('2025-05-12 12:00');

/** Something changes a loan just before the desk writes it. */
async function overtaken<T>(write: string, barcode: string, set: Partial<Loan>, deed: () => Promise<T>): Promise<T> {
  let done = false;
  const stop = onWrites(async ({ name, send }) => {
    if (name === write && !done) {
      done = true;
      await models.Loan.collection.updateOne({ institutionId: 'demo', _id: id(barcode) as never }, { $set: set });
    }
    return send();
  });
  return deed().finally(stop);
}

describe('by hand', () => {
  test('another due date begins another cycle and stands in the history; asked once more, nothing changes', async () => {
    await loan(models, 'demo', 'A1', due('2025-05-29 21:00'));
    await moveDueDate(noon, id('A1'), on('2025-05-20'));
    const { dueDate, dueDateSource, dueCycle, originalDueDate } = await stored('A1');
    assert.deepEqual([dueDate, dueDateSource, dueCycle, originalDueDate], [new Date(at('2025-05-20 21:00')), 'MANUAL', 2, new Date(at('2025-05-29 21:00'))]);
    const [event] = await events('A1');
    assert.deepEqual([event!.type, event!.dueCycle, event!.oldDueDate, event!.newDueDate], ['DUE_DATE_CORRECTED', 2, originalDueDate, dueDate]);
    const before = await everythingOf(models, 'demo');
    assert.equal((await moveDueDate(desk('2025-05-13 12:00'), id('A1'), on('2025-05-20'))).outcome, 'MOVED');
    assert.deepEqual(await everythingOf(models, 'demo'), before);
  });

  test('renewed by the night meanwhile, it is moved from there', async () => {
    await loan(models, 'demo', 'A2', due('2025-05-15 21:00'));
    const renewal = { dueCycle: 2, dueDateSource: 'RENEWAL', processStatus: 'RENEW', ...due('2025-06-09 21:00') } as const;
    const result = await overtaken('loans.findOneAndUpdate', 'A2', renewal, () => moveDueDate(noon, id('A2'), on('2025-05-20')));
    assert.deepEqual([result.outcome, (await stored('A2')).dueCycle, (await stored('A2')).processStatus], ['MOVED', 3, 'RENEW']);
    assert.deepEqual((await events('A2')).map(({ oldDueDate }) => oldDueDate), [renewal.dueDate]);
  });

  test('lost by the night meanwhile, it stays', async () => {
    await loan(models, 'demo', 'A3', due('2025-04-10 21:00'));
    const result = await overtaken('loans.findOneAndUpdate', 'A3', { processStatus: 'LOST' }, () => moveDueDate(noon, id('A3'), on('2025-05-20')));
    assert.deepEqual([result, (await stored('A3')).dueCycle], [{ outcome: 'REFUSED', reason: 'LOAN_LOST' }, 1]);
  });
});

describe('recalled', () => {
  test('to an earlier day: another cycle, a status of its own, and the rate of recalls when it comes late', async () => {
    await loan(models, 'demo', 'B1', due('2025-06-30 21:00'));
    await recallLoan(noon, id('B1'), { requestId: id('request'), due: on('2025-05-22') });
    const recalled = await stored('B1');
    assert.deepEqual([recalled.dueDate, recalled.dueDateSource, recalled.dueCycle, recalled.processStatus, recalled.processStatusDate],
      [new Date(at('2025-05-22 21:00')), 'RECALL', 2, 'RECALL', noon.at]);
    assert.deepEqual(recalled.recall, { active: true, requestId: id('request'), at: noon.at, dueDateBefore: new Date(at('2025-06-30 21:00')), dueDateChanged: true });
    assert.deepEqual((await events('B1')).map(({ type, dueCycle }) => [type, dueCycle]), [['RECALLED', 2]]);
    await returnLoan(desk('2025-05-28 12:00'), id('B1'));
    assert.deepEqual(await feesOf(models, 'demo', 'B1'), ['RECALLED_OVERDUE_FINE ACTIVE 400 of 400']);
  });

  test('without another due date it keeps its cycle; recalled once more, it stays as it is', async () => {
    await loan(models, 'demo', 'B2', due('2025-05-01 21:00'));
    await recallLoan(noon, id('B2'), { requestId: null, due: null });
    const { dueCycle, processStatus, recall } = await stored('B2');
    assert.deepEqual([dueCycle, processStatus, recall?.dueDateChanged], [1, 'RECALL', false]);
    const before = await everythingOf(models, 'demo');
    const again = await recallLoan(desk('2025-05-13 12:00'), id('B2'), { requestId: null, due: on('2025-05-14') });
    assert.deepEqual(['again' in again && again.again, await everythingOf(models, 'demo')], [true, before]);
  });

  test('returned meanwhile, it is not recalled', async () => {
    await loan(models, 'demo', 'B3', due('2025-06-30 21:00'));
    const result = await overtaken('loans.findOneAndUpdate', 'B3', { status: 'COMPLETE', closeReason: 'RETURNED' }, () => recallLoan(noon, id('B3'), { requestId: null, due: null }));
    assert.deepEqual([result, (await stored('B3')).recall], [{ outcome: 'REFUSED', reason: 'LOAN_ENDED' }, null]);
  });

  test('a recall that dies after any of its writes is completed by the next', { timeout: 60_000 }, async () => {
    await loan(models, 'demo', 'B4', due('2025-06-30 21:00'));
    assert.equal(await survivesEveryDeath(models, 'demo', () => recallLoan(noon, id('B4'), { requestId: null, due: on('2025-05-22') })), 2);
  });
});

describe('a recall is cancelled', () => {
  const recalled = async (barcode: string, day: string | null) => {
    await loan(models, 'demo', barcode, due('2025-06-30 21:00'));
    await recallLoan(noon, id(barcode), { requestId: null, due: day === null ? null : on(day) });
  };
  const later = desk('2025-05-14 12:00');

  test('the loan is due as before, in another cycle, and by the usual rate when it comes late; asked once more, nothing changes', async () => {
    await recalled('R1', '2025-05-22');
    assert.equal((await cancelRecall(later, id('R1'))).outcome, 'CANCELLED');
    const { dueDate, dueDateSource, dueCycle, processStatus, processStatusDate, recall } = await stored('R1');
    assert.deepEqual([dueDate, dueDateSource, dueCycle, processStatus, processStatusDate, recall?.active], [new Date(at('2025-06-30 21:00')), 'RECALL', 3, 'NORMAL', later.at, false]);
    assert.deepEqual((await events('R1')).map(({ type, dueCycle: cycle, oldDueDate, newDueDate }) => [type, cycle, oldDueDate, newDueDate]), [
      ['RECALLED', 2, dueDate, new Date(at('2025-05-22 21:00'))], ['DUE_DATE_CORRECTED', 3, new Date(at('2025-05-22 21:00')), dueDate],
    ]);
    const before = await everythingOf(models, 'demo');
    const again = await cancelRecall(desk('2025-05-15 12:00'), id('R1'));
    assert.deepEqual(['again' in again && again.again, await everythingOf(models, 'demo')], [true, before]);
    await returnLoan(desk('2025-07-03 12:00'), id('R1'));
    assert.deepEqual(await feesOf(models, 'demo', 'R1'), ['OVERDUE_FINE ACTIVE 75 of 75']);
  });

  test('that changed no due date keeps the cycle; what was never recalled is not cancelled', async () => {
    await recalled('R2', null);
    await cancelRecall(later, id('R2'));
    const { dueCycle, processStatus } = await stored('R2');
    assert.deepEqual([dueCycle, processStatus, (await events('R2')).map(({ type }) => type)], [1, 'NORMAL', ['RECALLED']]);
    await loan(models, 'demo', 'R3');
    assert.deepEqual(await cancelRecall(later, id('R3')), { outcome: 'REFUSED', reason: 'NOT_RECALLED' });
  });

  test('moved by hand meanwhile, it stays due then; lost meanwhile, it is left', async () => {
    await recalled('R4', '2025-05-22');
    const move = { dueCycle: 3, dueDateSource: 'MANUAL', ...due('2025-05-28 21:00') } as const;
    await overtaken('loans.findOneAndUpdate', 'R4', move, () => cancelRecall(later, id('R4')));
    const moved = await stored('R4');
    assert.deepEqual([moved.dueDate, moved.dueCycle, moved.processStatus, moved.recall?.active], [move.dueDate, 3, 'NORMAL', false]);
    await recalled('R5', '2025-05-22');
    const result = await overtaken('loans.findOneAndUpdate', 'R5', { processStatus: 'LOST' }, () => cancelRecall(later, id('R5')));
    assert.deepEqual([result, (await stored('R5')).recall?.active], [{ outcome: 'REFUSED', reason: 'LOAN_LOST' }, true]);
  });

  test('by two desks at one moment, it is cancelled once', async () => {
    await recalled('R6', '2025-05-22');
    await Promise.all([cancelRecall(later, id('R6')), cancelRecall(later, id('R6'))]);
    assert.deepEqual([(await stored('R6')).dueCycle, (await events('R6')).length], [3, 2]);
  });

  test('an end of a recall that dies after any of its writes is completed by the next', { timeout: 60_000 }, async () => {
    await recalled('R7', '2025-05-22');
    assert.equal(await survivesEveryDeath(models, 'demo', () => cancelRecall(later, id('R7'))), 2);
  });
});

describe('many at once', () => {
  const closing = { libraryCode: 'WEST', from: dayNumber('2025-07-07'), to: dayNumber('2025-07-11'), due: on('2025-07-21') };
  const west = (barcode: string, local: string, given: Partial<Loan> = {}) => loan(models, 'demo', barcode, { libraryCode: 'WEST', ...due(local), ...given });

  test('all that are due from the first day to the last move, those before and after, of others and for hours stay', async () => {
    await west('C1', '2025-07-07 00:00');
    await west('C2', '2025-07-11 23:59', { processStatus: 'RENEW' });
    await west('C3', '2025-07-06 23:59');
    await west('C4', '2025-07-12 00:00');
    await loan(models, 'demo', 'C5', due('2025-07-08 21:00'));
    await west('C6', '2025-07-08 21:00', { processStatus: 'LOST' });
    await west('C7', '2025-07-08 12:00', { shortLoan: true });
    assert.deepEqual(await moveDueDates(noon, closing), { moved: 2, left: {} });

    const moved = await models.Loan.find({ institutionId: 'demo', dueDateSource: 'BULK' }).sort({ barcode: 1 }).lean();
    assert.deepEqual(moved.map(({ barcode, dueCycle }) => [barcode, dueCycle]), [['C1', 2], ['C2', 2]]);
    assert.deepEqual((await events('C2')).map(({ type, oldDueDate, newDueDate }) => [type, oldDueDate, newDueDate]),
      [['DUE_DATE_CORRECTED', new Date(at('2025-07-11 23:59')), moved[1]!.dueDate]]);
    const before = await everythingOf(models, 'demo');
    assert.deepEqual(await moveDueDates(desk('2025-05-13 12:00'), closing), { moved: 0, left: {} });
    assert.deepEqual(await everythingOf(models, 'demo'), before, 'once more, nothing changes');
  });

  test('to a day within the days that are asked about, each moves once', async () => {
    for (const day of ['04', '05', '06']) await west(`D${day}`, `2025-08-${day} 12:00`);
    const within = { ...closing, from: dayNumber('2025-08-04'), to: dayNumber('2025-08-08'), due: on('2025-08-06') };
    assert.deepEqual(await moveDueDates(noon, within), { moved: 3, left: {} });
    assert.deepEqual(await moveDueDates(desk('2025-05-14 12:00'), within), { moved: 0, left: { SAME_DUE_DATE: 3 } });
  });

  test('one that is returned meanwhile is left and told', async () => {
    await west('E1', '2025-09-08 12:00');
    await west('E2', '2025-09-08 12:00');
    const asked = { ...closing, from: dayNumber('2025-09-08'), to: dayNumber('2025-09-08') };
    const result = await overtaken('loans.bulkWrite', 'E1', { status: 'COMPLETE', closeReason: 'RETURNED' }, () => moveDueDates(noon, asked));
    assert.deepEqual([result, (await stored('E1')).dueCycle, (await stored('E2')).dueCycle], [{ moved: 1, left: { CHANGED_MEANWHILE: 1 } }, 1, 2]);
  });
});
