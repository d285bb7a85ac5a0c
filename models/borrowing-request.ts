/** borrowingRequest: our patron wants it from a partner; as far as the archiving of ended ones needs it (spec/data-model.md, 5). */
import type { Connection } from 'mongoose';
import { anything, maybeInstant, maybeText, oneOf, text, versioned, type Versioned } from './document.js';

/** In which a request has ended. */
const finalStatuses = ['CANCELLED_BY_PARTNER', 'CANCELLED_BY_PATRON', 'CANCELLED_BY_STAFF', 'DIGITALLY_RECEIVED', 'EXPIRED', 'COMPLETED'] as const;

export interface BorrowingRequest extends Versioned {
  /** Known to the partners, and to staff. */
  externalId: string;
  requesterUserId: string | null;
  userGroup: string | null;
  pickupLibraryCode: string | null;
  /** Open ones have many more. */
  status: 'CREATED' | (typeof finalStatuses)[number];
  notes: Record<string, unknown>[];
  /** Set with a final status. */
  closedAt: Date | null;
  anonymizedAt: Date | null;
}

const borrowingRequestSchema = versioned<BorrowingRequest>('borrowingRequests', {
  externalId: text,
  requesterUserId: maybeText,
  userGroup: maybeText,
  pickupLibraryCode: maybeText,
  status: oneOf(['CREATED', ...finalStatuses]),
  notes: { type: [anything], default: [] },
  closedAt: maybeInstant,
  anonymizedAt: maybeInstant,
});
borrowingRequestSchema.index({ institutionId: 1, externalId: 1 }, { unique: true });
// fulfillment-historical-archiving.
borrowingRequestSchema.index({ institutionId: 1, anonymizedAt: 1, closedAt: 1, _id: 1 });
export const borrowingRequestModel = (db: Connection) => db.model<BorrowingRequest>('BorrowingRequest', borrowingRequestSchema);
