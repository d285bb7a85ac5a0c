/** Abort and approve: what a person does to a run at work (platform.md 6.6, 6.8). */
import { WorkflowNotFoundError } from '@temporalio/client';
import { isFinal } from '../../domain/run-status.js';
import type { RunRef } from '../../domain/run.js';
import type { StoredRun } from '../../models/run.js';
import { Refusal } from '../refusal.js';
import { runOf, type Operating } from './context.js';

interface Stop extends RunRef {
  /** Who asks. */
  by: string;
  reason: string;
}

/** Asks a run to stop: waiting it ends at once, running after its present page; what it did stays. */
export async function abortRun(operating: Operating, { institutionId, runId, by, reason }: Stop): Promise<StoredRun> {
  const { models, client, now } = operating;
  const run = await runOf(operating, institutionId, runId);
  if (isFinal(run.status)) throw new Refusal('already-final', `Run ${run.processId} has ended already (${run.status}).`);
  await models.Run.updateOne(
    { institutionId, _id: runId, abort: null },
    { $set: { abort: { requestedAt: now(), by, reason } }, $inc: { version: 1 } },
  );
  try {
    await client.workflow.getHandle(run.workflowId).cancel();
  } catch (error) {
    // Its workflow is gone: the dispatcher's next look ends the record.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  return runOf(operating, institutionId, runId);
}

/** Lets a run go on that the guard stopped. */
export async function approveRun(operating: Operating, { institutionId, runId }: RunRef): Promise<StoredRun> {
  const run = await runOf(operating, institutionId, runId);
  if (run.status !== 'MANUAL_HANDLING_REQUIRED') {
    throw new Refusal('already-final', `Run ${run.processId} does not wait for a decision (${run.status}).`);
  }
  await operating.client.workflow.getHandle(run.workflowId).signal('approved');
  return run;
}
