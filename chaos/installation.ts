/** An embedded installation of one's own, whose servers and workers may be killed. */
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { startRun } from '../api/operations/start-run.js';
import { launch, saysReady, type Child } from '../cli/stack/child.js';
import { processSpec } from '../cli/stack/own-processes.js';
import { processRecord } from '../cli/stack/processes.js';
import { startStack } from '../cli/stack/stack.js';
import { now } from '../config/clock.js';
import { readEnvironment, required } from '../config/environment.js';
import { queues } from '../config/queues.js';
import { connectToMongo } from '../models/connect.js';
import { createIndexes, createModels, type Models } from '../models/models.js';

/** A slow machine takes its time; a right one never takes so much. */
const LONGEST_WAIT_MS = 240_000;

export interface Installation {
  /** Of the mail catcher, where no other mail server was given. */
  mailFolder: string;
  models: Models;
  client: Client;
  /** Starts the night's run; its scheduled job was activated before. */
  begin(institutionId: string, scheduledJobId: string, asOf: Date): Promise<void>;
  /** Starts a process of Almanac from a file of chaos/ or test/; `variables` go before those of the installation. */
  launch(name: string, entry: URL, variables: Record<string, string>): OwnChild;
  /** Kills a server, does something, and resolves when another is ready on the same files, which the parent of the servers starts. */
  killServer(name: 'mongod' | 'temporal', meanwhile: () => void): Promise<void>;
  stop(): Promise<void>;
}

export interface OwnChild extends Child {
  process: ChildProcess;
}

/** `smtpUrl` null: the mail catcher takes the letters. */
export async function openInstallation({ commandLine, smtpUrl }: { commandLine: string; smtpUrl: string | null }): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-killed-'));
  const { PATH = '', HOME = '', ALMANAC_CACHE_DIR = '' } = process.env;
  const said: string[] = [];
  const stack = await startStack({
    environment: readEnvironment({ PATH, HOME, ALMANAC_CACHE_DIR, SMTP_URL: smtpUrl ?? '', DATA_DIR: folder, LOG_LEVEL: 'warn' }),
    now, report: (line) => said.push(line), commandLine, usualPorts: false,
    parts: { temporal: true, mail: true, processes: [] },
  });
  const { variables, ...environment } = stack.environment;
  const { connectionOptions, namespace } = required('TEMPORAL_ADDRESS', environment.temporal);
  const connection = await Connection.connect(connectionOptions);
  const db = await connectToMongo(required('MONGODB_URI', environment.mongodbUri), 'killed');
  const models = createModels(db);
  await createIndexes(models);
  const client = new Client({ connection, namespace });
  const children: Child[] = [];

  return {
    mailFolder: join(folder, 'mail'), models, client,
    async begin(institutionId, scheduledJobId, asOf) {
      const submittedBy = { type: 'USER', id: 'u-tester', name: 'A. Tester' } as const;
      await startRun({ models, client, now, taskQueue: queues.jobs }, { institutionId, scheduledJobId, trigger: 'MANUAL', submittedBy, asOf });
    },
    launch(name, entry, own) {
      let launched: ChildProcess | undefined;
      const child = launch({
        ...processSpec({ name, entry: fileURLToPath(entry) }, folder, { ...variables, ...own }),
        ready(process, signal) {
          launched = process; // called before launch() returns
          return saysReady(process, signal);
        },
      });
      children.push(child);
      return { ...child, process: launched! };
    },
    async killServer(name, meanwhile) {
      const heard = said.length;
      const records = processRecord.array().parse(JSON.parse(await readFile(join(folder, 'children.json'), 'utf8')));
      process.kill(records.find((each) => each.name === name)!.pid, 'SIGKILL');
      meanwhile();
      await eventually(() => (said.indexOf(`${name} is ready again.`, heard) >= 0 ? null : `there is no ${name} again`));
    },
    async stop() {
      for (const child of children) await child.stop();
      await Promise.all([connection.close(), db.close()]);
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Looks until `missing` answers null; in the end its answer is the error. */
export async function eventually(missing: () => Promise<string | null> | string | null): Promise<void> {
  const until = performance.now() + LONGEST_WAIT_MS;
  for (;;) {
    const lacks = await missing();
    if (lacks === null) return;
    if (performance.now() > until) throw new Error(`after ${LONGEST_WAIT_MS / 1000} s, ${lacks}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
