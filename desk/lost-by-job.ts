/** A loan that a run is making lost just now, or that a run which broke off left half lost (fulfillment-loans.md, S10). */
import type { Loan } from '../models/loan.js';
import type { Deed } from './deed.js';

/**
 * Ends the change to lost where its other effects are not all there yet. The notice is left CANCELLED: its profile does not fire again in
 * this due cycle (S11), and the run, which looks at it last, takes back the fees that it charged since. Call it before these are read.
 */
export async function endChangeToLost({ models, institutionId }: Deed, { _id: loanId, dueCycle }: Pick<Loan, '_id' | 'dueCycle'>): Promise<void> {
  await models.LoanNotice.updateMany(
    { institutionId, loanId, dueCycle, kind: 'CHANGE_TO_LOST', state: 'DECIDED' },
    { $set: { state: 'CANCELLED' }, $inc: { version: 1 } },
  );
}
