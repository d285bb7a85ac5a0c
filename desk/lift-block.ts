/** Lifts a block by hand (data-model.md 4, userBlock). */
import type { UserBlock } from '../models/fulfillment.js';
import { ATTEMPTS, type Deed } from './deed.js';
import { endBlock } from './place-block.js';

export type LiftedBlock =
  /** `again`: it had been lifted before, by the same person. */
  | { outcome: 'LIFTED'; block: UserBlock; again: boolean }
  | { outcome: 'REFUSED'; reason: 'NO_BLOCK' | 'BLOCK_ENDED' | 'BLOCK_EXTERNAL' | 'BLOCK_BUSY' };

/** What another system delivers is lifted there: the next delivery would bring it back. Repeatable. */
export async function liftBlock(deed: Deed, blockId: string): Promise<LiftedBlock> {
  const { models, institutionId, actorId } = deed;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const block = await models.UserBlock.findOne({ institutionId, _id: blockId }).lean();
    if (block === null) return { outcome: 'REFUSED', reason: 'NO_BLOCK' };
    if (block.status === 'REMOVED' && block.removedBy === actorId) return { outcome: 'LIFTED', block, again: true };
    if (block.status !== 'ACTIVE') return { outcome: 'REFUSED', reason: 'BLOCK_ENDED' };
    if (block.source === 'EXTERNAL') return { outcome: 'REFUSED', reason: 'BLOCK_EXTERNAL' };
    const lifted = await endBlock(deed, block, { status: 'REMOVED', removedBy: actorId });
    if (lifted !== null) return { outcome: 'LIFTED', block: lifted, again: false };
  }
  return { outcome: 'REFUSED', reason: 'BLOCK_BUSY' };
}
