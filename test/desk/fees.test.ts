/** Money at the desk: data-model.md 4, fee; README.md, Documents. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { bookOnFee } from '../../desk/book-on-fee.js';
import { payFees } from '../../desk/pay-fees.js';
import type { Booking } from '../../domain/fulfillment/fee-bookings.js';
import { demoLibrary, fee as makeFee, idOf, loan, user } from '../support/demo-library.js';
import { CLERK, deskOf, feesOf, lose, survivesEveryDeath } from '../support/desk.js';
import { emptyDatabase } from '../support/database.js';
import { everythingOf, onWrites } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const desk = deskOf(models);
let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  for (const institutionId of ['demo', 'next-door']) {
    await demoLibrary(models, institutionId);
    await loan(models, institutionId, 'A');
    await lose(models, institutionId, 'A');
  }
  nextDoor = await everythingOf(models, 'next-door');
});
afterAll(async () => assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor, 'the library next door is as it was'));

/** A lost loan under this barcode, and the booking of its replacement fee, 4250. */
async function feeOf(barcode: string) {
  await loan(models, 'demo', barcode);
  await lose(models, 'demo', barcode);
  const fee = await models.Fee.findOne({ institutionId: 'demo', barcode, type: 'LOST_ITEM_REPLACEMENT_FEE' }).orFail().lean();
  const book = (booking: Booking, transactionId: string, local = '2025-04-05 12:00') => bookOnFee(desk(local), fee._id, { booking, transactionId, reason: 'CASH', comment: null });
  const stored = () => models.Fee.findOne({ institutionId: 'demo', _id: fee._id }).orFail().lean();
  return { fee, book, stored };
}

test('a payment is a transaction of whoever took it, and the last one closes the fee', async () => {
  const { book, stored } = await feeOf('P1');
  await book({ type: 'PAYMENT', amount: 250 }, 'T1');
  await book({ type: 'PAYMENT', amount: 4000 }, 'T2', '2025-04-06 12:00');
  const { status, balance, closedAt, transactions } = await stored();
  const [first, last] = [desk('2025-04-05 12:00').at, desk('2025-04-06 12:00').at];
  assert.deepEqual([status, balance, closedAt], ['CLOSED', 0, last]);
  assert.deepEqual(transactions, [
    { transactionId: 'T1', type: 'PAYMENT', amount: 250, at: first, by: CLERK, reason: 'CASH', comment: null },
    { transactionId: 'T2', type: 'PAYMENT', amount: 4000, at: last, by: CLERK, reason: 'CASH', comment: null },
  ]);
});

test('the same payment once more is the same payment; another under its id is refused', async () => {
  const { book } = await feeOf('P2');
  await book({ type: 'PAYMENT', amount: 250 }, 'T1');
  const before = await everythingOf(models, 'demo');
  assert.equal((await book({ type: 'PAYMENT', amount: 250 }, 'T1')).outcome, 'BOOKED');
  assert.deepEqual(await book({ type: 'PAYMENT', amount: 251 }, 'T1'), { outcome: 'REFUSED', reason: 'TRANSACTION_ID_USED' });
  assert.deepEqual(await book({ type: 'WAIVE', amount: 250 }, 'T1'), { outcome: 'REFUSED', reason: 'TRANSACTION_ID_USED' });
  assert.deepEqual(await book({ type: 'PAYMENT', amount: 4001 }, 'T2'), { outcome: 'REFUSED', reason: 'MORE_THAN_OWED' });
  assert.deepEqual(await everythingOf(models, 'demo'), before);
});

test('a dispute takes the fee out of what is owed until it is restored', async () => {
  const { book, stored } = await feeOf('P3');
  await book({ type: 'DISPUTE' }, 'T1');
  assert.deepEqual(await book({ type: 'PAYMENT', amount: 1 }, 'T2'), { outcome: 'REFUSED', reason: 'FEE_IN_DISPUTE' });
  await book({ type: 'RESTORE' }, 'T3');
  assert.deepEqual([(await stored()).status, (await stored()).balance], ['ACTIVE', 4250]);
});

test('two desks that take all of it at one moment take it once', async () => {
  const { book, stored } = await feeOf('P4');
  let first = true;
  const stop = onWrites(async ({ name, send }) => {
    if (name === 'fees.findOneAndUpdate' && first) {
      first = false;
      await book({ type: 'PAYMENT', amount: 4250 }, 'other desk');
    }
    return send();
  });
  assert.deepEqual(await book({ type: 'PAYMENT', amount: 4250 }, 'this desk').finally(stop), { outcome: 'REFUSED', reason: 'FEE_CLOSED' });
  assert.deepEqual((await stored()).transactions.map(({ transactionId }) => transactionId), ['other desk']);
});

test('the payment that ends a lost loan, died at any write and made once more, is made once', { timeout: 60_000 }, async () => {
  const { book } = await feeOf('P5');
  await models.Fee.deleteOne({ institutionId: 'demo', barcode: 'P5', type: 'LOST_ITEM_PROCESS_FEE' });
  assert.equal(await survivesEveryDeath(models, 'demo', () => book({ type: 'PAYMENT', amount: 4250 }, 'T1')), 3);
  assert.deepEqual(await feesOf(models, 'demo', 'P5'), ['LOST_ITEM_REPLACEMENT_FEE CLOSED 0 of 4250']);
});

describe('a credit', () => {
  const creditOf = async (barcode: string) => {
    const { fee, book, stored } = await feeOf(barcode);
    await models.Fee.updateOne({ institutionId: 'demo', _id: fee._id }, { $set: { type: 'CREDIT', originalAmount: -4250, balance: -4250 } });
    return { book, stored };
  };

  test('is paid out part by part, as transactions of whoever did it; the last one closes it', async () => {
    const { book, stored } = await creditOf('C1');
    await book({ type: 'REFUND', amount: 250 }, 'T1');
    assert.deepEqual([(await stored()).status, (await stored()).balance], ['ACTIVE', -4000]);
    await book({ type: 'REFUND', amount: 4000 }, 'T2', '2025-04-06 12:00');
    const { status, balance, closedAt, transactions } = await stored();
    assert.deepEqual([status, balance, closedAt, transactions.map(({ type, amount, by }) => [type, amount, by])],
      ['CLOSED', 0, desk('2025-04-06 12:00').at, [['REFUND', 250, CLERK], ['REFUND', 4000, CLERK]]]);
  });

  test('that two desks pay out at one moment is paid out once', async () => {
    const { book, stored } = await creditOf('C2');
    let first = true;
    const stop = onWrites(async ({ name, send }) => {
      if (name === 'fees.findOneAndUpdate' && first) {
        first = false;
        await book({ type: 'REFUND', amount: 4250 }, 'other desk');
      }
      return send();
    });
    assert.deepEqual(await book({ type: 'REFUND', amount: 4250 }, 'this desk').finally(stop), { outcome: 'REFUSED', reason: 'FEE_CLOSED' });
    assert.deepEqual((await stored()).transactions.map(({ transactionId }) => transactionId), ['other desk']);
  });

  test('paid out by a desk that died and did it once more, is paid out once', { timeout: 60_000 }, async () => {
    const { book } = await creditOf('C3');
    assert.equal(await survivesEveryDeath(models, 'demo', () => book({ type: 'REFUND', amount: 4250 }, 'T1')), 1);
  });
});

describe('a sum for all that somebody owes', () => {
  /** 1.00, 2.00, and what is not to be paid here; the newest is the process fee of a lost item, 15.00. */
  async function debtor(name: string) {
    const userId = await user(models, 'demo', name, {});
    const theirs = { userId, barcode: name };
    await makeFee(models, 'demo', `${name} 2`, 200, '2025-02-02', theirs);
    await makeFee(models, 'demo', `${name} 1`, 100, '2025-02-01', theirs);
    await makeFee(models, 'demo', `${name} 3`, 400, '2025-01-01', { ...theirs, status: 'IN_DISPUTE' });
    await makeFee(models, 'demo', `${name} 4`, -800, '2025-01-01', { ...theirs, type: 'CREDIT' });
    const standing = async () => (await models.Fee.find({ institutionId: 'demo', userId }).sort({ createdAt: 1, _id: 1 }).lean()).map(({ balance, status }) => `${status} ${balance}`).sort();
    return { userId, standing, pay: (amount: number, transactionId: string) => payFees(desk('2025-04-05 12:00'), userId, amount, transactionId) };
  }

  test('pays the oldest first, and of the last a part; made once more, it is the same payment', async () => {
    const { pay, standing } = await debtor('S1');
    const paid = await pay(150, 'T1');
    assert.deepEqual(paid.outcome === 'PAID' && [paid.left, paid.booked.map(({ fee: { balance, transactions } }) => [balance, transactions[0]?.amount])], [0, [[0, 100], [150, 50]]]);
    const before = await everythingOf(models, 'demo');
    await pay(150, 'T1');
    assert.deepEqual(await everythingOf(models, 'demo'), before);
    assert.deepEqual(await standing(), ['ACTIVE -800', 'ACTIVE 150', 'CLOSED 0', 'IN_DISPUTE 400']);
  });

  test('that is more than is owed is refused; exactly that is taken', async () => {
    const { pay, standing } = await debtor('S2');
    assert.deepEqual(await pay(301, 'T1'), { outcome: 'REFUSED', reason: 'MORE_THAN_OWED' });
    assert.equal((await pay(300, 'T2')).outcome, 'PAID');
    assert.deepEqual(await standing(), ['ACTIVE -800', 'CLOSED 0', 'CLOSED 0', 'IN_DISPUTE 400']);
  });

  test('while another desk takes it for one of the fees, the rest is told', async () => {
    const { pay, standing } = await debtor('S3');
    let first = true;
    const stop = onWrites(async ({ name, send }) => {
      if (name === 'fees.findOneAndUpdate' && first) {
        first = false;
        await bookOnFee(desk('2025-04-05 12:00'), idOf('demo', 'S3 1'), { booking: { type: 'PAYMENT', amount: 100 }, transactionId: 'other desk', reason: null, comment: null });
      }
      return send();
    });
    const result = await pay(300, 'T1').finally(stop);
    assert.deepEqual([result.outcome === 'PAID' && result.left, await standing()], [100, ['ACTIVE -800', 'CLOSED 0', 'CLOSED 0', 'IN_DISPUTE 400']]);
  });

  test('that ends a lost loan, died at any write and made once more, is made once', { timeout: 60_000 }, async () => {
    const { userId, pay } = await debtor('S4');
    await loan(models, 'demo', 'S4', { userId });
    await lose(models, 'demo', 'S4');
    await models.Fee.updateMany({ institutionId: 'demo', barcode: 'S4' }, { $set: { userId } });
    assert.equal(await survivesEveryDeath(models, 'demo', () => pay(300 + 4250 + 1500, 'T1')), 6);
  });
});

test('a fee that is not there is not booked on', async () => {
  const booking = { booking: { type: 'DISPUTE' }, transactionId: 'T', reason: null, comment: null } as const;
  assert.deepEqual(await bookOnFee(desk('2025-04-05 12:00'), idOf('next-door', 'no fee'), booking), { outcome: 'REFUSED', reason: 'NO_FEE' });
});
