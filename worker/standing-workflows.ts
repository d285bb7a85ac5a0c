/** The workflows that stand for as long as the installation does, and the queue that their tasks are served on. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { queues } from '../config/queues.js';

/**
 * Ends those that an earlier version started on a queue which serves no workflows any more: nobody would ever come to them. Whoever needs one
 * starts it again, and each knows from the store what there is to do. Repeatable.
 */
export async function endStranded({ workflow }: Client): Promise<void> {
  const query = `WorkflowType IN ('system-reconcile', 'dispatcher', 'mail') AND ExecutionStatus = 'Running' AND TaskQueue != '${queues.jobs}'`;
  for await (const { workflowId, runId } of workflow.list({ query })) {
    await workflow.getHandle(workflowId, runId).terminate(`moved to the task queue ${queues.jobs}`).catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error; // another worker was faster
    });
  }
}
