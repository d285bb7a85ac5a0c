/**
 * Retry failed, for letters: the letter itself is sent again, because its key would only give back the failed one
 * (platform.md 8, Retry failed; 13, Resend).
 */
import type { Page, Problem, Run } from '../../domain/run.js';
import type { StoredLetter } from '../../models/letter.js';
import type { Models } from '../../models/models.js';
import { insertLetters, planLetters, type LetterRequest } from '../letters.js';
import { recordBatch } from './batches.js';

const LETTERS_A_PAGE = 1_000;

interface ResendDependencies {
  models: Models;
  now: () => Date;
  /** Tells the institution's delivery that there are letters. */
  wakeMail: (institutionId: string) => Promise<void>;
}

/**
 * Queues the failed letters among the run's scope once more, each as a new letter to the recipient's address of today.
 *
 * A letter that somebody sent again meanwhile is left alone. Repeatable: of a letter one run makes one copy.
 */
export async function resendLetters({ models, now, wakeMail }: ResendDependencies, run: Run): Promise<Page> {
  const { institutionId, runId } = run;
  const { letters, next } = await failedOfScope(models, run);
  const ids = letters.map(({ _id }) => _id);
  const copies = await models.Letter.find(
    { institutionId, 'causes.recordId': { $in: ids }, resendOfId: { $in: ids } },
    { resendOfId: 1, runId: 1, state: 1 },
  ).lean();
  const needed = letters.flatMap((letter) => {
    const earlier = copies.filter((copy) => copy.resendOfId === letter._id && copy.runId !== runId);
    if (earlier.some(({ state }) => state !== 'FAILED')) return [];
    return [{ letter, dedupeKey: `resend:${letter._id}:${earlier.length + 1}` }];
  });
  const sendable = needed.filter(({ letter }) => letter.purgedAt === null);

  const { planned, problems } = await planLetters({ models, institutionId, now }, sendable.map((each) => requestOf(run, each)));
  const sources = new Map(sendable.map(({ letter, dedupeKey }) => [`${dedupeKey}:${letter.channel}`, letter._id]));
  const again = planned.map((letter) => ({ ...letter, resendOfId: sources.get(letter.dedupeKey)! }));
  await insertLetters(models, again);
  if (again.length > 0) await wakeMail(institutionId);

  const counters = {
    recordsSelected: letters.length,
    recordsProcessed: letters.length,
    recordsChanged: again.length,
    recordsUnchanged: letters.length - needed.length + sendable.length - again.length,
    recordsInError: needed.length - sendable.length,
    lettersCreated: again.length,
    lettersSuppressed: again.filter(({ state }) => state === 'SUPPRESSED').length,
  };
  const removed = needed.filter((each) => !sendable.includes(each)).map(({ letter }) => contentRemoved(letter));
  return recordBatch(models, run, next, { counters, problems: [...problems, ...removed] }, now());
}

/** A slice of the scope: those of its ids that are letters which failed. */
async function failedOfScope(models: Models, run: Run): Promise<{ letters: StoredLetter[]; next: string | null }> {
  const { institutionId, runId } = run;
  const from = Number(run.cursor ?? 0);
  const to = from + LETTERS_A_PAGE;
  const stored = await models.Run.findOne({ institutionId, _id: runId }, { scope: 1 }).lean();
  const ids = stored?.scope?.ids ?? [];
  const letters = await models.Letter.find({ institutionId, _id: { $in: ids.slice(from, to) }, state: 'FAILED' }).lean<StoredLetter[]>();
  return { letters, next: to < ids.length ? String(to) : null };
}

function requestOf({ runId }: Run, { letter, dedupeKey }: { letter: StoredLetter; dedupeKey: string }): LetterRequest {
  const { letterCode, channel, recipient, libraryCode, data, causes, part, language } = letter;
  if (channel === 'PRINT') throw new TypeError(`letter ${letter._id} is printed: nothing of it can fail in the mail`);
  const { type, id } = recipient;
  const to = type === 'USER' && id !== null ? { userId: id } : { ...recipient, type: type === 'USER' ? ('ADDRESS' as const) : type, language };
  // The letter is a cause of its copy, which is how copies are found.
  const withLetter = [...causes, { recordType: 'letter', recordId: letter._id }];
  return { letterCode, dedupeKey, to, libraryCode, data, sendFormat: channel, causes: withLetter, runId, part };
}

function contentRemoved({ _id, letterCode }: StoredLetter): Problem {
  return {
    severity: 'ERROR',
    code: 'LETTER_FAILED',
    message: `${letterCode} cannot be sent again: its content was removed after its retention`,
    params: { reason: 'CONTENT_REMOVED', letterCode },
    recordType: 'letter',
    recordId: _id,
    recordLabel: letterCode,
    retryable: false,
  };
}
