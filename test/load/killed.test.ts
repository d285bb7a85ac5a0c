/** A load that dies at any of its writes, and is repeated, leaves what an undisturbed one leaves. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { loadFile, type CollectionName } from '../../cli/load/collections/load-file.js';
import { zoneOf } from '../../domain/days.js';
import { emptyDatabase } from '../support/database.js';
import { kept, onWrites, pictureOf } from '../support/store.js';
import { libraryInLines } from './collections-library.js';

const HERE = 'here';
const { models, close } = await emptyDatabase();
let folder: string;
let restore: () => Promise<void>;

const moreItems = [
  { barcode: 'B2', recordId: '11', libraryCode: 'MAIN', locationCode: 'STACKS' },
  { barcode: 'B3', recordId: '11', libraryCode: 'MAIN', locationCode: 'STACKS' },
];
const lentSince = '2025-02-03T14:00:00-05:00';
const loan = { loanDate: lentSince, primaryId: 'U1', touCode: 'BOOK', dueDate: '2025-03-03T21:00:00-05:00' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-killed-'));
  for (const [collection, lines] of libraryInLines) await load(collection, lines);
  await load('locations', [{ libraryCode: 'WEST', code: 'STACKS', name: 'Stacks' }]);
  await load('items', moreItems);
  const touched = await kept(models, HERE);
  restore = () => touched(new Set(['users', 'userIdentifiers', 'items', 'holdings', 'loans', 'calendarRecords', 'calendarChanges']));
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true });
});

async function load(collection: CollectionName, lines: readonly object[]) {
  const file = join(folder, `${collection}.ndjson`);
  await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const noon = new Date('2025-03-10T16:00:00.000Z');
  return loadFile({ models, institutionId: HERE, zone: zoneOf('America/New_York'), currency: 'USD', now: () => noon }, collection, file, () => undefined);
}

class Killed extends Error {}

/** Loads in a process that dies at its write number `at`, after it or in the middle of its records; answers what was being written, null when it lived. */
async function dying(call: () => Promise<unknown>, at: number, how: 'after' | 'in the middle of'): Promise<string | null> {
  let made = 0;
  let died: string | null = null;
  const stop = onWrites(async ({ name, send, sendHalf }) => {
    made += 1;
    if (made < at) return send();
    if (made === at) {
      died = name;
      await (how === 'after' ? send() : sendHalf?.())?.catch(() => undefined);
    }
    throw new Killed(name);
  });
  await call().catch((error: unknown) => assert.ok(error instanceof Killed)).finally(stop);
  return died;
}

test.each<[string, CollectionName, object[], string[]]>([
  ['new loans', 'loans', [{ barcode: 'B2', ...loan }, { barcode: 'B3', ...loan }], ['loans.insertMany', 'items.bulkWrite']],
  [
    'loans that become lost or come back, and another of the same item', 'loans',
    [
      { barcode: 'B1', loanDate: lentSince, status: 'COMPLETE', returnDate: '2025-03-01T10:00:00-05:00' },
      { barcode: 'B1', ...loan, loanDate: '2025-03-02T09:00:00-05:00' },
      { barcode: 'B2', ...loan, processStatus: 'LOST' },
    ],
    ['loans.insertMany', 'loans.bulkWrite', 'items.bulkWrite'],
  ],
  ['new items', 'items', [{ barcode: 'B8', recordId: '11', libraryCode: 'WEST', locationCode: 'STACKS' }, { barcode: 'B1', callNumber: 'PR6019' }], ['items.insertMany', 'items.bulkWrite', 'holdings.insertMany']],
  ['users', 'users', [{ primaryId: 'U7', lastName: 'Bloom', barcodes: ['2007'] }, { primaryId: 'U1', barcodes: ['2009'] }], ['userIdentifiers.insertMany', 'users.insertMany', 'users.bulkWrite', 'userIdentifiers.deleteMany']],
])('%s', async (_what, collection, lines, writes) => {
  await restore();
  await load(collection, lines);
  const undisturbed = await pictureOf(models, HERE);
  const died = new Set<string>();
  for (const how of ['after', 'in the middle of'] as const) {
    for (let at = 1; ; at += 1) {
      await restore();
      const write = await dying(() => load(collection, lines), at, how);
      if (write === null) break;
      died.add(write);
      await load(collection, lines);
      assert.deepEqual(await pictureOf(models, HERE), undisturbed, `died ${how} write ${at}, ${write}`);
    }
  }
  assert.deepEqual([...died], writes);
});

test('closings: whatever counts by then is in an open change, and the next load applies the rest', async () => {
  const closing = (day: string, libraryCode: string | null) => ({ libraryCode, type: 'EXCEPTION', status: 'CLOSED', validFrom: day, validTo: day });
  const lines = [closing('2025-03-17', null), closing('2025-03-18', null), closing('2025-03-19', 'MAIN')];
  const inForce = async () => (await models.CalendarRecord.find({ institutionId: HERE, state: 'APPLIED', validFrom: { $gte: '2025-03-17', $lte: '2025-03-19' } }).sort({ validFrom: 1 }).lean());
  const toldOf = async (libraryCode: string | null, day: string) =>
    (await models.CalendarChange.countDocuments({ institutionId: HERE, libraryCode, fromDate: { $lte: day }, toDate: { $gte: day }, processedAt: null })) > 0;
  const died = new Set<string>();
  for (const how of ['after', 'in the middle of'] as const) {
    for (let at = 1; ; at += 1) {
      await restore();
      const write = await dying(() => load('calendarRecords', lines), at, how);
      for (const { libraryCode, validFrom } of await inForce()) assert.ok(await toldOf(libraryCode, validFrom), `${validFrom}, died ${how} write ${at}`);
      if (write === null) break;
      died.add(write);
      await load('calendarRecords', lines);
      assert.deepEqual((await inForce()).map(({ validFrom }) => validFrom), ['2025-03-17', '2025-03-18', '2025-03-19'], `died ${how} write ${at}`);
      for (const { libraryCode, validFrom } of await inForce()) assert.ok(await toldOf(libraryCode, validFrom), `${validFrom}, repeated after ${how} write ${at}`);
    }
  }
  assert.deepEqual([...died], ['calendarRecords.insertMany', 'calendarRecords.updateOne', 'calendarChanges.findOneAndUpdate']);
});
