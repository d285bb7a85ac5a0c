/** Ended loans for the library that nights are measured on, with what hangs on them, and closed requests: for every statement of the archiving. */
import type { BorrowingRequest } from '../models/borrowing-request.js';
import type { Fee } from '../models/fee.js';
import type { Loan } from '../models/loan.js';
import type { Models } from '../models/models.js';
import { newFee } from '../models/new-fee.js';
import type { StoredRequest } from '../models/request.js';
import { DAY_MS, idAt, institutionId, night } from './demo-library.js';
import { writeMany } from './write-many.js';

const daysAgo = (days: number) => new Date(night.getTime() - days * DAY_MS);
const everything = { loans: true, loanNotes: true, fees: true, feeComments: true, requests: true, borrowingRequests: true };

/** Three ended loans to an item, the latest of which is kept; one in twenty has a fee that is open, one in ten one that is closed. */
export async function writeArchive(models: Models, count: number, said: (line: string) => void): Promise<void> {
  const loan = await models.Loan.findOne({ institutionId, status: 'ACTIVE' }).orFail().lean<Loan>();
  const stamps = { institutionId, version: 1, createdAt: night, updatedAt: night };
  const endedAt = (number: number) => daysAgo(number % 400);
  await writeMany(models.Loan, count, (number): Loan => ({
    ...loan, ...stamps, _id: idAt('0e', number), userId: idAt('01', number % 1_000), itemId: idAt('0f', Math.floor(number / 3)), barcode: `E${number}`, status: 'COMPLETE', processStatus: 'NORMAL',
    closeReason: 'RETURNED', returnDate: endedAt(number), recall: null, notes: [], anonymizedAt: null,
  }), said);
  await writeMany(models.Fee, Math.ceil(count / 7), (number): Fee => {
    const owed = { userId: idAt('01', number % 1_000), userGroup: 'STUDENT', libraryCode: loan.libraryCode, loanId: idAt('0e', number * 7), itemId: null, barcode: null, title: null };
    const fee = newFee(institutionId, { type: 'OVERDUE_FINE', amount: 300, currency: 'USD', dedupeKey: `archive:${number}` }, owed, daysAgo(500));
    return number % 3 === 0 ? { ...fee, _id: idAt('10', number) } : { ...fee, _id: idAt('10', number), status: 'CLOSED', balance: 0, closedAt: endedAt(number) };
  }, said);
  const pattern = new models.Request({ requestType: 'PATRON_PHYSICAL', level: 'TITLE', bibId: loan.bibId, status: 'COMPLETED', active: false, step: 'DONE', stepEnteredAt: night }).toObject<StoredRequest>();
  await writeMany(models.Request, count, (number): StoredRequest => ({ ...pattern, ...stamps, _id: idAt('11', number), assignmentKey: `#a${number}`, activeKey: `#a${number}`, requesterUserId: idAt('01', number % 1_000), closedAt: endedAt(number) }), said);
  await writeMany(models.BorrowingRequest, Math.ceil(count / 10), (number): BorrowingRequest => ({
    ...stamps, _id: idAt('12', number), externalId: `AB${number}`, requesterUserId: idAt('01', number % 1_000), userGroup: 'STUDENT', pickupLibraryCode: null, status: 'COMPLETED', notes: [],
    closedAt: endedAt(number), anonymizedAt: null,
  }), said);
  const latest = { field: 'loanRankOnItem', op: 'LESS_THAN' as const, values: [2] };
  await models.AnonymizationRule.create({ institutionId, table: 'LOANS', order: 9, name: 'The latest of an item', parameters: [latest], output: false });
  await models.ScheduledJob.updateOne({ institutionId, jobKey: 'fulfillment-historical-archiving' }, { $set: { parameters: everything } });
}
