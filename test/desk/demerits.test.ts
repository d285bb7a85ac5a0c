/** Points for late returns: fulfillment-loans.md, users-remove-blocks, "How points and suspensions arise" and its examples 1, 2 and 4. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { claimReturned } from '../../desk/claim-returned.js';
import { returnLoan } from '../../desk/return-loan.js';
import type { Loan } from '../../models/loan.js';
import type { Models } from '../../models/models.js';
import { emptyDatabase } from '../support/database.js';
import { demoLibrary, idOf, loan, user } from '../support/demo-library.js';
import { deskOf, lose, survivesEveryDeath } from '../support/desk.js';
import { at } from '../support/fixture-a.js';
import { everythingOf } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const desk = deskOf(models);
const id = (name: string) => idOf('demo', name);

async function library(store: Models, institutionId: string) {
  await demoLibrary(store, institutionId);
  await store.DemeritRule.create({ institutionId, order: 1, name: 'Late returns', output: { basis: 'PER_DAY', points: 10, maxPoints: 200 } });
}
let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  await library(models, 'demo');
  await library(models, 'next-door');
  await loan(models, 'next-door', 'A');
  nextDoor = await everythingOf(models, 'next-door');
});
afterAll(async () => assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor, 'the library next door is as it was'));

/** A loan of a patron of its own, which comes back. */
async function returned(patron: string, due: string, back: string, given: Partial<Loan> = {}) {
  if ((await models.User.findOne({ institutionId: 'demo', primaryId: patron }).lean()) === null) await user(models, 'demo', patron, {});
  const barcode = `${patron} ${due}`;
  await loan(models, 'demo', barcode, { userId: id(patron), dueDate: new Date(at(due)), ...given });
  await returnLoan(desk(back), id(barcode));
}
const pointsOf = async (patron: string) => (await models.Demerit.find({ institutionId: 'demo', userId: id(patron) }).sort({ assignedAt: 1 }).lean()).map(({ points, consumedBy }) => [points, consumedBy !== null]);
const suspensionOf = async (patron: string) => {
  const block = await models.UserBlock.findOne({ institutionId: 'demo', userId: id(patron), source: 'DEMERIT' }).lean();
  return block === null ? null : [block.status, block.mode, block.startsAt, block.expiresAt];
};

test('1: due 02-20, returned 03-04: 120 points, suspended until 03-19 00:00, and the points are paid with that', async () => {
  await returned('one', '2025-02-20 21:00', '2025-03-04 12:00');
  assert.deepEqual(await pointsOf('one'), [[120, true]]);
  assert.deepEqual(await suspensionOf('one'), ['ACTIVE', 'DAYS', desk('2025-03-04 12:00').at, new Date(at('2025-03-19 00:00'))]);
});

test('2: another loan that comes back late during the suspension gives points that wait', async () => {
  await returned('one', '2025-03-03 21:00', '2025-03-09 12:00');
  assert.deepEqual(await pointsOf('one'), [[120, true], [60, false]]);
  assert.equal(await models.UserBlock.countDocuments({ institutionId: 'demo', userId: id('one') }), 1);
});

test('4: exactly 100 points do not suspend, 30 days late give 200', async () => {
  await returned('four', '2025-02-20 21:00', '2025-03-02 12:00');
  assert.deepEqual([await pointsOf('four'), await suspensionOf('four')], [[[100, false]], null]);
  await returned('late', '2025-02-20 21:00', '2025-03-22 12:00');
  assert.deepEqual(await pointsOf('late'), [[200, true]]);
});

test('points of more than a year ago do not count: those of 365 days ago do', async () => {
  for (const [patron, assignedAt] of [['long ago', '2024-03-03 23:59'], ['a year ago', '2024-03-04 00:00']] as const) {
    await user(models, 'demo', patron, {});
    await models.Demerit.create({ institutionId: 'demo', userId: id(patron), loanId: id(assignedAt), dueCycle: 1, ruleId: id('rule'), points: 60, assignedAt: new Date(at(assignedAt)) });
    await returned(patron, '2025-02-27 21:00', '2025-03-04 12:00');
  }
  assert.deepEqual([await suspensionOf('long ago'), (await suspensionOf('a year ago'))?.[0]], [null, 'ACTIVE']);
});

test('a loan within its grace, a lost one and one that was claimed give none', async () => {
  await returned('none', '2025-03-03 21:00', '2025-03-04 12:00');
  await loan(models, 'demo', 'lost', { userId: id('none') });
  await lose(models, 'demo', 'lost');
  await returnLoan(desk('2025-04-10 12:00'), id('lost'));
  await loan(models, 'demo', 'claimed', { userId: id('none') });
  await claimReturned(desk('2025-03-20 12:00'), id('claimed'));
  await returnLoan(desk('2025-03-21 12:00'), id('claimed'));
  assert.deepEqual(await pointsOf('none'), []);
});

test('a group of its own is suspended sooner and longer', async () => {
  const byUserGroup = [{ userGroup: 'GUEST', threshold: 10, historyDays: 365, suspensionDays: 30 }];
  await models.FulfillmentSettings.updateOne({ institutionId: 'demo' }, { $set: { 'demerits.byUserGroup': byUserGroup } });
  await user(models, 'demo', 'guest', { userGroup: 'GUEST' });
  await returned('guest', '2025-03-03 21:00', '2025-03-06 12:00');
  assert.deepEqual((await suspensionOf('guest'))?.[3], new Date(at('2025-04-06 00:00')));
});

test('a late return that dies at any of its writes and is done again suspends once, and its points are paid once', { timeout: 60_000 }, async () => {
  await user(models, 'demo', 'dead', {});
  await loan(models, 'demo', 'dead', { userId: id('dead'), dueDate: new Date(at('2025-02-20 21:00')) });
  assert.ok((await survivesEveryDeath(models, 'demo', () => returnLoan(desk('2025-03-04 12:00'), id('dead')))) >= 7);
});
