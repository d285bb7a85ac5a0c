/** How the record of a fee begins, whoever charges it. */
import { newId } from './document.js';
import type { Fee } from './fee.js';

/** What it is, for how much and under which key; a credit is negative. */
export type Charge = Pick<Fee, 'type' | 'currency' | 'dedupeKey'> & { amount: number };
/** Who owes it, to which library, and for what. */
export type Owed = Pick<Fee, 'userId' | 'userGroup' | 'libraryCode' | 'loanId' | 'itemId' | 'barcode' | 'title'>;

/** The whole document: it goes in lean. */
export function newFee(institutionId: string, { type, amount, currency, dedupeKey }: Charge, owed: Owed, now: Date): Fee {
  const { userId, userGroup, libraryCode, loanId, itemId, barcode, title } = owed;
  return {
    _id: newId(),
    institutionId,
    userId,
    userGroup,
    libraryCode,
    loanId,
    itemId,
    barcode,
    title,
    type,
    status: 'ACTIVE',
    originalAmount: amount,
    balance: amount,
    currency,
    relatedFeeId: null,
    comment: null,
    closedAt: null,
    transactions: [],
    dedupeKey,
    exportClaim: null,
    bursarTransactionId: null,
    transferredAmount: 0,
    anonymizedAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}
