/**
 * The night of a job at size: from the start to the closed run on real servers, beside a bare script that reads and writes the same by the
 * plain driver. Medians of several rounds, each on a fresh copy of the seed.
 */
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MongoClient, type Db } from 'mongodb';
import { startRun } from '../api/operations/start-run.js';
import { now } from '../config/clock.js';
import { environment, required } from '../config/environment.js';
import { queues } from '../config/queues.js';
import { isFinal, median } from '../domain/run-status.js';
import type { Models } from '../models/models.js';
import type { StoredRun } from '../models/run.js';
import { institutionId, night } from './demo-library.js';
import { machine, versions } from './machine.js';
import { differences, type Outcome } from './outcome.js';
import { copyOf, onlyMongodb, processorTime, usedSince, withClient, withServers, withWorker, workersPeak } from './servers.js';

const LONGEST_NIGHT_MS = 900_000;

/** How many records of a library a job goes through or passes by, and how many of them it has something to do with. */
export interface JobSize {
  records: number;
  todo: number;
}

/** A job, the library that it finds, the script that does its night, and what either leaves. */
export interface JobNight {
  jobKey: string;
  /** What there is to do among how much, in words. */
  sizes: string;
  seed: Seed;
  /** Without engine, schemas, claims, keys that are looked for, or anything else that lets it be killed. */
  script: (db: Db) => Promise<void>;
  outcomeOf: (models: Models) => Promise<Outcome>;
}

export interface Seed {
  /** Of its folder: another one when `write` writes something else. */
  name: string;
  /** Into an empty database; `said` hears how far it is. */
  write: (models: Models, said: (line: string) => void) => Promise<void>;
}

interface Measured {
  seconds: number;
  /** Processor seconds by process. */
  processor: string;
  outcome: Outcome;
}
interface OurNight extends Measured {
  /** Of the servers. */
  versions: string;
  run: StoredRun;
  /** Largest resident size of the worker, megabytes; null where the system does not tell. */
  memory: number | null;
}

/** Prints each round, then the medians and their ratio. Throws when the two nights did not write the same. */
export async function benchNight(job: JobNight, replicaSet: boolean, rounds: number): Promise<void> {
  const folder = join(environment().dataDir, 'bench');
  console.log(`${job.sizes}${replicaSet ? ', on a replica set of one' : ''}`);
  console.log(machine());
  const seed = await seeded(folder, job.seed);
  const ours: number[] = [];
  const scripts: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const own = await ourNight(job, await copyOf(folder, seed), replicaSet);
    const script = await scriptsNight(job, await copyOf(folder, seed), replicaSet);
    const memory = own.memory === null ? '' : `, worker at most ${own.memory} MB`;
    console.log(`round ${round}: Almanac ${own.seconds.toFixed(1)} s (${own.run.status}${memory}), script ${script.seconds.toFixed(1)} s`);
    console.log(`  processor time: Almanac's ${own.processor}; with the script ${script.processor}`);
    const differ = differences(own.outcome, script.outcome);
    if (differ.length > 0) throw new Error(`The two nights did not write the same, so no ratio is told.\n${differ.join('\n')}`);
    if (round === 1) {
      console.log(own.versions);
      console.log(Object.entries(own.outcome).map(([what, count]) => `${count} ${what}`).join(', '));
    }
    ours.push(own.seconds);
    scripts.push(script.seconds);
  }
  await rm(join(folder, 'at-work'), { recursive: true, force: true });
  const ratio = median(ours) / median(scripts);
  console.log(`median of ${rounds}: Almanac ${median(ours).toFixed(1)} s, script ${median(scripts).toFixed(1)} s, ratio ${ratio.toFixed(2)}`);
}

/** The folder of a seed, written where it is not there yet. */
export async function seeded(folder: string, { name, write }: Seed): Promise<string> {
  const seed = join(folder, name);
  const finished = join(seed, 'seeded');
  const isThere = await stat(finished).then(() => true, () => false);
  if (isThere) return seed;
  await rm(seed, { recursive: true, force: true });
  await withServers(seed, onlyMongodb, {}, (_servers, models) => write(models, (line) => console.log(`seeding: ${line}`)));
  await writeFile(finished, '');
  return seed;
}

function ourNight({ jobKey, outcomeOf }: JobNight, folder: string, replicaSet: boolean): Promise<OurNight> {
  return withServers(folder, { ...withWorker, replicaSet }, {}, (servers, models) =>
    withClient(servers, async (client, connection) => {
      const context = { models, client, now, taskQueue: queues.jobs };
      const job = await models.ScheduledJob.findOneAndUpdate({ institutionId, jobKey }, { $set: { active: true, inactiveReason: null } }).orFail().lean();
      const submittedBy = { type: 'USER', id: 'bench', name: 'Bench' } as const;
      const before = await processorTime(folder);
      const startedAt = performance.now();
      const started = await startRun(context, { institutionId, scheduledJobId: job._id, trigger: 'MANUAL', submittedBy, asOf: night });
      const run = await closed(models, started._id);
      return {
        seconds: (performance.now() - startedAt) / 1000,
        processor: usedSince(before, await processorTime(folder)),
        run,
        versions: await versions(models, connection),
        memory: await workersPeak(folder),
        outcome: await outcomeOf(models),
      };
    }));
}

function scriptsNight({ script, outcomeOf }: JobNight, folder: string, replicaSet: boolean): Promise<Measured> {
  return withServers(folder, { ...onlyMongodb, replicaSet }, {}, async ({ mongodbUri }, models) => {
    const client = await MongoClient.connect(required('MONGODB_URI', mongodbUri), { writeConcern: { w: 'majority', journal: true } });
    try {
      const before = await processorTime(folder);
      const own = process.cpuUsage();
      const startedAt = performance.now();
      await script(client.db());
      const seconds = (performance.now() - startedAt) / 1000;
      const { user, system } = process.cpuUsage(own);
      const processor = `${usedSince(before, await processorTime(folder))}, script ${((user + system) / 1e6).toFixed(1)} s`;
      return { seconds, processor, outcome: await outcomeOf(models) };
    } finally {
      await client.close();
    }
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
