/** What open loans have cost up to now: the fine that would be posted if they came back (fulfillment-loans.md, S6.7). */
import { overdueFine } from '../domain/overdue-fine.js';
import type { Loan } from '../models/loan.js';
import type { Deed } from './deed.js';
import { finedLoan } from './fined-loan.js';
import { readLoanGround, type LoanGround } from './loan-ground.js';

/** By loan, minor units; of a loan that is not due yet, is lost, or has no terms of use or library that can be read, nothing is said. */
export async function finesSoFar(deed: Deed, loans: readonly Loan[]): Promise<Map<string, number>> {
  const grounds = new Map<string, Promise<LoanGround>>();
  const fines = new Map<string, number>();
  for (const loan of loans.filter(({ dueDate, processStatus }) => dueDate < deed.at && processStatus !== 'LOST')) {
    const key = JSON.stringify([loan.touId, loan.libraryCode]);
    const known = grounds.get(key) ?? readLoanGround(deed, loan);
    grounds.set(key, known);
    const { policies, calendar, moment } = await known;
    if (policies !== null && calendar !== null) fines.set(loan._id, overdueFine(finedLoan(loan), policies, calendar, moment.asOf).amount);
  }
  return fines;
}
