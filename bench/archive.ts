/** The night of fulfillment-historical-archiving: the first loans have ended, with fees, notices and requests about them; the others are open. */
import type { AnyBulkWriteOperation, Db } from 'mongodb';
import type { BorrowingRequest } from '../models/borrowing-request.js';
import type { Fee } from '../models/fee.js';
import type { Demerit, UserBlock } from '../models/fulfillment.js';
import type { ItemHistory } from '../models/item-history.js';
import type { Loan, LoanEvent, LoanNotice } from '../models/loan.js';
import type { Models } from '../models/models.js';
import type { StoredRequest } from '../models/request.js';
import type { User } from '../models/user.js';
import { writeArchive } from './archive-library.js';
import { pagesOf } from './bare-pages.js';
import { DAY_MS, institutionId, night, writeRecords } from './demo-library.js';
import type { JobNight, JobSize } from './night.js';
import type { Outcome } from './outcome.js';

const SEED = 1;

export const archiveNight = ({ records, todo }: JobSize): JobNight => ({
  jobKey: 'fulfillment-historical-archiving',
  sizes: `${records} loans, ${todo} of them ended, and as many closed requests`,
  seed: {
    name: `archive-${SEED}-${records}-${todo}`,
    async write(models, said) {
      await writeRecords(models, { readers: 1_000, items: 0, loans: records - todo, news: 0, newsReaders: 1, dueDate: (number) => new Date(night.getTime() + (1 + (number % 28)) * DAY_MS) }, said);
      await models.AnonymizationRule.deleteMany({ institutionId });
      await writeArchive(models, todo, said);
    },
  },
  script,
  outcomeOf,
});

const gone = { anonymizedAt: night };

async function script(db: Db): Promise<void> {
  const loans = db.collection<Loan>('loans').find({ institutionId, status: 'COMPLETE', anonymizedAt: null, returnDate: { $lte: night } }).sort({ returnDate: 1, _id: 1 });
  for await (const page of pagesOf(loans)) await archive(db, page);

  const fees = db.collection<Fee>('fees').find({ institutionId, status: 'CLOSED', anonymizedAt: null, closedAt: { $lte: night } }).sort({ closedAt: 1, _id: 1 });
  for await (const page of pagesOf(fees)) {
    await readUsers(db, page.flatMap(({ userId }) => userId ?? []));
    await db.collection<Fee>('fees').bulkWrite(page.map(({ _id, transactions }): AnyBulkWriteOperation<Fee> => (
      { updateOne: { filter: { institutionId, _id }, update: { $set: { userId: null, dedupeKey: `#${_id}`, ...gone, transactions, updatedAt: night }, $inc: { version: 1 } } } }
    )), { ordered: false });
  }
  const requests = db.collection<StoredRequest>('requests').find({ institutionId, anonymizedAt: null, closedAt: { $lte: night } }).sort({ closedAt: 1, _id: 1 });
  for await (const page of pagesOf(requests)) {
    await readUsers(db, page.flatMap(({ requesterUserId }) => requesterUserId ?? []));
    await db.collection<StoredRequest>('requests').updateMany(
      { institutionId, _id: { $in: page.map(({ _id }) => _id) } }, { $set: { requesterUserId: null, pickupPerson: null, deliveryAddress: null, notes: [], ...gone, updatedAt: night }, $inc: { version: 1 } },
    );
  }
  const borrowing = db.collection<BorrowingRequest>('borrowingRequests').find({ institutionId, anonymizedAt: null, closedAt: { $lte: night } }).sort({ closedAt: 1, _id: 1 });
  for await (const page of pagesOf(borrowing)) {
    await readUsers(db, page.flatMap(({ requesterUserId }) => requesterUserId ?? []));
    await db.collection<BorrowingRequest>('borrowingRequests').updateMany(
      { institutionId, _id: { $in: page.map(({ _id }) => _id) } }, { $set: { requesterUserId: null, notes: [], ...gone, updatedAt: night }, $inc: { version: 1 } },
    );
  }
}

const readUsers = (db: Db, userIds: readonly string[]) =>
  db.collection<User>('users').find({ institutionId, _id: { $in: [...new Set(userIds)] } }).project({ status: 1, expiryDate: 1 }).toArray();

/** A page of loans but for those with an open fee, and the latest of each item. */
async function archive(db: Db, page: Loan[]): Promise<void> {
  const earliest = page[0]!.returnDate!;
  const itemIds = [...new Set(page.map(({ itemId }) => itemId))];
  const [fees, ofItems] = await Promise.all([
    db.collection<Fee>('fees').find({ institutionId, loanId: { $in: page.map(({ _id }) => _id) } }).toArray(),
    db.collection<Loan>('loans').find({ institutionId, itemId: { $in: itemIds }, returnDate: { $gte: earliest } }).project<Pick<Loan, '_id' | 'itemId' | 'returnDate'>>({ itemId: 1, returnDate: 1 }).toArray(),
    readUsers(db, page.flatMap(({ userId }) => userId ?? [])),
  ]);
  const latest = new Map<string, { _id: string; at: number }>();
  for (const { _id, itemId, returnDate } of ofItems) {
    const at = returnDate!.getTime();
    const other = latest.get(itemId);
    if (other === undefined || at > other.at || (at === other.at && _id > other._id)) latest.set(itemId, { _id, at });
  }
  const owed = new Set(fees.flatMap(({ loanId, status }) => (status === 'CLOSED' ? [] : [loanId])));
  const leaving = page.filter(({ _id, itemId }) => !owed.has(_id) && latest.get(itemId)?._id !== _id);
  if (leaving.length === 0) return;
  const ids = leaving.map(({ _id }) => _id);
  const left = new Set<string | null>(ids);
  await db.collection<ItemHistory>('itemHistories').insertMany(leaving.map(historyOf), { ordered: false });
  const closed = fees.filter(({ loanId }) => left.has(loanId)).map(({ _id }): AnyBulkWriteOperation<Fee> => (
    { updateOne: { filter: { institutionId, _id }, update: { $set: { loanId: null, itemId: null, barcode: null, title: null, dedupeKey: `#${_id}`, updatedAt: night }, $inc: { version: 1 } } } }
  ));
  if (closed.length > 0) await db.collection<Fee>('fees').bulkWrite(closed, { ordered: false });
  const loanId = { $in: ids };
  await db.collection<LoanNotice>('loanNotices').updateMany({ institutionId, loanId, userId: { $gt: '' } }, { $set: { userId: null, data: {}, letterKey: '' }, $inc: { version: 1 } });
  await db.collection<LoanEvent>('loanEvents').updateMany({ institutionId, loanId, by: { $gt: '-' } }, { $set: { by: '-' } });
  await db.collection<Demerit>('demerits').find({ institutionId, loanId }).toArray();
  const userId = { $in: [...new Set(leaving.flatMap((loan) => loan.userId ?? []))] };
  await db.collection<UserBlock>('userBlocks').updateMany({ institutionId, userId, loanIds: { $in: ids } }, { $pull: { loanIds: { $in: ids } }, $inc: { version: 1 } });
  await db.collection<Loan>('loans').updateMany({ institutionId, _id: { $in: ids } }, { $set: { userId: null, proxyUserId: null, ...gone, updatedAt: night }, $inc: { version: 1 } });
}

function historyOf(loan: Loan): ItemHistory {
  const { _id, itemId, bibId, libraryCode, locationCode, itemPolicy, materialType, userGroup, jobCategory, statisticalCategories, loanDate, dueDate, originalDueDate, renewalCount, lostCount } = loan;
  const returnDate = loan.returnDate!;
  return {
    _id, institutionId, itemId, bibId, libraryCode, locationCode, itemPolicy, materialType, userGroup, jobCategory, statisticalCategories, loanDate, returnDate, originalDueDate,
    lastDueDate: dueDate, renewalCount, wasOverdue: returnDate > dueDate, wasLost: lostCount > 0, archivedAt: night, createdAt: night, updatedAt: night,
  };
}

async function outcomeOf(models: Models): Promise<Outcome> {
  const [loans, histories, freed, fees, requests, borrowing] = await Promise.all([
    models.Loan.countDocuments({ institutionId, status: 'COMPLETE', userId: null, anonymizedAt: night }),
    models.ItemHistory.countDocuments({ institutionId, archivedAt: night }),
    models.Fee.countDocuments({ institutionId, loanId: null }),
    models.Fee.countDocuments({ institutionId, userId: null, anonymizedAt: night }),
    models.Request.countDocuments({ institutionId, requesterUserId: null, anonymizedAt: night }),
    models.BorrowingRequest.countDocuments({ institutionId, requesterUserId: null, anonymizedAt: night }),
  ]);
  return {
    'loans that name nobody': loans, 'histories of items': histories, 'fees that name no loan': freed, 'fees that name nobody': fees, 'requests that name nobody': requests,
    'borrowing requests that name nobody': borrowing,
  };
}
