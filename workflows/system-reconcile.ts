/** Keeps scheduled jobs and the engine's schedules as the records say: at every start of a worker, and every 10 minutes. */
import { condition, continueAsNew, defineSignal, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { SystemActivities } from '../activities/system.js';

const EVERY_MS = 10 * 60 * 1000;

const { reconcileInstallation } = proxyActivities<SystemActivities>({
  taskQueue: 'system',
  startToCloseTimeout: 30 * 60_000, // the first start of sixty institutions makes thousands of schedules
  heartbeatTimeout: 30_000,
  retry: { initialInterval: 1_000, maximumInterval: 60_000 },
});

/** Somebody started a worker, or changed what cannot wait. */
const nowSignal = defineSignal('now');

export async function systemReconcile(): Promise<void> {
  let asked = false;
  setHandler(nowSignal, () => void (asked = true));
  while (!workflowInfo().continueAsNewSuggested) {
    asked = false;
    await reconcileInstallation();
    await condition(() => asked, EVERY_MS);
  }
  await continueAsNew();
}
