/**
 * Users – Remove Blocks: how a page of blocks is read, judged and written.
 *
 * Specification: fulfillment-loans.md, users-remove-blocks. The rules are in domain/fulfillment/. No block can fail, so there is no retry of
 * failed ones.
 */
import type { Page, Run } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import { carryOut } from '../effects.js';
import { claimBatch, claimedBatch, holdOf, recordBatch } from '../runs/batches.js';
import { forAMinute } from '../runs/pages.js';
import { endBlocks, endingsOf } from './blocks/effects.js';
import { judgeBlocks, readGround } from './blocks/judge.js';
import { proposalsOf } from './blocks/propose.js';
import { tally, usersOf } from './blocks/tally.js';
import { countBlocks, nextBlocks, sameBlocks } from './blocks/walk.js';

interface Dependencies {
  models: Models;
  now: () => Date;
}

export function createRemoveBlocksActivities({ models, now }: Dependencies) {
  /**
   * Ends, extends or leaves the blocks of one page.
   *
   * Repeatable: the page claims the blocks that it changes before its first write, and what it did to them is read off them. It does not let
   * the next page begin meanwhile, which has to know whose users were counted.
   */
  async function removeBlocks(run: Run): Promise<Page> {
    const claim = await claimedBatch(models, run);
    const { blocks, next } = claim === null ? await nextBlocks(models, run) : await sameBlocks(models, run, claim);
    const claimed = new Set(claim?.leaving ?? []);
    const judged = await judgeBlocks(models, await readGround(models, run), blocks, claimed);
    const endings = endingsOf(judged);
    const leaving = [...new Set([...claimed, ...endings.map(({ block }) => block._id)])];

    const { outcome, proposals } = await carryOut<Set<string>>(models, run, {
      write: async () => {
        if (leaving.length > 0) await claimBatch(models, run, claim, { toKey: next, leaving }, now());
        const changed = await endBlocks(models, run, endings.filter(({ done }) => !done), now());
        return new Set([...changed, ...overtaken(judged, claimed)]);
      },
      propose: () => proposalsOf(endings),
      undisturbed: () => Promise.resolve(new Set()),
    });
    const blockedUsers = await notCountedBefore(run, usersOf(judged, outcome));
    const counters = tally(judged, outcome, blockedUsers.length);
    return recordBatch(models, run, next, { counters, problems: [], proposals, blockedUsers }, now(), holdOf(claim, leaving));
  }

  /** A patron may have several blocks, on several pages. */
  async function notCountedBefore({ institutionId, runId, batchNo }: Run, users: string[]): Promise<string[]> {
    if (users.length === 0) return [];
    const batches = await models.RunBatch.find({ institutionId, runId, batchNo: { $lt: batchNo }, blockedUsers: { $in: users } }, { blockedUsers: 1 })
      .hint({ institutionId: 1, runId: 1, blockedUsers: 1 }).lean();
    const before = new Set(batches.flatMap(({ blockedUsers }) => blockedUsers));
    return users.filter((userId) => !before.has(userId));
  }

  return {
    /** How many blocks the Selection holds. */
    countEndingBlocks: (run: Run): Promise<number> => countBlocks(models, run),
    removeBlocks: forAMinute(removeBlocks),
  };
}
export type RemoveBlocksActivities = ReturnType<typeof createRemoveBlocksActivities>;

/** Blocks that an earlier attempt had claimed and somebody else has ended or prolonged since. */
const overtaken = (judged: Awaited<ReturnType<typeof judgeBlocks>>, claimed: ReadonlySet<string>): string[] =>
  judged.flatMap(({ block: { _id }, decision }) => (claimed.has(_id) && decision.action === 'LEAVE' ? [_id] : []));
