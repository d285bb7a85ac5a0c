/** Of a preview: how many letters there would be, and the first of them as they would look. */
import { z } from 'zod';
import { letterFeeOf, letterPartKey } from '../../../domain/fulfillment/loan-letters.js';
import { profileTypes, type ProfileType } from '../../../domain/fulfillment/overdue-lost-profiles.js';
import { sendFormats } from '../../../domain/letters.js';
import type { Counters, Page, Run } from '../../../domain/run.js';
import type { NoticedLetter, Proposal } from '../../../models/run.js';
import { renderLetter } from '../../../templates/render.js';
import { planLetters, type LetterContext, type LetterRequest } from '../../letters.js';
import { recordBatch } from '../../runs/batches.js';
import { noneBegun } from './begun-letters.js';
import { byLetterKey, countLetters, draftsOf, noticeData, type DraftedNotice } from './draft-letters.js';
import type { Ground } from './ground.js';
import { addFee } from './tally.js';

const LETTERS_AT_ONCE = 1_000;
const SAMPLE_LETTERS = 20;

/** Counts and samples the letters of everything that the preview proposed so far. */
export async function proposeLetters(context: LetterContext, run: Run, ground: Ground): Promise<Page> {
  const { models, institutionId, now } = context;
  const batches = await models.RunBatch.find(
    { institutionId, runId: run.runId, batchNo: { $lt: run.batchNo } },
    { proposals: 1, letters: 1 },
  ).sort({ batchNo: 1 }).lean();
  const counters: Counters = {};
  const asked = lettersOf(run, ground, batches.flatMap(({ letters }) => letters));
  for (let from = 0; from < asked.length; from += LETTERS_AT_ONCE) {
    const slice = asked.slice(from, from + LETTERS_AT_ONCE);
    const { planned } = await planLetters(context, slice.map(({ request }) => request));
    countLetters(counters, planned, slice);
    const goingOut = new Set(planned.filter(({ state }) => state === 'QUEUED').map(({ dedupeKey }) => dedupeKey.slice(0, dedupeKey.lastIndexOf(':'))));
    for (const { request, fee } of slice) {
      if (fee > 0 && goingOut.has(request.dedupeKey)) addFee(counters, 'notificationFees', fee, run.currency);
    }
  }
  const proposals = await sampleLetters(context, run, ground, batches.flatMap((batch) => batch.proposals));
  return recordBatch(models, run, null, { counters, problems: [], proposals }, now());
}

async function sampleLetters(
  context: LetterContext, run: Run, ground: Ground, proposals: readonly Proposal[],
): Promise<Proposal[]> {
  const notices = proposals.flatMap((proposal) => proposedNotice(proposal));
  const first = new Set([...new Set(notices.map(({ letterKey }) => letterKey))].slice(0, SAMPLE_LETTERS));
  const { drafts, users } = await draftsOf(context.models, run, ground, notices.filter(({ letterKey }) => first.has(letterKey)), noneBegun);
  const { planned } = await planLetters(context, drafts.map(({ request }) => request), users);
  return planned.slice(0, SAMPLE_LETTERS).map((letter) => {
    const spoken = { language: letter.language, defaultLanguage: letter.language };
    const { subject, html, text } = renderLetter(letter.letterCode, 'EMAIL', letter.data, spoken);
    return {
      recordType: 'letter',
      recordId: letter.dedupeKey,
      recordLabel: letter.letterCode,
      action: 'LETTER',
      details: { subject, html, text, channel: letter.channel, suppressedReason: letter.suppressedReason },
    };
  });
}

interface AskedLetter {
  request: LetterRequest;
  kind: ProfileType;
  /** The largest of its profiles, with the first part; charged only if a letter goes out (S8.9). */
  fee: number;
}

/** The letters that keys stand for: `{runId}:{letterCode}:{kind}.{sendFormat}…:{userId}:{libraryCode|-}`. */
function lettersOf(run: Run, ground: Ground, noticed: readonly NoticedLetter[]): AskedLetter[] {
  return [...byLetterKey(noticed)].flatMap(([letterKey, notices]) => {
    const [, letterCode = '', group = '', userId = ''] = letterKey.split(':');
    const [kind = '', sendFormat = ''] = group.split('.');
    const parts = Math.ceil(notices.length / ground.maxLoansPerLetter);
    return Array.from({ length: parts }, (_, index) => ({
      kind: z.enum(profileTypes).parse(kind),
      fee: index === 0 ? letterFeeOf(notices.map(({ notificationFee }) => notificationFee)) : 0,
      request: {
        letterCode,
        dedupeKey: letterPartKey(letterKey, index + 1),
        to: { userId },
        libraryCode: null,
        data: {},
        sendFormat: z.enum(sendFormats).parse(sendFormat),
        causes: [],
        runId: run.runId,
        part: index + 1,
      },
    }));
  });
}

const proposed = noticeData.extend({
  letterKey: z.string().min(1),
  userId: z.string(),
  dueCycle: z.int(),
  libraryCode: z.string(),
  sendFormat: z.enum(sendFormats),
});

/** A preview's proposal as the notice it would become. */
function proposedNotice({ recordId, action, details }: Proposal): DraftedNotice[] {
  const read = proposed.safeParse(details);
  const kind = profileTypes.find((known) => known === action);
  if (!read.success || kind === undefined) return [];
  const { letterKey, userId, dueCycle, libraryCode, sendFormat, ...data } = read.data;
  return [{ _id: `${recordId}:${action}`, loanId: recordId, dueCycle, kind, userId, libraryCode, sendFormat, data, state: 'DECIDED', letterKey }];
}
