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
  await models.Library.create({ institutionId: 'hill', code: 'MAIN', name: 'Of Hill' });
  await models.PatronLimit.create({ institutionId: 'hill', userGroup: 'STUDENT', maxOwedAmount: 1 });
  for (const model of ['AutoRenewalRule', 'DemeritRule', 'AnonymizationRule'] as const) {
    await models[model].collection.insertOne({ _id: newId(), institutionId: 'hill', table: 'LOANS', order: 1, name: 'Of Hill', enabled: true, parameters: [], output: false, version: 1 } as never);
  }
  await models.User.updateOne({ institutionId: 'riverside', primaryId: 'manager' }, { $set: { userGroup: 'STUDENT' } });
  await models.Library.create({ institutionId: 'riverside', code: 'MAIN', name: 'Main Library' });
  await models.Location.create({ institutionId: 'riverside', libraryCode: 'MAIN', code: 'STACKS', name: 'Stacks' });
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

const named = { name: 'Students', parameters: [{ field: 'userGroup', op: 'EQUALS', values: ['STUDENT'] }], enabled: true };
const ruleTables = [
  ['auto-renewal-rules', 'AutoRenewalRule', { ...named, output: true }, { name: 'Readers' }, null],
  ['demerit-rules', 'DemeritRule', { ...named, output: { basis: 'PER_DAY', points: 10, maxPoints: 200 } }, { name: 'Readers' }, null],
  ['anonymization-rules/loans', 'AnonymizationRule', { ...named, output: false }, { name: 'Readers' }, null],
] as const;

describe.each([
  ...ruleTables,
  ['block-definitions', 'UserBlockDefinition', { code: 'ADDRESS', description: 'Proof of address is missing', blockedActions: ['LOAN'] }, { description: 'Bring a proof of address' }, '/code'],
  ['libraries', 'Library', { code: 'WEST', name: 'West Branch', inheritsCalendar: true, email: 'west@lib.example', defaultReplacementCost: 4000 }, { name: 'West', email: null, inheritsCalendar: false }, '/code'],
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

  test('stand once under a key, where they have one, and know no other field', async () => {
    const { body } = await create(table, content);
    if (key !== null) assert.deepEqual(refusedAt(await create(table, content)), [409, key]);
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
    assert.match(await wrong.text(), new RegExp(`<li><a href="#${field}">[A-Z][^<:]*: [^<]* given; expected [^]*id="${field}"[^>]* aria-invalid="true"`));
    const deleted = await administrator.post(`${page}/delete`, await fieldsOf(administrator, page));
    assert.equal(deleted.headers.get('location'), `/${table}?done=record-removed`);
    assert.equal((await administrator.fetch(page)).status, 404);
  });
});

test.each(ruleTables)('a new record of %s is made once by two clicks on Save', async (table, _target, content) => {
  const { body: like } = await create(table, content);
  const { once } = await fieldsOf(administrator, `/${table}/new`);
  const typed = { ...(await fieldsOf(administrator, `/${table}/${like.id}`)), once: once! };
  const click = async () => (await administrator.post(`/${table}/new`, typed)).headers.get('location');
  assert.deepEqual([await click(), await click()], [`/${table}?done=record`, `/${table}?done=record`]);
  const { items } = (await library.call(manager, 'GET', at(table))).body;
  const alike = items.filter(({ name }: { name: string }) => name === content.name);
  assert.equal(alike.length, 2, 'the one it is like, and the new one');
  for (const record of alike) await remove(table, record);
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

test('a library stays while something is in it', async () => {
  const [main] = (await library.call(manager, 'GET', at('libraries'))).body.items;
  assert.deepEqual([main.code, (await remove('libraries', main)).body.detail], ['MAIN', 'The library MAIN stays: a location is in it.']);
  assert.deepEqual(refusedAt(await put('libraries', main, { code: 'EAST', name: 'East' })), [422, '/code']);
  assert.deepEqual(refusedAt(await create('libraries', { code: 'EAST', name: 'East', email: 'nobody', shortLoanOpeningOffsetMinutes: -1 })), [422, '/email', '/shortLoanOpeningOffsetMinutes']);
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
    assert.match(await wrong.text(), /<a href="#owed">Owes, EUR: &quot;much&quot; was given; expected an amount, as 12\.50<\/a>[^]*id="owed"[^>]*aria-invalid="true"/);
    assert.equal((await library.call(buyer, 'POST', `${RIVERSIDE}/patron-limit-examples`, { userGroup: 'STUDENT' })).status, 404);
    assert.equal((await remove('patron-limits', body)).status, 204);
  });
});

describe.each(ruleTables)('%s as an ordered table', (table, _target, content) => {
  const names = async () => (await library.call(manager, 'GET', at(table))).body.items.map(({ name }: { name: string }) => name);

  test('a new rule comes last, and one that is moved stands where it was put, with its entry in the audit', async () => {
    const made = [];
    for (const name of ['One', 'Two', 'Three']) made.push((await create(table, { ...content, name })).body);
    const [one, two, three] = made;
    const place = ({ id, version }: { id: string; version: number }, before: string | null, visitor = administrator) =>
      library.call(visitor, 'PUT', `${at(table, id)}/place`, { before }, { 'if-match': `"${version}"` });
    const moved = await place(three, two.id);
    assert.deepEqual([moved.status, moved.headers.get('etag'), await names()], [200, '"2"', ['One', 'Three', 'Two']]);
    assert.deepEqual([(await place(one, null)).status, await names()], [200, ['Three', 'Two', 'One']]);
    assert.deepEqual([(await place({ ...three, version: 2 }, two.id)).headers.get('etag'), await names()], ['"2"', ['Three', 'Two', 'One']], 'it stands there already');
    assert.deepEqual(refusedAt(await place(two, newId())), [422, '/before']);
    const page = `/${table}`;
    const down = { version: '2', before: one.id }; // of the row of Three, the first
    assert.match(await administrator.page(page), new RegExp(`action="${page}/${three.id}/place"[^]*?name="version" value="2"[^]*?value="${one.id}" title="Move down"`));
    const token = (await fieldsOf(administrator, `${page}/${three.id}`))['token']!;
    assert.equal((await administrator.post(`${page}/${three.id}/place`, { token, ...down })).headers.get('location'), `${page}?done=record-moved`);
    assert.deepEqual(await names(), ['Two', 'Three', 'One']);
    assert.equal((await administrator.post(`${page}/${three.id}/place`, { token, ...down })).status, 412);
    assert.doesNotMatch(await manager.page(page), /Move down/);
    assert.deepEqual([(await place(three, null)).status, (await place(two, null, manager)).status, (await place(two, null, buyer)).status], [412, 403, 404]);
    const entry = await library.models.AuditEntry.findOne({ institutionId: 'riverside', targetId: three.id, action: 'CHANGE' }).orFail().lean();
    assert.deepEqual(entry.changes.map(({ path }) => path), ['order']);
    for (const { id } of made) assert.equal((await remove(table, (await library.call(manager, 'GET', at(table, id))).body)).status, 204);
  });

  test.each([
    ['about what there is not', { field: 'colour', op: 'EQUALS', values: ['red'] }, '/parameters/0/field'],
    ['with an order of texts', { field: 'userGroup', op: 'LESS_THAN', values: ['STUDENT'] }, '/parameters/0/op'],
    ['with two values for one', { field: 'userGroup', op: 'EQUALS', values: ['STUDENT', 'STAFF'] }, '/parameters/0/values'],
    ['about a group that nobody is in', { field: 'userGroup', op: 'IN', values: ['STUDENT', 'STUDNT'] }, '/parameters/0/values/1'],
    ['about a library that there is not', { field: 'library', op: 'EQUALS', values: ['MAINE'] }, '/parameters/0/values/0'],
  ])('a rule %s is refused at that place', async (_what, parameter, pointer) => {
    assert.deepEqual(refusedAt(await create(table, { ...content, parameters: [parameter] })), [422, pointer]);
  });
});

describe('automatic renewal', () => {
  test('is decided by the first rule that matches, and where none does there is none', async () => {
    const table = 'auto-renewal-rules';
    const films = (await create(table, { name: 'No films', parameters: [{ field: 'materialType', op: 'EQUALS', values: ['DVD'] }], output: false })).body;
    const students = (await create(table, { ...named, output: true })).body;
    const example = async (given: object) => (await library.call(manager, 'POST', `${RIVERSIDE}/auto-renewal-rule-examples`, given)).body;
    assert.deepEqual(await example({ userGroup: 'STUDENT', materialType: 'BOOK' }), { rule: { id: students.id, name: 'Students' }, output: true });
    assert.deepEqual(await example({ userGroup: 'STUDENT', materialType: 'DVD' }), { rule: { id: films.id, name: 'No films' }, output: false });
    assert.deepEqual(await example({ userGroup: 'STAFF' }), { rule: null, output: false });
    for (const rule of [films, students]) assert.equal((await remove(table, rule)).status, 204);
  });
});

describe('anonymization', () => {
  const keep = (op: string, days: number, output: boolean) => ({ name: 'A rule', parameters: [{ field: 'daysSinceEnd', op, values: [days] }], output });
  test.each([
    ['keeps only what is older: it would have been anonymised before', keep('GREATER_THAN', 30, false), '/parameters/0/op'],
    ['anonymises only what is younger: it would not be there to be kept', keep('LESS_THAN', 30, true), '/parameters/0/op'],
    ['asks for one day alone, on which the job may not run', keep('EQUALS', 30, false), '/parameters/0/op'],
    ['keeps for no day at all', keep('LESS_THAN', 0, false), '/parameters/0/values'],
    ['keeps for half a day', keep('LESS_THAN', 0.5, false), '/parameters/0/values'],
    ['asks for the loan before the first', { ...keep('LESS_THAN', 1, false), parameters: [{ field: 'loanRankOnItem', op: 'EQUALS', values: [0] }] }, '/parameters/0/values'],
  ])('is refused by a rule that %s', async (_what, rule, pointer) => {
    assert.deepEqual(refusedAt(await create('anonymization-rules/loans', rule)), [422, pointer]);
  });

  test('has a table each for loans, fees, requests and borrowing requests, which ask what these have', async () => {
    const made = [];
    for (const table of ['loans', 'fees', 'requests', 'borrowing-requests']) {
      const { body } = await create(`anonymization-rules/${table}`, { ...keep('LESS_THAN', 7, false), name: table });
      made.push({ table: `anonymization-rules/${table}`, body });
      const asksForLibrary = await create(`anonymization-rules/${table}`, { name: 'x', parameters: [{ field: 'library', op: 'EQUALS', values: ['MAIN'] }], output: false });
      assert.equal(asksForLibrary.status, table === 'loans' || table === 'requests' ? 201 : 422, table);
      if (asksForLibrary.status === 201) await remove(`anonymization-rules/${table}`, asksForLibrary.body);
    }
    for (const { table, body } of made) {
      assert.deepEqual((await library.call(manager, 'GET', at(table))).body.items, [body]);
      assert.equal((await library.call(manager, 'GET', at(table === 'anonymization-rules/fees' ? 'anonymization-rules/loans' : 'anonymization-rules/fees', body.id))).status, 404, 'not in the table beside');
    }
    const example = async (daysSinceEnd: number) => (await library.call(manager, 'POST', `${RIVERSIDE}/anonymization-rules/loan-examples`, { daysSinceEnd })).body;
    assert.deepEqual([(await example(6)).output, await example(7)], [false, { rule: null, output: true }]);
    for (const { table, body } of made) assert.equal((await remove(table, body)).status, 204);
  });
});

describe('demerits', () => {
  const settings = `${RIVERSIDE}/demerit-settings`;
  const set = (version: number, body: object) => library.call(administrator, 'PUT', settings, body, { 'if-match': `"${version}"` });
  const limits = { threshold: 100, historyDays: 365, suspensionDays: 14 };

  test('have settings by default, and others once they are set, with those of single groups', async () => {
    assert.deepEqual((await library.call(manager, 'GET', settings)).body, { ...limits, byUserGroup: [], version: 0 });
    const faculty = { userGroup: 'FACULTY', threshold: 500, historyDays: 30, suspensionDays: 1 };
    const first = await set(0, { ...limits, byUserGroup: [faculty] });
    assert.deepEqual([first.status, first.headers.get('etag'), first.body.byUserGroup], [200, '"1"', [faculty]]);
    assert.equal((await set(0, limits)).status, 412);
    assert.equal((await set(1, { ...limits, threshold: 50 })).headers.get('etag'), '"2"');
    const entries = await library.models.AuditEntry.find({ institutionId: 'riverside', targetType: 'FulfillmentSettings' }).sort({ _id: 1 }).lean();
    assert.deepEqual(entries.map(({ action, changes }) => [action, changes.map(({ path }) => path)]), [['CREATE', ['demerits']], ['CHANGE', ['demerits.threshold', 'demerits.byUserGroup']]]);
    assert.deepEqual([(await library.call(manager, 'PUT', settings, limits, { 'if-match': '"2"' })).status, (await library.call(buyer, 'GET', settings)).status], [403, 404]);
  });
  test.each([
    ['a threshold without days', { threshold: 100 }, '/historyDays'],
    ['a suspension of no days', { ...limits, suspensionDays: 0 }, '/suspensionDays'],
    ['a group twice', { ...limits, byUserGroup: [{ userGroup: 'STAFF', ...limits }, { userGroup: 'STAFF', ...limits }] }, '/byUserGroup/1/userGroup'],
    ['a threshold of a group without days', { ...limits, byUserGroup: [{ userGroup: 'STAFF', threshold: 1 }] }, '/byUserGroup/0/historyDays'],
  ])('refuse %s', async (_what, given, pointer) => {
    const { status, body } = await set(2, given);
    assert.deepEqual([status, body.errors[0].pointer], [422, pointer]);
  });
  test('refuse a rule that gives more for one unit than for all of them', async () => {
    assert.deepEqual(refusedAt(await create('demerit-rules', { name: 'x', output: { points: 10, maxPoints: 9 } })), [422, '/output/maxPoints']);
  });

  test('come to what the return desk would give: examples 1 and 4 of users-remove-blocks', async () => {
    const { models } = library;
    await models.Policy.create({ institutionId: 'riverside', code: 'grace', type: 'gracePeriod', name: 'Two days', value: { value: 2, unit: 'DAYS', excludedFromFine: false }, originKey: '#g' });
    await models.Policy.create({ institutionId: 'riverside', code: 'month', type: 'dueDate', name: 'A month', value: { kind: 'PERIOD', unit: 'DAYS', value: 28 }, originKey: '#d' });
    await models.TermsOfUse.create({
      institutionId: 'riverside', code: 'BOOK', type: 'LOAN', name: 'Book', originKey: '#b', policies: [{ type: 'gracePeriod', policyCode: 'grace' }, { type: 'dueDate', policyCode: 'month' }],
    });
    const { version } = (await library.call(manager, 'GET', settings)).body;
    await set(version, limits);
    const rule = (await create('demerit-rules', { name: 'Late returns', output: { basis: 'PER_DAY', points: 10, maxPoints: 200 } })).body;
    const example = async (daysLate: number, given: object = {}) => {
      const { status, body } = await library.call(manager, 'POST', `${RIVERSIDE}/demerit-examples`, { userGroup: 'STUDENT', library: 'MAIN', termsOfUse: 'BOOK', daysLate, ...given });
      return status === 200 ? [body.points, body.total, body.suspendedUntil] : [status, ...body.errors.map(({ pointer }: { pointer: string }) => pointer)];
    };
    assert.deepEqual(await example(1), [0, 0, null], 'in the grace');
    assert.deepEqual(await example(10), [100, 100, null], 'exactly the threshold');
    assert.deepEqual(await example(12), [120, 120, '2026-05-26T22:00:00.000Z']);
    assert.deepEqual(await example(30), [200, 200, '2026-05-26T22:00:00.000Z']);
    assert.deepEqual(await example(6, { pointsBefore: 50 }), [60, 110, '2026-05-26T22:00:00.000Z']);
    assert.deepEqual(await example(6, { library: 'NORTH', termsOfUse: 'MAPS' }), [422, '/library', '/termsOfUse']);
    assert.equal((await remove('demerit-rules', rule)).status, 204);
  });
});

describe('fulfillment settings', () => {
  const settings = `${RIVERSIDE}/fulfillment-settings`;
  const read = async () => (await library.call(manager, 'GET', settings)).body;
  const set = (version: number, body: object) => library.call(administrator, 'PUT', settings, body, { 'if-match': `"${version}"` });

  test('are set over REST, with the demerits left as they are, and by their page', async () => {
    const { version, ...before } = await read();
    assert.deepEqual(before, {
      overdueAtLostLoan: false, overdueFineOnLostReturn: 'TO_RETURN_DATE', closePaidLostLoans: true, separatePatronNotificationsByLibrary: false, maxLoansPerLetter: 200, staffFeeTypes: [], staffFeeTypeNames: {},
    });
    const changed = await set(version, { ...before, overdueAtLostLoan: true, staffFeeTypes: ['COPY_CARD'] });
    assert.deepEqual([changed.status, changed.body], [200, { ...before, overdueAtLostLoan: true, staffFeeTypes: ['COPY_CARD'], version: version + 1 }]);
    const entry = await library.models.AuditEntry.findOne({ institutionId: 'riverside', targetLabel: 'Fulfillment settings' }).orFail().lean();
    const of = (name: string) => entry.changes.filter(({ path }) => path === name).map(({ after }) => after);
    assert.deepEqual([of('overdueAtLostLoan'), of('staffFeeTypes'), of('demerits')], [[true], [['COPY_CARD']], []]);
    assert.deepEqual([(await set(version, before)).status, (await library.call(manager, 'PUT', settings, before, { 'if-match': `"${version + 1}"` })).status, (await library.call(buyer, 'GET', settings)).status], [412, 403, 404]);

    const page = '/fulfillment-settings';
    const fields = await fieldsOf(administrator, page);
    const saved = await administrator.post(page, { ...fields, overdueFineOnLostReturn: 'NONE', staffFeeTypes: 'COPY_CARD, LOCKER_KEY', maxLoansPerLetter: '50' });
    assert.equal(saved.headers.get('location'), `${page}?done=record`);
    const after = await read();
    assert.deepEqual([after.overdueFineOnLostReturn, after.staffFeeTypes, after.maxLoansPerLetter, after.closePaidLostLoans], ['NONE', ['COPY_CARD', 'LOCKER_KEY'], 50, true]);
    const wrong = await (await administrator.post(page, { ...(await fieldsOf(administrator, page)), overdueFineOnLostReturn: 'NONE', staffFeeTypes: 'Copy card', maxLoansPerLetter: '0' })).text();
    assert.match(wrong, /Loans in a letter, at most: 0 was given; expected 1 or more<[^]*<a href="#staffFeeTypes">Types of your own: &quot;Copy card&quot; was given; expected capital letters/);
    assert.match(await manager.page('/configuration'), /href="\/fulfillment-settings"/);

    const names = { COPY_CARD: { en: 'Copy card', de: 'Kopierkarte' } };
    const named = await set(after.version, { ...Object.fromEntries(Object.entries(after).filter(([name]) => name !== 'version')), staffFeeTypeNames: names });
    assert.deepEqual([named.status, named.body.staffFeeTypeNames], [200, names]);
    const shown = await fieldsOf(administrator, page);
    assert.deepEqual([shown['staffFeeTypeNames.COPY_CARD.de'], shown['staffFeeTypeNames.LOCKER_KEY.de']], [['Kopierkarte'], ['']]);
    await administrator.post(page, { ...shown, overdueFineOnLostReturn: 'NONE', 'staffFeeTypeNames.COPY_CARD.de': '', 'staffFeeTypeNames.LOCKER_KEY.fr': 'Clé de casier' });
    assert.deepEqual((await read()).staffFeeTypeNames, { COPY_CARD: { en: 'Copy card' }, LOCKER_KEY: { fr: 'Clé de casier' } });
    const tooLong = await administrator.post(page, { ...(await fieldsOf(administrator, page)), overdueFineOnLostReturn: 'NONE', 'staffFeeTypeNames.COPY_CARD.de': 'x'.repeat(101) });
    assert.match(await tooLong.text(), /<a href="#staffFeeTypeNames\.COPY_CARD\.de">Copy card in German: 101 signs were given; expected at most 100<\/a>/);
    await administrator.post(page, { ...(await fieldsOf(administrator, page)), overdueFineOnLostReturn: 'NONE', staffFeeTypes: 'LOCKER_KEY' });
    assert.deepEqual((await read()).staffFeeTypeNames, { LOCKER_KEY: { fr: 'Clé de casier' } }, 'a type that goes takes its names along');
    assert.doesNotMatch(await manager.page(page), /<button class="button primary"/);
    assert.equal((await buyer.fetch(page)).status, 404);
  });
  test.each([
    ['a type of fee that a rule charges', { staffFeeTypes: ['OVERDUE_FINE'] }, '/staffFeeTypes/0'], ['a type twice', { staffFeeTypes: ['CARD', 'CARD'] }, '/staffFeeTypes/1'],
    ['no loans in a letter', { maxLoansPerLetter: 0 }, '/maxLoansPerLetter'], ['a name of a type that there is not', { staffFeeTypeNames: { CARD: { en: 'Card' } } }, '/staffFeeTypeNames/CARD'],
    ['a name in a language without letters', { staffFeeTypes: ['CARD'], staffFeeTypeNames: { CARD: { tlh: 'Card' } } }, '/staffFeeTypeNames/CARD/tlh'],
  ])('refuse %s', async (_what, given, pointer) => {
    assert.deepEqual(refusedAt(await set((await read()).version, given)), [422, pointer]);
  });
});

test('the institution says where its letters lead, by REST and by its page, if the general administrator does', async () => {
  const ada = await library.signIn('admin');
  const path = `${RIVERSIDE}/institution`;
  const { status, body: { version, ...before } } = await library.call(ada, 'GET', path);
  assert.deepEqual([status, before], [200, { name: 'Riverside City Library', defaultLanguage: 'en', publicAccountUrl: null, readingListsUrl: null }]);
  const set = (seen: number, body: object, visitor = ada) => library.call(visitor, 'PUT', path, body, { 'if-match': `"${seen}"` });
  const account = 'https://my.library.example';
  assert.deepEqual((await set(version, { ...before, publicAccountUrl: account })).body, { ...before, publicAccountUrl: account, version: version + 1 });
  const entry = await library.models.AuditEntry.findOne({ institutionId: 'riverside', targetType: 'Institution' }).orFail().lean();
  assert.deepEqual(entry.changes.map(({ path: place, after }) => [place, after]), [['settings.publicAccountUrl', account]]);
  assert.deepEqual([(await set(version, before)).status, (await set(version + 1, before, administrator)).status, (await library.call(administrator, 'GET', path)).status], [412, 403, 403]);
  for (const [given, place] of [[{ defaultLanguage: 'xx' }, '/defaultLanguage'], [{ publicAccountUrl: 'my.library' }, '/publicAccountUrl'], [{ readingListsUrl: 'ftp://lists.example' }, '/readingListsUrl'], [{ name: ' ' }, '/name']] as const) {
    assert.deepEqual(refusedAt(await set(version + 1, { ...before, ...given })), [422, place]);
  }
  const fields = await fieldsOf(ada, '/institution');
  assert.equal((await ada.post('/institution', { ...fields, defaultLanguage: 'de-AT', publicAccountUrl: '' })).headers.get('location'), '/institution?done=record');
  assert.match(await (await ada.post('/institution', { ...(await fieldsOf(ada, '/institution')), defaultLanguage: 'tlh' })).text(), /&quot;tlh&quot; was given; expected a language with letters: /);
  const after = (await library.call(ada, 'GET', path)).body;
  assert.deepEqual([after.defaultLanguage, after.publicAccountUrl], ['de-AT', null]);
  assert.equal((await administrator.fetch('/institution')).status, 403);
});

test('mail is paused and let go again by whoever keeps the institution, and every page says so meanwhile', async () => {
  const ada = await library.signIn('admin');
  const path = `${RIVERSIDE}/institution/mail`;
  const { status, body: { version, ...before } } = await library.call(ada, 'GET', path);
  assert.deepEqual([status, before], [200, { paused: false, maxPerMinute: 3000 }]);
  const set = (seen: number, body: object, visitor = ada) => library.call(visitor, 'PUT', path, body, { 'if-match': `"${seen}"` });
  assert.deepEqual((await set(version, { paused: true, maxPerMinute: 600 })).body, { paused: true, maxPerMinute: 600, version: version + 1 });
  assert.match(await buyer.page('/'), /class="banner warning">[^]*Mail is paused: letters wait until it is let go again\.<\/span>/);
  assert.match(await ada.page('/'), /Mail is paused[^<]*<a href="\/institution#mail">/);
  assert.deepEqual([(await set(version, before)).status, (await set(version + 1, before, administrator)).status, (await library.call(administrator, 'GET', path)).status], [412, 403, 403]);
  for (const [given, place] of [[{ maxPerMinute: 0 }, '/maxPerMinute'], [{ paused: 'no' }, '/paused'], [{ until: 'noon' }, '/until']] as const) {
    assert.deepEqual(refusedAt(await set(version + 1, { ...before, ...given })), [422, place]);
  }
  const mail = (fields: Record<string, string>) => ada.submit('/institution', fields, '/institution/mail');
  assert.match(await (await mail({ paused: '1', maxPerMinute: 'many' })).text(), /<a href="#maxPerMinute">Letters in a minute, at most: &quot;many&quot; was given; expected a number/);
  assert.equal((await mail({ maxPerMinute: '600', reason: 'The relay is back' })).headers.get('location'), '/institution?done=record');
  assert.doesNotMatch(await ada.page('/'), /Mail is paused/);
  const entries = await library.models.AuditEntry.find({ institutionId: 'riverside', targetType: 'Institution', action: /_MAIL$/ }).sort({ _id: 1 }).lean();
  assert.deepEqual(entries.map(({ action, reason, changes }) => [action, reason, changes.map(({ path: place, after }) => [place, after])]), [
    ['PAUSE_MAIL', null, [['mailPaused', true], ['mailMaxPerMinute', 600]]], ['RESUME_MAIL', 'The relay is back', [['mailPaused', false]]],
  ]);
});

test('the operator sets zone and currency: jobs are scheduled anew and none counts as missed, and the currency stays once money is booked', async () => {
  const [ada, operator] = [await library.signIn('admin'), await library.signIn('operator')];
  await operator.submit('/institutions', { code: 'riverside' });
  const { models, reconciled, clock } = library;
  const path = `${RIVERSIDE}/institution/zone-and-currency`;
  const { body: { version, ...before } } = await library.call(ada, 'GET', path);
  assert.deepEqual(before, { timeZone: 'Europe/Berlin', currency: 'EUR' });
  const set = (seen: number, body: object, visitor = operator) => library.call(visitor, 'PUT', path, body, { 'if-match': `"${seen}"` });
  assert.deepEqual([(await set(version, before, ada)).status, (await set(version - 1, before)).status], [403, 412]);
  for (const [given, status, place] of [[{ timeZone: 'Berlin' }, 422, '/timeZone'], [{ currency: 'Euro' }, 422, '/currency'], [{ currency: 'JPY' }, 409, '/currency']] as const) {
    assert.deepEqual(refusedAt(await set(version, { ...before, ...given })), [status, place]);
  }
  reconciled.length = 0;
  assert.deepEqual((await set(version, { timeZone: 'America/New_York', currency: 'USD' })).body, { timeZone: 'America/New_York', currency: 'USD', version: version + 1 });
  const active = await models.ScheduledJob.find({ institutionId: 'riverside', active: true }).sort({ _id: 1 }).lean();
  assert.deepEqual(reconciled.toSorted(), active.map(({ _id }) => _id));
  assert.ok(active.length > 0 && active.every(({ lastOccurrenceAt }) => lastOccurrenceAt?.getTime() === clock.now.getTime()));

  await models.Fee.collection.insertOne({ _id: newId(), institutionId: 'riverside', dedupeKey: 'one' } as never);
  assert.deepEqual(refusedAt(await set(version + 1, before)), [409, '/currency']);
  const page = await operator.page('/institution');
  assert.match(page, /<option value="America\/New_York" selected>[^]*id="currency" name="currency" value="USD" [^>]*readonly[^]*It stays: money is booked in USD already\./);
  const changed = await operator.submit('/institution', { timeZone: 'Europe/Berlin', currency: 'EUR', reason: 'Moved' }, '/institution/zone-and-currency');
  assert.match(await changed.text(), /<a href="#currency">Currency: &quot;EUR&quot; was given; expected USD: money is booked in USD already<\/a>/);
  await models.Fee.collection.deleteOne({ institutionId: 'riverside', dedupeKey: 'one' });
  const back = await operator.submit('/institution', { timeZone: 'Europe/Berlin', currency: 'EUR', reason: 'Moved' }, '/institution/zone-and-currency');
  assert.equal(back.headers.get('location'), '/institution?done=record');
  const { reason, changes } = await models.AuditEntry.findOne({ institutionId: 'riverside', targetType: 'Institution' }).sort({ _id: -1 }).orFail().lean();
  assert.deepEqual([reason, changes.map(({ path: place, before: was, after }) => [place, was, after])], ['Moved', [['timeZone', 'America/New_York', 'Europe/Berlin'], ['currency', 'USD', 'EUR']]]);
  assert.match(await ada.page('/institution'), /<dt>Time zone<\/dt><dd>Europe\/Berlin<\/dd>[^]*The operator of the platform sets them/);
});

describe('a block preference', () => {
  const preferences = `${RIVERSIDE}/block-preferences`;
  const set = (code: string, version: number, body: object) => library.call(administrator, 'PUT', `${preferences}/${code}`, body, { 'if-match': `"${version}"` });

  test('stops lending and renewing until somebody says otherwise, each condition under its own version', async () => {
    const usual = { actions: ['LOAN', 'RENEW'], handling: 'BLOCK', version: 0 };
    const { body } = await library.call(manager, 'GET', preferences);
    assert.deepEqual(body.items, ['CASH_LIMIT', 'OVERDUE_LIMIT', 'OVERDUE_RECALL_LIMIT', 'ITEM_REQUESTED'].map((code) => ({ code, ...usual })));
    const answers = await Promise.all([set('CASH_LIMIT', 0, { actions: ['LOAN'] }), set('CASH_LIMIT', 0, { actions: [] })]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 412], 'two at once');
    const changed = await set('CASH_LIMIT', 1, { actions: ['RENEW'] });
    assert.deepEqual([changed.headers.get('etag'), changed.body], ['"2"', { code: 'CASH_LIMIT', actions: ['RENEW'], handling: 'BLOCK', version: 2 }]);
    assert.equal((await set('ITEM_REQUESTED', 0, { actions: ['LOAN', 'RENEW'], handling: 'HANDLE_AUTOMATICALLY' })).status, 200);
    const entries = await library.models.AuditEntry.find({ institutionId: 'riverside', targetType: 'BlockPreference' }).sort({ _id: 1 }).lean();
    assert.deepEqual(entries.map(({ action, targetLabel }) => [action, targetLabel]), [['CREATE', 'CASH_LIMIT'], ['CHANGE', 'CASH_LIMIT'], ['CREATE', 'ITEM_REQUESTED']]);
    assert.deepEqual([(await library.call(manager, 'PUT', `${preferences}/CASH_LIMIT`, { actions: [] }, { 'if-match': '"2"' })).status, (await library.call(buyer, 'GET', preferences)).status], [403, 404]);
    await library.models.BlockPreference.deleteMany({ institutionId: 'riverside' });
  });
  test('of a limit is not handled automatically, and there is none of another condition', async () => {
    assert.deepEqual(refusedAt(await set('OVERDUE_LIMIT', 0, { actions: [], handling: 'HANDLE_AUTOMATICALLY' })), [422, '/handling']);
    assert.deepEqual(refusedAt(await set('OVERDUE_LIMIT', 0, { actions: ['HOLD'] })), [422, '/actions/0']);
    assert.equal((await set('COLOUR', 0, { actions: [] })).status, 422);
  });
});

describe('the pages', () => {
  test('make a rule of what was chosen, and say at the row what is wrong with an input', async () => {
    const fields = { ...(await fieldsOf(administrator, '/anonymization-rules/loans/new')), name: 'A week', output: 'false' };
    const input = (days: string, choice = 'LESS') => ({ ...fields, 'daysSinceEnd.0.choice': choice, 'daysSinceEnd.0.values': days, 'userGroup.0.choice': 'IS_NOT', 'userGroup.0.values': ['STUDENT'] });
    for (const wrong of [input('soon'), input('7', 'MORE')]) {
      const html = await (await administrator.post('/anonymization-rules/loans/new', wrong)).text();
      assert.match(html, /<fieldset id="daysSinceEnd\.0" aria-describedby="daysSinceEnd\.0-error">/);
      assert.match(html, /value="STUDENT" checked/);
    }
    assert.equal((await administrator.post('/anonymization-rules/loans/new', input('7'))).headers.get('location'), '/anonymization-rules/loans?done=record');
    const [rule] = (await library.call(manager, 'GET', at('anonymization-rules/loans'))).body.items;
    assert.deepEqual(rule.parameters, [{ field: 'daysSinceEnd', op: 'LESS_THAN', values: [7] }, { field: 'userGroup', op: 'NOT_EQUALS', values: ['STUDENT'] }]);
    assert.match(await manager.page('/anonymization-rules/loans'), /Days since it was returned is less than 7[\s\S]*User group is not STUDENT/);
    assert.match(await manager.page('/anonymization-rules/loans?example=1&daysSinceEnd=6&userGroup='), /Kept<\/span><\/span>\s*By the rule “A week”/);
    assert.match(await manager.page('/anonymization-rules/loans?example=1&daysSinceEnd=7&userGroup='), /Anonymised<\/span><\/span>\s*No rule matches/);
    assert.equal((await remove('anonymization-rules/loans', rule)).status, 204);
  });

  test('say of a rule that a rule above takes all of it', async () => {
    const made = [];
    for (const name of ['Everything', 'Nothing left']) made.push((await create('auto-renewal-rules', { name, output: true })).body);
    assert.match(await manager.page('/auto-renewal-rules'), /Nothing left[\s\S]*Never reached: Everything takes all of it/);
    for (const rule of made) await remove('auto-renewal-rules', rule);
  });

  test('give points by a rule, and ask whether a recall counts', async () => {
    const fields = { ...(await fieldsOf(administrator, '/demerit-rules/new')), name: 'Recalled', 'recalled.0.choice': 'YES' };
    const wrong = await administrator.post('/demerit-rules/new', { ...fields, 'output.points': '20', 'output.maxPoints': '10' });
    assert.match(await wrong.text(), /id="output\.maxPoints"[^>]* aria-invalid="true"/);
    assert.equal((await administrator.post('/demerit-rules/new', { ...fields, 'output.points': '20', 'output.maxPoints': '' })).status, 303);
    const [rule] = (await library.call(manager, 'GET', at('demerit-rules'))).body.items;
    assert.deepEqual([rule.parameters, rule.output], [[{ field: 'recalled', op: 'EQUALS', values: [true] }], { basis: 'PER_DAY', points: 20, maxPoints: null }]);
    assert.match(await manager.page('/demerit-rules'), /Recalled: yes[\s\S]*20 for each day late/);
    const page = await manager.page('/demerit-rules?example=1&daysLate=6&pointsBefore=0&termsOfUse=BOOK&library=MAIN&recalled=1');
    assert.match(page, /120 points<\/span><\/span>\s*By the rule “Recalled”[\s\S]*Suspended<[\s\S]*Until Wed 27 May 2026/);
    assert.equal((await remove('demerit-rules', rule)).status, 204);
  });

  test('set when points suspend, a group by its row; an emptied row goes, and what is wrong stands in its row', async () => {
    const page = '/demerit-settings';
    const row = (at: number, userGroup: string, threshold: string) => ({
      [`byUserGroup/${at}/userGroup`]: userGroup, [`byUserGroup/${at}/threshold`]: threshold, [`byUserGroup/${at}/historyDays`]: '30', [`byUserGroup/${at}/suspensionDays`]: '7',
    });
    const stored = async () => (await library.call(manager, 'GET', `${RIVERSIDE}/demerit-settings`)).body;
    const { version } = await stored();
    const fields = await fieldsOf(administrator, page);
    assert.equal((await administrator.post(page, { ...fields, ...row(0, 'FACULTY', '500'), ...row(1, 'PUBLIC', '50'), threshold: '90' })).headers.get('location'), '/demerit-rules?done=record');
    const groups = [{ userGroup: 'FACULTY', threshold: 500, historyDays: 30, suspensionDays: 7 }, { userGroup: 'PUBLIC', threshold: 50, historyDays: 30, suspensionDays: 7 }];
    assert.deepEqual(await stored(), { threshold: 90, historyDays: 365, suspensionDays: 14, byUserGroup: groups, version: version + 1 });
    assert.equal((await administrator.post(page, fields)).status, 412);
    const again = await fieldsOf(administrator, page);
    const wrong = await administrator.post(page, { ...again, ...row(0, '', ''), ...row(1, 'PUBLIC', 'many') });
    assert.match(await wrong.text(), /<a href="#byUserGroup\/1\/threshold">Points, at most: &quot;many&quot; was given;[^]* id="byUserGroup\/1\/threshold"[^>]* aria-invalid="true"/);
    assert.equal((await administrator.post(page, { ...again, ...row(0, '', '') })).status, 303);
    assert.deepEqual((await stored()).byUserGroup, groups.slice(1));
    assert.doesNotMatch(await manager.page(page), /<button class="button primary"/);
    assert.equal((await buyer.fetch(page)).status, 404);
  });

  test('say what a condition stops, each by its own form', async () => {
    const page = '/block-preferences';
    const stored = async (code: string) => (await library.call(manager, 'GET', `${RIVERSIDE}${page}/${code}`)).body;
    const token = (await fieldsOf(administrator, '/patron-limits/new'))['token']!;
    assert.equal((await administrator.post(`${page}/CASH_LIMIT`, { token, version: '0', actions: ['LOAN'] })).headers.get('location'), `${page}?done=record`);
    assert.deepEqual(await stored('CASH_LIMIT'), { code: 'CASH_LIMIT', actions: ['LOAN'], handling: 'BLOCK', version: 1 });
    assert.equal((await administrator.post(`${page}/CASH_LIMIT`, { token, version: '0', actions: [] })).status, 412);
    assert.equal((await administrator.post(`${page}/ITEM_REQUESTED`, { token, version: '0', actions: ['LOAN', 'RENEW'], handling: 'HANDLE_AUTOMATICALLY' })).status, 303);
    assert.equal((await stored('ITEM_REQUESTED')).handling, 'HANDLE_AUTOMATICALLY');
    const wrong = await (await administrator.post(`${page}/ITEM_REQUESTED`, { token, version: '1', actions: ['READ'], handling: 'BLOCK' })).text();
    assert.match(wrong, /<a href="#ITEM_REQUESTED-actions">[^<:]+: &quot;READ&quot; was given; [^]* id="ITEM_REQUESTED-actions-error"/);
    assert.doesNotMatch(await manager.page(page), /<button class="button">Save/);
    assert.equal((await buyer.fetch(page)).status, 404);
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
