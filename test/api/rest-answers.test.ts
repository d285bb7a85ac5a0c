/** The REST API, endpoint by endpoint: platform.md 17. Every answer is held against the API's own OpenAPI document. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { newId } from '../../models/document.js';
import type { StoredRun } from '../../models/run.js';
import { aRun, jobNamed, type Visitor } from './library.js';
import { openApi, RIVERSIDE, type ApiLibrary } from './rest.js';

let library: ApiLibrary;
let ada: Visitor;
let failed: StoredRun;
let job: string;
let letterId: string;

beforeAll(async () => {
  library = await openApi();
  ada = await library.signIn('admin');
  job = `${RIVERSIDE}/scheduled-jobs/${(await jobNamed(library, 'loans-overdue-and-lost'))._id}`;
  failed = await aRun(library, 'loans-overdue-and-lost', {
    status: 'COMPLETED_WITH_ERRORS', problems: { errors: 1, warnings: 0, byCode: { USER_MISSING: 1 }, eventsTruncated: false }, resolution: { resolved: 0, open: 1 },
  });
  await library.models.RunEvent.create({
    institutionId: 'riverside', runId: failed._id, seq: 1, at: failed.submittedAt, severity: 'ERROR', code: 'USER_MISSING', message: 'The user is missing.',
    params: { userId: 'c'.repeat(24) }, recordType: 'loan', recordId: 'd'.repeat(24), recordLabel: '31234000999', retryable: true, eventKey: 'USER_MISSING|loan|d',
  });
  letterId = newId();
  const bodyKey = newId();
  await library.models.Letter.create({
    _id: letterId, institutionId: 'riverside', letterCode: 'FulOverdueAndLostLoanNotificationLetter', channel: 'EMAIL', language: 'en', runId: failed._id, bodyKey,
    recipient: { type: 'USER', id: 'e'.repeat(24), name: 'Ada Reader', address: 'ada@lib.example' }, state: 'SENT', subject: 'Overdue', dedupeKey: 'k1:EMAIL', sentAt: failed.submittedAt,
    attempts: [{ at: failed.submittedAt, outcome: 'ACCEPTED', smtpCode: 250, text: 'OK' }], causes: [{ recordType: 'loan', recordId: 'd'.repeat(24) }],
  });
  await library.models.LetterContent.create({ _id: bodyKey, institutionId: 'riverside', letterId, subject: 'Overdue', html: '<p>Dear Ada</p>', text: 'Dear Ada' });
});
afterAll(() => library.stop());

const get = (path: string, headers?: Record<string, string>) => library.call(ada, 'GET', path, undefined, headers);
const ok = async (path: string) => {
  const answer = await get(path);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
};

test('the staff of a library may enter theirs, the operator all', async () => {
  const codes = async (visitor: Visitor) => (await library.call(visitor, 'GET', '/api/v1/institutions')).body.items.map(({ code }: { code: string }) => code);
  assert.deepEqual(await codes(ada), ['riverside']);
  assert.deepEqual(await codes(await library.signIn('operator')), ['hill', 'riverside']);
});

test('scheduled jobs are found by part of the name and by category', async () => {
  const { body } = await ok(`${RIVERSIDE}/scheduled-jobs?name=overdue%20and&category=FULFILLMENT&category=USERS`);
  assert.deepEqual(body.items.map(({ jobKey }: { jobKey: string }) => jobKey), ['loans-overdue-and-lost']);
  assert.equal(body.items[0].scheduleText, 'Every day at 04:00');
  assert.equal((await ok(`${RIVERSIDE}/scheduled-jobs?active=true&withinHours=24&includeUnscheduled=false&mine=true`)).body.items.length > 0, true);
});

test('one scheduled job carries its version as ETag, and is not sent again to who has it', async () => {
  const { headers, body } = await ok(job);
  assert.equal(headers.get('etag'), `"${body.version}"`);
  const again = await ada.fetch(job, { headers: { 'if-none-match': headers.get('etag')!, 'cache-control': 'max-age=0' } });
  assert.equal(again.status, 304);
});

test('the coming starts are those of the library’s clock: 04:00 in Berlin is 02:00 UTC', async () => {
  const { body } = await ok(`${job}/upcoming?count=2`);
  assert.deepEqual(body, {
    timeZone: 'Europe/Berlin',
    items: [{ at: '2026-05-13T02:00:00.000Z', occurrenceKey: 'L:2026-05-13T04:00' }, { at: '2026-05-14T02:00:00.000Z', occurrenceKey: 'L:2026-05-14T04:00' }],
  });
});

test('schedule, parameters and activation are changed by version, each with an entry in the audit', async () => {
  const before = (await ok(`${job}/schedule`)).headers.get('etag')!;
  const scheduled = await library.call(ada, 'PUT', `${job}/schedule`, { kind: 'DAILY', times: ['22:00'] }, { 'if-match': before });
  assert.equal(scheduled.status, 200);
  assert.equal(scheduled.body.nextRunAt, '2026-05-12T20:00:00.000Z');
  const stored = await jobNamed(library, 'loans-overdue-and-lost');
  assert.deepEqual(stored.lastOccurrenceAt, library.clock.now, 'the new schedule has missed nothing before it was saved');

  const configured = await library.call(ada, 'PATCH', job, { parameters: { catchUpDays: 10 } }, { 'if-match': scheduled.headers.get('etag')! });
  assert.deepEqual(configured.body.parameters, { singleLetterPerType: true, catchUpDays: 10 });
  const ofOperator = await library.signIn('operator');
  const off = await library.call(ofOperator, 'PUT', `${job}/activation`, { active: false, reason: 'Closed' }, { 'if-match': configured.headers.get('etag')! });
  assert.equal(off.body.active, false);
  const on = await library.call(ofOperator, 'PUT', `${job}/activation`, { active: true, reason: 'Open' }, { 'if-match': off.headers.get('etag')! });
  assert.equal(on.body.active, true);
  const entries = await library.models.AuditEntry.find({ institutionId: 'riverside', targetId: stored._id }).sort({ _id: 1 }).lean();
  assert.deepEqual(entries.map(({ action, reason }) => [action, reason]), [['SCHEDULE', null], ['PARAMETERS', null], ['DEACTIVATE', 'Closed'], ['ACTIVATE', 'Open']]);
});

test('a run is started, previewed, stopped, repeated, and its failed records taken up again', async () => {
  const run = await library.call(ada, 'POST', `${job}/runs`, { kind: 'RUN', reason: 'Try' });
  assert.equal(run.status, 202);
  assert.equal(run.headers.get('location'), `${RIVERSIDE}/runs/${run.body.id}`);
  assert.equal(run.body.trigger, 'API');
  assert.equal(library.started.at(-1), 'loans-overdue-and-lost');
  const preview = await library.call(ada, 'POST', `${job}/runs`, { kind: 'DRY_RUN', asOf: '2026-05-20T04:00:00+02:00', parameters: { catchUpDays: 3 } });
  assert.equal(preview.body.asOf, '2026-05-20T02:00:00.000Z');

  const stopped = await library.call(ada, 'POST', `${RIVERSIDE}/runs/${run.body.id}/abort`, { reason: 'Wrong day' });
  assert.equal(stopped.status, 202);
  assert.equal(library.cancelled.length, 1);
  const again = await library.call(ada, 'POST', `${RIVERSIDE}/runs/process:${failed.processId}/rerun`, {});
  assert.deepEqual([again.status, again.body.trigger, again.body.parentRunId], [202, 'RERUN', failed._id]);
  const retried = await library.call(ada, 'POST', `${RIVERSIDE}/runs/${failed._id}/retry-failed`);
  assert.deepEqual([retried.status, retried.body.trigger], [202, 'RETRY_FAILED']);
  const guarded = await aRun(library, 'loans-overdue-and-lost', { status: 'MANUAL_HANDLING_REQUIRED', endedAt: null });
  assert.equal((await library.call(ada, 'POST', `${RIVERSIDE}/runs/${guarded._id}/approve`, {})).status, 202);
});

test('the form of a start takes what one start may be given, by hand and as a preview, and says beside the field what is wrong', async () => {
  const { _id } = await jobNamed(library, 'loans-due-date-correction');
  await library.models.Library.create({ institutionId: 'riverside', code: 'MAIN', name: 'Main Library' });
  const days = { libraryCode: 'MAIN', from: '2026-05-14', to: '2026-05-15' };
  for (const [step, trigger] of [['run', 'MANUAL'], ['preview', 'DRY_RUN']] as const) {
    const path = `/scheduled-jobs/${_id}/${step}`;
    const refused = await ada.submit(path, { ...days, to: '2026-05-13' });
    const html = await refused.text();
    assert.equal(refused.status, 422);
    assert.match(html, /id="to-error"[^]*?The last day is not before the first/);
    assert.match(html, /name="libraryCode" value="MAIN"/);
    assert.match(await (await ada.submit(path, { ...days, from: '', to: '' })).text(), /id="libraryCode-error"[^]*?A library goes with both days/);
    const unknown = await ada.submit(path, { ...days, libraryCode: 'MIAN' });
    assert.equal(unknown.status, 422);
    assert.match(await unknown.text(), /id="libraryCode-error"[^]*?&quot;MIAN&quot; was given; expected the code of a library/);

    const started = await ada.submit(path, days);
    const run = await library.models.Run.findOne({ institutionId: 'riverside', processId: Number(started.headers.get('location')?.match(/\/runs\/(\d+)/)?.[1]) }).orFail().lean();
    assert.deepEqual([run.trigger, { ...run.parameters, ...days }], [trigger, run.parameters]);
    const whole = await ada.submit(path, { libraryCode: '', from: '', to: '' });
    assert.equal(whole.status, 303);
  }
  const { status, body } = await library.call(ada, 'POST', `${RIVERSIDE}/scheduled-jobs/${_id}/runs`, { kind: 'DRY_RUN', runParameters: { ...days, libraryCode: 'MIAN' } });
  assert.deepEqual([status, body.errors], [422, [{ pointer: '/runParameters/libraryCode', code: 'unknown', message: '"MIAN" was given; expected the code of a library' }]]);
  assert.doesNotMatch(await ada.page(`/scheduled-jobs/${(await jobNamed(library, 'users-remove-blocks'))._id}/run`), /libraryCode/);
});

test('a record is explained with every question that was asked', async () => {
  const { status, body } = await library.call(ada, 'POST', `${job}/explanations`, { recordType: 'loan', recordId: '31234000123' });
  assert.equal(status, 200);
  assert.deepEqual([body.decision, body.questions[0].rule], ['LEAVE', '1 overdue']);
});

test('a report has its counters beside those of the run before, its letters and what may be done', async () => {
  const { body } = await ok(`${RIVERSIDE}/runs/process:${failed.processId}`);
  assert.equal(body.report[0].key, 'recordsSelected');
  assert.deepEqual(body.letters, { FulOverdueAndLostLoanNotificationLetter: { SENT: 1 } });
  assert.equal(body.steps.retryFailed, true);
});

test('events, proposals and letters of a run', async () => {
  const run = `${RIVERSIDE}/runs/${failed._id}`;
  const events = (await ok(`${run}/events?severity=ERROR&code=USER_MISSING&record=31234000999`)).body.items;
  assert.deepEqual(events.map(({ seq, params }: never) => [seq, params]), [[1, { userId: 'c'.repeat(24) }]]);
  assert.deepEqual((await ok(`${run}/proposals`)).body.items, []);
  const letters = (await ok(`${run}/letters`)).body.items;
  assert.deepEqual(letters.map(({ id, recipient }: never) => [id, (recipient as { name: string }).name]), [[letterId, 'Ada Reader']]);
});

test('letters are found by state, and one reads as it was sent', async () => {
  const found = await ok(`${RIVERSIDE}/letters?state=SENT&channel=EMAIL&recipientId=${'e'.repeat(24)}&runId=${failed._id}`);
  assert.deepEqual(found.body.items.map(({ id }: { id: string }) => id), [letterId]);
  assert.equal((await ok(`${RIVERSIDE}/letters/${letterId}`)).body.attempts[0].smtpCode, 250);
  assert.deepEqual((await ok(`${RIVERSIDE}/letters/${letterId}/content`)).body, { subject: 'Overdue', html: '<p>Dear Ada</p>', text: 'Dear Ada' });
});

test('overdue profiles are created, read, replaced and deleted, each with an entry in the audit', async () => {
  const profiles = `${RIVERSIDE}/overdue-profiles`;
  const created = await library.call(ada, 'POST', profiles, { name: 'First', type: 'OVERDUE_NOTIFICATION_1', daysAfterDueDate: 1 });
  assert.equal(created.status, 201);
  assert.equal(created.headers.get('location'), `${profiles}/${created.body.id}`);
  assert.deepEqual(created.body.loanStatuses, ['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL']);
  const one = created.headers.get('location')!;
  assert.equal((await ok(one)).headers.get('etag'), '"1"');
  const changed = await library.call(ada, 'PUT', one, { name: 'First', type: 'OVERDUE_NOTIFICATION_1', daysAfterDueDate: 2 }, { 'if-match': '"1"' });
  assert.deepEqual([changed.status, changed.body.daysAfterDueDate, changed.headers.get('etag')], [200, 2, '"2"']);
  assert.equal((await ok(profiles)).body.items.length, 1);
  assert.equal((await library.call(ada, 'DELETE', one, undefined, { 'if-match': '"2"' })).status, 204);
  assert.equal((await get(one)).status, 404);
  const entries = await library.models.AuditEntry.find({ institutionId: 'riverside', targetId: created.body.id }).sort({ _id: 1 }).lean();
  assert.deepEqual(entries.map(({ action }) => action), ['CREATE', 'CHANGE', 'DELETE']);
  assert.deepEqual(entries[1]!.changes, [{ path: 'daysAfterDueDate', before: 1, after: 2 }]);
});

test('fines and fees profiles are created, read, replaced and deleted, each with an entry in the audit', async () => {
  const profiles = `${RIVERSIDE}/fines-profiles`;
  const f1 = { name: 'F1', notificationType: 2, minimumBalance: 1000, daysAfterCreation: 7, repeatEveryDays: 14, maxRepeats: 2, notificationFee: 100 };
  const created = await library.call(ada, 'POST', profiles, f1);
  const stored = { ...f1, active: true, userGroups: [], libraries: [], feeTypes: [], sendFormat: 'EMAIL' };
  assert.deepEqual([created.status, created.body], [201, { id: created.body.id, ...stored, version: 1 }]);
  const one = `${profiles}/${created.body.id}`;
  assert.deepEqual([created.headers.get('location'), (await ok(one)).headers.get('etag')], [one, '"1"']);
  const changed = await library.call(ada, 'PUT', one, { ...f1, maxRepeats: 3 }, { 'if-match': '"1"' });
  assert.deepEqual([changed.status, changed.body.maxRepeats, changed.headers.get('etag')], [200, 3, '"2"']);
  assert.equal((await library.call(ada, 'DELETE', one, undefined, { 'if-match': '"1"' })).status, 412);
  assert.equal((await library.call(ada, 'DELETE', one)).status, 428);
  assert.deepEqual((await ok(profiles)).body.items, [changed.body]);
  assert.equal((await library.call(ada, 'DELETE', one, undefined, { 'if-match': '"2"' })).status, 204);
  assert.equal((await get(one)).status, 404);
  const entries = await library.models.AuditEntry.find({ institutionId: 'riverside', targetId: created.body.id }).sort({ _id: 1 }).lean();
  assert.deepEqual(entries.map(({ action, targetType }) => [action, targetType]), ['CREATE', 'CHANGE', 'DELETE'].map((action) => [action, 'FinesFeesNotificationProfile']));
  assert.deepEqual(entries[1]!.changes, [{ path: 'maxRepeats', before: 2, after: 3 }]);
});

test('example 22: 120 runs in pages of 50, 50 and 20; a run inserted after the first page shifts nothing', async () => {
  const minute = 60_000;
  const first = Date.parse('2026-03-01T00:00:00.000Z');
  for (let count = 0; count < 120; count += 1) await aRun(library, 'users-remove-blocks', { submittedAt: new Date(first + count * minute) });
  const seen: string[] = [];
  const sizes: number[] = [];
  let path: string | null = `${(await jobNamed(library, 'users-remove-blocks'))._id}/runs?limit=50`;
  path = `${RIVERSIDE}/scheduled-jobs/${path}`;
  while (path !== null) {
    const page = await ok(path);
    sizes.push(page.body.items.length);
    seen.push(...page.body.items.map(({ id }: { id: string }) => id));
    const link = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '');
    path = link === null ? null : link[1]!;
    if (sizes.length === 1) await aRun(library, 'users-remove-blocks', { submittedAt: new Date(first + 200 * minute) });
  }
  assert.deepEqual([sizes, new Set(seen).size], [[50, 50, 20], 120]);
  const byFilter = await ok(`${RIVERSIDE}/runs?from=2026-03-01T00:00:00Z&to=2026-03-01T00:02:00Z&status=COMPLETED_SUCCESSFULLY&trigger=SCHEDULE&submitter=SYSTEM`);
  assert.equal(byFilter.body.items.length, 2);
});

test('the document and its page are served without inline scripts; the page’s files exist', async () => {
  const page = await (await ada.fetch('/api/docs')).text();
  assert.doesNotMatch(page, /<script(?! src=)/);
  for (const [, file] of page.matchAll(/(?:src|href)="([^"]+)"/g)) assert.equal((await ada.fetch(file!)).status, 200, file);
});

test('health and metrics need no sign-in, and metrics name no institution', async () => {
  assert.deepEqual(await (await fetch(`${library.address}/healthz`)).json(), { status: 'ok' });
  assert.deepEqual(await (await fetch(`${library.address}/readyz`)).json(), { status: 'ok', store: true, engine: true });
  const metrics = await (await fetch(`${library.address}/metrics`)).text();
  assert.match(metrics, /almanac_letters_last_day\{state="SENT"\} 0|almanac_letters_waiting 0/);
  assert.match(metrics, /almanac_runs_open\{status="MANUAL_HANDLING_REQUIRED"\} 1/);
  assert.match(metrics, /almanac_http_request_duration_seconds_count\{.*route="\/api\/v1\/institutions\/:code\/runs\/:id"/);
  assert.doesNotMatch(metrics, /riverside/);
});
