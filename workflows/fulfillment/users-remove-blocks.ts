import { proxyActivities } from '@temporalio/workflow';
import type { RemoveBlocksActivities } from '../../activities/fulfillment/users-remove-blocks.js';
import type { RunInput } from '../../domain/run.js';
import { everyPage, inRun, perPage } from '../run.js';

const { countEndingBlocks, removeBlocks } = proxyActivities<RemoveBlocksActivities>(perPage);

/** Users – Remove Blocks: ends the blocks whose time is over, and extends the suspensions of those who were late again. */
export async function usersRemoveBlocks(input: RunInput): Promise<void> {
  await inRun(input, countEndingBlocks, async (run) => {
    await everyPage(input, run, 'blocks', removeBlocks);
  });
}
