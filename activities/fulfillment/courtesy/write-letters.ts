/**
 * The letters of notifications-courtesy-and-renewals: one per patron about what falls due, another about what was renewed (fulfillment-loans.md,
 * Effects: letters).
 */
import { notificationsCourtesyAndRenewals } from '../../../catalogue/fulfillment/notifications-courtesy-and-renewals.js';
import type { Counters, Run } from '../../../domain/run.js';
import type { NoticeKind } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import type { RenewalLetterData } from '../../../templates/letters/automatic-loans-renew-notice.js';
import type { CourtesyLetterData } from '../../../templates/letters/ful-user-loans-courtesy-letter.js';
import { insertLetters, planLetters, type LetterRequest } from '../../letters.js';
import { countLetters } from '../notices/count-letters.js';
import { letterPartsOf, requestOf, type LetterNotice, type LetterPart } from '../notices/letter-parts.js';
import { readLetterSettings, type LetterSettings } from '../notices/letter-settings.js';
import { proposeLetters } from '../notices/propose-letters.js';
import type { WritesLetters } from '../notices/writes-letters.js';
import { nothingWritten, writtenLetters, type WrittenLetters } from '../notices/written-letters.js';
import { courtesyData, renewalDates } from './judge.js';

const kinds = ['COURTESY', 'RENEWED'] as const satisfies readonly NoticeKind[];
const letterCounter = (kind: NoticeKind): string => (kind === 'RENEWED' ? 'renewalLetters' : 'courtesyLetters');

export const courtesyLetters: WritesLetters = {
  kinds,

  async write(context, run, notices, mayBeBegun) {
    const { models, institutionId } = context;
    const written = await writtenLetters(models, institutionId, mayBeBegun);
    const { asked, leftOut, users } = await askedLetters(models, run, await readLetterSettings(models, institutionId), notices, written);
    const { planned, problems } = await planLetters(context, asked.map(({ request }) => request), users);
    const queued = await insertLetters(models, planned);
    const own = planned.filter(({ dedupeKey }) => queued.get(dedupeKey)?.runId === run.runId);
    const counters: Counters = {};
    countLetters(counters, own, asked, letterCounter);
    return { leftOut, counters, problems };
  },

  async propose(context, run) {
    const settings = await readLetterSettings(context.models, context.institutionId);
    return proposeLetters(context, run, {
      kinds,
      maxLoansPerLetter: settings.maxLoansPerLetter,
      drafts: async (notices) => {
        const { asked, users } = await askedLetters(context.models, run, settings, notices, nothingWritten);
        return { requests: asked.map(({ request }) => request), users };
      },
      count: (counters, planned, asked) => countLetters(counters, planned, asked, letterCounter),
    });
  },
};

async function askedLetters(models: Models, run: Run, settings: LetterSettings, notices: readonly LetterNotice[], written: WrittenLetters) {
  const { parts, leftOut, users } = await letterPartsOf(models, run, settings, notices, { written, owed: new Set() });
  const asked = parts.map((part) => {
    const { kind } = part.told[0]!.notice;
    return { kind, request: kind === 'RENEWED' ? renewalLetter(run, part) : courtesyLetter(run, part) };
  });
  return { asked, leftOut, users };
}

function courtesyLetter(run: Run, part: LetterPart): LetterRequest {
  const loans = part.told.map(({ notice, loan, inLetter }) => {
    const recalled = loan.processStatus === 'RECALL' || loan.recall?.active === true;
    return { ...inLetter, ...courtesyData.parse(notice.data), recalled };
  });
  return requestOf(run, notificationsCourtesyAndRenewals.letters[0], part, { ...part.common, loans } satisfies CourtesyLetterData);
}

function renewalLetter(run: Run, part: LetterPart): LetterRequest {
  const loans = part.told.map(({ notice, inLetter }) => {
    const { oldDueDate, newDueDate, cappedBy } = renewalDates.parse(notice.data);
    return { ...inLetter, oldDueDate, dueDate: newDueDate, cappedBy };
  });
  return requestOf(run, notificationsCourtesyAndRenewals.letters[1], part, { ...part.common, loans } satisfies RenewalLetterData);
}
