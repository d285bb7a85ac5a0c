/** What the API refuses, and in which words: place, value and expectation (platform.md 17, Errors). Nothing is written by any of it. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { StoredRun } from '../../models/run.js';
import { aRun, jobNamed, type Visitor } from './library.js';
import { openApi, RIVERSIDE, type ApiLibrary } from './rest.js';

let library: ApiLibrary;
let ada: Visitor;
let operator: Visitor;
let run: StoredRun;
let failed: StoredRun;
let notYet: string;
let job: string;

beforeAll(async () => {
  library = await openApi();
  ada = await library.signIn('admin');
  operator = await library.signIn('operator');
  run = await aRun(library, 'loans-overdue-and-lost');
  failed = await aRun(library, 'loans-overdue-and-lost', { status: 'COMPLETED_WITH_ERRORS', problems: { errors: 1, warnings: 0, byCode: {}, eventsTruncated: false } });
  job = `/scheduled-jobs/${(await jobNamed(library, 'loans-overdue-and-lost'))._id}`;
  notYet = `/scheduled-jobs/${(await jobNamed(library, 'po-line-packaging'))._id}`;
  await library.models.OverdueLostProfile.create({ institutionId: 'riverside', name: 'Taken', type: 'CHANGE_TO_LOST' });
  await library.models.FinesFeesNotificationProfile.create({ institutionId: 'riverside', name: 'Taken', notificationType: 1 });
});
afterAll(() => library.stop());

/** Everything that an endpoint might write. */
async function written(): Promise<unknown> {
  const { ScheduledJob, Run, OverdueLostProfile, FinesFeesNotificationProfile, AuditEntry } = library.models;
  const institutionId = { $in: ['riverside', 'hill'] };
  return Promise.all([
    ScheduledJob.find({ institutionId }, { version: 1 }).sort({ _id: 1 }).lean(), Run.countDocuments({ institutionId }), OverdueLostProfile.find({ institutionId }).lean(),
    FinesFeesNotificationProfile.find({ institutionId }).lean(), AuditEntry.countDocuments({ institutionId }), Promise.resolve([library.started.length, library.cancelled.length]),
  ]);
}

interface Bad {
  name: string;
  method?: string;
  at: string | (() => string);
  body?: unknown;
  headers?: Record<string, string>;
  status: number;
  /** Pointer or parameter of the problem, and what its message says. */
  place: string;
  says: RegExp;
}

const first = { name: 'First', type: 'OVERDUE_NOTIFICATION_1' };
const profile = (name: string, body: unknown, place: string, says: RegExp, status = 422): Bad => ({ name, method: 'POST', at: '/overdue-profiles', body, status, place, says });
const reminder = { name: 'Reminder', notificationType: 1 };
const fines = (name: string, changes: object, place: string, says: RegExp, status = 422): Bad =>
  ({ name, method: 'POST', at: '/fines-profiles', body: { ...reminder, ...changes }, status, place, says });
const runs = (name: string, query: string, place: string, says: RegExp, status = 422): Bad => ({ name, at: `/runs?${query}`, status, place, says });
const schedule = (name: string, body: unknown, place: string, says: RegExp): Bad =>
  ({ name, method: 'PUT', at: () => `${job}/schedule`, body, headers: { 'if-match': '"1"' }, status: 422, place, says });
const start = (name: string, body: unknown, place: string, says: RegExp): Bad => ({ name, method: 'POST', at: () => `${job}/runs`, body, status: 422, place, says });
const match = (name: string, given: Record<string, string>, status: number, says: RegExp): Bad =>
  ({ name, method: 'PATCH', at: () => job, body: { parameters: {} }, headers: given, status, place: 'If-Match', says });

const inputs: Bad[] = [
  { name: 'an id of letters', at: '/scheduled-jobs/overdue', status: 422, place: 'id', says: /"overdue" was given.*24 hex digits/ },
  { name: 'an id in capitals', at: `/letters/${'A'.repeat(24)}`, status: 422, place: 'id', says: /"AAA.*24 hex digits/ },
  { name: 'an id too short', at: '/overdue-profiles/abc', status: 422, place: 'id', says: /"abc" was given.*24 hex digits/ },
  { name: 'a process id that is no number', at: '/runs/process:12x', status: 422, place: 'id', says: /"process:12x" was given.*process:123/ },
  { name: 'an operator of the database as a filter', at: '/scheduled-jobs?name[$ne]=x', status: 422, place: 'name[$ne]', says: /"x" was given/ },
  runs('a limit of none', 'limit=0', 'limit', /"0" was given.*expected 1 or more/),
  runs('a limit over 200', 'limit=201', 'limit', /"201" was given.*expected at most 200/),
  runs('a limit in words', 'limit=many', 'limit', /"many" was given.*expected/),
  runs('a limit twice', 'limit=5&limit=6', 'limit', /\["5","6"\] was given.*expected/),
  runs('a status there is not', 'status=DONE', 'status.0', /"DONE" was given.*expected one of/),
  runs('a second status there is not', 'status=FAILED&status=BROKEN', 'status.1', /"BROKEN" was given.*expected one of/),
  runs('a trigger there is not', 'trigger=CLOCK', 'trigger.0', /"CLOCK" was given.*expected one of/),
  runs('a category in small letters', 'category=users', 'category.0', /"users" was given.*expected one of/),
  runs('a day where an instant belongs', 'from=2026-05-12', 'from', /"2026-05-12" was given.*2026-05-12T04:00:00Z/),
  runs('a day that does not exist', 'to=2026-02-30T00:00:00Z', 'to', /"2026-02-30T00:00:00Z" was given.*expected an instant/),
  runs('an instant without a zone', 'from=2026-05-12T04:00:00', 'from', /"2026-05-12T04:00:00" was given.*expected an instant/),
  runs('a filter there is not', 'colour=red', 'colour', /"red" was given; colour is not a field here/),
  runs('a flag that is neither', 'openProblems=yes', 'openProblems', /"yes" was given.*true or false/),
  runs('a process number of zero', 'processId=0', 'processId', /"0" was given.*expected 1 or more/),
  runs('a job’s key where its id belongs', 'scheduledJobId=loans', 'scheduledJobId', /"loans" was given.*24 hex digits/),
  runs('a cursor that is none', 'cursor=nonsense', 'cursor', /"nonsense" was given.*expected the next of a page/, 400),
  { name: 'a state there is not', at: '/letters?state=LOST', status: 422, place: 'state.0', says: /"LOST" was given.*expected one of/ },
  { name: 'a severity there is not', at: () => `/runs/${run._id}/events?severity=FATAL`, status: 422, place: 'severity.0', says: /"FATAL" was given.*expected one of/ },
  { name: 'more coming starts than fifty', at: () => `${job}/upcoming?count=51`, status: 422, place: 'count', says: /"51" was given.*expected at most 50/ },
  match('no If-Match', {}, 428, /nothing was given.*ETag/),
  match('an If-Match without quotes', { 'if-match': '1' }, 400, /1 was given.*such as "3"/),
  match('a weak If-Match', { 'if-match': 'W/"1"' }, 400, /W\/"1" was given.*such as "3"/),
  match('any If-Match', { 'if-match': '*' }, 400, /\* was given.*such as "3"/),
  match('an If-Match of another version', { 'if-match': '"7"' }, 412, /"7" was given; expected "1"/),
  { name: 'an Idempotency-Key with blanks', method: 'POST', at: () => `${job}/runs`, body: { kind: 'RUN' }, headers: { 'idempotency-key': 'a b' }, status: 400, place: 'Idempotency-Key', says: /"a b" was given.*printable/ },
  { name: 'an Idempotency-Key too long', method: 'POST', at: () => `${job}/runs`, body: { kind: 'RUN' }, headers: { 'idempotency-key': 'k'.repeat(256) }, status: 400, place: 'Idempotency-Key', says: /"kkk.*1 to 255/ },
  schedule('a kind of schedule there is not', { kind: 'YEARLY' }, '/kind', /^"YEARLY" was given; expected one of "NONE"\|"HOURLY"\|/),
  schedule('a day of the month that is neither a number nor the last', { kind: 'MONTHLY', times: ['04:00'], monthDays: ['FIRST'] }, '/monthDays/0', /^"FIRST" was given; expected a number or "LAST"$/),
  schedule('a time that the job does not offer', { kind: 'DAILY', times: ['03:00'] }, '/times', /03:00 is not/),
  schedule('a 25th hour', { kind: 'DAILY', times: ['25:00'] }, '/times/0', /"25:00" was given.*HH:mm/),
  schedule('a field of another kind', { kind: 'DAILY', times: ['04:00'], weekdays: ['MON'] }, '/weekdays', /weekdays is not a field here/),
  schedule('no times', { kind: 'DAILY' }, '/times', /nothing was given.*expected/),
  { name: 'a parameter out of range', method: 'PATCH', at: () => job, body: { parameters: { catchUpDays: 61 } }, headers: { 'if-match': '"1"' }, status: 422, place: '/parameters/catchUpDays', says: /61 was given.*expected at most 60/ },
  { name: 'a parameter misspelt', method: 'PATCH', at: () => job, body: { parameters: { catchupDays: 6 } }, headers: { 'if-match': '"1"' }, status: 422, place: '/parameters/catchupDays', says: /6 was given; catchupDays is not a field here/ },
  { name: 'a field of the record that is not set so', method: 'PATCH', at: () => job, body: { parameters: {}, name: 'Mine' }, headers: { 'if-match': '"1"' }, status: 422, place: '/name', says: /"Mine" was given; name is not a field here/ },
  { name: 'an activation without a reason', method: 'PUT', at: () => `${job}/activation`, body: { active: false }, headers: { 'if-match': '"1"' }, status: 422, place: '/reason', says: /nothing was given.*expected a text/ },
  start('a kind of start there is not', { kind: 'PREVIEW' }, '/kind', /"PREVIEW" was given.*expected one of/),
  start('parameters for a real run', { kind: 'RUN', parameters: { catchUpDays: 1 } }, '/parameters', /expected none here, or kind DRY_RUN/),
  start('an instant that is none', { kind: 'DRY_RUN', asOf: 'tomorrow' }, '/asOf', /"tomorrow" was given.*expected an instant/),
  start('a parameter of a preview out of range', { kind: 'DRY_RUN', parameters: { catchUpDays: -1 } }, '/parameters/catchUpDays', /-1 was given.*expected 0 or more/),
  { name: 'a record of a type the job does not treat', method: 'POST', at: () => `${job}/explanations`, body: { recordType: 'bib', recordId: '1' }, status: 422, place: '/recordType', says: /"bib" was given.*"loan"/ },
  profile('a profile without a name', { type: 'CHANGE_TO_LOST' }, '/name', /nothing was given.*expected a text/),
  profile('a profile of blanks', { ...first, name: '  ' }, '/name', /^nothing was given; expected a text$/),
  profile('a name of 201 signs', { ...first, name: 'n'.repeat(201) }, '/name', /^201 signs were given; expected at most 200$/),
  profile('a type there is not', { ...first, type: 'OVERDUE_NOTIFICATION_6' }, '/type', /"OVERDUE_NOTIFICATION_6" was given.*expected one of/),
  profile('days below zero', { ...first, daysAfterDueDate: -1 }, '/daysAfterDueDate', /-1 was given.*expected 0 or more/),
  profile('days over ten years', { ...first, daysAfterDueDate: 3651 }, '/daysAfterDueDate', /3651 was given.*expected at most 3650/),
  profile('half a day', { ...first, daysAfterDueDate: 0.5 }, '/daysAfterDueDate', /0.5 was given.*expected a whole number/),
  profile('days as text', { ...first, daysAfterDueDate: '7' }, '/daysAfterDueDate', /"7" was given.*expected a number/),
  profile('the status LOST', { ...first, loanStatuses: ['LOST'] }, '/loanStatuses/0', /"LOST" was given.*expected one of/),
  profile('a notification without any effect', { ...first, sendNotification: false }, '/sendNotification', /false was given.*at least one effect/),
  profile('a block without its kind', { ...first, blockUser: true, blockMode: 'UNTIL_RETURNED' }, '/blockDefinitionId', /nothing was given; expected an active block/),
  profile('a block by days without days', { ...first, blockUser: true, blockDefinitionId: 'x', blockMode: 'DAYS' }, '/blockDays', /nothing was given; expected 1 to 365/),
  profile('a block there is not', { ...first, blockUser: true, blockDefinitionId: 'x', blockMode: 'UNTIL_RETURNED' }, '/blockDefinitionId', /"x" was given; expected an active block/),
  profile('a library there is not', { ...first, libraries: ['NOWHERE'] }, '/libraries/0', /"NOWHERE" was given; expected the code of a library/),
  profile('a location there is not', { ...first, locations: [{ libraryCode: 'MAIN', code: 'ROOF' }] }, '/locations/0', /"MAIN\/ROOF" was given; expected a location/),
  profile('a name that is taken', { name: 'Taken', type: 'CHANGE_TO_LOST' }, '/name', /"Taken" was given; expected one that no other .*profile has/, 409),
  profile('an amount of half a cent', { ...first, notificationFee: 1.5 }, '/notificationFee', /1.5 was given.*expected a whole number/),
  fines('a sixth type', { notificationType: 6 }, '/notificationType', /6 was given.*expected at most 5/),
  fines('a minimum of nothing', { minimumBalance: 0 }, '/minimumBalance', /0 was given.*expected 1 or more/),
  fines('an age below zero', { daysAfterCreation: -1 }, '/daysAfterCreation', /-1 was given.*expected 0 or more/),
  fines('a repeat every no days', { repeatEveryDays: 0, maxRepeats: 1 }, '/repeatEveryDays', /0 was given.*expected 1 or more/),
  fines('repeats of what is sent once', { maxRepeats: 2 }, '/maxRepeats', /2 was given; expected 0, as there is one letter only/),
  fines('a repetition that never comes', { repeatEveryDays: 14 }, '/maxRepeats', /0 was given; expected 1 or more, as the letter is repeated after 14 days/),
  fines('credits as what is owed', { feeTypes: ['OVERDUE_FINE', 'CREDIT'] }, '/feeTypes/1', /"CREDIT" was given; expected a type that patrons owe/),
  fines('fees of a library there is not', { libraries: ['NOWHERE'] }, '/libraries/0', /"NOWHERE" was given; expected the code of a library/),
  fines('a reward for the letter', { notificationFee: -100 }, '/notificationFee', /-100 was given.*expected 0 or more/),
  fines('a field of the other kind of profile', { blockUser: true }, '/blockUser', /true was given; blockUser is not a field here/),
  fines('a reminder by a name that is taken', { name: 'Taken' }, '/name', /"Taken" was given; expected one that no other .*profile has/, 409),
  profile('a list instead of a profile', [first], '/', /was given.*expected object/),
];

describe('bad input is refused with its place, its value and what was expected, and writes nothing', () => {
  test.each(inputs)('$name', async ({ method = 'GET', at, body, headers = {}, status, place, says }) => {
    const before = await written();
    const answer = await library.call(ada, method, RIVERSIDE + (typeof at === 'string' ? at : at()), body, headers);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    assert.match(answer.headers.get('content-type')!, /^application\/problem\+json/);
    const said = answer.body.errors.find(({ pointer, parameter }: { pointer?: string; parameter?: string }) => (pointer ?? parameter) === place);
    assert.ok(said, `no problem at ${place}: ${JSON.stringify(answer.body.errors)}`);
    assert.match(said.message, says);
    assert.deepEqual(await written(), before);
  });
});

test('a cursor of one filter does not fit another', async () => {
  const { body } = await library.call(ada, 'GET', `${RIVERSIDE}/runs?limit=1`);
  const { status, body: problem } = await library.call(ada, 'GET', `${RIVERSIDE}/runs?limit=1&status=FAILED&cursor=${body.next}`);
  assert.deepEqual([status, problem.type], [400, '/problems/invalid-cursor']);
});

test('a body that is no JSON, or another type, or too large', async () => {
  const post = async (body: string, type: string) => ada.fetch(`${RIVERSIDE}/overdue-profiles`, { method: 'POST', body, headers: { 'content-type': type } });
  assert.equal((await post('{"name":', 'application/json')).status, 400);
  assert.equal((await post('name=x', 'application/x-www-form-urlencoded')).status, 415);
  assert.equal((await post('<x/>', 'text/xml')).status, 415);
  assert.equal((await post(JSON.stringify({ name: 'x'.repeat(1_100_000) }), 'application/json')).status, 413);
});

test('a method that a path does not have is 405 and says which it has; an address that is none is a problem', async () => {
  const answer = await ada.json('DELETE', `${RIVERSIDE}/runs`);
  assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET']);
  assert.equal((await ada.json('GET', `${RIVERSIDE}/nothing`)).status, 404);
  assert.equal((await ada.json('GET', '/api/v1/institutions/%E0%A4%A/runs')).status, 400);
  assert.equal((await ada.json('GET', `${RIVERSIDE}/runs`, undefined, { accept: 'text/html' })).status, 406);
});

test('what a run cannot do any more, and a job cannot do yet', async () => {
  const type = async (visitor: Visitor, method: string, at: string, body: unknown, headers = {}) => {
    const answer = await library.call(visitor, method, RIVERSIDE + at, body, headers);
    return [answer.status, answer.body.type];
  };
  assert.deepEqual(await type(ada, 'POST', `/runs/${run._id}/abort`, {}), [409, '/problems/already-final']);
  assert.deepEqual(await type(ada, 'POST', `/runs/${run._id}/approve`, {}), [409, '/problems/already-final']);
  assert.deepEqual(await type(ada, 'POST', `/runs/${run._id}/retry-failed`, {}), [409, '/problems/not-retryable']);
  assert.deepEqual(await type(ada, 'POST', `${notYet}/runs`, { kind: 'RUN' }), [409, '/problems/job-not-available']);
  assert.deepEqual(await type(operator, 'PUT', `${notYet}/activation`, { active: true, reason: 'Try' }, { 'if-match': '"1"' }), [409, '/problems/job-not-available']);
  const held = { institutionId: 'riverside', from: new Date('2026-05-12T09:00:00Z'), to: new Date('2026-05-12T12:00:00Z'), scope: { all: true, categories: [], scheduledJobIds: [] }, reason: 'Move', atEnd: 'SKIP' as const, createdBy: 'Ada Winter' };
  const hold = await library.models.JobHold.create(held);
  assert.deepEqual(await type(ada, 'POST', `${job}/runs`, { kind: 'RUN' }), [409, '/problems/on-hold']);
  assert.deepEqual(await type(ada, 'POST', `/runs/${run._id}/rerun`, {}), [409, '/problems/on-hold']);
  assert.deepEqual(await type(ada, 'POST', `/runs/${failed._id}/retry-failed`, {}), [409, '/problems/on-hold']);
  await library.models.JobHold.deleteOne({ institutionId: 'riverside', _id: hold._id });
  assert.equal(library.started.length, 0);
});

test('a job that was switched off is repeated by the operator alone', async () => {
  const { ScheduledJob } = library.models;
  const { _id } = await jobNamed(library, 'loans-overdue-and-lost');
  await ScheduledJob.updateOne({ institutionId: 'riverside', _id }, { $set: { active: false, inactiveReason: 'OPERATOR' } });
  const repeated = async (visitor: Visitor, path: string) => (await library.call(visitor, 'POST', `${RIVERSIDE}/runs/${path}`, {})).body;

  assert.equal((await repeated(ada, `${run._id}/rerun`)).type, '/problems/job-inactive');
  assert.equal((await repeated(ada, `${failed._id}/retry-failed`)).type, '/problems/job-inactive');
  assert.equal(library.started.length, 0);
  await operator.submit('/institutions', { code: 'riverside' });
  assert.equal((await repeated(operator, `${run._id}/rerun`)).trigger, 'RERUN');
  assert.deepEqual(library.started, ['loans-overdue-and-lost']);
  await ScheduledJob.updateOne({ institutionId: 'riverside', _id }, { $set: { active: true, inactiveReason: null } });
});

test('a twentieth start within the hour is one too many, and says when to come back', async () => {
  for (let count = 0; count < 20; count += 1) await aRun(library, 'users-remove-blocks', { submittedAt: library.clock.now }, { trigger: 'MANUAL' });
  const { _id } = await jobNamed(library, 'users-remove-blocks');
  const { status, headers } = await library.call(ada, 'POST', `${RIVERSIDE}/scheduled-jobs/${_id}/runs`, { kind: 'RUN' });
  assert.deepEqual([status, headers.get('retry-after')], [429, '3600']);
  const earlier = await aRun(library, 'users-remove-blocks');
  assert.equal((await library.call(ada, 'POST', `${RIVERSIDE}/runs/${earlier._id}/rerun`, {})).status, 429);
});

test('a letter whose content was removed is gone', async () => {
  const { _id } = await library.models.Letter.create({
    institutionId: 'riverside', letterCode: 'FulLostLoanLetter', channel: 'EMAIL', language: 'en', state: 'SENT', dedupeKey: 'g:EMAIL', purgedAt: new Date('2026-05-01T00:00:00Z'),
    recipient: { type: 'USER', id: 'f'.repeat(24), name: 'F', address: null },
  });
  assert.equal((await library.call(ada, 'GET', `${RIVERSIDE}/letters/${_id}/content`)).status, 410);
});
