/** The night of loans-due-date-correction: a day has been closed on which the first loans are due, of which each reader has one or two. */
import type { Db } from 'mongodb';
import { correctedStatuses } from '../domain/fulfillment/loans-due-date-correction.js';
import { newId } from '../models/document.js';
import type { StoredCalendarChange } from '../models/library.js';
import type { Loan, LoanEvent, LoanNotice } from '../models/loan.js';
import type { Models } from '../models/models.js';
import type { User } from '../models/user.js';
import { loanInLetter, queueLetters } from './bare-letters.js';
import { gather, pagesOf } from './bare-pages.js';
import { DAY_MS, HOUR_MS, institutionId, night, writeRecords } from './demo-library.js';
import type { JobNight, JobSize } from './night.js';
import { lettersOutcome, type Outcome } from './outcome.js';

const SEED = 1;
/** A Monday in New York. */
const CLOSED_DAY = '2026-06-22';
const DAY_BEGINS = new Date('2026-06-22T04:00:00.000Z');
const DAY_ENDS = new Date(DAY_BEGINS.getTime() + DAY_MS);
/** When the branches close on the Tuesday. */
const newDueDates: Readonly<Record<string, string>> = { MAIN: '2026-06-24T01:00:00.000Z', EAST: '2026-06-23T23:00:00.000Z', SCI: '2026-06-24T03:59:59.000Z' };

export const dueDatesNight = ({ records, todo }: JobSize): JobNight => ({
  jobKey: 'loans-due-date-correction',
  sizes: `${records} loans, ${todo} of them due on a day that was closed`,
  seed: {
    name: `due-dates-${SEED}-${records}-${todo}`,
    async write(models, said) {
      await writeRecords(models, { readers: Math.ceil(todo * 0.6), items: 0, loans: records, news: 0, newsReaders: 1, dueDate: (number) => dueDateAt(number, todo) }, said);
      const closing = { institutionId, level: 'INSTITUTION', libraryCode: null } as const;
      await models.CalendarChange.deleteMany({ institutionId });
      await models.CalendarRecord.create({ ...closing, type: 'EXCEPTION', status: 'CLOSED', validFrom: CLOSED_DAY, validTo: CLOSED_DAY, state: 'APPLIED', createdAt: night });
      await models.CalendarChange.create({ ...closing, fromDate: CLOSED_DAY, toDate: CLOSED_DAY, appliedAt: new Date(night.getTime() - HOUR_MS) });
    },
  },
  script,
  outcomeOf,
});

/** The others on the four weeks after the day. */
const dueDateAt = (number: number, todo: number): Date =>
  new Date(DAY_BEGINS.getTime() + (number < todo ? 0 : 1 + (number % 28)) * DAY_MS + (16 + (number % 8)) * HOUR_MS);

type Moved = Pick<Loan, '_id' | 'userId' | 'dueDate' | 'dueCycle' | 'title' | 'libraryCode'>;
const newDueDateOf = ({ libraryCode }: Moved): Date => new Date(newDueDates[libraryCode]!);

async function script(db: Db): Promise<void> {
  const byReader = new Map<string, Moved[]>();
  const due = db.collection<Loan>('loans')
    .find({ institutionId, status: 'ACTIVE', libraryCode: { $in: Object.keys(newDueDates) }, processStatus: { $in: [...correctedStatuses] }, dueDate: { $gte: DAY_BEGINS, $lt: DAY_ENDS } })
    .project<Moved>({ userId: 1, dueDate: 1, dueCycle: 1, title: 1, libraryCode: 1 });
  for await (const loans of pagesOf(due)) {
    await move(db, loans);
    for (const loan of loans) gather(byReader, loan.userId!, loan);
  }
  await db.collection<StoredCalendarChange>('calendarChanges').updateMany({ institutionId, processedAt: null }, { $set: { processedAt: night, processedRunId: 'bare' } });
  await queueLetters(db, [...byReader].map(([userId, loans]) => ({
    letterCode: 'FulItemChangeDueDateLetter', userId, causes: loans.map(({ _id }) => ({ recordType: 'loan', recordId: _id })),
    says: { message: 'DUE_DATE_CHANGE_ONLY', loans: loans.map((loan) => ({ ...loanInLetter(loan), oldDueDate: loan.dueDate.toISOString() })) },
  })));
}

async function move(db: Db, loans: Moved[]): Promise<void> {
  const ids = loans.map(({ _id }) => _id);
  await Promise.all([
    db.collection<LoanNotice>('loanNotices').find({ institutionId, loanId: { $in: ids }, kind: 'DUE_DATE_CHANGED' }).toArray(),
    db.collection<User>('users').find({ institutionId, _id: { $in: loans.map(({ userId }) => userId!) } }).project({ status: 1 }).toArray(),
  ]);
  await db.collection<LoanNotice>('loanNotices').insertMany(loans.map((loan): LoanNotice => ({
    _id: newId(), institutionId, loanId: loan._id, dueCycle: loan.dueCycle + 1, kind: 'DUE_DATE_CHANGED', profileId: '-', dayKey: '-', userId: loan.userId, libraryCode: loan.libraryCode,
    sendFormat: 'EMAIL', runId: 'bare', decidedAt: night, data: { oldDueDate: loan.dueDate, newDueDate: newDueDateOf(loan) }, state: 'LETTERED', letterKey: `bare:${loan.userId}`,
    version: 1, createdAt: night, updatedAt: night,
  })), { ordered: false });
  for (const libraryCode of Object.keys(newDueDates)) {
    const some = loans.filter((loan) => loan.libraryCode === libraryCode);
    if (some.length === 0) continue;
    await db.collection<Loan>('loans').updateMany(
      { institutionId, _id: { $in: some.map(({ _id }) => _id) } },
      { $set: { dueDate: newDueDateOf(some[0]!), dueDateSource: 'CALENDAR', updatedAt: night }, $inc: { dueCycle: 1, version: 1 } },
    );
  }
  await db.collection<LoanEvent>('loanEvents').insertMany(loans.map((loan): LoanEvent => ({
    _id: newId(), institutionId, eventKey: `${loan._id}:${loan.dueCycle + 1}:DUE_DATE_CORRECTED`, loanId: loan._id, dueCycle: loan.dueCycle + 1, type: 'DUE_DATE_CORRECTED', at: night,
    by: 'JOB', oldDueDate: loan.dueDate, newDueDate: newDueDateOf(loan), runId: 'bare', createdAt: night, updatedAt: night,
  })), { ordered: false });
}

async function outcomeOf(models: Models): Promise<Outcome> {
  const byDate = await models.Loan.aggregate<{ _id: Date; loans: number }>([{ $match: { institutionId, dueDateSource: 'CALENDAR', dueCycle: 2 } }, { $group: { _id: '$dueDate', loans: { $sum: 1 } } }]);
  return {
    ...Object.fromEntries(byDate.map(({ _id, loans }) => [`loans moved to ${_id.toISOString()}`, loans])),
    'moves in letters': await models.LoanNotice.countDocuments({ institutionId, kind: 'DUE_DATE_CHANGED', state: 'LETTERED' }),
    'events of moves': await models.LoanEvent.countDocuments({ institutionId, type: 'DUE_DATE_CORRECTED' }),
    'open changes of the calendar': await models.CalendarChange.countDocuments({ institutionId, processedAt: null }),
    ...(await lettersOutcome(models)),
  };
}
