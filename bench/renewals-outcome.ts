/** What a night of renewals left in the store of `overdue-library.ts`, which begins without any of it. */
import type { Models } from '../models/models.js';
import { institutionId } from './overdue-library.js';
import type { Outcome } from './overdue-outcome.js';

export async function outcomeOfRenewals(models: Models): Promise<Outcome> {
  const [renewed, byDate, notices, events, letters, causes] = await Promise.all([
    models.Loan.countDocuments({ institutionId, dueDateSource: 'RENEWAL', processStatus: 'RENEW', dueCycle: { $gt: 1 }, renewalCount: { $gt: 0 } }),
    models.Loan.aggregate<{ _id: Date; loans: number }>([{ $match: { institutionId, dueDateSource: 'RENEWAL' } }, { $group: { _id: '$dueDate', loans: { $sum: 1 } } }]),
    models.LoanNotice.countDocuments({ institutionId, kind: 'RENEWED', state: 'LETTERED' }),
    models.LoanEvent.countDocuments({ institutionId, type: 'RENEWED' }),
    models.Letter.countDocuments({ institutionId, state: 'QUEUED', 'recipient.type': 'USER' }),
    models.Letter.aggregate<{ loans: number }>([{ $match: { institutionId, state: 'QUEUED' } }, { $group: { _id: null, loans: { $sum: { $size: '$causes' } } } }]),
  ]);
  return {
    'loans renewed': renewed,
    ...Object.fromEntries(byDate.map(({ _id, loans }) => [`loans renewed to ${_id.toISOString()}`, loans])),
    'renewals in letters': notices,
    'events of renewal': events,
    'letters queued': letters,
    'loans named in letters': causes[0]?.loans ?? 0,
  };
}
