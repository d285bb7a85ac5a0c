/** Of a preview: how many letters there would be, and the first of them as they would look. */
import { z } from 'zod';
import { letterPartKey } from '../../../domain/fulfillment/loan-letters.js';
import { sendFormats } from '../../../domain/letters.js';
import type { Counters, Page, Run } from '../../../domain/run.js';
import type { StoredLetter } from '../../../models/letter.js';
import { noticeKinds, type NoticeKind } from '../../../models/loan.js';
import type { NoticedLetter, Proposal } from '../../../models/run.js';
import { planLetters, type LetterContext, type LetterRequest, type Recipient } from '../../letters.js';
import { recordBatch } from '../../runs/batches.js';
import { SAMPLE_LETTERS, sampleOf } from '../../sample-letters.js';
import { byLetterKey, type LetterNotice } from './letter-parts.js';

const LETTERS_AT_ONCE = 1_000;

/** A letter that keys of notices stand for, or a part of one. */
export interface AskedLetter<Kind = NoticeKind> {
  request: LetterRequest;
  kind: Kind;
  /** Of the whole letter. */
  noticed: readonly NoticedLetter[];
}

interface Proposing<Kind> {
  kinds: readonly Kind[];
  maxLoansPerLetter: number;
  /** The letters of these notices, as a run would request them. */
  drafts(notices: readonly LetterNotice[]): Promise<{ requests: LetterRequest[]; users: ReadonlyMap<string, Recipient> }>;
  /** Counts letters as a run would. */
  count(counters: Counters, planned: readonly StoredLetter[], asked: readonly AskedLetter<Kind>[]): void;
}

/** Counts and samples the letters of everything that the preview proposed so far. */
export async function proposeLetters<Kind extends NoticeKind>(
  context: LetterContext, run: Run, { kinds, maxLoansPerLetter, drafts, count }: Proposing<Kind>,
): Promise<Page> {
  const { models, institutionId, now } = context;
  const batches = await models.RunBatch.find(
    { institutionId, runId: run.runId, batchNo: { $lt: run.batchNo } },
    { proposals: 1, letters: 1 },
  ).sort({ batchNo: 1 }).lean();
  const counters: Counters = {};
  const asked = lettersOf(run, kinds, maxLoansPerLetter, batches.flatMap(({ letters }) => letters));
  for (let from = 0; from < asked.length; from += LETTERS_AT_ONCE) {
    const slice = asked.slice(from, from + LETTERS_AT_ONCE);
    const { planned } = await planLetters(context, slice.map(({ request }) => request));
    count(counters, planned, slice);
  }
  const proposals = await sampleLetters(context, run, drafts, batches.flatMap((batch) => batch.proposals));
  return recordBatch(models, run, null, { counters, problems: [], proposals }, now());
}

async function sampleLetters(
  context: LetterContext, run: Run, drafts: Proposing<NoticeKind>['drafts'], proposals: readonly Proposal[],
): Promise<Proposal[]> {
  const notices = proposals.flatMap((proposal) => proposedNotice(run, proposal));
  const first = new Set([...new Set(notices.map(({ letterKey }) => letterKey))].slice(0, SAMPLE_LETTERS));
  const { requests, users } = await drafts(notices.filter(({ letterKey }) => first.has(letterKey)));
  const { planned } = await planLetters(context, requests, users);
  return planned.slice(0, SAMPLE_LETTERS).map(sampleOf);
}

/** The letters that keys stand for: `{runId}:{letterCode}:{kind}.{sendFormat}…:{userId}:{libraryCode|-}`. */
function lettersOf<Kind extends NoticeKind>(
  run: Run, kinds: readonly Kind[], maxLoansPerLetter: number, letters: readonly NoticedLetter[],
): AskedLetter<Kind>[] {
  return [...byLetterKey(letters)].flatMap(([letterKey, noticed]) => {
    const [, letterCode = '', group = '', userId = ''] = letterKey.split(':');
    const [kind = '', sendFormat = ''] = group.split('.');
    const parts = Math.ceil(noticed.length / maxLoansPerLetter);
    return Array.from({ length: parts }, (_, index) => ({
      kind: z.enum(kinds).parse(kind),
      noticed,
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

const proposed = z.looseObject({
  letterKey: z.string().min(1),
  userId: z.string(),
  dueCycle: z.int(),
  libraryCode: z.string(),
  sendFormat: z.enum(sendFormats),
});

/** A preview's proposal as the notice it would become. */
function proposedNotice({ businessDate }: Run, { recordId, action, details }: Proposal): LetterNotice[] {
  const read = proposed.safeParse(details);
  const kind = noticeKinds.find((known) => known === action);
  if (!read.success || kind === undefined) return [];
  const { letterKey, userId, dueCycle, libraryCode, sendFormat, ...data } = read.data;
  const dayKey = kind === 'DUE_TODAY' ? businessDate : '-';
  return [{ _id: `${recordId}:${action}`, loanId: recordId, dueCycle, kind, dayKey, userId, libraryCode, sendFormat, data, state: 'DECIDED', letterKey }];
}
