/** "Apply changes" of a calendar: what counts afterwards, the change that is written, and what is left when it breaks off (fulfillment-loans.md, S2.6). */
import assert from 'node:assert/strict';
import { afterAll, beforeEach, test } from 'vitest';
import { applyCalendarChanges, type CalendarLevel } from '../../desk/apply-calendar-changes.js';
import type { StoredCalendarRecord } from '../../models/library.js';
import { clear, emptyDatabase } from '../support/database.js';
import { demoLibrary, idOf } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { watchedNeighbour } from '../support/neighbour.js';
import { onWrites } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
beforeEach(async () => {
  await clear(models);
  await demoLibrary(models, 'demo');
});
watchedNeighbour(models, async (nextDoor) => {
  await demoLibrary(models, nextDoor);
  await record(nextDoor, 'closing', { state: 'DRAFT' });
});

const appliedAt = new Date(at('2025-06-12 10:00'));
const ofInstitution: CalendarLevel = { level: 'INSTITUTION', libraryCode: null };
const apply = (level: CalendarLevel = ofInstitution) => applyCalendarChanges({ models, institutionId: 'demo', at: appliedAt }, level);
const record = (institutionId: string, name: string, given: Partial<StoredCalendarRecord> = {}) => models.CalendarRecord.create({
  _id: idOf(institutionId, name), institutionId, level: 'INSTITUTION', type: 'EXCEPTION', status: 'CLOSED', validFrom: '2025-06-19', validTo: '2025-06-19', state: 'APPLIED', ...given,
});
const named = async (name: string) => models.CalendarRecord.findOne({ institutionId: 'demo', _id: idOf('demo', name) }).lean();
const changes = async () => (await models.CalendarChange.find({ institutionId: 'demo' }).sort({ _id: 1 }).lean())
  .map(({ libraryCode, fromDate, toDate, processedAt }) => `${libraryCode ?? '-'} ${fromDate}..${toDate} ${processedAt === null ? 'open' : 'closed'}`);

test('a new record counts, and the change spans its days', async () => {
  await record('demo', 'closing', { state: 'DRAFT', validTo: '2025-06-20' });
  const applied = await apply();
  assert.ok(applied.outcome === 'APPLIED');
  assert.deepEqual([applied.change.appliedAt, await changes()], [appliedAt, ['- 2025-06-19..2025-06-20 open']]);
  assert.equal((await named('closing'))?.state, 'APPLIED');
});

test('a changed record keeps its id and its place, and the change spans its old and its new days', async () => {
  const before = await record('demo', 'closing');
  await record('demo', 'draft', { state: 'DRAFT', replacesRecordId: before._id, validFrom: '2025-06-26', validTo: '2025-06-27', description: 'Moved' });
  await apply();
  const after = await named('closing');
  assert.deepEqual([after?.validFrom, after?.validTo, after?.description, after?.state, after?.createdAt], ['2025-06-26', '2025-06-27', 'Moved', 'APPLIED', before.createdAt]);
  assert.deepEqual([await named('draft'), await changes()], [null, ['- 2025-06-19..2025-06-27 open']]);
});

test('a removed record is gone, and the change spans the days it had', async () => {
  const { _id } = await record('demo', 'closing');
  await record('demo', 'draft', { state: 'DRAFT', replacesRecordId: _id, remove: true });
  await apply();
  assert.deepEqual([await named('closing'), await named('draft'), await changes()], [null, null, ['- 2025-06-19..2025-06-19 open']]);
});

test('each calendar is applied by itself; where there is no draft nothing is applied', async () => {
  await record('demo', 'closing', { state: 'DRAFT', level: 'LIBRARY', libraryCode: 'MAIN' });
  assert.deepEqual(await apply(), { outcome: 'REFUSED', reason: 'NO_DRAFTS' });
  assert.deepEqual(await apply({ level: 'LIBRARY', libraryCode: 'WEST' }), { outcome: 'REFUSED', reason: 'NO_DRAFTS' });
  assert.equal((await apply({ level: 'LIBRARY', libraryCode: 'MAIN' })).outcome, 'APPLIED');
  assert.deepEqual(await changes(), ['MAIN 2025-06-19..2025-06-19 open']);
});

test('of drafts that somebody saw these are applied and no others, none where one of them has changed or is gone', async () => {
  const seen = [];
  for (const name of ['first', 'second']) seen.push({ _id: (await record('demo', name, { state: 'DRAFT' }))._id, version: 1 });
  await record('demo', 'third', { state: 'DRAFT', validFrom: '2025-07-01', validTo: '2025-07-01' });
  const deed = { models, institutionId: 'demo', at: appliedAt };
  assert.deepEqual(await applyCalendarChanges(deed, ofInstitution, [...seen.slice(1), { ...seen[0]!, version: 2 }]), { outcome: 'REFUSED', reason: 'OTHER_DRAFTS' });
  assert.deepEqual(await applyCalendarChanges(deed, ofInstitution, [...seen, { _id: idOf('demo', 'gone'), version: 1 }]), { outcome: 'REFUSED', reason: 'OTHER_DRAFTS' });
  assert.deepEqual([(await named('first'))?.state, await changes()], ['DRAFT', []]);

  assert.equal((await applyCalendarChanges(deed, ofInstitution, seen)).outcome, 'APPLIED');
  assert.deepEqual([(await named('first'))?.state, (await named('second'))?.state, (await named('third'))?.state], ['APPLIED', 'APPLIED', 'DRAFT']);
  assert.deepEqual(await changes(), ['- 2025-06-19..2025-06-19 open']);
});

test('a draft that somebody changes while it is being applied stays a draft', async () => {
  await record('demo', 'closing', { state: 'DRAFT' });
  const stop = onWrites(async ({ name, send }) => {
    if (name === 'calendarRecords.updateOne') await models.CalendarRecord.collection.updateMany({ institutionId: 'demo', state: 'DRAFT' }, { $set: { validTo: '2025-06-20' }, $inc: { version: 1 } });
    return send();
  });
  await apply().finally(stop);
  assert.equal((await named('closing'))?.state, 'DRAFT');
});

class Killed extends Error {}

test('whenever it breaks off, what counts by then is in an open change, and asking again applies the rest', async () => {
  for (let writes = 0; ; writes += 1) {
    await Promise.all([models.CalendarRecord.deleteMany({ institutionId: 'demo' }), models.CalendarChange.deleteMany({ institutionId: 'demo' })]);
    await record('demo', 'first', { state: 'DRAFT' });
    const { _id } = await record('demo', 'closing', { validFrom: '2025-07-01', validTo: '2025-07-01' });
    await record('demo', 'second', { state: 'DRAFT', validFrom: '2025-07-02', validTo: '2025-07-02', replacesRecordId: _id });
    let done = 0;
    let died = false;
    const stop = onWrites(({ send }) => {
      done += 1;
      if (done <= writes) return send();
      died = true;
      throw new Killed();
    });
    await apply().catch((error: unknown) => assert.ok(error instanceof Killed, String(error))).finally(stop);
    if ((await named('first'))?.state === 'APPLIED') assert.deepEqual((await changes())[0], '- 2025-06-19..2025-07-02 open', `after ${writes} writes`);
    if (died) await apply();
    assert.deepEqual([(await named('first'))?.state, (await named('closing'))?.validFrom, await named('second')], ['APPLIED', '2025-07-02', null], `after ${writes} writes`);
    if (!died) break;
  }
});

test('a run that closed the change while it was being applied closed half of it: it is open again', async () => {
  await record('demo', 'closing', { state: 'DRAFT' });
  const stop = onWrites(async ({ name, send }) => {
    if (name === 'calendarRecords.updateOne') await models.CalendarChange.collection.updateOne({ institutionId: 'demo' }, { $set: { processedAt: appliedAt, processedRunId: 'a run' } });
    return send();
  });
  await apply().finally(stop);
  assert.deepEqual(await changes(), ['- 2025-06-19..2025-06-19 open']);
});
