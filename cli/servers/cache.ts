/**
 * Executables fetched before: one folder of the user for all clones, named by version, each beside its SHA-256.
 *
 * The hash is written last and compared at each start, so that a half-written or damaged file is fetched again.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
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
  const expected = await readFile(`${executable}.sha256`, 'utf8').catch(() => null);
  if (expected === null) return null;
  return (await sha256Of(executable)) === expected ? executable : null;
}

/** Moves a fetched file to its place; several processes may do so at once. */
export async function keep(folder: string, name: string, version: string, fetched: string): Promise<string> {
  const executable = placeOf(folder, name, version);
  await mkdir(join(executable, '..'), { recursive: true });
  await chmod(fetched, 0o755);
  const hash = await sha256Of(fetched);
  await rename(fetched, executable);
  await writeFile(`${executable}.sha256`, hash);
  return executable;
}

/** Hex digits; of a file that is not there, an empty text. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
  return hash.digest('hex');
}

function placeOf(folder: string, name: string, version: string): string {
  return join(folder, `${name}-${version}`, process.platform === 'win32' ? `${name}.exe` : name);
}
