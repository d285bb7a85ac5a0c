/** itemHistory: an anonymised loan, for statistics (spec/data-model.md, 4 Circulation). `_id` is the loan's. */
import type { Connection } from 'mongoose';
import { appendOnly, instant, maybeText, number, text, texts, type Stored } from './document.js';

export interface ItemHistory extends Stored {
  itemId: string;
  bibId: string;
  libraryCode: string;
  locationCode: string;
  itemPolicy: string | null;
  materialType: string | null;
  userGroup: string;
  jobCategory: string | null;
  statisticalCategories: string[];
  loanDate: Date;
  returnDate: Date;
  originalDueDate: Date;
  lastDueDate: Date;
  renewalCount: number;
  wasOverdue: boolean;
  wasLost: boolean;
  archivedAt: Date;
}

const flag = { type: Boolean, required: true };
const itemHistorySchema = appendOnly<ItemHistory>('itemHistories', {
  itemId: text,
  bibId: text,
  libraryCode: text,
  locationCode: text,
  itemPolicy: maybeText,
  materialType: maybeText,
  userGroup: { type: String, default: '' },
  jobCategory: maybeText,
  statisticalCategories: texts,
  loanDate: instant,
  returnDate: instant,
  originalDueDate: instant,
  lastDueDate: instant,
  renewalCount: number,
  wasOverdue: flag,
  wasLost: flag,
  archivedAt: instant,
});
itemHistorySchema.index({ institutionId: 1, itemId: 1, loanDate: 1 });
export const itemHistoryModel = (db: Connection) => db.model<ItemHistory>('ItemHistory', itemHistorySchema);
