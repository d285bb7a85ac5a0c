/** Many small libraries, in each the night's job and a page of loans that fell due yesterday: a first notification to ten readers. */
import type { Item } from '../models/catalogue-records.js';
import type { Loan } from '../models/loan.js';
import { createIndexes, type Models } from '../models/models.js';
import { demoLibrary, idOf, loan, profile, user } from '../test/support/demo-library.js';

export const JOB = 'loans-overdue-and-lost';
const LOANS = 100;
const READERS = 10;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Into an empty database; no schedule starts anything yet. `said` hears how far it is. */
export async function writeLibraries(models: Models, codes: readonly string[], said: (line: string) => void): Promise<void> {
  await createIndexes(models);
  for (const [index, code] of codes.entries()) {
    await demoLibrary(models, code);
    await profile(models, code, 'First', 'OVERDUE_NOTIFICATION_1', 1, { sendFormat: 'EMAIL' });
    await writeLoans(models, code);
    if (index % 50 === 0) said(`${index} of ${codes.length} libraries`);
  }
  // Else the other jobs of the catalogue would be thousands of schedules beside those measured.
  await models.ScheduledJob.updateMany({}, { $set: { schedule: { kind: 'NONE' } } });
}

async function writeLoans(models: Models, code: string): Promise<void> {
  const readers = Array.from({ length: READERS }, (_, number) => `R${number}`);
  for (const reader of readers) {
    const address = `${reader.toLowerCase()}.${code}@example.org`;
    await user(models, code, reader, { emails: [{ address, types: [], preferred: true, bounced: false, segment: 'INTERNAL' }] });
  }
  await loan(models, code, 'L0', { userId: idOf(code, 'R0') });
  const first = await models.Loan.findOne({ institutionId: code }).orFail().lean<Loan>();
  const itsItem = await models.Item.findOne({ institutionId: code }).orFail().lean<Item>();
  const more = Array.from({ length: LOANS - 1 }, (_, index) => `L${index + 1}`);
  await models.Loan.collection.insertMany(more.map((barcode, index) => ({
    ...first, _id: idOf(code, barcode), itemId: idOf(code, `item ${barcode}`), barcode, userId: idOf(code, readers[(index + 1) % READERS]!),
  })) as never);
  await models.Item.collection.insertMany(more.map((barcode) => ({
    ...itsItem, _id: idOf(code, `item ${barcode}`), pid: barcode, barcode, barcodeKey: barcode, importKey: `#${barcode}`, currentLoanId: idOf(code, barcode),
  })) as never);
}

/** The seed is kept for days, and a notification has no point after a week. */
export async function dueYesterday(models: Models, now: Date): Promise<void> {
  const dueDate = new Date(now.getTime() - DAY_MS);
  await models.Loan.updateMany({}, { $set: { dueDate, originalDueDate: dueDate } });
}
