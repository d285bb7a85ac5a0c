/** Loads the test library of Evergreen, which nobody of this project made, and a few rows as no library should have them. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { loadEvergreen, type EvergreenReport } from '../../cli/load/evergreen/load-evergreen.js';
import { reportLines } from '../../cli/load/evergreen/print.js';
import type { Models } from '../../models/models.js';
import { emptyDatabase } from '../support/database.js';
import { onWrites } from '../support/store.js';

const folder = resolve(process.env.ALMANAC_SHARED_DATA ?? '../shared/data', 'evergreen-concerto');

describe.skipIf(!existsSync(folder))(`the concerto library in ${folder} (ALMANAC_SHARED_DATA)`, () => {
  let models: Models;
  let close: () => Promise<void>;
  let report: EvergreenReport;

  beforeAll(async () => {
    ({ models, close } = await emptyDatabase());
    report = await load();
    console.log(reportLines(report).join('\n'));
  });
  afterAll(() => close());

  const load = () =>
    loadEvergreen(
      { models, now: () => new Date('2026-02-10T12:00:00Z'), onProgress: () => undefined },
      { folder, institution: 'concerto', timeZone: 'America/New_York', currency: null, name: null, missingEmail: '{barcode}@patrons.example' },
    );

  test('every row read is mapped, merged or left out for a reason', () => {
    for (const { table, rows, mapped, merged, leftOut } of report.tables) {
      const left = Object.values(leftOut).reduce((sum, noted) => sum + noted.rows, 0);
      assert.equal(mapped + merged + left, rows, table);
    }
  });

  test('loading twice changes nothing', async () => {
    const again = await load();
    console.log(reportLines(again).slice(-20).join('\n'));
    assert.deepEqual(again.written.map(({ inserted, updated }) => inserted + updated), again.written.map(() => 0));
  });
});

describe('a branch with one reader', () => {
  const lent = '2020-10-01 10:00:00-04';
  const marc = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader><datafield tag="245" ind1="1" ind2="0"><subfield code="a">Dubliners</subfield></datafield></record>';
  const circulation = { usr: '1', xact_start: lent, due_date: '2020-10-15 23:59:59-04', duration: '14 days', fine_interval: '1 day', recurring_fine: '0.10', max_fine: '3.00', parent_circ: '\\N', stop_fines: '\\N' };
  /** Until five, from the times of those weekdays that it is open on. */
  const weekOf = (opens: Record<number, string>) => Object.fromEntries([['id', '4'], ...Array.from({ length: 7 }, (_, day) => [
    [`dow_${day}_open`, opens[day] ?? '00:00:00'], [`dow_${day}_close`, opens[day] === undefined ? '00:00:00' : '17:00:00'], [`dow_${day}_note`, '\\N'],
  ]).flat()]) as Record<string, string>;
  const tables: Record<string, Record<string, string>[]> = {
    'actor.org_unit': [
      { id: '1', parent_ou: '\\N', ou_type: '1', shortname: 'CONS', name: 'Consortium' },
      { id: '2', parent_ou: '1', ou_type: '2', shortname: 'SYS', name: 'System' },
      { id: '4', parent_ou: '2', ou_type: '3', shortname: 'BR', name: 'Branch' },
    ],
    'actor.usr': ['ada', 'desk'].map((usrname, index) => (
      { id: `${index + 1}`, usrname, profile: '2', home_ou: '4', first_given_name: usrname, family_name: 'Lovelace', active: 't', create_date: lent })),
    'biblio.record_entry': [{ id: '1', marc, active: 't', deleted: 'f' }],
    'asset.call_number': [{ id: '1', record: '1', label: 'PR6019' }],
    'asset.copy': ['1', '2', '3', '4'].map((id) => ({ id, circ_lib: '4', call_number: '1', location: '9', barcode: `B${id}`, status: '0', deleted: 'f' })),
    'action.circulation': [{ id: '1', target_copy: '1', ...circulation }, { id: '2', target_copy: '2', ...circulation, duration: '00:00:00' },
      ...['3', '4'].map((id) => ({ id, target_copy: '3', ...circulation })),
      ...[['5', '6'], ['6', '5']].map(([id = '', parent = '']) => ({ id, target_copy: '4', ...circulation, parent_circ: parent, stop_fines: 'RENEW' }))],
    'money.billing': [{ id: '1', xact: '1', billing_ts: '2020-10-20 04:00:00-04', voided: 'f', amount: '5.00', btype: '1' }],
    'money.cash_payment': [{ id: '1', amount: '8.00' }, { id: '2', amount: '2.00' }].map((paid) => ({ ...paid, xact: '1', payment_ts: `2020-10-2${paid.id} 12:00:00-04` })),
    'actor.hours_of_operation': [weekOf({ 0: '09:00:00', 1: '09:00:00', 2: '09:00:00', 3: '09:00:00' })],
    'actor.org_unit_closed': ['24', '31'].map((day) => ({ id: day, org_unit: '4', close_start: `2020-12-${day} 00:00:00-05`, close_end: `2020-12-${day} 23:59:59-05`, full_day: 't', reason: `Day ${day}` })),
    'action.hold_request': [{ id: '1', usr: '1', hold_type: 'T', target: '1', pickup_lib: '4', request_time: lent, frozen: 't' }],
  };
  const institutionId = 'branch';
  let folder: string;
  let models: Models;
  let close: () => Promise<void>;
  let report: EvergreenReport;
  let minute = 0;

  async function load(): Promise<EvergreenReport> {
    for (const [table, rows] of Object.entries(tables)) {
      const columns = Object.keys(rows[0]!);
      const lines = rows.map((row) => columns.map((column) => row[column]).join('\t'));
      await writeFile(join(folder, `${table}.sql`), [`COPY ${table} (${columns.join(', ')}) FROM stdin;`, ...lines, '\\.', ''].join('\n'));
    }
    return loadFolder();
  }
  function loadFolder(): Promise<EvergreenReport> {
    const request = { folder, institution: institutionId, timeZone: 'America/New_York', currency: null, name: null, missingEmail: null };
    const at = new Date(Date.UTC(2026, 1, 10, 12, minute++));
    return loadEvergreen({ models, now: () => at, onProgress: () => undefined }, request);
  }
  const of = (table: string) => report.tables.find((one) => one.table === table)!;
  const user = (primaryId: string) => models.User.findOne({ institutionId, primaryId }).lean().orFail();
  const ownerOf = async (key: string) => (await models.UserIdentifier.findOne({ institutionId, _id: `${institutionId}:${key}` }).lean().orFail()).userId;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evergreen-'));
    ({ models, close } = await emptyDatabase());
    await models.User.create({ institutionId, primaryId: 'desk', displayName: 'Desk', lastName: 'Desk', status: 'ACTIVE', statusDate: '2020-01-01', staff: true });
    const { _id } = await user('desk');
    await models.UserIdentifier.create({ institutionId, _id: `${institutionId}:desk`, userId: _id });
    report = await load();
  });
  afterAll(async () => {
    await close();
    await rm(folder, { recursive: true });
  });

  test('what is paid beyond the bills is a credit, each payment for itself', async () => {
    const fees = await models.Fee.find({ institutionId }).sort({ createdAt: 1 }).lean();
    assert.deepEqual(fees.map(({ type, status, originalAmount, balance, transactions }) => [type, status, originalAmount, balance, transactions.map(({ amount }) => amount)]), [
      ['OVERDUE_FINE', 'CLOSED', 500, 0, [500]], ['CREDIT', 'ACTIVE', -300, -300, []], ['CREDIT', 'ACTIVE', -200, -200, []],
    ]);
  });

  test('the copy of a circulation that cannot be read is not out', async () => {
    assert.deepEqual(of('action.circulation').leftOut['lent for no time at all'], { rows: 1, examples: ['id 2'] });
    const items = await models.Item.find({ institutionId, barcode: { $in: ['B1', 'B2'] } }).sort({ barcode: 1 }).lean();
    const loan = await models.Loan.findOne({ institutionId, barcode: 'B1' }).lean().orFail();
    assert.deepEqual(items.map(({ barcode, baseStatus, currentLoanId }) => [barcode, baseStatus, currentLoanId]), [['B1', 'NOT_IN_PLACE', loan._id], ['B2', 'IN_PLACE', null]]);
  });

  test('of two open circulations of a copy the later has it, and the other is said; renewals that lead back to themselves are left out', async () => {
    assert.deepEqual(of('action.circulation').remarks['open, although a later one of the same copy is'], { rows: 1, examples: ['id 3'] });
    const item = await models.Item.findOne({ institutionId, barcode: 'B3' }).lean().orFail();
    const [, later] = await models.Loan.find({ institutionId, barcode: 'B3' }).sort({ _id: 1 }).lean();
    assert.equal(item.currentLoanId, later?._id);
    assert.deepEqual(of('action.circulation').leftOut['its renewals lead back to itself'], { rows: 2, examples: ['id 5: parent 5', 'id 6: parent 6'] });
  });

  test('who was there before keeps the user name, and the reader of that name is left out', async () => {
    assert.deepEqual(of('actor.usr').leftOut, { 'a user who is not of this dump has its user name': { rows: 1, examples: ['id 2: desk'] } });
    assert.equal(await ownerOf('desk'), (await user('desk'))._id);
    assert.equal((await user('desk')).staff, true);
    assert.equal(await ownerOf('ada'), (await user('ada'))._id);
  });

  test('a hold that its user has suspended is said to be waiting now; a consortium is the system of no library', () => {
    assert.deepEqual(of('action.hold_request').remarks, { 'suspended by its user: loaded as waiting': { rows: 1, examples: ['id 1'] } });
    assert.deepEqual(of('actor.org_unit').leftOut, { 'holds no copies, and is the system of no library': { rows: 1, examples: ['id 1: CONS'] } });
  });

  test('hours and closings that a newer dump has no longer go, but for those that staff entered, changed or are changing', async () => {
    const { CalendarRecord } = models;
    const own = { institutionId, level: 'LIBRARY' as const, libraryCode: 'BR' };
    const stored = () => CalendarRecord.find(own).sort({ type: -1, dayOfWeek: 1, validFrom: 1 }).lean();
    const told = async () => (await stored()).map(({ dayOfWeek, validFrom, fromTime, state }) => [dayOfWeek ?? validFrom, fromTime, state]);
    const [monday, tuesday, wednesday] = await stored();
    await CalendarRecord.updateOne({ institutionId, _id: tuesday!._id }, { $set: { fromTime: '10:00' }, $inc: { version: 1 } });
    const { _id, createdAt: _made, updatedAt: _changed, ...values } = wednesday!;
    await CalendarRecord.create({ ...values, fromTime: '11:00', state: 'DRAFT', replacesRecordId: _id });
    await CalendarRecord.create({ ...values, dayOfWeek: 6, fromTime: '12:00' });
    const everything = await told();

    const { 'actor.hours_of_operation': hours = [], ...others } = tables;
    delete tables['actor.hours_of_operation'];
    await rm(join(folder, 'actor.hours_of_operation.sql'));
    await load();
    assert.deepEqual(await told(), everything, 'what is not in the folder says nothing');

    Object.assign(tables, others, { 'actor.hours_of_operation': [weekOf({ 0: '09:00:00' })], 'actor.org_unit_closed': others['actor.org_unit_closed']!.slice(1) });
    report = await load();
    assert.deepEqual(await told(), [
      [1, '09:00', 'APPLIED'], [2, '10:00', 'APPLIED'], [3, '09:00', 'APPLIED'], [3, '11:00', 'DRAFT'], [6, '12:00', 'APPLIED'], ['2020-12-31', null, 'APPLIED'],
    ]);
    assert.deepEqual([of('actor.hours_of_operation').remarks, of('actor.org_unit_closed').remarks], [
      { 'no longer in the dump, and kept, as staff changed it': { rows: 2, examples: ['BR Tuesday', 'BR Wednesday'] }, 'no longer in the dump, and removed': { rows: 1, examples: ['BR Thursday'] } },
      { 'no longer in the dump, and removed': { rows: 1, examples: ['BR 2020-12-24 to 2020-12-24'] } },
    ]);
    assert.equal((await stored())[0]?.version, monday?.version);
    tables['actor.hours_of_operation'] = hours;
    await load();
    assert.equal((await told()).length, everything.length - 1, 'what comes back is loaded again, but for the closing');
    tables['actor.hours_of_operation'] = [weekOf({ 0: '09:00:00' })];
    report = await load();
    assert.deepEqual(of('actor.hours_of_operation').remarks['no longer in the dump, and removed'], { rows: 1, examples: ['BR Thursday'] }, 'and goes again');
    tables['actor.hours_of_operation'] = hours;
    await load();
    const { 'actor.hours_of_operation': _hours, 'actor.org_unit_closed': _closed, ...rest } = tables;
    for (const table of Object.keys(rest)) await rm(join(folder, `${table}.sql`));
    await loadFolder();
    assert.equal((await told()).length, everything.length - 1, 'of a folder that does not tell what is a library nothing goes');
  });

  test('a change of the source arrives although a job changes the record at that moment', async () => {
    tables['actor.usr']![0]!.family_name = 'Byron';
    let met = false;
    const stop = onWrites(async ({ name, send }) => {
      if (name === 'users.bulkWrite' && !met) {
        met = true;
        await models.User.collection.updateOne({ institutionId, primaryId: 'ada' }, { $set: { status: 'INACTIVE' }, $inc: { version: 1 } });
      }
      return send();
    });
    await load().finally(stop);
    const { lastName, version } = await user('ada');
    assert.deepEqual([met, lastName, version], [true, 'Byron', 3]);
  });
});
