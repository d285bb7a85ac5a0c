/** Which requests stand in the way of a renewal (fulfillment-loans.md, notifications-courtesy-and-renewals, rule 7). */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { requestInTheWay, type ShelvedCopy, type WaitingRequest } from '../../domain/fulfillment/title-requests.js';

const loan = { itemId: 'lent', userId: 'u1', description: null };
const request = (given: Partial<WaitingRequest> = {}): WaitingRequest => ({
  requesterUserId: 'u9', level: 'TITLE', itemId: null, description: null, assignedItemId: null, ...given,
});
const copy = (description: string | null = null): ShelvedCopy => ({ description });

test('a request for the item stands in its way, one for another item does not', () => {
  assert.equal(requestInTheWay(loan, [request({ level: 'ITEM', itemId: 'lent' })], []), 'ITEM');
  assert.equal(requestInTheWay(loan, [request({ level: 'ITEM', itemId: 'other' })], []), null);
});
test('the borrower does not wait for themselves, and the library asks for nobody', () => {
  assert.equal(requestInTheWay(loan, [request({ level: 'ITEM', itemId: 'lent', requesterUserId: 'u1' })], []), null);
  assert.equal(requestInTheWay(loan, [request({ requesterUserId: 'u1' })], []), null);
  assert.equal(requestInTheWay(loan, [request({ requesterUserId: null })], []), null);
});
test('a copy on the shelf fills one request, and the next one waits for the loan', () => {
  assert.equal(requestInTheWay(loan, [request()], [copy()]), null);
  assert.equal(requestInTheWay(loan, [request(), request()], [copy()]), 'TITLE');
  assert.equal(requestInTheWay(loan, [request(), request()], [copy(), copy()]), null);
});
test('a request that has its copy waits for none, unless it is this one', () => {
  assert.equal(requestInTheWay(loan, [request({ assignedItemId: 'x' })], []), null);
  assert.equal(requestInTheWay(loan, [request({ assignedItemId: 'lent' })], []), 'ITEM');
});
test('a request for one volume is filled by that volume, and does not wait for another', () => {
  const second = request({ description: ' VOL. 2' });
  assert.equal(requestInTheWay({ ...loan, description: 'vol. 2' }, [second], [copy('vol. 1')]), 'TITLE');
  assert.equal(requestInTheWay({ ...loan, description: 'vol. 2' }, [second], [copy('Vol. 2')]), null);
  assert.equal(requestInTheWay({ ...loan, description: 'vol. 1' }, [second], []), null);
});
