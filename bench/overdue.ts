/**
 * The night of Loans – Overdue and Lost Item at size: from the start to the closed run on real servers, beside a bare script that reads
 * and writes the same (bench/overdue-bare.ts). Medians of several rounds, each on a fresh copy of the seed.
 */
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { startRun } from '../api/operations/start-run.js';
import { worker } from '../cli/stack/own-processes.js';
import { processRecord } from '../cli/stack/processes.js';
import { startStack, type StackOptions } from '../cli/stack/stack.js';
import { now } from '../config/clock.js';
import { environment, readEnvironment, required, type Environment } from '../config/environment.js';
import { queues } from '../config/queues.js';
import { isFinal, median } from '../domain/run-status.js';
import { connectToMongo } from '../models/connect.js';
import { createModels, type Models } from '../models/models.js';
import type { StoredRun } from '../models/run.js';
import { bareNight } from './overdue-bare.js';
import { institutionId, night, writeLibrary, type LibrarySize } from './overdue-library.js';
import { differences, outcomeOf, type Outcome } from './overdue-outcome.js';

const ROUNDS = 3;
/** In the name of the seed's folder; to be raised when `writeLibrary` writes something else. */
const SEED = 1;
const LONGEST_NIGHT_MS = 900_000;

interface Night {
  seconds: number;
  outcome: Outcome;
}
interface OurNight extends Night {
  /** Of the servers. */
  versions: string;
  run: StoredRun;
  /** Largest resident size of the worker, megabytes; null where the system does not tell. */
  memory: number | null;
}

/** Prints each round, then the medians and their ratio. Throws when the two nights did not write the same. */
export async function benchOverdue(size: LibrarySize): Promise<void> {
  const { loans, overdue, due } = size;
  const folder = join(environment().dataDir, 'bench');
  console.log(`${loans} loans, ${overdue} overdue, due: ${due}`);
  console.log(
    `Node.js ${process.version}; ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB of memory`,
  );
  const seed = await seeded(folder, size);
  const ours: number[] = [];
  const scripts: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const night = await ourNight(await copyOf(folder, seed));
    const script = await scriptsNight(await copyOf(folder, seed));
    const memory = night.memory === null ? '' : `, worker at most ${night.memory} MB`;
    console.log(
      `round ${round}: Almanac ${night.seconds.toFixed(1)} s (${night.run.status}${memory}), script ${script.seconds.toFixed(1)} s`,
    );
    const differ = differences(night.outcome, script.outcome);
    if (differ.length > 0)
      throw new Error(`The two nights did not write the same, so no ratio is told.\n${differ.join('\n')}`);
    if (round === 1) {
      console.log(night.versions);
      console.log(
        Object.entries(night.outcome)
          .map(([what, count]) => `${count} ${what}`)
          .join(', '),
      );
    }
    ours.push(night.seconds);
    scripts.push(script.seconds);
  }
  await rm(join(folder, 'at-work'), { recursive: true, force: true });
  const ratio = median(ours) / median(scripts);
  console.log(
    `median of ${ROUNDS}: Almanac ${median(ours).toFixed(1)} s, script ${median(scripts).toFixed(1)} s, ratio ${ratio.toFixed(2)}`,
  );
}

async function seeded(folder: string, size: LibrarySize): Promise<string> {
  const seed = join(folder, `overdue-${SEED}-${size.loans}-${size.overdue}-${size.due}`);
  const finished = join(seed, 'seeded');
  if (
    await stat(finished).then(
      () => true,
      () => false,
    )
  )
    return seed;
  await rm(seed, { recursive: true, force: true });
  await withServers(seed, { temporal: false, mail: false, processes: [] }, (_servers, models) =>
    writeLibrary(models, size, (line) => console.log(`seeding: ${line}`)),
  );
  await writeFile(finished, '');
  return seed;
}

/** A fresh copy of the seed's store: a night changes it. */
async function copyOf(folder: string, seed: string): Promise<string> {
  const copy = join(folder, 'at-work');
  await rm(copy, { recursive: true, force: true });
  await mkdir(copy, { recursive: true });
  await cp(join(seed, 'mongo'), join(copy, 'mongo'), { recursive: true });
  return copy;
}

function ourNight(folder: string): Promise<OurNight> {
  return withServers(folder, { temporal: true, mail: true, processes: [worker] }, async (servers, models) => {
    const { connectionOptions, namespace } = required('TEMPORAL_ADDRESS', servers.temporal);
    const connection = await Connection.connect(connectionOptions);
    try {
      const context = { models, client: new Client({ connection, namespace }), now, taskQueue: queues.jobs };
      const job = await models.ScheduledJob.findOne({ institutionId, jobKey: 'loans-overdue-and-lost' }).lean();
      if (job === null) throw new Error('the seed has no scheduled job to start');
      const submittedBy = { type: 'USER', id: 'bench', name: 'Bench' } as const;
      const startedAt = performance.now();
      const started = await startRun(context, {
        institutionId,
        scheduledJobId: job._id,
        trigger: 'MANUAL',
        submittedBy,
        asOf: night,
      });
      const run = await closed(models, started._id);
      const seconds = (performance.now() - startedAt) / 1000;
      const { version } = (await models.Run.db.asPromise().then((db) =>
        required('database', db.db ?? null)
          .admin()
          .buildInfo(),
      )) as { version: string };
      const { serverVersion } = await connection.workflowService.getSystemInfo({});
      const versions = `MongoDB ${version}, Temporal ${serverVersion}`;
      return { seconds, run, versions, memory: await peakOf(folder), outcome: await outcomeOf(models) };
    } finally {
      await connection.close();
    }
  });
}

function scriptsNight(folder: string): Promise<Night> {
  return withServers(folder, { temporal: false, mail: false, processes: [] }, async ({ mongodbUri }, models) => {
    const seconds = await bareNight(required('MONGODB_URI', mongodbUri));
    return { seconds, outcome: await outcomeOf(models) };
  });
}

/** Asks ten times a second, so a night is up to 0.1 s shorter than it is told. */
async function closed(models: Models, runId: string): Promise<StoredRun> {
  const until = performance.now() + LONGEST_NIGHT_MS;
  while (performance.now() < until) {
    const run = await models.Run.findOne({ institutionId, _id: runId }).lean<StoredRun>();
    if (run !== null && isFinal(run.status)) return run;
    await pause(100);
  }
  throw new Error(`the run was not closed within ${LONGEST_NIGHT_MS / 1000} s`);
}

async function peakOf(folder: string): Promise<number | null> {
  const records = processRecord.array().parse(JSON.parse(await readFile(join(folder, 'children.json'), 'utf8')));
  const pid = records.find(({ name }) => name === worker.name)?.pid;
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /VmHWM:\s+(\d+)/.exec(status)?.[1];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
}

/** Servers of its own, whatever addresses the environment names. */
async function withServers<T>(
  folder: string,
  parts: StackOptions['parts'],
  work: (servers: Environment, models: Models) => Promise<T>,
): Promise<T> {
  const { PATH = '', HOME = '', ALMANAC_CACHE_DIR = '' } = environment().variables;
  const stack = await startStack({
    environment: readEnvironment({ PATH, HOME, ALMANAC_CACHE_DIR, DATA_DIR: folder, LOG_LEVEL: 'warn' }),
    now,
    report: () => undefined,
    commandLine: 'almanac bench',
    usualPorts: false,
    parts,
  });
  try {
    const db = await connectToMongo(required('MONGODB_URI', stack.environment.mongodbUri), 'almanac-bench');
    try {
      return await work(stack.environment, createModels(db));
    } finally {
      await db.close();
    }
  } finally {
    await stack.stop();
  }
}
