/** The desk over REST: who may, what is answered, what is on record (platform.md 11, 12 and 17). */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { dueDateSchema } from '../../api/due-date-changes.js';
import { idOf, loan } from '../support/demo-library.js';
import { lendingLibrary, lose, shelved } from '../support/desk.js';
import { everythingOf } from '../support/store.js';
import { demoStaff, type Visitor } from './library.js';
import { openApi, type ApiLibrary } from './rest.js';

const HERE = '/api/v1/institutions/demo';
const id = (barcode: string) => idOf('demo', barcode);
let library: ApiLibrary;
let clerk: Visitor;
let manager: Visitor;

beforeAll(async () => {
  library = await openApi();
  const { models } = library;
  for (const institutionId of ['demo', 'next-door']) {
    await lendingLibrary(models, institutionId);
    await loan(models, institutionId, 'A');
  }
  await demoStaff(library, { clerk: 'CIRCULATION_DESK_OPERATOR', head: 'CIRCULATION_DESK_MANAGER', buyer: 'PURCHASING_OPERATOR' });
  library.clock.now = new Date('2025-03-05T14:30:00.000Z'); // 09:30 in New York
  [clerk, manager] = [await library.signIn('clerk', 'demo'), await library.signIn('head', 'demo')];
});
afterAll(() => library.stop());

const audited = async (targetId: string) => (await library.models.AuditEntry.find({ institutionId: 'demo', targetId }).sort({ _id: 1 }).lean()).map(({ action, reason }) => [action, reason]);

test('an item is checked in by its barcode: the fine is answered, the deed is in the audit, and once more nothing is done', async () => {
  const path = `${HERE}/loans/barcode:A/return`;
  const { status, body } = await library.call(clerk, 'POST', path, {});
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual([body.loan.closeReason, body.returnedBefore, body.fine.balance, body.refund, body.problem], ['RETURNED', false, 50, { waived: 0, credited: 0 }, null]);
  const again = await library.call(clerk, 'POST', path, {});
  assert.deepEqual([again.body.returnedBefore, again.body.fine], [true, null]);
  assert.deepEqual(await audited(id('A')), [['RETURN', null]]);
});

test('an item is lent by its barcode and renewed once per due cycle; what stands against it is the reason', async () => {
  await shelved(library.models, 'demo', 'S1');
  const lent = await library.call(clerk, 'POST', `${HERE}/loans`, { user: 'U2', barcode: 'S1', loanId: id('S1') });
  assert.deepEqual([lent.status, lent.body.dueDate, lent.headers.get('location')], [201, '2025-04-03T01:00:00.000Z', `${HERE}/loans/${id('S1')}`]);
  await loan(library.models, 'demo', 'S2', { userId: id('U2'), dueDate: new Date('2025-03-08T02:00:00.000Z') });
  const renewed = await library.call(clerk, 'POST', `${HERE}/loans/${id('S2')}/renew`, { dueCycle: 1 });
  assert.deepEqual([renewed.status, renewed.body.loan.dueDate, renewed.body.loan.dueCycle, renewed.body.fees], [200, '2025-04-03T01:00:00.000Z', 2, []]);
  assert.equal((await library.call(clerk, 'POST', `${HERE}/loans/${id('S2')}/renew`, { dueCycle: 1 })).body.loan.dueCycle, 2);
  const same = await library.call(clerk, 'POST', `${HERE}/loans/${id('S2')}/renew`, {});
  assert.deepEqual([same.status, same.body.errors[0].code], [409, 'SAME_DUE_DATE']);
  const out = await library.call(clerk, 'POST', `${HERE}/loans`, { user: 'U1', barcode: 'S1' });
  assert.deepEqual([out.status, out.body.errors[0].code], [409, 'ITEM_ON_LOAN']);
  assert.equal((await library.call(clerk, 'POST', `${HERE}/loans`, { user: 'U2', barcode: 'S1', override: true })).status, 403);
  assert.equal((await library.call(manager, 'POST', `${HERE}/loans`, { user: 'U2', barcode: 'S1', override: true })).status, 201);
  assert.deepEqual([await audited(id('S1')), await audited(id('S2'))], [[['LEND', null]], [['RENEW', null]]]);
});

test('a loan is given another due date and recalled; all that are due in a week move together, which a manager decides', async () => {
  await loan(library.models, 'demo', 'M1', { dueDate: new Date('2025-03-28T01:00:00.000Z') });
  await loan(library.models, 'demo', 'M2', { dueDate: new Date('2025-03-28T01:00:00.000Z') });
  const moved = await library.call(clerk, 'PUT', `${HERE}/loans/barcode:M1/due-date`, { day: '2025-03-20' });
  assert.deepEqual([moved.status, moved.body.dueDate, moved.body.dueDateSource, moved.body.dueCycle], [200, '2025-03-21T01:00:00.000Z', 'MANUAL', 2]);
  const until = (day: string) => dueDateSchema.safeParse({ day }).success;
  assert.deepEqual([until('2099-12-31'), until('2100-01-01')], [true, false]);
  const refused: [given: object, place: string, says: string][] = [
    [{ day: '9999-12-31' }, '/day', '"9999-12-31" was given; expected a year before 2100'],
    [{ day: 'soon' }, '/day', '"soon" was given; expected a day such as 2026-05-12'],
    [{ instant: '2025-03-20' }, '/instant', '"2025-03-20" was given; expected an instant such as 2026-05-12T04:00:00Z'],
    [{}, '/', '{} was given; expected day (a day such as 2026-05-12) or instant (an instant such as 2026-05-12T04:00:00Z)'],
    [{ day: '2025-03-20', instant: '2025-03-21T01:00:00Z' }, '/', '{"day":"2025-03-20","instant":"2025-03-21T01:00:00Z"} was given; expected no instant or no day'],
  ];
  for (const [given, pointer, message] of refused) {
    const { status, body: { errors } } = await library.call(clerk, 'PUT', `${HERE}/loans/barcode:M1/due-date`, given);
    assert.deepEqual([status, errors.map((each: { pointer: string; message: string }) => [each.pointer, each.message])], [422, [[pointer, message]]]);
  }
  const recalled = await library.call(clerk, 'POST', `${HERE}/loans/barcode:M1/recall`, { due: { instant: '2025-03-10T12:00:00-04:00' } });
  assert.deepEqual([recalled.status, recalled.body.dueDate, recalled.body.processStatus, recalled.body.recalled], [200, '2025-03-10T16:00:00.000Z', 'RECALL', true]);
  const cancelled = await library.call(clerk, 'DELETE', `${HERE}/loans/barcode:M1/recall`);
  assert.deepEqual([cancelled.status, cancelled.body.dueDate, cancelled.body.processStatus, cancelled.body.recalled, cancelled.body.dueCycle], [200, '2025-03-21T01:00:00.000Z', 'NORMAL', false, 4]);
  assert.deepEqual((await library.call(clerk, 'DELETE', `${HERE}/loans/barcode:M2/recall`)).body.errors[0].code, 'NOT_RECALLED');
  assert.deepEqual(await audited(id('M1')), [['DUE_DATE', null], ['RECALL', null], ['CANCEL_RECALL', null]]);
  const past = await library.call(clerk, 'PUT', `${HERE}/loans/barcode:M2/due-date`, { day: '2025-03-04' });
  assert.deepEqual([past.status, past.body.errors[0].code], [409, 'DUE_DATE_PAST']);

  const week = { libraryCode: 'MAIN', from: '2025-03-24', to: '2025-03-30', due: { day: '2025-04-07' }, reason: 'Burst pipe' };
  assert.equal((await library.call(clerk, 'POST', `${HERE}/due-date-changes`, week)).status, 403);
  assert.equal((await library.call(manager, 'POST', `${HERE}/due-date-changes`, { ...week, libraryCode: 'NONE' })).status, 404);
  assert.deepEqual((await library.call(manager, 'POST', `${HERE}/due-date-changes`, week)).body, { moved: 1, left: {} });
  assert.equal((await library.call(clerk, 'GET', `${HERE}/loans/barcode:M2`)).body.dueDate, '2025-04-08T01:00:00.000Z');
  await library.models.Loan.deleteMany({ institutionId: 'demo', barcode: { $in: ['M1', 'M2'] } });
});

test('a patron’s loans and fees are listed by primary id, a page at a time', async () => {
  await loan(library.models, 'demo', 'B');
  await loan(library.models, 'demo', 'C');
  const first = await library.call(clerk, 'GET', `${HERE}/loans?user=U1&limit=1`);
  const second = await library.call(clerk, 'GET', `${HERE}/loans?user=U1&limit=1&cursor=${first.body.next}`);
  assert.deepEqual([first.body.items[0].barcode, second.body.items[0].barcode].sort(), ['B', 'C']);
  const fees = await library.call(clerk, 'GET', `${HERE}/fees?user=U1`);
  assert.deepEqual(fees.body.items.map(({ type, balance }: { type: string; balance: number }) => [type, balance]), [['OVERDUE_FINE', 50]]);
  assert.equal((await library.call(clerk, 'GET', `${HERE}/fees?user=nobody`)).status, 404);
});

test('a claim, a find, and what is refused with its reason', async () => {
  assert.equal((await library.call(clerk, 'POST', `${HERE}/loans/${id('B')}/claim-returned`, {})).body.processStatus, 'CLAIMED_RETURN');
  const not = await library.call(clerk, 'POST', `${HERE}/loans/${id('B')}/found`, {});
  assert.deepEqual([not.status, not.body.type, not.body.errors[0].code], [409, '/problems/not-possible', 'LOAN_NOT_LOST']);
  const declared = await library.call(clerk, 'POST', `${HERE}/loans/${id('C')}/lost`, {});
  assert.deepEqual([declared.status, declared.body.loan.processStatus, declared.body.fees.map(({ balance }: { balance: number }) => balance), declared.body.problems], [200, 'LOST', [4250, 1500], []]);
  const found = await library.call(clerk, 'POST', `${HERE}/loans/${id('C')}/found`, {});
  assert.deepEqual([found.status, found.body.loan.processStatus, found.body.refund], [200, 'NORMAL', { waived: 4250, credited: 0 }]);
});

test('a clerk takes money, a manager waives and disputes; the reason is in the audit', async () => {
  const fee = await library.models.Fee.findOne({ institutionId: 'demo', barcode: 'A' }).orFail().lean();
  const paid = await library.call(clerk, 'POST', `${HERE}/fees/${fee._id}/payments`, { amount: 20, transactionId: 'till-1' });
  assert.deepEqual([paid.status, paid.body.fee.balance, paid.body.closedLoanId], [201, 30, null]);
  assert.equal((await library.call(clerk, 'POST', `${HERE}/fees/${fee._id}/payments`, { amount: 20, transactionId: 'till-1' })).body.fee.balance, 30);
  for (const deed of ['disputes', 'restorations']) {
    assert.equal((await library.call(clerk, 'POST', `${HERE}/fees/${fee._id}/${deed}`, {})).status, 403);
    assert.equal((await library.call(manager, 'POST', `${HERE}/fees/${fee._id}/${deed}`, {})).status, 201);
  }
  assert.equal((await library.call(clerk, 'POST', `${HERE}/fees/${fee._id}/waivers`, { amount: 30 })).status, 403);
  const waived = await library.call(manager, 'POST', `${HERE}/fees/${fee._id}/waivers`, { amount: 30, reason: 'Flood' });
  assert.deepEqual([waived.body.fee.status, waived.body.fee.transactions.length], ['CLOSED', 4]);
  const over = await library.call(manager, 'POST', `${HERE}/fees/${fee._id}/waivers`, { amount: 1 });
  assert.deepEqual([over.status, over.body.errors[0].code], [409, 'FEE_CLOSED']);
  assert.deepEqual((await audited(fee._id)).at(-1), ['WAIVE', 'Flood']);
  const nothing = await library.call(manager, 'POST', `${HERE}/fees/${fee._id}/payments`, { amount: 0 });
  assert.deepEqual([nothing.status, nothing.body.errors], [422, [{ pointer: '/amount', code: 'too_small', limit: 1, message: '0 was given; expected 1 or more' }]]);
});

test('a credit is paid out by a manager, a sum is taken by a clerk; a return is dated back by a manager or from the book drop, and the audit tells', async () => {
  await loan(library.models, 'demo', 'P');
  await lose(library.models, 'demo', 'P');
  const fee = await library.models.Fee.findOneAndUpdate({ institutionId: 'demo', barcode: 'P' }, { $set: { type: 'CREDIT', originalAmount: -100, balance: -100 } }).orFail().lean();
  const refunds = `${HERE}/fees/${fee._id}/refunds`;
  assert.equal((await library.call(clerk, 'POST', refunds, { amount: 100 })).status, 403);
  const paidOut = await library.call(manager, 'POST', refunds, { amount: 100 });
  assert.deepEqual([paidOut.status, paidOut.body.fee.status, paidOut.body.fee.transactions[0].type], [201, 'CLOSED', 'REFUND']);

  await library.models.Fee.create(['one', 'two'].map((name) => ({
    institutionId: 'demo', userId: id('U2'), type: 'OTHER', status: 'ACTIVE' as const, originalAmount: 100, balance: 100, currency: 'USD', dedupeKey: `#${name}`,
  })));
  const sum = { user: 'U2', amount: 150, transactionId: 'till-2' };
  const paid = await library.call(clerk, 'POST', `${HERE}/payments`, sum);
  assert.deepEqual([paid.status, paid.body.fees.map(({ balance }: { balance: number }) => balance), paid.body.left], [201, [0, 50], 0]);
  assert.deepEqual((await library.call(clerk, 'POST', `${HERE}/payments`, sum)).body, paid.body);
  assert.deepEqual(await audited(paid.body.fees[0].id), [['PAYMENT', null]]);
  assert.equal((await library.call(clerk, 'POST', `${HERE}/payments`, { user: 'U2', amount: 51 })).body.errors[0].code, 'MORE_THAN_OWED');

  await loan(library.models, 'demo', 'Q');
  const dated = { returnedAt: '2025-03-03T20:00:00-05:00' };
  assert.equal((await library.call(clerk, 'POST', `${HERE}/loans/barcode:Q/return`, dated)).status, 403);
  const early = await library.call(manager, 'POST', `${HERE}/loans/barcode:Q/return`, { returnedAt: '2025-02-01T12:00:00-05:00' });
  assert.deepEqual([early.status, early.body.errors[0].code], [409, 'RETURN_BEFORE_LOAN']);
  const returned = await library.call(manager, 'POST', `${HERE}/loans/barcode:Q/return`, dated);
  assert.deepEqual([returned.body.loan.returnDate, returned.body.fine, await audited(id('Q'))], ['2025-03-04T01:00:00.000Z', null, [['RETURN_DATED_BACK', null]]]);
  await loan(library.models, 'demo', 'D');
  const dropped = await library.call(clerk, 'POST', `${HERE}/loans/barcode:D/return`, { bookDrop: true });
  assert.deepEqual([dropped.body.loan.returnDate, dropped.body.fine, await audited(id('D'))], ['2025-03-05T02:00:00.000Z', null, [['RETURN_FROM_BOOK_DROP', null]]]);
});

test('a patron is blocked once under one id, and the block lifted; one from another system is lifted there', async () => {
  const { UserBlockDefinition, UserBlock } = library.models;
  await UserBlockDefinition.create({ institutionId: 'demo', code: 'CONDUCT', description: 'Please see the librarian', blockedActions: ['LOAN'] });
  const asked = { user: 'U2', definition: 'CONDUCT', lastDay: '2025-03-10', note: 'Loud', blockId: id('B1') };
  const placed = await library.call(clerk, 'POST', `${HERE}/blocks`, asked);
  assert.deepEqual([placed.status, placed.body.expiresAt, placed.body.note, placed.body.source, placed.headers.get('location')], [201, '2025-03-11T04:00:00.000Z', 'Loud', 'STAFF', `${HERE}/blocks/${id('B1')}`]);
  assert.deepEqual((await library.call(clerk, 'POST', `${HERE}/blocks`, asked)).body, placed.body);
  for (const [given, status, place] of [[{ blockId: id('B2') }, 409, 'BLOCKED_ALREADY'], [{ user: 'U1' }, 409, 'BLOCK_ID_USED'], [{ lastDay: '2025-03-04' }, 422, '/lastDay'], [{ definition: 'NONE' }, 422, '/definition'], [{ user: 'nobody' }, 404]] as const) {
    const { status: answered, body } = await library.call(clerk, 'POST', `${HERE}/blocks`, { ...asked, ...given });
    assert.deepEqual([answered, body.errors?.[0]?.pointer ?? body.errors?.[0]?.code], [status, place], JSON.stringify(given));
  }
  assert.deepEqual((await library.call(clerk, 'GET', `${HERE}/blocks?user=U2`)).body.items.map(({ id: own }: { id: string }) => own), [id('B1')]);
  const lifting = `${HERE}/blocks/${id('B1')}/lift`;
  assert.deepEqual([(await library.call(manager, 'POST', lifting, { reason: 'Sorry' })).body.status, (await library.call(manager, 'POST', lifting, {})).status], ['REMOVED', 200]);
  assert.equal((await library.call(clerk, 'POST', lifting, {})).body.errors[0].code, 'BLOCK_ENDED');
  assert.deepEqual(await audited(id('B1')), [['PLACE_BLOCK', null], ['LIFT_BLOCK', 'Sorry']]);

  const delivered = { institutionId: 'demo', userId: id('U2'), definitionId: id('CONDUCT'), code: 'SIS', source: 'EXTERNAL', status: 'ACTIVE', mode: 'MANUAL', startsAt: library.clock.now, activeKey: '#SIS' } as const;
  const { _id } = await UserBlock.create(delivered);
  assert.equal((await library.call(clerk, 'POST', `${HERE}/blocks/${_id}/lift`, {})).status, 403);
  assert.equal((await library.call(manager, 'POST', `${HERE}/blocks/${_id}/lift`, {})).body.errors[0].code, 'BLOCK_EXTERNAL');
  await UserBlock.deleteMany({ institutionId: 'demo' });
});

test('a fee is charged by hand once under one id, for a loan of the patron or for nothing that is lent', async () => {
  await loan(library.models, 'demo', 'W', { userId: id('U2') });
  const asked = { user: 'U2', type: 'OTHER', amount: 250, comment: 'Coffee stains', barcode: 'W', feeId: id('charged') };
  const charged = await library.call(clerk, 'POST', `${HERE}/fees`, asked);
  const { loanId, title, libraryCode, balance, comment } = charged.body;
  assert.deepEqual([charged.status, loanId, title, libraryCode, balance, comment, charged.headers.get('location')], [201, id('W'), 'Title W', 'MAIN', 250, 'Coffee stains', `${HERE}/fees/${id('charged')}`]);
  assert.deepEqual((await library.call(clerk, 'POST', `${HERE}/fees`, asked)).body, charged.body);
  assert.deepEqual(await audited(id('charged')), [['CHARGE', null]]);
  for (const [given, status, place] of [[{ amount: 251 }, 409, 'FEE_ID_USED'], [{ type: 'CREDIT' }, 422, '/type'], [{ amount: 2.5 }, 422, '/amount'], [{ barcode: 'none' }, 422, '/barcode'], [{ user: 'nobody' }, 404]] as const) {
    const { status: answered, body } = await library.call(clerk, 'POST', `${HERE}/fees`, { ...asked, ...given });
    assert.deepEqual([answered, body.errors?.[0]?.pointer ?? body.errors?.[0]?.code], [status, place], JSON.stringify(given));
  }
  const { body } = await library.call(clerk, 'POST', `${HERE}/fees`, { user: 'U2', type: 'OTHER', amount: 1, libraryCode: 'WEST' });
  assert.deepEqual([body.loanId, body.itemId, body.libraryCode], [null, null, 'WEST']);
});

test('terms of use are shown with every policy, and worked through by the rules of the desk', async () => {
  const terms = await library.call(clerk, 'GET', `${HERE}/terms-of-use/BOOK`);
  assert.deepEqual([terms.body.name, terms.body.policies.maximumFine, terms.body.policies.isRenewable], ['BOOK', 1000, true]);
  assert.deepEqual((await library.call(clerk, 'GET', `${HERE}/terms-of-use`)).body.items.map(({ code }: { code: string }) => code), ['BOOK', 'RESERVE']);
  const asked = { libraryCode: 'MAIN', lentAt: '2025-02-03T14:00:00-05:00', returnedAt: '2025-03-05T09:30:00-05:00' };
  const worked = await library.call(clerk, 'POST', `${HERE}/terms-of-use/BOOK/worked-examples`, asked);
  assert.deepEqual(worked.body, { dueDate: '2025-03-04T02:00:00.000Z', shortLoan: false, cappedByExpiry: false, noOpenDay: false, fine: { type: 'OVERDUE_FINE', amount: 50 } });
  const expired = await library.call(clerk, 'POST', `${HERE}/terms-of-use/BOOK/worked-examples`, { ...asked, expiryDate: '2025-02-02' });
  assert.deepEqual([expired.status, expired.body.errors[0].code], [409, 'NO_LATER_DUE_DATE']);
  assert.equal((await library.call(clerk, 'POST', `${HERE}/terms-of-use/NONE/worked-examples`, asked)).status, 404);
  assert.equal((await library.call(clerk, 'POST', `${HERE}/terms-of-use/BOOK/worked-examples`, { ...asked, libraryCode: 'NONE' })).status, 404);
  assert.equal((await library.call(await library.signIn('buyer', 'demo'), 'GET', `${HERE}/terms-of-use`)).status, 404);
});

test('who is not of the desk does nothing there; a neighbour’s loans and fees do not exist', async () => {
  const buyer = await library.signIn('buyer', 'demo');
  const before = await everythingOf(library.models, 'next-door');
  for (const [method, path] of [['GET', '/loans?user=U1'], ['GET', `/loans/${id('B')}`], ['GET', '/fees?user=U1'], ['GET', '/blocks?user=U1'], ['POST', `/blocks/${id('B1')}/lift`], ['POST', `/loans/${id('B')}/return`], ['POST', `/loans/${id('B')}/renew`], ['POST', `/loans/${id('B')}/claim-returned`], ['POST', `/loans/${id('B')}/found`]] as const) {
    assert.equal((await library.call(buyer, method, HERE + path, method === 'POST' ? {} : undefined)).status, 403, path);
  }
  assert.equal((await library.call(clerk, 'POST', `${HERE}/loans/${idOf('next-door', 'A')}/return`, {})).status, 404);
  assert.equal((await library.call(clerk, 'GET', '/api/v1/institutions/next-door/loans?user=U1')).status, 404);
  assert.deepEqual(await everythingOf(library.models, 'next-door'), before);
});
