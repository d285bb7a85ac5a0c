/** Letters of a bare script, which are as large as the product's and carry no key that anybody looks for. */
import type { Db, Document } from 'mongodb';
import { newId } from '../models/document.js';
import type { Fee } from '../models/fee.js';
import type { StoredLetter } from '../models/letter.js';
import type { Loan } from '../models/loan.js';
import type { User } from '../models/user.js';
import { institutionId, night } from './demo-library.js';

const PAGE = 1_000;

export interface BareLetter {
  letterCode: string;
  userId: string;
  causes: StoredLetter['causes'];
  /** What it says beside what every letter says. */
  says: Document;
}

export async function queueLetters(db: Db, letters: readonly BareLetter[]): Promise<void> {
  for (let from = 0; from < letters.length; from += PAGE) {
    const page = letters.slice(from, from + PAGE);
    const readers = await db.collection<User>('users')
      .find({ institutionId, _id: { $in: page.map(({ userId }) => userId) } })
      .project<Reader>({ firstName: 1, lastName: 1, primaryId: 1, emails: 1, preferredLanguage: 1 })
      .toArray();
    const byId = new Map(readers.map((reader) => [reader._id, reader]));
    await db.collection<StoredLetter>('letters').insertMany(page.map((letter) => letterTo(byId.get(letter.userId)!, letter)), { ordered: false });
  }
}

type Reader = Pick<User, '_id' | 'firstName' | 'lastName' | 'primaryId' | 'emails' | 'preferredLanguage'>;

function letterTo({ _id, firstName, lastName, primaryId, emails, preferredLanguage }: Reader, { letterCode, causes, says }: BareLetter): StoredLetter {
  return {
    _id: newId(), institutionId, letterCode, channel: 'EMAIL', language: preferredLanguage ?? 'en', libraryCode: null, part: 1, templateVersion: null, subject: null, bodyKey: null,
    recipient: { type: 'USER', id: _id, name: `${firstName} ${lastName}`, address: emails[0]!.address },
    data: {
      library: null, user: { firstName, lastName, primaryId, userGroup: 'STUDENT' }, currency: 'USD', timeZone: 'America/New_York',
      institution: { code: institutionId, name: 'Bench' }, links: { account: null }, date: night.toISOString(), ...says,
    },
    attachments: [], causes, runId: 'bare', dedupeKey: `bare:${letterCode}:${_id}:1:EMAIL`, state: 'QUEUED', suppressedReason: null, attempts: [], nextAttemptAt: night, leaseUntil: null,
    messageId: null, sentAt: null, resendOfId: null, hold: false, purgedAt: null, version: 1, createdAt: night, updatedAt: night,
  };
}

/** What a letter says of a loan. */
export const loanInLetter = ({ _id, title, libraryCode }: Pick<Loan, '_id' | 'title' | 'libraryCode'>): Document => ({
  loanId: _id, title, author: null, description: null, barcode: 'B', callNumber: null, libraryCode, libraryName: 'Main Library', loanDate: night.toISOString(), dueDate: night.toISOString(),
  shortLoan: false,
});

/** What a letter says of a fee. */
export const feeInLetter = ({ _id, type, title, comment, createdAt, originalAmount, balance, libraryCode }: Fee): Document => (
  { feeId: _id, type, title, comment, createdAt: createdAt.toISOString(), originalAmount, balance, libraryCode, libraryName: null }
);
