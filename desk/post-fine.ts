/** The overdue fine of a due cycle, posted when the cycle ends (fulfillment-loans.md, S6.7). */
import { overdueFineKey } from '../domain/fulfillment/overdue-fees.js';
import type { OverdueFine } from '../domain/overdue-fine.js';
import type { Fee } from '../models/fee.js';
import { insertOnce } from '../models/insert-once.js';
import type { Loan } from '../models/loan.js';
import { newFee } from '../models/new-fee.js';
import type { Deed } from './deed.js';

/** Answers with what was posted here; null: nothing is owed, or it had been posted before, which is final. */
export async function postFine({ models, institutionId, at }: Deed, loan: Loan, fine: OverdueFine, currency: string): Promise<Fee | null> {
  if (fine.amount === 0 || loan.userId === null) return null;
  const dedupeKey = overdueFineKey({ loanId: loan._id, dueCycle: loan.dueCycle });
  const fee = newFee(institutionId, { ...fine, currency, dedupeKey }, { ...loan, loanId: loan._id }, at);
  const there = await insertOnce(models.Fee, [fee]);
  return there.length === 0 ? fee : null;
}

/** Takes back what was charged for a change of the loan that did not come about, unless it is paid already. */
export async function takeBackFees({ models, institutionId }: Deed, fees: readonly Fee[]): Promise<void> {
  for (const { _id, version } of fees) await models.Fee.deleteOne({ institutionId, _id, version });
}
