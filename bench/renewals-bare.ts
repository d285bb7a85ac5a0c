/**
 * What a night of renewals costs a script that knows no engine and no schemas: the same reads and the same writes by the plain driver, in
 * pages, without claims, keys that were looked for, counters of pages, or anything that lets it be killed. That nothing stands against a
 * renewal it takes for granted, after it has read what would.
 */
import type { Db } from 'mongodb';
import { newId } from '../models/document.js';
import type { Loan } from '../models/loan.js';
import { queueLetters } from './bare-letters.js';
import { gather } from './bare-pages.js';
import { institutionId, night } from './demo-library.js';
import { letterOf, type Told } from './overdue-bare.js';

const PAGE = 1_000;
type FallingDue = Pick<Loan, '_id' | 'userId' | 'itemId' | 'bibId' | 'dueDate' | 'dueCycle' | 'title' | 'libraryCode'>;
const stamps = { version: 1, createdAt: night, updatedAt: night };
/** Saturday's midnight in New York, after which a loan is not in the window of three days. */
const windowEnds = new Date('2026-06-14T04:00:00.000Z');
/** Wednesday four weeks later, when the branch closes. */
const newDueDates: Readonly<Record<string, string>> = { MAIN: '2026-07-09T01:00:00.000Z', EAST: '2026-07-08T23:00:00.000Z', SCI: '2026-07-09T03:59:59.000Z' };

/** Does the night of `overdue-library.ts`. */
export async function bareRenewals(db: Db): Promise<void> {
  const byReader = new Map<string, Told[]>();
  for await (const loans of loansFallingDue(db)) {
    for (const notice of await renew(db, loans)) gather(byReader, String(notice.userId), notice);
  }
  await queueLetters(db, [...byReader.values()].map(letterOf));
}

/** What it renews leaves the window. */
async function* loansFallingDue(db: Db): AsyncGenerator<FallingDue[]> {
  for (;;) {
    const loans: FallingDue[] = await db
      .collection<Loan>('loans')
      .find({ institutionId, status: 'ACTIVE', processStatus: 'NORMAL', dueDate: { $gt: night, $lt: windowEnds } })
      .project<FallingDue>({ userId: 1, itemId: 1, bibId: 1, dueDate: 1, dueCycle: 1, title: 1, libraryCode: 1 })
      .sort({ dueDate: 1, _id: 1 })
      .limit(PAGE)
      .toArray();
    if (loans.length > 0) yield loans;
    if (loans.length < PAGE) return;
  }
}

/** Renews a page, answers with its notices. */
async function renew(db: Db, loans: FallingDue[]): Promise<Told[]> {
  await readWhatStandsAgainst(db, loans);
  const dueDateOf = ({ libraryCode }: FallingDue) => new Date(newDueDates[libraryCode]!);
  const notices = loans.map((loan) => ({
    _id: newId(),
    institutionId,
    loanId: loan._id,
    dueCycle: loan.dueCycle + 1,
    kind: 'RENEWED',
    profileId: '-',
    dayKey: '-',
    userId: loan.userId,
    libraryCode: loan.libraryCode,
    sendFormat: 'EMAIL',
    runId: 'bare',
    decidedAt: night,
    data: { oldDueDate: loan.dueDate, newDueDate: dueDateOf(loan), cappedBy: null, renewedAt: night },
    state: 'LETTERED',
    letterKey: `bare:RENEWED:${loan.userId}`,
    title: loan.title,
    ...stamps,
  }));
  await db.collection('loanNotices').insertMany(notices as never, { ordered: false });
  const byLibrary = Object.keys(newDueDates).map((libraryCode) => loans.filter((loan) => loan.libraryCode === libraryCode)).filter(({ length }) => length > 0);
  for (const some of byLibrary) {
    await db.collection<Loan>('loans').updateMany(
      { institutionId, _id: { $in: some.map(({ _id }) => _id) } },
      {
        $set: { dueDate: dueDateOf(some[0]!), dueDateSource: 'RENEWAL', processStatus: 'RENEW', processStatusDate: night, lastRenewalAt: night, lastRenewalFailure: null, updatedAt: night },
        $inc: { dueCycle: 1, renewalCount: 1, version: 1 },
      },
    );
  }
  await db.collection('loanEvents').insertMany(
    loans.map((loan) => ({
      _id: newId(),
      institutionId,
      eventKey: `${loan._id}:${loan.dueCycle + 1}:RENEWED`,
      loanId: loan._id,
      dueCycle: loan.dueCycle + 1,
      type: 'RENEWED',
      at: night,
      by: 'JOB',
      oldDueDate: loan.dueDate,
      newDueDate: dueDateOf(loan),
      runId: 'bare',
      createdAt: night,
      updatedAt: night,
    })) as never,
    { ordered: false },
  );
  return notices;
}

async function readWhatStandsAgainst(db: Db, loans: FallingDue[]): Promise<void> {
  const userId = { $in: [...new Set(loans.map((loan) => loan.userId))] };
  const ofThem = { institutionId, status: 'ACTIVE', userId };
  await Promise.all([
    db.collection('loanNotices').find({ institutionId, loanId: { $in: loans.map(({ _id }) => _id) } }).toArray(),
    db.collection('users').find({ institutionId, _id: userId as never }).project({ status: 1, userGroup: 1, expiryDate: 1, roles: 1 }).toArray(),
    db.collection('userBlocks').find(ofThem).toArray(),
    db.collection('fees').aggregate([{ $match: ofThem }, { $group: { _id: '$userId', owed: { $sum: '$balance' } } }]).toArray(),
    db.collection('loans').aggregate([{ $match: { ...ofThem, dueDate: { $lt: night } } }, { $group: { _id: '$userId', loans: { $sum: 1 } } }]).toArray(),
    db.collection('requests').find({ institutionId, active: true, bibId: { $in: [...new Set(loans.map(({ bibId }) => bibId))] } }).toArray(),
  ]);
}
