/** fee: money a person owes, or is owed (spec/data-model.md, 4 Circulation). Amounts are minor units of `currency`. */
import type { Connection } from 'mongoose';
import { anything, maybeInstant, maybeText, number, oneOf, part, text, versioned, type Versioned } from './document.js';

export interface FeeTransaction {
  transactionId: string;
  type: 'PAYMENT' | 'WAIVE' | 'REFUND' | 'DISPUTE' | 'RESTORE' | 'EXPORT';
  amount: number;
  at: Date;
  by: string;
  reason: string | null;
  comment: string | null;
}

/** Those that rules charge; staff charge OTHER, and types of the institution's own. */
export const ruledFeeTypes = [
  'OVERDUE_FINE', 'RECALLED_OVERDUE_FINE', 'OVERDUE_NOTIFICATION_FINE', 'LOST_ITEM_REPLACEMENT_FEE', 'LOST_ITEM_PROCESS_FEE', 'RENEW_FEE', 'FINE_FEE_NOTIFICATION_FEE', 'CREDIT',
] as const;

export interface Fee extends Versioned {
  userId: string | null;
  userGroup: string;
  /** One of the types of the data model, or one that staff made. */
  type: string;
  status: 'ACTIVE' | 'IN_DISPUTE' | 'EXPORTED' | 'CLOSED';
  originalAmount: number;
  /** Negative only for CREDIT. */
  balance: number;
  currency: string;
  /** The library it is owed to; null = the institution. */
  libraryCode: string | null;
  loanId: string | null;
  itemId: string | null;
  barcode: string | null;
  title: string | null;
  relatedFeeId: string | null;
  comment: string | null;
  closedAt: Date | null;
  transactions: FeeTransaction[];
  /** What makes it one fee; staff fees `#<_id>`. */
  dedupeKey: string;
  exportClaim: { exportId: string; amount: number } | null;
  bursarTransactionId: string | null;
  transferredAmount: number;
  anonymizedAt: Date | null;
}

const feeSchema = versioned<Fee>('fees', {
  userId: maybeText,
  userGroup: { type: String, default: '' },
  type: text,
  status: oneOf(['ACTIVE', 'IN_DISPUTE', 'EXPORTED', 'CLOSED']),
  originalAmount: number,
  balance: number,
  currency: text,
  libraryCode: maybeText,
  loanId: maybeText,
  itemId: maybeText,
  barcode: maybeText,
  title: maybeText,
  relatedFeeId: maybeText,
  comment: maybeText,
  closedAt: maybeInstant,
  transactions: {
    type: [
      part({
        transactionId: text,
        type: oneOf(['PAYMENT', 'WAIVE', 'REFUND', 'DISPUTE', 'RESTORE', 'EXPORT']),
        amount: number,
        at: { type: Date, required: true },
        by: text,
        reason: maybeText,
        comment: maybeText,
      }),
    ],
    default: [],
  },
  dedupeKey: text,
  exportClaim: { type: anything, default: null },
  bursarTransactionId: maybeText,
  transferredAmount: { ...number, default: 0 },
  anonymizedAt: maybeInstant,
});
feeSchema.index({ institutionId: 1, dedupeKey: 1 }, { unique: true });
// Activity report, fines/fees notifications, bursar export.
feeSchema.index({ institutionId: 1, status: 1, userId: 1, createdAt: 1 });
feeSchema.index({ institutionId: 1, loanId: 1 });
// fulfillment-historical-archiving.
feeSchema.index({ institutionId: 1, status: 1, anonymizedAt: 1, closedAt: 1, _id: 1 });
export const feeModel = (db: Connection) => db.model<Fee>('Fee', feeSchema);
