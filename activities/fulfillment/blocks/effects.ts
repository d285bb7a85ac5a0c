/**
 * The effects of a page in the order of rule 1: points are consumed, then blocks end or are extended. A crash between the two is repaired by
 * doing both again (fulfillment-loans.md, users-remove-blocks, Idempotency).
 */
import type { BlockDecision } from '../../../domain/fulfillment/users-remove-blocks.js';
import type { Run } from '../../../domain/run.js';
import type { Demerit, UserBlock } from '../../../models/fulfillment.js';
import type { Models } from '../../../models/models.js';
import { updateEach, type UpdateOfOne } from '../../../models/update-each.js';
import type { JudgedBlock } from './judge.js';
import { blockFields, type ReadBlock } from './walk.js';

/** A block that something is done to. */
export interface Ending {
  block: ReadBlock;
  decision: Exclude<BlockDecision, { action: 'LEAVE' }>;
}

export const endingsOf = (judged: readonly JudgedBlock[]): (Ending & { done: boolean })[] =>
  judged.flatMap(({ block, decision, done }) => (decision.action === 'LEAVE' ? [] : [{ block, decision, done }]));

/** Carries out what is not done yet. Answers with the ids of blocks that somebody else changed meanwhile: nothing was done to these. */
export async function endBlocks(models: Models, run: Run, endings: readonly Ending[], now: Date): Promise<Set<string>> {
  if (endings.length === 0) return new Set();
  const { institutionId } = run;
  await updateEach(models.Demerit, endings.flatMap((ending) => pointsConsumed(run, ending, now)));
  await updateEach(models.UserBlock, endings.map((ending) => change(run, ending, now)));

  const present = await models.UserBlock.find({ institutionId, _id: { $in: endings.map(({ block }) => block._id) } }, blockFields).lean<ReadBlock[]>();
  const byId = new Map(present.map((block) => [block._id, block]));
  const changed = endings.filter((ending) => !isAsWanted(run, ending, byId.get(ending.block._id)));
  await giveBack(models, run, changed, byId, now);
  return new Set(changed.map(({ block }) => block._id));
}

function pointsConsumed({ institutionId }: Run, { block, decision }: Ending, now: Date): UpdateOfOne<Demerit>[] {
  if (decision.action !== 'EXTEND') return [];
  const update = { $set: { consumedBy: block._id, updatedAt: now }, $inc: { version: 1 } };
  return decision.demeritIds.map((_id) => ({ filter: { institutionId, _id, consumedBy: null }, update }));
}

/** Guarded by what the decision relied on (rule 5; S10). */
function change({ institutionId, asOf }: Run, { block, decision }: Ending, now: Date): UpdateOfOne<UserBlock> {
  const { _id, expiresAt, loanIds } = block;
  const asRead = { institutionId, _id, status: 'ACTIVE', expiresAt } as const;
  const ended = (status: 'REMOVED' | 'EXPIRED') =>
    ({ $set: { status, removedAt: new Date(asOf), removedBy: 'JOB', activeKey: `#${_id}`, updatedAt: now }, $inc: { version: 1 } }) as const;
  switch (decision.action) {
    case 'LIFT':
      return { filter: asRead, update: ended('REMOVED') };
    case 'REMOVE':
      // A loan that has fallen overdue since keeps the patron blocked.
      return { filter: { ...asRead, loanIds }, update: ended('REMOVED') };
    case 'EXPIRE':
      return { filter: asRead, update: ended('EXPIRED') };
    case 'DROP_LOANS':
      return { filter: asRead, update: { $pull: { loanIds: { $in: decision.loanIds } }, $set: { updatedAt: now }, $inc: { version: 1 } } };
    case 'EXTEND':
      return { filter: asRead, update: { $set: { startsAt: new Date(asOf), expiresAt: new Date(decision.expiresAt), updatedAt: now }, $inc: { extensions: 1, version: 1 } } };
  }
}

/** By this attempt or another of the same page. */
function isAsWanted({ asOf }: Run, { decision }: Ending, present: ReadBlock | undefined): boolean {
  if (present === undefined) return false;
  const { status, startsAt, removedAt, removedBy, loanIds } = present;
  switch (decision.action) {
    case 'EXTEND':
      return status === 'ACTIVE' && startsAt.getTime() === Date.parse(asOf);
    case 'DROP_LOANS':
      return status === 'ACTIVE' && !decision.loanIds.some((id) => loanIds.includes(id));
    default:
      return status === (decision.action === 'EXPIRE' ? 'EXPIRED' : 'REMOVED') && removedBy === 'JOB' && removedAt?.getTime() === Date.parse(asOf);
  }
}

/** Points that were consumed for an extension that did not come about count on. */
async function giveBack(models: Models, { institutionId }: Run, changed: readonly Ending[], present: ReadonlyMap<string, ReadBlock>, now: Date): Promise<void> {
  const back = changed.flatMap(({ block, decision }) => {
    const extended = (present.get(block._id)?.extensions ?? 0) > block.extensions; // by another attempt, and lifted by staff since
    if (decision.action !== 'EXTEND' || extended) return [];
    const update = { $set: { consumedBy: null, updatedAt: now }, $inc: { version: 1 } };
    return decision.demeritIds.map((_id): UpdateOfOne<Demerit> => ({ filter: { institutionId, _id, consumedBy: block._id }, update }));
  });
  await updateEach(models.Demerit, back);
}
