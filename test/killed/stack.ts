/** An embedded installation of a test's own, whose servers and workers it may kill. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { startRun } from '../../api/operations/start-run.js';
import { launch, saysReady, type Child } from '../../cli/stack/child.js';
import { processSpec, type OwnProcess } from '../../cli/stack/own-processes.js';
import { startStack } from '../../cli/stack/stack.js';
import { now } from '../../config/clock.js';
import { readEnvironment, required } from '../../config/environment.js';
import { finalStatuses } from '../../domain/run.js';
import { connectToMongo } from '../../models/connect.js';
import { createIndexes, createModels, type Models } from '../../models/models.js';
import { queues } from '../../config/queues.js';
import type { Arming } from './failpoints.js';
import { asOf } from './night.js';

export interface OwnStack {
  folder: string;
  mailFolder: string;
  models: Models;
  client: Client;
  /** What the parent of the servers told. */
  said: string[];
  /** Starts the night's run; its scheduled job was activated before. */
  begin(institutionId: string, scheduledJobId: string): Promise<void>;
  /** Resolves when every run of these institutions is final and no letter is on its way. */
  ended(institutionIds: readonly string[]): Promise<void>;
  /** A worker that stands still where its arming says; `reached` fills as it comes there. */
  armedWorker(arming: Arming): { child: Child; reached: Set<string> };
  stop(): Promise<void>;
}

const armed: OwnProcess = { name: 'worker', entry: fileURLToPath(new URL('armed-worker.ts', import.meta.url)) };

export async function openStack(processes: OwnProcess[]): Promise<OwnStack> {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-killed-'));
  const { PATH = '', HOME = '', ALMANAC_CACHE_DIR = '' } = process.env;
  const said: string[] = [];
  const stack = await startStack({
    environment: readEnvironment({ PATH, HOME, ALMANAC_CACHE_DIR, DATA_DIR: folder, LOG_LEVEL: 'warn' }),
    now, report: (line) => said.push(line), commandLine: 'npm test', usualPorts: false,
    parts: { temporal: true, mail: true, processes },
  });
  const { variables, ...environment } = stack.environment;
  const { connectionOptions, namespace } = required('TEMPORAL_ADDRESS', environment.temporal);
  const connection = await Connection.connect(connectionOptions);
  const db = await connectToMongo(required('MONGODB_URI', environment.mongodbUri), 'killed-once');
  const models = createModels(db);
  await createIndexes(models);
  const client = new Client({ connection, namespace });
  const workers: Child[] = [];

  return {
    folder, mailFolder: join(folder, 'mail'), models, client, said,
    async begin(institutionId, scheduledJobId) {
      const submittedBy = { type: 'USER', id: 'u-tester', name: 'A. Tester' } as const;
      await startRun({ models, client, now, taskQueue: queues.jobs }, { institutionId, scheduledJobId, trigger: 'MANUAL', submittedBy, asOf });
    },
    async ended(institutionIds) {
      const those = { institutionId: { $in: [...institutionIds] } };
      await eventually(150_000, async () => {
        const final = await models.Run.find({ ...those, status: { $in: [...finalStatuses] } }, { institutionId: 1 }).lean();
        const open = institutionIds.filter((each) => !final.some(({ institutionId }) => institutionId === each));
        return open.length === 0 ? null : `the runs of ${open.join(', ')} are not final`;
      });
      await eventually(60_000, async () => {
        const waiting = await models.Letter.countDocuments({ ...those, state: { $in: ['QUEUED', 'SENDING'] } });
        return waiting === 0 ? null : `${waiting} letters have not left`;
      });
    },
    armedWorker(arming) {
      const reached = new Set<string>();
      const spec = processSpec(armed, folder, { ...variables, ALMANAC_TEST_KILLED: JSON.stringify(arming) });
      const child = launch({
        ...spec,
        ready: (launched, signal) => {
          launched.on('message', (message: { reached?: string }) => message.reached !== undefined && reached.add(message.reached));
          return saysReady(launched, signal);
        },
      });
      workers.push(child);
      return { child, reached };
    },
    async stop() {
      for (const child of workers) await child.stop();
      await Promise.all([connection.close(), db.close()]);
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Looks until `missing` answers null; after so long its answer is the error. */
export async function eventually(withinMs: number, missing: () => Promise<string | null> | string | null): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    const lacks = await missing();
    if (lacks === null) return;
    if (performance.now() > until) throw new Error(`after ${withinMs / 1000} s, ${lacks}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
