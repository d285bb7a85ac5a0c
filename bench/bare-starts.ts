/** How long a schedule without Almanac takes: from its instant to the one activity of the workflow that it starts, on the same server. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Environment } from '../config/environment.js';
import { withOwnWorker } from './own-worker.js';

const taskQueue = 'bare';
const LEAD_MS = 5_000;
const APART_MS = 1_000;
/** An interval of twenty years with the right phase is one instant. */
const TWENTY_YEARS_MS = 7305 * 24 * 60 * 60 * 1000;

/** Milliseconds of each of `count` schedules, one a second. */
export function bareStarts(servers: Environment, client: Client, count: number): Promise<number[]> {
  return withOwnWorker(servers, { taskQueue, workflows: 'bare-workflow.ts', activities: { work: () => Date.now() } }, async () => {
    const first = Math.ceil(Date.now() / 1_000) * 1_000 + LEAD_MS;
    const instants = Array.from({ length: count }, (_, index) => first + index * APART_MS);
    await Promise.all(instants.map((instant, index) => client.schedule.create({
      scheduleId: `bare-${index}`,
      spec: { intervals: [{ every: TWENTY_YEARS_MS, offset: instant % TWENTY_YEARS_MS }] },
      action: { type: 'startWorkflow', workflowType: 'bare', workflowId: `bare-${index}`, taskQueue },
    })));
    await pause((instants.at(-1) ?? first) + 2 * APART_MS - Date.now());
    return Promise.all(instants.map(async (instant, index) => {
      const workedAt: unknown = await client.workflow.getHandle(`bare-${index}-${new Date(instant).toISOString().slice(0, 19)}Z`).result();
      return Number(workedAt) - instant;
    }));
  });
}
