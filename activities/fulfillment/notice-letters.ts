/**
 * From notices to letters: the pending notices of a kind are walked by user, a letter is built from all notices that
 * carry its key, and the delivery does the rest (fulfillment-loans.md, S8.6, S8.9).
 */
import { z } from 'zod';
import { loansOverdueAndLost } from '../../catalogue/fulfillment/loans-overdue-and-lost.js';
import { letterFeeKey, letterPartKey, letterParts, overdueLetterCode } from '../../domain/fulfillment/loan-letters.js';
import { notificationTypes, type ProfileType } from '../../domain/fulfillment/overdue-lost-profiles.js';
import type { Counters, Page, Run } from '../../domain/run.js';
import type { Institution } from '../../models/institution.js';
import { insertOnce } from '../../models/insert-once.js';
import type { StoredLetter } from '../../models/letter.js';
import type { Loan, LoanNotice } from '../../models/loan.js';
import type { Models } from '../../models/models.js';
import type { Proposal } from '../../models/run.js';
import type { User } from '../../models/user.js';
import { overdueLetterData, type OverdueLetterData } from '../../templates/letters/overdue-letter-data.js';
import { renderLetter } from '../../templates/render.js';
import { insertLetters, planLetters, type LetterRequest } from '../letters.js';
import { queueUndeliverableReports } from '../undeliverable-letters.js';
import { claimBatch, claimedBatch, recordBatch } from '../runs/batches.js';
import { forAMinute } from '../runs/pages.js';
import { feeDocument } from './overdue/effects.js';
import { readGround, type Ground } from './overdue/ground.js';
import { add, addFee, letterCounter } from './overdue/tally.js';

interface Dependencies {
  models: Models;
  now: () => Date;
  /** Tells the institution's delivery that there are letters. */
  wakeMail: (institutionId: string) => Promise<void>;
}

const NOTICES_A_PAGE = 1_000;
const SAMPLE_LETTERS = 20;
const kinds: readonly ProfileType[] = [...notificationTypes, 'CHANGE_TO_LOST'];

/** What the job noted when the profile fired. */
const noticeData = z.object({
  accruedFine: z.int(),
  notificationFee: z.int(),
  fees: overdueLetterData.shape.loans.element.shape.fees,
});

/** A letter about to be queued: what it says, and the fee that is charged for it. */
interface Draft {
  request: LetterRequest;
  data: OverdueLetterData;
  kind: ProfileType;
  letterKey: string;
  user: LetterUser;
}
type LetterUser = Pick<User, '_id' | 'firstName' | 'lastName' | 'primaryId' | 'userGroup'>;
type LetterLoan = Pick<
  Loan,
  '_id' | 'status' | 'processStatus' | 'dueCycle' | 'title' | 'author' | 'description' | 'barcode' | 'callNumber'
  | 'libraryCode' | 'loanDate' | 'dueDate' | 'shortLoan'
>;
const loanFields = {
  status: 1, processStatus: 1, dueCycle: 1, title: 1, author: 1, description: 1, barcode: 1, callNumber: 1,
  libraryCode: 1, loanDate: 1, dueDate: 1, shortLoan: 1,
} as const;

export function createNoticeLetterActivities({ models, now, wakeMail }: Dependencies) {
  /**
   * Queues the letters of the next pending notices.
   *
   * Repeatable: the letter keys of a page are claimed first, letters and fees have keys, and a letter is built from all
   * notices of its key whatever their state.
   */
  async function queueNoticeLetters(run: Run): Promise<Page> {
    if (run.preview) return proposeLetters(run);
    const { institutionId } = run;
    const claim = await claimedBatch(models, run);
    const page = claim === null ? await pendingNotices(models, run) : { letterKeys: claim.leaving, next: claim.toKey };
    if (page.letterKeys.length === 0) return recordBatch(models, run, page.next, { counters: {}, problems: [] }, now());
    if (claim === null) await claimBatch(models, run, { toKey: page.next, leaving: page.letterKeys }, now());

    const ground = await groundOf(run);
    const notices = await models.LoanNotice.find({ institutionId, letterKey: { $in: page.letterKeys } }).lean();
    const { drafts, leftOut } = await draftsOf(run, ground, notices);
    const plan = await planLetters({ models, institutionId, now }, drafts.map(({ request }) => request));
    const fees = settleFees(run, drafts, plan.planned, now());
    await insertOnce(models.Fee, fees);
    const queued = await insertLetters(models, plan.planned);

    const ids = notices.filter(({ state }) => state === 'LETTER_PENDING').map(({ _id }) => _id);
    await setState(institutionId, ids.filter((id) => leftOut.has(id)), 'CANCELLED');
    await setState(institutionId, ids.filter((id) => !leftOut.has(id)), 'LETTERED');
    await wakeMail(institutionId);

    const own = plan.planned.filter(({ dedupeKey }) => queued.get(dedupeKey)?.runId === run.runId);
    const counters = countersOf(run, drafts, own, fees);
    return recordBatch(models, run, page.next, { counters, problems: plan.problems }, now());
  }

  /** Tells each library with a mailbox whom this run could not reach (S8.8). */
  async function reportUndeliverableLetters(run: Run): Promise<Page> {
    if (!run.preview) {
      const reports = await queueUndeliverableReports({ models, institutionId: run.institutionId, now }, run.runId);
      if (reports > 0) await wakeMail(run.institutionId);
    }
    return recordBatch(models, run, null, { counters: {}, problems: [] }, now());
  }

  const groundOf = (run: Run) => readGround(models, run, loansOverdueAndLost.parameters.parse(run.parameters));

  async function setState(institutionId: string, ids: string[], state: 'CANCELLED' | 'LETTERED'): Promise<void> {
    if (ids.length === 0) return;
    await models.LoanNotice.updateMany(
      { institutionId, _id: { $in: ids }, state: 'LETTER_PENDING' },
      { $set: { state }, $inc: { version: 1 } },
    );
  }

  /** Letters as their notices say, in parts; `leftOut` are the notices whose loan went another way meanwhile. */
  async function draftsOf(
    run: Run,
    ground: Ground,
    notices: readonly DraftedNotice[],
  ): Promise<{ drafts: Draft[]; leftOut: Set<string> }> {
    const { institutionId } = run;
    const userIds = [...new Set(notices.flatMap(({ userId }) => userId ?? []))];
    const [loans, users, institution] = await Promise.all([
      models.Loan.find({ institutionId, _id: { $in: notices.map(({ loanId }) => loanId) } }, loanFields).lean<LetterLoan[]>(),
      models.User.find(
        { institutionId, _id: { $in: userIds } },
        { firstName: 1, lastName: 1, primaryId: 1, userGroup: 1 },
      ).lean<LetterUser[]>(),
      models.Institution.findOne({ institutionId, code: institutionId }).lean(),
    ]);
    const loansById = new Map(loans.map((loan) => [loan._id, loan]));
    const usersById = new Map(users.map((user) => [user._id, user]));
    const leftOut = new Set(notices.filter((notice) => !stillSo(notice, loansById.get(notice.loanId))).map(({ _id }) => _id));

    const drafts: Draft[] = [];
    for (const [letterKey, group] of groupsOf(notices)) {
      const user = usersById.get(group[0]!.userId ?? '');
      if (user === undefined || institution === null) continue;
      for (const [index, part] of letterParts(group, ground.maxLoansPerLetter).entries()) {
        const told = part.filter(({ _id }) => !leftOut.has(_id));
        if (told.length > 0) drafts.push(draftOf(run, ground, institution, letterKey, index + 1, told, loansById, user));
      }
    }
    return { drafts, leftOut };
  }

  /** Of a preview: how many letters there would be, and the first of them as they would look. */
  async function proposeLetters(run: Run): Promise<Page> {
    const { institutionId, runId } = run;
    const ground = await groundOf(run);
    const batches = await models.RunBatch.find({ institutionId, runId }, { proposals: 1, letterKeys: 1 }).sort({ batchNo: 1 }).lean();
    const counters: Counters = {};
    const requests = letterRequestsOf(run, ground, batches.flatMap(({ letterKeys }) => letterKeys));
    for (let from = 0; from < requests.length; from += NOTICES_A_PAGE) {
      const slice = requests.slice(from, from + NOTICES_A_PAGE);
      const { planned } = await planLetters({ models, institutionId, now }, slice.map(({ request }) => request));
      for (const letter of planned) {
        const kind = slice.find(({ request }) => letter.dedupeKey.startsWith(request.dedupeKey))!.kind;
        countLetter(counters, letter, kind);
      }
    }
    const samples = await sampleLetters(run, ground, batches.flatMap(({ proposals }) => proposals));
    return recordBatch(models, run, null, { counters, problems: [], proposals: samples }, now());
  }

  async function sampleLetters(run: Run, ground: Ground, proposals: readonly Proposal[]): Promise<Proposal[]> {
    const notices = proposals.flatMap((proposal) => proposedNotice(proposal));
    const first = new Set([...new Set(notices.map(({ letterKey }) => letterKey))].slice(0, SAMPLE_LETTERS));
    const { drafts } = await draftsOf(run, ground, notices.filter(({ letterKey }) => first.has(letterKey)));
    const plan = await planLetters({ models, institutionId: run.institutionId, now }, drafts.map(({ request }) => request));
    return plan.planned.slice(0, SAMPLE_LETTERS).map((letter) => {
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

  return {
    queueNoticeLetters: forAMinute(queueNoticeLetters),
    reportUndeliverableLetters: forAMinute(reportUndeliverableLetters),
  };
}
export type NoticeLetterActivities = ReturnType<typeof createNoticeLetterActivities>;

type DraftedNotice = Pick<
  LoanNotice,
  '_id' | 'loanId' | 'dueCycle' | 'kind' | 'userId' | 'libraryCode' | 'sendFormat' | 'data' | 'state' | 'letterKey'
>;

const place = z.tuple([z.enum(kinds), z.string().nullable(), z.string().nullable()]);
type Place = z.infer<typeof place>;

/** The letter keys of the next pending notices: kind by kind, by user. */
async function pendingNotices(models: Models, run: Run): Promise<{ letterKeys: string[]; next: string | null }> {
  const { institutionId } = run;
  let [kind, userId, id]: Place = run.cursor === null ? [kinds[0]!, null, null] : place.parse(JSON.parse(run.cursor));
  for (;;) {
    const walk = { institutionId, kind, state: 'LETTER_PENDING' } as const;
    const read = (filter: object, limit: number) =>
      models.LoanNotice.find({ ...walk, ...filter }, { userId: 1, letterKey: 1 }).sort({ userId: 1, _id: 1 }).limit(limit).lean();
    const same = userId === null || id === null ? [] : await read({ userId, _id: { $gt: id } }, NOTICES_A_PAGE);
    const later = await read(userId === null ? {} : { userId: { $gt: userId } }, NOTICES_A_PAGE - same.length);
    const found = [...same, ...later];
    const letterKeys = [...new Set(found.map(({ letterKey }) => letterKey))];
    const last = found.at(-1);
    if (last !== undefined && found.length === NOTICES_A_PAGE) {
      return { letterKeys, next: JSON.stringify([kind, last.userId, last._id] satisfies Place) };
    }
    const following = kinds[kinds.indexOf(kind) + 1];
    if (following === undefined) return { letterKeys, next: null };
    if (letterKeys.length > 0) return { letterKeys, next: JSON.stringify([following, null, null] satisfies Place) };
    [kind, userId, id] = [following, null, null];
  }
}

function groupsOf<N extends { letterKey: string }>(notices: readonly N[]): Map<string, N[]> {
  const groups = new Map<string, N[]>();
  for (const notice of notices) {
    if (notice.letterKey === '') continue;
    const group = groups.get(notice.letterKey);
    if (group === undefined) groups.set(notice.letterKey, [notice]);
    else group.push(notice);
  }
  return groups;
}

/** Whether the loan is still as the notice speaks of it; a preview's loans are not lost yet. */
function stillSo({ kind, dueCycle, state }: DraftedNotice, loan: LetterLoan | undefined): boolean {
  if (loan === undefined || loan.status !== 'ACTIVE' || loan.dueCycle !== dueCycle) return false;
  return kind !== 'CHANGE_TO_LOST' || loan.processStatus === 'LOST' || state === 'DECIDED';
}

function draftOf(
  run: Run,
  ground: Ground,
  institution: Institution,
  letterKey: string,
  part: number,
  notices: readonly DraftedNotice[],
  loans: ReadonlyMap<string, LetterLoan>,
  user: LetterUser,
): Draft {
  const { sendFormat } = notices[0]!;
  const kind = kindOf(notices[0]!);
  const told = notices.map((notice) => ({ loan: loans.get(notice.loanId)!, ...noticeData.parse(notice.data) }));
  const notificationFee = part === 1 ? Math.max(...told.map((each) => each.notificationFee)) : 0;
  const feesOfLoans = told.flatMap(({ fees }) => fees).reduce((sum, { amount }) => sum + amount, 0);
  const libraryCode = ground.context.grouping.separatePatronNotificationsByLibrary ? notices[0]!.libraryCode : null;
  const library = libraryCode === null ? undefined : ground.libraries.get(libraryCode);
  const account = institution.settings.publicAccountUrl;
  const data: OverdueLetterData = {
    notificationType: kind === 'CHANGE_TO_LOST' ? null : notificationTypes.indexOf(kind) + 1,
    library: library === undefined ? null : { code: library.code, name: library.name, email: library.email },
    user: { firstName: user.firstName, lastName: user.lastName, primaryId: user.primaryId, userGroup: user.userGroup },
    loans: told.map(({ loan, accruedFine, fees }) => ({
      loanId: loan._id,
      title: loan.title || null,
      author: loan.author || null,
      description: loan.description || null,
      barcode: loan.barcode,
      callNumber: loan.callNumber || null,
      libraryCode: loan.libraryCode,
      libraryName: ground.libraries.get(loan.libraryCode)?.name ?? loan.libraryCode,
      loanDate: loan.loanDate.toISOString(),
      dueDate: loan.dueDate.toISOString(),
      shortLoan: loan.shortLoan,
      accruedFine,
      fees,
    })),
    totalFees: feesOfLoans + notificationFee,
    notificationFee,
    currency: run.currency,
    timeZone: run.timeZone,
    institution: { code: institution.code, name: institution.name },
    links: { account: typeof account === 'string' ? account : null },
    date: run.asOf,
  };
  const request: LetterRequest = {
    letterCode: overdueLetterCode(kind, ground.context.grouping),
    dedupeKey: letterPartKey(letterKey, part),
    to: { userId: user._id },
    libraryCode,
    data: { ...data },
    sendFormat,
    causes: told.map(({ loan }) => ({ recordType: 'loan', recordId: loan._id })),
    runId: run.runId,
    part,
  };
  return { request, data, kind, letterKey, user };
}

function kindOf({ kind }: Pick<DraftedNotice, 'kind'>): ProfileType {
  return kinds.find((known) => known === kind) ?? 'CHANGE_TO_LOST';
}

/** The fee for a letter is charged only if one goes out by any channel; otherwise the letter does not speak of it. */
function settleFees(run: Run, drafts: readonly Draft[], planned: StoredLetter[], at: Date) {
  return drafts.flatMap(({ request, data, letterKey, user }) => {
    if (data.notificationFee === 0) return [];
    const letters = planned.filter(({ dedupeKey }) => dedupeKey.startsWith(`${request.dedupeKey}:`));
    if (!letters.some(({ state }) => state === 'QUEUED')) {
      for (const letter of letters) letter.data = { ...data, totalFees: data.totalFees - data.notificationFee, notificationFee: 0 };
      return [];
    }
    const fee = { type: 'OVERDUE_NOTIFICATION_FINE', amount: data.notificationFee, currency: run.currency, dedupeKey: letterFeeKey(letterKey) };
    const owed = {
      userId: user._id, userGroup: user.userGroup ?? '', libraryCode: data.library?.code ?? null,
      loanId: null, itemId: null, barcode: null, title: null,
    };
    return [feeDocument(run, fee, owed, at)];
  });
}

function countersOf(run: Run, drafts: readonly Draft[], letters: readonly StoredLetter[], fees: readonly { originalAmount: number }[]): Counters {
  const counters: Counters = {};
  const kindByKey = new Map(drafts.map(({ request, kind }) => [request.dedupeKey, kind]));
  for (const letter of letters) {
    const kind = kindByKey.get(letter.dedupeKey.slice(0, letter.dedupeKey.lastIndexOf(':')));
    if (kind !== undefined) countLetter(counters, letter, kind);
  }
  for (const { originalAmount } of fees) addFee(counters, 'notificationFees', originalAmount, run.currency);
  return counters;
}

function countLetter(counters: Counters, letter: StoredLetter, kind: ProfileType): void {
  add(counters, 'lettersCreated');
  add(counters, letterCounter(kind));
  if (letter.state === 'SUPPRESSED') add(counters, 'lettersSuppressed');
}

/** The letters that keys stand for: `{runId}:{letterCode}:{kind}.{sendFormat}…:{userId}:{libraryCode|-}`. */
function letterRequestsOf(run: Run, ground: Ground, letterKeys: readonly string[]): { request: LetterRequest; kind: ProfileType }[] {
  return [...groupsOf(letterKeys.map((letterKey) => ({ letterKey })))].flatMap(([letterKey, notices]) => {
    const [, letterCode = '', group = '', userId = ''] = letterKey.split(':');
    const [kind = '', sendFormat = ''] = group.split('.');
    const parts = Math.ceil(notices.length / ground.maxLoansPerLetter);
    return Array.from({ length: parts }, (_, index) => ({
      kind: z.enum(kinds).parse(kind),
      request: {
        letterCode,
        dedupeKey: letterPartKey(letterKey, index + 1),
        to: { userId },
        libraryCode: null,
        data: {},
        sendFormat: z.enum(['EMAIL', 'SMS', 'EMAIL_AND_SMS']).parse(sendFormat),
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
  sendFormat: z.enum(['EMAIL', 'SMS', 'EMAIL_AND_SMS']),
});

/** A preview's proposal as the notice it would become. */
function proposedNotice({ recordId, action, details }: Proposal): DraftedNotice[] {
  const read = proposed.safeParse(details);
  const kind = kinds.find((known) => known === action);
  if (!read.success || kind === undefined) return [];
  const { letterKey, userId, dueCycle, libraryCode, sendFormat, ...data } = read.data;
  return [{ _id: `${recordId}:${action}`, loanId: recordId, dueCycle, kind, userId, libraryCode, sendFormat, data, state: 'DECIDED', letterKey }];
}
