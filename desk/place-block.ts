/** Blocks a patron by hand, as one of the institution's definitions says (data-model.md 4, userBlock). */
import type { UserBlock, UserBlockDefinition } from '../models/fulfillment.js';
import { insertOnce } from '../models/insert-once.js';
import { ATTEMPTS, type Deed } from './deed.js';

export interface AskedBlock {
  /** Chosen by whoever asks: one block is placed under it. */
  blockId: string;
  userId: string;
  definition: UserBlockDefinition;
  note: string | null;
  /** Exclusive; null: until it is lifted. */
  expiresAt: Date | null;
}

export type PlacedBlock =
  /** `again`: it had been placed before. */
  | { outcome: 'PLACED'; block: UserBlock; again: boolean }
  | { outcome: 'REFUSED'; reason: 'USER_MISSING' | 'BLOCKED_ALREADY' | 'BLOCK_ID_USED' | 'BLOCK_BUSY' };

/**
 * A patron has at most one block of a definition from the desk. One whose time is over makes room, as users-remove-blocks would make it.
 * Repeatable under its `blockId`.
 */
export async function placeBlock(deed: Deed, { blockId, userId, definition, note, expiresAt }: AskedBlock): Promise<PlacedBlock> {
  const { models, institutionId, at, actorId } = deed;
  const user = await models.User.findOne({ institutionId, _id: userId }, { status: 1 }).lean();
  if (user === null || user.status === 'DELETED') return { outcome: 'REFUSED', reason: 'USER_MISSING' };
  const { _id: definitionId, code, description, blockedActions } = definition;
  const activeKey = `${userId}:${definitionId}:STAFF`;
  const block: UserBlock = {
    _id: blockId, institutionId, userId, definitionId, code, description, blockedActions, source: 'STAFF', status: 'ACTIVE', mode: 'MANUAL', startsAt: at, expiresAt,
    loanIds: [], extensions: 0, removedAt: null, removedBy: null, note, placedBy: actorId, activeKey, version: 1, createdAt: at, updatedAt: at,
  };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const there = await insertOnce(models.UserBlock, [block]);
    if (there.length === 0) return { outcome: 'PLACED', block, again: false };
    const own = await models.UserBlock.findOne({ institutionId, _id: blockId }).lean();
    if (own !== null) return own.userId === userId && own.definitionId === definitionId ? { outcome: 'PLACED', block: own, again: true } : { outcome: 'REFUSED', reason: 'BLOCK_ID_USED' };
    const standing = await models.UserBlock.findOne({ institutionId, activeKey }).lean();
    if (standing === null) continue; // it was lifted meanwhile
    if (standing.expiresAt === null || standing.expiresAt > at) return { outcome: 'REFUSED', reason: 'BLOCKED_ALREADY' };
    await endBlock(deed, standing, { status: 'EXPIRED', removedBy: 'STAFF' });
  }
  return { outcome: 'REFUSED', reason: 'BLOCK_BUSY' };
}

/** The block as it stands then; null: somebody else wrote to it since it was read. */
export async function endBlock({ models, institutionId, at }: Deed, { _id, version }: UserBlock, ending: Pick<UserBlock, 'status' | 'removedBy'>): Promise<UserBlock | null> {
  return models.UserBlock.findOneAndUpdate(
    { institutionId, _id, version, status: 'ACTIVE' },
    { $set: { ...ending, removedAt: at, activeKey: `#${_id}` }, $inc: { version: 1 } },
    { returnDocument: 'after' },
  ).lean();
}
