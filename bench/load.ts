/**
 * `almanac load loans` at size, into an empty collection and then once more without changes, on a real store; beside a bare script that reads and
 * writes the same (bench/load-bare.ts). Medians of several rounds, each on a fresh copy of the seed.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { environment, required } from '../config/environment.js';
import { median } from '../domain/run-status.js';
import type { Models } from '../models/models.js';
import { bareLoad } from './load-bare.js';
import { institutionId, writeLoadable } from './load-library.js';
import { machine, versions } from './machine.js';
import { copyOf, onlyMongodb, peakOf, processorSeconds, processorTime, withServers } from './servers.js';

/** In the name of the seed's folder; to be raised when `writeLoadable` writes something else. */
const SEED = 1;
const PASSES = ['the first time', 'again'] as const;
const LOOK_EVERY_MS = 100;

interface Pass {
  seconds: number;
  /** Processor seconds by process; where the system does not tell, of those that it tells. */
  processor: string;
  /** Largest resident size, megabytes; null where the system does not tell. */
  memory: number | null;
}
type Loading = (mongodbUri: string) => Promise<Omit<Pass, 'processor'> & { own: number }>;

/** Prints each round, then the medians and their ratio. Throws when both did not write the same. */
export async function benchLoad(lines: number, rounds: number): Promise<void> {
  const folder = join(environment().dataDir, 'bench');
  console.log(`${lines} lines\n${machine()}`);
  const seed = await seeded(folder, lines);
  const file = join(seed, 'loans.ndjson');
  const rates = PASSES.map(() => ({ ours: [] as number[], scripts: [] as number[] }));
  for (let round = 1; round <= rounds; round += 1) {
    const ours = await passes(await copyOf(folder, seed), lines, (uri) => byCommand(join(folder, 'command'), uri, file, lines));
    const script = await passes(await copyOf(folder, seed), lines, (uri) => byScript(uri, file));
    if (round === 1) console.log(ours.versions);
    for (const [index, pass] of PASSES.entries()) {
      console.log(`round ${round}, ${pass}: Almanac ${told(ours.passes[index]!, lines)}`);
      console.log(`  the script ${told(script.passes[index]!, lines)}`);
      rates[index]!.ours.push(lines / ours.passes[index]!.seconds);
      rates[index]!.scripts.push(lines / script.passes[index]!.seconds);
    }
  }
  await rm(join(folder, 'at-work'), { recursive: true, force: true });
  for (const [index, pass] of PASSES.entries()) {
    const [ours, scripts] = [median(rates[index]!.ours), median(rates[index]!.scripts)];
    console.log(`median of ${rounds}, ${pass}: Almanac ${rate(ours)}, script ${rate(scripts)}, ratio ${(ours / scripts).toFixed(2)}`);
  }
}

const rate = (lines: number) => `${Math.round(lines)} documents/s`;
const told = ({ seconds, processor, memory }: Pass, lines: number) =>
  `${rate(lines / seconds)} (${seconds.toFixed(1)} s; at most ${memory ?? '?'} MB; processor time: ${processor})`;

async function seeded(folder: string, lines: number): Promise<string> {
  const seed = join(folder, `load-${SEED}-${lines}`);
  if (existsSync(join(seed, 'seeded'))) return seed;
  await rm(seed, { recursive: true, force: true });
  await withServers(seed, onlyMongodb, {}, (_servers, models) =>
    writeLoadable(models, lines, join(seed, 'loans.ndjson'), (line) => console.log(`seeding: ${line}`)));
  await writeFile(join(seed, 'seeded'), '');
  return seed;
}

function passes(folder: string, lines: number, load: Loading): Promise<{ passes: Pass[]; versions: string }> {
  return withServers(folder, onlyMongodb, {}, async (servers, models) => {
    const done: Pass[] = [];
    for (const pass of PASSES) {
      const before = await processorTime(folder);
      const { own, ...measured } = await load(required('MONGODB_URI', servers.mongodbUri));
      const others = [...(await processorTime(folder))].map(([name, used]) => `${name} ${(used - (before.get(name) ?? 0)).toFixed(1)} s`);
      done.push({ ...measured, processor: [`own ${own.toFixed(1)} s`, ...others].join(', ') });
      await expectLoaded(models, lines, pass);
    }
    return { passes: done, versions: await versions(models, null) };
  });
}

/** Every loan there once and never changed since; every item changed once, and naming a loan. */
async function expectLoaded(models: Models, lines: number, pass: string): Promise<void> {
  const loans = await models.Loan.countDocuments({ institutionId, status: 'ACTIVE', version: 1 });
  const items = await models.Item.countDocuments({ institutionId, version: 2, baseStatus: 'NOT_IN_PLACE', processType: 'LOAN', currentLoanId: { $ne: null } });
  if (loans !== lines || items !== lines) throw new Error(`loaded ${pass}, there are ${loans} loans and ${items} items on loan instead of ${lines}`);
}

const loadReport = z.object({ lines: z.number(), refused: z.number() });

/** From the start of the process to its end. */
async function byCommand(dataDir: string, mongodbUri: string, file: string, lines: number): ReturnType<Loading> {
  const { PATH = '', HOME = '', ALMANAC_CACHE_DIR = '', NODE_OPTIONS = '' } = environment().variables;
  const variables = { PATH, HOME, ALMANAC_CACHE_DIR, NODE_OPTIONS, DATA_DIR: dataDir, MONGODB_URI: mongodbUri };
  const almanac = fileURLToPath(new URL('../bin/almanac.mjs', import.meta.url));
  const startedAt = performance.now();
  let [own, memory]: [number, number | null] = [0, null];
  const answer = await new Promise<string>((done, failed) => {
    const child = execFile(process.execPath, [almanac, 'load', 'loans', file, '--institution', institutionId, '--json'], { env: variables }, (error, stdout) => {
      clearInterval(looking);
      if (error === null) done(stdout);
      else failed(error);
    });
    const looking = setInterval(() => {
      const { pid = 0 } = child;
      void Promise.all([processorSeconds(pid), peakOf(pid)]).then((seen) => [own, memory] = [seen[0] ?? own, seen[1] ?? memory]);
    }, LOOK_EVERY_MS);
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const report = loadReport.parse(JSON.parse(answer));
  if (report.lines !== lines || report.refused > 0) throw new Error(`of ${report.lines} lines ${report.refused} were refused`);
  return { seconds, own, memory };
}

/** In this process, whose size says nothing of the script's. */
async function byScript(mongodbUri: string, file: string): ReturnType<Loading> {
  const before = process.cpuUsage();
  const seconds = await bareLoad(mongodbUri, file);
  const { user, system } = process.cpuUsage(before);
  return { seconds, own: (user + system) / 1e6, memory: null };
}
