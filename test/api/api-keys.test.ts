/** API keys: made and revoked by staff, used by programs (platform.md 11, 12 and 17). */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest';
import { everythingOf } from '../support/store.js';
import { aRun, jobNamed, NOON, Visitor } from './library.js';
import { openApi, RIVERSIDE, type ApiLibrary } from './rest.js';

const KEYS = `${RIVERSIDE}/api-keys`;
const inAYear = '2027-05-12T22:00:00.000Z'; // the end of 12 May 2027 in Berlin
let library: ApiLibrary;
let ada: Visitor;
let ofHill: Record<string, string[]>;

beforeAll(async () => {
  library = await openApi();
  ofHill = await everythingOf(library.models, 'hill');
  ada = await library.signIn('admin');
});
afterAll(() => library.stop());
beforeEach(() => {
  library.clock.now = NOON;
});

const after = (milliseconds: number) => new Date(NOON.getTime() + milliseconds);
const fields = { name: 'Koha bridge', roles: ['FULFILLMENT_ADMINISTRATOR'], expiresAt: inAYear };
const make = async (given: object = {}, headers = {}) => library.call(ada, 'POST', KEYS, { ...fields, ...given }, headers);
/** A new key, and a program that sends it. */
async function program(given: object = {}) {
  const { body } = await make(given);
  const call = (method: string, path: string, sent?: unknown, headers: Record<string, string> = {}) =>
    library.call(new Visitor(library.address), method, path, sent, { authorization: `Bearer ${body.key}`, ...headers });
  return { id: body.id as string, key: body.key as string, call };
}
const stored = (id: string) => library.models.ApiKey.findOne({ institutionId: 'riverside', _id: id }).orFail().lean();
const entriesOf = (id: string) => library.models.AuditEntry.find({ institutionId: 'riverside', targetType: 'ApiKey', targetId: id }).sort({ _id: 1 }).lean();
const runsOf = async (jobKey: string) => `${RIVERSIDE}/scheduled-jobs/${(await jobNamed(library, jobKey))._id}/runs`;

describe('a key is made', () => {
  test('by who may give roles, and told once: the store and its audit know a hash', async () => {
    const { status, headers, body } = await make();
    assert.deepEqual([status, headers.get('etag'), headers.get('location')], [201, '"1"', `${KEYS}/${body.id}`]);
    assert.match(body.key, /^alm_riverside_[\w-]{43}$/);
    assert.deepEqual([body.prefix, body.state, body.expiresAt, body.lastUsedAt], [body.key.slice(14, 22), 'ACTIVE', inAYear, null]);

    const { body: read } = await library.call(ada, 'GET', `${KEYS}/${body.id}`);
    assert.ok(!('key' in read));
    const [entry] = await entriesOf(body.id);
    assert.deepEqual([entry?.action, entry?.actor.name, entry?.changes.find(({ path }) => path === 'hash')?.after], ['CREATE', 'Ada Winter', 'changed']);
    const everything = JSON.stringify(await everythingOf(library.models, 'riverside'));
    assert.ok(!everything.includes(body.key.slice(22)), 'the secret is in the store');
  });

  test('once for one Idempotency-Key, and a repeated answer does not tell it again', async () => {
    const first = await make({}, { 'idempotency-key': 'MAKE' });
    const second = await make({}, { 'idempotency-key': 'MAKE' });
    assert.deepEqual([second.status, second.headers.get('idempotency-replayed'), second.body], [201, 'true', { ...first.body, key: null }]);
    const everything = JSON.stringify(await everythingOf(library.models, 'riverside'));
    assert.ok(!everything.includes(first.body.key.slice(22)), 'the secret is in the store');
  });

  test.each([
    ['without an end', { expiresAt: undefined }, '/expiresAt', /nothing was given/],
    ['that ended', { expiresAt: NOON.toISOString() }, '/expiresAt', /expected today or a later day, at the latest Wed 12 May 2027/],
    ['for more than a year', { expiresAt: '2027-05-12T22:00:00.001Z' }, '/expiresAt', /expected today or a later day, at the latest Wed 12 May 2027/],
    ['without a role', { roles: [] }, '/roles', /\[\] was given; expected at least one role/],
    ['with the operator’s role', { roles: ['PLATFORM_OPERATOR'] }, '/roles/0', /"PLATFORM_OPERATOR" was given/],
    ['without a name', { name: ' ' }, '/name', /^nothing was given; expected a text$/],
  ])('not %s', async (_what, given, pointer, says) => {
    const count = await library.models.ApiKey.countDocuments({ institutionId: 'riverside' });
    const { status, body } = await make(given);
    assert.equal(status, 422);
    assert.equal(body.errors[0].pointer, pointer);
    assert.match(body.errors[0].message, says);
    assert.equal(await library.models.ApiKey.countDocuments({ institutionId: 'riverside' }), count);
  });

  test('by nobody whose roles give none, and by no key', async () => {
    const femi = await library.signIn('fulfil');
    assert.equal((await library.call(femi, 'GET', KEYS)).status, 403);
    assert.equal((await library.call(femi, 'POST', KEYS, fields)).status, 403);
    const { id, call } = await program({ roles: ['GENERAL_SYSTEM_ADMINISTRATOR'] });
    assert.equal((await call('GET', `${KEYS}/${id}`)).status, 200);
    assert.equal((await call('POST', KEYS, fields)).status, 403);
  });
});

describe('a program with a key', () => {
  test('may what its roles give in its institution; no other institution exists, and no page', async () => {
    const { key, call } = await program();
    assert.equal((await call('GET', `${RIVERSIDE}/overdue-profiles`)).status, 200);
    assert.equal((await call('GET', `${RIVERSIDE}/letters`)).status, 403);
    assert.equal((await call('GET', '/api/v1/institutions/hill/overdue-profiles')).status, 404);
    assert.deepEqual((await call('GET', '/api/v1/institutions')).body.items.map(({ code }: { code: string }) => code), ['riverside']);
    const page = await fetch(`${library.address}/monitor-jobs/scheduled`, { headers: { authorization: `Bearer ${key}` }, redirect: 'manual' });
    assert.equal(page.headers.get('location'), '/sign-in?to=%2Fmonitor-jobs%2Fscheduled');
  });

  test('starts runs by the API under its own name, in the audit as well', async () => {
    const { id, call } = await program({ name: 'Night watch' });
    const { status, body } = await call('POST', await runsOf('loans-overdue-and-lost'), { kind: 'RUN' }, { 'idempotency-key': 'N-1' });
    assert.equal(status, 202);
    assert.deepEqual([body.trigger, body.submittedBy], ['API', { type: 'API_KEY', id, name: 'Night watch' }]);
    const entry = await library.models.AuditEntry.findOne({ institutionId: 'riverside', targetId: body.id, action: 'RUN_NOW' }).orFail().lean();
    assert.deepEqual(entry.actor, { type: 'API_KEY', id, name: 'Night watch' });
  });

  test('names an Idempotency-Key with whatever would harm when done twice; a person need not', async () => {
    const { call } = await program();
    const ended = await aRun(library, 'loans-overdue-and-lost');
    const before = library.started.length;
    for (const at of [await runsOf('loans-overdue-and-lost'), `${RIVERSIDE}/runs/${ended._id}/rerun`, `${RIVERSIDE}/runs/${ended._id}/retry-failed`, `${RIVERSIDE}/calendar-changes`]) {
      const { status, body } = await call('POST', at, at.endsWith('/runs') ? { kind: 'RUN' } : {});
      assert.deepEqual([status, body.type, body.errors[0].parameter], [400, '/problems/idempotency-key-required', 'Idempotency-Key'], at);
    }
    assert.equal(library.started.length, before);
    assert.equal((await library.call(ada, 'POST', `${RIVERSIDE}/runs/${ended._id}/rerun`, {})).status, 202);
  });

  test('goes by the key and not by a cookie that comes with it', async () => {
    const { status } = await library.call(ada, 'GET', KEYS, undefined, { authorization: `Bearer alm_riverside_${'x'.repeat(43)}` });
    assert.equal(status, 401);
  });

  test('is refused from its end on, in the words for a key that never was', async () => {
    const { call } = await program({ expiresAt: after(60_000).toISOString() });
    library.clock.now = after(59_999);
    assert.equal((await call('GET', `${RIVERSIDE}/runs`)).status, 200);
    library.clock.now = after(60_000);
    const expired = await call('GET', `${RIVERSIDE}/runs`);
    const unknown = await library.call(new Visitor(library.address), 'GET', `${RIVERSIDE}/runs`, undefined, { authorization: 'Bearer nonsense' });
    for (const { status, headers, body } of [expired, unknown]) {
      assert.deepEqual([status, headers.get('www-authenticate'), body.type, body.detail], [401, 'Bearer', '/problems/unauthenticated', 'The API key that came with the request is not valid.']);
    }
  });
});

test('a revoked key is refused at once, stays listed, and is not revoked again; the audit names who did it', async () => {
  const { id, call } = await program();
  assert.equal((await call('GET', `${RIVERSIDE}/runs`)).status, 200);
  assert.equal((await library.call(ada, 'DELETE', `${KEYS}/${id}`)).status, 428);
  assert.equal((await library.call(ada, 'DELETE', `${KEYS}/${id}`, undefined, { 'if-match': '"1"' })).status, 204);
  assert.equal((await call('GET', `${RIVERSIDE}/runs`)).status, 401);
  const { body, headers } = await library.call(ada, 'GET', `${KEYS}/${id}`);
  assert.deepEqual([body.state, body.revokedAt, headers.get('etag')], ['REVOKED', NOON.toISOString(), '"2"']);
  assert.equal((await library.call(ada, 'DELETE', `${KEYS}/${id}`, undefined, { 'if-match': '"2"' })).status, 409);
  assert.deepEqual((await entriesOf(id)).map(({ action, actor }) => [action, actor.name]), [['CREATE', 'Ada Winter'], ['REVOKE', 'Ada Winter']]);
});

describe('limits', () => {
  test('600 requests a minute, counted for all processes in the store; the next minute begins anew', async () => {
    const { id, call } = await program();
    await call('GET', `${RIVERSIDE}/runs`);
    await library.models.ApiKey.updateOne({ institutionId: 'riverside', _id: id }, { $set: { usesInMinute: 599 } });
    library.clock.now = after(14_500);
    assert.equal((await call('GET', `${RIVERSIDE}/runs`)).status, 200);
    const refused = await call('GET', `${RIVERSIDE}/runs`);
    assert.deepEqual([refused.status, refused.headers.get('retry-after'), refused.body.type], [429, '46', '/problems/rate-limited']);
    library.clock.now = after(60_000);
    assert.equal((await call('GET', `${RIVERSIDE}/runs`)).status, 200);
  });

  test('of requests that come at once each is counted, and the last use is noted once a minute', async () => {
    const { id, call } = await program();
    const before = await stored(id);
    const answers = await Promise.all(Array.from({ length: 12 }, () => call('GET', `${RIVERSIDE}/runs`)));
    assert.deepEqual(answers.map(({ status }) => status), Array.from({ length: 12 }, () => 200));
    library.clock.now = after(59_000);
    await call('GET', `${RIVERSIDE}/runs`);
    assert.deepEqual(await stored(id), { ...before, lastUsedAt: NOON, usesInMinute: 13 });
  });

  test('the 21st start within an hour says when the first of the twenty is an hour old, and is no answer for good', async () => {
    const { call } = await program();
    for (let minute = 0; minute < 20; minute += 1) await aRun(library, 'notifications-due-date-reminders', { submittedAt: after((minute - 40) * 60_000) }, { trigger: 'API' });
    const runs = await runsOf('notifications-due-date-reminders');
    const start = async () => call('POST', runs, { kind: 'RUN' }, { 'idempotency-key': 'LIMIT' });
    const refused = await start();
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, String(20 * 60)]);
    library.clock.now = after(20 * 60_000);
    assert.equal((await start()).status, 202);
  });
});

describe('the pages', () => {
  test('make a key, show it once, list it, and revoke it', async () => {
    const typed = { name: 'Kiosk', roles: ['CIRCULATION_DESK_OPERATOR', 'AUDITOR'], expiresAt: '2026-05-31', once: 'form-1' };
    const made = await ada.submit('/api-keys/new', typed);
    const html = await made.text();
    assert.equal(made.status, 201);
    const [key = ''] = /alm_riverside_[\w-]{43}/.exec(html) ?? [];
    const again = await (await ada.submit('/api-keys/new', typed)).text();
    assert.ok(!again.includes(key) && again.includes('shown once'));

    const { _id: id, prefix, expiresAt } = await library.models.ApiKey.findOne({ institutionId: 'riverside', name: 'Kiosk' }).orFail().lean();
    assert.equal(expiresAt.toISOString(), '2026-05-31T22:00:00.000Z');
    const list = await ada.page('/api-keys');
    assert.match(list, new RegExp(`href="/api-keys/${id}">Kiosk</a>[^]*?alm_riverside_${prefix}…[^]*?Circulation desk operator, Auditor[^]*?never[^]*?Valid`));
    await library.call(new Visitor(library.address), 'GET', `${RIVERSIDE}/runs`, undefined, { authorization: `Bearer ${key}` });
    assert.match(await ada.page(`/api-keys/${id}`), /Last used<\/dt><dd>Tue 12 May 2026 12:00 CEST/);

    const revoked = await ada.submit(`/api-keys/${id}`, {}, `/api-keys/${id}/revoke`);
    assert.deepEqual([revoked.status, revoked.headers.get('location')], [303, '/api-keys?done=key-revoked']);
    assert.match(await ada.page(`/api-keys/${id}`), /Valid until<\/dt><dd>Sun 31 May 2026<[^]*Revoked/);
    const twice = await ada.post(`/api-keys/${id}/revoke`, { token: /name="token" value="([^"]+)"/.exec(await ada.page('/api-keys/new'))![1]!, version: '1' });
    assert.deepEqual([twice.status, /Kiosk was revoked already/.test(await twice.text())], [409, true]);
    const other = await ada.submit('/api-keys/new', { ...typed, name: 'Second kiosk' });
    assert.equal(other.status, 201, 'after Back the same form makes another key, where something else is typed');
    assert.match(await ada.page('/configuration'), /href="\/api-keys"/);
  });

  test('say beside the field what is wrong, and are for those who give roles', async () => {
    const refused = await ada.submit('/api-keys/new', { name: 'Kiosk', expiresAt: '2026-02-30' });
    const html = await refused.text();
    assert.equal(refused.status, 422);
    assert.match(html, /id="expiresAt-error"[^]*?2026-02-30[^]*?expected a day/);
    assert.match(html, /id="roles-error"/);
    assert.match(html, /value="Kiosk"/);
    const femi = await library.signIn('fulfil');
    for (const path of ['/api-keys', '/api-keys/new']) assert.equal((await femi.fetch(path)).status, 403);
  });
});

test('nothing was written in the other institution', async () => {
  assert.deepEqual(await everythingOf(library.models, 'hill'), ofHill);
});
