/** What is read of borrowers, requests and bookings before a renewal is decided, a neighbouring institution left out. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { dayNumber } from '../../domain/days.js';
import { newId } from '../../models/document.js';
import type { Loan } from '../../models/loan.js';
import { readRenewalLimits, readRenewalSurroundings } from '../../models/renewal-surroundings.js';
import type { StoredRequest } from '../../models/request.js';
import { patronRole } from '../../models/user.js';
import { demoLibrary, idOf, loan, user } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { emptyDatabase } from '../support/database.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const asOf = new Date(at('2025-06-10 03:00'));
const u1 = idOf('demo', 'U1');

const fee = (given: { status?: 'ACTIVE' | 'CLOSED' | 'IN_DISPUTE' | 'EXPORTED'; balance: number; institutionId?: string }) =>
  models.Fee.create({ institutionId: 'demo', userId: u1, userGroup: 'STUDENT', type: 'OTHER', status: 'ACTIVE', originalAmount: 5000, currency: 'USD', dedupeKey: `#${newId()}`, ...given });
const request = (barcode: string, given: Partial<StoredRequest>) => {
  const _id = newId();
  const bibId = idOf('demo', `bib ${barcode}`);
  return models.Request.create({
    _id, institutionId: 'demo', requestType: 'PATRON_PHYSICAL', level: 'TITLE', bibId, requesterUserId: idOf('demo', 'U9'), status: 'NOT_STARTED', active: true,
    step: 'IN_QUEUE', stepEnteredAt: asOf, assignmentKey: `#${_id}`, activeKey: `#${_id}`, ...given,
  });
};
const copyOnShelf = (barcode: string) => models.Item.create({
  institutionId: 'demo', pid: `${barcode}2`, barcode: `${barcode}2`, barcodeKey: `${barcode}2`, holdingId: 'h', bibId: idOf('demo', `bib ${barcode}`), libraryCode: 'MAIN', locationCode: 'STACKS',
  currentLibraryCode: 'MAIN', currentLocationCode: 'STACKS', baseStatus: 'IN_PLACE', importKey: `#${barcode}2`,
});

let loans: Map<string, Loan>;
beforeAll(async () => {
  for (const institutionId of ['demo', 'next-door']) await demoLibrary(models, institutionId);
  await models.User.updateOne({ institutionId: 'demo', primaryId: 'U1' }, { $set: { expiryDate: '2025-12-31', roles: [patronRole, { ...patronRole, status: 'INACTIVE' }, { ...patronRole, role: 'AUDITOR' }, { ...patronRole, expiryDate: '2025-06-10' }] } });
  await user(models, 'demo', 'U9', {});
  for (const barcode of ['A', 'B', 'C', 'D', 'E']) await loan(models, 'demo', barcode, { dueDate: new Date(at('2025-06-13 21:00')) });
  await loan(models, 'demo', 'LATE', { dueDate: new Date(at('2025-06-09 21:00')) });
  await loan(models, 'demo', 'RECALLED', { dueDate: new Date(at('2025-06-01 21:00')), processStatus: 'RECALL' });
  await loan(models, 'demo', 'BACK', { dueDate: new Date(at('2025-06-01 21:00')), status: 'COMPLETE' });
  loans = new Map((await models.Loan.find({ institutionId: 'demo' }).lean()).map((one) => [one.barcode, one]));
});
const claimsOf = async (...barcodes: string[]) => {
  const asked = barcodes.map((barcode) => loans.get(barcode)!);
  const { claims } = await readRenewalSurroundings(models, 'demo', asOf, asked);
  return asked.map(({ _id }) => claims.get(_id));
};
const free = { requested: null, bookedFrom: null };

test('debts are the balances of active fees, late loans the active ones due before the moment, blocks the active ones', async () => {
  await Promise.all([fee({ balance: 700 }), fee({ balance: -200 }), fee({ balance: 9000, status: 'IN_DISPUTE' }), fee({ balance: 9000, institutionId: 'next-door' })]);
  const block = { institutionId: 'demo', userId: u1, definitionId: 'd', code: 'OVERDUE', source: 'STAFF' as const, mode: 'MANUAL' as const, startsAt: asOf };
  await models.UserBlock.create({ ...block, description: 'Long overdue', blockedActions: ['RENEW'], status: 'ACTIVE', activeKey: 'a' });
  await models.UserBlock.create({ ...block, description: 'Served', blockedActions: ['RENEW'], status: 'REMOVED', activeKey: 'b' });
  const { borrowers } = await readRenewalSurroundings(models, 'demo', asOf, [loans.get('A')!, { ...loans.get('B')!, userId: 'nobody' }]);
  assert.deepEqual([...borrowers], [[u1, {
    status: 'ACTIVE', userGroup: 'STUDENT', expiryDay: dayNumber('2025-12-31'), patronUntil: [null, dayNumber('2025-06-10')],
    blocks: [{ description: 'Long overdue', blockedActions: ['RENEW'], expiresAt: null }], owed: 500, overdueLoans: 2, overdueRecalls: 1,
  }]]);
});

test('a request of another stands in the way unless a copy on the shelf fills it', async () => {
  await request('A', { level: 'ITEM', itemId: loans.get('A')!.itemId });
  await request('B', {});
  await request('C', {});
  await copyOnShelf('C');
  await request('D', { requesterUserId: u1 });
  assert.deepEqual(await claimsOf('A', 'B', 'C', 'D'), [{ ...free, requested: 'ITEM' }, { ...free, requested: 'TITLE' }, free, free]);
});

test('bookings are told by their first beginning, requests that have ended by nothing', async () => {
  const booking = { requestType: 'BOOKING', level: 'ITEM', itemId: loans.get('E')!.itemId } as const;
  await request('E', { ...booking, bookingStart: new Date(at('2025-07-20 09:00')) });
  await request('E', { ...booking, bookingStart: new Date(at('2025-07-01 09:00')) });
  await request('E', { ...booking, bookingStart: new Date(at('2025-06-20 09:00')), requesterUserId: u1 });
  await request('E', { active: false, status: 'CANCELLED' });
  assert.deepEqual(await claimsOf('E'), [{ requested: null, bookedFrom: at('2025-07-01 09:00') }]);
});

test('limits that are switched off are left out', async () => {
  await models.PatronLimit.create({ institutionId: 'demo', userGroup: 'STUDENT', maxOverdueLoans: 0 });
  await models.PatronLimit.create({ institutionId: 'demo', userGroup: 'STAFF', maxOverdueLoans: 0, enabled: false });
  await models.BlockPreference.create({ institutionId: 'demo', code: 'OVERDUE_LIMIT', actions: ['LOAN'] });
  const { limits, preferences } = await readRenewalLimits(models, 'demo');
  assert.deepEqual([[...limits.keys()], limits.get('STUDENT')?.maxOverdueLoans, [...preferences.keys()], preferences.get('OVERDUE_LIMIT')?.handling], [['STUDENT'], 0, ['OVERDUE_LIMIT'], 'BLOCK']);
});
