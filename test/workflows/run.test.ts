/** The life of a run on a real engine, its activities stood in for: approved late, aborted at work (platform.md 6.6, 6.8). */
import assert from 'node:assert/strict';
import { Context } from '@temporalio/activity';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, afterEach, test } from 'vitest';
import type { Leaving } from '../../activities/runs/close.js';
import type { Run } from '../../domain/run.js';
import { newId } from '../../models/document.js';
import { registerSearchAttributes } from '../../worker/register-search-attributes.js';
import { workflowBundle } from '../../worker/workflow-bundle.js';
import { quietRuntime } from '../support/quiet-runtime.js';
import { temporal } from '../support/servers.js';

quietRuntime();
const connection = await Connection.connect({ address: temporal() });
const client = new Client({ connection });
const native = await NativeConnection.connect({ address: temporal() });
await registerSearchAttributes(connection, 'default');

let end = () => Promise.resolve();
afterEach(() => end());
afterAll(async () => {
  await native.close();
  await connection.close();
});

const ref = { institutionId: 'lib-run', runId: 'r1' };
const begun = (endsBy: number): Run => ({
  ...ref, scheduledJobId: null, jobKey: 'loans-overdue-and-lost', asOf: '2025-04-02T05:00:00.000Z', businessDate: '2025-04-02',
  timeZone: 'America/New_York', currency: 'USD', pageUrl: 'http://localhost/runs/1', parameters: {}, preview: false, scoped: false,
  endsBy: new Date(endsBy).toISOString(), batchNo: 0, done: 0, cursor: null, stepsDone: [],
});
const lastPage = (run: Run) => Promise.resolve({ next: null, batchNo: run.batchNo + 1, done: run.done });

/** A run whose job ends by `endsBy`; `told` is what its activities hear, in order. */
async function started(endsBy: number, told: string[], given: Record<string, (run: Run) => Promise<unknown>>): Promise<WorkflowHandle> {
  const taskQueue = `run-${newId()}`;
  await working(taskQueue, endsBy, told, given);
  const run = await begunOn(taskQueue);
  await run.signal('turn');
  return run;
}

const begunOn = (taskQueue: string) =>
  client.workflow.start('loans-overdue-and-lost', { workflowId: taskQueue, taskQueue, args: [{ ...ref, scheduledJobId: null }] });

async function working(taskQueue: string, endsBy: number, told: string[], given: Record<string, (run: Run) => Promise<unknown>>): Promise<void> {
  const activities = {
    openRun: () => Promise.resolve(ref),
    beginRun: () => Promise.resolve(begun(endsBy)),
    countOverdueLoans: () => Promise.resolve(1),
    startWork: (_run: Run, _selected: number, approved: boolean) => {
      told.push(`startWork ${approved ? 'approved' : ''}`.trim());
      return Promise.resolve(false);
    },
    askAgain: () => Promise.resolve(void told.push('askAgain')),
    finishLeftNotices: lastPage, ageOverdueLoans: lastPage, queueNoticeLetters: lastPage, reportUndeliverableLetters: lastPage, awaitLetters: lastPage,
    closeRun: (_ref: unknown, { how }: Leaving) => {
      told.push(`closeRun ${how}`);
      return Promise.resolve(null);
    },
    ...given,
  };
  const worker = await Worker.create({ connection: native, taskQueue, workflowBundle: await workflowBundle(), activities, maxHeartbeatThrottleInterval: 100 });
  const running = worker.run();
  end = async () => {
    worker.shutdown();
    await running;
  };
}

const until = async (holds: () => boolean) => {
  for (let look = 0; look < 400 && !holds(); look += 1) await new Promise((resolve) => setTimeout(resolve, 25));
  assert.ok(holds(), 'not within ten seconds');
};

test('the time in which nobody approved a run that the guard stopped does not count against the job’s limit', async () => {
  const told: string[] = [];
  let guards = 0;
  const endsBy = Date.now() + 4_000;
  const run = await started(endsBy, told, {
    startWork: () => {
      guards += 1;
      told.push('startWork');
      return Promise.resolve(guards === 1);
    },
  });
  await until(() => guards === 1);
  await new Promise((resolve) => setTimeout(resolve, endsBy + 500 - Date.now()));
  await run.signal('approved');
  await until(() => told.includes('askAgain'));
  await run.signal('turn');
  await run.result();
  assert.deepEqual(told, ['startWork', 'askAgain', 'startWork', 'closeRun ENDED']);
});

test('an aborted run is closed after the page that was at work, so that its totals hold it', async () => {
  const told: string[] = [];
  const run = await started(Date.now() + 60_000, told, {
    ageOverdueLoans: async () => {
      told.push('page begins');
      const beating = setInterval(() => Context.current().heartbeat(), 50);
      await Context.current().cancelled.catch(() => new Promise((resolve) => setTimeout(resolve, 300)));
      clearInterval(beating);
      told.push('page is recorded');
      throw await Context.current().cancelled.catch((error: unknown) => error);
    },
  });
  await until(() => told.includes('page begins'));
  await run.cancel();
  await assert.rejects(run.result());
  assert.deepEqual(told, ['startWork', 'page begins', 'page is recorded', 'closeRun CANCELLED']);
});

test('an abort that comes just when the history is to be renewed is not lost', async () => {
  const told: string[] = [];
  let pages = 0;
  const run = await started(Date.now() + 60_000, told, {
    ageOverdueLoans: async ({ batchNo, done }) => {
      pages += 1;
      const { historyLength } = await run.describe();
      if (historyLength >= 195 && pages < 100) {
        pages = 100;
        await run.cancel();
      }
      return { next: 'more', batchNo: batchNo + 1, done };
    },
  });
  await assert.rejects(run.result());
  assert.deepEqual([pages, told.at(-1)], [100, 'closeRun CANCELLED']);
});

test('a run that is aborted before any worker takes it up is closed as soon as one does', async () => {
  const told: string[] = [];
  const run = await begunOn(`run-${newId()}`);
  await run.cancel();
  await working(run.workflowId, Date.now() + 60_000, told, {});
  await assert.rejects(run.result());
  assert.deepEqual(told, ['closeRun CANCELLED']);
});
