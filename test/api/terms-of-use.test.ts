/** Terms of use over REST and by their pages: shared policies, what is refused, who may, and the example (fulfillment-loans.md, S3, S5, S6). */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { newId } from '../../models/document.js';
import { demoLibrary, idOf, loan } from '../support/demo-library.js';
import { book } from '../support/fixture-a.js';
import { everythingOf } from '../support/store.js';
import { demoStaff, type Visitor } from './library.js';
import { openApi, type ApiLibrary } from './rest.js';

const HERE = '/api/v1/institutions/demo';
const TERMS = `${HERE}/terms-of-use`;
const bookId = idOf('demo', 'BOOK');
let library: ApiLibrary;
let administrator: Visitor;
let manager: Visitor;
let buyer: Visitor;
let nextDoor: Record<string, string[]>;

beforeAll(async () => {
  library = await openApi();
  const { models } = library;
  for (const institutionId of ['demo', 'next-door']) await demoLibrary(models, institutionId);
  nextDoor = await everythingOf(models, 'next-door');
  await demoStaff(library, { fulfil: 'FULFILLMENT_ADMINISTRATOR', head: 'CIRCULATION_DESK_MANAGER', buyer: 'PURCHASING_OPERATOR' });
  library.clock.now = new Date('2025-02-03T19:00:00.000Z'); // 14:00 in New York
  [administrator, manager, buyer] = [await library.signIn('fulfil', 'demo'), await library.signIn('head', 'demo'), await library.signIn('buyer', 'demo')];
});
afterAll(() => library.stop());

const get = (code: string) => library.call(administrator, 'GET', `${TERMS}/${code}`);
const put = (code: string, version: number, body: unknown) => library.call(administrator, 'PUT', `${TERMS}/${code}`, body, { 'if-match': `"${version}"` });
const create = (body: unknown) => library.call(administrator, 'POST', TERMS, body);
const stored = (id: string) => library.models.TermsOfUse.findOne({ institutionId: 'demo', _id: id }).orFail().lean();
const pointers = ({ body }: { body: { errors?: { pointer?: string }[] } }) => body.errors?.map(({ pointer }) => pointer);
const month = { kind: 'PERIOD', unit: 'DAYS', value: 28 };

test('the terms of use of a library are listed with every policy, defaults included', async () => {
  const { body } = await library.call(administrator, 'GET', TERMS);
  assert.deepEqual(body.items.map(({ code }: { code: string }) => code), ['BOOK', 'RESERVE']);
  assert.deepEqual(body.items[0].policies, book);
});

describe('a change', () => {
  test('names another policy for the value that changed; terms that shared it keep theirs, and the audit says who', async () => {
    const { policies } = await stored(bookId);
    const sharing = newId();
    await library.models.TermsOfUse.create({ _id: sharing, institutionId: 'demo', code: 'MAPS', type: 'LOAN', name: 'Maps', originKey: `#${sharing}`, policies });

    const changed = await put('BOOK', 1, { name: 'Books', policies: { ...book, overdueFine: { amount: 30, per: 'DAY' } } });
    assert.deepEqual([changed.status, changed.headers.get('etag'), changed.body.policies.overdueFine], [200, '"2"', { amount: 30, per: 'DAY' }]);
    assert.deepEqual((await get('MAPS')).body.policies, book);
    const after = (await stored(bookId)).policies;
    assert.deepEqual(after, policies.map((each) => (each.type === 'overdueFine' ? { type: 'overdueFine', policyCode: '{"amount":30,"per":"DAY"}' } : each)));

    const entry = await library.models.AuditEntry.findOne({ institutionId: 'demo', targetId: bookId }).orFail().lean();
    assert.deepEqual([entry.action, entry.actor.name, entry.changes.map(({ path }) => path)], ['CHANGE', 'fulfil', ['name', 'policies']]);
    await library.models.TermsOfUse.deleteOne({ institutionId: 'demo', _id: sharing });
  });
  test('to what is set already is none', async () => {
    const again = await put('BOOK', 2, { name: 'Books', policies: { ...book, overdueFine: { amount: 30, per: 'DAY' } } });
    assert.deepEqual([again.status, again.headers.get('etag')], [200, '"2"']);
  });
  test('back to the default needs no policy', async () => {
    const { body } = await put('BOOK', 2, { name: 'Books', policies: { ...book, overdueFine: null, recalledOverdueFine: null, maximumFine: null } });
    assert.equal(body.policies.overdueFine, null);
    assert.deepEqual((await stored(bookId)).policies.filter(({ type }) => /[fF]ine$/.test(type)).map(({ type }) => type), ['lostItemFine']);
  });
  test('that two send at once is done by one of them', async () => {
    const names = ['One', 'Other'];
    const answers = await Promise.all(names.map((name) => put('BOOK', 3, { name, policies: book })));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 412]);
    assert.equal((await stored(bookId)).name, names[answers.findIndex(({ status }) => status === 200)]);
  });
  test('of what the network keeps is refused, until it is detached', async () => {
    const reserveId = idOf('demo', 'RESERVE');
    const set = (link: 'ATTACHED' | 'DETACHED', owner: 'LOCAL' | 'NETWORK' = 'NETWORK') =>
      library.models.TermsOfUse.updateOne({ institutionId: 'demo', _id: reserveId }, { $set: { owner, link } });
    await set('ATTACHED');
    assert.equal((await put('RESERVE', 1, { name: 'Ours', policies: { dueDate: month } })).status, 409);
    assert.match(await administrator.page('/terms-of-use/RESERVE'), /The network keeps these terms/);
    await set('DETACHED');
    assert.equal((await put('RESERVE', 1, { name: 'Ours', policies: { dueDate: month } })).status, 200);
    await set('ATTACHED', 'LOCAL');
  });
  test('mends terms whose policies are gone', async () => {
    const id = newId();
    const policies = [{ type: 'dueDate', policyCode: 'gone' }, { type: 'maximumFine', policyCode: 'gone too' }];
    await library.models.TermsOfUse.create({ _id: id, institutionId: 'demo', code: 'BROKEN', type: 'LOAN', name: 'Broken', originKey: `#${id}`, policies });
    assert.equal((await get('BROKEN')).body.policies, null);
    assert.match(await administrator.page('/terms-of-use'), /Broken[\s\S]*Cannot be read/);
    assert.match(await administrator.page('/terms-of-use/BROKEN'), /gone or cannot be read/);
    const mended = await put('BROKEN', 1, { name: 'Mended', policies: { dueDate: month } });
    assert.deepEqual([mended.body.policies.dueDate.value, mended.body.policies.maximumFine], [28, null]);
    await library.models.TermsOfUse.deleteOne({ institutionId: 'demo', _id: id });
  });
});

describe('new terms', () => {
  test('are made once under a code, with what was left out by default', async () => {
    const made = await create({ code: 'GAMES', name: 'Games', policies: { dueDate: month, maximumFine: 500 } });
    assert.deepEqual([made.status, made.body.policies.isRenewable, made.headers.get('location')], [201, true, `${TERMS}/GAMES`]);
    assert.deepEqual((await library.models.TermsOfUse.findOne({ institutionId: 'demo', code: 'GAMES' }).orFail().lean()).policies.map(({ type }) => type), ['dueDate', 'maximumFine']);
    const twice = await create({ code: 'GAMES', name: 'Games again', policies: { dueDate: month } });
    assert.deepEqual([twice.status, pointers(twice)], [409, ['/code']]);
  });
  test.each([
    ['without a period', {}, '/policies/dueDate'],
    ['for no time', { dueDate: { ...month, value: 0 } }, '/policies/dueDate/value'],
    ['with a policy there is not', { dueDate: month, colour: 'red' }, '/policies/colour'],
    ['until an event that no calendar has', { dueDate: { kind: 'EVENT', eventName: 'Term end' } }, '/policies/dueDate/eventName'],
    ['with a fixed fee of nothing', { dueDate: month, lostItemReplacementFee: { source: 'FIXED' } }, '/policies/lostItemReplacementFee/amount'],
  ])('%s are refused at that place', async (_what, policies, pointer) => {
    const refused = await create({ code: 'NEW', name: 'New', policies });
    assert.deepEqual([refused.status, pointers(refused)], [422, [pointer]], JSON.stringify(refused.body));
  });
});

describe('terms that are deleted', () => {
  const remove = (code: string, version: number, visitor = administrator) => library.call(visitor, 'DELETE', `${TERMS}/${code}`, undefined, { 'if-match': `"${version}"` });

  test('are gone, stay in the audit, and come back under their code', async () => {
    const { headers } = await create({ code: 'BRIEF', name: 'Brief', policies: { dueDate: month } });
    assert.equal(headers.get('etag'), '"1"');
    assert.equal((await remove('BRIEF', 2)).status, 412);
    assert.equal((await remove('BRIEF', 1, manager)).status, 403);
    assert.equal((await remove('BRIEF', 1)).status, 204);
    assert.equal((await get('BRIEF')).status, 404);
    const { _id, deleteAfter } = await library.models.TermsOfUse.findOne({ institutionId: 'demo', code: 'BRIEF' }).orFail().lean();
    assert.deepEqual(deleteAfter, new Date('2026-03-10T19:00:00.000Z'), '400 days later');
    const again = await create({ code: 'BRIEF', name: 'Brief again', policies: { dueDate: month, maximumFine: 100 } });
    assert.deepEqual([again.status, again.body.version, again.body.policies.maximumFine], [201, 3, 100]);
    const entries = await library.models.AuditEntry.find({ institutionId: 'demo', targetId: _id }).sort({ _id: 1 }).lean();
    assert.deepEqual(entries.map(({ action }) => action), ['CREATE', 'DELETE', 'CREATE']);
  });
  test('are refused while a rule names them, also a disabled one, and the page leads to the rule', async () => {
    const { models } = library;
    await models.FulfillmentUnitRule.create({ institutionId: 'demo', unitCode: 'GENERAL', ruleType: 'LOAN', order: 1, name: 'Short loans', enabled: false, touCode: 'BRIEF', originKey: '#1' });
    const refused = await remove('BRIEF', 3);
    assert.deepEqual([refused.status, refused.body.detail], [409, 'Brief again cannot be deleted: rules name them: Short loans (GENERAL).']);
    assert.match(await administrator.page('/terms-of-use/BRIEF'), /Rules name them[^]*<a href="\/fulfillment-units\/GENERAL">Short loans \(GENERAL\)<\/a>/);
    await models.FulfillmentUnitRule.updateOne({ institutionId: 'demo', touCode: 'BRIEF' }, { $set: { deletedAt: library.clock.now } });
  });
  test('are refused while a loan that is out goes by them; one that came back is no hindrance', async () => {
    const { models } = library;
    const { _id: touId } = await models.TermsOfUse.findOne({ institutionId: 'demo', code: 'BRIEF' }).orFail().lean();
    for (const barcode of ['L1', 'L2', 'L3', 'L4']) await loan(models, 'demo', barcode, { touId });
    assert.match((await remove('BRIEF', 3)).body.detail, /^Brief again cannot be deleted: loans that are out go by them: L\d, L\d, L\d and more\.$/);
    await models.Loan.updateMany({ institutionId: 'demo', touId }, { $set: { status: 'COMPLETE' } });
    const gone = await administrator.submit('/terms-of-use/BRIEF', {}, '/terms-of-use/BRIEF/delete');
    assert.deepEqual([gone.status, gone.headers.get('location')], [303, '/terms-of-use?done=terms-removed']);
  });
});

test('an example says when a loan is due and what it costs, by the hours of the library, and saves nothing', async () => {
  const ask = (given: object) => library.call(manager, 'POST', `${HERE}/terms-of-use-examples`, { policies: book, libraryCode: 'MAIN', lentAt: '2025-02-03T19:00:00Z', ...given });
  const { body } = await ask({ itemPrice: 4250 });
  assert.equal(body.dueDate, '2025-03-04T02:00:00.000Z'); // 3 March, 21:00
  assert.deepEqual(body.late.map(({ days, fine, recalledFine }: Record<string, number>) => [days, fine, recalledFine]), [[1, 0, 0], [7, 175, 600], [30, 750, 1000]]);
  assert.deepEqual([body.replacementFee, body.processFee], [4250, 1500]);
  assert.deepEqual(pointers(await ask({ libraryCode: 'NORTH' })), ['/libraryCode']);
  assert.deepEqual(pointers(await ask({ lentAt: 'today' })), ['/lentAt']);
});

test('a circulation desk manager reads them and changes none; a purchasing operator does not see them; nobody sees those next door', async () => {
  assert.equal((await library.call(manager, 'GET', TERMS)).status, 200);
  assert.equal((await library.call(manager, 'POST', TERMS, { code: 'MINE', name: 'Mine', policies: { dueDate: month } })).status, 403);
  assert.equal((await library.call(manager, 'PUT', `${TERMS}/BOOK`, { name: 'Mine', policies: book }, { 'if-match': '"4"' })).status, 403);
  assert.equal((await library.call(administrator, 'PUT', `${TERMS}/BOOK`, { name: 'Books', policies: book })).status, 428);
  assert.equal((await library.call(buyer, 'GET', TERMS)).status, 404);
  assert.equal((await library.call(buyer, 'POST', `${HERE}/terms-of-use-examples`, { policies: book, libraryCode: 'MAIN', lentAt: '2025-02-03T19:00:00Z' })).status, 404);
  assert.equal((await get('NONE')).status, 404);
  assert.equal((await library.call(administrator, 'GET', '/api/v1/institutions/next-door/terms-of-use')).status, 404);
});

describe('the page', () => {
  const path = '/terms-of-use/BOOK';
  /** The form as a browser would send it. */
  const fieldsOf = async (visitor: Visitor) => {
    const html = await visitor.page(path);
    const inputs = [...html.matchAll(/<input ([^>]*)>/g)].flatMap(([, all = '']) => {
      const [, name = ''] = / name="([^"]*)"/.exec(` ${all}`) ?? [];
      const [, value = ''] = / value="([^"]*)"/.exec(` ${all}`) ?? [];
      return all.includes('checkbox') && !all.includes('checked') ? [] : [[name, value]];
    });
    const selects = [...html.matchAll(/<select id="([^"]+)"[^]*?<\/select>/g)].map(([all, name]) => [name, /value="([^"]*)" selected/.exec(all)?.[1] ?? '']);
    return Object.fromEntries([...inputs, ...selects]) as Record<string, string>;
  };

  test('shows what is stored come to for a loan made now', async () => {
    const html = await manager.page(path);
    assert.match(html, /Due <strong><time datetime="2025-03-04T02:00:00.000Z">/);
    assert.match(html, /7 days[\s\S]*?<td class="number">1\.75<\/td><td class="number">6\.00<\/td>/);
    assert.doesNotMatch(html, /Save terms/);
  });
  test('computes the example of what was typed, saves nothing, and says what is wrong beside its field', async () => {
    const fields = { ...(await fieldsOf(manager)), 'dueDate.value': '7', 'overdueFine.amount': '0,50', itemPrice: '42,50', do: 'example' };
    const shown = await manager.submit(path, fields);
    const html = await shown.text();
    assert.equal(shown.status, 200);
    assert.match(html, /Due <strong><time datetime="2025-02-11T02:00:00.000Z">/);
    assert.match(html, /7 days[\s\S]*?<td class="number">3\.50<\/td>/);
    assert.match(html, /replacement<\/dt><dd>42\.50 USD/);
    assert.deepEqual((await get('BOOK')).body.policies, book);

    const wrong = await manager.submit(path, { ...fields, 'dueDate.value': 'soon', lentAt: '2025-02-31T10:00', 'overdueFine.amount': '0.505' });
    const page = await wrong.text();
    assert.equal(wrong.status, 422);
    for (const field of ['dueDate.value', 'lentAt', 'overdueFine.amount']) assert.match(page, new RegExp(`id="${field}"[^>]*aria-invalid="true"`), field);
    assert.match(page, /id="dueDate\.value" name="dueDate\.value" value="soon"/);
    assert.match(page, /<a href="#overdueFine\.amount">Overdue fine, USD: &quot;0\.505&quot; was given; expected an amount, as 12\.50<\/a>/);
  });
  test('saves what was sent, all as it was but for one value, and not over a later version', async () => {
    const fields = { ...(await fieldsOf(administrator)), 'overdueFine.amount': '0.40', name: 'Books', do: 'save' };
    const saved = await administrator.post(path, fields);
    assert.deepEqual([saved.status, saved.headers.get('location')], [303, '/terms-of-use?done=terms']);
    assert.deepEqual((await get('BOOK')).body.policies, { ...book, overdueFine: { amount: 40, per: 'DAY' } });
    assert.equal((await administrator.post(path, { ...fields, 'overdueFine.amount': '0.50' })).status, 412);
    assert.equal((await manager.submit(path, { ...(await fieldsOf(manager)), do: 'save' })).status, 403);
    assert.equal((await buyer.fetch('/terms-of-use')).status, 404);
  });
});

test('nothing was written next door', async () => {
  assert.deepEqual(await everythingOf(library.models, 'next-door'), nextDoor);
});
