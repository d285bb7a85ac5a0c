/** Who may do what through the API: platform.md 11, examples 15 and 16. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { Refusal, type RefusalSlug } from '../../api/refusal.js';
import { newId } from '../../models/document.js';
import type { StoredRun } from '../../models/run.js';
import { aRun, jobNamed, Visitor } from './library.js';
import { openApi, RIVERSIDE, type ApiLibrary } from './rest.js';

const HILL = '/api/v1/institutions/hill';
let library: ApiLibrary;
let ofHill: StoredRun;
let ofRiverside: StoredRun;

beforeAll(async () => {
  library = await openApi();
  ofHill = await aRun(library, 'loans-overdue-and-lost', { institutionId: 'hill' });
  ofRiverside = await aRun(library, 'loans-overdue-and-lost');
});
afterAll(() => library.stop());

const scheduledJob = async (key: string) => `${RIVERSIDE}/scheduled-jobs/${(await jobNamed(library, key))._id}`;
const firstOffered = { 'po-line-packaging': { kind: 'NONE' }, 'loans-overdue-and-lost': { kind: 'DAILY', times: ['10:00'] }, 'users-remove-blocks': { kind: 'NONE' } };
async function putSchedule(visitor: Visitor, key: keyof typeof firstOffered): Promise<number> {
  const { version } = await jobNamed(library, key);
  return (await library.call(visitor, 'PUT', `${await scheduledJob(key)}/schedule`, firstOffered[key], { 'if-match': `"${version}"` })).status;
}

test('example 15: a purchasing operator sees runs of Acquisition and Import only, and schedules nothing', async () => {
  const buyer = await library.signIn('buyer');
  const bought = await aRun(library, 'po-line-packaging');
  const { body } = await library.call(buyer, 'GET', `${RIVERSIDE}/runs`);
  assert.deepEqual(body.items.map(({ id }: { id: string }) => id), [bought._id]);
  assert.equal((await library.call(buyer, 'GET', `${RIVERSIDE}/runs/${ofRiverside._id}`)).status, 404);
  assert.equal(await putSchedule(buyer, 'po-line-packaging'), 403);
});

test('example 15: a fulfillment administrator schedules the job that is the library’s to schedule, and not the other', async () => {
  const femi = await library.signIn('fulfil');
  assert.equal(await putSchedule(femi, 'loans-overdue-and-lost'), 200);
  assert.equal(await putSchedule(femi, 'users-remove-blocks'), 403);
});

test('example 16: the same Idempotency-Key twice starts one run; with another body it is refused', async () => {
  const ada = await library.signIn('admin');
  const runs = `${await scheduledJob('loans-overdue-and-lost')}/runs`;
  const headers = { 'idempotency-key': 'K-1' };
  const before = library.started.length;
  const first = await library.call(ada, 'POST', runs, { kind: 'RUN' }, headers);
  const second = await library.call(ada, 'POST', runs, { kind: 'RUN' }, headers);
  assert.deepEqual([first.status, second.status, second.body], [202, 202, first.body]);
  assert.deepEqual([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')], [null, 'true']);
  assert.equal(second.headers.get('location'), first.headers.get('location'));
  assert.equal(library.started.length, before + 1);
  const other = await library.call(ada, 'POST', runs, { kind: 'DRY_RUN' }, headers);
  assert.deepEqual([other.status, other.body.type], [422, '/problems/idempotency-key-reused']);
  assert.equal(library.started.length, before + 1);
});

test('a start that found no engine is done by the next request with its key; one that found the job inactive stays refused', async () => {
  const ada = await library.signIn('admin');
  const runs = `${await scheduledJob('loans-overdue-and-lost')}/runs`;
  const { operations } = library.context;
  const { startRun } = operations;
  const asked = async (key: string) => {
    const { status, headers, body } = await library.call(ada, 'POST', runs, { kind: 'RUN' }, { 'idempotency-key': key });
    return [status, headers.get('idempotency-replayed'), body.detail ?? body.status];
  };
  const refuse = (slug: RefusalSlug) => void (operations.startRun = async () => { throw new Refusal(slug, `It is ${slug}.`); });

  refuse('engine-unavailable');
  assert.deepEqual(await asked('K-503'), [503, null, 'It is engine-unavailable.']);
  refuse('job-inactive');
  assert.deepEqual(await asked('K-409'), [409, null, 'It is job-inactive.']);
  operations.startRun = startRun;
  assert.deepEqual(await asked('K-503'), [202, null, 'QUEUED']);
  assert.deepEqual(await asked('K-409'), [409, null, 'It is job-inactive.']);
});

test('example 16: If-Match "3" when the version is 4 is 412, and no If-Match is 428; neither changes anything', async () => {
  const ada = await library.signIn('admin');
  const job = await jobNamed(library, 'loans-overdue-and-lost');
  await library.models.ScheduledJob.updateOne({ institutionId: 'riverside', _id: job._id }, { $set: { version: 4 } });
  const put = async (headers: Record<string, string>) =>
    library.call(ada, 'PUT', `${RIVERSIDE}/scheduled-jobs/${job._id}/schedule`, { kind: 'DAILY', times: ['16:00'] }, headers);
  const outdated = await put({ 'if-match': '"3"' });
  assert.deepEqual([outdated.status, outdated.body.errors[0].message.slice(0, 30)], [412, '"3" was given; expected "4", a']);
  assert.equal((await put({})).status, 428);
  assert.equal((await jobNamed(library, 'loans-overdue-and-lost')).version, 4);
});

test('a record of another institution does not exist, at its own address or at ours', async () => {
  const ada = await library.signIn('admin');
  const job = await jobNamed(library, 'loans-overdue-and-lost', 'hill');
  const letterId = newId();
  await library.models.Letter.create({
    _id: letterId, institutionId: 'hill', letterCode: 'FulLostLoanLetter', channel: 'EMAIL', language: 'en', state: 'QUEUED', dedupeKey: 'h:EMAIL',
    recipient: { type: 'USER', id: newId(), name: 'H', address: null },
  });
  const profile = await library.models.OverdueLostProfile.create({ institutionId: 'hill', name: 'Of Hill', type: 'OVERDUE_NOTIFICATION_1' });
  const reminder = await library.models.FinesFeesNotificationProfile.create({ institutionId: 'hill', name: 'Of Hill', notificationType: 1 });
  for (const at of [`/runs/${ofHill._id}`, `/runs/${ofHill._id}/events`, `/runs/${ofHill._id}/letters`, `/scheduled-jobs/${job._id}`, `/letters/${letterId}`, `/overdue-profiles/${profile._id}`, `/fines-profiles/${reminder._id}`]) {
    for (const base of [RIVERSIDE, HILL]) assert.equal((await library.call(ada, 'GET', base + at)).status, 404, base + at);
  }
  assert.equal((await library.call(ada, 'POST', `${RIVERSIDE}/runs/${ofHill._id}/abort`, {})).status, 404);
  assert.equal((await library.call(ada, 'DELETE', `${RIVERSIDE}/overdue-profiles/${profile._id}`, undefined, { 'if-match': '"1"' })).status, 404);
  const body = { name: 'Ours', notificationType: 1 };
  for (const method of ['PUT', 'DELETE']) {
    const at = `${RIVERSIDE}/fines-profiles/${reminder._id}`;
    assert.equal((await library.call(ada, method, at, method === 'PUT' ? body : undefined, { 'if-match': '"1"' })).status, 404, method);
  }
  assert.equal(await library.models.OverdueLostProfile.countDocuments({ institutionId: 'hill' }), 1);
  assert.equal(await library.models.FinesFeesNotificationProfile.countDocuments({ institutionId: 'hill', name: 'Of Hill' }), 1);
});

test('the operator of the platform enters both institutions by their addresses', async () => {
  const olu = await library.signIn('operator');
  assert.equal((await library.call(olu, 'GET', `${HILL}/runs/${ofHill._id}`)).status, 200);
  assert.equal((await library.call(olu, 'GET', `${RIVERSIDE}/runs/${ofRiverside._id}`)).status, 200);
});

test('who may not know patrons reads their letters by a mask, and not how they read', async () => {
  const lena = await library.signIn('letters');
  const patron = newId();
  const { _id } = await library.models.Letter.create({
    institutionId: 'riverside', letterCode: 'FulLostLoanLetter', channel: 'EMAIL', language: 'en', state: 'SENT', dedupeKey: 'm:EMAIL', bodyKey: newId(),
    recipient: { type: 'USER', id: patron, name: 'Pat Ron', address: 'pat@lib.example' },
  });
  const { body } = await library.call(lena, 'GET', `${RIVERSIDE}/letters/${_id}`);
  const mask = `patron ••••${patron.slice(-3)}`;
  assert.deepEqual(body.recipient, { type: 'USER', id: mask, name: mask, address: mask });
  assert.equal((await library.call(lena, 'GET', `${RIVERSIDE}/letters/${_id}/content`)).status, 403);
  assert.equal((await library.call(await library.signIn('buyer'), 'GET', `${RIVERSIDE}/letters`)).status, 403);
});

test('overdue profiles: a circulation desk manager reads them and changes none; a purchasing operator does not see them', async () => {
  const mona = await library.signIn('manager');
  assert.equal((await library.call(mona, 'GET', `${RIVERSIDE}/overdue-profiles`)).status, 200);
  assert.equal((await library.call(mona, 'POST', `${RIVERSIDE}/overdue-profiles`, { name: 'Mine', type: 'CHANGE_TO_LOST' })).status, 403);
  assert.equal((await library.call(await library.signIn('buyer'), 'GET', `${RIVERSIDE}/overdue-profiles`)).status, 404);
});

test('fines and fees profiles: a circulation desk manager reads them and changes none; a purchasing operator does not see them', async () => {
  const { _id } = await library.models.FinesFeesNotificationProfile.create({ institutionId: 'riverside', name: 'Theirs', notificationType: 1 });
  const [at, one, body] = [`${RIVERSIDE}/fines-profiles`, `${RIVERSIDE}/fines-profiles/${_id}`, { name: 'Mine', notificationType: 1 }];
  const calls: [string, string, object?][] = [['GET', at], ['GET', one], ['POST', at, body], ['PUT', one, body], ['DELETE', one]];
  const statuses = async (primaryId: string) => {
    const visitor = await library.signIn(primaryId);
    return Promise.all(calls.map(async ([method, to, sent]) => (await library.call(visitor, method, to, sent, { 'if-match': '"1"' })).status));
  };
  assert.deepEqual(await statuses('manager'), [200, 200, 403, 403, 403]);
  assert.deepEqual(await statuses('buyer'), [404, 404, 404, 404, 404]);
});

test('a manager stops what the manager started, and not what the schedule did', async () => {
  const mona = await library.signIn('manager');
  const theirs = await aRun(library, 'loans-overdue-and-lost', { status: 'RUNNING', endedAt: null });
  assert.equal((await library.call(mona, 'POST', `${RIVERSIDE}/runs/${theirs._id}/abort`, {})).status, 403);
  const own = await library.call(mona, 'POST', `${await scheduledJob('loans-overdue-and-lost')}/runs`, { kind: 'RUN' });
  assert.equal((await library.call(mona, 'POST', `${RIVERSIDE}/runs/${own.body.id}/abort`, {})).status, 202);
});

test('nobody signed in: a problem, not the sign-in page', async () => {
  const stranger = new Visitor(library.address);
  for (const path of ['/api/v1/institutions', `${RIVERSIDE}/runs`]) {
    const { status, body } = await library.call(stranger, 'GET', path);
    assert.deepEqual([status, body.type], [401, '/problems/unauthenticated']);
  }
});
