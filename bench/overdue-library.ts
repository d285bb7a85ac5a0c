/**
 * The library that the nights of overdue loans and renewals are measured on.
 *
 * Of its loans `overdue` fall due yesterday (nine in ten: a first notification) or five weeks ago (one in ten: lost, with two fees);
 * the others are due in the weeks to come. Six readers in ten overdue loans, each with an address and an item with a price.
 */
import type { Models } from '../models/models.js';
import { DAY_MS, HOUR_MS, institutionId, night, writeRecords } from './demo-library.js';

/** Of reading lists, ten to a reader. */
const NEWS = 20_000;

export interface LibrarySize {
  loans: number;
  overdue: number;
  /** NONE: all overdue loans were told long ago, so none has anything to be told. */
  due: 'MIXED' | 'NONE';
}

/** Writes everything into an empty database; `said` hears how far it is. */
export async function writeLibrary(models: Models, size: LibrarySize, said: (line: string) => void): Promise<void> {
  const { loans, overdue } = size;
  const readers = Math.max(1, Math.ceil(overdue * 0.6));
  await writeRecords(models, { readers, items: overdue, loans, news: NEWS, newsReaders: Math.min(readers, NEWS / 10), dueDate: (number) => dueDateAt(number, size) }, said);
  await writeProfiles(models);
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

/** The overdue ones first. Some hours of difference, as at several desks. */
function dueDateAt(number: number, { overdue, due }: LibrarySize): Date {
  const days = number >= overdue ? 1 + (number % 28) : due === 'NONE' ? -(12 + (number % 12)) : number % 10 === 0 ? -34 : -1;
  return new Date(night.getTime() + days * DAY_MS - (number % 8) * HOUR_MS);
}
