/**
 * What a night costs a script that knows no engine and no schemas: the same reads and the same writes by the plain driver, in pages,
 * without claims, keys that were looked for, counters of pages, or anything that lets it be killed.
 */
import { MongoClient, type Db, type Document } from 'mongodb';
import { newId } from '../models/document.js';
import { institutionId, night } from './overdue-library.js';

const PAGE = 1_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const stamps = { version: 1, createdAt: night, updatedAt: night };

/** Does the night of `overdue-library.ts`; answers with the seconds it took. `mongodbUri` names the database. */
export async function bareNight(mongodbUri: string): Promise<number> {
  const client = await MongoClient.connect(mongodbUri, { writeConcern: { w: 'majority', journal: true } });
  try {
    const db = client.db();
    const startedAt = performance.now();
    const byReader = new Map<string, Document[]>();
    for await (const loans of overdueLoans(db)) {
      for (const notice of await tellOf(db, loans)) {
        const key = `${String(notice.kind)} ${String(notice.userId)}`;
        const before = byReader.get(key);
        if (before === undefined) byReader.set(key, [notice]);
        else before.push(notice);
      }
    }
    await queueLetters(db, [...byReader.values()]);
    return (performance.now() - startedAt) / 1000;
  } finally {
    await client.close();
  }
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
  const ids = loans.map(({ _id }) => _id as string);
  const [, , items] = await Promise.all([
    db
      .collection('loanNotices')
      .find({ institutionId, loanId: { $in: ids } })
      .toArray(),
    db
      .collection('users')
      .find({ institutionId, _id: { $in: loans.map(({ userId }) => userId as never) } })
      .project({ status: 1 })
      .toArray(),
    db
      .collection('items')
      .find({ institutionId, _id: { $in: loans.map(({ itemId }) => itemId as never) } })
      .project({ replacementCost: 1 })
      .toArray(),
  ]);
  const prices = new Map(
    items.map((item) => [item._id as unknown as string, (item.replacementCost as { amount: number }).amount]),
  );
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

/** A letter for each group of notices, which are one reader's. */
export async function queueLetters(db: Db, groups: Document[][]): Promise<void> {
  for (let from = 0; from < groups.length; from += PAGE) {
    const slice = groups.slice(from, from + PAGE);
    const users = await db
      .collection('users')
      .find({ institutionId, _id: { $in: slice.map(([notice]) => notice!.userId as never) } })
      .project({ firstName: 1, lastName: 1, primaryId: 1, emails: 1, preferredLanguage: 1 })
      .toArray();
    const byId = new Map(users.map((user) => [String(user._id), user]));
    await db
      .collection('letters')
      .insertMany(slice.map((notices) => letterOf(notices, byId.get(String(notices[0]!.userId))!)) as never, {
        ordered: false,
      });
  }
}

function letterOf(notices: Document[], user: Document): Document {
  const [{ kind, userId } = { kind: '', userId: '' }] = notices as { kind: string; userId: string }[];
  const { firstName, lastName, primaryId, emails, preferredLanguage } = user as {
    firstName: string;
    lastName: string;
    primaryId: string;
    emails: { address: string }[];
    preferredLanguage: string;
  };
  const loans = notices.map(({ loanId, title, libraryCode }) => ({
    loanId: loanId as unknown,
    title: title as unknown,
    author: null,
    description: null,
    barcode: 'B',
    callNumber: null,
    libraryCode: libraryCode as unknown,
    libraryName: 'Main Library',
    loanDate: night.toISOString(),
    dueDate: night.toISOString(),
    shortLoan: false,
    accruedFine: 0,
    fees: [],
  }));
  return {
    _id: newId(),
    institutionId,
    letterCode: kind,
    channel: 'EMAIL',
    language: preferredLanguage,
    libraryCode: null,
    part: 1,
    templateVersion: null,
    subject: null,
    bodyKey: null,
    recipient: { type: 'USER', id: userId, name: `${firstName} ${lastName}`, address: emails[0]!.address },
    data: {
      notificationType: 1,
      library: null,
      user: { firstName, lastName, primaryId, userGroup: 'STUDENT' },
      loans,
      totalFees: 0,
      notificationFee: 0,
      currency: 'USD',
      timeZone: 'America/New_York',
      institution: { code: institutionId, name: 'Bench' },
      links: { account: null },
      date: night.toISOString(),
    },
    attachments: [],
    causes: notices.map(({ loanId }) => ({ recordType: 'loan', recordId: loanId as unknown })),
    runId: 'bare',
    dedupeKey: `bare:${kind}:${userId}:1:EMAIL`,
    state: 'QUEUED',
    suppressedReason: null,
    attempts: [],
    nextAttemptAt: night,
    leaseUntil: null,
    messageId: null,
    sentAt: null,
    resendOfId: null,
    hold: false,
    purgedAt: null,
    ...stamps,
  };
}
