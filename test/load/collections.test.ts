/** `almanac load <collection> <file>`: what lines become, what a repeat does, and what is said of a line that is refused. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest';
import { loadFile, type CollectionName, type FileReport } from '../../cli/load/collections/load-file.js';
import { zoneOf } from '../../domain/days.js';
import type { Models } from '../../models/models.js';
import { demoLibrary } from '../support/demo-library.js';
import { emptyDatabase } from '../support/database.js';
import { everythingOf } from '../support/store.js';
import { libraryInLines } from './collections-library.js';

const HERE = 'here';
const NEIGHBOUR = 'neighbour';
let folder: string;
let models: Models;
let close: () => Promise<void>;
let neighbourBefore: unknown;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-'));
  ({ models, close } = await emptyDatabase());
  // It has the same codes and identifiers as ours.
  await demoLibrary(models, NEIGHBOUR);
  neighbourBefore = await everythingOf(models, NEIGHBOUR);
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true });
});

const empty = () => Promise.all(Object.values(models).map(({ collection }) => collection.deleteMany({ institutionId: HERE })));

const noon = new Date('2025-03-10T16:00:00.000Z');

async function load(collection: CollectionName, name: string, content: string | Buffer): Promise<FileReport> {
  const file = join(folder, name);
  await writeFile(file, content);
  return loadFile({ models, institutionId: HERE, zone: zoneOf('America/New_York'), currency: 'USD', now: () => noon }, collection, file, () => undefined);
}

const ndjson = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
async function loadLibrary(): Promise<string[]> {
  const said: string[] = [];
  for (const [collection, lines] of libraryInLines) {
    const { inserted, updated, unchanged, refused } = await load(collection, `${collection}.ndjson`, ndjson(lines));
    said.push(`${collection} ${inserted} ${updated} ${unchanged} ${refused}`);
  }
  return said;
}
const refusalsOf = async (report: FileReport): Promise<unknown[]> =>
  (await readFile(report.refusedFile ?? '', 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as unknown);

describe('good lines', () => {
  beforeEach(empty);

  test('of every collection become records with the defaults of the data model', async () => {
    assert.deepEqual(await loadLibrary(), [
      'libraries 2 0 0 0', 'locations 1 0 0 0', 'calendarRecords 2 0 0 0', 'users 2 0 0 0', 'bibs 1 0 0 0', 'items 1 0 0 0', 'policies 1 0 0 0',
      'termsOfUses 1 0 0 0', 'overdueLostProfiles 1 0 0 0', 'loans 1 0 0 0', 'fees 1 0 0 0', 'requests 1 0 0 0',
    ]);
    const loan = await models.Loan.findOne({ institutionId: HERE }).lean();
    assert.deepEqual(
      [loan?.title, loan?.libraryCode, loan?.userGroup, loan?.dueDate.toISOString(), loan?.status, loan?.processStatus, loan?.dueCycle, loan?.version],
      ['Dubliners', 'MAIN', 'STUDENT', '2025-03-04T02:00:00.000Z', 'ACTIVE', 'NORMAL', 1, 1],
    );
    const item = await models.Item.findOne({ institutionId: HERE }).lean();
    assert.deepEqual([item?.processType, item?.currentLoanId, item?.replacementCost], ['LOAN', loan?._id, { amount: 4250, currency: 'USD' }]);
    const fee = await models.Fee.findOne({ institutionId: HERE }).lean();
    assert.deepEqual([fee?.balance, fee?.status, fee?.currency, fee?.createdAt.toISOString()], [250, 'ACTIVE', 'USD', '2025-03-04T14:00:00.000Z']);
  });

  test('loaded twice change nothing the second time', async () => {
    await loadLibrary();
    const once = await everythingOf(models, HERE);
    const said = await loadLibrary();
    assert.deepEqual(said.filter((line) => !/ 0 0 \d 0$/.test(line)), []);
    assert.deepEqual(await everythingOf(models, HERE), once);
  });

  test('in CSV say the same as in NDJSON', async () => {
    await loadLibrary();
    const once = await everythingOf(models, HERE);
    const csv: [CollectionName, string][] = [
      ['users', '\uFEFFprimaryId,firstName,lastName,userGroup,barcodes,emails\r\nU1,Ada,Byron,STUDENT,2001,ada@patrons.example\r\nU2,,Dedalus,,2002,\r\n'],
      ['bibs', 'recordId,title,author,isbns\n11,Dubliners,"Joyce, James",9780141182452\n'],
      ['items', 'barcode,recordId,libraryCode,locationCode,replacementCost\nB1,11,MAIN,STACKS,4250\n'],
      ['loans', 'barcode,loanDate,dueDate\n\nB1,2025-02-03T19:00:00Z,2025-03-04T02:00:00Z\n'],
      ['termsOfUses', 'code,policies\nBOOK,"[{""type"":""maximumFine"",""policyCode"":""TEN""}]"\n'],
      ['libraries', 'code,name\nMAIN,Main Library\nWEST,West Branch\n'],
    ];
    for (const [collection, content] of csv) {
      const { lines, unchanged, refused } = await load(collection, `${collection}.csv`, content);
      assert.deepEqual([collection, unchanged, refused], [collection, lines, 0]);
    }
    assert.deepEqual(await everythingOf(models, HERE), once);
  });

  test('change what they name and nothing else; of two lines about one record the later counts', async () => {
    await loadLibrary();
    const report = await load('users', 'changed.ndjson', ndjson([{ primaryId: 'U1', userGroup: 'FACULTY' }, { primaryId: 'U1', userGroup: 'PUBLIC' }]));
    assert.deepEqual([report.lines, report.updated, report.replaced], [2, 1, 1]);
    const user = await models.User.findOne({ institutionId: HERE, primaryId: 'U1' }).lean();
    assert.deepEqual([user?.userGroup, user?.lastName, user?.identifiers[0]?.value, user?.version], ['PUBLIC', 'Byron', '2001', 2]);
  });

  test('that move a due date begin another cycle of notices, once', async () => {
    await loadLibrary();
    const moved = ndjson([{ barcode: 'B1', loanDate: '2025-02-03T19:00:00Z', dueDate: '2025-03-20T21:00:00Z' }]);
    const reports = [await load('loans', 'moved.ndjson', moved), await load('loans', 'moved.ndjson', moved)];
    assert.deepEqual(reports.map(({ updated, unchanged }) => [updated, unchanged]), [[1, 0], [0, 1]]);
    assert.equal((await models.Loan.findOne({ institutionId: HERE }).lean())?.dueCycle, 2);
  });

  test('may hold U+2028, which ends a line elsewhere, and come without a last line end', async () => {
    const { inserted } = await load('libraries', 'u2028.ndjson', '{"code":"A","name":"One\u2028Two"}\r\n{"code":"B","name":"Three"}');
    assert.equal(inserted, 2);
  });

  test('more than are kept in memory at a time all arrive, and a bad one among them is told by its number', async () => {
    const lines = Array.from({ length: 2_345 }, (_one, number) => ({ code: `L${number}`, name: `Branch ${number}`, ...(number === 1_999 ? { seats: 4 } : {}) }));
    const report = await load('libraries', 'many.ndjson', ndjson(lines));
    assert.deepEqual([report.lines, report.inserted, report.refused], [2_345, 2_344, 1]);
    const [refusal] = await refusalsOf(report);
    assert.equal((refusal as { line: number }).line, 2_000);
  });

  test('of loans count in the order of the file, though thousands about other items are loaded at once', async () => {
    await loadLibrary();
    const item = { recordId: '11', libraryCode: 'MAIN', locationCode: 'STACKS' };
    await load('items', 'items.ndjson', ndjson(['B2', 'B3', 'B4'].map((barcode) => ({ barcode, ...item }))));
    const at = (minutes: number) => new Date(Date.parse('2025-02-03T19:00:00Z') + minutes * 60_000).toISOString();
    const lent = { primaryId: 'U1', touCode: 'BOOK', dueDate: '2025-03-04T02:00:00Z' };
    // A thousand each about B2, B3 and B4, the first of each refused; then B2 is lent once more.
    const lines: object[] = ['B2', 'B3', 'B4'].flatMap((barcode) =>
      Array.from({ length: 1_000 }, (_one, minute) => ({ barcode, loanDate: at(minute), ...lent, ...(minute === 0 ? { primaryId: 'U7' } : { status: 'COMPLETE', returnDate: at(minute) }) })));
    const last = { barcode: 'B2', loanDate: at(2_000), ...lent };
    const report = await load('loans', 'many.ndjson', ndjson([...lines, last, { ...last, renewalCount: 1 }]));

    assert.deepEqual([report.lines, report.inserted, report.replaced, report.refused], [3_002, 2_998, 1, 3]);
    assert.deepEqual((await refusalsOf(report)).map((refusal) => (refusal as { line: number }).line), [1, 1_001, 2_001]);
    const out = await models.Loan.findOne({ institutionId: HERE, barcode: 'B2', status: 'ACTIVE' }).lean();
    assert.equal(out?.renewalCount, 1);
    const items = await models.Item.find({ institutionId: HERE, barcodeKey: { $in: ['B2', 'B3'] } }).sort({ barcodeKey: 1 }).lean();
    assert.deepEqual(items.map(({ currentLoanId, processType }) => [currentLoanId, processType]), [[out._id, 'LOAN'], [null, null]]);
    const again = await load('loans', 'many.ndjson', ndjson([...lines, { ...last, status: 'COMPLETE', returnDate: at(2_001) }, { ...last, loanDate: at(3_000) }]));
    assert.deepEqual([again.unchanged, again.updated, again.inserted], [2_997, 1, 1]);
    const newest = await models.Loan.findOne({ institutionId: HERE, barcode: 'B2', status: 'ACTIVE' }).lean();
    assert.equal((await models.Item.findOne({ institutionId: HERE, barcodeKey: 'B2' }).lean())?.currentLoanId, newest?._id);
  });

  describe('about a loan leave its item alone', () => {
    const line = { barcode: 'B1', loanDate: '2025-02-03T19:00:00Z' };
    const item = () => models.Item.findOne({ institutionId: HERE, barcode: 'B1' }).orFail().lean();

    test('when the loan was paid as lost', async () => {
      await loadLibrary();
      await models.Loan.updateOne({ institutionId: HERE }, { $set: { status: 'COMPLETE', processStatus: 'LOST', closeReason: 'LOST_AND_PAID', returnDate: new Date('2025-05-01T12:00:00Z') } });
      await models.Item.updateOne({ institutionId: HERE, barcode: 'B1' }, { $set: { baseStatus: 'NOT_IN_PLACE', processType: 'LOST_LOAN_AND_PAID' } });
      const paid = await item();
      assert.equal((await load('loans', 'paid.ndjson', ndjson([{ ...line, renewalCount: 1 }]))).updated, 1);
      assert.deepEqual(await item(), paid);
    });

    test.each([
      ['is still out', { renewalCount: 1 }],
      ['came back', { status: 'COMPLETE', returnDate: '2025-03-01T12:00:00Z' }],
    ])('when it is out on another loan by now, though this one %s', async (_, told) => {
      await loadLibrary();
      await models.Item.updateOne({ institutionId: HERE, barcode: 'B1' }, { $set: { currentLoanId: '65e5f0000000000000000009' } });
      const lentAgain = await item();
      assert.equal((await load('loans', 'before.ndjson', ndjson([{ ...line, ...told }]))).updated, 1);
      assert.deepEqual(await item(), lentAgain);
    });
  });

  test('after a load without a refusal the file of refused lines of an earlier one is gone', async () => {
    await load('libraries', 'twice.ndjson', '{}\n');
    assert.ok((await readdir(folder)).includes('twice.ndjson.refused.ndjson'));
    assert.equal((await load('libraries', 'twice.ndjson', '{"code":"A","name":"One"}\n')).refusedFile, null);
    assert.ok(!(await readdir(folder)).includes('twice.ndjson.refused.ndjson'));
  });
});

/** The collection, a line (an object stands for its JSON), and what is said of it. */
const bad: [CollectionName, string | object, place: string, value: unknown, expectation: string | RegExp][] = [
  ['users', '{"primaryId":"U9"', '', null, /^a record in JSON \(/],
  ['users', 'U9,Ada,Byron', '', null, /^a record in JSON \(/],
  ['users', '["U9"]', '', ['U9'], /expected object, received array/],
  ['users', 'null', '', null, /expected object, received null/],
  ['users', '{"primaryId":"U9","lastName":"Gau\uFFFD"}', '', null, 'text in UTF-8'],
  ['users', { lastName: 'Bloom' }, 'primaryId', null, 'a text'],
  ['users', { primaryId: '  ', lastName: 'Bloom' }, 'primaryId', '', 'a text that is not empty'],
  ['users', { primaryId: 'x'.repeat(101), lastName: 'Bloom' }, 'primaryId', 'x'.repeat(101), 'at most 100 characters'],
  ['users', { primaryId: 'U9' }, 'displayName', null, 'needed for a new record'],
  ['users', { primaryId: 'U9', lastName: 'Bloom', emails: ['bloom at dublin'] }, 'emails.0', 'bloom at dublin', 'an e-mail address, or {address, types, preferred}'],
  ['users', { primaryId: 'U9', lastName: 'Bloom', expiryDate: '2025-02-30' }, 'expiryDate', '2025-02-30', 'a day YYYY-MM-DD'],
  ['users', { primaryId: 'U9', lastName: 'Bloom', passwordHash: 'x' }, 'passwordHash', null, 'no such field'],
  ['users', '{"primaryId":"U9","lastName":"Bloom","__proto__":{"staff":true}}', '__proto__', null, 'no such field'],
  ['users', { primaryId: 'U9', lastName: 'Bloom', roles: [{ role: 'GOD' }] }, 'roles.0.role', 'GOD', 'PATRON, or a role of platform.md 11'],
  ['users', { primaryId: 'U9', lastName: 'Bloom', barcodes: ['2009', '2001'] }, 'identifiers', '2001', 'an identifier that no other user has'],
  ['users', { primaryId: 'u1', lastName: 'Bloom' }, 'identifiers', 'u1', 'an identifier that no other user has'],
  ['libraries', { code: 'EAST' }, 'name', null, 'needed for a new record'],
  ['libraries', { code: 'EAST', name: 'East', active: 'yes' }, 'active', 'yes', 'true or false'],
  ['locations', { libraryCode: 'NORTH', code: 'STACKS', name: 'Stacks' }, 'libraryCode', 'NORTH', 'the code of a library of this institution'],
  ['calendarRecords', { type: 'STANDARD', dayOfWeek: 1, fromTime: '21:00', toTime: '09:00', validFrom: '2025-01-01', validTo: '2025-12-31' }, 'toTime', '09:00', 'a time after fromTime'],
  ['calendarRecords', { type: 'EXCEPTION', validFrom: '2025-01-02', validTo: '2025-01-01', status: 'CLOSED' }, 'validTo', '2025-01-01', 'a day not before validFrom'],
  ['calendarRecords', { type: 'STANDARD', dayOfWeek: 8, fromTime: '09:00', toTime: '21:00', validFrom: '2025-01-01', validTo: '2025-12-31' }, 'dayOfWeek', 8, /<=7/],
  ['calendarRecords', { type: 'STANDARD', dayOfWeek: 1, fromTime: '9:00', toTime: '24:00', validFrom: '2025-01-01', validTo: '2025-12-31' }, 'fromTime', '9:00', 'a time HH:mm'],
  ['bibs', { recordId: 'eleven', title: 'Ulysses' }, 'recordId', 'eleven', 'digits'],
  ['bibs', { recordId: '12', author: 'Joyce, James' }, 'title', null, 'a title, as author, publisher and isbns are given'],
  ['bibs', { recordId: '12', marc: { leader: 'short', fields: [] } }, 'marc.leader', 'short', '24 characters'],
  ['items', { barcode: 'B2', recordId: '99', libraryCode: 'MAIN', locationCode: 'STACKS' }, 'recordId', '99', 'the record id of a bib of this institution'],
  ['items', { barcode: 'B2', recordId: '11', libraryCode: 'WEST', locationCode: 'STACKS' }, 'locationCode', 'WEST/STACKS', 'the codes of a library and a location of this institution'],
  ['items', { barcode: 'B2', recordId: '11', libraryCode: 'MAIN', locationCode: 'STACKS', replacementCost: 42.5 }, 'replacementCost', 42.5, 'a whole number'],
  ['policies', { type: 'maximumFine', code: 'NONE', name: 'None', value: -1 }, 'value', -1, /./],
  ['termsOfUses', { code: 'DVD', type: 'LOAN', name: 'Films', policies: [{ type: 'maximumFine', policyCode: 'TWO' }] }, 'policies', 'maximumFine/TWO', 'the type and code of a policy of this institution'],
  ['overdueLostProfiles', { name: 'Late', type: 'CHANGE_TO_LOST', daysAfterDueDate: 3651 }, 'daysAfterDueDate', 3651, 'from 0 to 3650'],
  ['overdueLostProfiles', { name: 'Late', type: 'CHANGE_TO_LOST', daysAfterDueDate: 30, blockUser: true }, 'blockDefinitionCode', null, 'a block, as blockUser is set'],
  ['loans', { barcode: 'B7', loanDate: '2025-02-03T14:00:00Z' }, 'barcode', 'B7', 'the barcode of an item of this institution'],
  ['loans', { barcode: 'B1', loanDate: '2025-02-03 14:00' }, 'loanDate', '2025-02-03 14:00', 'an instant such as 2026-02-03T10:00:00-05:00'],
  ['loans', { barcode: 'B1', loanDate: '2025-02-03T14:00:00Z', dueDate: '2025-02-03T13:59:59Z' }, 'dueDate', '2025-02-03T13:59:59Z', 'an instant not before loanDate'],
  ['loans', { barcode: 'B1', loanDate: '2025-02-04T14:00:00Z', primaryId: 'U7', touCode: 'BOOK', dueDate: '2025-03-03T14:00:00Z' }, 'primaryId', 'U7', 'the primary id of a user of this institution'],
  ['fees', { key: 'bill 8', primaryId: 'U1', type: 'OVERDUE_FINE', originalAmount: 250, balance: 251 }, 'balance', 251, 'at most the original amount'],
  ['fees', { key: 'bill 8', primaryId: 'U1', type: 'OVERDUE_FINE', originalAmount: -1 }, 'originalAmount', -1, 'an amount in minor units, from 0 on'],
  ['requests', { key: 'hold 4', primaryId: 'U2', requestedAt: '2025-03-01T10:00:00Z', pickupLibraryCode: 'WEST' }, 'recordId', null, 'either recordId or barcode'],
];

describe('closings', () => {
  beforeEach(empty);
  const closing = (day: string, libraryCode: string | null = null) => ({ libraryCode, type: 'EXCEPTION', status: 'CLOSED', validFrom: day, validTo: day });
  const changes = async () => (await models.CalendarChange.find({ institutionId: HERE }).sort({ libraryCode: 1, fromDate: 1 }).lean())
    .map(({ libraryCode, fromDate, toDate, appliedAt, processedAt }) => [libraryCode, fromDate, toDate, appliedAt.toISOString(), processedAt]);
  const inForce = () => models.CalendarRecord.countDocuments({ institutionId: HERE, state: 'APPLIED' });

  test('of a library that lends are heard of by the due date correction, once: a change for each calendar that got new ones', async () => {
    await loadLibrary();
    assert.deepEqual(await changes(), [], 'nothing was lent when the first hours came');
    const lines = ndjson([closing('2025-03-17'), closing('2025-03-19'), closing('2025-03-24', 'MAIN')]);
    const first = await load('calendarRecords', 'closings.ndjson', lines);
    assert.deepEqual([first.inserted, await inForce()], [3, 5]);
    const told = [[null, '2025-03-17', '2025-03-19', noon.toISOString(), null], ['MAIN', '2025-03-24', '2025-03-24', noon.toISOString(), null]];
    assert.deepEqual(await changes(), told);
    const again = await load('calendarRecords', 'closings.ndjson', lines);
    assert.deepEqual([again.unchanged, await changes()], [3, told]);
  });
  test('leave drafts of staff as they are, but for one that says the same', async () => {
    await loadLibrary();
    const draft = { institutionId: HERE, level: 'INSTITUTION', libraryCode: null, type: 'EXCEPTION', status: 'CLOSED', state: 'DRAFT' } as const;
    await models.CalendarRecord.create([{ ...draft, validFrom: '2025-03-17', validTo: '2025-03-17' }, { ...draft, validFrom: '2025-04-18', validTo: '2025-04-18' }]);
    const { unchanged } = await load('calendarRecords', 'closings.ndjson', ndjson([closing('2025-03-17')]));
    assert.deepEqual([unchanged, await changes()], [1, [[null, '2025-03-17', '2025-03-17', noon.toISOString(), null]]]);
    assert.deepEqual((await models.CalendarRecord.find({ institutionId: HERE, state: 'DRAFT' }).lean()).map(({ validFrom }) => validFrom), ['2025-04-18']);
  });
});

describe('a bad line', () => {
  beforeAll(async () => {
    await empty();
    await loadLibrary();
  });

  test.each(bad)('%s %j is refused with its place, value and expectation, and leaves nothing behind', async (collection, line, place, value, expectation) => {
    const before = await everythingOf(models, HERE);
    const text = typeof line === 'string' ? line : JSON.stringify(line);
    const [, good = []] = libraryInLines.find(([name]) => name === collection) ?? [];
    const report = await load(collection, 'bad.ndjson', `${ndjson(good)}${text}\n`);

    assert.deepEqual([report.lines, report.unchanged, report.refused], [good.length + 1, good.length, 1]);
    const [refusal, ...others] = (await refusalsOf(report)) as { line: number; reasons: { place: string; value: unknown; expectation: string }[]; text: string }[];
    assert.ok(refusal);
    assert.deepEqual([others, refusal.line, refusal.text], [[], good.length + 1, text]);
    const said = refusal.reasons.find((reason) => reason.place === place);
    assert.ok(said, `no reason for ${place}: ${JSON.stringify(refusal.reasons)}`);
    assert.deepEqual(said.value, value);
    if (expectation instanceof RegExp) assert.match(said.expectation, expectation);
    else assert.equal(said.expectation, expectation);
    assert.deepEqual(await everythingOf(models, HERE), before);
  });

  test.each([
    ['with a cell too many', 'code,name\nA,One,Two\n', 2, { place: '', value: 3, expectation: '2 cells, as many as the first line has names' }],
    ['with JSON cut off', 'code,name,address\nA,One,"{""city"":"\n', 2, { place: 'address', value: '{"city":', expectation: /^a record in JSON/ }],
    ['with a quotation mark that nothing closes', 'code,name\nA,"One\nB,Two\n', 2, { place: '', value: null, expectation: /rest of the file was not read/ }],
  ])('of CSV %s is refused', async (_what, content, line, expected) => {
    const report = await load('libraries', 'bad.csv', content);
    assert.equal(report.refused, 1);
    const [refusal] = (await refusalsOf(report)) as { line: number; reasons: { place: string; value: unknown; expectation: string }[] }[];
    const [reason] = refusal?.reasons ?? [];
    assert.deepEqual([refusal?.line, reason?.place, reason?.value], [line, expected.place, expected.value]);
    if (expected.expectation instanceof RegExp) assert.match(reason?.expectation ?? '', expected.expectation);
    else assert.equal(reason?.expectation, expected.expectation);
    assert.equal(await models.Library.countDocuments({ institutionId: HERE, code: 'A' }), 0);
  });

  test('without an end is not taken into memory, and the line after it is read', async () => {
    const report = await load('libraries', 'endless.ndjson', `{"code":"A","name":"${'x'.repeat(10_100_000)}"}\n{"code":"B","name":"Two"}\n`);
    assert.deepEqual([report.inserted, report.refused], [1, 1]);
    const [refusal] = (await refusalsOf(report)) as { line: number; text: string; reasons: { expectation: string }[] }[];
    assert.deepEqual([refusal?.line, refusal?.text.length], [1, 1_000]);
    assert.match(refusal?.reasons[0]?.expectation ?? '', /at most 10000000 characters/);
  });
});

describe('a file that cannot be read as a whole is refused before a record is written:', () => {
  beforeEach(empty);

  test.each([
    ['two columns of one name', 'code,name,code\nA,One,B\n', 'Two columns are called "code" in the first line.'],
    ['a column without a name', 'code,,name\nA,x,One\n', 'Column 2 has no name in the first line.'],
    ['a field and one within it', 'code,name,address,address.city\nA,One,x,y\n', '"address" cannot be a column beside those for the fields within it.'],
  ])('%s', async (_what, content, message) => {
    await assert.rejects(load('libraries', 'head.csv', content), { name: 'NotLoadable', message });
    assert.equal(await models.Library.countDocuments({ institutionId: HERE }), 0);
  });

  test('a file that is not there, a folder', async () => {
    const destination = { models, institutionId: HERE, zone: zoneOf('America/New_York'), currency: 'USD', now: () => noon };
    const nowhere = join(folder, 'nowhere.ndjson');
    await assert.rejects(loadFile(destination, 'users', nowhere, () => undefined), { name: 'NotLoadable', message: /nowhere\.ndjson cannot be read: expected a file of lines \(ENOENT/ });
    await assert.rejects(loadFile(destination, 'users', folder, () => undefined), { name: 'NotLoadable', message: `${folder} is a folder: expected a file of lines.` });
  });
});

test('a user who was refused has not taken the identifiers that the line names', async () => {
  await empty();
  await loadLibrary();
  await load('users', 'taken.ndjson', ndjson([{ primaryId: 'U9', lastName: 'Bloom', barcodes: ['2009', '2001'] }]));
  const { inserted } = await load('users', 'free.ndjson', ndjson([{ primaryId: 'U8', lastName: 'Conmee', barcodes: ['2009'] }]));
  assert.equal(inserted, 1);
});

test('a neighbouring institution is as it was', async () => {
  assert.deepEqual(await everythingOf(models, NEIGHBOUR), neighbourBefore);
});
