/** What may be booked on a fee at the desk: data-model.md 4, fee. */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { decideBooking, type BookedFee, type Booking } from '../../domain/fulfillment/fee-bookings.js';

const owed: BookedFee = { status: 'ACTIVE', balance: 1500 };
const refused = (fee: BookedFee, booking: Booking) => {
  const decision = decideBooking(fee, booking);
  return decision.action === 'REFUSE' ? decision.reason : null;
};

describe('paying and waiving', () => {
  test('a part leaves the rest owed', () => {
    assert.deepEqual(decideBooking(owed, { type: 'PAYMENT', amount: 1499 }), { action: 'BOOK', amount: 1499, status: 'ACTIVE', balance: 1 });
  });
  test('exactly what is owed closes the fee', () => {
    assert.deepEqual(decideBooking(owed, { type: 'WAIVE', amount: 1500 }), { action: 'BOOK', amount: 1500, status: 'CLOSED', balance: 0 });
  });
  test('one more is refused', () => assert.equal(refused(owed, { type: 'PAYMENT', amount: 1501 }), 'MORE_THAN_OWED'));
});

describe('disputes', () => {
  const disputed: BookedFee = { status: 'IN_DISPUTE', balance: 1500 };
  test('a dispute and its end leave the balance as it is', () => {
    assert.deepEqual(decideBooking(owed, { type: 'DISPUTE' }), { action: 'BOOK', amount: 1500, status: 'IN_DISPUTE', balance: 1500 });
    assert.deepEqual(decideBooking(disputed, { type: 'RESTORE' }), { action: 'BOOK', amount: 1500, status: 'ACTIVE', balance: 1500 });
  });
  test('what is in dispute is neither paid nor waived nor disputed once more', () => {
    const bookings: Booking[] = [{ type: 'PAYMENT', amount: 1 }, { type: 'WAIVE', amount: 1 }, { type: 'DISPUTE' }];
    assert.deepEqual(bookings.map((booking) => refused(disputed, booking)), ['FEE_IN_DISPUTE', 'FEE_IN_DISPUTE', 'FEE_IN_DISPUTE']);
  });
  test('what is not in dispute is not restored', () => assert.equal(refused(owed, { type: 'RESTORE' }), 'FEE_NOT_IN_DISPUTE'));
});

describe('a credit', () => {
  const credit: BookedFee = { status: 'ACTIVE', balance: -1500 };
  test('is paid out in part, and closed by the last of it', () => {
    assert.deepEqual(decideBooking(credit, { type: 'REFUND', amount: 1499 }), { action: 'BOOK', amount: 1499, status: 'ACTIVE', balance: -1 });
    assert.deepEqual(decideBooking(credit, { type: 'REFUND', amount: 1500 }), { action: 'BOOK', amount: 1500, status: 'CLOSED', balance: 0 });
  });
  test('no more than it is is paid out, nor anything of what is owed', () => {
    assert.equal(refused(credit, { type: 'REFUND', amount: 1501 }), 'MORE_THAN_CREDIT');
    assert.equal(refused(owed, { type: 'REFUND', amount: 1 }), 'FEE_NOT_CREDIT');
    assert.equal(refused({ status: 'CLOSED', balance: 0 }, { type: 'REFUND', amount: 1 }), 'FEE_CLOSED');
  });
});

test('closed, exported and credit fees take no booking', () => {
  const each: Booking[] = [{ type: 'PAYMENT', amount: 1 }, { type: 'WAIVE', amount: 1 }, { type: 'DISPUTE' }, { type: 'RESTORE' }];
  const all = (fee: BookedFee) => [...new Set(each.map((booking) => refused(fee, booking)))];
  assert.deepEqual(all({ status: 'CLOSED', balance: 0 }), ['FEE_CLOSED']);
  assert.deepEqual(all({ status: 'EXPORTED', balance: 100 }), ['FEE_EXPORTED']);
  assert.deepEqual(all({ status: 'ACTIVE', balance: -100 }), ['FEE_IS_CREDIT']);
});
