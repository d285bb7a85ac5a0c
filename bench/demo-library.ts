/** Records of the demonstration library, repeated under numbers of their own: what a measured night finds. */
import { sizes } from '../cli/seed/plan.js';
import { seedDemonstration } from '../cli/seed/seed.js';
import type { Item } from '../models/catalogue-records.js';
import type { Fee } from '../models/fee.js';
import type { Loan } from '../models/loan.js';
import { createIndexes, type Models } from '../models/models.js';
import { newFee } from '../models/new-fee.js';
import type { ReadingListNotification } from '../models/reading-list.js';
import type { User } from '../models/user.js';
import { writeAll, writeMany } from './write-many.js';

export const institutionId = 'bench';
/** When its night is: 04:00 in its zone. */
export const night = new Date('2026-06-10T08:00:00.000Z');
export const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;

/** How many of each there are. Loans and news belong to the readers in turn, a loan is of the item of its number. */
export interface Records {
  readers: number;
  items: number;
  loans: number;
  /** Of reading lists, unread; to the first `newsReaders` readers. */
  news: number;
  newsReaders: number;
  /** When the loan of a number is due. */
  dueDate: (number: number) => Date;
}

/** Hexadecimal digits, by what kind of record it is and its number. */
export const idAt = (kind: string, number: number): string => `${kind}${number.toString(16).padStart(22, '0')}`;
export const readerAt = (number: number): string => idAt('01', number);
export const loanAt = (number: number): string => idAt('03', number);

/** An overdue fine nine days old, in minor units. */
export function fineAt(number: number, userId: string, amount: number): Fee {
  const owed = { userId, userGroup: 'STUDENT', libraryCode: null, loanId: null, itemId: null, barcode: null, title: 'A fine' };
  return { ...newFee(institutionId, { type: 'OVERDUE_FINE', amount, currency: 'USD', dedupeKey: `bench:${number}` }, owed, new Date(night.getTime() - 9 * DAY_MS)), _id: idAt('10', number) };
}

/** Writes everything into an empty database; `said` hears how far it is. */
export async function writeRecords(models: Models, records: Records, said: (line: string) => void): Promise<void> {
  await createIndexes(models);
  await seedDemonstration({ models, now: () => night, onProgress: () => undefined }, institutionId, sizes.S);
  const { loan, item, user, news } = await patterns(models);
  for (const model of [models.Loan, models.Item, models.User, models.Fee, models.Request, models.ReadingListNotification]) await model.collection.deleteMany({});
  await models.Institution.updateOne({ institutionId }, { $set: { mailPaused: true, allowedEmails: ['*@patrons.example'] } });

  const { readers, dueDate } = records;
  await writeMany(models.User, readers, (number) => readerLike(user, number), said);
  await writeMany(models.Item, records.items, (number) => itemLike(item, number), said);
  await writeMany(models.ReadingListNotification, records.news, (number) => ({ ...news, _id: idAt('04', number), userId: readerAt(number % records.newsReaders) }), said);
  await writeAll(models.Loan, records.loans, (number) => loanLike(loan, number, readers, dueDate(number)), said);
  // A schedule would have the nights since made up for by the worker itself, beside what is measured.
  await models.ScheduledJob.updateMany({ institutionId }, { $set: { schedule: { kind: 'NONE' } } });
}

async function patterns(models: Models): Promise<{ loan: Loan; item: Item; user: User; news: ReadingListNotification }> {
  const ordinary = { institutionId, status: 'ACTIVE', processStatus: 'NORMAL', shortLoan: false, materialType: 'BOOK' } as const;
  const [loan, item, user, news] = await Promise.all([
    models.Loan.findOne(ordinary).orFail().lean<Loan>(),
    models.Item.findOne({ institutionId, processType: 'LOAN', deletedAt: null }).orFail().lean<Item>(),
    models.User.findOne({ institutionId, status: 'ACTIVE', staff: false }).orFail().lean<User>(),
    models.ReadingListNotification.findOne({ institutionId, readAt: null, actorUserId: null }).sort({ createdAt: -1 }).orFail().lean<ReadingListNotification>(),
  ]);
  return { loan, item, user, news };
}

function readerLike(user: User, number: number): User {
  const primaryId = `bench${number}`;
  return {
    ...user,
    _id: readerAt(number),
    primaryId,
    userGroup: 'STUDENT', // whose loans are renewed
    identifiers: [],
    emails: user.emails.map((email) => ({ ...email, address: `${primaryId}@patrons.example` })),
  };
}

function itemLike(item: Item, number: number): Item {
  const _id = idAt('02', number);
  const barcode = `B${number}`;
  return {
    ...item, _id, pid: `P${number}`, barcode, barcodeKey: barcode, importKey: `#${_id}`, currentLoanId: loanAt(number), replacementCost: { amount: 2_500, currency: 'USD' },
  };
}

function loanLike(loan: Loan, number: number, readers: number, dueDate: Date): Loan {
  return {
    ...loan, _id: loanAt(number), userId: readerAt(number % readers), itemId: idAt('02', number), barcode: `B${number}`, userGroup: 'STUDENT',
    loanDate: new Date(dueDate.getTime() - 28 * DAY_MS), dueDate,
  };
}
