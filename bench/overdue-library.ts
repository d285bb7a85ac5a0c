/**
 * The library that the night is measured on: records of the demonstration library, repeated under numbers of their own.
 *
 * Of its loans `overdue` fall due yesterday (nine in ten: a first notification) or five weeks ago (one in ten: lost, with two fees);
 * the others are due in the weeks to come. Six readers in ten overdue loans, each with an address and an item with a price.
 */
import { sizes } from '../cli/seed/plan.js';
import { seedDemonstration } from '../cli/seed/seed.js';
import type { Item } from '../models/catalogue-records.js';
import type { Loan } from '../models/loan.js';
import { createIndexes, type Models } from '../models/models.js';
import type { User } from '../models/user.js';
import type { ReadingListNotification } from '../models/reading-list.js';
import { writeMany } from './write-many.js';

export const institutionId = 'bench';
/** When its night is: 04:00 in its zone. */
export const night = new Date('2026-06-10T08:00:00.000Z');
/** Of reading lists, ten to a reader. */
const NEWS = 20_000;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface LibrarySize {
  loans: number;
  overdue: number;
  /** NONE: all overdue loans were told long ago, so none has anything to be told. */
  due: 'MIXED' | 'NONE';
}

/** Writes everything into an empty database; `said` hears how far it is. */
export async function writeLibrary(models: Models, size: LibrarySize, said: (line: string) => void): Promise<void> {
  await createIndexes(models);
  await seedDemonstration({ models, now: () => night, onProgress: () => undefined }, institutionId, sizes.S);
  const [loan, item, user, news] = await templates(models);
  for (const model of [models.Loan, models.Item, models.User, models.Fee, models.Request, models.ReadingListNotification])
    await model.collection.deleteMany({});
  await models.Institution.updateOne(
    { institutionId },
    { $set: { mailPaused: true, allowedEmails: ['*@patrons.example'] } },
  );
  await writeProfiles(models);

  const { loans, overdue } = size;
  const readers = Math.max(1, Math.ceil(overdue * 0.6));
  await writeMany(models.User, readers, (number) => userAt(user, number), said);
  await writeMany(models.Item, overdue, (number) => itemAt(item, number), said);
  await writeMany(models.ReadingListNotification, NEWS, (number) => ({ ...news, _id: idAt('04', number), userId: idAt('01', number % Math.min(readers, NEWS / 10)) }), said);
  // Made over what is there, an index takes a fifth of the time.
  await models.Loan.collection.dropIndexes();
  await writeMany(models.Loan, loans, (number) => loanAt(loan, number, size, readers), said);
  said('Loan: its indexes');
  await models.Loan.createIndexes();
  // A schedule would have the nights since made up for by the worker itself, beside what is measured.
  await models.ScheduledJob.updateMany({ institutionId }, { $set: { schedule: { kind: 'NONE' } } });
}

async function templates(models: Models): Promise<[Loan, Item, User, ReadingListNotification]> {
  const loan = await models.Loan.findOne({
    institutionId,
    status: 'ACTIVE',
    processStatus: 'NORMAL',
    shortLoan: false,
    materialType: 'BOOK',
  }).lean<Loan>();
  const item = await models.Item.findOne({ institutionId, processType: 'LOAN', deletedAt: null }).lean<Item>();
  const user = await models.User.findOne({ institutionId, status: 'ACTIVE', staff: false }).lean<User>();
  const news = await models.ReadingListNotification.findOne({ institutionId, readAt: null, actorUserId: null }).sort({ createdAt: -1 }).lean<ReadingListNotification>();
  if (loan === null || item === null || user === null || news === null)
    throw new Error('the demonstration library has no loan, item, reader or news to repeat');
  return [loan, item, user, news];
}

async function writeProfiles(models: Models): Promise<void> {
  const [shipped] = await models.OverdueLostProfile.find({ institutionId }).lean();
  if (shipped === undefined) throw new Error('the demonstration library has no profile');
  await models.OverdueLostProfile.collection.deleteMany({});
  const ordinary = {
    ...shipped,
    loanStatuses: ['NORMAL' as const],
    userGroups: [],
    libraries: [],
    locations: [],
    itemPolicies: [],
    materialTypes: [],
    daysAfterStatusDate: null,
    dayCount: 'CALENDAR' as const,
    active: true,
    sendNotification: true,
    sendFormat: 'EMAIL' as const,
    createFine: false,
    notificationFee: 0,
    blockUser: false,
    blockDefinitionId: null,
    blockMode: null,
    blockDays: null,
  };
  await models.OverdueLostProfile.insertMany([
    {
      ...ordinary,
      _id: '0'.repeat(23) + '1',
      name: 'First',
      type: 'OVERDUE_NOTIFICATION_1',
      daysAfterDueDate: 1,
      chargeReplacementFee: false,
      chargeProcessFee: false,
    },
    {
      ...ordinary,
      _id: '0'.repeat(23) + '2',
      name: 'Lost',
      type: 'CHANGE_TO_LOST',
      daysAfterDueDate: 30,
      chargeReplacementFee: true,
      chargeProcessFee: true,
    },
  ]);
}

const idAt = (kind: string, number: number) => `${kind}${number.toString(16).padStart(22, '0')}`;

function userAt(user: User, number: number): User {
  const primaryId = `bench${number}`;
  return {
    ...user,
    _id: idAt('01', number),
    primaryId,
    userGroup: 'STUDENT',
    identifiers: [],
    emails: user.emails.map((email) => ({ ...email, address: `${primaryId}@patrons.example` })),
  };
}

function itemAt(item: Item, number: number): Item {
  const _id = idAt('02', number);
  const barcode = `B${number}`;
  return {
    ...item,
    _id,
    pid: `P${number}`,
    barcode,
    barcodeKey: barcode,
    importKey: `#${_id}`,
    currentLoanId: idAt('03', number),
    replacementCost: { amount: 2_500, currency: 'USD' },
  };
}

/** The overdue ones first. */
function loanAt(loan: Loan, number: number, { overdue, due }: LibrarySize, readers: number): Loan {
  const days =
    number >= overdue ? 1 + (number % 28) : due === 'NONE' ? -(12 + (number % 12)) : number % 10 === 0 ? -34 : -1;
  return {
    ...loan,
    _id: idAt('03', number),
    userId: idAt('01', number % readers),
    itemId: idAt('02', number),
    barcode: `B${number}`,
    // Whose loans are renewed.
    userGroup: 'STUDENT',
    loanDate: new Date(night.getTime() + (days - 28) * DAY_MS),
    // Some hours of difference, as at several desks.
    dueDate: new Date(night.getTime() + days * DAY_MS - (number % 8) * 60 * 60 * 1000),
  };
}
