/** A fee that staff charge by hand (fulfillment-loans.md, S7; data-model.md 4, fee). */
import type { Fee } from '../models/fee.js';
import { insertOnce } from '../models/insert-once.js';
import { newFee } from '../models/new-fee.js';
import type { Deed } from './deed.js';

export interface ChargedFee {
  type: string;
  /** Minor units, from 1. */
  amount: number;
  comment: string | null;
  /** The library it is owed to; null: the institution. */
  libraryCode: string | null;
  /** What it is for, if it is for an item. */
  about: Pick<Fee, 'loanId' | 'itemId' | 'barcode' | 'title'> | null;
}

/** `feeId`: chosen by whoever asks; one fee is charged under it. `currency`: the institution's. */
interface AskedFee extends ChargedFee {
  feeId: string;
  userId: string;
  currency: string;
}

export type FeeCharged =
  /** `again`: it had been charged before. */
  | { outcome: 'CHARGED'; fee: Fee; again: boolean }
  | { outcome: 'REFUSED'; reason: 'USER_MISSING' | 'FEE_ID_USED' };

/** Repeatable under its `feeId`. */
export async function chargeFee({ models, institutionId, at }: Deed, { feeId, userId, type, amount, currency, comment, libraryCode, about }: AskedFee): Promise<FeeCharged> {
  const user = await models.User.findOne({ institutionId, _id: userId }, { status: 1, userGroup: 1 }).lean();
  if (user === null || user.status === 'DELETED') return { outcome: 'REFUSED', reason: 'USER_MISSING' };
  const subject = about ?? { loanId: null, itemId: null, barcode: null, title: null };
  const owed = { ...subject, userId, userGroup: user.userGroup ?? '', libraryCode };
  const fee: Fee = { ...newFee(institutionId, { type, amount, currency, dedupeKey: `#${feeId}` }, owed, at), _id: feeId, comment };
  const there = await insertOnce(models.Fee, [fee]);
  if (there.length === 0) return { outcome: 'CHARGED', fee, again: false };
  const own = await models.Fee.findOne({ institutionId, _id: feeId }).lean();
  const isSame = own !== null && own.userId === userId && own.type === type && own.originalAmount === amount;
  return isSame ? { outcome: 'CHARGED', fee: own, again: true } : { outcome: 'REFUSED', reason: 'FEE_ID_USED' };
}
