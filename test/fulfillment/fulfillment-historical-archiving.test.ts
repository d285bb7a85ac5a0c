/**
 * The examples of the specification in their order, each about loans and fees of one library that the engine archives twice; and a neighbour with
 * the same data, to whom nothing happens.
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { RunView } from '../../api/operations/run-view.js';
import type { Fee } from '../../models/fee.js';
import type { Models } from '../../models/models.js';
import { newFee } from '../../models/new-fee.js';
import { activated, demoLibrary, idOf, loan } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { openHouse, type House } from '../support/house.js';
import { mongo, temporal } from '../support/servers.js';
import { everythingOf } from '../support/store.js';

const JOB = 'fulfillment-historical-archiving';
const night = new Date(at('2025-06-10 01:30'));

let house: House;
let nextDoor: Record<string, string[]>;
let first: RunView;
let second: RunView;

const rule = (table: string, order: number, field: string, value: number) =>
  ({ table, order, name: `${field} below ${value}`, parameters: [{ field, op: 'LESS_THAN', values: [value] }], output: false });

/** A loan of U1 that came back at a local time; of an item that others had before or after, by its number. */
const returned = (models: Models, institutionId: string, barcode: string, back: string, item = barcode) =>
  loan(models, institutionId, barcode, {
    status: 'COMPLETE', closeReason: 'RETURNED', returnDate: new Date(at(back)), loanDate: new Date(at('2024-12-01 14:00')), dueDate: new Date(at('2024-12-29 21:00')), proxyUserId: idOf(institutionId, 'U2'),
  }).then(async (_id) => {
    if (item !== barcode) await models.Loan.updateOne({ institutionId, _id }, { $set: { itemId: idOf(institutionId, `item ${item}`) } });
    return _id;
  });

async function fine(models: Models, institutionId: string, barcode: string, given: Partial<Fee>): Promise<void> {
  const owed = { userId: idOf(institutionId, 'U1'), userGroup: 'STUDENT', libraryCode: 'MAIN', loanId: idOf(institutionId, barcode), itemId: idOf(institutionId, `item ${barcode}`), barcode, title: `Title ${barcode}` };
  const fee = newFee(institutionId, { type: 'OVERDUE_FINE', amount: 300, currency: 'USD', dedupeKey: `overdue:${owed.loanId}:1` }, owed, new Date(at('2025-01-10 12:00')));
  await models.Fee.create({ ...fee, _id: idOf(institutionId, `fee ${barcode}`), ...given });
}

async function library(models: Models, institutionId: string): Promise<void> {
  await demoLibrary(models, institutionId);
  const rules = [rule('LOANS', 1, 'daysSinceEnd', 7), rule('LOANS', 2, 'loanRankOnItem', 2), rule('FEES', 1, 'daysSinceEnd', 2_555)];
  await models.AnonymizationRule.insertMany(rules.map((each) => ({ institutionId, ...each })));
  const after = (barcode: string) => returned(models, institutionId, `after ${barcode}`, '2025-06-05 12:00', barcode);
  await returned(models, institutionId, 'A', '2025-06-04 12:00');
  await after('A');
  await returned(models, institutionId, 'B', '2025-06-03 12:00');
  await after('B');
  await returned(models, institutionId, 'C', '2025-06-03 12:00');
  for (const barcode of ['D', 'E', 'F']) {
    await returned(models, institutionId, barcode, '2025-01-10 12:00');
    await after(barcode);
  }
  await fine(models, institutionId, 'D', { status: 'ACTIVE' });
  await fine(models, institutionId, 'E', { status: 'EXPORTED' });
  const paid = { transactionId: idOf(institutionId, 'payment'), type: 'PAYMENT' as const, amount: 300, at: new Date(at('2025-02-01 12:00')), by: idOf(institutionId, 'staff'), reason: null, comment: null };
  await fine(models, institutionId, 'F', { status: 'CLOSED', balance: 0, closedAt: paid.at, transactions: [paid] });
  await fine(models, institutionId, 'G', { status: 'CLOSED', balance: 0, closedAt: new Date(at('2018-06-01 12:00')), loanId: null, transactions: [paid] });
  const { _id } = await activated(models, institutionId, JOB);
  await models.ScheduledJob.updateOne({ institutionId, _id }, { $set: { parameters: { loans: true, fees: true } } });
}

beforeAll(async () => {
  mongo();
  temporal();
  house = await openHouse('archiving-examples');
  await library(house.models, 'demo');
  await library(house.models, 'next-door');
  nextDoor = await everythingOf(house.models, 'next-door');
  const { _id: scheduledJobId } = await house.models.ScheduledJob.findOne({ institutionId: 'demo', jobKey: JOB }).orFail().lean();
  const run = () => house.run({ institutionId: 'demo', scheduledJobId, asOf: night });
  first = await run();
  second = await run();
});
afterAll(() => house?.close());

const stored = (barcode: string) => house.models.Loan.findOne({ institutionId: 'demo', barcode }).orFail().lean();
const named = async (barcode: string) => (await stored(barcode)).userId !== null;
const feeOf = (barcode: string) => house.models.Fee.findOne({ institutionId: 'demo', _id: idOf('demo', `fee ${barcode}`) }).orFail().lean();
/** The counters that are not 0. */
const counted = ({ counters }: RunView) => Object.fromEntries(Object.entries(counters).filter(([, value]) => value !== 0));

describe('the examples of the specification', () => {
  test('1. A loan returned six days ago is kept, and not even examined', async () => {
    assert.equal(await named('A'), true);
    assert.equal(first.counters.loansExamined, 5);
  });

  test('2. A loan returned seven days ago is anonymised if the item was lent since, and kept if it is its latest', async () => {
    assert.deepEqual([await named('B'), await named('C')], [false, true]);
    const { proxyUserId, anonymizedAt, itemId, userGroup, libraryCode } = await stored('B');
    assert.deepEqual([proxyUserId, anonymizedAt, itemId, userGroup, libraryCode], [null, night, idOf('demo', 'item B'), 'STUDENT', 'MAIN']);
    const history = await house.models.ItemHistory.findOne({ institutionId: 'demo', _id: idOf('demo', 'B') }).orFail().lean();
    assert.deepEqual([history.itemId, history.wasOverdue, history.wasLost, history.archivedAt], [idOf('demo', 'item B'), true, false, night]);
    assert.equal(await house.models.ItemHistory.countDocuments({ institutionId: 'demo', _id: idOf('demo', 'C') }), 0);
  });

  test('3. A loan with an active or an exported fee is held', async () => {
    assert.deepEqual([await named('D'), await named('E'), first.counters.loansHeldByFees], [true, true, 2]);
    assert.deepEqual((await feeOf('D')).loanId, idOf('demo', 'D'));
  });

  test('4. With the fee closed the loan is anonymised, and the fee keeps its user but no longer tells of the loan', async () => {
    assert.equal(await named('F'), false);
    const { userId, loanId, itemId, barcode, title, dedupeKey, originalAmount, anonymizedAt } = await feeOf('F');
    assert.deepEqual([userId, loanId, itemId, barcode, title, dedupeKey], [idOf('demo', 'U1'), null, null, null, null, `#${idOf('demo', 'fee F')}`]);
    assert.deepEqual([originalAmount, anonymizedAt], [300, null]);
  });

  test('5. A fee closed 2566 days ago is anonymised', async () => {
    const { userId, transactions, anonymizedAt, status, closedAt } = await feeOf('G');
    assert.deepEqual([userId, transactions.map(({ by }) => by), anonymizedAt, status, closedAt], [null, ['-'], night, 'CLOSED', new Date(at('2018-06-01 12:00'))]);
  });

  test('6. Run again, only what is left is examined, and nothing anonymised', () => {
    const loans = { loansExamined: 5, loansAnonymized: 2, loansHeldByFees: 2, loansRetainedByRule: 1 };
    assert.deepEqual(counted(first), { recordsSelected: 6, recordsProcessed: 6, recordsChanged: 3, recordsUnchanged: 3, ...loans, feesExamined: 1, feesAnonymized: 1 });
    assert.deepEqual(counted(second), { recordsSelected: 3, recordsProcessed: 3, recordsUnchanged: 3, loansExamined: 3, loansHeldByFees: 2, loansRetainedByRule: 1 });
    assert.deepEqual([first.status, second.status], ['COMPLETED_SUCCESSFULLY', 'COMPLETED_SUCCESSFULLY']);
  });
});

test('the library next door is as it was', async () => {
  assert.deepEqual(await everythingOf(house.models, 'next-door'), nextDoor);
});
