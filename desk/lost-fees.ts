/** The fees of a lost loan as the rules of lost loans look at them (fulfillment-loans.md, S11). */
import { refundKey, type LostFee } from '../domain/fulfillment/lost-loans.js';
import { processFeeKey, replacementFeeKey } from '../domain/fulfillment/overdue-fees.js';
import type { Fee } from '../models/fee.js';
import type { Loan } from '../models/loan.js';
import type { Deed } from './deed.js';

export interface LostFees {
  replacement: Fee | null;
  process: Fee | null;
}

/** Of the last time that the loan was lost; null where none was charged. */
export async function lostFeesOf({ models, institutionId }: Deed, { _id, lostCount }: Pick<Loan, '_id' | 'lostCount'>): Promise<LostFees> {
  const [ofReplacement, ofProcess] = [replacementFeeKey(_id, lostCount), processFeeKey(_id, lostCount)];
  const fees = await models.Fee.find({ institutionId, dedupeKey: { $in: [ofReplacement, ofProcess] } }).lean();
  const under = (key: string) => fees.find(({ dedupeKey }) => dedupeKey === key) ?? null;
  return { replacement: under(ofReplacement), process: under(ofProcess) };
}

export function lostFee({ _id, status, originalAmount, balance, transactions }: Fee): LostFee {
  const paid = transactions.filter(({ type }) => type === 'PAYMENT').reduce((sum, { amount }) => sum + amount, 0);
  const waived = transactions.find(({ transactionId }) => transactionId === refundKey(_id));
  return { status, originalAmount, balance, paid, waivedForRefund: waived?.amount ?? null };
}
