/** A returned loan leaves the blocks that last until it is returned; the last one takes the block with it (fulfillment-loans.md, S11.7). */
import type { UserBlock } from '../models/fulfillment.js';
import type { Loan } from '../models/loan.js';
import { ATTEMPTS, type Deed } from './deed.js';

/** What others keep writing is left to users-remove-blocks, which does the same each night. */
export async function leaveBlocks(deed: Deed, { _id: loanId, userId }: Pick<Loan, '_id' | 'userId'>): Promise<void> {
  const { models, institutionId } = deed;
  if (userId === null) return;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const blocks = await models.UserBlock.find({ institutionId, userId, status: 'ACTIVE', source: 'OVERDUE', mode: 'UNTIL_RETURNED', loanIds: loanId }).lean();
    const left = await Promise.all(blocks.map((block) => leave(deed, block, loanId)));
    if (left.every((isLeft) => isLeft)) return;
  }
}

async function leave({ models, institutionId, at, by }: Deed, { _id, version, loanIds }: UserBlock, loanId: string): Promise<boolean> {
  const others = loanIds.filter((id) => id !== loanId);
  const removal = { status: 'REMOVED', removedAt: at, removedBy: by, activeKey: `#${_id}` } as const;
  const written = await models.UserBlock.updateOne(
    { institutionId, _id, version },
    { $set: { loanIds: others, ...(others.length === 0 && removal) }, $inc: { version: 1 } },
  );
  return written.matchedCount === 1;
}
