/** What a schedule can start at least: a workflow with one activity. */
import { proxyActivities } from '@temporalio/workflow';

const { work } = proxyActivities<{ work(): Promise<number> }>({ startToCloseTimeout: 60_000 });

/** Answers with the instant at which its activity was at work. */
export const bare = (): Promise<number> => work();
