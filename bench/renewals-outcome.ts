/** What a night of renewals left in the store of `overdue-library.ts`, which begins without any of it. */
import type { Models } from '../models/models.js';
import { institutionId } from './demo-library.js';
import { lettersOutcome, type Outcome } from './outcome.js';

export async function outcomeOfRenewals(models: Models): Promise<Outcome> {
  const [renewed, byDate, notices, events, letters] = await Promise.all([
    models.Loan.countDocuments({ institutionId, dueDateSource: 'RENEWAL', processStatus: 'RENEW', dueCycle: { $gt: 1 }, renewalCount: { $gt: 0 } }),
    models.Loan.aggregate<{ _id: Date; loans: number }>([{ $match: { institutionId, dueDateSource: 'RENEWAL' } }, { $group: { _id: '$dueDate', loans: { $sum: 1 } } }]),
    models.LoanNotice.countDocuments({ institutionId, kind: 'RENEWED', state: 'LETTERED' }),
    models.LoanEvent.countDocuments({ institutionId, type: 'RENEWED' }),
    lettersOutcome(models),
  ]);
  return {
    'loans renewed': renewed,
    ...Object.fromEntries(byDate.map(({ _id, loans }) => [`loans renewed to ${_id.toISOString()}`, loans])),
    'renewals in letters': notices,
    'events of renewal': events,
    ...letters,
  };
}
