/** Real dispatchers, and runs that keep to their side of the contract and only pretend to work. */
import { condition, defineSignal, getExternalWorkflowHandle, proxyActivities, setHandler } from '@temporalio/workflow';
import type { PretendedActivities } from './dispatchers.js';

export { dispatcher } from '../workflows/dispatcher.js';

const { ask, work } = proxyActivities<PretendedActivities>({ startToCloseTimeout: '10 minutes' });
const doneSignal = defineSignal<[{ runId: string }]>('done');

export async function pretendedRun(institutionId: string, runId: string): Promise<void> {
  let turn = false;
  setHandler(defineSignal('turn'), () => void (turn = true));
  await ask(institutionId, runId);
  await condition(() => turn);
  await work();
  await getExternalWorkflowHandle(`dispatcher-${institutionId}`).signal(doneSignal, { runId });
}
