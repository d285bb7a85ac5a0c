/**
 * In the sandbox of a workflow: what a night may wait for is missed after seconds, so that hundreds of kills take minutes.
 *
 * Every time-out and pause keeps its place in the order: an activity whose worker was killed is missed after 4 s instead of 15 or
 * 30, one without a heartbeat after 8 s instead of 30, and the delivery looks each second.
 */
import { workflowInfo, type ActivityInput, type Next, type TimerInput, type WorkflowInterceptors, type WorkflowOutboundCallsInterceptor } from '@temporalio/workflow';

const MISSED_AFTER_MS = 4_000;
const QUERY_MS = 8_000;
const LONGEST_PAUSE_MS = 1_000;

type Outbound = WorkflowOutboundCallsInterceptor;

export const interceptors = (): WorkflowInterceptors => ({
  outbound: [{
    scheduleActivity(input: ActivityInput, next: Next<Outbound, 'scheduleActivity'>) {
      const { heartbeatTimeout, startToCloseTimeout, retry } = input.options;
      const missed = heartbeatTimeout === undefined ? { startToCloseTimeout: QUERY_MS } : { startToCloseTimeout, heartbeatTimeout: MISSED_AFTER_MS };
      return next({ ...input, options: { ...input.options, ...missed, retry: { ...retry, initialInterval: 250, maximumInterval: 2_000 } } });
    },
    startTimer(input: TimerInput, next: Next<Outbound, 'startTimer'>) {
      const { workflowType } = workflowInfo();
      return next(workflowType === 'mail' ? { ...input, durationMs: Math.min(input.durationMs, LONGEST_PAUSE_MS) } : input);
    },
  }],
});
