/**
 * The query plans of the product at size. Nothing lists its queries here: its own processes do their work, and the profiler of the server
 * says how each statement was served. A night of each job, letters that go out, and every page over a library with a past.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { wakeMail } from '../activities/mail/wake.js';
import { startRun } from '../api/operations/start-run.js';
import { now } from '../config/clock.js';
import { environment, required, type Environment } from '../config/environment.js';
import { queues } from '../config/queues.js';
import { zoneOf } from '../domain/days.js';
import { isFinal } from '../domain/run-status.js';
import type { Models } from '../models/models.js';
import type { HistorySize } from './history-library.js';
import { historySeed } from './history-seed.js';
import { writeArchive } from './archive-library.js';
import { writeBlocks } from './blocks-library.js';
import { bringIndexes } from './indexes.js';
import { machine, versions } from './machine.js';
import { institutionId, writeQueue } from './mail-library.js';
import { night } from './demo-library.js';
import { seeded } from './night.js';
import { librarySeed } from './overdue.js';
import type { LibrarySize } from './overdue-library.js';
import { signedIn } from './page-client.js';
import { pagePaths } from './page-paths.js';
import { noEngine, onlyApi, WHO } from './pages.js';
import { excused } from './plan-exceptions.js';
import { judge, type Judged } from './plan-verdict.js';
import { startProfiler, type Profiler, type Statement } from './profiler.js';
import { copyOf, onlyMongodb, withServers, withWorker } from './servers.js';

const LETTERS = 500;
const BLOCKS = 20_000;
/** Loans; of requests as many. */
const ENDED = 30_000;
/** Each page with so many values of its filters: as many as there are categories. */
const SAMPLES = 10;
const LONGEST_MS = 900_000;

const said = (line: string) => console.log(`seeding: ${line}`);

interface Heard {
  /** Statements of one kind: the same fields asked of the same collection, and served the same. */
  kinds: Map<string, Kind>;
  read: Set<string>;
  all: Set<string>;
}
interface Kind extends Judged {
  /** Where it was first heard. */
  what: string;
  times: number;
}

/** Prints a line for each kind of statement. Ends with status 1 where one is not served by its index. */
export async function benchPlans(library: LibrarySize, history: HistorySize): Promise<void> {
  console.log(
    `${library.loans} loans, ${library.overdue} overdue; ${history.runs} runs, ${history.events} events\n${machine()}`,
  );
  const folder = join(environment().dataDir, 'bench');
  const heard: Heard = { kinds: new Map(), read: new Set(), all: new Set() };
  const copy = await copyOf(folder, await seeded(folder, librarySeed(library)));
  // A seed is from another day: the nights since then are nobody's to make up, or the job would begin one of its own.
  await withServers(copy, onlyMongodb, {}, async (_servers, models) => {
    await bringIndexes(models, said);
    await writeBlocks(models, BLOCKS, said);
    await writeArchive(models, ENDED, said);
    await models.ScheduledJob.updateMany({ institutionId }, { $set: { lastOccurrenceAt: now() } });
    const begunByNobody = { active: true, inactiveReason: null, schedule: { kind: 'NONE' } } as const;
    await models.ScheduledJob.updateMany({ institutionId, jobKey: { $in: nights.map(({ jobKey }) => jobKey) }, active: false }, { $set: begunByNobody });
  });
  await withServers(copy, withWorker, {}, (servers, models) => hearNight(servers, models, heard));
  await rm(join(folder, 'at-work'), { recursive: true, force: true });
  await withServers(join(folder, 'at-work'), withWorker, {}, (servers, models) => hearDelivery(servers, models, heard));
  await rm(join(folder, 'at-work'), { recursive: true, force: true });
  await hearPages(history, heard);
  report(heard);
}

/** Of its loans one in twenty-eight is due on the day after. */
const nights: readonly { jobKey: string; asOf: Date }[] = [
  { jobKey: 'loans-overdue-and-lost', asOf: night },
  { jobKey: 'fines-fees-notifications', asOf: night },
  { jobKey: 'notifications-activity-report', asOf: night },
  { jobKey: 'loans-due-date-correction', asOf: night },
  { jobKey: 'email-leganto-notifications', asOf: night },
  { jobKey: 'users-remove-blocks', asOf: night },
  { jobKey: 'fulfillment-historical-archiving', asOf: night },
  { jobKey: 'notifications-courtesy-and-renewals', asOf: night },
  { jobKey: 'notifications-due-date-reminders', asOf: new Date(night.getTime() + 26 * 60 * 60 * 1000) },
];

async function hearNight(servers: Environment, models: Models, heard: Heard): Promise<void> {
  console.log(await versions(models, null));
  const profiler = await startProfiler(models);
  await withEngine(servers, async (client) => {
    const work = nights.flatMap((each) => (['DRY_RUN', 'MANUAL'] as const).map((trigger) => ({ ...each, trigger })));
    for (const { jobKey, asOf, trigger } of work) {
      const job = await models.ScheduledJob.findOne({ institutionId, jobKey }).lean();
      if (job === null) throw new Error(`the library has no scheduled job ${jobKey} to start`);
      const submittedBy = { type: 'USER', id: 'bench', name: 'Bench' } as const;
      const { _id } = await startRun(
        { models, client, now, taskQueue: queues.jobs },
        { institutionId, scheduledJobId: job._id, trigger, submittedBy, asOf },
      );
      await until(`the ${trigger} of ${jobKey} is closed`, async () => {
        const run = await models.Run.findOne({ institutionId, _id }, { status: 1 }).lean();
        return run !== null && isFinal(run.status);
      });
      keep(heard, `${trigger === 'DRY_RUN' ? 'preview' : 'night'} of ${jobKey}`, await profiler.look());
    }
  });
  await keepIndexes(heard, profiler);
}

async function hearDelivery(servers: Environment, models: Models, heard: Heard): Promise<void> {
  await writeQueue(models, LETTERS, said);
  const profiler = await startProfiler(models);
  await withEngine(servers, async (client) => {
    await wakeMail(client, institutionId, queues.jobs);
    await until(
      'the letters have left',
      async () =>
        (await models.Letter.findOne({ institutionId, state: { $in: ['QUEUED', 'SENDING'] } }, { _id: 1 }).lean()) ===
        null,
    );
  });
  keep(heard, 'delivery', await profiler.look());
  await keepIndexes(heard, profiler);
}

async function hearPages(history: HistorySize, heard: Heard): Promise<void> {
  const { folder, at } = await historySeed(history);
  await withServers(folder, onlyApi, noEngine, async ({ publicUrl }, models) => {
    const paths = await pagePaths(models, zoneOf('America/New_York'), at);
    paths.set('Home', () => '/');
    const profiler = await startProfiler(models);
    const { open, leave } = await signedIn(publicUrl, WHO);
    for (const [page, pathOf] of paths) {
      for (let sample = 0; sample < SAMPLES; sample += 1) {
        const { text } = await open(pathOf(sample));
        const next = sample === 0 ? /href="([^"]*[?&](?:amp;)?cursor=[^"]*)"/.exec(text)?.[1] : undefined;
        if (next !== undefined) await open(next.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
      }
      keep(heard, page, await profiler.look());
    }
    leave();
    await keepIndexes(heard, profiler);
  });
}

async function withEngine(servers: Environment, work: (client: Client) => Promise<void>): Promise<void> {
  const { connectionOptions, namespace } = required('TEMPORAL_ADDRESS', servers.temporal);
  const connection = await Connection.connect(connectionOptions);
  try {
    await work(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const startedAt = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedAt > LONGEST_MS) throw new Error(`${LONGEST_MS / 1000} s passed before ${what}`);
    await pause(200);
  }
}

/** Of each kind the worst statement is kept. */
function keep({ kinds }: Heard, what: string, statements: readonly Statement[]): void {
  for (const judged of statements.map(judge)) {
    if (judged === null) continue;
    const kind = `${judged.collection} ${judged.asked} ${judged.plan}`;
    const known = kinds.get(kind);
    const worse = known === undefined || judged.keys - judged.found > known.keys - known.found;
    const times = (known?.times ?? 0) + 1;
    kinds.set(kind, {
      ...(worse ? judged : known),
      what: known?.what ?? what,
      times,
      fault: judged.fault ?? known?.fault ?? null,
    });
  }
}

async function keepIndexes({ read, all }: Heard, profiler: Profiler): Promise<void> {
  const indexes = await profiler.indexes();
  for (const index of indexes.read) read.add(index);
  for (const index of indexes.all) all.add(index);
}

function report({ kinds, read, all }: Heard): void {
  const sorted = [...kinds.values()].sort((a, b) =>
    a.collection < b.collection ? -1 : a.collection > b.collection ? 1 : b.times - a.times,
  );
  let faults = 0;
  for (const kind of sorted) {
    const reason = kind.fault === null ? null : excused(kind);
    if (kind.fault !== null && reason === null) faults += 1;
    const verdict =
      kind.fault === null ? 'good' : reason === null ? `FAULT: ${kind.fault}` : `${kind.fault}, excused: ${reason}`;
    console.log(
      `${kind.collection}: ${kind.asked}\n    ${kind.plan}\n    ${kind.keys} keys for ${kind.found} at worst, ${kind.times} times, first by: ${kind.what}; ${verdict}`,
    );
  }
  const unread = [...all].filter((index) => !read.has(index) && !index.endsWith(': _id_')).sort();
  console.log(`\nIndexes that nothing read here (a unique one still guards):\n  ${unread.join('\n  ')}`);
  console.log(`\n${sorted.length} kinds of statements, ${faults} of them not served by an index`);
  if (faults > 0) process.exitCode = 1;
}
