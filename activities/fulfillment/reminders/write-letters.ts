/** The letters of notifications-due-date-reminders: one per patron, listing the loans due today (fulfillment-loans.md, Effects). */
import { notificationsDueDateReminders } from '../../../catalogue/fulfillment/notifications-due-date-reminders.js';
import type { Run } from '../../../domain/run.js';
import type { Models } from '../../../models/models.js';
import type { DueDateReminderData } from '../../../templates/letters/ful-user-overdue-notice-letter.js';
import { insertLetters, planLetters, type LetterRequest } from '../../letters.js';
import { countLetters } from '../notices/count-letters.js';
import { letterPartsOf, requestOf, type LetterNotice, type LetterPart } from '../notices/letter-parts.js';
import { proposeLetters } from '../notices/propose-letters.js';
import type { WritesLetters } from '../notices/writes-letters.js';
import { nothingWritten, writtenLetters, type WrittenLetters } from '../notices/written-letters.js';
import { readGround, type Ground } from './ground.js';

const groundOf = (models: Models, run: Run) => readGround(models, run, notificationsDueDateReminders.parameters.parse(run.parameters));

export const reminderLetters: WritesLetters = {
  kinds: ['DUE_TODAY'],

  async write(context, run, notices, mayBeBegun) {
    const { models, institutionId } = context;
    const written = await writtenLetters(models, institutionId, mayBeBegun);
    const { requests, leftOut, users } = await requestsOf(models, run, await groundOf(models, run), notices, written);
    const { planned, problems } = await planLetters(context, requests, users);
    const queued = await insertLetters(models, planned);
    const own = planned.filter(({ dedupeKey }) => queued.get(dedupeKey)?.runId === run.runId);
    const counters = {};
    countLetters(counters, own, requests.map((request) => ({ request, kind: 'DUE_TODAY' })), () => 'letters');
    return { leftOut, counters, problems };
  },

  async propose(context, run) {
    const ground = await groundOf(context.models, run);
    return proposeLetters(context, run, {
      kinds: ['DUE_TODAY'],
      maxLoansPerLetter: ground.letters.maxLoansPerLetter,
      drafts: (notices) => requestsOf(context.models, run, ground, notices, nothingWritten),
      count: (counters, planned, asked) => countLetters(counters, planned, asked, () => 'letters'),
    });
  },
};

async function requestsOf(models: Models, run: Run, { letters }: Ground, notices: readonly LetterNotice[], written: WrittenLetters) {
  const { parts, leftOut, users } = await letterPartsOf(models, run, letters, notices, { written, owed: new Set() });
  return { requests: parts.map((part) => requestFor(run, part)), leftOut, users };
}

function requestFor(run: Run, part: LetterPart): LetterRequest {
  const data: DueDateReminderData = {
    ...part.common,
    loans: part.told.map(({ inLetter, loan }) => ({ ...inLetter, recalled: loan.recall?.active ?? false })),
  };
  return requestOf(run, 'FulUserOverdueNoticeLetter', part, { ...data });
}
