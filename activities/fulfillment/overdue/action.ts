/** What a page does to one loan, as its decision says. */
import type { ProfileRef } from '../../../domain/fulfillment/loans-overdue-and-lost.js';
import type { Firing } from '../../../domain/fulfillment/overdue-firing.js';
import type { JudgedLoan, ReadItem } from './judge.js';
import type { ReadLoan } from './walk.js';

/** One loan that something is done to. */
export interface Action {
  loan: ReadLoan;
  item: ReadItem | null;
  firing: readonly Firing[];
  superseded: readonly ProfileRef[];
}

export const actionsOf = (judged: readonly JudgedLoan[]): Action[] =>
  judged.flatMap(({ loan, item, decision }) =>
    decision.action === 'ACT' ? [{ loan, item, firing: decision.firing, superseded: decision.superseded }] : [],
  );

export const isLosing = ({ firing }: Action): boolean => firing.some(({ lost }) => lost !== null);
