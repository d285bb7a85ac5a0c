/** What a run would do to a page's loans, in the words of a preview. */
import type { Proposal } from '../../../models/run.js';
import type { Action } from './action.js';

/** One proposal per profile that fires; `details` holds what its notice would say. */
export function proposalsOf(actions: readonly Action[]): Proposal[] {
  return actions.flatMap(({ loan, firing }) =>
    firing.map((fired) => ({
      recordType: 'loan',
      recordId: loan._id,
      recordLabel: loan.barcode,
      action: fired.kind,
      details: {
        profileId: fired.profileId,
        userId: loan.userId,
        dueCycle: loan.dueCycle,
        libraryCode: loan.libraryCode,
        sendFormat: fired.sendFormat,
        letterKey: fired.letterKey,
        fees: fired.fees.map(({ type, amount }) => ({ type, amount })),
        notificationFee: fired.notificationFee,
        accruedFine: fired.accruedFine,
        block: fired.block,
      },
    })),
  );
}
