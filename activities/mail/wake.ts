/** Whoever has queued letters tells the delivery of the institution. */
import type { Client } from '@temporalio/client';

/**
 * Starts the delivery where it is not at work. Call it after the letters are written; a call that is lost costs five minutes.
 *
 * `taskQueue`: that of the workflow; its activity has a queue of its own, `mail`.
 */
export async function wakeMail(client: Client, institutionId: string, taskQueue: string): Promise<void> {
  await client.workflow.signalWithStart('mail', {
    workflowId: `mail-${institutionId}`,
    taskQueue,
    args: [{ institutionId }],
    signal: 'letters',
    signalArgs: [],
  });
}
