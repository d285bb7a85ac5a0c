/**
 * The library that loans are loaded into, and their file: records of the demonstration library, repeated under numbers of their own.
 *
 * Each line is an open loan of an item of its own. Lines come in the order of their loans, which is not that of the items, the titles or the readers.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { sizes } from '../cli/seed/plan.js';
import { seedDemonstration } from '../cli/seed/seed.js';
import type { Bib, Item } from '../models/catalogue-records.js';
import { createIndexes, type Models } from '../models/models.js';
import type { User } from '../models/user.js';
import { writeMany } from './write-many.js';

export const institutionId = 'bench';
/** When the file was made. */
export const evening = new Date('2026-06-10T22:00:00.000Z');
const DAY_MS = 24 * 60 * 60 * 1000;
const LINES_AT_ONCE = 10_000;

/** Writes library and readers into an empty database, and the lines of `loans` loans into `file`; `said` hears how far it is. */
export async function writeLoadable(models: Models, loans: number, file: string, said: (line: string) => void): Promise<void> {
  await createIndexes(models);
  await seedDemonstration({ models, now: () => evening, onProgress: () => undefined }, institutionId, sizes.S);
  const item = await models.Item.findOne({ institutionId, processType: null, deletedAt: null }).lean<Item>();
  const bib = await models.Bib.findOne({ institutionId, deletedAt: null }).lean<Bib>();
  const user = await models.User.findOne({ institutionId, status: 'ACTIVE', staff: false }).lean<User>();
  const terms = await models.TermsOfUse.findOne({ institutionId, type: 'LOAN', deletedAt: null }).lean();
  if (item === null || bib === null || user === null || terms === null) throw new Error('the demonstration library has no item, title, reader or terms to repeat');
  const lent = [models.Loan, models.LoanEvent, models.Fee, models.Request];
  for (const model of [...lent, models.Item, models.Holding, models.Bib]) await model.collection.deleteMany({});

  const readers = Math.ceil(loans / 10);
  const titles = Math.ceil(loans / 4);
  await writeMany(models.User, readers, (number) => userAt(user, number), said);
  await writeMany(models.Bib, titles, (number) => bibAt(bib, number), said);
  // Made over what is there, an index takes a fifth of the time.
  await models.Item.collection.dropIndexes();
  await writeMany(models.Item, loans, (number) => itemAt(item, number, titles), said);
  said('Item: its indexes');
  await models.Item.createIndexes();

  const stream = createWriteStream(file);
  for (let from = 0; from < loans; from += LINES_AT_ONCE) {
    const numbers = Array.from({ length: Math.min(LINES_AT_ONCE, loans - from) }, (_, index) => from + index);
    const lines = numbers.map((number) => `${JSON.stringify(lineAt(number, loans, readers, terms.code))}\n`);
    if (!stream.write(lines.join(''))) await once(stream, 'drain');
    if (from % 250_000 === 0) said(`lines: ${from} of ${loans}`);
  }
  stream.end();
  await once(stream, 'finish');
}

const idAt = (kind: string, number: number) => `${kind}${number.toString(16).padStart(22, '0')}`;
/** Each number below `count` once, far from its neighbours; the step is a prime. */
const scattered = (number: number, count: number) => (number * 1_000_003) % count;

function userAt(user: User, number: number): User {
  const primaryId = `bench${number}`;
  return { ...user, _id: idAt('01', number), primaryId, identifiers: [], emails: user.emails.map((email) => ({ ...email, address: `${primaryId}@patrons.example` })) };
}

function bibAt(bib: Bib, number: number): Bib {
  const _id = idAt('04', number);
  return { ...bib, _id, recordId: String(99_000_000_000 + number), importKey: `#${_id}`, czKey: `#${_id}` };
}

function itemAt(item: Item, number: number, titles: number): Item {
  const _id = idAt('02', number);
  const barcode = `B${number}`;
  return { ...item, _id, pid: `P${number}`, barcode, barcodeKey: barcode, bibId: idAt('04', scattered(number, titles)), importKey: `#${_id}`, updatedAt: evening };
}

/** Lent within the last four weeks, for four weeks. */
function lineAt(number: number, loans: number, readers: number, touCode: string) {
  const loanDate = new Date(evening.getTime() - Math.floor((28 * DAY_MS * (loans - number)) / loans));
  return {
    barcode: `B${scattered(number, loans)}`,
    loanDate: loanDate.toISOString(),
    dueDate: new Date(loanDate.getTime() + 28 * DAY_MS).toISOString(),
    primaryId: `bench${scattered(number, readers)}`,
    touCode,
    renewalCount: number % 3,
    circDesk: 'DESK',
  };
}
