/**
 * Loans that the desk found or took back while a page was making them lost (fulfillment-loans.md, S10 and S11). The desk cancels the
 * notice before it looks for fees to refund; what the page charged after that nobody has seen.
 */
import { processFeeKey, replacementFeeKey } from '../../../domain/fulfillment/overdue-fees.js';
import type { Run } from '../../../domain/run.js';
import type { Models } from '../../../models/models.js';
import type { Action } from './action.js';

/** Which of these loans were; looked at once every effect is there. */
export async function foundMeanwhile(models: Models, { institutionId }: Run, losing: readonly Action[]): Promise<Set<string>> {
  const cancelled = await models.LoanNotice.find(
    { institutionId, loanId: { $in: losing.map(({ loan }) => loan._id) }, kind: 'CHANGE_TO_LOST', state: 'CANCELLED' }, { loanId: 1, dueCycle: 1, profileId: 1 },
  ).lean();
  const isOver = ({ loan, firing }: Action) => cancelled.some(({ loanId, dueCycle, profileId }) =>
    loanId === loan._id && dueCycle === loan.dueCycle && firing.some((fired) => fired.lost !== null && fired.profileId === profileId));
  return new Set(losing.filter(isOver).map(({ loan }) => loan._id));
}

/** Takes back the fees that nobody has written to; the item of a loan that goes on is lent and not lost. */
export async function takeBackLosses(models: Models, { institutionId }: Run, actions: readonly Action[]): Promise<void> {
  if (actions.length === 0) return;
  const keys = actions.flatMap(({ loan, firing }) => firing.flatMap(({ lost }) =>
    lost === null ? [] : [replacementFeeKey(loan._id, lost.lostCount), processFeeKey(loan._id, lost.lostCount)]));
  await models.Fee.deleteMany({ institutionId, dedupeKey: { $in: keys }, version: 1 });
  const stillLost = await models.Loan.find({ institutionId, _id: { $in: actions.map(({ loan }) => loan._id) }, processStatus: 'LOST' }, { _id: 1 }).lean();
  const withPatron = actions.filter(({ loan }) => !stillLost.some(({ _id }) => _id === loan._id));
  await models.Item.updateMany(
    { institutionId, _id: { $in: withPatron.map(({ loan }) => loan.itemId) }, currentLoanId: { $in: withPatron.map(({ loan }) => loan._id) }, processType: 'LOST_LOAN' },
    { $set: { processType: 'LOAN' }, $inc: { version: 1 } },
  );
}
