/** Rule 7c: one block per user and definition, placed or extended (fulfillment-loans.md, loans-overdue-and-lost). */
import { ApplicationFailure } from '@temporalio/common';
import type { AnyBulkWriteOperation } from 'mongoose';
import { blockExpiry, overdueBlockKey } from '../../../domain/fulfillment/overdue-blocks.js';
import type { Firing } from '../../../domain/fulfillment/overdue-firing.js';
import type { Run } from '../../../domain/run.js';
import { newId } from '../../../models/document.js';
import type { UserBlock } from '../../../models/fulfillment.js';
import { insertOnce } from '../../../models/insert-once.js';
import type { Models } from '../../../models/models.js';
import type { Action } from './action.js';
import type { Ground } from './ground.js';

/** How often a block that somebody else writes meanwhile is read again (spec/README.md, Documents). */
const ATTEMPTS = 3;

interface WantedBlock {
  userId: string;
  block: NonNullable<Firing['block']>;
  loanIds: string[];
}

/**
 * Answers with the users that were blocked by this page. Repeatable. Throws BLOCKS_CHANGED, on which the page is tried
 * again, when others kept writing the same blocks: a patron whose notice says so must be blocked.
 */
export async function placeBlocks(models: Models, run: Run, ground: Ground, actions: readonly Action[], now: Date): Promise<Set<string>> {
  const wanted = blocksOf(actions);
  const { institutionId } = run;
  let left = [...wanted.keys()];
  const blocked = new Set<string>();
  for (let attempt = 0; attempt <= ATTEMPTS && left.length > 0; attempt += 1) {
    const fresh = left.flatMap((activeKey) => newBlock(run, ground, activeKey, wanted.get(activeKey)!, now));
    await insertOnce(models.UserBlock, fresh);
    const present = await models.UserBlock.find({ institutionId, activeKey: { $in: left } }).lean();
    for (const block of present) if (isPlacedBy(run, block, wanted.get(block.activeKey)!)) blocked.add(block.userId);
    const open = present.flatMap((block) => extensionOf(ground, block, wanted.get(block.activeKey)!));
    if (open.length > 0 && attempt < ATTEMPTS) await models.UserBlock.bulkWrite(open.map(({ write }) => write), { ordered: false });
    // One that stood in the way of the insertion and has ended since is placed anew.
    const ended = fresh.filter(({ activeKey }) => !present.some((block) => block.activeKey === activeKey));
    left = [...open, ...ended].map(({ activeKey }) => activeKey);
  }
  if (left.length === 0) return blocked;
  const message = `Blocks ${left.join(', ')} of ${institutionId} were changed by others ${ATTEMPTS} times: expected to extend them`;
  throw ApplicationFailure.retryable(message, 'BLOCKS_CHANGED');
}

/** The users that a page would block, were its actions carried out: those of whom some block is not there yet. */
export async function usersToBlock(models: Models, { institutionId }: Run, actions: readonly Action[]): Promise<string[]> {
  const wanted = blocksOf(actions);
  const present = await models.UserBlock.find({ institutionId, activeKey: { $in: [...wanted.keys()] } }, { activeKey: 1 }).lean();
  for (const { activeKey } of present) wanted.delete(activeKey);
  return [...new Set([...wanted.values()].map(({ userId }) => userId))];
}

function blocksOf(actions: readonly Action[]): Map<string, WantedBlock> {
  const wanted = new Map<string, WantedBlock>();
  for (const { loan, firing } of actions) {
    for (const { block } of firing) {
      if (block === null || loan.userId === null) continue;
      const key = overdueBlockKey(loan.userId, block.definitionId);
      const before = wanted.get(key);
      if (before === undefined) wanted.set(key, { userId: loan.userId, block, loanIds: [loan._id] });
      else {
        before.loanIds.push(loan._id);
        before.block = longer(before.block, block);
      }
    }
  }
  return wanted;
}

function longer(a: WantedBlock['block'], b: WantedBlock['block']): WantedBlock['block'] {
  if (a.mode === 'UNTIL_RETURNED' || b.mode === 'UNTIL_RETURNED') return { ...a, mode: 'UNTIL_RETURNED', days: null };
  return (a.days ?? 0) >= (b.days ?? 0) ? a : b;
}

/** None where the definition is gone: a profile with an unknown one cannot be saved. */
function newBlock(run: Run, ground: Ground, activeKey: string, { userId, block, loanIds }: WantedBlock, now: Date): UserBlock[] {
  const definition = ground.blockDefinitions.get(block.definitionId);
  if (definition === undefined) return [];
  const expiresAt = blockExpiry(block, null, ground.context.moment);
  return [
    {
      _id: newId(),
      institutionId: run.institutionId,
      userId,
      definitionId: block.definitionId,
      code: definition.code,
      description: definition.description,
      blockedActions: definition.blockedActions,
      source: 'OVERDUE',
      status: 'ACTIVE',
      mode: block.mode,
      startsAt: new Date(run.asOf),
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
      loanIds,
      extensions: 0,
      removedAt: null,
      removedBy: null,
      note: null,
      placedBy: null,
      activeKey,
      version: 1,
      createdAt: now,
      updatedAt: now,
    },
  ];
}

/** By the page whose loan stands first in it, in this run. */
function isPlacedBy(run: Run, { startsAt, loanIds }: UserBlock, want: WantedBlock): boolean {
  return startsAt.getTime() === Date.parse(run.asOf) && want.loanIds.includes(loanIds[0] ?? '');
}

/** What adds the loans and moves the end, if the block is still as it was read; none where it is as wanted. */
function extensionOf(
  ground: Ground,
  present: UserBlock,
  { block, loanIds }: WantedBlock,
): { activeKey: string; write: AnyBulkWriteOperation<UserBlock> }[] {
  const { institutionId, _id, version, activeKey } = present;
  const until = present.expiresAt?.getTime() ?? null;
  const expiresAt = blockExpiry(block, { expiresAt: until }, ground.context.moment);
  const added = loanIds.filter((id) => !present.loanIds.includes(id));
  if (added.length === 0 && expiresAt === until) return [];
  const update = {
    $addToSet: { loanIds: { $each: added } },
    $set: { expiresAt: expiresAt === null ? null : new Date(expiresAt), mode: expiresAt === null ? 'UNTIL_RETURNED' : present.mode },
    $inc: { version: 1 },
  } as const;
  return [{ activeKey, write: { updateOne: { filter: { institutionId, _id, version }, update } } }];
}
