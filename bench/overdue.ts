/**
 * The night of a job over loans at size: from the start to the closed run on real servers, beside a bare script that reads and writes the
 * same (bench/overdue-bare.ts, renewals-bare.ts). Medians of several rounds, each on a fresh copy of the seed.
 */
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startRun } from '../api/operations/start-run.js';
import { now } from '../config/clock.js';
import { environment, required } from '../config/environment.js';
import { queues } from '../config/queues.js';
import { isFinal, median } from '../domain/run-status.js';
import type { Models } from '../models/models.js';
import type { StoredRun } from '../models/run.js';
import { machine, versions } from './machine.js';
import { bareNight } from './overdue-bare.js';
import { institutionId, night, writeLibrary, type LibrarySize } from './overdue-library.js';
import { differences, outcomeOf, type Outcome } from './overdue-outcome.js';
import { bareRenewals } from './renewals-bare.js';
import { outcomeOfRenewals } from './renewals-outcome.js';
import { copyOf, onlyMongodb, processorTime, usedSince, withClient, withServers, withWorker, workersPeak } from './servers.js';

/** In the name of the seed's folder; to be raised when `writeLibrary` writes something else. */
const SEED = 3;
const LONGEST_NIGHT_MS = 900_000;

/** A job, the script that does its night, and what either leaves. */
interface Work {
  jobKey: string;
  script: (mongodbUri: string) => Promise<number>;
  outcomeOf: (models: Models) => Promise<Outcome>;
}
const works = {
  overdue: { jobKey: 'loans-overdue-and-lost', script: bareNight, outcomeOf },
  renewals: { jobKey: 'notifications-courtesy-and-renewals', script: bareRenewals, outcomeOf: outcomeOfRenewals },
} satisfies Record<string, Work>;

interface Night {
  seconds: number;
  /** Processor seconds by process. */
  processor: string;
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
export async function benchNight(of: keyof typeof works, size: LibrarySize, replicaSet: boolean, rounds: number): Promise<void> {
  const work = works[of];
  const { loans, overdue, due } = size;
  const folder = join(environment().dataDir, 'bench');
  console.log(`${loans} loans, ${overdue} overdue, due: ${due}${replicaSet ? ', on a replica set of one' : ''}`);
  console.log(machine());
  const seed = await seeded(folder, size);
  const ours: number[] = [];
  const scripts: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const night = await ourNight(work, await copyOf(folder, seed), replicaSet);
    const script = await scriptsNight(work, await copyOf(folder, seed), replicaSet);
    const memory = night.memory === null ? '' : `, worker at most ${night.memory} MB`;
    console.log(
      `round ${round}: Almanac ${night.seconds.toFixed(1)} s (${night.run.status}${memory}), script ${script.seconds.toFixed(1)} s`,
    );
    console.log(`  processor time: Almanac's ${night.processor}; with the script ${script.processor}`);
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
    `median of ${rounds}: Almanac ${median(ours).toFixed(1)} s, script ${median(scripts).toFixed(1)} s, ratio ${ratio.toFixed(2)}`,
  );
}

export async function seeded(folder: string, size: LibrarySize): Promise<string> {
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
  await withServers(seed, onlyMongodb, {}, (_servers, models) =>
    writeLibrary(models, size, (line) => console.log(`seeding: ${line}`)),
  );
  await writeFile(finished, '');
  return seed;
}

function ourNight({ jobKey, outcomeOf: look }: Work, folder: string, replicaSet: boolean): Promise<OurNight> {
  return withServers(folder, { ...withWorker, replicaSet }, {}, (servers, models) =>
    withClient(servers, async (client, connection) => {
      const context = { models, client, now, taskQueue: queues.jobs };
      const job = await models.ScheduledJob.findOneAndUpdate({ institutionId, jobKey }, { $set: { active: true, inactiveReason: null } }).lean();
      if (job === null) throw new Error('the seed has no scheduled job to start');
      const submittedBy = { type: 'USER', id: 'bench', name: 'Bench' } as const;
      const before = await processorTime(folder);
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
      return {
        seconds,
        processor: usedSince(before, await processorTime(folder)),
        run,
        versions: await versions(models, connection),
        memory: await workersPeak(folder),
        outcome: await look(models),
      };
    }));
}

function scriptsNight({ script, outcomeOf: look }: Work, folder: string, replicaSet: boolean): Promise<Night> {
  return withServers(folder, { ...onlyMongodb, replicaSet }, {}, async ({ mongodbUri }, models) => {
    const before = await processorTime(folder);
    const own = process.cpuUsage();
    const seconds = await script(required('MONGODB_URI', mongodbUri));
    const { user, system } = process.cpuUsage(own);
    const processor = `${usedSince(before, await processorTime(folder))}, script ${((user + system) / 1e6).toFixed(1)} s`;
    return { seconds, processor, outcome: await look(models) };
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
