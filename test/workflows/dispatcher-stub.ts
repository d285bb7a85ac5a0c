/** The dispatcher and a job that does nothing but keep to its side of the contract, every message sent twice. */
import { ApplicationFailure } from '@temporalio/common';
import {
  CancellationScope,
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { StubActivities } from './dispatcher-world.js';

export { dispatcher } from '../../workflows/dispatcher.js';

const { askTwice } = proxyActivities<StubActivities>({ startToCloseTimeout: '1 minute' });
const { work } = proxyActivities<StubActivities>({ startToCloseTimeout: '2 minutes', heartbeatTimeout: '10 seconds' });
const doneSignal = defineSignal<[{ runId: string }]>('done');

/** Answers how its wait ended. */
export async function stubJob(institutionId: string, runId: string): Promise<'worked' | 'refused'> {
  const answers = { turn: false, refused: false };
  setHandler(defineSignal('turn'), () => void (answers.turn = true));
  setHandler(defineSignal('refused'), () => void (answers.refused = true));
  await askTwice(institutionId, runId);
  try {
    await condition(() => answers.turn || answers.refused);
    if (answers.refused) return 'refused';
    await work(institutionId, runId);
    return 'worked';
  } finally {
    await CancellationScope.nonCancellable(async () => {
      await sayDone(institutionId, runId);
      await sayDone(institutionId, runId);
    });
  }
}

async function sayDone(institutionId: string, runId: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(`dispatcher-${institutionId}`).signal(doneSignal, { runId });
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.type !== 'ExternalWorkflowExecutionNotFound') throw error;
  }
}
