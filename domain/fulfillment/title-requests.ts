/**
 * Which requests stand in the way of a loan's renewal: those on its item, and those on its title that no other copy on the shelf can fill.
 *
 * Specification: fulfillment-loans.md, notifications-courtesy-and-renewals, rule 7; fulfillment-requests.md, C5 and C9. A copy on the shelf
 * fills one request, in the order of the queue.
 */

export interface WaitingRequest {
  /** null: the library itself asks. */
  requesterUserId: string | null;
  level: 'TITLE' | 'ITEM';
  /** Of level ITEM. */
  itemId: string | null;
  /** Limits a request for the title to one volume. */
  description: string | null;
  /** The copy that is being fetched for it. */
  assignedItemId: string | null;
}

/** A copy of the title that stands on its shelf, and that no request holds. */
export interface ShelvedCopy {
  description: string | null;
}

export interface RequestedLoan {
  itemId: string;
  userId: string | null;
  /** Of its item. */
  description: string | null;
}

/** `queue`: the active requests for the title but bookings, as they stand in it. `shelf`: the ready copies of the title. */
export function requestInTheWay(loan: RequestedLoan, queue: readonly WaitingRequest[], shelf: readonly ShelvedCopy[]): 'ITEM' | 'TITLE' | null {
  const ofOthers = queue.filter(({ requesterUserId }) => requesterUserId !== null && requesterUserId !== loan.userId);
  const asksForItem = ({ level, itemId, assignedItemId }: WaitingRequest) => assignedItemId === loan.itemId || (level === 'ITEM' && itemId === loan.itemId);
  if (ofOthers.some(asksForItem)) return 'ITEM';

  const left = [...shelf];
  const isFilled = ({ description, assignedItemId }: WaitingRequest) => {
    if (assignedItemId !== null) return true;
    const copy = left.findIndex((one) => isSameVolume(description, one.description));
    if (copy === -1) return false;
    left.splice(copy, 1);
    return true;
  };
  const unfilled = queue.filter((request) => request.level === 'TITLE' && !isFilled(request));
  const wantsThis = (request: WaitingRequest) => ofOthers.includes(request) && isSameVolume(request.description, loan.description);
  return unfilled.some(wantsThis) ? 'TITLE' : null;
}

/** A request that names no volume is content with any. */
function isSameVolume(asked: string | null, description: string | null): boolean {
  const told = (text: string | null) => (text ?? '').trim().toLowerCase();
  return told(asked) === '' || told(asked) === told(description);
}
