/** The history of a loan as the desk writes it (data-model.md, loanEvent). */
import { newId } from '../models/document.js';
import { insertOnce } from '../models/insert-once.js';
import type { Loan, LoanEvent } from '../models/loan.js';
import type { Deed } from './deed.js';

type Told = Pick<LoanEvent, 'type'> & Partial<Pick<LoanEvent, 'oldDueDate' | 'newDueDate'>>;

/** Once per loan, due cycle and type; a loan may be lost, and found, more than once. */
export async function writeLoanEvent(
  { models, institutionId, at, by }: Deed, { _id: loanId, dueCycle, lostCount }: Pick<Loan, '_id' | 'dueCycle' | 'lostCount'>,
  { type, oldDueDate = null, newDueDate = null }: Told,
): Promise<void> {
  const eventKey = type === 'FOUND' || type === 'LOST' ? `${loanId}:${type}:${lostCount}` : `${loanId}:${dueCycle}:${type}`;
  await insertOnce(models.LoanEvent, [
    { _id: newId(), institutionId, eventKey, loanId, dueCycle, type, at, by, oldDueDate, newDueDate, runId: null, createdAt: at, updatedAt: at },
  ]);
}

/** As the history tells it; null: it does not. */
export async function dueDateOfCycleBefore({ models, institutionId }: Deed, { _id: loanId, dueCycle, originalDueDate }: Loan): Promise<Date | null> {
  if (dueCycle === 2) return originalDueDate;
  const events = await models.LoanEvent.find({ institutionId, loanId, dueCycle: dueCycle - 1 }, { newDueDate: 1 }).lean();
  return events.find(({ newDueDate }) => newDueDate !== null)?.newDueDate ?? null;
}
