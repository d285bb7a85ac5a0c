/**
 * The states a letter goes through on its way out, each a guarded write (platform.md 13, Delivery; engine.md 3.1).
 *
 * QUEUED → SENDING (leased, the attempt noted before a connection is used) → SENT, FAILED or back to QUEUED. A letter is claimed by
 * one worker only: the state is in the filter, the version tells whose claim it is.
 */
import { nextAttemptAfter, type SuppressedReason } from '../../domain/letters.js';
import { newId } from '../../models/document.js';
import type { LetterAttempt, LetterContent, StoredLetter } from '../../models/letter.js';
import type { Models } from '../../models/models.js';
import { updateEach, type UpdateOfOne } from '../../models/update-each.js';
import type { Outcome } from './outcome.js';

/** An outcome that is the letter's own. */
export type Attempted = Exclude<Outcome, { kind: 'SENDER_REFUSED' }>;

const LEASE_MS = 5 * 60_000;

/** A server's answer may be long; the facts of a letter are kept for years. */
const TEXT_LENGTH = 1000;

/** Due letters of an institution, the longest waiting first. */
export async function dueLetters(models: Models, institutionId: string, at: Date, limit: number): Promise<StoredLetter[]> {
  return models.Letter.find({ institutionId, state: 'QUEUED', nextAttemptAt: { $lte: at } })
    .sort({ nextAttemptAt: 1 })
    .limit(limit)
    .lean<StoredLetter[]>();
}

/** How a letter ends without a connection. */
export type Unsent =
  /** `content`: what it would have said, for a letter that only this installation may not send. */
  | { letter: StoredLetter; state: 'SUPPRESSED'; reason: SuppressedReason; content: LetterContent | null }
  | { letter: StoredLetter; state: 'FAILED'; text: string };

/** Writes what will not be sent, unless a letter was changed meanwhile; that one is looked at again the next time. */
export async function endUnsent(models: Models, unsent: readonly Unsent[], at: Date): Promise<void> {
  await updateEach(models.Letter, unsent.map((end) => change(
    end.letter, 'QUEUED', { ...ended(at), ...(end.state === 'SUPPRESSED' ? suppressed(end) : failedToRender(end, at)) },
  )));
}

const suppressed = ({ reason, content }: Extract<Unsent, { state: 'SUPPRESSED' }>) => ({
  state: 'SUPPRESSED' as const,
  suppressedReason: reason,
  ...(content === null ? {} : { bodyKey: content._id, subject: content.subject }),
});

const failedToRender = ({ letter, text }: Extract<Unsent, { state: 'FAILED' }>, at: Date) => ({
  state: 'FAILED' as const,
  attempts: [...letter.attempts, { at, outcome: 'TEMPLATE_ERROR' as const, smtpCode: null, text: text.slice(0, TEXT_LENGTH) }],
});

/**
 * Takes letters for five minutes and notes the attempt; answers with those that are now ours.
 *
 * One write for all. Where some were taken or cancelled by others meanwhile, the claim's own mark tells which are ours.
 */
export async function claim(models: Models, letters: readonly StoredLetter[], at: Date): Promise<StoredLetter[]> {
  const [first] = letters;
  if (first === undefined) return [];
  const { institutionId } = first;
  const ids = letters.map(({ _id }) => _id);
  const leaseUntil = new Date(at.getTime() + LEASE_MS);
  const started: LetterAttempt = { at, outcome: 'STARTED', smtpCode: null, text: `claim ${newId()}` };
  const { modifiedCount } = await models.Letter.updateMany(
    { institutionId, _id: { $in: ids }, state: 'QUEUED', nextAttemptAt: { $lte: at } },
    {
      // The lease is found by the index of due letters.
      $set: { state: 'SENDING', leaseUntil, nextAttemptAt: leaseUntil, updatedAt: at },
      $push: { attempts: started },
      $inc: { version: 1 },
    },
    { timestamps: false },
  );
  const asClaimed = (letter: StoredLetter): StoredLetter => ({
    ...letter, state: 'SENDING', leaseUntil, nextAttemptAt: leaseUntil, attempts: [...letter.attempts, started], version: letter.version + 1,
  });
  if (modifiedCount === ids.length) return letters.map(asClaimed);
  const found = await models.Letter.find({ institutionId, _id: { $in: ids }, state: 'SENDING' }).lean<StoredLetter[]>();
  return found.filter(({ attempts }) => attempts.at(-1)?.text === started.text);
}

/** An attempt that has come out, and what was sent. */
export interface Attempt {
  letter: StoredLetter;
  outcome: Attempted;
  sent: { messageId: string; bodyKey: string; subject: string };
  at: Date;
}

/** Notes how attempts came out, and answers what follows for each. A letter whose lease has passed to another worker is left to it. */
export async function recordOutcomes(models: Models, attempts: readonly Attempt[]): Promise<('SENT' | 'FAILED' | 'QUEUED')[]> {
  const changes = attempts.map(({ letter, outcome, sent, at }) => ({ letter, after: { ...ended(at), ...sent, ...afterAttempt(letter, outcome, at) } }));
  await updateEach(models.Letter, changes.map(({ letter, after }) => change(letter, 'SENDING', after)));
  return changes.map(({ after }) => after.state);
}

function afterAttempt(letter: StoredLetter, { kind, smtpCode, text }: Attempted, at: Date) {
  const attempts = [...letter.attempts.slice(0, -1), { at, outcome: kind, smtpCode, text: text.slice(0, TEXT_LENGTH) }];
  const next = kind === 'TRANSIENT' || kind === 'UNKNOWN' ? nextAttemptAfter(attempts.length, at.getTime()) : null;
  const state = kind === 'ACCEPTED' ? 'SENT' as const : next === null ? 'FAILED' as const : 'QUEUED' as const;
  return { state, attempts, nextAttemptAt: next === null ? null : new Date(next), sentAt: state === 'SENT' ? at : null };
}

/** Puts claimed letters back for which no connection was used: as if they had not been claimed. */
export async function giveBack(models: Models, letters: readonly StoredLetter[], at: Date): Promise<void> {
  await updateEach(models.Letter, letters.map((letter) => change(
    letter, 'SENDING', { ...ended(at), state: 'QUEUED', attempts: letter.attempts.slice(0, -1), nextAttemptAt: at },
  )));
}

/**
 * Letters whose worker ended while it was sending them: whether the server has them is unknown, so they go again under the same
 * Message-ID, at once, as long as attempts are left.
 */
export async function endExpiredLeases(models: Models, institutionId: string, at: Date): Promise<void> {
  const expired = await models.Letter.find({ institutionId, state: 'SENDING', nextAttemptAt: { $lte: at } }).lean<StoredLetter[]>();
  await updateEach(models.Letter, expired.map((letter) => {
    const started = letter.attempts.at(-1)!;
    const attempts = [
      ...letter.attempts.slice(0, -1),
      { ...started, outcome: 'UNKNOWN' as const, text: 'The program ended while the letter was being sent.' },
    ];
    const givenUp = nextAttemptAfter(attempts.length, at.getTime()) === null;
    return change(letter, 'SENDING', { ...ended(at), state: givenUp ? 'FAILED' : 'QUEUED', attempts, nextAttemptAt: givenUp ? null : at });
  }));
}

/** When the next letter of an institution is due or the next lease ends; null = there is none. */
export async function nextDueAt(models: Models, institutionId: string): Promise<Date | null> {
  const earliest = await Promise.all(
    (['QUEUED', 'SENDING'] as const).map((state) =>
      models.Letter.findOne({ institutionId, state }, { nextAttemptAt: 1 }).sort({ nextAttemptAt: 1 }).lean()),
  );
  const times = earliest.flatMap((letter) => letter?.nextAttemptAt?.getTime() ?? []);
  return times.length === 0 ? null : new Date(Math.min(...times));
}

const change = ({ institutionId, _id, version }: StoredLetter, state: 'QUEUED' | 'SENDING', values: Partial<StoredLetter>): UpdateOfOne<StoredLetter> => ({
  filter: { institutionId, _id, state, version }, update: { $set: values, $inc: { version: 1 } },
});

/** No lease, nothing to come; what follows may say otherwise. */
const ended = (at: Date) => ({ leaseUntil: null, nextAttemptAt: null, updatedAt: at });
