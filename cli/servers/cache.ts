/**
 * Executables fetched before: one folder of the user for all clones, named by version, each beside its SHA-256.
 *
 * The record is written last, so a file that was broken off has none. The hash of a file is compared again when its size
 * or its time is not the recorded one: two servers are 300 MB, which takes a second to hash.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hasCode } from '../error-code.js';
import type { Environment } from '../../config/environment.js';

export function cacheFolder({ servers }: Environment): string {
  if (servers.cacheDir !== null) return servers.cacheDir;
  if (servers.xdgCacheHome !== null) return join(servers.xdgCacheHome, 'almanac');
  if (process.platform === 'win32') return join(servers.localAppData ?? homedir(), 'almanac', 'cache');
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches', 'almanac') : join(homedir(), '.cache', 'almanac');
}

/** The executable, or null when it is not there or not what was kept. */
export async function cached(folder: string, name: string, version: string): Promise<string | null> {
  const executable = placeOf(folder, name, version);
  const record = await readFile(recordOf(executable), 'utf8').catch(() => null);
  if (record === null) return null;
  const [hash = ''] = record.split(' ');
  if (record === (await described(executable, hash))) return executable;
  if ((await sha256Of(executable)) !== hash) return null;
  await writeFile(recordOf(executable), `${await described(executable, hash)}`); // copied or restored, its content the same
  return executable;
}

/** Moves a fetched file to its place; several processes may do so at once. */
export async function keep(folder: string, name: string, version: string, fetched: string): Promise<string> {
  const executable = placeOf(folder, name, version);
  await mkdir(join(executable, '..'), { recursive: true });
  await chmod(fetched, 0o755);
  const hash = await sha256Of(fetched);
  await rename(fetched, executable);
  await writeFile(recordOf(executable), `${await described(executable, hash)}`);
  return executable;
}

const recordOf = (executable: string) => `${executable}.sha256`;

async function described(executable: string, hash: string): Promise<string | null> {
  const found = await stat(executable).catch(() => null);
  return found && `${hash} ${found.size} ${found.mtimeMs}`;
}

/** Hex digits; of a file that is not there, an empty text. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
  return hash.digest('hex');
}

function placeOf(folder: string, name: string, version: string): string {
  return join(folder, `${name}-${version}`, process.platform === 'win32' ? `${name}.exe` : name);
}
