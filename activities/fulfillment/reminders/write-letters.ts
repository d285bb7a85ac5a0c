/** The letters of notifications-due-date-reminders: one per patron, listing the loans due today (fulfillment-loans.md, Effects). */
import type { Run } from '../../../domain/run.js';
import type { Models } from '../../../models/models.js';
import type { DueDateReminderData } from '../../../templates/letters/ful-user-overdue-notice-letter.js';
import { insertLetters, planLetters, type LetterRequest } from '../../letters.js';
import { countLetters } from '../notices/count-letters.js';
import { letterPartsOf, requestOf, type LetterNotice, type LetterPart } from '../notices/letter-parts.js';
import { readLetterSettings, type LetterSettings } from '../notices/letter-settings.js';
import { proposeLetters } from '../notices/propose-letters.js';
import type { WritesLetters } from '../notices/writes-letters.js';
import { nothingWritten, writtenLetters, type WrittenLetters } from '../notices/written-letters.js';

export const reminderLetters: WritesLetters = {
  kinds: ['DUE_TODAY'],

  async write(context, run, notices, mayBeBegun) {
    const { models, institutionId } = context;
    const written = await writtenLetters(models, institutionId, mayBeBegun);
    const { requests, leftOut, users } = await requestsOf(models, run, await readLetterSettings(models, institutionId), notices, written);
    const { planned, problems } = await planLetters(context, requests, users);
    const queued = await insertLetters(models, planned);
    const own = planned.filter(({ dedupeKey }) => queued.get(dedupeKey)?.runId === run.runId);
    const counters = {};
    countLetters(counters, own, requests.map((request) => ({ request, kind: 'DUE_TODAY' })), () => 'letters');
    return { leftOut, counters, problems };
  },

  async propose(context, run) {
    const settings = await readLetterSettings(context.models, context.institutionId);
    return proposeLetters(context, run, {
      kinds: ['DUE_TODAY'],
      maxLoansPerLetter: settings.maxLoansPerLetter,
      drafts: (notices) => requestsOf(context.models, run, settings, notices, nothingWritten),
      count: (counters, planned, asked) => countLetters(counters, planned, asked, () => 'letters'),
    });
  },
};

async function requestsOf(models: Models, run: Run, settings: LetterSettings, notices: readonly LetterNotice[], written: WrittenLetters) {
  const { parts, leftOut, users } = await letterPartsOf(models, run, settings, notices, { written, owed: new Set() });
  return { requests: parts.map((part) => requestFor(run, part)), leftOut, users };
}

function requestFor(run: Run, part: LetterPart): LetterRequest {
  const data: DueDateReminderData = {
    ...part.common,
    loans: part.told.map(({ inLetter, loan }) => ({ ...inLetter, recalled: loan.recall?.active ?? false })),
  };
  return requestOf(run, 'FulUserOverdueNoticeLetter', part, { ...data });
}
