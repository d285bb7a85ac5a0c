/** A server from its vendor's own download, as the packages of both vendors do it. */
import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerName } from './pinned.js';

/** Returns the path of the fetched file, which the caller moves away. */
export async function fromVendor(name: ServerName, version: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, 'vendor-'));
  try {
    const fetched = name === 'mongod' ? await mongodFromVendor(version, work) : await temporalFromVendor(version, work);
    const [copied, executable] = [join(work, 'copied'), `${work}.part`];
    await cp(fetched, copied);
    await rename(copied, executable); // half of one goes with the folder
    return executable;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new Error(`the vendor's download of ${name} ${version} failed: ${said}`, { cause: error });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function mongodFromVendor(version: string, downloadDir: string): Promise<string> {
  const { MongoBinary } = await import('mongodb-memory-server-core/lib/util/MongoBinary.js');
  return MongoBinary.getPath({ version, downloadDir });
}

/** The SDK downloads only in order to start, so the server is started once and stopped. */
async function temporalFromVendor(version: string, downloadDir: string): Promise<string> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const started = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', version: `v${version}`, downloadDir }, log: { format: 'json', level: 'error' } },
  });
  await started.teardown();
  const [file] = await readdir(downloadDir);
  if (file === undefined) throw new Error('nothing was kept');
  return join(downloadDir, file);
}
