/**
 * What a night costs a script that knows no engine and no schemas: the same reads and the same writes by the plain driver, in pages,
 * without claims, keys that were looked for, counters of pages, or anything that lets it be killed.
 */
import type { Db, Document } from 'mongodb';
import type { Item } from '../models/catalogue-records.js';
import { newId } from '../models/document.js';
import type { Loan } from '../models/loan.js';
import type { User } from '../models/user.js';
import { loanInLetter, queueLetters, type BareLetter } from './bare-letters.js';
import { gather } from './bare-pages.js';
import { DAY_MS, institutionId, night } from './demo-library.js';

const PAGE = 1_000;
const stamps = { version: 1, createdAt: night, updatedAt: night };

type Overdue = Pick<Loan, '_id' | 'userId' | 'itemId' | 'dueDate' | 'dueCycle' | 'barcode' | 'title' | 'libraryCode' | 'userGroup' | 'lostCount'>;
/** Of a notice what its letter says. */
export interface Told extends Pick<Loan, 'userId' | 'title' | 'libraryCode'> {
  kind: string;
  loanId: string;
}

/** Does the night of `overdue-library.ts`. */
export async function bareNight(db: Db): Promise<void> {
  const byLetter = new Map<string, Told[]>();
  for await (const loans of overdueLoans(db)) {
    for (const notice of await tellOf(db, loans)) gather(byLetter, `${notice.kind} ${notice.userId}`, notice);
  }
  await queueLetters(db, [...byLetter.values()].map(letterOf));
}

async function* overdueLoans(db: Db): AsyncGenerator<Overdue[]> {
  let after: { dueDate: Date; _id: string } | null = null;
  for (;;) {
    const place: Document =
      after === null
        ? {}
        : { $or: [{ dueDate: after.dueDate, _id: { $gt: after._id } }, { dueDate: { $gt: after.dueDate } }] };
    const loans: Overdue[] = await db
      .collection<Loan>('loans')
      .find({ institutionId, status: 'ACTIVE', processStatus: 'NORMAL', dueDate: { $lt: night }, ...place })
      .project<Overdue>({
        userId: 1,
        itemId: 1,
        dueDate: 1,
        dueCycle: 1,
        barcode: 1,
        title: 1,
        libraryCode: 1,
        userGroup: 1,
        lostCount: 1,
      })
      .sort({ dueDate: 1, _id: 1 })
      .limit(PAGE)
      .toArray();
    if (loans.length > 0) yield loans;
    if (loans.length < PAGE) return;
    const last = loans[loans.length - 1]!;
    after = { dueDate: last.dueDate, _id: last._id };
  }
}

/** Decides a page, writes what follows, answers with its notices. */
async function tellOf(db: Db, loans: Overdue[]): Promise<Told[]> {
  const daysLate = ({ dueDate }: Overdue) => Math.round((night.getTime() - dueDate.getTime()) / DAY_MS);
  const fired = loans.flatMap((loan) => {
    const days = daysLate(loan);
    return days >= 30
      ? [{ loan, kind: 'CHANGE_TO_LOST' }]
      : days >= 1 && days <= 8
        ? [{ loan, kind: 'OVERDUE_NOTIFICATION_1' }]
        : [];
  });
  if (fired.length === 0) return [];
  const lost = fired.filter(({ kind }) => kind === 'CHANGE_TO_LOST').map(({ loan }) => loan);
  const [, , items] = await Promise.all([
    db
      .collection('loanNotices')
      .find({ institutionId, loanId: { $in: fired.map(({ loan }) => loan._id) } })
      .toArray(),
    db
      .collection<User>('users')
      .find({ institutionId, _id: { $in: fired.flatMap(({ loan }) => loan.userId ?? []) } })
      .project({ status: 1 })
      .toArray(),
    lost.length === 0
      ? []
      : db
          .collection<Item>('items')
          .find({ institutionId, _id: { $in: lost.map(({ itemId }) => itemId) } })
          .project<Pick<Item, '_id' | 'replacementCost'>>({ replacementCost: 1 })
          .toArray(),
  ]);
  const prices = new Map(items.map(({ _id, replacementCost }) => [_id, replacementCost?.amount ?? 0]));
  const notices = fired.map(({ loan, kind }) => ({
    _id: newId(),
    institutionId,
    loanId: loan._id,
    dueCycle: loan.dueCycle,
    kind,
    profileId: kind,
    dayKey: '-',
    userId: loan.userId,
    libraryCode: loan.libraryCode,
    sendFormat: 'EMAIL',
    runId: 'bare',
    decidedAt: night,
    data: { accruedFine: 0, notificationFee: 0, fees: [] },
    state: 'LETTERED',
    letterKey: `bare:${kind}:${loan.userId}`,
    title: loan.title,
    ...stamps,
  }));
  await db.collection('loanNotices').insertMany(notices as never, { ordered: false });
  if (lost.length > 0) await lose(db, lost, prices);
  return notices;
}

async function lose(db: Db, lost: Overdue[], prices: Map<string, number>): Promise<void> {
  const ids = lost.map(({ _id }) => _id);
  await db
    .collection<Loan>('loans')
    .updateMany(
      { institutionId, _id: { $in: ids }, processStatus: 'NORMAL' },
      {
        $set: { processStatus: 'LOST', processStatusDate: night, lost: { at: night, by: 'JOB', profileId: 'CHANGE_TO_LOST', runId: 'bare', previousStatus: 'NORMAL' } },
        $inc: { lostCount: 1, version: 1 },
      },
    );
  await db.collection('loanEvents').insertMany(
    lost.map((loan) => ({
      _id: newId(),
      institutionId,
      eventKey: `${loan._id}:LOST:1`,
      loanId: loan._id,
      dueCycle: loan.dueCycle,
      type: 'LOST',
      at: night,
      by: 'JOB',
      oldDueDate: null,
      newDueDate: null,
      runId: 'bare',
      createdAt: night,
      updatedAt: night,
    })) as never,
    { ordered: false },
  );
  await db
    .collection<Item>('items')
    .updateMany(
      { institutionId, _id: { $in: lost.map(({ itemId }) => itemId) } },
      { $set: { processType: 'LOST_LOAN', processTypeAt: night }, $inc: { version: 1 } },
    );
  const feeOf = (loan: Overdue, type: string, amount: number) => ({
    _id: newId(),
    institutionId,
    userId: loan.userId,
    userGroup: loan.userGroup,
    libraryCode: loan.libraryCode,
    loanId: loan._id,
    itemId: loan.itemId,
    barcode: loan.barcode,
    title: loan.title,
    type,
    status: 'ACTIVE',
    originalAmount: amount,
    balance: amount,
    currency: 'USD',
    relatedFeeId: null,
    comment: null,
    closedAt: null,
    transactions: [],
    dedupeKey: `${type}:${loan._id}`,
    exportClaim: null,
    bursarTransactionId: null,
    transferredAmount: 0,
    anonymizedAt: null,
    ...stamps,
  });
  await db
    .collection('fees')
    .insertMany(
      lost.flatMap((loan) => [
        feeOf(loan, 'LOST_ITEM_REPLACEMENT_FEE', prices.get(loan.itemId) ?? 0),
        feeOf(loan, 'LOST_ITEM_PROCESS_FEE', 1_500),
      ]) as never,
      { ordered: false },
    );
}

/** To one reader, of one kind. */
export function letterOf(notices: readonly Told[]): BareLetter {
  const [first] = notices;
  return {
    letterCode: first?.kind ?? '',
    userId: first?.userId ?? '',
    causes: notices.map(({ loanId }) => ({ recordType: 'loan', recordId: loanId })),
    says: { notificationType: 1, loans: notices.map(({ loanId, title, libraryCode }) => ({ ...loanInLetter({ _id: loanId, title, libraryCode }), accruedFine: 0, fees: [] })), totalFees: 0, notificationFee: 0 },
  };
}
