/**
 * Small tables of configuration over REST and by their pages: what every one of them keeps to, what each refuses, and what its example says
 * (fulfillment-loans.md, S9, notifications-courtesy-and-renewals, users-remove-blocks; platform.md 11, 12, 17).
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { newId } from '../../models/document.js';
import { everythingOf } from '../support/store.js';
import type { Visitor } from './library.js';
import { openApi, RIVERSIDE, type Answer, type ApiLibrary } from './rest.js';

let library: ApiLibrary;
let administrator: Visitor;
let manager: Visitor;
let buyer: Visitor;
let onTheHill: Record<string, string[]>;

beforeAll(async () => {
  library = await openApi();
  const { models } = library;
  await models.UserBlockDefinition.create({ institutionId: 'hill', code: 'OVERDUE', description: 'Of Hill', blockedActions: ['LOAN'] });
  await models.PatronLimit.create({ institutionId: 'hill', userGroup: 'STUDENT', maxOwedAmount: 1 });
  [administrator, manager, buyer] = [await library.signIn('fulfil'), await library.signIn('manager'), await library.signIn('buyer')];
  onTheHill = await everythingOf(models, 'hill');
});
afterAll(() => library.stop());

const at = (table: string, id?: string) => `${RIVERSIDE}/${table}${id === undefined ? '' : `/${id}`}`;
const create = (table: string, body: object) => library.call(administrator, 'POST', at(table), body);
const put = (table: string, { id, version }: { id: string; version: number }, body: object) =>
  library.call(administrator, 'PUT', at(table, id), body, { 'if-match': `"${version}"` });
const remove = (table: string, { id, version }: { id: string; version: number }) =>
  library.call(administrator, 'DELETE', at(table, id), undefined, { 'if-match': `"${version}"` });
const refusedAt = ({ status, body }: Answer) => [status, ...body.errors.map(({ pointer }: { pointer?: string }) => pointer)];

describe.each([
  ['block-definitions', 'UserBlockDefinition', { code: 'ADDRESS', description: 'Proof of address is missing', blockedActions: ['LOAN'] }, { description: 'Bring a proof of address' }, '/code'],
  ['patron-limits', 'PatronLimit', { userGroup: 'STAFF', maxOwedAmount: 5000 }, { maxOwedAmount: 2500 }, '/userGroup'],
] as const)('%s', (table, target, content, change, key) => {
  test('are made, listed, replaced and deleted, each with its entry in the audit', async () => {
    const made = await create(table, content);
    assert.deepEqual([made.status, made.headers.get('etag'), made.headers.get('location')], [201, '"1"', at(table, made.body.id)]);
    const listed = await library.call(manager, 'GET', at(table));
    assert.deepEqual(listed.body.items.at(-1), made.body);
    const changed = await put(table, made.body, { ...content, ...change });
    assert.deepEqual([changed.status, changed.headers.get('etag'), changed.body], [200, '"2"', { ...made.body, ...change, version: 2 }]);
    assert.deepEqual([(await put(table, changed.body, { ...content, ...change })).headers.get('etag')], ['"2"'], 'the same again is no change');
    assert.deepEqual([(await put(table, made.body, content)).status, (await remove(table, made.body)).status], [412, 412]);
    assert.equal((await remove(table, changed.body)).status, 204);
    assert.equal((await library.call(manager, 'GET', at(table, made.body.id))).status, 404);

    const entries = await library.models.AuditEntry.find({ institutionId: 'riverside', targetType: target, targetId: made.body.id }).sort({ _id: 1 }).lean();
    assert.deepEqual(entries.map(({ action, changeKey }) => [action, changeKey]), [['CREATE', '1'], ['CHANGE', '2'], ['DELETE', '3']]);
    assert.deepEqual(entries[1]!.changes, Object.entries(change).map(([path, after]) => ({ path, before: Reflect.get(content, path), after })));
  });

  test('stand once under their key, and know no other field', async () => {
    const { body } = await create(table, content);
    assert.deepEqual(refusedAt(await create(table, content)), [409, key]);
    assert.deepEqual(refusedAt(await create(table, { ...content, colour: 'red' })), [422, '/colour']);
    assert.equal((await remove(table, body)).status, 204);
  });

  test('are changed by whoever configures, read by whoever sees, and not there for anybody else', async () => {
    const { body } = await create(table, content);
    const headers = { 'if-match': '"1"' };
    assert.equal((await library.call(administrator, 'PUT', at(table, body.id), content)).status, 428);
    for (const [method, path, given] of [['POST', at(table), content], ['PUT', at(table, body.id), content], ['DELETE', at(table, body.id), undefined]] as const) {
      assert.equal((await library.call(manager, method, path, given, method === 'POST' ? {} : headers)).status, 403, method);
      assert.equal((await library.call(buyer, method, path, given, method === 'POST' ? {} : headers)).status, 404, method);
    }
    assert.doesNotMatch(await manager.page(`/${table}/${body.id}`), /Delete|<button class="button primary"/);
    assert.deepEqual([(await manager.fetch(`/${table}/new`)).status, (await buyer.fetch(`/${table}`)).status], [403, 404]);
    assert.equal((await remove(table, body)).status, 204);
  });

  test('of another institution are neither listed nor found', async () => {
    const other = { id: String((await library.models[target].collection.findOne({ institutionId: 'hill' }))?._id), version: 1 };
    assert.match(other.id, /^[0-9a-f]{24}$/);
    assert.ok((await library.call(administrator, 'GET', at(table))).body.items.every(({ id }: { id: string }) => id !== other.id));
    assert.equal((await library.call(administrator, 'GET', at(table, other.id))).status, 404);
    assert.deepEqual([(await put(table, other, content)).status, (await remove(table, other)).status], [404, 404]);
    assert.equal((await administrator.fetch(`/${table}/${other.id}`)).status, 404);
  });

  test('have a form that saves all as it was but for what was typed, and not over a later version', async () => {
    const { body } = await create(table, content);
    const page = `/${table}/${body.id}`;
    const fields = await fieldsOf(administrator, page);
    assert.equal((await administrator.post(page, fields)).headers.get('location'), `/${table}?done=record`);
    assert.deepEqual((await library.call(manager, 'GET', at(table, body.id))).body, body, 'nothing was typed, nothing has changed');

    const field = Object.keys(change)[0]!;
    const typed = { ...fields, [field]: String(Object.values(change)[0]) };
    assert.equal((await administrator.post(page, typed)).status, 303);
    assert.equal((await administrator.post(page, typed)).status, 412);
    const wrong = await administrator.post(page, { ...(await fieldsOf(administrator, page)), [field]: ' '.repeat(3) + '-1,x'.repeat(200) });
    assert.equal(wrong.status, 422);
    assert.match(await wrong.text(), new RegExp(`id="${field}"[^>]* aria-invalid="true"`));
    const deleted = await administrator.post(`${page}/delete`, await fieldsOf(administrator, page));
    assert.equal(deleted.headers.get('location'), `/${table}?done=record-removed`);
    assert.equal((await administrator.fetch(page)).status, 404);
  });
});

describe('a block definition', () => {
  const definition = { code: 'OVERDUE', description: 'Long overdue items', blockedActions: ['LOAN', 'RENEW'] };
  test.each([
    ['without anything that it stops', { blockedActions: [] }, '/blockedActions'],
    ['that stops what there is not', { blockedActions: ['READ'] }, '/blockedActions/0'],
    ['that tells the patron nothing', { description: '  ' }, '/description'],
  ])('%s is refused', async (_what, given, pointer) => {
    assert.deepEqual(refusedAt(await create('block-definitions', { ...definition, ...given })), [422, pointer]);
  });

  test('keeps its code; while an overdue profile places it, it stays and stays active', async () => {
    const { body } = await create('block-definitions', definition);
    assert.deepEqual(refusedAt(await put('block-definitions', body, { ...definition, code: 'LATE' })), [422, '/code']);
    const profile = await library.models.OverdueLostProfile.create({
      institutionId: 'riverside', name: 'First notice', type: 'OVERDUE_NOTIFICATION_1', daysAfterDueDate: 1, blockUser: true, blockDefinitionId: body.id, blockMode: 'UNTIL_RETURNED',
    });
    assert.deepEqual(refusedAt(await put('block-definitions', body, { ...definition, active: false })), [422, '/active']);
    const stays = await remove('block-definitions', body);
    assert.deepEqual([stays.status, stays.body.errors[0].message], [409, 'It cannot be deleted: the overdue profile "First notice" places it']);
    const page = `/block-definitions/${body.id}`;
    const shown = await administrator.post(`${page}/delete`, await fieldsOf(administrator, page));
    assert.deepEqual([shown.status, /href="#delete">It cannot be deleted: the overdue profile &quot;First notice&quot; places it/.test(await shown.text())], [422, true]);
    await profile.deleteOne();
    assert.equal((await put('block-definitions', body, { ...definition, active: false })).status, 200);
    await library.models.UserBlockDefinition.deleteOne({ institutionId: 'riverside', _id: body.id });
  });

  test('that a patron has is not deleted; once the block has ended it is', async () => {
    const { body } = await create('block-definitions', definition);
    const block = await library.models.UserBlock.create({
      institutionId: 'riverside', userId: newId(), definitionId: body.id, code: 'OVERDUE', blockedActions: ['LOAN'], source: 'STAFF', status: 'ACTIVE', mode: 'MANUAL',
      startsAt: library.clock.now, activeKey: 'a patron',
    });
    const stays = await remove('block-definitions', body);
    assert.deepEqual([stays.status, stays.body.detail], [409, 'The block definition OVERDUE stays: 1 patron has such a block.']);
    await block.updateOne({ status: 'EXPIRED', activeKey: `#${block._id}` });
    assert.equal((await remove('block-definitions', body)).status, 204);
    await library.models.UserBlock.deleteOne({ institutionId: 'riverside', _id: block._id });
  });
});

describe('a patron limit', () => {
  test.each([
    ['that limits nothing', {}, '/maxOwedAmount'],
    ['below nothing', { maxOverdueLoans: -1 }, '/maxOverdueLoans'],
    ['beyond every library', { maxOverdueRecalls: 10_001 }, '/maxOverdueRecalls'],
    ['of no group', { userGroup: '', maxOverdueLoans: 1 }, '/userGroup'],
  ])('%s is refused', async (_what, given, pointer) => {
    assert.deepEqual(refusedAt(await create('patron-limits', { userGroup: 'STUDENT', ...given })), [422, pointer]);
  });

  test('allows as much as it says and no more, as its example shows by the block preferences', async () => {
    const { body } = await create('patron-limits', { userGroup: 'STUDENT', maxOwedAmount: 2000, maxOverdueLoans: 0 });
    const example = async (given: object) => (await library.call(manager, 'POST', `${RIVERSIDE}/patron-limit-examples`, { userGroup: 'STUDENT', ...given })).body;
    assert.deepEqual(await example({ owed: 2000 }), { loan: null, renew: null });
    assert.deepEqual(await example({ owed: 2001 }), { loan: 'CASH_LIMIT', renew: 'CASH_LIMIT' });
    assert.deepEqual(await example({ userGroup: 'STAFF', owed: 2001 }), { loan: null, renew: null });
    const preference = await library.models.BlockPreference.create({ institutionId: 'riverside', code: 'OVERDUE_LIMIT', actions: ['LOAN'] });
    assert.deepEqual(await example({ overdueLoans: 1 }), { loan: 'OVERDUE_LIMIT', renew: null });
    await preference.deleteOne();

    const page = await manager.page('/patron-limits?example=1&userGroup=STUDENT&owed=20%2C01&overdueLoans=0&overdueRecalls=0');
    assert.match(page, /The patron cannot borrow: owes more than the limit\.[\s\S]*The patron cannot renew: owes more than the limit\./);
    const wrong = await manager.fetch('/patron-limits?example=1&userGroup=STUDENT&owed=much&overdueLoans=1&overdueRecalls=2');
    assert.equal(wrong.status, 422);
    assert.match(await wrong.text(), /id="owed"[^>]*aria-invalid="true"/);
    assert.equal((await library.call(buyer, 'POST', `${RIVERSIDE}/patron-limit-examples`, { userGroup: 'STUDENT' })).status, 404);
    assert.equal((await remove('patron-limits', body)).status, 204);
  });
});

test('nothing was written on the hill', async () => {
  assert.deepEqual(await everythingOf(library.models, 'hill'), onTheHill);
});

/** The form of a page as a browser would send it. */
async function fieldsOf(visitor: Visitor, page: string): Promise<Record<string, string | string[]>> {
  const html = await visitor.page(page);
  const form = html.slice(html.indexOf(`action="${page}"`), html.indexOf('</form>', html.indexOf(`action="${page}"`)));
  const fields = new Map<string, string[]>();
  const add = (name: string, value: string) => fields.set(name, [...(fields.get(name) ?? []), value]);
  for (const [, all = ''] of form.matchAll(/<input ([^>]*)>/g)) {
    const of = (attribute: string) => new RegExp(` ${attribute}="([^"]*)"`).exec(` ${all}`)?.[1] ?? '';
    if (!all.includes('checkbox') || all.includes(' checked')) add(of('name'), of('value').replaceAll('&#x3D;', '='));
  }
  for (const [all, name = ''] of form.matchAll(/<select id="([^"]+)"[^]*?<\/select>/g)) add(name, /value="([^"]*)" selected/.exec(all)?.[1] ?? '');
  return Object.fromEntries(fields);
}
