/**
 * What the rules of loans-overdue-and-lost may know: a loan, the run it is judged in, and what surrounds the loans of a page.
 */
import type { Calendar } from '../calendar.js';
import type { Instant, Moment } from '../days.js';
import type { Convert, Money } from '../money.js';
import type { FinedLoan } from '../overdue-fine.js';
import type { Problem } from '../run.js';
import type { LoanPolicies } from '../terms-of-use.js';
import type { LetterGrouping } from './loan-letters.js';
import type { ProcessStatus } from './overdue-lost-profiles.js';

/** What the rules may know of a loan. Library, location, policy, type and group are the copies made when it was lent. */
export interface OverdueLoan extends FinedLoan {
  loanId: string;
  /** null: anonymised. */
  userId: string | null;
  itemId: string;
  touId: string;
  userGroup: string;
  libraryCode: string;
  locationCode: string;
  itemPolicy: string | null;
  materialType: string | null;
  status: 'ACTIVE' | 'COMPLETE';
  processStatus: ProcessStatus;
  processStatusDate: Instant;
  dueCycle: number;
  /** How often it was lost before. */
  lostCount: number;
}

/** The run and what surrounds the loans of a page. Users are needed only of loans that `mayFire`, items of those that `mayBeLost`. */
export interface OverdueContext {
  runId: string;
  moment: Moment;
  /** The institution's; all fees are in it. */
  currency: string;
  catchUpDays: number;
  overdueAtLostLoan: boolean;
  grouping: LetterGrouping;
  /** By `touId`. */
  termsOfUse: ReadonlyMap<string, LoanPolicies>;
  /** By code. */
  libraries: ReadonlyMap<string, OverdueLibrary>;
  /** By id. */
  users: ReadonlyMap<string, { status: string }>;
  /** By id; a deleted item is left out. */
  items: ReadonlyMap<string, LostItem>;
  /** By today's rates. */
  convert: Convert;
}
export interface OverdueLibrary {
  calendar: Calendar;
  /** Minor units of the institution's currency. */
  defaultReplacementCost: number | null;
}
export interface LostItem {
  currentLoanId: string | null;
  replacementCost: Money | null;
}

export type OverdueProblem = Pick<Problem, 'severity' | 'params'> & {
  code:
    | 'USER_MISSING'
    | 'TOU_MISSING'
    | 'LIBRARY_MISSING'
    | 'ITEM_MISSING'
    | 'REPLACEMENT_COST_MISSING'
    | 'CURRENCY_UNKNOWN'
    | 'CALENDAR_MISSING';
};

export const failure = (code: OverdueProblem['code'], params: OverdueProblem['params']): OverdueProblem => ({
  code,
  severity: 'ERROR',
  params,
});
export const warning = (code: OverdueProblem['code'], params: OverdueProblem['params']): OverdueProblem => ({
  code,
  severity: 'WARNING',
  params,
});
