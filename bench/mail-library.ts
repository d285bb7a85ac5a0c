/** A library whose letters wait to be sent: readers of the demonstration library, repeated, each with an overdue notice of one to three loans. */
import { sizes } from '../cli/seed/plan.js';
import { seedDemonstration } from '../cli/seed/seed.js';
import type { StoredLetter } from '../models/letter.js';
import { createIndexes, type Models } from '../models/models.js';
import type { User } from '../models/user.js';
import { letterOf } from '../templates/letters.js';
import { overdueLetterData } from '../templates/letters/overdue-letter-data.js';

export const institutionId = 'bench';
export const written = new Date('2026-06-10T08:00:00.000Z');
const LETTER = 'FulOverdueAndLostLoanNotificationLetter';
const BATCH = 2_000;

/** Into an empty database; `said` hears how far it is. */
export async function writeQueue(models: Models, letters: number, said: (line: string) => void): Promise<void> {
  await createIndexes(models);
  await seedDemonstration({ models, now: () => written, onProgress: () => undefined }, institutionId, sizes.S);
  await models.Letter.collection.deleteMany({});
  // No night of its own: what it missed would be caught up, and its letters go out between these.
  await models.ScheduledJob.collection.deleteMany({});
  await models.Loan.collection.deleteMany({});
  await models.Institution.updateOne({ institutionId }, { $set: { mailPaused: false, mailMaxPerMinute: 10_000_000, allowedEmails: ['*@patrons.example'] } });
  const user = await models.User.findOne({ institutionId, status: 'ACTIVE', staff: false, 'emails.0.address': { $gt: '' } }).lean<User>();
  if (user === null) throw new Error('the demonstration library has no reader to repeat');
  for (let from = 0; from < letters; from += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, letters - from) }, (_, index) => from + index);
    await models.User.collection.insertMany(numbers.map((number) => userAt(user, number)) as never);
    await models.Letter.collection.insertMany(numbers.map((number) => letterAt(user, number)) as never);
    if (from % 20_000 === 0) said(`${from} of ${letters} letters`);
  }
}

const idAt = (kind: string, number: number) => `${kind}${number.toString(16).padStart(22, '0')}`;
const addressOf = (number: number) => `bench${number}@patrons.example`;

function userAt(user: User, number: number): User {
  return {
    ...user, _id: idAt('01', number), primaryId: `bench${number}`, identifiers: [], emails: user.emails.map((email) => ({ ...email, address: addressOf(number) })),
  };
}

function letterAt({ firstName, lastName }: User, number: number): StoredLetter {
  const _id = idAt('04', number);
  const sample = overdueLetterData.parse(letterOf(LETTER).samples['one loan, type 1']);
  const [loan] = sample.loans;
  const loans = Array.from({ length: 1 + (number % 3) }, (_, index) => ({ ...loan!, barcode: `B${number}-${index}` }));
  return {
    _id, institutionId, letterCode: LETTER, channel: 'EMAIL', language: 'en', libraryCode: null, part: 1, templateVersion: null, subject: null, bodyKey: null,
    recipient: { type: 'USER', id: idAt('01', number), name: `${firstName} ${lastName}`, address: addressOf(number) },
    data: { ...sample, user: { ...sample.user, primaryId: `bench${number}` }, loans },
    attachments: [], causes: loans.map(({ barcode }) => ({ recordType: 'loan', recordId: barcode })),
    runId: 'bench', dedupeKey: `bench:${number}`, state: 'QUEUED', suppressedReason: null, attempts: [], nextAttemptAt: written,
    leaseUntil: null, messageId: null, sentAt: null, resendOfId: null, hold: false, purgedAt: null, version: 1, createdAt: written, updatedAt: written,
  };
}
