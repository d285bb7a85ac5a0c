/** The pages of the desk, as a browser without JavaScript uses them (fulfillment-loans.md, S3, S6, S7 and S11; platform.md 11, 12 and 16). */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { newId } from '../../models/document.js';
import { idOf, loan } from '../support/demo-library.js';
import { lose } from '../support/desk.js';
import { deskHouse } from '../support/desk-house.js';
import { at } from '../support/fixture-a.js';
import { everythingOf } from '../support/store.js';
import type { TestLibrary, Visitor } from './library.js';

let library: TestLibrary;
let clerk: Visitor;
let head: Visitor;
let buyer: Visitor;
let nextDoor: Record<string, string[]>;
const id = (name: string) => idOf('demo', name);
const [U1, U2] = [id('U1'), id('U2')];
const patron = `/desk/patrons/${U1}`;

beforeAll(async () => {
  library = (await deskHouse()).library;
  [clerk, head, buyer] = [await library.signIn('clerk', 'demo'), await library.signIn('head', 'demo'), await library.signIn('buyer', 'demo')];
  nextDoor = await everythingOf(library.models, 'next-door');
});
afterAll(async () => {
  assert.deepEqual(await everythingOf(library.models, 'next-door'), nextDoor, 'the library next door is as it was');
  await library.stop();
});

const stored = (barcode: string) => library.models.Loan.findOne({ institutionId: 'demo', barcode, status: 'ACTIVE' }).lean();
const feeStored = (name: string) => library.models.Fee.findOne({ institutionId: 'demo', _id: id(name) }).orFail().lean();
const audited = async (targetId: string) => (await library.models.AuditEntry.find({ institutionId: 'demo', targetId }).sort({ _id: 1 }).lean()).map(({ action, reason }) => [action, reason]);
const valueIn = (html: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
const words = (html: string) => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ').replaceAll('&#x27;', '’');

/** Opens a page and sends what one of its buttons would. */
async function press(visitor: Visitor, page: string, action: string, fields: Record<string, string> = {}) {
  const html = await visitor.page(page);
  assert.ok(html.includes(`action="${action}"`), `${page} has no way to ${action}`);
  const version = valueIn(html.slice(html.indexOf(` action="${action}"`)), 'version');
  return visitor.post(action, { token: valueIn(html, 'token'), once: valueIn(html, 'once'), version, ...fields });
}
/** What the page says that the button led to. */
async function told(visitor: Visitor, answer: Response): Promise<string> {
  assert.equal(answer.status, 303, await answer.text());
  const html = await visitor.page(answer.headers.get('location')!);
  const from = html.indexOf(' told"');
  assert.ok(from > 0, 'the page says nothing');
  return words(html.slice(html.indexOf('<div>', from), html.indexOf('</div>', from))).trim();
}
const done = async (visitor: Visitor, page: string, action: string, fields?: Record<string, string>) => told(visitor, await press(visitor, page, action, fields));

describe('a patron is found', () => {
  test.each([['the barcode of the card', '2000001'], ['the primary id, in any case', ' u1 '], ['the barcode of an item on loan', 'A2']])('by %s', async (_, scanned) => {
    const answer = await press(clerk, '/desk', '/desk', { patron: scanned });
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, patron]);
  });

  test('and of nobody the page says so, with an empty field for the next scan', async () => {
    const answer = await press(clerk, '/desk', '/desk', { patron: '999' });
    const html = await answer.text();
    assert.equal(answer.status, 422);
    assert.match(html, /Nobody has the card or primary id “999”/);
    assert.match(html, /<input id="patron" name="patron" autofocus[^>]*aria-invalid="true"/);
    const endless = await (await press(clerk, '/desk', '/desk', { patron: '9'.repeat(5_000) })).text();
    assert.ok(endless.includes(`“${'9'.repeat(59)}…”`) && !endless.includes('9'.repeat(60)), 'what is too long is not said back whole');
  });

  test('with all that stands against them, what they have and what they owe', async () => {
    const page = words(await clerk.page(patron));
    assert.match(page, /Patron U1 U1 · STUDENT/);
    assert.match(page, /Cannot borrow or renew: The patron is blocked: Address unknown\./);
    assert.match(page, /Address unknown stops loans and renewals until it is lifted; placed by the desk, since 1 Feb 12:00/);
    assert.match(page, /Owes 55\.75 USD of at most 100\.00 Overdue loans 4 of at most 5 Overdue recalls 0 of at most 0/);
    assert.match(page, /Title A5 A5 30 Jan 21:00 Lost 34 days late/);
    assert.match(page, /Title A1 A1 3 Mar 21:00 2 days late 0\.50 Renew/);
    assert.match(page, /Overdue fine Middlemarch 2 Feb 12:00 In dispute 3\.00/);
    assert.match(await clerk.page(patron), new RegExp(`href="/records/loan/${id('A1')}/jobs"`));
  });
});

describe('lending', () => {
  const lendTo = (visitor: Visitor, barcode: string, fields: Record<string, string> = {}) => press(visitor, patron, `${patron}/loans`, { barcode, ...fields });

  test('what the patron is refused is said with its reason; a manager lends it all the same, a clerk does not', async () => {
    assert.equal(await told(clerk, await lendTo(clerk, 'S1')), 'Not lent: S1. The patron is blocked: Address unknown.');
    assert.doesNotMatch(await clerk.page((await lendTo(clerk, 'S1')).headers.get('location')!), /Lend all the same/);
    assert.equal((await lendTo(clerk, 'S1', { override: '1' })).status, 403);
    assert.match(await told(head, await lendTo(head, 'S1')), /Lend all the same$/);
    assert.equal(await told(head, await lendTo(head, 'S1', { override: '1' })), 'Title S1 (S1) Lent until Wed 2 Apr 2025 21:00 EDT.');
    const made = await stored('S1');
    assert.deepEqual([made?.userId, await audited(made!._id)], [U1, [['LEND_OVERRIDING', null]]]);
  });

  test('the same form sent twice lends once and says the same twice', async () => {
    await library.models.UserBlock.updateOne({ institutionId: 'demo', code: 'ADDRESS' }, { $set: { status: 'REMOVED', activeKey: '#1' } });
    const page = await clerk.page(patron);
    const fields = { token: valueIn(page, 'token'), once: valueIn(page, 'once'), barcode: 'S2' };
    const [first, second] = await Promise.all([clerk.post(`${patron}/loans`, fields), clerk.post(`${patron}/loans`, fields)]);
    assert.equal(first.headers.get('location'), second.headers.get('location'));
    assert.equal(await told(clerk, await clerk.post(`${patron}/loans`, fields)), 'Title S2 (S2) Lent until Wed 2 Apr 2025 21:00 EDT.');
    assert.equal(await library.models.Loan.countDocuments({ institutionId: 'demo', barcode: 'S2' }), 1);
    assert.deepEqual(await audited((await stored('S2'))!._id), [['LEND', null]]);
  });

  test('from a page gone back to, which has lent already, nothing is lent: the patron’s page says to repeat it', async () => {
    const page = await clerk.page(`/desk/patrons/${U2}`);
    const fields = { token: valueIn(page, 'token'), once: valueIn(page, 'once') };
    const [none, another] = [await clerk.post(`/desk/patrons/${U2}/loans`, { ...fields, barcode: 'none' }), await clerk.post(`/desk/patrons/${U2}/loans`, { ...fields, barcode: 'S2' })];
    assert.match(await told(clerk, none), /There is no item with this barcode/);
    assert.match(await told(clerk, another), /Another step was done from that page already/);
  });

  test('a step whose answer is not there yet says so', async () => {
    const key = `${newId()}/x`;
    await library.models.IdempotencyRecord.create({
      institutionId: 'demo', actorId: (await library.models.User.findOne({ institutionId: 'demo', primaryId: 'clerk' }).orFail().lean())._id, route: patron, key, requestHash: '-', state: 'IN_PROGRESS', deleteAfter: new Date(at('2025-03-06 09:30')),
    });
    assert.match(words(await clerk.page(`${patron}?told=${encodeURIComponent(key)}`)), /The step is still at work\./);
  });

  test('an item that there is not, none at all, and one that is out', async () => {
    assert.equal(await told(clerk, await lendTo(clerk, 'X')), 'Not lent: X. There is no item with this barcode.');
    assert.equal(await told(clerk, await lendTo(clerk, '')), 'Scan an item.');
    await loan(library.models, 'demo', 'O1', { userId: U2 });
    assert.equal(await told(clerk, await lendTo(clerk, 'O1')), 'Not lent: O1. The item is on loan: it has to be returned first.');
  });

  test('the card of the next patron opens that patron', async () => {
    assert.equal((await lendTo(clerk, 'U2')).headers.get('location'), `/desk/patrons/${U2}`);
  });
});

describe('a loan', () => {
  const step = (visitor: Visitor, barcode: string, name: string, fields?: Record<string, string>) => done(visitor, patron, `/desk/loans/${id(barcode)}/${name}`, fields);
  const onItsPage = (visitor: Visitor, barcode: string, name: string, fields?: Record<string, string>) => done(visitor, `/desk/loans/${id(barcode)}`, `/desk/loans/${id(barcode)}/${name}`, fields);

  test('is renewed once from one page, and refused with the reason', async () => {
    assert.match(await step(clerk, 'A2', 'renew', { dueCycle: '1' }), /^Title A2 \(A2\) Renewed until Wed 2 Apr 2025 21:00 EDT\.$/);
    assert.equal(await step(clerk, 'A2', 'renew', { dueCycle: '2' }), 'Title A2 (A2) Not renewed. A renewal would not make it due later.');
    assert.equal(await step(clerk, 'A3', 'renew', { dueCycle: '1' }), 'Title A3 (A3) Not renewed. It is recalled.');
    assert.match(await step(clerk, 'A1', 'renew', { dueCycle: 'x' }), /Not renewed\. The form does not say which loan period it would renew/);
  });

  test('that the patron says is lost is charged for', async () => {
    assert.equal(await step(clerk, 'A6', 'lost'), 'Title A6 (A6) Lost. No letter goes out. Lost item replacement fee: 42.50 USD. Lost item process fee: 15.00 USD.');
    assert.equal(await onItsPage(clerk, 'A6', 'found'), 'Title A6 (A6) Found, and still with the patron: the loan goes on, due Mon 3 Mar 2025 21:00 EST. Waived of the replacement fee: 42.50 USD.');
  });

  test('is claimed returned, found, and its recall cancelled', async () => {
    assert.match(await step(clerk, 'A1', 'claim-returned'), /the patron says that it was returned/);
    assert.match(await step(clerk, 'A5', 'found'), /Found, and still with the patron: the loan goes on, due Thu 30 Jan 2025 21:00 EST\. Waived of the replacement fee: 42\.50 USD\./);
    assert.match(await step(clerk, 'A3', 'cancel-recall'), /The recall is cancelled: due Mon 21 Apr 2025 21:00 EDT\.$/, 'Sunday the 20th is closed');
  });

  test('gets another due date from its own page, but not over what somebody else has changed since', async () => {
    const page = `/desk/loans/${id('A3')}`;
    assert.match(words(await clerk.page(page)), /Title A3 \(A3\)[^]*Due Mon 21 Apr 2025 21:00 EDT[^]*Due date corrected 5 Mar 09:30 the desk 20 Mar 21:00 21 Apr 21:00/);
    assert.match(await onItsPage(clerk, 'A3', 'due-date', { day: '2025-03-15' }), /Due Sat 15 Mar 2025 17:00 EDT from now on\./);
    assert.match(await onItsPage(clerk, 'A3', 'due-date', { day: '2025-03-16', version: '1' }), /changed by somebody else/);
    assert.equal(await onItsPage(clerk, 'A3', 'due-date', { day: 'soon' }), 'Title A3 (A3) Nothing was done. Due on another day: &quot;soon&quot; was given; expected a day, as 2026-12-31.');
    assert.equal(await onItsPage(clerk, 'A3', 'due-date', { day: '2025-03-01' }), 'Title A3 (A3) Nothing was done. It would be due in the past.');
    assert.match(await onItsPage(clerk, 'A3', 'recall', { day: '2025-03-10' }), /Recalled, due Mon 10 Mar 2025 21:00 EDT\.$/);
    assert.equal((await stored('A3'))?.dueDateSource, 'RECALL');
  });

  test('is returned from the page of its patron; a manager dates it back', async () => {
    assert.match(await step(clerk, 'A2', 'return'), /^Title A2 \(A2\) Returned in time\.$/);
    assert.equal((await press(clerk, patron, `/desk/loans/${id('A4')}/return`, { at: '2025-03-03T12:00' })).status, 403);
    assert.match(await onItsPage(head, 'A4', 'return', { at: '2025-03-01T12:00' }), /^Title A4 \(A4\) Returned 1 day late\.$/, 'within its grace');
    assert.deepEqual(await audited(id('A4')), [['RETURN_DATED_BACK', null]]);
    assert.match(words(await head.page(`/desk/loans/${id('A4')}`)), /Returned Sat 1 Mar 2025 12:00 EST/);
  });
});

describe('money', () => {
  const step = (visitor: Visitor, name: string, step: string, fields?: Record<string, string>) => done(visitor, `/desk/fees/${id(name)}`, `/desk/fees/${id(name)}/${step}`, fields);

  test('a part is paid on the page of the patron, the rest later; what is no amount, or too much, is said', async () => {
    const pay = (fields: Record<string, string>) => done(clerk, patron, `/desk/fees/${id('F1')}/payment`, fields);
    assert.equal(await pay({ amount: '0,50' }), 'Overdue fine: paid 0.50 USD. Left: 1.00 USD.');
    assert.equal(await pay({ amount: '0.50', version: '1' }), 'The fee was changed by somebody else while you had the page open. Now you see it as it is.');
    for (const [typed, said] of [['12,50x', '&quot;12,50x&quot; was given; expected an amount, as 12.50'], ['', 'nothing was given; expected an amount, as 12.50'], ['0', '&quot;0&quot; was given; expected an amount above 0.00']] as const) {
      assert.equal(await pay({ amount: typed }), `Amount, USD: ${said}.`);
    }
    assert.equal(await pay({ amount: '1.01' }), 'It is more than is owed.');
    assert.deepEqual([(await feeStored('F1')).balance, (await feeStored('F1')).transactions.length], [100, 1]);
  });

  test('a manager waives, disputes and restores with a reason, and pays a credit out; a clerk has no such forms', async () => {
    for (const name of ['waiver', 'dispute']) assert.doesNotMatch(await clerk.page(`/desk/fees/${id('F1')}`), new RegExp(`/${name}"`));
    const page = await clerk.page(`/desk/fees/${id('F1')}`);
    assert.equal((await clerk.post(`/desk/fees/${id('F1')}/waiver`, { token: valueIn(page, 'token'), once: newId(), version: valueIn(page, 'version'), amount: '1' })).status, 403);
    assert.equal(await step(head, 'F1', 'dispute', { reason: 'Was ill' }), 'Overdue fine: in dispute. It is no debt until it is restored.');
    assert.equal(await step(head, 'F1', 'restoration'), 'Overdue fine: restored. It is owed again.');
    assert.equal(await step(head, 'F1', 'waiver', { amount: '1', reason: 'Flood' }), 'Overdue fine: waived 1.00 USD.');
    assert.equal(await step(head, 'F3', 'refund', { amount: '4.26' }), 'It is more than the credit comes to.');
    assert.equal(await step(head, 'F3', 'refund', { amount: '4.00' }), 'Credit: paid out 4.00 USD. The library still owes 0.25 USD.');
    assert.deepEqual([(await feeStored('F1')).status, (await feeStored('F3')).balance], ['CLOSED', -25]);
    assert.deepEqual(await audited(id('F1')), [['PAYMENT', null], ['DISPUTE', 'Was ill'], ['RESTORE', null], ['WAIVE', 'Flood']]);
    assert.match(words(await head.page(`/desk/fees/${id('F1')}`)), /Waive 5 Mar 09:30 1\.00 Flood/);
  });
});

describe('a block', () => {
  const page = `/desk/patrons/${U2}`;
  const place = (visitor: Visitor, fields: Record<string, string>) => press(visitor, `${page}/block`, `${page}/block`, { definition: 'ADDRESS', lastDay: '', note: '', ...fields });
  const blocks = () => library.models.UserBlock.find({ institutionId: 'demo', userId: U2 }).sort({ _id: 1 }).lean();

  test('is placed by a clerk with a note and a last day, on which it acts still; when its end has come it is not shown', async () => {
    assert.equal(await told(clerk, await place(clerk, { lastDay: '2025-03-05', note: 'Mail came back' })), 'Blocked: Address unknown. It stops loans and renewals until Wed 5 Mar 2025.');
    const blocked = words(await clerk.page(page));
    assert.match(blocked, /Cannot borrow or renew: The patron is blocked: Address unknown\./);
    assert.match(blocked, /Address unknown stops loans and renewals until Wed 5 Mar 2025; placed by clerk, since 5 Mar 09:30 Mail came back/);
    const [block] = await blocks();
    assert.deepEqual([block?.source, block?.mode, block?.expiresAt, await audited(block!._id)], ['STAFF', 'MANUAL', new Date(at('2025-03-06 00:00')), [['PLACE_BLOCK', null]]]);
    await library.models.UserBlock.updateOne({ institutionId: 'demo', _id: block!._id }, { $set: { expiresAt: library.clock.now } });
    assert.match(words(await clerk.page(page)), /Blocks Block the patron None\./);
    assert.equal(await told(clerk, await place(clerk, {})), 'Blocked: Address unknown. It stops loans and renewals until it is lifted.', 'no job has removed the first yet');
    assert.deepEqual((await blocks()).map(({ status }) => status), ['EXPIRED', 'ACTIVE']);
  });

  test('is refused beside its field, and once it stands', async () => {
    for (const [field, given, said] of [
      ['lastDay', '2025-03-04', '&quot;2025-03-04&quot; was given; expected today, 2025-03-05, or a later day'], ['lastDay', '9999-01-01', 'expected a day before 2100'], ['lastDay', 'soon', 'expected a day, as 2026-12-31'],
      ['definition', 'NONE', '&quot;NONE&quot; was given; expected the code of an active block definition'], ['note', 'x'.repeat(501), '501 signs were given; expected at most 500'],
    ] as const) {
      const answer = await place(clerk, { [field]: given });
      const html = await answer.text();
      assert.deepEqual([answer.status, html.includes(said)], [422, true], html.slice(html.indexOf('<main'), html.indexOf('<main') + 900));
      assert.match(html, new RegExp(`id="${field}" [^>]*aria-invalid="true"`));
    }
    assert.equal(await told(clerk, await place(clerk, {})), 'The patron has a block of this kind already.');
  });

  test('is lifted by whoever placed it, or by a manager with a reason', async () => {
    const [, block] = await blocks();
    assert.equal(await done(clerk, page, `/desk/blocks/${block!._id}/lift`), 'Lifted: Address unknown.');
    assert.deepEqual([(await blocks())[1]?.removedBy, await audited(block!._id)], [block!.placedBy, [['PLACE_BLOCK', null], ['LIFT_BLOCK', null]]]);
    await place(clerk, {});
    const [,, another] = await blocks();
    assert.match(words(await head.page(page)), /placed by clerk/);
    assert.equal(await done(head, page, `/desk/blocks/${another!._id}/lift`, { reason: 'Lives there' }), 'Lifted: Address unknown.');
    await place(head, {});
    const theirs = (await blocks())[3]!._id;
    const html = await clerk.page(page);
    assert.doesNotMatch(html, /\/lift"/);
    assert.equal((await clerk.post(`/desk/blocks/${theirs}/lift`, { token: valueIn(html, 'token'), once: newId() })).status, 403);
    assert.equal(await done(head, page, `/desk/blocks/${theirs}/lift`), 'Lifted: Address unknown.');
    assert.deepEqual(await audited(another!._id), [['PLACE_BLOCK', null], ['LIFT_BLOCK', 'Lives there']]);
  });
});

describe('a fee that is charged by hand', () => {
  const page = `/desk/patrons/${U2}`;
  const charge = (fields: Record<string, string>) => press(clerk, `${page}/charge`, `${page}/charge`, { type: 'OTHER', amount: '2,50', comment: '', barcode: '', libraryCode: '', ...fields });
  const fees = () => library.models.Fee.find({ institutionId: 'demo', userId: U2 }).sort({ _id: 1 }).lean();

  test('is owed to the library of the item it is about, and the limit of the group goes by it', async () => {
    await library.models.FulfillmentSettings.updateOne({ institutionId: 'demo' }, { $set: { staffFeeTypes: ['COPY_CARD', 'LOCKER_KEY'], staffFeeTypeNames: { COPY_CARD: { de: 'Kopierkarte', en: 'Card for the copier' } } } });
    assert.equal(await told(clerk, await charge({ comment: 'Locker key lost' })), 'Charged: Other, 2.50 USD.');
    assert.equal(await told(clerk, await charge({ type: 'COPY_CARD', amount: '98', barcode: 'S3' })), 'Charged: Card for the copier, 98.00 USD.');
    assert.match(words(await clerk.page(`${page}/charge`)), /Fee Other Card for the copier Locker key Amount, USD/);
    const [other, card] = await fees();
    assert.deepEqual([other?.comment, other?.libraryCode, other?.dedupeKey, card?.libraryCode, card?.title], ['Locker key lost', null, `#${other?._id}`, 'MAIN', 'Title S3']);
    assert.deepEqual([card?.itemId, card?.loanId, await audited(card!._id)], [id('item S3'), null, [['CHARGE', null]]]);
    assert.match(words(await clerk.page(page)), /Cannot borrow or renew: The patron owes more than is allowed\.[^]*Other Locker key lost 5 Mar 09:30 2\.50[^]*Card for the copier Title S3/);
    assert.match(words(await clerk.page(`/desk/fees/${other!._id}`)), /Comment Locker key lost/);
    assert.match(await clerk.page(`/desk/fees/${card!._id}`), /<h1>Card for the copier: Title S3<\/h1>/);
  });

  test('is refused beside its field, with what was typed', async () => {
    for (const [field, given, said] of [
      ['amount', '0', '<a href="#amount">Amount, USD: &quot;0&quot; was given; expected 0.01 or more</a>'], ['amount', '', '<a href="#amount">Amount, USD: nothing was given; expected 0.01 or more</a>'],
      ['amount', '12,50x', '<a href="#amount">Amount, USD: &quot;12,50x&quot; was given; expected an amount, as 12.50</a>'], ['amount', '1000000,01', '&quot;1000000,01&quot; was given; expected at most 1000000.00'],
      ['type', 'OVERDUE_FINE', '&quot;OVERDUE_FINE&quot; was given; expected OTHER, COPY_CARD or LOCKER_KEY'],
      ['barcode', 'X', '&quot;X&quot; was given; expected the barcode of an item'], ['libraryCode', 'NONE', '&quot;NONE&quot; was given; expected the code of a library'],
    ] as const) {
      const answer = await charge({ comment: 'Kept', [field]: given });
      const html = await answer.text();
      assert.deepEqual([answer.status, html.includes(said)], [422, true], `${field} ${given}`);
      assert.match(html, new RegExp(`id="${field}" [^>]*aria-invalid="true"`));
      assert.match(html, /value="Kept"/);
    }
    assert.equal((await fees()).length, 2);
    await library.models.Fee.deleteMany({ institutionId: 'demo', userId: U2 });
  });
});

test('a sum is paid for all fees, the oldest first', async () => {
  assert.equal(await done(clerk, patron, `${patron}/payments`, { amount: '1000' }), 'It is more than is owed.');
  const page = words(await clerk.page(patron));
  assert.match(page, /Fees: \d, owed/);
  assert.equal(await done(clerk, patron, `${patron}/payments`, { amount: '0.40' }), 'Paid, the oldest first: Overdue fine. Left of the last one: 0.60 USD.');
  assert.equal((await feeStored('F4')).balance, 60);
});

describe('returns, item after item', () => {
  const scan = (visitor: Visitor, barcode: string, fields: Record<string, string> = {}) => done(visitor, '/desk/returns', '/desk/returns', { barcode, ...fields });

  test('each answer tells what happened, the newest first', async () => {
    await loan(library.models, 'demo', 'R1');
    await loan(library.models, 'demo', 'R2');
    await lose(library.models, 'demo', 'R2', { lost: { at: new Date(at('2025-03-04 01:00')), by: 'JOB', profileId: null, runId: null, previousStatus: 'NORMAL' } });
    assert.equal(await scan(clerk, 'R1'), 'Title R1 (R1) Returned 2 days late. Overdue fine: 0.50 USD. Patron U1');
    assert.equal(await scan(clerk, 'R1'), 'Title R1 (R1) It had been returned before: nothing was done. Patron U1');
    assert.equal(await scan(clerk, 'R2'), 'Title R2 (R2) Returned 2 days late. It was lost, and is found now. Overdue fine: 0.50 USD. Waived of the replacement fee: 42.50 USD. Patron U1');
    assert.equal(await scan(clerk, 'X'), 'Not returned: X. No loan of an item with the barcode X is on record.');
    const page = words(await clerk.page('/desk/returns'));
    assert.match(page, /Not returned: X\.[^]*Title R2[^]*nothing was done[^]*2 days late/);
    assert.doesNotMatch(words(await head.page('/desk/returns')), /Title R1/, 'a clerk sees their own');
  });

  test('a lost loan that names nobody any more is answered there, from wherever it was returned', async () => {
    await loan(library.models, 'demo', 'R7', { userId: null, status: 'COMPLETE', processStatus: 'LOST', closeReason: 'LOST_AND_PAID', returnDate: new Date(at('2025-03-04 12:00')) });
    assert.match(await done(clerk, `/desk/loans/${id('R7')}`, `/desk/loans/${id('R7')}/return`), /^Title R7 \(R7\) Returned 2 days late\. It was lost, and is found now\.$/);
  });

  test('what somebody waits for is put aside', async () => {
    await loan(library.models, 'demo', 'R3', { dueDate: new Date(at('2025-03-20 21:00')) });
    await library.models.Request.create({
      institutionId: 'demo', requestType: 'PATRON_PHYSICAL', level: 'ITEM', bibId: id('bib R3'), itemId: id('item R3'), requesterUserId: U2, status: 'NOT_STARTED', active: true,
      step: 'IN_QUEUE', stepEnteredAt: new Date(at('2025-03-01 09:00')), assignmentKey: '#R3', activeKey: '#R3',
    });
    assert.equal(await scan(clerk, 'R3'), 'Title R3 (R3) Returned in time. Another patron waits for it: put it aside. Patron U1');
  });

  test('from the book drop, the night costs nothing; it stays ticked for the rest of the box', async () => {
    await loan(library.models, 'demo', 'R6', { dueDate: new Date(at('2025-03-04 21:00')) });
    const answer = await press(clerk, '/desk/returns', '/desk/returns', { barcode: 'R6', drop: '1' });
    const page = await clerk.page(answer.headers.get('location')!);
    assert.match(words(page), /Title R6 \(R6\) Returned in time\./);
    assert.match(page, /name="drop" value="1" checked/);
    assert.deepEqual(await audited(id('R6')), [['RETURN_FROM_BOOK_DROP', null]]);
  });

  test('a manager dates them back, one after the other', async () => {
    await loan(library.models, 'demo', 'R4');
    assert.doesNotMatch(await clerk.page('/desk/returns'), /name="at"/);
    const answer = await press(head, '/desk/returns', '/desk/returns', { barcode: 'R4', at: '2025-03-03T20:30' });
    const page = await head.page(answer.headers.get('location')!);
    assert.match(words(page), /Dated back to Mon 3 Mar 2025 20:30 EST Back to now[^]*Title R4 \(R4\) Returned in time\./);
    assert.match(page, /name="at" type="datetime-local" value="2025-03-03T20:30"/);
    await loan(library.models, 'demo', 'R5');
    assert.equal(await scan(head, 'R5', { at: '2025-01-03T20:30' }), 'Not returned: R5. It would be returned before it was lent.');
    assert.equal((await press(clerk, '/desk/returns', '/desk/returns', { barcode: 'R5', at: '2025-03-03T20:30' })).status, 403);
    const ahead = await press(head, '/desk/returns', '/desk/returns', { barcode: 'R5', at: '2025-03-06T20:30', drop: '1' });
    const afterwards = await head.page(ahead.headers.get('location')!);
    assert.match(words(afterwards), /Not returned: R5\. The return would lie in the future\./);
    assert.match(afterwards, /name="at" type="datetime-local" value=""/, 'a time that was refused is not kept for the next item');
  });
});

describe('many due dates', () => {
  const week = { libraryCode: 'WEST', from: '2025-03-24', to: '2025-03-30', day: '2025-04-07', reason: 'Burst pipe' };
  const send = (fields: Record<string, string>) => press(head, '/desk/due-dates', '/desk/due-dates', { ...week, ...fields });

  test('are counted first, moved, and the rest is told', async () => {
    for (const barcode of ['W1', 'W2']) await loan(library.models, 'demo', barcode, { userId: U2, libraryCode: 'WEST', dueDate: new Date(at('2025-03-26 21:00')) });
    await loan(library.models, 'demo', 'W3', { userId: U2, libraryCode: 'WEST', dueDate: new Date(at('2025-03-26 21:00')), processStatus: 'LOST' });
    const counted = await send({ do: 'count' });
    const page = await counted.text();
    assert.equal(counted.status, 200);
    assert.match(words(page), /2 loans are due then\./);
    assert.match(page, /name="reason" value="Burst pipe"/);
    assert.equal((await stored('W1'))?.dueCycle, 1, 'nothing has moved yet');
    assert.equal(await told(head, await send({ do: 'move' })), '2 loans were moved: WEST, due 2025-03-24 to 2025-03-30, now 2025-04-07.');
    assert.equal((await stored('W1'))?.dueDateSource, 'BULK');
    assert.deepEqual(await audited('WEST'), [['DUE_DATES', 'Burst pipe']]);
    library.clock.now = new Date(library.clock.now.getTime() + 60_000);
    assert.equal(await told(head, await send({ do: 'move', from: '2025-04-01', to: '2025-04-30' })), '0 loans were moved: WEST, due 2025-04-01 to 2025-04-30, now 2025-04-07. Left as it was: 2 (due then already).');
  });

  test('are refused beside the field that makes no sense', async () => {
    for (const [field, given] of [['to', '2025-03-23'], ['to', '2025-06-24'], ['day', 'soon'], ['reason', ''], ['from', '']] as const) {
      const answer = await send({ do: 'move', [field]: given });
      assert.equal(answer.status, 422, field);
      assert.match(await answer.text(), new RegExp(`id="${field}" [^>]*aria-invalid="true"`), field);
    }
  });
});

test('who is not of the desk sees nothing of it; a clerk moves not many; a neighbour’s people do not exist', async () => {
  assert.doesNotMatch(await buyer.page('/'), /href="\/desk"/);
  assert.match(await clerk.page('/'), /href="\/desk"/);
  for (const path of ['/desk', patron, `${patron}/block`, `${patron}/charge`, '/desk/returns', '/desk/due-dates', `/desk/loans/${id('A1')}`, `/desk/fees/${id('F1')}`]) assert.equal((await buyer.fetch(path)).status, 403, path);
  const token = valueIn(await buyer.page('/'), 'token');
  const before = await everythingOf(library.models, 'demo');
  for (const path of ['/desk', `${patron}/loans`, `${patron}/block`, `${patron}/charge`, `/desk/blocks/${id('none')}/lift`, '/desk/returns', '/desk/due-dates', `/desk/loans/${id('A1')}/return`, `/desk/fees/${id('F1')}/payment`]) {
    assert.equal((await buyer.post(path, { token, once: newId(), barcode: 'A1', patron: 'U1', amount: '1' })).status, 403, path);
  }
  assert.equal((await buyer.post('/desk', { token, patron: '' })).status, 403);
  delete before['sessions'];
  assert.deepEqual({ ...(await everythingOf(library.models, 'demo')), sessions: undefined }, { ...before, sessions: undefined });
  assert.equal((await clerk.fetch('/desk/due-dates')).status, 403);
  for (const path of [`/desk/patrons/${idOf('next-door', 'U1')}`, `/desk/patrons/${idOf('next-door', 'U1')}/block`, `/desk/loans/${idOf('next-door', 'A1')}`]) assert.equal((await clerk.fetch(path)).status, 404, path);
});
