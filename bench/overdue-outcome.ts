/** What a night left in the store, counted there: two nights that differ in it cannot be compared. */
import type { Models } from '../models/models.js';
import { institutionId } from './overdue-library.js';

export type Outcome = Record<string, number>;

/** Of the library of `overdue-library.ts`, which begins without any of it. */
export async function outcomeOf(models: Models): Promise<Outcome> {
  const [first, lostNotices, lettered, lostLoans, items, events, replacement, process, letters, causes] =
    await Promise.all([
      models.LoanNotice.countDocuments({ institutionId, kind: 'OVERDUE_NOTIFICATION_1' }),
      models.LoanNotice.countDocuments({ institutionId, kind: 'CHANGE_TO_LOST' }),
      models.LoanNotice.countDocuments({ institutionId, state: 'LETTERED' }),
      models.Loan.countDocuments({ institutionId, status: 'ACTIVE', processStatus: 'LOST', lostCount: 1 }),
      models.Item.countDocuments({ institutionId, processType: 'LOST_LOAN' }),
      models.LoanEvent.countDocuments({ institutionId, type: 'LOST' }),
      owed(models, 'LOST_ITEM_REPLACEMENT_FEE'),
      owed(models, 'LOST_ITEM_PROCESS_FEE'),
      models.Letter.countDocuments({ institutionId, state: 'QUEUED', 'recipient.type': 'USER' }),
      loansNamed(models),
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
    'letters queued': letters,
    'loans named in letters': causes,
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

async function loansNamed(models: Models): Promise<number> {
  let named = 0;
  for await (const { causes } of models.Letter.find({ institutionId, state: 'QUEUED' }, { causes: 1 }).lean().cursor())
    named += causes.length;
  return named;
}

/** One sentence for each count in which they differ. */
export function differences(ours: Outcome, script: Outcome): string[] {
  return Object.keys(ours)
    .filter((what) => ours[what] !== script[what])
    .map((what) => `${what}: ${ours[what]} by Almanac, ${script[what]} by the script`);
}
