/** The night together: a library lives through five days and nights, and after each holds what must hold. Forty in `.ci/run` and the year are a command: `npm run simulate`. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { sizes } from '../../cli/seed/plan.js';
import { dayNumber, localToInstant, zoneOf } from '../../domain/days.js';
import { everything, type Life } from '../../simulate/happening.js';
import type { invariants } from '../../simulate/invariants.js';
import { beginLife, faultsOf, institutionId, passDayAndNight, type Fault } from '../../simulate/simulate.js';
import { emptyDatabase } from '../support/database.js';

const NIGHTS = 5;
const { models, close } = await emptyDatabase();
const own = { institutionId };
const faults: Fault[] = [];
const happened = new Set<string>();
let life: Life;

beforeAll(async () => {
  life = await beginLife(models, 1, sizes.S);
  let missed = 0;
  for (let night = 1; night <= NIGHTS; night += 1) {
    const passed = await passDayAndNight(life, { night, missed, sample: 5, everything: night === NIGHTS });
    for (const what of passed.told.keys()) happened.add(what);
    faults.push(...(passed.faults ?? []));
    missed = passed.faults === null ? missed + 1 : 0;
  }
}, 600_000);
afterAll(close);

test('no night broke anything', () => {
  assert.deepEqual(faults, []);
});

test('people borrowed, brought back in every way, paid and had waived, were recalled and turned away; what is rarer happens in the forty nights', () => {
  const common = ['lent: LENT', 'returned: RETURNED', 'returned to the book drop: RETURNED', 'return dated back: RETURNED', 'recalled: RECALLED', 'payment: BOOKED', 'waive: BOOKED', 'all paid: PAID', 'lent: USER_BLOCKED'];
  assert.deepEqual(everything.filter((what) => happened.has(what)).toSorted(), common.toSorted());
});

describe('what is broken by hand is told', () => {
  const zone = zoneOf('America/New_York');
  const today = dayNumber('2025-02-03') + NIGHTS;
  const asOf = new Date(localToInstant(zone, today, 4 * 60));
  const toldOf = async (everything = false): Promise<string[]> => [...new Set((await faultsOf({ models, institutionId, zone, asOf, today, missed: 0, everything })).map(({ invariant }) => invariant))];
  const breaks: [keyof typeof invariants, () => Promise<unknown>][] = [
    ['no letter twice for one cause', async () => {
      const { _id, dedupeKey, ...letter } = await models.Letter.findOne({ ...own, 'causes.recordType': 'loan', createdAt: { $gte: new Date(asOf.getTime() - 86_400_000) } }).orFail().lean();
      await models.Letter.create({ ...letter, _id: `${_id.slice(0, -1)}x`, dedupeKey: `${dedupeKey} again` });
    }],
    ['no loan overdue without its notice', async () => {
      const overdue = await models.Loan.find({ ...own, status: 'ACTIVE', processStatus: { $in: ['NORMAL', 'RENEW'] }, lost: null, shortLoan: false, dueDate: { $lt: new Date(asOf.getTime() - 86_400_000), $gt: new Date(asOf.getTime() - 8 * 86_400_000) } }).lean();
      await models.LoanNotice.deleteMany({ ...own, loanId: { $in: overdue.map(({ _id }) => _id) } });
    }],
    ['money is conserved', () => models.Fee.updateOne({ ...own, status: 'ACTIVE' }, { $inc: { balance: -1 } })],
    ['no block without its reason, none outliving it', () => models.UserBlock.updateOne({ ...own, status: 'ACTIVE' }, { $set: { expiresAt: asOf } })],
    ['every due date on open time', () => models.Loan.updateOne({ ...own, status: 'ACTIVE', processStatus: 'NORMAL', shortLoan: false, dueDate: { $gt: asOf } }, { $set: { dueDate: new Date('2025-12-25T20:00:00Z') } })],
    ['an item is out on one open loan', async () => {
      const ended = await models.Loan.findOne({ ...own, status: 'COMPLETE', anonymizedAt: null, returnDate: { $gt: new Date(asOf.getTime() - 86_400_000) } }).orFail().lean();
      await models.Item.updateOne({ ...own, _id: ended.itemId }, { $set: { currentLoanId: ended._id, processType: 'LOAN' } });
    }],
    ['nothing names an anonymised user', () => models.Loan.updateOne({ ...own, status: 'COMPLETE', userId: { $gt: '' } }, { $set: { anonymizedAt: asOf } })],
  ];
  test.each(breaks)('%s', async (invariant, breakIt) => {
    const before = await toldOf();
    assert.ok(!before.includes(invariant));
    await breakIt();
    assert.deepEqual(await toldOf(), [...before, invariant].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
  });
  test('and once more when everything is asked of', async () => {
    assert.deepEqual(await toldOf(true), order);
  });
  const order = breaks.map(([invariant]) => invariant as string);
});
