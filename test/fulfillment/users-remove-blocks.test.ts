/**
 * The examples of the specification in their order: each is a patron of one library, over three nights that the engine runs; and a neighbour
 * with the same data, to whom nothing happens. Points and suspensions come as at the check-in.
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { RunView } from '../../api/operations/run-view.js';
import { demeritPoints, ordinaryDemerits, suspends, suspensionEnd, type DemeritOutput } from '../../domain/fulfillment/demerits.js';
import { momentAt } from '../../domain/days.js';
import type { UserBlock } from '../../models/fulfillment.js';
import type { Models } from '../../models/models.js';
import { activated, demoLibrary, idOf, loan, user } from '../support/demo-library.js';
import { at, book, mainCalendar, newYork, overdueLoan } from '../support/fixture-a.js';
import { openHouse, type House } from '../support/house.js';
import { mongo, temporal } from '../support/servers.js';
import { everythingOf } from '../support/store.js';

const JOB = 'users-remove-blocks';
const perDay: DemeritOutput = { basis: 'PER_DAY', points: 10, maxPoints: 200 };

let house: House;
let nextDoor: Record<string, string[]>;
const nights: RunView[] = [];
/** What a librarian reads of the blocks, by code, before the first night and after each. */
const seen: Record<string, string>[] = [];

/** A loan of the patron that was due and comes back, at local times: its points, and the suspension they may make. */
async function returned(models: Models, institutionId: string, primaryId: string, due: string, back: string): Promise<void> {
  const [userId, barcode, returnedAt] = [idOf(institutionId, primaryId), `${primaryId} ${due}`, at(back)];
  const loanId = await loan(models, institutionId, barcode, { userId, dueDate: new Date(at(due)), status: 'COMPLETE', returnDate: new Date(returnedAt), closeReason: 'RETURNED' });
  const points = demeritPoints(overdueLoan({ dueDate: at(due) }), book, perDay, mainCalendar(), returnedAt);
  const assignedAt = new Date(returnedAt);
  await models.Demerit.create({ institutionId, userId, loanId, dueCycle: 1, ruleId: idOf(institutionId, 'rule'), points, assignedAt });
  const counted = await models.Demerit.find({ institutionId, userId, consumedBy: null }).lean();
  const blocked = await models.UserBlock.countDocuments({ institutionId, userId, source: 'DEMERIT', status: 'ACTIVE' });
  if (blocked > 0 || !suspends(counted.reduce((sum, one) => sum + one.points, 0), ordinaryDemerits)) return;
  const expiresAt = new Date(suspensionEnd(ordinaryDemerits, momentAt(newYork, returnedAt)));
  const { _id } = await block(models, institutionId, primaryId, { code: `${primaryId} ${back.slice(0, 10)}`, source: 'DEMERIT', mode: 'DAYS', startsAt: assignedAt, expiresAt });
  await models.Demerit.updateMany({ institutionId, _id: { $in: counted.map((one) => one._id) } }, { $set: { consumedBy: _id } });
}

const block = (models: Models, institutionId: string, primaryId: string, given: Partial<UserBlock>) => {
  const [userId, code] = [idOf(institutionId, primaryId), given.code ?? primaryId];
  return models.UserBlock.create({
    institutionId, userId, definitionId: idOf(institutionId, code), code, blockedActions: ['LOAN'], source: 'OVERDUE', status: 'ACTIVE', mode: 'UNTIL_RETURNED',
    startsAt: new Date(at('2025-03-01 04:00')), expiresAt: null, activeKey: `${userId}:${code}:${given.source ?? 'OVERDUE'}`, ...given,
  });
};

async function library(models: Models, institutionId: string): Promise<void> {
  await demoLibrary(models, institutionId);
  for (const number of [3, 4, 5, 6, 7, 8]) await user(models, institutionId, `U${number}`, number === 8 ? { status: 'DELETED' } : {});
  const suspendedAtFirst = ['U1', 'U2', 'U3'];
  for (const primaryId of suspendedAtFirst) await returned(models, institutionId, primaryId, '2025-02-20 21:00', '2025-03-04 12:00');
  await returned(models, institutionId, 'U2', '2025-03-04 21:00', '2025-03-10 12:00');
  await returned(models, institutionId, 'U3', '2025-03-04 21:00', '2025-03-15 12:00');
  await returned(models, institutionId, 'U4', '2025-02-20 21:00', '2025-03-02 12:00');
  await returned(models, institutionId, 'U5', '2025-02-02 21:00', '2025-03-04 12:00');
  const overdue = { dueDate: new Date(at('2025-03-01 21:00')) };
  const [returnedLoan, renewed, lost] = [
    await loan(models, institutionId, 'A', { ...overdue, status: 'COMPLETE', returnDate: new Date(at('2025-03-17 12:00')), closeReason: 'RETURNED' }),
    await loan(models, institutionId, 'B', overdue),
    await loan(models, institutionId, 'C', { ...overdue, processStatus: 'LOST' }),
  ];
  await block(models, institutionId, 'U6', { loanIds: [returnedLoan, renewed] });
  await block(models, institutionId, 'U7', { loanIds: [lost] });
  await block(models, institutionId, 'U8', { source: 'STAFF', mode: 'MANUAL', expiresAt: new Date(at('2025-03-19 00:00')) });
}

const day = (instant: Date | null) => (instant === null ? '-' : new Date(instant.getTime() - 4 * 3_600_000).toISOString().slice(0, 16).replace('T', ' '));
async function blocks(): Promise<Record<string, string>> {
  const [all, loans] = await Promise.all([house.models.UserBlock.find({ institutionId: 'demo' }).lean(), house.models.Loan.find({ institutionId: 'demo' }).lean()]);
  const told = all.map(({ code, status, expiresAt, extensions, removedBy, loanIds }) => {
    const barcodes = loanIds.map((id) => loans.find(({ _id }) => _id === id)?.barcode).join(' ');
    return [code, [status, `until ${day(expiresAt)}`, extensions > 0 && `extended ${extensions}`, barcodes && `for ${barcodes}`, removedBy && `by ${removedBy}`].filter(Boolean).join(', ')];
  });
  return Object.fromEntries(told) as Record<string, string>;
}

async function night(local: string): Promise<void> {
  const { _id: scheduledJobId } = await activated(house.models, 'demo', JOB);
  nights.push(await house.run({ institutionId: 'demo', scheduledJobId, asOf: new Date(at(local)) }));
  seen.push(await blocks());
}
const pointsOf = async (primaryId: string) => (await house.models.Demerit.find({ institutionId: 'demo', userId: idOf('demo', primaryId) }).sort({ assignedAt: 1 }).lean())
  .map(({ points, consumedBy }) => (consumedBy === null ? `${points}` : `${points} paid`));

beforeAll(async () => {
  mongo();
  temporal();
  house = await openHouse('block-examples');
  await library(house.models, 'demo');
  await library(house.models, 'next-door');
  nextDoor = await everythingOf(house.models, 'next-door');
  seen.push(await blocks());
  await night('2025-03-18 00:30');
  await house.models.Loan.updateOne({ institutionId: 'demo', barcode: 'B' }, { $set: { dueDate: new Date(at('2025-04-15 21:00')), dueCycle: 2, processStatus: 'RENEW' }, $inc: { version: 1 } });
  await night('2025-03-19 00:30');
  await returned(house.models, 'demo', 'U2', '2025-03-15 21:00', '2025-03-20 12:00');
  seen.push(await blocks());
});
afterAll(() => house?.close());

/** The counters that are not 0. */
const counted = (run: RunView | undefined) => Object.fromEntries(Object.entries(run?.counters ?? {}).filter(([, value]) => value !== 0));
const told = (code: string) => seen.map((blocksThen) => blocksThen[code] ?? 'none');

describe('the examples of the specification', () => {
  const suspended = 'ACTIVE, until 2025-03-19 00:00';
  const lifted = 'REMOVED, until 2025-03-19 00:00, by JOB';

  test('1. Twelve days late: suspended to the end of 18 March, not selected that night and lifted the next', () => {
    assert.deepEqual(told('U1 2025-03-04'), [suspended, suspended, lifted, lifted]);
  });

  test('2. Six days late during the suspension: lifted, the 60 points stay, and 50 more suspend again', async () => {
    assert.deepEqual(told('U2 2025-03-04'), [suspended, suspended, lifted, lifted]);
    assert.deepEqual(told('U2 2025-03-20'), ['none', 'none', 'none', 'ACTIVE, until 2025-04-04 00:00']);
    assert.deepEqual(await pointsOf('U2'), ['120 paid', '60 paid', '50 paid']);
  });

  test('3. Eleven days late during it: extended to the end of 2 April, once', async () => {
    const extended = 'ACTIVE, until 2025-04-03 00:00, extended 1';
    assert.deepEqual(told('U3 2025-03-04'), [suspended, suspended, extended, extended]);
    assert.deepEqual(await pointsOf('U3'), ['120 paid', '110 paid']);
  });

  test('4. Exactly 100 points make no block, and thirty days late are 200 of 300 points', async () => {
    assert.deepEqual([await pointsOf('U4'), told('U4 2025-03-02')], [['100'], ['none', 'none', 'none', 'none']]);
    assert.deepEqual(await pointsOf('U5'), ['200 paid']);
  });

  test('5. A block for a returned and an overdue loan stays for the overdue one, is removed when that is renewed, and stays for a lost one', () => {
    const removed = 'REMOVED, until -, for B, by JOB';
    assert.deepEqual(told('U6'), ['ACTIVE, until -, for A B', 'ACTIVE, until -, for B', removed, removed]);
    assert.deepEqual(new Set(told('U7')), new Set(['ACTIVE, until -, for C']));
  });

  test('6. A block of staff to 18 March at 24:00 expires on the 19th, also of a deleted user', () => {
    const expired = 'EXPIRED, until 2025-03-19 00:00, by JOB';
    assert.deepEqual(told('U8'), [suspended, suspended, expired, expired]);
  });
});

test('the two nights count what they did, and send no letter', async () => {
  assert.deepEqual(nights.map(({ status }) => status), ['COMPLETED_SUCCESSFULLY', 'COMPLETED_SUCCESSFULLY']);
  assert.deepEqual(counted(nights[0]), { recordsSelected: 2, recordsProcessed: 2, recordsChanged: 1, recordsUnchanged: 1 });
  assert.deepEqual(counted(nights[1]), {
    recordsSelected: 7, recordsProcessed: 7, recordsChanged: 6, recordsUnchanged: 1, suspensionsLifted: 3, suspensionsExtended: 1, overdueBlocksRemoved: 1, staffBlocksExpired: 1, usersAffected: 6,
  });
  assert.equal(await house.models.Letter.countDocuments({ institutionId: 'demo' }), 0);
});

test('the library next door is as it was', async () => {
  assert.deepEqual(await everythingOf(house.models, 'next-door'), nextDoor);
});
