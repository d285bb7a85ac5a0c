/**
 * The morning of notifications-activity-report, which tells whoever has something overdue or to pay: the first readers have one overdue loan
 * and one fee each, the others nothing but loans to come. A reader has five loans.
 */
import type { Db } from 'mongodb';
import type { Fee } from '../models/fee.js';
import type { Loan } from '../models/loan.js';
import type { User } from '../models/user.js';
import { feeInLetter, loanInLetter, queueLetters } from './bare-letters.js';
import { gather, readersOf } from './bare-pages.js';
import { DAY_MS, fineAt, institutionId, night, readerAt, writeRecords } from './demo-library.js';
import type { JobNight, JobSize } from './night.js';
import { lettersOutcome } from './outcome.js';
import { writeMany } from './write-many.js';

const SEED = 1;
const LOANS_A_READER = 5;

export const reportsNight = ({ records, todo }: JobSize): JobNight => ({
  jobKey: 'notifications-activity-report',
  sizes: `${records} loans, five to a reader; ${todo} readers to be told`,
  seed: {
    name: `reports-${SEED}-${records}-${todo}`,
    async write(models, said) {
      const readers = Math.max(todo, Math.ceil(records / LOANS_A_READER));
      const dueDate = (number: number) => new Date(night.getTime() + (number < todo ? -5 : 1 + (number % 28)) * DAY_MS);
      await writeRecords(models, { readers, items: 0, loans: records, news: 0, newsReaders: 1, dueDate }, said);
      await writeMany(models.Fee, todo, (number) => fineAt(number, readerAt(number), 300), said);
      await models.ScheduledJob.updateOne({ institutionId, jobKey: 'notifications-activity-report' }, { $set: { 'parameters.contentMode': 'OVERDUE_OR_FEES' } });
    },
  },
  script,
  outcomeOf: lettersOutcome,
});

type Listed = Pick<Loan, '_id' | 'userId' | 'dueDate' | 'title' | 'libraryCode' | 'touId' | 'processStatus'>;

async function script(db: Db): Promise<void> {
  const loans = db.collection<Loan>('loans')
    .find({ institutionId, status: 'ACTIVE', userId: { $gt: '' } })
    .project<Listed>({ userId: 1, dueDate: 1, title: 1, libraryCode: 1, touId: 1, processStatus: 1 })
    .sort({ userId: 1, dueDate: 1, _id: 1 });
  for await (const readers of readersOf(loans)) await report(db, readers);
}

async function report(db: Db, byReader: ReadonlyMap<string, Listed[]>): Promise<void> {
  const userIds = [...byReader.keys()];
  const [fees] = await Promise.all([
    db.collection<Fee>('fees').find({ institutionId, status: 'ACTIVE', userId: { $in: userIds } }).sort({ userId: 1, createdAt: 1 }).toArray(),
    db.collection<User>('users').find({ institutionId, _id: { $in: userIds } }).project({ status: 1, userGroup: 1, primaryId: 1 }).toArray(),
  ]);
  const feesByReader = new Map<string, Fee[]>();
  for (const fee of fees) gather(feesByReader, fee.userId!, fee);
  const told = [...byReader].filter(([userId, loans]) => feesByReader.has(userId) || loans.some(({ dueDate }) => dueDate < night));
  await queueLetters(db, told.map(([userId, loans]) => {
    const owed = feesByReader.get(userId) ?? [];
    return {
      letterCode: 'FulUserBorrowingActivityLetter', userId,
      causes: [...loans.map(({ _id }) => ({ recordType: 'loan', recordId: _id })), ...owed.map(({ _id }) => ({ recordType: 'fee', recordId: _id }))],
      says: {
        loans: loans.map((loan) => ({ ...loanInLetter(loan), overdue: loan.dueDate < night, lost: false, accruedFine: 0 })), fees: owed.map(feeInLetter),
        totalDebt: owed.reduce((sum, { balance }) => sum + balance, 0), totalAccrued: 0,
      },
    };
  }));
}
