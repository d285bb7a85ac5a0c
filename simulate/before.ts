/** The store as it was before a night, its files as they lay: a life that ended goes on from there, and a night can be lived through again alone. */
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { endLeftovers } from '../cli/stack/folder.js';
import type { Models } from '../models/models.js';

const stateSchema = z.object({
  night: z.int(),
  /** Nights in a row before it in which nothing ran. */
  missed: z.int(),
  seed: z.int(),
  users: z.int(),
  loans: z.int(),
});
export type State = z.output<typeof stateSchema>;

const keptIn = (folder: string) => join(folder, 'before');
const STATE = 'state.json';
/** What the server measures of itself: it writes that while everything else stands still. */
const MEASURED = 'diagnostic.data';

/** A night that was kept before goes once this one is whole. `folder`: of the servers. */
export async function keepBefore(models: Models, folder: string, state: State): Promise<void> {
  const kept = keptIn(folder);
  const [now, part] = [join(kept, String(state.night)), join(kept, 'part')];
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  const server = models.Run.db.getClient().db('admin');
  await server.command({ fsync: 1, lock: true });
  try {
    await cp(join(folder, 'mongo'), join(part, 'mongo'), { recursive: true, filter: (path) => basename(path) !== MEASURED });
  } finally {
    await server.command({ fsyncUnlock: 1 });
  }
  await writeFile(join(part, STATE), JSON.stringify(state));
  await rm(now, { recursive: true, force: true });
  await rename(part, now);
  for (const other of await readdir(kept)) if (other !== basename(now)) await rm(join(kept, other), { recursive: true });
}

/** Puts the latest back where the servers will start on it, and answers which night it stands before; null: none was kept. */
export async function restoreBefore(folder: string): Promise<State | null> {
  const kept = keptIn(folder);
  const nights = (await readdir(kept).catch(() => [])).map(Number).filter((night) => !Number.isNaN(night));
  if (nights.length === 0) return null;
  const latest = join(kept, String(Math.max(...nights)));
  await endLeftovers(folder, () => undefined);
  await rm(join(folder, 'mongo'), { recursive: true, force: true });
  await cp(join(latest, 'mongo'), join(folder, 'mongo'), { recursive: true });
  return stateSchema.parse(JSON.parse(await readFile(join(latest, STATE), 'utf8')));
}
