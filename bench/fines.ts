/** The morning of fines-fees-notifications: of readers with four fees each the first owe enough to be written to, and pay for the letter. */
import type { Db } from 'mongodb';
import { finesLetterKey, NOTIFICATION_FEE, notificationFeeKey } from '../domain/fulfillment/fines-fees-notifications.js';
import type { Fee } from '../models/fee.js';
import type { Models } from '../models/models.js';
import { newFee } from '../models/new-fee.js';
import type { User } from '../models/user.js';
import { feeInLetter, queueLetters } from './bare-letters.js';
import { readersOf } from './bare-pages.js';
import { fineAt, idAt, institutionId, night, readerAt, writeRecords } from './demo-library.js';
import type { JobNight, JobSize } from './night.js';
import { lettersOutcome, type Outcome } from './outcome.js';
import { writeAll } from './write-many.js';

const SEED = 1;
const FEES_A_READER = 4;
const PROFILE = idAt('0c', 1);
const MINIMUM = 1_000;
const FOR_A_LETTER = 50;

export const finesNight = ({ records, todo }: JobSize): JobNight => ({
  jobKey: 'fines-fees-notifications',
  sizes: `${records} fees, four to a reader; ${todo} readers to be told`,
  seed: {
    name: `fines-${SEED}-${records}-${todo}`,
    async write(models, said) {
      const readers = Math.max(todo, Math.ceil(records / FEES_A_READER));
      await writeRecords(models, { readers, items: 0, loans: 0, news: 0, newsReaders: 1, dueDate: () => night }, said);
      await writeAll(models.Fee, records, (number) => fineAt(number, readerAt(number % readers), number % readers < todo ? 300 : 100), said);
      await models.FinesFeesNotificationProfile.deleteMany({ institutionId });
      await models.FinesFeesNotificationProfile.create({ _id: PROFILE, institutionId, name: 'Debt', notificationType: 1, minimumBalance: MINIMUM, daysAfterCreation: 7, notificationFee: FOR_A_LETTER });
    },
  },
  script,
  outcomeOf,
});

async function script(db: Db): Promise<void> {
  const all = db.collection<Fee>('fees').find({ institutionId, status: 'ACTIVE', userId: { $gt: '' } }).sort({ userId: 1, createdAt: 1 });
  for await (const readers of readersOf(all)) await notify(db, readers);
}

async function notify(db: Db, byReader: ReadonlyMap<string, Fee[]>): Promise<void> {
  await db.collection<User>('users').find({ institutionId, _id: { $in: [...byReader.keys()] } }).project({ status: 1, userGroup: 1, primaryId: 1 }).toArray();
  const debtors = [...byReader].map(([userId, fees]) => ({ userId, fees, total: fees.reduce((sum, { balance }) => sum + balance, 0) })).filter(({ total }) => total >= MINIMUM);
  if (debtors.length === 0) return;
  await db.collection<Fee>('fees').insertMany(debtors.map(({ userId, fees }) => {
    const dedupeKey = notificationFeeKey(finesLetterKey(PROFILE, userId, fees[0]!._id, 0));
    return newFee(institutionId, { type: NOTIFICATION_FEE, amount: FOR_A_LETTER, currency: 'USD', dedupeKey }, { userId, userGroup: 'STUDENT', libraryCode: null, loanId: null, itemId: null, barcode: null, title: null }, night);
  }), { ordered: false });
  await queueLetters(db, debtors.map(({ userId, fees, total }) => ({
    letterCode: 'FulFinesFeesNotificationLetter', userId, causes: fees.map(({ _id }) => ({ recordType: 'fee', recordId: _id })),
    says: { notificationType: 1, fees: fees.map(feeInLetter), total, notificationFee: FOR_A_LETTER },
  })));
}

async function outcomeOf(models: Models): Promise<Outcome> {
  const [charged] = await models.Fee.aggregate<{ fees: number; sum: number }>([
    { $match: { institutionId, type: NOTIFICATION_FEE, status: 'ACTIVE' } }, { $group: { _id: null, fees: { $sum: 1 }, sum: { $sum: '$balance' } } },
  ]);
  return { 'fees for letters': charged?.fees ?? 0, 'minor units for letters': charged?.sum ?? 0, ...(await lettersOutcome(models)) };
}
