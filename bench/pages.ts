/**
 * How long a page takes to its first byte over a library with a past, at twenty requests a second, sign-in included: the API is a
 * process of its own, the pages come mixed and each time with other values, and who is slow keeps nobody from asking.
 */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { api } from '../cli/stack/own-processes.js';
import { zoneOf } from '../domain/days.js';
import { median } from '../domain/run-status.js';
import type { HistorySize } from './history-library.js';
import { historySeed } from './history-seed.js';
import { machine, versions } from './machine.js';
import { signedIn, type Open } from './page-client.js';
import { pagePaths, type PathOf } from './page-paths.js';
import { percentile } from './percentile.js';
import { withServers } from './servers.js';

const PER_SECOND = 20;
const GOAL_MS = 15;
/** How often each page is asked for in a round, and before the first one. */
const SAMPLES = 20;
const BEFORE = 5;
/** Nothing answers there: of the pages none asks the engine. */
export const noEngine = { TEMPORAL_ADDRESS: '127.0.0.1:9' };
export const onlyApi = { temporal: false, mail: false, processes: [api] };
/** Sees every category, all letters and whom they are for. */
export const WHO = 'general-system-administrator';

/** Prints a line a page. Ends with status 1 where one misses the goal. */
export async function benchPages(size: HistorySize, rounds: number): Promise<void> {
  console.log(`${size.runs} runs, ${size.events} events, ${PER_SECOND} requests/s\n${machine()}`);
  const { folder, at } = await historySeed(size);
  await readThrough(join(folder, 'mongo'));
  await withServers(folder, onlyApi, noEngine, async ({ publicUrl }, models) => {
    console.log(await versions(models, null));
    const paths = await pagePaths(models, zoneOf('America/New_York'), at);
    const { open, leave } = await signedIn(publicUrl, WHO);
    await asked(open, paths, BEFORE);
    const measured: Map<string, number[]>[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const times = await asked(open, paths, SAMPLES);
      measured.push(times);
      console.log(`round ${round}: p95 of all ${percentile([...times.values()].flat(), 95).toFixed(1)} ms`);
    }
    leave();
    report(measured);
  });
}

/** Once, so that the system has in memory what it has where the server has been up for a day; the server's own cache is a quarter of it. */
async function readThrough(store: string): Promise<void> {
  for (const file of await readdir(store)) {
    if (!file.endsWith('.wt')) continue;
    for await (const _chunk of createReadStream(join(store, file), { highWaterMark: 4 * 1024 * 1024 }));
  }
}

/** Milliseconds by page. */
async function asked(open: Open, paths: ReadonlyMap<string, PathOf>, samples: number): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>([...paths.keys()].map((page) => [page, []]));
  const asking: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let sample = 0; sample < samples; sample += 1) {
    for (const [page, pathOf] of paths) {
      await pause(Math.max(0, startedAt + (asking.length * 1_000) / PER_SECOND - performance.now()));
      const path = pathOf(sample);
      const answered = open(path).then(({ status, ms }) => {
        if (status !== 200) throw new Error(`${path} was answered with ${status}`);
        times.get(page)?.push(ms);
      });
      answered.catch(() => undefined); // told below, with all
      asking.push(answered);
    }
  }
  await Promise.all(asking);
  return times;
}

/** Medians of the rounds' percentiles. */
function report(rounds: readonly Map<string, number[]>[]): void {
  const of = (page: string, percent: number) =>
    median(rounds.map((times) => percentile(times.get(page) ?? [], percent)));
  const pages = [...(rounds[0]?.keys() ?? [])];
  const missed = pages.filter((page) => of(page, 95) > GOAL_MS);
  console.log(
    `\n${'page'.padEnd(32)}${['p50', 'p95', 'p99'].map((head) => head.padStart(9)).join('')}  ms, median of ${rounds.length} rounds`,
  );
  for (const page of pages) {
    const figures = [50, 95, 99].map((percent) => of(page, percent).toFixed(1).padStart(9));
    console.log(`${page.padEnd(32)}${figures.join('')}${missed.includes(page) ? '  missed' : ''}`);
  }
  console.log(`\n${pages.length - missed.length} of ${pages.length} pages within ${GOAL_MS} ms at the 95th percentile`);
  if (missed.length > 0) process.exitCode = 1;
}
