/** request: a hold, move, restore, digitization or shipping request (spec/data-model.md, 5). */
import type { Connection } from 'mongoose';
import {
  anything,
  instant,
  maybeInstant,
  maybeOneOf,
  maybeText,
  number,
  oneOf,
  text,
  versioned,
  type Versioned,
} from './document.js';

export interface StoredRequest extends Versioned {
  requestType: string;
  level: 'TITLE' | 'ITEM';
  bibId: string;
  itemId: string | null;
  description: string | null;
  title: string | null;
  requesterUserId: string | null;
  userGroup: string | null;
  status: 'NOT_STARTED' | 'IN_PROCESS' | 'ON_HOLD_SHELF' | 'COMPLETED' | 'CANCELLED';
  active: boolean;
  step: string;
  stepEnteredAt: Date;
  stepExpiryDate: string | null;
  stepExpirySource: 'PICKUP_RULE' | 'DATE_NEEDED_BY' | 'MANUAL' | null;
  lastInterestDate: string | null;
  /** Only of a BOOKING. */
  bookingStart: Date | null;
  bookingEnd: Date | null;
  assignedItemId: string | null;
  assignedLibraryCode: string | null;
  assignedLocationCode: string | null;
  /** The item id of the copy it holds, else `#<_id>`: one copy serves one active request. */
  assignmentKey: string;
  pickupType: 'LIBRARY' | 'HOME_ADDRESS' | 'WORK_ADDRESS';
  pickupLibraryCode: string | null;
  deliveryAddress: Record<string, unknown> | null;
  pickupPerson: string | null;
  priority: number;
  activeKey: string;
  cancelReason: string | null;
  closedAt: Date | null;
  closedBy: Record<string, unknown> | null;
  notes: Record<string, unknown>[];
  anonymizedAt: Date | null;
}

const requestSchema = versioned<StoredRequest>('requests', {
  requestType: text,
  level: oneOf(['TITLE', 'ITEM']),
  bibId: text,
  itemId: maybeText,
  description: maybeText,
  title: maybeText,
  requesterUserId: maybeText,
  userGroup: maybeText,
  status: oneOf(['NOT_STARTED', 'IN_PROCESS', 'ON_HOLD_SHELF', 'COMPLETED', 'CANCELLED']),
  active: { type: Boolean, required: true },
  step: text,
  stepEnteredAt: instant,
  stepExpiryDate: maybeText,
  stepExpirySource: maybeOneOf(['PICKUP_RULE', 'DATE_NEEDED_BY', 'MANUAL']),
  lastInterestDate: maybeText,
  bookingStart: maybeInstant,
  bookingEnd: maybeInstant,
  assignedItemId: maybeText,
  assignedLibraryCode: maybeText,
  assignedLocationCode: maybeText,
  assignmentKey: text,
  pickupType: { ...oneOf(['LIBRARY', 'HOME_ADDRESS', 'WORK_ADDRESS']), default: 'LIBRARY' },
  pickupLibraryCode: maybeText,
  deliveryAddress: { type: anything, default: null },
  pickupPerson: maybeText,
  priority: { ...number, default: 50 },
  activeKey: text,
  cancelReason: maybeText,
  closedAt: maybeInstant,
  closedBy: { type: anything, default: null },
  notes: { type: [anything], default: [] },
  anonymizedAt: maybeInstant,
});
requestSchema.index({ institutionId: 1, assignmentKey: 1 }, { unique: true });
requestSchema.index({ institutionId: 1, activeKey: 1 }, { unique: true });
requestSchema.index({ institutionId: 1, active: 1, bibId: 1, _id: 1 });
requestSchema.index({ institutionId: 1, active: 1, itemId: 1 });
// fulfillment-historical-archiving.
requestSchema.index({ institutionId: 1, anonymizedAt: 1, closedAt: 1, _id: 1 });
export const requestModel = (db: Connection) => db.model<StoredRequest>('Request', requestSchema);
