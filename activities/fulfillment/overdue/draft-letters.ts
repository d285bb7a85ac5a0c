/** A letter from the notices that carry its key: what it says, in parts, and what it costs (fulfillment-loans.md, S8.6, S8.9). */
import { z } from 'zod';
import { letterFeeKey, letterFeeOf, letterPartKey, letterParts, overdueLetterCode } from '../../../domain/fulfillment/loan-letters.js';
import { notificationTypes, profileTypes, type ProfileType } from '../../../domain/fulfillment/overdue-lost-profiles.js';
import type { Counters, Run } from '../../../domain/run.js';
import type { Fee } from '../../../models/fee.js';
import type { Institution } from '../../../models/institution.js';
import type { StoredLetter } from '../../../models/letter.js';
import type { Loan, LoanNotice } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import type { User } from '../../../models/user.js';
import { overdueLetterData, type OverdueLetterData } from '../../../templates/letters/overdue-letter-data.js';
import { recipientFields, type LetterRequest, type Recipient } from '../../letters.js';
import type { BegunLetters } from './begun-letters.js';
import { feeDocument } from './effects.js';
import type { Ground } from './ground.js';
import { add, addFee, letterCounter } from './tally.js';

/** What the job noted when the profile fired. */
export const noticeData = z.object({
  accruedFine: z.int(),
  notificationFee: z.int(),
  fees: overdueLetterData.shape.loans.element.shape.fees,
});

/** A letter about to be queued: what it says, and the fee that is charged for it. */
export interface Draft {
  request: LetterRequest;
  data: OverdueLetterData;
  kind: ProfileType;
  letterKey: string;
  user: LetterUser;
}
type LetterUser = Recipient & Pick<User, 'firstName' | 'lastName' | 'userGroup'>;
const userFields = { ...recipientFields, firstName: 1, lastName: 1, userGroup: 1 } as const;
type LetterLoan = Pick<
  Loan,
  '_id' | 'status' | 'processStatus' | 'dueCycle' | 'title' | 'author' | 'description' | 'barcode' | 'callNumber'
  | 'libraryCode' | 'loanDate' | 'dueDate' | 'shortLoan'
>;
const loanFields = {
  status: 1, processStatus: 1, dueCycle: 1, title: 1, author: 1, description: 1, barcode: 1, callNumber: 1,
  libraryCode: 1, loanDate: 1, dueDate: 1, shortLoan: 1,
} as const;

export type DraftedNotice = Pick<
  LoanNotice,
  '_id' | 'loanId' | 'dueCycle' | 'kind' | 'userId' | 'libraryCode' | 'sendFormat' | 'data' | 'state' | 'letterKey'
>;

/**
 * Letters as their notices say, in parts, and their users; `leftOut` are the notices whose loan went another way meanwhile.
 *
 * What was begun is not taken back: a loan that a written letter tells of stays in it, and a letter that was paid for is written.
 */
export async function draftsOf(
  models: Models,
  run: Run,
  ground: Ground,
  notices: readonly DraftedNotice[],
  begun: BegunLetters,
): Promise<{ drafts: Draft[]; leftOut: Set<string>; users: ReadonlyMap<string, Recipient> }> {
  const { institutionId } = run;
  const userIds = [...new Set(notices.flatMap(({ userId }) => userId ?? []))];
  const [loans, users, institution] = await Promise.all([
    models.Loan.find({ institutionId, _id: { $in: notices.map(({ loanId }) => loanId) } }, loanFields).lean<LetterLoan[]>(),
    models.User.find({ institutionId, _id: { $in: userIds } }, userFields).lean<LetterUser[]>(),
    models.Institution.findOne({ institutionId, code: institutionId }).lean(),
  ]);
  const loansById = new Map(loans.map((loan) => [loan._id, loan]));
  const usersById = new Map(users.map((user) => [user._id, user]));
  const leftOut = new Set<string>();
  for (const [letterKey, group] of byLetterKey(notices)) {
    const known = group.filter(({ loanId }) => loansById.has(loanId));
    const still = known.filter((notice) => begun.told.has(notice._id) || stillSo(notice, loansById.get(notice.loanId)));
    const told = still.length === 0 && begun.owed.has(letterKey) ? known : still;
    for (const notice of group) if (!told.includes(notice)) leftOut.add(notice._id);
  }

  const drafts: Draft[] = [];
  for (const [letterKey, group] of byLetterKey(notices)) {
    const user = usersById.get(group[0]!.userId ?? '');
    if (user === undefined || institution === null) continue;
    for (const [index, part] of letterParts(group, ground.maxLoansPerLetter).entries()) {
      const told = part.filter(({ _id }) => !leftOut.has(_id));
      const charged = begun.fees.get(letterKey)?.originalAmount ?? notificationFeeOf(group.filter(({ _id }) => !leftOut.has(_id)));
      const fee = index === 0 ? charged : 0;
      const letter = { letterKey, part: index + 1, user, notificationFee: fee };
      if (told.length > 0) drafts.push(draftOf({ run, ground, institution, loans: loansById }, letter, told));
    }
  }
  return { drafts, leftOut, users: usersById };
}

/** Notices by the letter that they go into; one that goes into none is left out. */
export function byLetterKey<N extends { letterKey: string }>(notices: readonly N[]): Map<string, N[]> {
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

/** The largest fee of a letter's profiles, whichever part their loans are in: the first part charges it. */
const notificationFeeOf = (notices: readonly DraftedNotice[]): number =>
  letterFeeOf(notices.map(({ data }) => noticeData.parse(data).notificationFee));

/** What the letters of a page have in common. */
interface Writing {
  run: Run;
  ground: Ground;
  institution: Institution;
  /** By id. */
  loans: ReadonlyMap<string, LetterLoan>;
}

function draftOf(
  { run, ground, institution, loans }: Writing,
  { letterKey, part, user, notificationFee }: { letterKey: string; part: number; user: LetterUser; notificationFee: number },
  notices: readonly DraftedNotice[],
): Draft {
  const { sendFormat } = notices[0]!;
  const kind = z.enum(profileTypes).parse(notices[0]!.kind);
  const told = notices.map((notice) => ({ loan: loans.get(notice.loanId)!, ...noticeData.parse(notice.data) }));
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

/**
 * The fee for a letter is charged only if one goes out by any channel; otherwise the letter does not speak of it. One that was
 * charged already stands among the answer.
 */
export function settleFees(run: Run, drafts: readonly Draft[], planned: StoredLetter[], begun: BegunLetters, at: Date): Fee[] {
  return drafts.flatMap(({ request, data, letterKey, user }) => {
    if (data.notificationFee === 0) return [];
    const charged = begun.fees.get(letterKey);
    if (charged !== undefined) return [charged];
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

/** What a page of letters adds to the report: `letters` are this run's own, `fees` those charged for them. */
export function countersOf(
  run: Run, drafts: readonly Draft[], letters: readonly StoredLetter[], fees: readonly { originalAmount: number }[],
): Counters {
  const counters: Counters = {};
  countLetters(counters, letters, drafts);
  for (const { originalAmount } of fees) addFee(counters, 'notificationFees', originalAmount, run.currency);
  return counters;
}

/** Counts letters by the kind of what they were asked for. */
export function countLetters(
  counters: Counters,
  letters: readonly Pick<StoredLetter, 'dedupeKey' | 'state'>[],
  asked: readonly Pick<Draft, 'request' | 'kind'>[],
): void {
  const kindByKey = new Map(asked.map(({ request, kind }) => [request.dedupeKey, kind]));
  for (const { dedupeKey, state } of letters) {
    const kind = kindByKey.get(dedupeKey.slice(0, dedupeKey.lastIndexOf(':'))); // without the channel
    if (kind === undefined) continue;
    add(counters, 'lettersCreated');
    add(counters, letterCounter(kind));
    if (state === 'SUPPRESSED') add(counters, 'lettersSuppressed');
  }
}
