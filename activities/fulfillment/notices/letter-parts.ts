/**
 * The letters that notices ask for: which of their loans still stand in them, in parts, and what every letter about loans says
 * (fulfillment-loans.md, S8.6, S8.9).
 */
import { letterPartKey, letterParts } from '../../../domain/fulfillment/loan-letters.js';
import type { Run } from '../../../domain/run.js';
import type { Loan, LoanNotice } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import type { LoanInLetter, PatronLetterData } from '../../../templates/letters/patron-letter-data.js';
import type { LetterRequest, Recipient } from '../../letters.js';
import { commonOf, patronFields, type LetterPatron } from '../patron-letters.js';
import type { LetterSettings } from './letter-settings.js';
import type { WrittenLetters } from './written-letters.js';

export type LetterLoan = Pick<
  Loan,
  '_id' | 'status' | 'processStatus' | 'dueCycle' | 'title' | 'author' | 'description' | 'barcode' | 'callNumber'
  | 'libraryCode' | 'loanDate' | 'dueDate' | 'shortLoan' | 'recall'
>;
const loanFields = {
  status: 1, processStatus: 1, dueCycle: 1, title: 1, author: 1, description: 1, barcode: 1, callNumber: 1,
  libraryCode: 1, loanDate: 1, dueDate: 1, shortLoan: 1, recall: 1,
} as const;

/** What a letter is made of; `state` DECIDED: a preview's. */
export type LetterNotice = Pick<
  LoanNotice,
  '_id' | 'loanId' | 'dueCycle' | 'kind' | 'dayKey' | 'userId' | 'libraryCode' | 'sendFormat' | 'data' | 'state' | 'letterKey'
>;

/** One letter about to be queued, or a part of one. */
export interface LetterPart {
  letterKey: string;
  /** From 1. */
  part: number;
  user: LetterPatron;
  /** Of this part, each with its loan: those that still stand. */
  told: { notice: LetterNotice; loan: LetterLoan; inLetter: LoanInLetter }[];
  /** Of the whole letter: those that still stand. */
  ofLetter: LetterNotice[];
  /** Set when the letter is of one library. */
  libraryCode: string | null;
  common: PatronLetterData;
}

/** What is not taken back: loans that a written letter tells of, and letters that have been paid for. */
export interface Kept {
  written: WrittenLetters;
  owed: ReadonlySet<string>;
}

/** Letters as their notices say, in parts, and their users; `leftOut` are the notices whose loan went another way meanwhile. */
export async function letterPartsOf(
  models: Models,
  run: Run,
  settings: LetterSettings,
  notices: readonly LetterNotice[],
  kept: Kept,
): Promise<{ parts: LetterPart[]; leftOut: Set<string>; users: ReadonlyMap<string, Recipient> }> {
  const { institutionId } = run;
  const userIds = [...new Set(notices.flatMap(({ userId }) => userId ?? []))];
  const [loans, users, institution] = await Promise.all([
    models.Loan.find({ institutionId, _id: { $in: notices.map(({ loanId }) => loanId) } }, loanFields).lean<LetterLoan[]>(),
    models.User.find({ institutionId, _id: { $in: userIds } }, patronFields).lean<LetterPatron[]>(),
    models.Institution.findOne({ institutionId, code: institutionId }).lean(),
  ]);
  const loansById = new Map(loans.map((loan) => [loan._id, loan]));
  const usersById = new Map(users.map((user) => [user._id, user]));
  const leftOut = new Set<string>();
  for (const [letterKey, group] of byLetterKey(notices)) {
    const known = group.filter(({ loanId }) => loansById.has(loanId));
    const still = known.filter((notice) => kept.written.told.has(notice._id) || stillSo(run, notice, loansById.get(notice.loanId)));
    const told = still.length === 0 && kept.owed.has(letterKey) ? known : still;
    for (const notice of group) if (!told.includes(notice)) leftOut.add(notice._id);
  }

  const parts: LetterPart[] = [];
  for (const [letterKey, group] of byLetterKey(notices)) {
    const user = usersById.get(group[0]!.userId ?? '');
    if (user === undefined || institution === null) continue;
    const libraryCode = settings.separatePatronNotificationsByLibrary ? group[0]!.libraryCode : null;
    const common = commonOf(run, institution, user, libraryCode === null ? undefined : settings.libraries.get(libraryCode));
    const ofLetter = group.filter(({ _id }) => !leftOut.has(_id));
    for (const [index, part] of letterParts(group, settings.maxLoansPerLetter).entries()) {
      const told = part.filter(({ _id }) => !leftOut.has(_id)).map((notice) => {
        const loan = loansById.get(notice.loanId)!;
        return { notice, loan, inLetter: loanInLetter(loan, settings.libraries.get(loan.libraryCode)?.name ?? loan.libraryCode) };
      });
      if (told.length > 0) parts.push({ letterKey, part: index + 1, user, told, ofLetter, libraryCode, common });
    }
  }
  return { parts, leftOut, users: usersById };
}

/** What is asked of the delivery for a part that says `data`. */
export function requestOf(
  { runId }: Run, letterCode: string, { letterKey, part, user, told, libraryCode }: LetterPart, data: Record<string, unknown>,
): LetterRequest {
  return {
    letterCode,
    dedupeKey: letterPartKey(letterKey, part),
    to: { userId: user._id },
    libraryCode,
    data,
    sendFormat: told[0]!.notice.sendFormat,
    causes: told.map(({ loan }) => ({ recordType: 'loan', recordId: loan._id })),
    runId,
    part,
  };
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

/**
 * Whether the loan is still as the notice speaks of it; a preview's loans are not lost yet. What was due on another day is not due
 * today any more: of a run that broke off that day nobody is told (notifications-due-date-reminders, rule 6).
 */
function stillSo({ businessDate }: Run, { kind, dueCycle, dayKey, state }: LetterNotice, loan: LetterLoan | undefined): boolean {
  // A preview has moved no date, and begun no due cycle.
  const begun = (kind === 'DUE_DATE_CHANGED' || kind === 'RENEWED') && state === 'DECIDED' ? dueCycle - 1 : dueCycle;
  if (loan === undefined || loan.status !== 'ACTIVE' || loan.dueCycle !== begun) return false;
  if (kind === 'DUE_TODAY') return dayKey === businessDate;
  return kind !== 'CHANGE_TO_LOST' || loan.processStatus === 'LOST' || state === 'DECIDED';
}

/** What every letter about a loan tells of it. */
export function loanInLetter(loan: Omit<LetterLoan, 'status' | 'processStatus' | 'dueCycle' | 'recall'>, libraryName: string): LoanInLetter {
  return {
    loanId: loan._id,
    title: loan.title || null,
    author: loan.author || null,
    description: loan.description || null,
    barcode: loan.barcode,
    callNumber: loan.callNumber || null,
    libraryCode: loan.libraryCode,
    libraryName,
    loanDate: loan.loanDate.toISOString(),
    dueDate: loan.dueDate.toISOString(),
    shortLoan: loan.shortLoan,
  };
}
