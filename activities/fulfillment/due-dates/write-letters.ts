/** The letters of loans-due-date-correction: one per patron, listing the loans that moved (fulfillment-loans.md, Effects). */
import type { Counters, Run } from '../../../domain/run.js';
import type { StoredLetter } from '../../../models/letter.js';
import type { Models } from '../../../models/models.js';
import type { ChangedDueDateData } from '../../../templates/letters/ful-item-change-due-date-letter.js';
import { insertLetters, planLetters, type LetterRequest } from '../../letters.js';
import { letterPartsOf, requestOf, type LetterNotice, type LetterPart } from '../notices/letter-parts.js';
import { readLetterSettings, type LetterSettings } from '../notices/letter-settings.js';
import { proposeLetters } from '../notices/propose-letters.js';
import type { WritesLetters } from '../notices/writes-letters.js';
import { nothingWritten, writtenLetters, type WrittenLetters } from '../notices/written-letters.js';
import { movedDates } from './judge.js';

export const correctionLetters: WritesLetters = {
  kinds: ['DUE_DATE_CHANGED'],

  async write(context, run, notices, mayBeBegun) {
    const { models, institutionId } = context;
    const written = await writtenLetters(models, institutionId, mayBeBegun);
    const { requests, leftOut, users } = await requestsOf(models, run, await readLetterSettings(models, institutionId), notices, written);
    const { planned, problems } = await planLetters(context, requests, users);
    const queued = await insertLetters(models, planned);
    const counters = {};
    count(counters, planned.filter(({ dedupeKey }) => queued.get(dedupeKey)?.runId === run.runId));
    return { leftOut, counters, problems };
  },

  async propose(context, run) {
    const settings = await readLetterSettings(context.models, context.institutionId);
    return proposeLetters(context, run, {
      kinds: ['DUE_DATE_CHANGED'],
      maxLoansPerLetter: settings.maxLoansPerLetter,
      drafts: (notices) => requestsOf(context.models, run, settings, notices, nothingWritten),
      count,
    });
  },
};

/** The job has no counters of its own for letters. */
function count(counters: Counters, letters: readonly Pick<StoredLetter, 'state'>[]): void {
  if (letters.length === 0) return;
  const suppressed = letters.filter(({ state }) => state === 'SUPPRESSED').length;
  counters.lettersCreated = (counters.lettersCreated ?? 0) + letters.length;
  counters.lettersSuppressed = (counters.lettersSuppressed ?? 0) + suppressed;
}

async function requestsOf(models: Models, run: Run, settings: LetterSettings, notices: readonly LetterNotice[], written: WrittenLetters) {
  const { parts, leftOut, users } = await letterPartsOf(models, run, settings, notices, { written, owed: new Set() });
  return { requests: parts.map((part) => requestFor(run, part)), leftOut, users };
}

function requestFor(run: Run, part: LetterPart): LetterRequest {
  const data: ChangedDueDateData = {
    ...part.common,
    message: 'DUE_DATE_CHANGE_ONLY',
    loans: part.told.map(({ notice, inLetter }) => {
      const { oldDueDate, newDueDate } = movedDates.parse(notice.data);
      // A preview has moved nothing.
      return { ...inLetter, dueDate: newDueDate.toISOString(), oldDueDate: oldDueDate.toISOString() };
    }),
  };
  return requestOf(run, 'FulItemChangeDueDateLetter', part, { ...data });
}
