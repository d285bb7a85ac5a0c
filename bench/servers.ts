/** Servers for a measurement, whatever addresses the environment names. */
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { worker } from '../cli/stack/own-processes.js';
import { processRecord } from '../cli/stack/processes.js';
import { startStack, type StackOptions } from '../cli/stack/stack.js';
import { now } from '../config/clock.js';
import { environment, readEnvironment, required, type Environment } from '../config/environment.js';
import { connectToMongo } from '../models/connect.js';
import { createModels, type Models } from '../models/models.js';

export const onlyMongodb = { temporal: false, mail: false, processes: [] } satisfies StackOptions['parts'];
export const onlyEngine = { temporal: true, mail: false, processes: [] } satisfies StackOptions['parts'];
export const withWorker = { temporal: true, mail: true, processes: [worker] } satisfies StackOptions['parts'];

/** Starts the servers on a folder, works, and stops them. `settings` go before what the environment would say. */
export async function withServers<T>(
  folder: string,
  parts: StackOptions['parts'],
  settings: Record<string, string>,
  work: (servers: Environment, models: Models) => Promise<T>,
): Promise<T> {
  const { PATH = '', HOME = '', ALMANAC_CACHE_DIR = '', NODE_OPTIONS = '' } = environment().variables;
  const stack = await startStack({
    environment: readEnvironment({
      PATH,
      HOME,
      ALMANAC_CACHE_DIR,
      NODE_OPTIONS,
      DATA_DIR: folder,
      LOG_LEVEL: 'warn',
      ...settings,
    }),
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

/** A client of their engine, for as long as the work takes. */
export async function withClient<T>(servers: Environment, work: (client: Client, connection: Connection) => Promise<T>): Promise<T> {
  const { connectionOptions, namespace } = required('TEMPORAL_ADDRESS', servers.temporal);
  const connection = await Connection.connect(connectionOptions);
  try {
    return await work(new Client({ connection, namespace }), connection);
  } finally {
    await connection.close();
  }
}

/** Largest resident size of the worker so far, megabytes; null where the system does not tell. */
export async function workersPeak(folder: string): Promise<number | null> {
  const pid = (await children(folder)).find(({ name }) => name === worker.name)?.pid;
  return pid === undefined ? null : peakOf(pid);
}

/** Largest resident size of a process so far, megabytes; null where the system does not tell. */
export async function peakOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /VmHWM:\s+(\d+)/.exec(status)?.[1];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
}

/** Seconds of processor time that each server has used so far, by its name; empty where the system does not tell. */
export async function processorTime(folder: string): Promise<Map<string, number>> {
  const used = new Map<string, number>();
  for (const { name, pid } of await children(folder)) {
    const seconds = await processorSeconds(pid);
    if (seconds !== null) used.set(name, seconds);
  }
  return used;
}

/** Seconds of processor time that a process has used so far; null where the system does not tell. */
export async function processorSeconds(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // After the command's name in brackets: fields 14 and 15, in hundredths of a second.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Each server's processor time between the two, in words. */
export function usedSince(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string {
  return [...after].map(([name, used]) => `${name} ${(used - (before.get(name) ?? 0)).toFixed(1)} s`).join(', ');
}

const children = async (folder: string) =>
  processRecord.array().parse(JSON.parse(await readFile(join(folder, 'children.json'), 'utf8')));

/** A fresh copy of a seed's store, which the measurement may change; an earlier copy goes. */
export async function copyOf(folder: string, seed: string): Promise<string> {
  const copy = join(folder, 'at-work');
  await rm(copy, { recursive: true, force: true });
  await mkdir(copy, { recursive: true });
  await cp(join(seed, 'mongo'), join(copy, 'mongo'), { recursive: true });
  return copy;
}
