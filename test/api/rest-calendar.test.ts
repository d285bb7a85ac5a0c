/** Calendars over REST: drafts that no rule sees, the step that applies them, and what is refused (fulfillment-loans.md, S2; platform.md 11 and 17). */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { dayNumber, weekday } from '../../domain/days.js';
import { demoLibrary, idOf, loan } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { everythingOf, onWrites } from '../support/store.js';
import { demoStaff, type Visitor } from './library.js';
import { openApi, type ApiLibrary } from './rest.js';

const HERE = '/api/v1/institutions/demo';
let library: ApiLibrary;
let administrator: Visitor;
let manager: Visitor;
let nextDoor: Record<string, string[]>;

beforeAll(async () => {
  library = await openApi();
  const { models } = library;
  for (const institutionId of ['demo', 'next-door']) await demoLibrary(models, institutionId);
  nextDoor = await everythingOf(models, 'next-door');
  await demoStaff(library, { fulfil: 'FULFILLMENT_ADMINISTRATOR', head: 'CIRCULATION_DESK_MANAGER', buyer: 'PURCHASING_OPERATOR' });
  library.clock.now = new Date('2025-06-12T14:00:00.000Z'); // 10:00 in New York
  [administrator, manager] = [await library.signIn('fulfil', 'demo'), await library.signIn('head', 'demo')];
});
afterAll(() => library.stop());

const closing = { type: 'EXCEPTION', status: 'CLOSED', validFrom: '2025-06-19', validTo: '2025-06-19' };
const draft = (body: Record<string, unknown>, visitor = administrator) => library.call(visitor, 'POST', `${HERE}/calendar-records`, body);
const apply = (libraryCode: string | null, visitor = administrator) => library.call(visitor, 'POST', `${HERE}/calendar-changes`, { libraryCode });

test('a closing is drafted, then applied: one change is open for the due dates, and the deed is in the audit', async () => {
  const drafted = await draft({ ...closing, libraryCode: 'MAIN', description: 'Juneteenth' });
  assert.deepEqual([drafted.status, drafted.body.state, drafted.body.libraryCode], [201, 'DRAFT', 'MAIN'], JSON.stringify(drafted.body));
  assert.deepEqual((await library.call(manager, 'GET', `${HERE}/calendar-changes`)).body.items, []);

  const applied = await apply('MAIN');
  assert.equal(applied.status, 201, JSON.stringify(applied.body));
  const { id: changeId, ...change } = applied.body;
  assert.deepEqual(change, { libraryCode: 'MAIN', fromDate: '2025-06-19', toDate: '2025-06-19', appliedAt: '2025-06-12T14:00:00.000Z', processedAt: null });
  assert.deepEqual((await library.call(manager, 'GET', `${HERE}/calendar-changes`)).body.items, [applied.body]);
  const { body } = await library.call(manager, 'GET', `${HERE}/calendar-records?libraryCode=MAIN`);
  assert.deepEqual(body.items.filter(({ type }: { type: string }) => type === 'EXCEPTION').map(({ description, state }: Record<string, string>) => [description, state]), [['', 'APPLIED'], ['Juneteenth', 'APPLIED']]);
  const audited = await library.models.AuditEntry.find({ institutionId: 'demo', targetId: changeId }).lean();
  assert.deepEqual(audited.map(({ action, targetLabel }) => [action, targetLabel]), [['APPLY', 'MAIN, 2025-06-19 to 2025-06-19']]);
  const said = { dayOfWeek: null, fromTime: null, toTime: null, eventName: null, eventDate: null, eventTime: null, ...closing, description: 'Juneteenth' };
  assert.deepEqual(audited[0]?.changes, [{ path: `calendarRecords.${drafted.body.id}`, before: null, after: said }]);
});

test('an apply that breaks off before anything counts is in the audit, and is done by asking again', async () => {
  await draft({ ...closing, libraryCode: 'WEST' });
  const entries = () => library.models.AuditEntry.find({ institutionId: 'demo', action: 'APPLY', targetLabel: /^WEST/ }).lean();
  const stop = onWrites(async ({ name, send }) => {
    if (name === 'calendarRecords.updateOne') throw new Error('died');
    return send();
  });
  assert.equal((await administrator.json('POST', `${HERE}/calendar-changes`, { libraryCode: 'WEST' }).finally(stop)).status, 500);
  assert.equal((await entries()).length, 1);
  assert.equal((await apply('WEST')).status, 201);
  assert.deepEqual((await entries()).map(({ changes }) => changes.length), [1, 1]);
});

test('without a draft there is nothing to apply; a draft that was discarded is gone, an applied record is not discarded', async () => {
  const { body } = await draft(closing);
  assert.equal((await library.call(administrator, 'DELETE', `${HERE}/calendar-records/${body.id}`)).status, 204);
  assert.equal((await library.call(administrator, 'DELETE', `${HERE}/calendar-records/${body.id}`)).status, 404);
  const refused = await apply(null);
  assert.deepEqual([refused.status, refused.body.errors[0].code], [409, 'NO_DRAFTS']);
  const [hours] = (await library.call(manager, 'GET', `${HERE}/calendar-records?libraryCode=MAIN`)).body.items;
  assert.equal((await library.call(administrator, 'DELETE', `${HERE}/calendar-records/${hours.id}`)).status, 404);
});

test.each([
  ['an end before the beginning', { ...closing, validTo: '2025-06-18' }, '/validTo'],
  ['a closing time that is not after the opening', { type: 'STANDARD', dayOfWeek: 1, fromTime: '09:00', toTime: '09:00', validFrom: '2025-01-01', validTo: '2025-12-31' }, '/toTime'],
  ['hours past midnight in one record', { type: 'STANDARD', dayOfWeek: 1, fromTime: '20:00', toTime: '02:00', validFrom: '2025-01-01', validTo: '2025-12-31' }, '/toTime'],
  ['one time of two', { ...closing, fromTime: '15:00' }, '/toTime'],
  ['standard hours of no weekday', { type: 'STANDARD', fromTime: '09:00', toTime: '21:00', validFrom: '2025-01-01', validTo: '2025-12-31' }, '/dayOfWeek'],
  ['an exception that neither opens nor closes', { ...closing, status: null }, '/status'],
  ['an event without a day', { type: 'EVENT', eventName: 'END_OF_TERM', validFrom: '2025-01-01', validTo: '2025-12-31' }, '/eventDate'],
  ['standard hours of an event', { type: 'STANDARD', dayOfWeek: 1, fromTime: '09:00', toTime: '21:00', validFrom: '2025-01-01', validTo: '2025-12-31', eventName: 'END_OF_TERM' }, '/eventName'],
  ['the removal of nothing', { ...closing, remove: true }, '/replacesRecordId'],
])('%s is refused', async (_name, body, pointer) => {
  const refused = await draft(body);
  assert.deepEqual([refused.status, refused.body.errors.map((each: { pointer: string }) => each.pointer)], [422, [pointer]], JSON.stringify(refused.body));
});

test('of a library that is not there, and of a record of another calendar, nothing is drafted', async () => {
  assert.equal((await draft({ ...closing, libraryCode: 'GONE' })).status, 404);
  assert.equal((await apply('GONE')).status, 404);
  const [hours] = (await library.call(manager, 'GET', `${HERE}/calendar-records?libraryCode=MAIN`)).body.items;
  assert.equal((await draft({ ...closing, replacesRecordId: hours.id })).status, 404);
  assert.equal((await draft({ ...closing, replacesRecordId: idOf('demo', 'nothing') })).status, 404);
});

test('a draft is changed by its version, stays of its type and record, and is one of its record; what says the same as another is refused', async () => {
  const put = (id: string, version: number, body: Record<string, unknown>) => library.call(administrator, 'PUT', `${HERE}/calendar-records/${id}`, body, { 'if-match': `"${version}"` });
  const longer = { type: 'STANDARD', dayOfWeek: 6, fromTime: '10:00', toTime: '18:00', validFrom: '2020-01-01', validTo: '2030-12-31', libraryCode: 'MAIN' };
  const saturday = (await library.call(manager, 'GET', `${HERE}/calendar-records?libraryCode=MAIN`)).body.items.find(({ dayOfWeek }: Record<string, number>) => dayOfWeek === 6);
  const { body: drafted } = await draft({ ...longer, replacesRecordId: saturday.id });
  const changed = await put(drafted.id, 1, { ...longer, replacesRecordId: saturday.id, toTime: '19:00' });
  assert.deepEqual([changed.status, changed.headers.get('etag'), changed.body.toTime], [200, '"2"', '19:00']);
  assert.equal((await put(drafted.id, 1, { ...longer, replacesRecordId: saturday.id })).status, 412);
  assert.equal((await put(saturday.id, 1, longer)).status, 409, 'what is in force is changed by a draft of it');
  const elsewhere = await put(drafted.id, 2, longer);
  assert.deepEqual([elsewhere.status, elsewhere.body.errors[0].pointer], [422, '/replacesRecordId']);
  const second = await draft({ ...longer, replacesRecordId: saturday.id, toTime: '20:00' });
  assert.deepEqual([second.status, second.body.errors[0].pointer], [409, '/replacesRecordId']);
  const twin = await draft({ ...longer, dayOfWeek: 1, fromTime: '09:00', toTime: '21:00' });
  assert.deepEqual([twin.status, twin.body.errors[0].pointer], [409, '/validFrom']);
  assert.equal((await library.call(administrator, 'DELETE', `${HERE}/calendar-records/${drafted.id}`)).status, 204);
});

test('an event that terms of use lend until stays in some calendar', async () => {
  const event = (given: Record<string, unknown> = {}) => ({ type: 'EVENT', eventName: 'END_OF_TERM', eventDate: '2025-12-19', validFrom: '2025-12-19', validTo: '2025-12-19', ...given });
  const [first, second] = [await draft(event()), await draft(event({ eventDate: '2026-05-15' }))];
  await apply(null);
  const until = { kind: 'EVENT', eventName: 'END_OF_TERM' };
  assert.equal((await library.call(administrator, 'POST', `${HERE}/terms-of-use`, { code: 'TERM', name: 'Term', policies: { dueDate: until } })).status, 201);
  assert.equal((await draft(event({ replacesRecordId: first.body.id, remove: true }))).status, 201, 'the other has it still');
  const last = await draft(event({ eventName: 'END_OF_YEAR', eventDate: '2026-05-15', replacesRecordId: second.body.id }));
  assert.deepEqual([last.status, last.body.errors[0].pointer], [409, '/eventName']);
  assert.match(last.body.errors[0].message, /^Terms of use lend until "END_OF_TERM", which no other calendar has: TERM\./);
  assert.equal((await draft(event({ eventDate: '2026-05-22', replacesRecordId: second.body.id }))).status, 201, 'another day of the same event');
  await apply(null);
});

test('what applying would change is told before', async () => {
  await draft({ ...closing, validFrom: '2025-06-23', validTo: '2025-06-24', libraryCode: 'MAIN' });
  await draft({ type: 'STANDARD', dayOfWeek: 7, fromTime: '13:00', toTime: '17:00', validFrom: '2025-06-22', validTo: '2025-06-22', libraryCode: 'MAIN' });
  const { body } = await library.call(manager, 'GET', `${HERE}/calendar-changes/preview?libraryCode=MAIN`);
  assert.deepEqual(body, {
    drafts: 2, until: '2026-06-13', libraries: [{ libraryCode: 'MAIN', closes: ['2025-06-23', '2025-06-24'], opens: ['2025-06-22'], otherHours: [], loansDue: 0 }],
    correction: { active: true, nextRunAt: '2025-06-13T04:15:00.000Z' },
  });
  assert.deepEqual((await library.call(manager, 'GET', `${HERE}/calendar-changes/preview`)).body.libraries, []);
  assert.equal((await library.call(manager, 'GET', `${HERE}/calendar-changes/preview?libraryCode=GONE`)).status, 404);
});

test('of days that close every week, each counts with the loans due on it, and none between', async () => {
  for (const [name, due] of [['first', '2025-06-14 17:00'], ['in between', '2025-06-16 21:00'], ['last', '2026-06-13 17:00'], ['later', '2026-06-20 17:00']] as const) {
    await loan(library.models, 'demo', name, { dueDate: new Date(at(due)) });
  }
  const saturday = (await library.call(manager, 'GET', `${HERE}/calendar-records?libraryCode=MAIN`)).body.items.find(({ dayOfWeek, state }: Record<string, unknown>) => dayOfWeek === 6 && state === 'APPLIED');
  const { id, version: _version, state: _state, ...said } = saturday;
  await draft({ ...said, replacesRecordId: id, remove: true });
  const { body } = await library.call(manager, 'GET', `${HERE}/calendar-changes/preview?libraryCode=MAIN`);
  const [main] = body.libraries;
  assert.deepEqual([main.closes.filter((day: string) => weekday(dayNumber(day)) === 6).length, main.closes.at(0), main.closes.at(-1), main.loansDue], [53, '2025-06-07', '2026-06-13', 2]);
});

test('a circulation desk manager reads the calendar and changes none; a purchasing operator does not see it', async () => {
  assert.equal((await draft(closing, manager)).status, 403);
  assert.equal((await apply(null, manager)).status, 403);
  assert.equal((await library.call(await library.signIn('buyer', 'demo'), 'GET', `${HERE}/calendar-records`)).status, 404);
});

test('the library next door is as it was', async () => {
  assert.deepEqual(await everythingOf(library.models, 'next-door'), nextDoor);
});
