/** Sign-in: platform.md 11. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { NOON, openLibrary, PASSWORD, Visitor, type TestLibrary } from './library.js';

let library: TestLibrary;
beforeAll(async () => {
  library = await openLibrary();
});
afterAll(() => library.stop());

const minutes = (count: number) => count * 60_000;
const tryWith = (primaryId: string, password: string, more: Record<string, string> = {}) =>
  new Visitor(library.address).post('/sign-in', { primaryId, password, ...more });

test('a page without a session leads to the sign-in and from there back to the page', async () => {
  const visitor = new Visitor(library.address);
  const turnedAway = await visitor.fetch('/monitor-jobs/scheduled?category=FULFILLMENT');
  assert.equal(turnedAway.status, 303);
  assert.equal(turnedAway.headers.get('location'), '/sign-in?to=%2Fmonitor-jobs%2Fscheduled%3Fcategory%3DFULFILLMENT');
  const answer = await visitor.submit(turnedAway.headers.get('location')!, { primaryId: 'admin', password: PASSWORD }, '/sign-in');
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get('location'), '/monitor-jobs/scheduled?category=FULFILLMENT');
});

test('the way back leads to no other site', async () => {
  for (const to of ['//evil.example/', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)']) {
    const answer = await tryWith('admin', PASSWORD, { to });
    assert.equal(answer.headers.get('location'), '/', to);
  }
});

test('the cookie is HttpOnly and SameSite=Lax, and holds a token that the store knows only as a hash', async () => {
  const answer = await tryWith('admin', PASSWORD);
  const cookie = answer.headers.getSetCookie()[0]!;
  assert.match(cookie, /^almanac_session=riverside\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  const token = /riverside\.([\w-]{43})/.exec(cookie)![1]!;
  assert.equal(await library.models.Session.countDocuments({ institutionId: 'riverside', tokenHash: token }), 0);
});

test('a wrong password and an unknown name are told in the same words', async () => {
  const wrong = await tryWith('fulfil', 'wrong');
  const unknown = await tryWith('who-is-this', 'wrong');
  assert.equal(wrong.status, 422);
  assert.equal(unknown.status, 422);
  const said = /This user name and password do not belong together\./;
  assert.match(await wrong.text(), said);
  assert.match(await unknown.text(), said);
});

test('only who has an account in two institutions is asked for the institution', async () => {
  const asked = await tryWith('both', PASSWORD);
  assert.equal(asked.status, 422);
  assert.match(await asked.text(), /name="institution"/);
  const page = await (await library.signIn('both', 'hill')).page('/monitor-jobs/scheduled');
  assert.match(page, /Hill College/);
});

test('ten wrong tries within 15 minutes close the account for 15 minutes, also for the right password', async () => {
  const start = NOON.getTime() + minutes(60);
  for (let count = 0; count < 10; count += 1) {
    library.clock.now = new Date(start + minutes(count));
    assert.equal((await tryWith('letters', 'wrong')).status, 422, `try ${count + 1}`);
  }
  const tenth = library.clock.now.getTime();
  library.clock.now = new Date(tenth + minutes(15) - 1);
  const closed = await tryWith('letters', PASSWORD);
  assert.equal(closed.status, 429);
  assert.match(await closed.text(), /Sign-in is closed for 15 minutes/);
  library.clock.now = new Date(tenth + minutes(15));
  assert.equal((await tryWith('letters', PASSWORD)).status, 303);
});

test('a session ends 30 minutes after the last request', async () => {
  const start = NOON.getTime() + minutes(200);
  library.clock.now = new Date(start);
  const visitor = await library.signIn('admin');
  library.clock.now = new Date(start + minutes(29));
  assert.equal((await visitor.fetch('/monitor-jobs/scheduled')).status, 200);
  library.clock.now = new Date(start + minutes(29) + minutes(30) - 1);
  assert.equal((await visitor.fetch('/monitor-jobs/scheduled')).status, 200);
  library.clock.now = new Date(start + minutes(29) + minutes(30) + minutes(30));
  assert.equal((await visitor.fetch('/monitor-jobs/scheduled')).status, 303);
});

test('a session ends 12 hours after the sign-in, however busy', async () => {
  const start = NOON.getTime() + minutes(1000);
  library.clock.now = new Date(start);
  const visitor = await library.signIn('admin');
  for (let quarters = 1; quarters < 48; quarters += 1) {
    library.clock.now = new Date(start + minutes(15 * quarters));
    await visitor.fetch('/sign-in');
  }
  library.clock.now = new Date(start + minutes(720) - 1);
  assert.equal((await visitor.fetch('/monitor-jobs/scheduled')).status, 200);
  library.clock.now = new Date(start + minutes(720));
  assert.equal((await visitor.fetch('/monitor-jobs/scheduled')).status, 303);
});

test('after signing out the session is worth nothing', async () => {
  const visitor = await library.signIn('admin');
  const cookie = visitor.cookie;
  assert.equal((await visitor.submit('/monitor-jobs/scheduled', {}, '/sign-out')).status, 303);
  const answer = await fetch(`${library.address}/monitor-jobs/scheduled`, { headers: { cookie }, redirect: 'manual' });
  assert.equal(answer.status, 303);
});

test('a form of another session, and a request from another site, are refused', async () => {
  const visitor = await library.signIn('admin');
  assert.equal((await visitor.post('/sign-out', { token: 'x' })).status, 403);
  const foreign = await visitor.fetch('/sign-out', { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } });
  assert.equal(foreign.status, 403);
  const otherOrigin = await visitor.fetch('/sign-out', { method: 'POST', headers: { origin: 'https://evil.example' } });
  assert.equal(otherOrigin.status, 403);
});

test('pages are served with a policy that allows no script and no style but our own', async () => {
  const answer = await fetch(`${library.address}/sign-in`);
  assert.match(answer.headers.get('content-security-policy')!, /^default-src 'self';base-uri 'none';form-action 'self'/);
  assert.doesNotMatch(await answer.text(), /<script|<style|style=/);
});
