/**
 * The data folder of an installation: who works on it, what a killed start left running, and beginning anew.
 *
 * Two stacks on one folder would ruin it: a second Temporal server on the same file does start and both then fail
 * (engine.md 5.2). So `almanac.pid` holds the process that works here; one that is gone is replaced.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { link, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { hasCode } from '../error-code.js';
import type { Report } from '../servers/find.js';
import { end, isAlive, processRecord, recordOf, type ProcessRecord } from './processes.js';

export class FolderTaken extends Error {
  constructor(folder: string, { name, pid }: ProcessRecord) {
    super(`Another process works on ${folder}: ${name}, process ${pid}. End it first, or take another folder with DATA_DIR.`);
    this.name = 'FolderTaken';
  }
}

/** From reading a record to removing it is a millisecond; on a busy machine some. */
const OTHERS_HAVE_SEEN_MS = 250;

const pidFile = (folder: string) => join(folder, 'almanac.pid');
const childrenFile = (folder: string) => join(folder, 'children.json');

/** Takes the folder for this process; throws `FolderTaken`. Returns what gives it back. */
export async function claim(folder: string, commandLine: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const mine = `${pidFile(folder)}.${process.pid}`;
  await writeFile(mine, JSON.stringify(await recordOf(commandLine, process.pid)));
  let replaced = false;
  try {
    // A link appears with its whole content or not at all, so nobody reads half a record.
    while (await link(mine, pidFile(folder)).then(() => false, isExisting)) {
      const owner = await ownerOf(folder);
      if (owner !== null) throw new FolderTaken(folder, owner);
      await rm(pidFile(folder), { force: true });
      replaced = true;
    }
  } finally {
    await rm(mine);
  }
  if (replaced) await expectStillTaken(folder);
  return () => rm(pidFile(folder), { force: true });
}

/** Of several starts that find the same dead owner, one may remove the record of another for it: the last has the folder. */
async function expectStillTaken(folder: string): Promise<void> {
  await pause(OTHERS_HAVE_SEEN_MS);
  const owner = await ownerOf(folder);
  if (owner !== null && owner.pid !== process.pid) throw new FolderTaken(folder, owner);
}

/** The living process that works on the folder, or null. */
export async function ownerOf(folder: string): Promise<ProcessRecord | null> {
  const record = await readRecord(pidFile(folder), processRecord);
  return record !== null && (await isAlive(record)) ? record : null;
}

/** Writes down which servers run on the folder, for the start after a kill; at once, because several start together. */
export function noteChildren(folder: string, children: ProcessRecord[]): void {
  writeFileSync(`${childrenFile(folder)}.part`, JSON.stringify(children));
  renameSync(`${childrenFile(folder)}.part`, childrenFile(folder));
}

/** Ends the servers of a start that was killed. They hold the folder's files open. */
export async function endLeftovers(folder: string, report: Report): Promise<void> {
  for (const record of (await readRecord(childrenFile(folder), z.array(processRecord))) ?? []) {
    if (!(await isAlive(record))) continue;
    report(`Ending ${record.name} (process ${record.pid}), left by a start that was killed.`);
    await end(record);
  }
  await rm(childrenFile(folder), { force: true });
}

/** Removes what an installation keeps there, and nothing of a folder that never was one. */
export async function empty(folder: string): Promise<void> {
  const entries = await readdir(folder);
  const ours = entries.includes('mongo') || entries.every((name) => name === 'almanac.pid');
  if (!ours) throw new Error(`${folder} holds no installation of Almanac, so it is not emptied.`);
  for (const name of entries) {
    if (name !== 'almanac.pid') await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Null when the file is not there or cut off by a kill. */
export async function readRecord<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function isExisting(error: unknown): true {
  if (hasCode(error, 'EEXIST')) return true;
  throw error;
}
