/** A copy that is lent to whom it was kept for ends the request (fulfillment-requests.md, C8 for the fields of an ended one). */
import type { Loan } from '../models/loan.js';
import type { Deed } from './deed.js';

/** At most one: a copy serves one active request. */
export async function completeRequest({ models, institutionId, at, actorId }: Deed, { itemId, userId }: Pick<Loan, 'itemId' | 'userId'>): Promise<void> {
  const request = await models.Request.findOne({ institutionId, assignmentKey: itemId, active: true, requesterUserId: userId }, { _id: 1 }).lean();
  if (request === null) return;
  const ended = {
    status: 'COMPLETED', active: false, step: 'DONE', closedAt: at, closedBy: { userId: actorId }, assignedItemId: null, stepExpiryDate: null,
    assignmentKey: `#${request._id}`, activeKey: `#${request._id}`,
  } as const;
  await models.Request.updateOne({ institutionId, _id: request._id, active: true, assignmentKey: itemId }, { $set: ended, $inc: { version: 1 } });
}
