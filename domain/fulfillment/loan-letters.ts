/**
 * Which loan notices share a letter, and how a long letter is cut.
 *
 * Specification: fulfillment-loans.md, S8.6 and S8.9; loans-overdue-and-lost, "Effects: letters".
 */
import type { SendFormat } from '../letters.js';
import type { ProfileType } from './overdue-lost-profiles.js';

/** What the installation and the job have set about grouping. */
export interface LetterGrouping {
  /** Of the job: one letter per user and notification type; otherwise one per loan. */
  singleLetterPerType: boolean;
  separatePatronNotificationsByLibrary: boolean;
}

export interface GroupedNotice {
  loanId: string;
  userId: string;
  libraryCode: string;
  kind: ProfileType;
  sendFormat: SendFormat;
}

export function overdueLetterCode(kind: ProfileType, { singleLetterPerType }: Pick<LetterGrouping, 'singleLetterPerType'>): string {
  if (kind === 'CHANGE_TO_LOST') return singleLetterPerType ? 'FulOverdueAndLostLoanLetter' : 'FulLostLoanLetter';
  return singleLetterPerType ? 'FulOverdueAndLostLoanNotificationLetter' : 'FulLostLoanNotificationLetter';
}

/**
 * `{runId}:{letterCode}:{group}:{userId}:{libraryCode|-}`: notices with one key make one letter, or the parts of one.
 *
 * `group` begins with `{kind}.{sendFormat}`; `libraryCode` null: the letter may list loans of several.
 */
export function loanLetterKey(runId: string, letterCode: string, group: string, userId: string, libraryCode: string | null): string {
  return [runId, letterCode, group, userId, libraryCode ?? '-'].join(':');
}

export function overdueLetterKey(runId: string, notice: GroupedNotice, grouping: LetterGrouping): string {
  const { loanId, userId, libraryCode, kind, sendFormat } = notice;
  const group = grouping.singleLetterPerType ? `${kind}.${sendFormat}` : `${kind}.${sendFormat}.${loanId}`;
  return loanLetterKey(runId, overdueLetterCode(kind, grouping), group, userId, grouping.separatePatronNotificationsByLibrary ? libraryCode : null);
}

/** The key that a part is requested and stored under; parts are counted from 1. */
export function letterPartKey(letterKey: string, part: number): string {
  return `${letterKey}:${part}`;
}

/** What a letter costs, whatever its parts: the largest fee of its notices, minor units; 0 where none asks for one (S8.9). */
export function letterFeeOf(ofNotices: readonly number[]): number {
  return ofNotices.reduce((largest, fee) => Math.max(largest, fee), 0);
}

/** The key of the fee for a letter, which only its first part carries. */
export function letterFeeKey(letterKey: string): string {
  return `ovnl:${letterPartKey(letterKey, 1)}`;
}

/**
 * Cuts the notices of a letter into parts of so many loans, in the order of loans and whatever their state, so that a repeat cuts
 * alike. A loan that two profiles of one type have noticed stands in one part.
 */
export function letterParts<T extends { loanId: string }>(notices: readonly T[], maxLoansPerLetter: number): T[][] {
  const loanIds = [...new Set(notices.map(({ loanId }) => loanId))].sort();
  const ofLoan = new Map(loanIds.map((loanId) => [loanId, [] as T[]]));
  for (const notice of notices) ofLoan.get(notice.loanId)!.push(notice);

  const parts: T[][] = [];
  for (let from = 0; from < loanIds.length; from += maxLoansPerLetter)
    parts.push(loanIds.slice(from, from + maxLoansPerLetter).flatMap((loanId) => ofLoan.get(loanId)!));
  return parts;
}
