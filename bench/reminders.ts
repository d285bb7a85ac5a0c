/** The morning of notifications-due-date-reminders: the first loans are due today, of which each reader has one or two; the others in the weeks to come. */
import type { Db } from 'mongodb';
import { remindedStatuses } from '../domain/fulfillment/notifications-due-date-reminders.js';
import { newId } from '../models/document.js';
import type { Loan, LoanNotice } from '../models/loan.js';
import type { User } from '../models/user.js';
import { loanInLetter, queueLetters } from './bare-letters.js';
import { gather, pagesOf } from './bare-pages.js';
import { DAY_MS, HOUR_MS, institutionId, night, writeRecords } from './demo-library.js';
import type { JobNight, JobSize } from './night.js';
import { lettersOutcome } from './outcome.js';

const SEED = 1;
const DAY_BEGINS = new Date(night.getTime() - 4 * HOUR_MS);
const DAY_ENDS = new Date(DAY_BEGINS.getTime() + DAY_MS);

export const remindersNight = ({ records, todo }: JobSize): JobNight => ({
  jobKey: 'notifications-due-date-reminders',
  sizes: `${records} loans, ${todo} of them due today`,
  seed: {
    name: `reminders-${SEED}-${records}-${todo}`,
    write: (models, said) => writeRecords(models, { readers: Math.ceil(todo * 0.6), items: 0, loans: records, news: 0, newsReaders: 1, dueDate: (number) => dueDateAt(number, todo) }, said),
  },
  script,
  outcomeOf: async (models) => ({
    'loans reminded of': await models.LoanNotice.countDocuments({ institutionId, kind: 'DUE_TODAY', state: 'LETTERED' }),
    ...(await lettersOutcome(models)),
  }),
});

const dueDateAt = (number: number, todo: number): Date =>
  new Date(DAY_BEGINS.getTime() + (number < todo ? 0 : 1 + (number % 28)) * DAY_MS + (16 + (number % 8)) * HOUR_MS);

type Told = Pick<Loan, '_id' | 'userId' | 'dueCycle' | 'title' | 'libraryCode'>;

async function script(db: Db): Promise<void> {
  const byReader = new Map<string, Told[]>();
  const due = db.collection<Loan>('loans')
    .find({ institutionId, status: 'ACTIVE', processStatus: { $in: [...remindedStatuses] }, dueDate: { $gte: DAY_BEGINS, $lt: DAY_ENDS } })
    .project<Told>({ userId: 1, dueCycle: 1, title: 1, libraryCode: 1 })
    .sort({ dueDate: 1, _id: 1 });
  for await (const loans of pagesOf(due)) {
    const loanId = { $in: loans.map(({ _id }) => _id) };
    await Promise.all([
      db.collection<LoanNotice>('loanNotices').find({ institutionId, loanId, kind: 'DUE_TODAY' }).toArray(),
      db.collection<User>('users').find({ institutionId, _id: { $in: loans.map(({ userId }) => userId!) } }).project({ status: 1 }).toArray(),
    ]);
    await db.collection<LoanNotice>('loanNotices').insertMany(loans.map(noticeOf), { ordered: false });
    for (const loan of loans) gather(byReader, loan.userId!, loan);
  }
  await queueLetters(db, [...byReader].map(([userId, loans]) => ({
    letterCode: 'FulUserOverdueNoticeLetter', userId, causes: loans.map(({ _id }) => ({ recordType: 'loan', recordId: _id })),
    says: { loans: loans.map((loan) => ({ ...loanInLetter(loan), recalled: false })) },
  })));
}

const noticeOf = ({ _id, userId, dueCycle, libraryCode }: Told): LoanNotice => ({
  _id: newId(), institutionId, loanId: _id, dueCycle, kind: 'DUE_TODAY', profileId: '-', dayKey: '2026-06-10', userId, libraryCode, sendFormat: 'EMAIL', runId: 'bare', decidedAt: night,
  data: {}, state: 'LETTERED', letterKey: `bare:${userId}`, version: 1, createdAt: night, updatedAt: night,
});
