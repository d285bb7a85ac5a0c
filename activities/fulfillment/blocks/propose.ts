/** What a run would do to a page's blocks, in the words of a preview. */
import type { Proposal } from '../../../models/run.js';
import type { Ending } from './effects.js';

export const proposalsOf = (endings: readonly Ending[]): Proposal[] =>
  endings.map(({ block: { _id, code, userId, source, loanIds }, decision }) => ({
    recordType: 'block',
    recordId: _id,
    recordLabel: code,
    action: decision.action,
    details: {
      userId,
      source,
      expiresAt: decision.action === 'EXTEND' ? new Date(decision.expiresAt).toISOString() : null,
      loansDropped: decision.action === 'DROP_LOANS' ? decision.loanIds.length : loanIds.length,
    },
  }));
