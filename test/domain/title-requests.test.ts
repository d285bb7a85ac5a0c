/** Which requests stand in the way of a renewal (fulfillment-loans.md, notifications-courtesy-and-renewals, rule 7). */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { requestInTheWay, type ShelvedCopy, type WaitingRequest } from '../../domain/fulfillment/title-requests.js';

const loan = { itemId: 'lent', userId: 'u1', description: null };
const request = (requestId: string, given: Partial<WaitingRequest> = {}): WaitingRequest => ({
  requestId, requesterUserId: 'u9', level: 'TITLE', itemId: null, description: null, assignedItemId: null, ...given,
});
const copy = (itemId: string, description: string | null = null): ShelvedCopy => ({ itemId, description });

test('a request for the item stands in its way, one for another item does not', () => {
  assert.equal(requestInTheWay(loan, [request('a', { level: 'ITEM', itemId: 'lent' })], []), 'ITEM');
  assert.equal(requestInTheWay(loan, [request('a', { level: 'ITEM', itemId: 'other' })], []), null);
});
test('the borrower does not wait for themselves, and the library asks for nobody', () => {
  assert.equal(requestInTheWay(loan, [request('a', { level: 'ITEM', itemId: 'lent', requesterUserId: 'u1' })], []), null);
  assert.equal(requestInTheWay(loan, [request('a', { requesterUserId: 'u1' })], []), null);
  assert.equal(requestInTheWay(loan, [request('a', { requesterUserId: null })], []), null);
});
test('a copy on the shelf fills one request, and the next one waits for the loan', () => {
  assert.equal(requestInTheWay(loan, [request('a')], [copy('x')]), null);
  assert.equal(requestInTheWay(loan, [request('a'), request('b')], [copy('x')]), 'TITLE');
  assert.equal(requestInTheWay(loan, [request('a'), request('b')], [copy('x'), copy('y')]), null);
});
test('a request that has its copy waits for none, unless it is this one', () => {
  assert.equal(requestInTheWay(loan, [request('a', { assignedItemId: 'x' })], []), null);
  assert.equal(requestInTheWay(loan, [request('a', { assignedItemId: 'lent' })], []), 'ITEM');
});
test('a request for one volume is filled by that volume, and does not wait for another', () => {
  const second = request('a', { description: ' VOL. 2' });
  assert.equal(requestInTheWay({ ...loan, description: 'vol. 2' }, [second], [copy('x', 'vol. 1')]), 'TITLE');
  assert.equal(requestInTheWay({ ...loan, description: 'vol. 2' }, [second], [copy('x', 'Vol. 2')]), null);
  assert.equal(requestInTheWay({ ...loan, description: 'vol. 1' }, [second], []), null);
});
