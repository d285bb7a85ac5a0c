/** The desk lends and renews: fulfillment-loans.md, S3, Entities, S6.7; the reasons of notifications-courtesy-and-renewals, rules 2-10. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { lendItem, type AskedLoan } from '../../desk/lend-item.js';
import { renewLoan } from '../../desk/renew-loan.js';
import type { Loan } from '../../models/loan.js';
import { idOf, loan } from '../support/demo-library.js';
import { deskOf, feesOf, lendingLibrary, lose, shelved, survivesEveryDeath } from '../support/desk.js';
import { at } from '../support/fixture-a.js';
import { emptyDatabase } from '../support/database.js';
import { everythingOf, onWrites } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const desk = deskOf(models);
const id = (name: string) => idOf('demo', name);
const U1 = id('U1');

let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  for (const institutionId of ['demo', 'next-door']) {
    await lendingLibrary(models, institutionId);
    await shelved(models, institutionId, 'B1');
  }
  nextDoor = await everythingOf(models, 'next-door');
});
afterAll(async () => assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor, 'the library next door is as it was'));

const lend = (barcode: string, local: string, given: Partial<AskedLoan> = {}) => lendItem(desk(local), { loanId: id(barcode), barcode, userId: U1, override: false, ...given });
const stored = (barcode: string) => models.Loan.findOne({ institutionId: 'demo', barcode }).orFail().lean();
const dueOf = async (barcode: string) => new Date(at(await localDue(barcode))).toISOString();
const localDue = async (barcode: string) => new Intl.DateTimeFormat('sv', { timeZone: 'America/New_York', dateStyle: 'short', timeStyle: 'short' }).format((await stored(barcode)).dueDate);
const set = (filter: object, change: object) => models.User.updateOne({ institutionId: 'demo', primaryId: 'U1', ...filter }, { $set: change });

describe('the due dates of Fixture A', () => {
  test.each([
    ['BOOK loaned Thu 2025-05-01 14:00 is due 05-29 21:00', 'B1', 'STACKS', '2025-05-01 14:00', '2025-05-29 21:00'],
    ['loaned 04-28: 05-26 is closed, so Tue 05-27 21:00', 'B2', 'STACKS', '2025-04-28 14:00', '2025-05-27 21:00'],
    ['loaned 2025-10-09: 11-06 21:00, in winter time', 'B3', 'STACKS', '2025-10-09 14:00', '2025-11-06 21:00'],
    ['RESERVE loaned Wed 2025-11-26 14:30: 16:30 is closed, so Sat 11-29 10:00', 'B4', 'RESERVE', '2025-11-26 14:30', '2025-11-29 10:00'],
  ])('%s', async (_, barcode, currentLocationCode, lentAt, due) => {
    if (barcode !== 'B1') await shelved(models, 'demo', barcode, { currentLocationCode });
    const result = await lend(barcode, lentAt);
    assert.deepEqual([result.outcome, await localDue(barcode)], ['LENT', due]);
    assert.ok(await dueOf(barcode));
  });

  test('loaned 05-01 by a user whose card ends Sun 05-18: Sat 05-17 17:00; on the day after it ended: not at all', async () => {
    await shelved(models, 'demo', 'B5');
    await set({}, { expiryDate: '2025-05-18' });
    assert.deepEqual(await lend('B5', '2025-05-19 14:00'), { outcome: 'REFUSED', reason: 'USER_EXPIRED', detail: null });
    await lend('B5', '2025-05-01 14:00');
    await set({}, { expiryDate: null });
    assert.equal(await localDue('B5'), '2025-05-17 17:00');
  });
});

describe('a loan', () => {
  test('copies what letters and profiles need, takes the item, and stands in the history', async () => {
    await shelved(models, 'demo', 'C1', { itemPolicy: 'LONG', description: 'v. 2' });
    await lend('C1', '2025-05-01 14:00');
    const made = await stored('C1');
    assert.deepEqual([made.touId, made.userGroup, made.title, made.author, made.description, made.itemPolicy, made.libraryCode, made.shortLoan, made.dueDateSource],
      [id('BOOK'), 'STUDENT', 'Title C1', 'A. Author', 'v. 2', 'LONG', 'MAIN', false, 'POLICY']);
    const item = await models.Item.findOne({ institutionId: 'demo', barcode: 'C1' }).orFail().lean();
    assert.deepEqual([item.currentLoanId, item.processType, item.processTypeAt, item.baseStatus], [made._id, 'LOAN', made.loanDate, 'NOT_IN_PLACE']);
    const [event] = await models.LoanEvent.find({ institutionId: 'demo', loanId: made._id }).lean();
    assert.deepEqual([event!.type, event!.by, event!.newDueDate], ['LOANED', 'STAFF', made.dueDate]);
    // Written without being cast, it is what the schema would have made of it.
    assert.deepEqual(new models.Loan(made).toObject(), made);
  });

  test('made once more, under its id or to the same patron, is the same loan', async () => {
    await shelved(models, 'demo', 'C2');
    await lend('C2', '2025-05-01 14:00');
    const before = await everythingOf(models, 'demo');
    for (const again of [await lend('C2', '2025-05-01 14:01'), await lend('C2', '2025-05-01 14:01', { loanId: id('another') })]) {
      assert.deepEqual([again.outcome, 'again' in again && again.again], ['LENT', true]);
    }
    assert.deepEqual(await lend('B1', '2025-05-01 14:01', { loanId: id('C2') }), { outcome: 'REFUSED', reason: 'LOAN_ID_USED', detail: null });
    assert.deepEqual(await everythingOf(models, 'demo'), before);
  });

  test('that dies at any of its writes and is made again is made once', { timeout: 60_000 }, async () => {
    await shelved(models, 'demo', 'C3');
    assert.equal(await survivesEveryDeath(models, 'demo', () => lend('C3', '2025-05-01 14:00')), 3);
  });

  test('at two desks at once goes to one patron', async () => {
    await shelved(models, 'demo', 'C4');
    let first = true;
    const stop = onWrites(async ({ name, send }) => {
      if (name === 'items.updateOne' && first) {
        first = false;
        await lend('C4', '2025-05-01 14:00', { loanId: id('other desk'), userId: id('U2') });
      }
      return send();
    });
    assert.deepEqual(await lend('C4', '2025-05-01 14:00').finally(stop), { outcome: 'REFUSED', reason: 'ITEM_ON_LOAN', detail: null });
    assert.deepEqual((await models.Loan.find({ institutionId: 'demo', barcode: 'C4' }).lean()).map(({ userId }) => userId), [id('U2')]);
  });

  test('taken by a desk that died, the item may be lent a minute later', async () => {
    await shelved(models, 'demo', 'C5', { currentLoanId: id('never made'), processType: 'LOAN', processTypeAt: desk('2025-05-01 14:00').at, baseStatus: 'NOT_IN_PLACE' });
    assert.deepEqual(await lend('C5', '2025-05-01 14:01'), { outcome: 'REFUSED', reason: 'ITEM_BUSY', detail: null });
    assert.equal((await lend('C5', '2025-05-01 14:02')).outcome, 'LENT');
  });

  test('of an item whose return broke off completes the return first', async () => {
    await loan(models, 'demo', 'C6', { status: 'COMPLETE', closeReason: 'RETURNED', returnDate: new Date(at('2025-05-01 13:00')) });
    assert.equal((await lend('C6', '2025-05-01 14:00', { loanId: id('C6 next'), userId: id('U2') })).outcome, 'LENT');
    const events = await models.LoanEvent.find({ institutionId: 'demo', loanId: { $in: [id('C6'), id('C6 next')] } }).sort({ at: 1 }).lean();
    assert.deepEqual(events.map(({ type }) => type), ['RETURNED', 'LOANED']);
  });

  test('to the patron for whom the copy was kept ends the request', async () => {
    await shelved(models, 'demo', 'C7', { processType: 'HOLDSHELF' });
    const request = (_id: string, requesterUserId: string, barcode: string) => models.Request.create({
      _id: id(_id), institutionId: 'demo', requestType: 'PATRON_PHYSICAL', level: 'TITLE', bibId: id(`bib ${barcode}`), requesterUserId, status: 'ON_HOLD_SHELF', active: true, step: 'ON_HOLD_SHELF',
      stepEnteredAt: new Date(0), assignedItemId: id(`item ${barcode}`), assignmentKey: id(`item ${barcode}`), activeKey: `${_id}`,
    });
    await request('kept', U1, 'C7');
    assert.deepEqual(await lend('C7', '2025-05-01 14:00', { userId: id('U2') }), { outcome: 'REFUSED', reason: 'ITEM_REQUESTED', detail: null });
    assert.equal((await lend('C7', '2025-05-01 14:00')).outcome, 'LENT');
    const { status, active, assignmentKey, closedAt } = await models.Request.findOne({ institutionId: 'demo', _id: id('kept') }).orFail().lean();
    assert.deepEqual([status, active, assignmentKey, closedAt], ['COMPLETED', false, `#${id('kept')}`, desk('2025-05-01 14:00').at]);
  });
});

describe('not lent', () => {
  const refused = async (barcode: string, given: Partial<AskedLoan> = {}, local = '2025-05-01 14:00') => {
    const result = await lend(barcode, local, given);
    return result.outcome === 'REFUSED' ? result.reason : result.outcome;
  };

  test('an item that is not there, is out, or lost', async () => {
    await loan(models, 'demo', 'D1');
    await loan(models, 'demo', 'D2');
    await lose(models, 'demo', 'D2');
    await shelved(models, 'demo', 'D3', { processType: 'TRANSIT' });
    assert.equal(await refused('none'), 'NO_ITEM');
    assert.equal(await refused('D1', { userId: id('U2'), loanId: id('D1 next') }), 'ITEM_ON_LOAN');
    assert.equal(await refused('D2', { loanId: id('D2 next') }), 'ITEM_ON_LOAN');
    assert.equal(await refused('D3'), 'ITEM_NOT_AVAILABLE');
  });

  test('by terms of use that nobody can name', async () => {
    await shelved(models, 'demo', 'D4', { currentLocationCode: 'CELLAR' });
    assert.equal(await refused('D4'), 'NO_FULFILLMENT_UNIT');
    await models.FulfillmentUnitRule.updateOne({ institutionId: 'demo', unitCode: 'GENERAL' }, { $set: { touCode: 'GONE' } });
    await shelved(models, 'demo', 'D5');
    assert.equal(await refused('D5'), 'TOU_MISSING');
    await models.FulfillmentUnitRule.updateOne({ institutionId: 'demo', unitCode: 'GENERAL' }, { $set: { touCode: 'BOOK', enabled: false } });
    assert.equal(await refused('D5'), 'NO_RULE');
    await models.FulfillmentUnitRule.updateOne({ institutionId: 'demo', unitCode: 'GENERAL' }, { $set: { enabled: true } });
  });

  test('to a blocked patron, unless the block is for renewals only or is set aside', async () => {
    await shelved(models, 'demo', 'D6');
    for (const [code, overridable] of [['LATE', true], ['BARRED', false]] as const) {
      await models.UserBlockDefinition.create({ _id: id(code), institutionId: 'demo', code, description: code, blockedActions: ['LOAN'], overridable });
    }
    const block = (definition: string, blockedActions: string[]) => models.UserBlock.create({
      institutionId: 'demo', userId: U1, definitionId: id(definition), code: definition, description: `${definition} again`, blockedActions, source: 'STAFF', status: 'ACTIVE', mode: 'MANUAL',
      startsAt: new Date(0), activeKey: `${definition}`,
    });
    await block('LATE', ['RENEW']);
    await models.UserBlock.updateOne({ institutionId: 'demo', code: 'LATE' }, { $set: { blockedActions: ['LOAN'] } });
    assert.deepEqual(await lend('D6', '2025-05-01 14:00'), { outcome: 'REFUSED', reason: 'USER_BLOCKED', detail: 'LATE again' });
    await block('BARRED', ['LOAN']);
    assert.equal(await refused('D6', { override: true }), 'USER_BLOCKED');
    await models.UserBlock.updateOne({ institutionId: 'demo', code: 'BARRED' }, { $set: { blockedActions: ['RENEW'] } });
    assert.equal(await refused('D6', { override: true }), 'LENT');
    await models.UserBlock.deleteMany({ institutionId: 'demo' });
  });

  test('to a patron who owes more than the limit: 1500 owed are allowed at 1500, 1501 are not', async () => {
    await shelved(models, 'demo', 'D7');
    await models.Fee.create({ institutionId: 'demo', userId: id('U2'), type: 'OTHER', status: 'ACTIVE', originalAmount: 1501, balance: 1501, currency: 'USD', dedupeKey: '#limit' });
    await models.PatronLimit.create({ institutionId: 'demo', userGroup: 'STUDENT', maxOwedAmount: 1500 });
    assert.equal(await refused('D7', { userId: id('U2') }), 'CASH_LIMIT');
    await models.Fee.updateOne({ institutionId: 'demo', dedupeKey: '#limit' }, { $set: { balance: 1500 } });
    assert.equal(await refused('D7', { userId: id('U2') }), 'LENT');
    await models.PatronLimit.deleteMany({ institutionId: 'demo' });
  });
});

describe('renewing', () => {
  const renewed = (barcode: string, local: string, cycle = 1) => renewLoan(desk(local), id(barcode), cycle);
  const lentBefore = (barcode: string, given: Partial<Loan> = {}) =>
    loan(models, 'demo', barcode, { loanDate: new Date(at('2025-05-16 14:00')), dueDate: new Date(at('2025-06-13 21:00')), ...given });

  test('a loan of 05-16 due Fri 06-13, renewed on 06-10: Tue 07-08 21:00 in the second due cycle', async () => {
    await lentBefore('N1');
    const result = await renewed('N1', '2025-06-10 15:00');
    assert.deepEqual([result.outcome, 'fees' in result && result.fees, await localDue('N1')], ['RENEWED', [], '2025-07-08 21:00']);
    const { dueDateSource, dueCycle, processStatus, processStatusDate, renewalCount, lastRenewalAt } = await stored('N1');
    const then = desk('2025-06-10 15:00').at;
    assert.deepEqual([dueDateSource, dueCycle, processStatus, processStatusDate, renewalCount, lastRenewalAt], ['RENEWAL', 2, 'RENEW', then, 1, then]);
    const [event] = await models.LoanEvent.find({ institutionId: 'demo', loanId: id('N1') }).lean();
    assert.deepEqual([event!.type, event!.oldDueDate, event!.newDueDate], ['RENEWED', new Date(at('2025-06-13 21:00')), new Date(at('2025-07-08 21:00'))]);
  });

  test('asked once more of the cycle that was seen, nothing changes', async () => {
    await lentBefore('N2');
    await renewed('N2', '2025-06-10 15:00');
    const before = await everythingOf(models, 'demo');
    const again = await renewed('N2', '2025-06-20 15:00');
    assert.deepEqual([again.outcome, 'again' in again && again.again], ['RENEWED', true]);
    assert.deepEqual(await renewed('N2', '2025-06-20 15:00', 3), { outcome: 'REFUSED', reason: 'CHANGED_SINCE', detail: null });
    assert.deepEqual(await everythingOf(models, 'demo'), before);
  });

  test('an overdue loan pays its fine: due 06-13, renewed 06-16: 3 × 25', async () => {
    await lentBefore('N3');
    await renewed('N3', '2025-06-16 10:00');
    assert.deepEqual(await feesOf(models, 'demo', 'N3'), ['OVERDUE_FINE ACTIVE 75 of 75']);
  });

  test('where the terms say so a renewal costs', async () => {
    await models.Policy.create({ institutionId: 'demo', code: 'BOOK-renewFee', type: 'renewFee', name: 'Renew fee', value: 100, originKey: '#renewFee' });
    await models.TermsOfUse.updateOne({ institutionId: 'demo', code: 'BOOK' }, { $push: { policies: { type: 'renewFee', policyCode: 'BOOK-renewFee' } } });
    await lentBefore('N4');
    await renewed('N4', '2025-06-10 15:00');
    assert.deepEqual(await feesOf(models, 'demo', 'N4'), ['RENEW_FEE ACTIVE 100 of 100']);

    await lentBefore('N5');
    let first = true;
    const stop = onWrites(async ({ name, send }) => {
      if (name === 'loans.findOneAndUpdate' && first) {
        first = false;
        await models.Loan.collection.updateOne({ institutionId: 'demo', _id: id('N5') as never }, { $set: { processStatus: 'CLAIMED_RETURN' } });
      }
      return send();
    });
    assert.deepEqual(await renewed('N5', '2025-06-16 15:00').finally(stop), { outcome: 'REFUSED', reason: 'LOAN_CLAIMED', detail: null });
    assert.deepEqual(await feesOf(models, 'demo', 'N5'), [], 'claimed meanwhile, it costs nothing');
    await models.TermsOfUse.updateOne({ institutionId: 'demo', code: 'BOOK' }, { $pull: { policies: { type: 'renewFee' } } });
  });

  test('renewed by the night while the desk renews it, it is renewed once, and the desk’s fine is taken back', async () => {
    await lentBefore('N6');
    let first = true;
    const stop = onWrites(async ({ name, send }) => {
      if (name === 'loans.findOneAndUpdate' && first) {
        first = false;
        await models.LoanNotice.create({
          institutionId: 'demo', loanId: id('N6'), dueCycle: 2, kind: 'RENEWED', profileId: '-', dayKey: '-', userId: U1, libraryCode: 'MAIN', sendFormat: 'EMAIL', runId: id('run'),
          decidedAt: new Date(0), state: 'DECIDED',
        });
        const job = { dueCycle: 2, dueDateSource: 'RENEWAL' as const, processStatus: 'RENEW' as const, dueDate: new Date(at('2025-07-14 21:00')) };
        await models.Loan.collection.updateOne({ institutionId: 'demo', _id: id('N6') as never }, { $set: job });
      }
      return send();
    });
    const result = await renewed('N6', '2025-06-16 03:00').finally(stop);
    assert.deepEqual([result.outcome, 'again' in result && result.again, await feesOf(models, 'demo', 'N6')], ['RENEWED', true, []]);
    assert.equal((await stored('N6')).dueCycle, 2);
  });

  test('a renewal that dies at any of its writes and is done again is done once', { timeout: 60_000 }, async () => {
    await lentBefore('N7');
    assert.equal(await survivesEveryDeath(models, 'demo', () => renewed('N7', '2025-06-16 15:00')), 3);
    assert.equal(await survivesEveryDeath(models, 'demo', () => renewed('N7', '2025-07-10 15:00', 2)), 2);
  });

  test('lost, claimed, ended and unknown loans are not renewed; nor one that has been out as long as it may be', async () => {
    await lentBefore('N8', { processStatus: 'LOST' });
    await lentBefore('N9', { status: 'COMPLETE' });
    await lentBefore('N10', { loanDate: new Date(at('2025-03-21 14:00')) });
    const reason = async (barcode: string) => {
      const result = await renewed(barcode, '2025-06-10 15:00');
      return result.outcome === 'REFUSED' && result.reason;
    };
    assert.deepEqual([await reason('N8'), await reason('N9'), await reason('none'), await reason('N10')], ['LOAN_LOST', 'LOAN_ENDED', 'NO_LOAN', 'MAX_RENEWAL_REACHED']);
  });
});
