/** What a night of loans-overdue-and-lost left in the store. */
import type { Models } from '../models/models.js';
import { institutionId } from './demo-library.js';
import { lettersOutcome, type Outcome } from './outcome.js';

/** Of the library of `overdue-library.ts`, which begins without any of it. */
export async function outcomeOf(models: Models): Promise<Outcome> {
  const [first, lostNotices, lettered, lostLoans, items, events, replacement, process, letters] =
    await Promise.all([
      models.LoanNotice.countDocuments({ institutionId, kind: 'OVERDUE_NOTIFICATION_1' }),
      models.LoanNotice.countDocuments({ institutionId, kind: 'CHANGE_TO_LOST' }),
      models.LoanNotice.countDocuments({ institutionId, state: 'LETTERED' }),
      models.Loan.countDocuments({ institutionId, status: 'ACTIVE', processStatus: 'LOST', lostCount: 1 }),
      models.Item.countDocuments({ institutionId, processType: 'LOST_LOAN' }),
      models.LoanEvent.countDocuments({ institutionId, type: 'LOST' }),
      owed(models, 'LOST_ITEM_REPLACEMENT_FEE'),
      owed(models, 'LOST_ITEM_PROCESS_FEE'),
      lettersOutcome(models),
    ]);
  return {
    'first notices': first,
    'notices of loss': lostNotices,
    'notices in letters': lettered,
    'lost loans': lostLoans,
    'lost items': items,
    'events of loss': events,
    'replacement fees': replacement.count,
    'minor units of replacement': replacement.sum,
    'process fees': process.count,
    'minor units of processing': process.sum,
    ...letters,
  };
}

async function owed(
  models: Models,
  type: 'LOST_ITEM_REPLACEMENT_FEE' | 'LOST_ITEM_PROCESS_FEE',
): Promise<{ count: number; sum: number }> {
  let count = 0;
  let sum = 0;
  for await (const { balance } of models.Fee.find({ institutionId, type, status: 'ACTIVE' }, { balance: 1 })
    .lean()
    .cursor()) {
    count += 1;
    sum += balance;
  }
  return { count, sum };
}
