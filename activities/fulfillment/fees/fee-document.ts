/** A fee that a job charges, as it is stored (fulfillment-loans.md, S7). */
import type { Run } from '../../../domain/run.js';
import { newId } from '../../../models/document.js';
import type { Fee } from '../../../models/fee.js';

/** The whole document: it goes in lean. `owed` names no loan where the fee is for a letter. */
export function feeDocument(
  run: Run,
  fee: Pick<Fee, 'type' | 'currency' | 'dedupeKey'> & { amount: number },
  owed: Pick<Fee, 'userId' | 'userGroup' | 'libraryCode' | 'loanId' | 'itemId' | 'barcode' | 'title'>,
  now: Date,
): Fee {
  return {
    _id: newId(),
    institutionId: run.institutionId,
    ...owed,
    type: fee.type,
    status: 'ACTIVE',
    originalAmount: fee.amount,
    balance: fee.amount,
    currency: fee.currency,
    relatedFeeId: null,
    comment: null,
    closedAt: null,
    transactions: [],
    dedupeKey: fee.dedupeKey,
    exportClaim: null,
    bursarTransactionId: null,
    transferredAmount: 0,
    anonymizedAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}
