/**
 * A night's letters at size: 60,000 rendered, composed, handed to a mail server on loopback, every state recorded; beside a bare pool
 * of nodemailer that is handed letters already rendered, composes them and sends them, and records nothing.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { wakeMail } from '../activities/mail/wake.js';
import { CONNECTIONS } from '../activities/mail/transporters.js';
import { environment } from '../config/environment.js';
import { queues } from '../config/queues.js';
import { median } from '../domain/run-status.js';
import type { LetterContent } from '../models/letter.js';
import type { Models } from '../models/models.js';
import { institutionId, writeQueue } from './mail-library.js';
import { machine, versions } from './machine.js';
import { copyOf, onlyMongodb, processorTime, usedSince, withClient, withServers, withWorker, workersPeak } from './servers.js';

const SEED = 1;
/** Rendered letters that the bare pool sends over and over, each time to another reader. */
const RENDERED = 1_000;
const LONGEST_MS = 600_000;

interface Round {
  seconds: number;
  memory: number | null;
  processor: string;
  versions: string;
  contents: LetterContent[];
}

export async function benchMail(letters: number, rounds: number): Promise<void> {
  const folder = join(environment().dataDir, 'bench');
  console.log(`${letters} letters\n${machine()}`);
  const seed = join(folder, `mail-${SEED}-${letters}`);
  if (!existsSync(join(seed, 'seeded'))) {
    await rm(seed, { recursive: true, force: true });
    await withServers(seed, onlyMongodb, {}, (_servers, models) => writeQueue(models, letters, (line) => console.log(`seeding: ${line}`)));
    await writeFile(join(seed, 'seeded'), '');
  }
  const ours: number[] = [];
  const pools: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const sink = await startSink();
    try {
      const { seconds, memory, processor, versions, contents } = await ourRound(await copyOf(folder, seed), letters, sink.url);
      const taken = await sink.taken();
      if (taken !== letters) throw new Error(`the mail server took ${taken} letters of ${letters}`);
      const own = process.cpuUsage();
      const pool = await barePool(contents, letters, sink.url);
      const { user, system } = process.cpuUsage(own);
      if ((await sink.taken()) !== 2 * letters) throw new Error('the mail server did not take all letters of the bare pool');
      if (round === 1) console.log(versions);
      console.log(`round ${round}: Almanac ${rate(letters / seconds)} (${seconds.toFixed(1)} s, worker at most ${memory ?? '?'} MB), bare pool ${rate(letters / pool)} (${pool.toFixed(1)} s)`);
      console.log(`  processor time: Almanac's ${processor}; the pool ${((user + system) / 1e6).toFixed(1)} s`);
      ours.push(letters / seconds);
      pools.push(letters / pool);
    } finally {
      sink.stop();
    }
  }
  await rm(join(folder, 'at-work'), { recursive: true, force: true });
  console.log(`median of ${rounds}: Almanac ${rate(median(ours))}, bare pool ${rate(median(pools))}, ratio ${(median(ours) / median(pools)).toFixed(2)}`);
}

const rate = (letters: number) => `${Math.round(letters)} letters/s`;

/** From the signal that there are letters until the last state is recorded; Almanac's own processes are up by then. */
function ourRound(folder: string, letters: number, smtpUrl: string): Promise<Round> {
  return withServers(folder, withWorker, { SMTP_URL: smtpUrl }, (servers, models) =>
    withClient(servers, async (client, connection) => {
      const before = await processorTime(folder);
      const startedAt = performance.now();
      await wakeMail(client, institutionId, queues.jobs);
      while ((await waiting(models)) > 0) {
        if (performance.now() - startedAt > LONGEST_MS) throw new Error(`letters still wait after ${LONGEST_MS / 1000} s`);
        await pause(100);
      }
      const seconds = (performance.now() - startedAt) / 1000;
      const processor = usedSince(before, await processorTime(folder));
      const sent = await models.Letter.countDocuments({ institutionId, state: 'SENT', attempts: { $size: 1 }, 'attempts.outcome': 'ACCEPTED' });
      if (sent !== letters) throw new Error(`${sent} letters of ${letters} are recorded as sent at the first attempt`);
      const contents = await models.LetterContent.find({ institutionId }).limit(RENDERED).lean<LetterContent[]>();
      return { seconds, processor, memory: await workersPeak(folder), versions: await versions(models, connection), contents };
    }));
}

/** Of a look at one letter the database hardly knows; a count would read them all. */
async function waiting(models: Models): Promise<number> {
  const found = await Promise.all((['QUEUED', 'SENDING'] as const).map((state) => models.Letter.findOne({ institutionId, state }, { _id: 1 }).lean()));
  return found.filter((letter) => letter !== null).length;
}

/** Seconds. */
async function barePool(contents: LetterContent[], letters: number, smtpUrl: string): Promise<number> {
  const mail = createTransport({ url: smtpUrl, pool: true, maxConnections: CONNECTIONS, maxMessages: Infinity });
  let next = 0;
  const startedAt = performance.now();
  const sending = async () => {
    while (next < letters) {
      const number = next++;
      const { subject, text, html } = contents[number % contents.length]!;
      await mail.sendMail({
        from: 'Almanac <almanac@localhost>', to: { name: 'Bench', address: `bench${number}@patrons.example` }, subject, text, html: html ?? '',
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All', 'Content-Language': 'en' }, messageId: `<${number}@localhost>`, xMailer: false,
      });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sending));
  mail.close();
  return (performance.now() - startedAt) / 1000;
}

const told = z.object({ port: z.number().optional(), letters: z.number().optional() });

async function startSink(): Promise<{ url: string; taken: () => Promise<number>; stop: () => void }> {
  const child = fork(join(import.meta.dirname, '../bin/source.mjs'), [join(import.meta.dirname, 'mail-sink.ts')]);
  const { port } = await answerOf(child);
  return {
    url: `smtp://127.0.0.1:${port}`,
    taken: async () => {
      child.send('taken?');
      return (await answerOf(child)).letters ?? 0;
    },
    stop: () => child.disconnect(),
  };
}

const answerOf = async (child: ChildProcess) => told.parse(((await once(child, 'message')) as unknown[])[0]);
