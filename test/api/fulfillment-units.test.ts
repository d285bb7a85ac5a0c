/** Fulfillment units, their locations and rules over REST and by their pages, and the worked example (fulfillment-loans.md, S9; data-model.md 4). */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { newId } from '../../models/document.js';
import { lendingLibrary, shelved } from '../support/desk.js';
import { idOf, user } from '../support/demo-library.js';
import { everythingOf } from '../support/store.js';
import { demoStaff, type Visitor } from './library.js';
import { openApi, type ApiLibrary } from './rest.js';

const HERE = '/api/v1/institutions/demo';
const UNITS = `${HERE}/fulfillment-units`;
const GENERAL = `${UNITS}/GENERAL`;
let library: ApiLibrary;
let administrator: Visitor;
let manager: Visitor;
let buyer: Visitor;
let auditor: Visitor;
let nextDoor: Record<string, string[]>;

beforeAll(async () => {
  library = await openApi();
  const { models } = library;
  for (const institutionId of ['demo', 'next-door']) {
    await lendingLibrary(models, institutionId);
    await models.Location.create({ institutionId, libraryCode: 'WEST', code: 'MEDIA', name: 'Films' });
    await models.TermsOfUse.create({ institutionId, code: 'HOLD', type: 'REQUEST', name: 'Holds', originKey: '#HOLD' });
    await shelved(models, institutionId, 'I1');
  }
  await user(models, 'demo', 'PROF', { userGroup: 'FACULTY' });
  await user(models, 'demo', 'NEAR', { userGroup: 'Patrons, local' });
  await models.UserIdentifier.create({ _id: 'demo:29999000', institutionId: 'demo', userId: idOf('demo', 'PROF') });
  nextDoor = await everythingOf(models, 'next-door');
  await demoStaff(library, { fulfil: 'FULFILLMENT_ADMINISTRATOR', head: 'CIRCULATION_DESK_MANAGER', buyer: 'PURCHASING_OPERATOR', auditor: 'AUDITOR' });
  [administrator, manager, buyer, auditor] = await Promise.all(['fulfil', 'head', 'buyer', 'auditor'].map((who) => library.signIn(who, 'demo'))) as [Visitor, Visitor, Visitor, Visitor];
});
afterAll(() => library.stop());

const get = (path: string, visitor = administrator) => library.call(visitor, 'GET', path);
const post = (path: string, body: unknown, visitor = administrator) => library.call(visitor, 'POST', path, body);
const put = (path: string, version: number, body: unknown, visitor = administrator) => library.call(visitor, 'PUT', path, body, { 'if-match': `"${version}"` });
const remove = (path: string, version: number, visitor = administrator) => library.call(visitor, 'DELETE', path, undefined, { 'if-match': `"${version}"` });
const pointers = ({ body }: { body: { errors?: { pointer?: string }[] } }) => body.errors?.map(({ pointer }) => pointer);
const audited = async (targetId: string) =>
  (await library.models.AuditEntry.find({ institutionId: 'demo', targetId }).sort({ _id: 1 }).lean()).map(({ action, changes }) => [action, ...changes.map(({ path }) => path)]);
const rulesIn = async (unit = 'GENERAL', query = '') => (await get(`${UNITS}/${unit}/rules${query}`)).body.items as { id: string; name: string; version: number; never: object | null }[];
const names = async (unit = 'GENERAL', query = '?type=LOAN') => (await rulesIn(unit, query)).map(({ name }) => name);
const ruleNamed = async (name: string) => (await rulesIn()).find((rule) => rule.name === name)!;
const is = (field: string, ...values: string[]) => ({ field, op: values.length === 1 ? 'EQUALS' : 'IN', values });
const faculty = { name: 'Faculty', parameters: [is('userGroup', 'FACULTY')], touCode: 'RESERVE' };

describe('a unit', () => {
  test('is listed with its locations', async () => {
    const { body } = await get(UNITS);
    assert.deepEqual(body.items.map(({ code, locations }: { code: string; locations: { libraryCode: string; code: string }[] }) => [code, ...locations.map((at) => `${at.libraryCode}/${at.code}`)]),
      [['GENERAL', 'MAIN/STACKS'], ['RESERVES', 'MAIN/RESERVE']]);
  });
  test('is created, changed by version, deleted and revived under its code, each in the audit', async () => {
    const made = await post(UNITS, { code: 'MEDIA', name: 'Films' });
    assert.deepEqual([made.status, made.headers.get('location'), made.body], [201, `${UNITS}/MEDIA`, { code: 'MEDIA', name: 'Films', enabled: true, networkUnitCode: null, owner: 'LOCAL', locations: [], version: 1 }]);
    const twice = await post(UNITS, { code: 'MEDIA', name: 'Films again' });
    assert.deepEqual([twice.status, pointers(twice)], [409, ['/code']]);
    const changed = await put(`${UNITS}/MEDIA`, 1, { name: 'Films and music', enabled: false });
    assert.deepEqual([changed.status, changed.headers.get('etag'), changed.body.enabled], [200, '"2"', false]);
    assert.equal((await put(`${UNITS}/MEDIA`, 1, { name: 'Late' })).status, 412);
    assert.equal((await library.call(administrator, 'PUT', `${UNITS}/MEDIA`, { name: 'Blind' })).status, 428);

    await post(`${UNITS}/MEDIA/rules`, { name: 'All', touCode: 'BOOK' });
    assert.equal((await remove(`${UNITS}/MEDIA`, 2)).status, 204);
    assert.equal((await get(`${UNITS}/MEDIA`)).status, 404);
    const { _id } = await library.models.FulfillmentUnit.findOne({ institutionId: 'demo', code: 'MEDIA' }).orFail().lean();
    const again = await post(UNITS, { code: 'MEDIA', name: 'Films' });
    assert.deepEqual([again.status, again.headers.get('etag'), await names('MEDIA')], [201, '"4"', []]);
    assert.deepEqual((await audited(_id)).map(([action]) => action), ['CREATE', 'CHANGE', 'DELETE', 'CREATE']);
  });
  test.each([
    ['without a name', { code: 'NEW', name: ' ' }, '/name'],
    ['with a code that no address can have', { code: 'A/B', name: 'New' }, '/code'],
    ['that follows a unit which is not the network’s', { code: 'NEW', name: 'New', networkUnitCode: 'GENERAL' }, '/networkUnitCode'],
  ])('%s is refused at that place', async (_what, body, pointer) => {
    const refused = await post(UNITS, body);
    assert.deepEqual([refused.status, pointers(refused)], [422, [pointer]]);
  });
  test('of the network is read-only, with its rules', async () => {
    const { models } = library;
    await models.FulfillmentUnit.create({ institutionId: 'demo', code: 'NZ', name: 'Network', owner: 'NETWORK', originKey: 'fulfillmentUnit:1' });
    const shared = { unitCode: 'NZ', ruleType: 'LOAN' as const, order: 1, name: 'Shared', touCode: 'BOOK', owner: 'NETWORK' as const, originKey: 'fulfillmentUnitRule:1' };
    const { _id } = await models.FulfillmentUnitRule.create({ institutionId: 'demo', ...shared });
    assert.equal((await put(`${UNITS}/NZ`, 1, { name: 'Ours' })).status, 409);
    assert.equal((await post(`${UNITS}/NZ/rules`, faculty)).status, 409);
    assert.equal((await put(`${UNITS}/NZ/rules/${_id}`, 1, { name: 'Ours', touCode: 'BOOK' })).status, 409);
    assert.equal((await remove(`${UNITS}/NZ/rules/${_id}`, 1)).status, 409);
  });
});

describe('a location', () => {
  const films = `${UNITS}/MEDIA/locations/WEST/MEDIA`;
  test('comes into a unit and goes out by its own version', async () => {
    assert.deepEqual((await get(films)).body, { libraryCode: 'WEST', code: 'MEDIA', name: 'Films', fulfillmentUnitCode: null, version: 1 });
    const added = await put(films, 1, {});
    assert.deepEqual([added.status, added.headers.get('etag'), added.body.locations], [200, '"2"', [{ libraryCode: 'WEST', code: 'MEDIA', name: 'Films', version: 2 }]]);
    assert.deepEqual([(await put(films, 1, {})).status, (await put(films, 2, {})).headers.get('etag')], [412, '"2"']);
    assert.equal((await remove(`${UNITS}/MEDIA`, 4)).status, 409, 'the unit stays as long as a location belongs to it');
    assert.equal((await remove(films, 2)).status, 204);
    assert.equal((await remove(films, 3)).status, 404);
    const { _id } = await library.models.Location.findOne({ institutionId: 'demo', code: 'MEDIA' }).orFail().lean();
    assert.deepEqual(await audited(_id), [['CHANGE', 'fulfillmentUnitCode'], ['CHANGE', 'fulfillmentUnitCode']]);
  });
  test('belongs to one unit alone, also when two ask at once', async () => {
    assert.equal((await put(`${GENERAL}/locations/MAIN/RESERVE`, 1, {})).status, 409);
    const answers = await Promise.all(['GENERAL', 'MEDIA'].map((unit) => put(`${UNITS}/${unit}/locations/WEST/MEDIA`, 3, {})));
    assert.deepEqual(answers.map(({ status }) => status).filter((status) => status === 200).length, 1);
    await library.models.Location.updateOne({ institutionId: 'demo', code: 'MEDIA' }, { $set: { fulfillmentUnitCode: null } });
    assert.equal((await get(`${UNITS}/MEDIA/locations/WEST/CELLAR`)).status, 404);
  });
});

describe('a rule', () => {
  test('with inputs is put before the default, and moves only above it', async () => {
    const made = await post(`${GENERAL}/rules`, faculty);
    assert.deepEqual([made.status, made.headers.get('location')], [201, `${GENERAL}/rules/${made.body.id}`]);
    assert.deepEqual(made.body, { id: made.body.id, ruleType: 'LOAN', enabled: true, owner: 'LOCAL', version: 1, ...faculty });
    await post(`${GENERAL}/rules`, { name: 'Students', parameters: [is('userGroup', 'STUDENT')], touCode: 'BOOK' });
    await post(`${GENERAL}/rules`, { name: 'Holds', ruleType: 'REQUEST', touCode: 'HOLD' });
    assert.deepEqual(await names(), ['Faculty', 'Students', 'All']);
    assert.deepEqual(await names('GENERAL', ''), ['Faculty', 'Students', 'All', 'Holds']);

    const [first, second, last] = [await ruleNamed('Faculty'), await ruleNamed('Students'), await ruleNamed('All')];
    const move = async ({ id }: { id: string }, before: string | null) => {
      const { version } = (await get(`${GENERAL}/rules/${id}`)).body;
      return put(`${GENERAL}/rules/${id}/place`, version, { before });
    };
    assert.equal((await move(second, first.id)).body.version, 2);
    assert.deepEqual(await names(), ['Students', 'Faculty', 'All']);
    assert.equal((await move(second, first.id)).body.version, 2, 'where it is already: no change');
    assert.deepEqual(pointers(await move(second, null)), ['/before'], 'not behind the default');
    assert.deepEqual(pointers(await move(last, first.id)), ['/before'], 'the default stays last');
    assert.deepEqual(pointers(await move(first, newId())), ['/before']);
    assert.deepEqual(await audited(second.id), [['CREATE', 'unitCode', 'order', 'ruleType', 'name', 'enabled', 'parameters', 'touCode', 'owner', 'originKey'], ['CHANGE', 'order']]);
  });
  test('finds a place also where no number is left between its neighbours, and nobody else is changed by that', async () => {
    const { models } = library;
    const { id } = (await post(`${GENERAL}/rules`, { ...faculty, name: 'Maps', parameters: [is('materialType', 'MAP')] })).body;
    const [students, professors] = [await ruleNamed('Students'), await ruleNamed('Faculty')];
    await models.FulfillmentUnitRule.updateOne({ institutionId: 'demo', _id: students.id }, { $set: { order: 0.25 } });
    await models.FulfillmentUnitRule.updateOne({ institutionId: 'demo', _id: professors.id }, { $set: { order: 0.25 + Number.EPSILON / 4 } });
    assert.deepEqual((await put(`${GENERAL}/rules/${id}/place`, 1, { before: professors.id })).headers.get('etag'), '"2"');
    assert.deepEqual(await names(), ['Students', 'Maps', 'Faculty', 'All']);
    assert.deepEqual([(await ruleNamed('Students')).version, (await ruleNamed('Faculty')).version], [students.version, professors.version]);
    assert.equal((await remove(`${GENERAL}/rules/${id}`, 2)).status, 204);
  });
  test.each([
    ['without inputs beside the default', { name: 'Other', touCode: 'BOOK' }, ['/parameters']],
    ['by terms of use that are not there', { ...faculty, touCode: 'NONE' }, ['/touCode']],
    ['by terms of use of another type', { ...faculty, touCode: 'HOLD' }, ['/touCode']],
    ['about a group that nobody is in', { ...faculty, parameters: [is('userGroup', 'FACULTY', 'PIRATES')] }, ['/parameters/0/values/1']],
    ['about a location that is not there', { ...faculty, parameters: [is('userGroup', 'FACULTY'), is('location', 'MAIN/CELLAR')] }, ['/parameters/1/values/0']],
    ['about a process that items know not', { ...faculty, parameters: [is('processType', 'ASLEEP')] }, ['/parameters/0/values/0']],
    ['about a field that loans have not', { ...faculty, parameters: [is('shoeSize', '42')] }, ['/parameters/0/field']],
    ['with a value of another type', { ...faculty, parameters: [{ field: 'itemPolicy', op: 'EQUALS', values: [7] }] }, ['/parameters/0/values']],
  ])('%s is refused at that place', async (_what, body, expected) => {
    const refused = await post(`${GENERAL}/rules`, body);
    assert.deepEqual([refused.status, pointers(refused)], [422, expected]);
  });
  test('that is the default keeps answering: it is neither switched off, nor narrowed, nor deleted beside others', async () => {
    const { id, version } = await ruleNamed('All');
    const at = `${GENERAL}/rules/${id}`;
    assert.deepEqual(pointers(await put(at, version, { name: 'All', enabled: false, touCode: 'BOOK' })), ['/enabled']);
    assert.deepEqual(pointers(await put(at, version, { ...faculty, name: 'All' })), ['/parameters']);
    assert.equal((await remove(at, version)).status, 409);
    const holds = await ruleNamed('Holds');
    assert.equal((await remove(`${GENERAL}/rules/${holds.id}`, holds.version)).status, 204, 'alone, it goes');
  });
  test('is changed and deleted by version, and one that two change at once by one of them', async () => {
    const { id, version } = await ruleNamed('Faculty');
    const at = `${GENERAL}/rules/${id}`;
    const answers = await Promise.all(['One', 'Other'].map((name) => put(at, version, { ...faculty, name })));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 412]);
    assert.equal((await put(at, version + 1, faculty)).body.name, 'Faculty');
    assert.equal((await remove(at, version)).status, 412);
    assert.equal((await get(`${UNITS}/RESERVES/rules/${id}`)).status, 404, 'it is no rule of another unit');
  });
  test('that can never decide says why', async () => {
    const made = await post(`${GENERAL}/rules`, { ...faculty, name: 'Late', parameters: [is('userGroup', 'FACULTY'), is('itemPolicy', 'SHORT')] });
    const never = async (name: string) => (await ruleNamed(name)).never;
    assert.deepEqual(await never('Late'), { reason: 'COVERED', by: (await ruleNamed('Faculty')).id });
    const at = `${GENERAL}/rules/${made.body.id}`;
    await put(at, 1, { ...faculty, name: 'Late', parameters: [is('location', 'MAIN/RESERVE')] });
    assert.deepEqual(await never('Late'), { reason: 'MATCHES_NOTHING', field: 'location' }, 'a location of another unit');
    await put(at, 2, { ...faculty, name: 'Late', enabled: false });
    assert.equal(await never('Late'), null);
    assert.equal((await remove(at, 3)).status, 204);

    await put(GENERAL, 1, { name: 'GENERAL', networkUnitCode: 'NZ' });
    assert.deepEqual((await rulesIn()).map((rule) => rule.never !== null), [true, true, true], 'the default of the network comes first');
    await put(GENERAL, 2, { name: 'GENERAL' });
  });
  test('without inputs that stands beside another, as two who ask at once may make them, is narrowed or deleted', async () => {
    const { models } = library;
    const second = { unitCode: 'RESERVES', ruleType: 'LOAN' as const, name: 'Also all', touCode: 'BOOK', originKey: '#2' };
    const { _id } = await models.FulfillmentUnitRule.create({ institutionId: 'demo', ...second, order: 0.5 });
    const at = `${UNITS}/RESERVES/rules/${_id}`;
    assert.equal((await put(`${at}/place`, 1, { before: null })).status, 200);
    assert.deepEqual(await names('RESERVES'), ['All', 'Also all']);
    assert.equal((await put(at, 2, { ...faculty, name: 'Also all' })).status, 200);
    await models.FulfillmentUnitRule.updateOne({ institutionId: 'demo', _id }, { $set: { parameters: [] } });
    assert.equal((await remove(at, 3)).status, 204);
  });
  test('that becomes the default goes to the end', async () => {
    const first = await post(`${UNITS}/MEDIA/rules`, faculty);
    await post(`${UNITS}/MEDIA/rules`, { ...faculty, name: 'Students', parameters: [is('userGroup', 'STUDENT')] });
    await put(`${UNITS}/MEDIA/rules/${first.body.id}`, 1, { name: 'Everybody', touCode: 'BOOK' });
    assert.deepEqual(await names('MEDIA'), ['Students', 'Everybody']);
  });
});

describe('an example', () => {
  const ask = (patron: string, barcode = 'I1', visitor = manager) => post(`${HERE}/fulfillment-rule-examples`, { patron, barcode }, visitor);
  test('says which rule decides for a patron and an item, and what each above was compared with', async () => {
    const { body } = await ask('U1');
    assert.deepEqual([body.libraryCode, body.locationCode, body.unitCode, body.touCode, body.refused], ['MAIN', 'STACKS', 'GENERAL', 'BOOK', null]);
    assert.deepEqual(body.tried.map(({ name, matches, inputs }: never) => [name, matches, inputs]), [
      ['Students', true, [{ ...is('userGroup', 'STUDENT'), value: 'STUDENT', holds: true }]],
    ]);
    const ofProfessor = (await ask('PROF')).body;
    assert.deepEqual(ofProfessor.tried.map(({ name, matches }: never) => [name, matches]), [['Students', false], ['Faculty', true]]);
    assert.equal(ofProfessor.touCode, 'RESERVE');
    for (const known of [idOf('demo', 'PROF'), '29999000']) assert.deepEqual((await ask(known)).body, ofProfessor, known);
  });
  test('is what the desk does', async () => {
    const { models } = library;
    await shelved(models, 'demo', 'I2');
    await models.Item.updateOne({ institutionId: 'demo', barcode: 'I2' }, { $set: { currentLocationCode: 'CELLAR' } });
    assert.deepEqual([(await ask('U1', 'I2')).body.refused, (await ask('U1', 'I2')).body.unitCode], ['NO_FULFILLMENT_UNIT', null]);
    const lent = await post(`${HERE}/loans`, { loanId: newId(), barcode: 'I2', user: 'U1' });
    assert.equal(lent.body.errors?.[0]?.code ?? lent.status, 'NO_FULFILLMENT_UNIT');
    await put(GENERAL, 3, { name: 'GENERAL', enabled: false });
    assert.equal((await ask('U1')).body.refused, 'FULFILLMENT_UNIT_DISABLED');
    await put(GENERAL, 4, { name: 'GENERAL' });
    await models.TermsOfUse.updateOne({ institutionId: 'demo', code: 'BOOK' }, { $set: { deletedAt: library.clock.now } });
    assert.deepEqual([(await ask('U1')).body.refused, (await ask('U1')).body.touCode], ['TOU_MISSING', 'BOOK']);
    await models.TermsOfUse.updateOne({ institutionId: 'demo', code: 'BOOK' }, { $set: { deletedAt: null } });
  });
  test('of nobody, or of no item, is refused at that place; it is not for those who may not know patrons', async () => {
    const refused = await ask('NOBODY', 'NOTHING');
    assert.deepEqual([refused.status, pointers(refused)], [422, ['/patron', '/barcode']]);
    assert.equal((await ask('U1', 'I1', auditor)).status, 403);
    assert.equal((await ask('U1', 'I1', buyer)).status, 404);
  });
});

test('a circulation desk manager reads units and rules and changes none; a purchasing operator does not see them; nobody sees those next door', async () => {
  const reserves = `${UNITS}/RESERVES`;
  const [{ id } = { id: '' }] = await rulesIn('RESERVES');
  const calls: [string, string, object?][] = [
    ['GET', UNITS], ['GET', reserves], ['GET', `${reserves}/rules`], ['GET', `${reserves}/rules/${id}`], ['GET', `${reserves}/locations/MAIN/RESERVE`],
    ['POST', UNITS, { code: 'MINE', name: 'Mine' }], ['PUT', reserves, { name: 'Mine' }], ['DELETE', reserves],
    ['PUT', `${reserves}/locations/MAIN/RESERVE`, {}], ['DELETE', `${reserves}/locations/MAIN/RESERVE`],
    ['POST', `${reserves}/rules`, faculty], ['PUT', `${reserves}/rules/${id}`, faculty], ['PUT', `${reserves}/rules/${id}/place`, { before: null }], ['DELETE', `${reserves}/rules/${id}`],
  ];
  const statuses = async (visitor: Visitor) => Promise.all(calls.map(async ([method, path, body]) => (await library.call(visitor, method, path, body, { 'if-match': '"1"' })).status));
  assert.deepEqual(await statuses(manager), [...Array<number>(5).fill(200), ...Array<number>(9).fill(403)]);
  assert.deepEqual(await statuses(buyer), Array<number>(14).fill(404));
  assert.equal((await get('/api/v1/institutions/next-door/fulfillment-units')).status, 404);
});

describe('the pages', () => {
  const path = '/fulfillment-units/GENERAL';
  const reordered = async (button: RegExp) => {
    const html = await administrator.page(path);
    const [, before = ''] = button.exec(html) ?? assert.fail(`no button ${String(button)}`);
    return before;
  };
  /** The choice of every field that a rule may ask about, as a browser sends them. */
  const choices = Object.fromEntries(['userGroup', 'location', 'itemPolicy', 'materialType', 'processType', 'jobCategory'].map((field) => [`${field}.0.choice`, 'IS']));

  test('name the locations of no unit, and lead to each unit', async () => {
    const html = await manager.page('/fulfillment-units');
    assert.match(html, /Locations of no unit, where nothing can be lent: Films \(WEST\/MEDIA\)/);
    assert.match(html, /href="\/fulfillment-units\/GENERAL"[\s\S]*MAIN\/STACKS/);
    assert.doesNotMatch(html, /New fulfillment unit/);
    assert.match(await manager.page('/configuration'), /href="\/fulfillment-units"/);
    assert.equal((await buyer.fetch('/fulfillment-units')).status, 404);
  });
  test('show the rules in their order with their inputs in words, and no buttons to those who may not change them', async () => {
    const html = await manager.page(path);
    assert.match(html, /1\. <a[^>]*>Students<\/a>[\s\S]*User group is STUDENT[\s\S]*2\. <a[^>]*>Faculty<\/a>[\s\S]*3\. <a[^>]*>All<\/a>[\s\S]*Whatever no rule above matches/);
    assert.doesNotMatch(html, /Move |Save |Add a rule/);
  });
  test('move a rule up and down and switch it off, by buttons', async () => {
    const { id } = await ruleNamed('Faculty');
    const at = `${path}/rules/${id}`;
    const up = await administrator.submit(path, { before: await reordered(/value="([^"]*)" title="Move up">[^]*?Move Faculty up/) }, `${at}/move`);
    assert.deepEqual([up.status, up.headers.get('location'), await names()], [303, `${path}?done=rule-moved#loan`, ['Faculty', 'Students', 'All']]);
    await administrator.submit(path, { before: await reordered(/value="([^"]*)" title="Move down">[^]*?Move Faculty down/) }, `${at}/move`);
    assert.deepEqual(await names(), ['Students', 'Faculty', 'All']);
    const [, token = ''] = /name="token" value="([^"]+)"/.exec(await administrator.page(path)) ?? [];
    const { version } = await ruleNamed('Faculty');
    const off = await administrator.post(`${at}/enabled`, { token, version: String(version), enabled: 'no' });
    assert.deepEqual([off.status, (await get(`${GENERAL}/rules/${id}`)).body.enabled], [303, false]);
    assert.equal((await administrator.post(`${at}/enabled`, { token, version: String(version), enabled: 'yes' })).status, 412);
    await administrator.post(`${at}/enabled`, { token, version: String(version + 1), enabled: 'yes' });
  });
  test('make a rule of what was chosen: one value or several, ticked or typed; what is empty does not matter', async () => {
    const fields = {
      ...choices, once: newId(), name: 'Maps for some', enabled: '1', touCode: 'RESERVE', 'userGroup.0.ticked': ['FACULTY', 'Patrons, local'], 'materialType.0.choice': 'IS_NOT', 'materialType.0.values': 'BOOK, DVD', 'jobCategory.0.choice': 'IS_EMPTY',
    };
    const clicked = await Promise.all([1, 2].map(() => administrator.submit(`${path}/rules/new?type=LOAN`, fields, `${path}/rules/new`)));
    assert.ok(clicked.some(({ status }) => status === 303));
    assert.deepEqual(await names(), ['Students', 'Faculty', 'Maps for some', 'All'], 'two clicks make one rule');
    const { id } = await ruleNamed('Maps for some');
    assert.deepEqual((await get(`${GENERAL}/rules/${id}`)).body.parameters, [is('userGroup', 'FACULTY', 'Patrons, local'), { field: 'materialType', op: 'NOT_IN', values: ['BOOK', 'DVD'] }, { field: 'jobCategory', op: 'IS_EMPTY', values: [] }]);
    const html = await administrator.page(`${path}/rules/${id}`);
    assert.match(html, /name="userGroup\.0\.ticked" value="Patrons, local" checked/);
    assert.match(html, /name="materialType\.0\.values" value="BOOK, DVD"/);
    assert.match(html, /<details class="more" open>/);
  });
  test('say beside its field what is wrong, with everything that was typed', async () => {
    const { id } = await ruleNamed('Maps for some');
    const at = `${path}/rules/${id}`;
    const wrong = await administrator.submit(at, { ...choices, name: ' ', touCode: 'GONE', 'userGroup.0.ticked': 'PIRATES', 'processType.0.values': 'ASLEEP' });
    assert.equal(wrong.status, 422);
    assert.match(await wrong.text(), /id="name"[^>]*aria-invalid/);
    const unknown = await (await administrator.submit(at, { ...choices, name: 'Maps', touCode: 'GONE', 'userGroup.0.ticked': 'PIRATES', 'processType.0.values': 'ASLEEP' })).text();
    for (const field of ['touCode', 'userGroup.0', 'processType.0']) assert.match(unknown, new RegExp(`id="${field.replace('.', '\\.')}-error"`), field);
    assert.match(unknown, /value="PIRATES" checked> PIRATES \(not here\)/);
    const none = await (await administrator.submit(at, { ...choices, name: 'Maps', touCode: 'BOOK' })).text();
    assert.match(none, /id="inputs-error"/);
    assert.equal((await administrator.submit(at, {}, `${at}/delete`)).headers.get('location'), `${path}?done=rule-removed#loan`);
  });
  test('put ticked locations into the unit and take unticked ones out, and leave what others did meanwhile', async () => {
    const html = await administrator.page(path);
    assert.match(html, /value="MAIN\/RESERVE" disabled> RESERVE <span class="note">\(in RESERVES\)/);
    const saved = await administrator.submit(path, { locations: ['WEST/MEDIA'], before: ['MAIN/STACKS'] }, `${path}/locations`);
    assert.deepEqual([saved.status, saved.headers.get('location')], [303, `${path}?done=unit-locations`]);
    const own = async () => (await get(GENERAL)).body.locations.map((each: { libraryCode: string; code: string }) => `${each.libraryCode}/${each.code}`);
    assert.deepEqual(await own(), ['WEST/MEDIA']);
    await administrator.submit(path, { locations: ['MAIN/STACKS'], before: [] }, `${path}/locations`);
    assert.deepEqual(await own(), ['MAIN/STACKS', 'WEST/MEDIA']);
    assert.equal((await administrator.submit(path, { locations: ['MAIN/RESERVE'], before: [] }, `${path}/locations`)).status, 409);
  });
  test('work an example through: which rules did not match and why, and what the terms of use say', async () => {
    const html = await (await manager.submit(path, { patron: 'PROF', barcode: 'I1' }, `${path}/example`)).text();
    assert.match(html, /The item is at MAIN\/STACKS, which belongs to <a href="\/fulfillment-units\/GENERAL">GENERAL<\/a>/);
    assert.match(html, /Does not match[\s\S]*Students[\s\S]*User group is STUDENT: here it is FACULTY[\s\S]*Matches[\s\S]*Faculty/);
    assert.match(html, /Lent by <a href="\/terms-of-use\/RESERVE">RESERVE<\/a>[\s\S]*Lent for<\/dt><dd>2 hours; a due date on closed time moves to the next open day/);
    const none = await manager.submit(path, { patron: 'PROF', barcode: 'NOTHING' }, `${path}/example`);
    assert.equal(none.status, 422);
    assert.match(await none.text(), /id="barcode-error"/);
    assert.doesNotMatch(await auditor.page(path), /Show the example/);
  });
  test('create a unit, change it, and delete it without locations', async () => {
    const made = await administrator.submit('/new-fulfillment-unit', { code: 'OLD', name: 'Old books' });
    assert.deepEqual([made.status, made.headers.get('location')], [303, '/fulfillment-units/OLD?done=unit']);
    assert.match(await (await administrator.submit('/new-fulfillment-unit', { code: 'OLD', name: 'Old books' })).text(), /id="code-error"/);
    assert.match(await administrator.page('/fulfillment-units/OLD'), /There is no rule: nothing can be lent/);
    await administrator.submit('/fulfillment-units/OLD', { name: 'Rare books' });
    assert.match(await administrator.page('/fulfillment-units/OLD'), /Disabled: nothing is lent/);
    assert.doesNotMatch(await administrator.page(path), /\/GENERAL\/delete/);
    const gone = await administrator.submit('/fulfillment-units/OLD', {}, '/fulfillment-units/OLD/delete');
    assert.deepEqual([gone.status, gone.headers.get('location')], [303, '/fulfillment-units?done=unit-removed']);
  });
  test('tell of a rule whose terms of use are gone', async () => {
    await library.models.TermsOfUse.updateOne({ institutionId: 'demo', code: 'RESERVE' }, { $set: { deletedAt: library.clock.now } });
    assert.match(await manager.page(path), /RESERVE are gone/);
    await library.models.TermsOfUse.updateOne({ institutionId: 'demo', code: 'RESERVE' }, { $set: { deletedAt: null } });
  });
});

test('nothing was written next door', async () => {
  assert.deepEqual(await everythingOf(library.models, 'next-door'), nextDoor);
});
