/** What a patron will do with a loan: a function of the loan alone, so that a time can be gone through again from any night. */
import { drawFrom } from '../chaos/draw.js';

export interface Fate {
  /** Days from the due date to the return; null: never on their own account. */
  returnsAfter: number | null;
  /** Asks for a renewal two days before it is due, so often. */
  renewals: number;
  /** Says three days after the due date that it was returned. */
  claims: boolean;
  /** Days from the loss to the day on which it is brought back all the same, or found at home; null: gone for good. */
  turnsUpAfter: number | null;
  foundAtHome: boolean;
  /** NOBODY: staff see it a day later. */
  broughtTo: 'DESK' | 'BOOK_DROP' | 'NOBODY';
  /** Says two days after the due date that it is lost. */
  declaresLost: boolean;
  /** Somebody else asks for it twelve days before it is due. */
  recalled: boolean;
  /** And three days later does not want it any more. */
  recallEnds: boolean;
}

/** By their share. */
const PLACES = ['DESK', 'DESK', 'DESK', 'DESK', 'DESK', 'DESK', 'DESK', 'BOOK_DROP', 'BOOK_DROP', 'NOBODY'] as const;

/** Of a hundred loans sixty-five come back in time, more than half of them once they are not renewed any more, twenty within ten days, eight within two months and seven not at all. */
export function fateOf(seed: number, loanId: string): Fate {
  const draw = drawFrom(seed, `loan ${loanId}`);
  const kind = draw.below(100);
  const returnsAfter = kind < 30 ? -draw.below(8) : kind < 65 ? -draw.below(2) : kind < 85 ? 1 + draw.below(10) : kind < 93 ? 11 + draw.below(50) : null;
  return {
    returnsAfter,
    renewals: draw.below(3) === 0 ? 1 + draw.below(3) : 0,
    claims: draw.below(60) === 0,
    turnsUpAfter: draw.below(2) === 0 ? 1 + draw.below(20) : null,
    foundAtHome: draw.below(2) === 0,
    broughtTo: draw.one(PLACES),
    declaresLost: draw.below(60) === 0,
    recalled: draw.below(40) === 0,
    recallEnds: draw.below(3) === 0,
  };
}
