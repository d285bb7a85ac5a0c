/** An embedded installation of a test's own, whose servers and workers it may kill. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { startRun } from '../../api/operations/start-run.js';
import { launch, saysReady, type Child } from '../../cli/stack/child.js';
import { processSpec, type OwnProcess } from '../../cli/stack/own-processes.js';
import { processRecord } from '../../cli/stack/processes.js';
import { startStack } from '../../cli/stack/stack.js';
import { now } from '../../config/clock.js';
import { readEnvironment, required } from '../../config/environment.js';
import { finalStatuses } from '../../domain/run.js';
import { connectToMongo } from '../../models/connect.js';
import { createIndexes, createModels, type Models } from '../../models/models.js';
import { queues } from '../../config/queues.js';
import type { Arming, Failpoint, Reached } from './failpoints.js';
import { asOf } from './night.js';

/** A slow machine takes its time; a right one never takes so much. */
const LONGEST_WAIT_MS = 240_000;

export interface OwnStack {
  mailFolder: string;
  models: Models;
  client: Client;
  /** Starts the night's run; its scheduled job was activated before. */
  begin(institutionId: string, scheduledJobId: string): Promise<void>;
  /** Resolves when every run of these institutions is final and no letter is on its way. */
  ended(institutionIds: readonly string[]): Promise<void>;
  /** A worker that stands still where its arming says; resolves when it is ready. */
  armedWorker(arming: Arming): Promise<ArmedWorker>;
  /** Kills a server, does something, and resolves when another is ready on the same files, which the parent of the servers starts. */
  killServer(name: 'mongod' | 'temporal', meanwhile: () => void): Promise<void>;
  stop(): Promise<void>;
}

export interface ArmedWorker {
  /** Resolves when the work of each institution stands still at this place. */
  reaches(places: Readonly<Record<string, Failpoint>>): Promise<void>;
  /** Lets an institution's work go on from where it rests. */
  goOn(institutionId: string): void;
  /** Resolves when the process is gone. */
  kill(): Promise<void>;
}

const armed: OwnProcess = { name: 'worker', entry: fileURLToPath(new URL('armed-worker.ts', import.meta.url)) };

export async function openStack(): Promise<OwnStack> {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-killed-'));
  const { PATH = '', HOME = '', ALMANAC_CACHE_DIR = '' } = process.env;
  const said: string[] = [];
  const stack = await startStack({
    environment: readEnvironment({ PATH, HOME, ALMANAC_CACHE_DIR, DATA_DIR: folder, LOG_LEVEL: 'warn' }),
    now, report: (line) => said.push(line), commandLine: 'npm test', usualPorts: false,
    parts: { temporal: true, mail: true, processes: [] },
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
    mailFolder: join(folder, 'mail'), models, client,
    async begin(institutionId, scheduledJobId) {
      const submittedBy = { type: 'USER', id: 'u-tester', name: 'A. Tester' } as const;
      await startRun({ models, client, now, taskQueue: queues.jobs }, { institutionId, scheduledJobId, trigger: 'MANUAL', submittedBy, asOf });
    },
    async ended(institutionIds) {
      const those = { institutionId: { $in: [...institutionIds] } };
      await eventually(async () => {
        const final = await models.Run.find({ ...those, status: { $in: [...finalStatuses] } }, { institutionId: 1 }).lean();
        const open = institutionIds.filter((each) => !final.some(({ institutionId }) => institutionId === each));
        return open.length === 0 ? null : `the runs of ${open.join(', ')} are not final`;
      });
      await eventually(async () => {
        const waiting = await models.Letter.countDocuments({ ...those, state: { $in: ['QUEUED', 'SENDING'] } });
        return waiting === 0 ? null : `${waiting} letters have not left`;
      });
    },
    async armedWorker(arming) {
      const reached = new Set<string>();
      let process: ChildProcess | undefined;
      const spec = processSpec(armed, folder, { ...variables, ALMANAC_TEST_KILLED: JSON.stringify(arming) });
      const child = launch({
        ...spec,
        ready: (launched, signal) => {
          process = launched;
          launched.on('message', (message: Partial<Reached>) => {
            if (message.reached) reached.add(`${message.reached.institutionId}: ${message.reached.place}`);
          });
          return saysReady(launched, signal);
        },
      });
      workers.push(child);
      await child.ready;
      return {
        reaches: (places) => eventually(() => {
          const missing = Object.entries(places).map(([institutionId, place]) => `${institutionId}: ${place}`).filter((each) => !reached.has(each));
          return missing.length === 0 ? null : `nobody came to where ${missing.join('; ')}`;
        }),
        goOn: (institutionId) => void process?.send({ goOn: institutionId }),
        async kill() {
          process?.kill('SIGKILL');
          assert.equal(await child.ended, 'worker ended with SIGKILL');
        },
      };
    },
    async killServer(name, meanwhile) {
      const heard = said.length;
      const children = processRecord.array().parse(JSON.parse(await readFile(join(folder, 'children.json'), 'utf8')));
      process.kill(children.find((each) => each.name === name)!.pid, 'SIGKILL');
      meanwhile();
      await eventually(() => (said.indexOf(`${name} is ready again.`, heard) >= 0 ? null : `there is no ${name} again`));
    },
    async stop() {
      for (const child of workers) await child.stop();
      await Promise.all([connection.close(), db.close()]);
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Looks until `missing` answers null; in the end its answer is the error. */
async function eventually(missing: () => Promise<string | null> | string | null): Promise<void> {
  const until = performance.now() + LONGEST_WAIT_MS;
  for (;;) {
    const lacks = await missing();
    if (lacks === null) return;
    if (performance.now() > until) throw new Error(`after ${LONGEST_WAIT_MS / 1000} s, ${lacks}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
