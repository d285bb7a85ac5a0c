/**
 * What a night costs a script that knows no engine and no schemas: the same reads and the same writes by the plain driver, in pages,
 * without claims, keys that were looked for, counters of pages, or anything that lets it be killed.
 */
import type { Db, Document } from 'mongodb';
import { newId } from '../models/document.js';
import { loanInLetter, queueLetters, type BareLetter } from './bare-letters.js';
import { gather } from './bare-pages.js';
import { DAY_MS, institutionId, night } from './demo-library.js';

const PAGE = 1_000;
const stamps = { version: 1, createdAt: night, updatedAt: night };

/** Does the night of `overdue-library.ts`. */
export async function bareNight(db: Db): Promise<void> {
  const byLetter = new Map<string, Document[]>();
  for await (const loans of overdueLoans(db)) {
    for (const notice of await tellOf(db, loans)) gather(byLetter, `${String(notice.kind)} ${String(notice.userId)}`, notice);
  }
  await queueLetters(db, [...byLetter.values()].map(letterOf));
}

async function* overdueLoans(db: Db): AsyncGenerator<Document[]> {
  let after: { dueDate: Date; _id: string } | null = null;
  for (;;) {
    const place: Document =
      after === null
        ? {}
        : { $or: [{ dueDate: after.dueDate, _id: { $gt: after._id } }, { dueDate: { $gt: after.dueDate } }] };
    const loans: Document[] = await db
      .collection('loans')
      .find({ institutionId, status: 'ACTIVE', processStatus: 'NORMAL', dueDate: { $lt: night }, ...place })
      .project({
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
    after = { dueDate: last.dueDate as Date, _id: String(last._id) };
  }
}

/** Decides a page, writes what follows, answers with its notices. */
async function tellOf(db: Db, loans: Document[]): Promise<Document[]> {
  const daysLate = ({ dueDate }: Document) => Math.round((night.getTime() - (dueDate as Date).getTime()) / DAY_MS);
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
      .find({ institutionId, loanId: { $in: fired.map(({ loan }) => loan._id as unknown) } })
      .toArray(),
    db
      .collection('users')
      .find({ institutionId, _id: { $in: fired.map(({ loan }) => loan.userId as never) } })
      .project({ status: 1 })
      .toArray(),
    lost.length === 0
      ? []
      : db
          .collection('items')
          .find({ institutionId, _id: { $in: lost.map(({ itemId }) => itemId as never) } })
          .project({ replacementCost: 1 })
          .toArray(),
  ]);
  const prices = new Map(
    items.map((item) => [item._id as unknown as string, (item.replacementCost as { amount: number }).amount]),
  );
  const notices = fired.map(({ loan, kind }) => ({
    _id: newId(),
    institutionId,
    loanId: loan._id as unknown,
    dueCycle: loan.dueCycle as unknown,
    kind,
    profileId: kind,
    dayKey: '-',
    userId: loan.userId as unknown,
    libraryCode: loan.libraryCode as unknown,
    sendFormat: 'EMAIL',
    runId: 'bare',
    decidedAt: night,
    data: { accruedFine: 0, notificationFee: 0, fees: [] },
    state: 'LETTERED',
    letterKey: `bare:${kind}:${String(loan.userId)}`,
    title: loan.title as unknown,
    ...stamps,
  }));
  await db.collection('loanNotices').insertMany(notices as never, { ordered: false });
  if (lost.length > 0) await lose(db, lost, prices);
  return notices;
}

async function lose(db: Db, lost: Document[], prices: Map<string, number>): Promise<void> {
  const ids = lost.map(({ _id }) => _id as never);
  await db
    .collection('loans')
    .updateMany(
      { institutionId, _id: { $in: ids }, processStatus: 'NORMAL' },
      {
        $set: { processStatus: 'LOST', processStatusDate: night, lost: { at: night, by: 'JOB', runId: 'bare' } },
        $inc: { lostCount: 1, version: 1 },
      },
    );
  await db.collection('loanEvents').insertMany(
    lost.map((loan) => ({
      _id: newId(),
      institutionId,
      eventKey: `${String(loan._id)}:LOST:1`,
      loanId: loan._id,
      dueCycle: loan.dueCycle as unknown,
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
    .collection('items')
    .updateMany(
      { institutionId, _id: { $in: lost.map(({ itemId }) => itemId as never) } },
      { $set: { processType: 'LOST_LOAN', processTypeAt: night }, $inc: { version: 1 } },
    );
  const feeOf = (loan: Document, type: string, amount: number) => ({
    _id: newId(),
    institutionId,
    userId: loan.userId as unknown,
    userGroup: loan.userGroup as unknown,
    libraryCode: loan.libraryCode as unknown,
    loanId: loan._id,
    itemId: loan.itemId as unknown,
    barcode: loan.barcode as unknown,
    title: loan.title as unknown,
    type,
    status: 'ACTIVE',
    originalAmount: amount,
    balance: amount,
    currency: 'USD',
    relatedFeeId: null,
    comment: null,
    closedAt: null,
    transactions: [],
    dedupeKey: `${type}:${String(loan._id)}`,
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
        feeOf(loan, 'LOST_ITEM_REPLACEMENT_FEE', prices.get(String(loan.itemId)) ?? 0),
        feeOf(loan, 'LOST_ITEM_PROCESS_FEE', 1_500),
      ]) as never,
      { ordered: false },
    );
}

export function letterOf(notices: Document[]): BareLetter {
  const [{ kind, userId } = { kind: '', userId: '' }] = notices as { kind: string; userId: string }[];
  const told = notices as unknown as { loanId: string; title: string; libraryCode: string }[];
  return {
    letterCode: kind,
    userId,
    causes: told.map(({ loanId }) => ({ recordType: 'loan', recordId: loanId })),
    says: { notificationType: 1, loans: told.map(({ loanId, ...loan }) => ({ ...loanInLetter({ _id: loanId, ...loan }), accruedFine: 0, fees: [] })), totalFees: 0, notificationFee: 0 },
  };
}
