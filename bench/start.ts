/**
 * How long a night waits for its beginning: from the instant of a schedule to the first page of its run recorded, of schedules that fire one
 * by one, and of two hundred at one second, which the start spread pulls apart. Beside them a bare schedule that starts a workflow with one
 * activity.
 */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { now } from '../config/clock.js';
import { environment, required } from '../config/environment.js';
import { queues } from '../config/queues.js';
import { localDay, startOfDay, zoneOf, type Instant } from '../domain/days.js';
import { isFinal, median } from '../domain/run-status.js';
import { timeText } from '../domain/schedule.js';
import type { Models } from '../models/models.js';
import type { RunBatch } from '../models/run.js';
import { reconcileScheduledJob } from '../worker/reconciliation.js';
import { scheduleIdOf } from '../worker/schedules/start.js';
import { bareStarts } from './bare-starts.js';
import { machine, versions } from './machine.js';
import { percentile } from './percentile.js';
import { copyOf, onlyMongodb, processorTime, usedSince, withClient, withServers, withWorker, workersPeak } from './servers.js';
import { dueYesterday, JOB, writeLibraries } from './start-library.js';
import { stepsOf } from './start-steps.js';

/** In the name of the seed's folder; to be raised when `writeLibraries` writes something else. */
const SEED = 1;
/** One by one, some seconds apart. */
const ALONE = { schedules: 25, spreadSeconds: 75 };
/** The spread is the installation's default. */
const TOGETHER = { schedules: 200, spreadSeconds: 120 };
const BARE = 25;
const GOAL_MS = 1_500;
const MINUTE = 60_000;
/** Before the minute, to bring the schedules to the engine. */
const LEAD_MS = 12_000;
const LONGEST_MS = 2 * MINUTE;
const AT_ONCE = 10;

interface Bench {
  models: Models;
  client: Client;
}

/** Prints percentiles of each round, then their medians. Ends with status 1 where one schedule's misses the goal. */
export async function benchStart(rounds: number): Promise<void> {
  const folder = join(environment().dataDir, 'bench');
  console.log(machine());
  const codes = Array.from({ length: ALONE.schedules + TOGETHER.schedules }, (_, number) => `lib${String(number).padStart(3, '0')}`);
  const seed = join(folder, `start-${SEED}`);
  if (!existsSync(join(seed, 'seeded'))) {
    await rm(seed, { recursive: true, force: true });
    await withServers(seed, onlyMongodb, {}, (_servers, models) => writeLibraries(models, codes, (line) => console.log(`seeding: ${line}`)));
    await writeFile(join(seed, 'seeded'), '');
  }
  const measured: Record<'bare' | 'alone' | 'together', number[][]> = { bare: [], alone: [], together: [] };
  for (let round = 1; round <= rounds; round += 1) {
    const copy = await copyOf(folder, seed);
    await withServers(copy, withWorker, {}, async (servers, models) => {
      await withClient(servers, async (client, connection) => {
        const bench = { models, client };
        if (round === 1) console.log(await versions(models, connection));
        await dueYesterday(models, now());
        await quiet(client);
        const told = (what: string, times: readonly number[]) => console.log(`round ${round}, ${what}: ${percentiles(times)}`);
        const bare = await bareStarts(servers, client, BARE);
        told('bare', bare);
        const alone = await starts(bench, codes.slice(0, ALONE.schedules), ALONE.spreadSeconds);
        told('one by one', alone);
        const before = await processorTime(copy);
        const together = await starts(bench, codes.slice(ALONE.schedules), TOGETHER.spreadSeconds);
        console.log(`  processor time: ${usedSince(before, await processorTime(copy))}; worker at most ${(await workersPeak(copy)) ?? '?'} MB`);
        told(`${TOGETHER.schedules} at one second, spread over ${TOGETHER.spreadSeconds} s`, together);
        measured.bare.push(bare);
        measured.alone.push(alone);
        measured.together.push(together);
      });
    });
  }
  await rm(join(folder, 'at-work'), { recursive: true, force: true });
  const of = (what: keyof typeof measured, percent: number) => median(measured[what].map((times) => percentile(times, percent)));
  for (const what of ['bare', 'alone', 'together'] as const) {
    console.log(`median of ${rounds}, ${what}: p50 ${of(what, 50).toFixed(0)} ms, p95 ${of(what, 95).toFixed(0)} ms, ${(of(what, 95) / of('bare', 95)).toFixed(1)} × bare`);
  }
  if (of('alone', 95) > GOAL_MS) process.exitCode = 1;
}

const percentiles = (times: readonly number[]) => [50, 95, 100].map((percent) => `p${percent} ${percentile(times, percent).toFixed(0)} ms`).join(', ');

/** The worker brings the engine's schedules into line when it starts; what is measured begins after it. */
async function quiet(client: Client): Promise<void> {
  const handle = client.workflow.getHandle('system-reconcile');
  for (;;) {
    const { raw } = await handle.describe();
    if ((raw.pendingActivities ?? []).length === 0 && (raw.pendingWorkflowTask ?? null) === null) return;
    await pause(100);
  }
}

/** Lets the job of each institution fire at the next minute, spread; milliseconds from each one's own instant to its first page recorded. */
async function starts({ models, client }: Bench, codes: readonly string[], spreadSeconds: number): Promise<number[]> {
  await models.PlatformSettings.updateOne({ institutionId: '*' }, { $set: { startSpreadSeconds: spreadSeconds } }, { upsert: true });
  const at = Math.ceil((Date.now() + LEAD_MS) / MINUTE) * MINUTE;
  const ofThem = { institutionId: { $in: [...codes] }, jobKey: JOB };
  await models.ScheduledJob.updateMany(ofThem, { $set: { active: true, inactiveReason: null, schedule: { kind: 'DAILY', times: [localTime(at)] }, lastOccurrenceAt: now() } });
  const jobs = await models.ScheduledJob.find(ofThem, { institutionId: 1 }).lean();
  const instants = new Map<string, Instant>();
  const left = jobs.values();
  const bringing = async () => {
    for (const { _id, institutionId } of left) {
      await reconcileScheduledJob({ models, client, now, taskQueue: queues.jobs }, institutionId, _id);
      const { info } = await client.schedule.getHandle(scheduleIdOf(_id)).describe();
      instants.set(institutionId, required('next action time', info.nextActionTimes[0] ?? null).getTime());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, bringing));
  if (Date.now() > at) throw new Error('the schedules were not there before their minute');

  const workedAt = await firstPages(models, instants, at + spreadSeconds * 1_000 + LONGEST_MS);
  console.log(await stepsOf(client, models, instants));
  return [...instants].map(([institutionId, instant]) => workedAt.get(institutionId)! - instant);
}

/** Where the small libraries are. */
function localTime(at: Instant): string {
  const zone = zoneOf('America/New_York');
  return timeText((at - startOfDay(zone, localDay(zone, at))) / MINUTE);
}

/** When the first page with loans was recorded, by institution; waits until all their runs are closed well. */
async function firstPages(models: Models, instants: ReadonlyMap<string, Instant>, until: Instant): Promise<Map<string, Instant>> {
  const institutionId = { $in: [...instants.keys()] };
  for (;;) {
    const runs = await models.Run.find({ institutionId }, { status: 1, institutionId: 1 }).lean();
    if (runs.length === instants.size && runs.every(({ status }) => isFinal(status))) {
      const bad = runs.find(({ status }) => status !== 'COMPLETED_SUCCESSFULLY');
      if (bad !== undefined) throw new Error(`the run of ${bad.institutionId} ended ${bad.status}`);
      break;
    }
    if (Date.now() > until) throw new Error(`${runs.filter(({ status }) => isFinal(status)).length} of ${instants.size} runs are closed, and time is up`);
    await pause(1_000);
  }
  const pages = await models.RunBatch.find({ institutionId, 'counters.recordsProcessed': { $gt: 0 } }).sort({ endedAt: -1 }).lean<RunBatch[]>();
  return new Map(pages.map((page) => [page.institutionId, page.endedAt!.getTime()])); // the first of an institution comes last and stays
}
