/**
 * The schedules of sixty institutions that all fire at one minute: made by the house's own reconciliation, looked through once more, and
 * started under the default start spread, with workflows that do nothing.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { jobOf } from '../catalogue/jobs.js';
import { now } from '../config/clock.js';
import { environment, required } from '../config/environment.js';
import { zoneOf, type Instant } from '../domain/days.js';
import { timeText } from '../domain/schedule.js';
import { newId } from '../models/document.js';
import { registerSearchAttributes } from '../worker/register-search-attributes.js';
import { desiredSchedule, type DesiredSchedule } from '../worker/schedules/desired.js';
import { reconcile } from '../worker/schedules/reconcile.js';
import { machine, versions } from './machine.js';
import { withOwnWorker } from './own-worker.js';
import { percentile } from './percentile.js';
import { onlyEngine, processorTime, usedSince, withClient, withServers } from './servers.js';

const INSTITUTIONS = 60;
const JOBS = 75;
const JOB = 'loans-overdue-and-lost';
const SPREAD_SECONDS = 120;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** So long the making may take: the minute at which all fire is told before. */
const MAKING_MS = 3 * MINUTE;
/** After so long without a start there comes none any more. */
const SILENCE_MS = 30_000;
/** Of processor time in a second: an engine that has nothing to do. */
const IDLE = 0.1;
const taskQueue = 'nothing';

/** Prints how long the making, a second look and the starts took, and how late they were. */
export async function benchSchedules(): Promise<void> {
  const folder = join(environment().dataDir, 'bench', 'schedules');
  await rm(folder, { recursive: true, force: true });
  console.log(`${INSTITUTIONS} institutions × ${JOBS} schedules\n${machine()}`);
  await withServers(folder, onlyEngine, {}, (servers, models) =>
    withClient(servers, async (client, connection) => {
      console.log(await versions(models, connection));
      await registerSearchAttributes(connection, client.options.namespace);
      const at = Math.ceil((Date.now() + MAKING_MS) / MINUTE) * MINUTE;
      const desired = desiredAt(at);
      console.log(await timed(folder, 'first pass', () => pass(client, desired)));
      console.log(await timed(folder, 'until the engine has looked at them', () => idle(folder, at)));
      console.log(await timed(folder, 'second pass', () => pass(client, desired)));
      if (Date.now() > at) throw new Error('the schedules were not there before their minute');
      const instants = await nextTimes(client);
      await withOwnWorker(servers, { taskQueue, workflows: 'nothing-workflow.ts', activities: {} }, async () => {
        await pause(at - Date.now());
        console.log(await timed(folder, 'from their minute to the last start', () => allStarted(client, desired.length)));
      });
      report(await startsOf(client), instants, await nextTimes(client), at);
    }),
  );
  await rm(folder, { recursive: true, force: true });
}

function desiredAt(at: Instant): DesiredSchedule[] {
  const time = timeText((at % DAY) / MINUTE);
  return Array.from({ length: INSTITUTIONS * JOBS }, (_, number) => {
    const institutionId = `lib${number % INSTITUTIONS}`;
    const job = {
      _id: newId(), institutionId, jobKey: JOB, profileId: null, category: 'FULFILLMENT', name: jobOf(JOB).name, active: true,
      inactiveReason: null, schedule: { kind: 'DAILY', times: [time] }, lastOccurrenceAt: null,
    } as const;
    const desired = desiredSchedule(job, { timeZone: zoneOf('UTC').timeZone }, jobOf(JOB), { startSpreadSeconds: SPREAD_SECONDS, taskQueue, now });
    return required('schedule', desired);
  });
}

/** What the pass did, in words. */
async function pass(client: Client, desired: readonly DesiredSchedule[]): Promise<string> {
  const { created, updated, unchanged, healed, failed } = await reconcile(client, desired, { institutionId: null });
  const [first] = failed;
  const why = first === undefined ? '' : `, the first ${first.id}: ${String(first.error)}`;
  return `${created.length} made, ${updated.length + healed.length} changed, ${unchanged} as they should be, ${failed.length} failed${why}`;
}

/** It makes a schedule and looks at it later: one whose time goes by meanwhile waits for the next day. */
async function idle(folder: string, until: Instant): Promise<string> {
  while (Date.now() < until) {
    const before = (await processorTime(folder)).get('temporal') ?? 0;
    await pause(2_000);
    if (((await processorTime(folder)).get('temporal') ?? 0) - before < 2 * IDLE) return 'it rests';
  }
  return 'it did not come to rest';
}

/** When each fires next, the spread included. */
async function nextTimes(client: Client): Promise<Map<string, Instant>> {
  const instants = new Map<string, Instant>();
  for await (const { scheduleId, info } of client.schedule.list({ pageSize: 1_000 })) {
    instants.set(scheduleId, required('next action time', info.nextActionTimes[0] ?? null).getTime());
  }
  return instants;
}

async function allStarted(client: Client, expected: number): Promise<string> {
  let started = 0;
  let changedAt = Date.now();
  while (started < expected && Date.now() - changedAt < SILENCE_MS) {
    await pause(1_000);
    const { count } = await client.workflow.count(`WorkflowType = '${JOB}'`);
    if (count > started) changedAt = Date.now();
    started = count;
  }
  return `${started} of ${expected} started`;
}

/** When each schedule's workflow began. */
async function startsOf(client: Client): Promise<Map<string, Instant>> {
  const starts = new Map<string, Instant>();
  for await (const { workflowId, startTime } of client.workflow.list({ query: `WorkflowType = '${JOB}'`, pageSize: 1_000 })) {
    starts.set(workflowId.slice(0, -'-2026-01-01T00:00:00Z'.length), startTime.getTime());
  }
  return starts;
}

function report(starts: ReadonlyMap<string, Instant>, instants: ReadonlyMap<string, Instant>, next: ReadonlyMap<string, Instant>, at: Instant): void {
  const seconds = (values: readonly number[]) => [0, 50, 95, 100].map((percent) => `p${percent} ${(percentile(values, percent) / 1_000).toFixed(1)} s`).join(', ');
  const sinceMinute = [...starts.values()].map((start) => start - at);
  const late = [...starts].map(([id, start]) => start - required(id, instants.get(id) ?? null));
  const bySecond = new Map<number, number>();
  for (const start of sinceMinute) bySecond.set(Math.floor(start / 1_000), (bySecond.get(Math.floor(start / 1_000)) ?? 0) + 1);
  console.log(`started after their minute: ${seconds(sinceMinute)}`);
  console.log(`behind their own instant, the spread included: ${seconds(late)}`);
  const passedBy = [...next].filter(([id, time]) => !starts.has(id) && time > at + DAY / 2);
  console.log(`not started, and next tomorrow: ${passedBy.length}`);
  console.log(`starts in a second: ${percentile([...bySecond.values()], 50)} in the middle, ${Math.max(...bySecond.values())} at most`);
}

async function timed(folder: string, what: string, work: () => Promise<string>): Promise<string> {
  const before = await processorTime(folder);
  const startedAt = performance.now();
  const came = await work();
  const seconds = (performance.now() - startedAt) / 1_000;
  return `${what}: ${seconds.toFixed(1)} s (processor: ${usedSince(before, await processorTime(folder))}); ${came}`;
}
