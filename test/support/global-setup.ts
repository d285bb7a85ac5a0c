/**
 * Starts one mongod and one Temporal server for all test files, in a folder of their own, and ends them.
 *
 * vitest runs it once for each of its projects: only the first starts something. A run that was killed could not end
 * its servers, so the next one does.
 */
import { existsSync } from 'node:fs';
import { access, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { claim, endLeftovers, ownerOf } from '../../cli/stack/folder.js';
import { freePort } from '../../cli/stack/ports.js';
import { mongodSpec, temporalSpec } from '../../cli/stack/servers.js';
import { Supervisor } from '../../cli/stack/supervise.js';
import { findServer, type Report } from '../../cli/servers/find.js';
import { environment } from '../../config/environment.js';

const prefix = 'almanac-test-';
/** Files that are memory, where Linux has them. */
const inMemory = '/dev/shm';
const ROOM = 8 * 2 ** 30;
const report: Report = (line) => process.stderr.write(`${line}\n`);

// Histories of tests are short; with the default of 4,096 events nothing would ever continue as new.
export default (): Promise<() => Promise<void>> => startServers(200);

/** `renewedAt`: a history of so many events suggests to be continued as new. */
export async function startServers(renewedAt: number): Promise<() => Promise<void>> {
  if ('ALMANAC_TEST_FOLDER' in process.env) return () => Promise.resolve();
  for (const place of [inMemory, tmpdir()].filter((each) => existsSync(each))) await sweep(place);
  const folder = await mkdtemp(join(await placeOfData(), prefix));
  process.env.ALMANAC_TEST_FOLDER = folder;
  await claim(folder, 'npm test');
  const supervisor = new Supervisor(folder, report);
  process.once('SIGTERM', () => process.exit(143)); // whose listeners end the servers
  await Promise.all([
    offer('MONGODB_URI', () => mongod(folder, supervisor)),
    offer('TEMPORAL_ADDRESS', () => temporal(folder, supervisor, renewedAt)),
  ]);
  return async () => {
    await supervisor.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

/** Nobody reads the data afterwards: in memory, if it has room for them, no test waits for a disk. */
async function placeOfData(): Promise<string> {
  if (!existsSync(inMemory)) return tmpdir();
  const { bavail, bsize } = await statfs(inMemory);
  return Math.min(bavail * bsize, freemem()) > ROOM ? inMemory : tmpdir();
}

/** A folder without `almanac.pid` is one that another run is making at this moment. */
async function sweep(place: string): Promise<void> {
  for (const name of (await readdir(place)).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(place, name);
    const claimed = await access(join(folder, 'almanac.pid')).then(() => true, () => false);
    if (!claimed || (await ownerOf(folder)) !== null) continue;
    await endLeftovers(folder, report);
    await rm(folder, { recursive: true, force: true });
  }
}

/** A server that cannot be had fails the tests that ask for it, with this reason, and no others. */
async function offer(variable: string, start: () => Promise<string>): Promise<void> {
  try {
    process.env[`ALMANAC_TEST_${variable}`] = await start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report(reason);
    process.env[`ALMANAC_TEST_${variable}_MISSING`] = reason;
  }
}

async function mongod(folder: string, supervisor: Supervisor): Promise<string> {
  const { mongodbUri, variables } = environment();
  if (mongodbUri !== null) return mongodbUri;
  const port = await freePort(0);
  const spec = await mongodSpec(await findServer('mongod', environment(), report), { folder, port, variables }, 0.5, false);
  await supervisor.start({ ...spec, stopWithinMs: 0 }); // nobody reads the data afterwards
  return `mongodb://127.0.0.1:${port}/?w=majority&journal=true`;
}

async function temporal(folder: string, supervisor: Supervisor, renewedAt: number): Promise<string> {
  const { temporal: given, variables } = environment();
  if (given !== null) return given.connectionOptions.address ?? '';
  const port = await freePort(0);
  const found = await findServer('temporal', environment(), report);
  // Written in Go, it has no need of its garbage collector for these minutes.
  const place = { folder, port, variables: { ...variables, GOGC: 'off', GOMEMLIMIT: '1GiB' } };
  const spec = await temporalSpec(found, place, null, [`limit.historyCount.suggestContinueAsNew=${renewedAt}`]);
  await supervisor.start({ ...spec, stopWithinMs: 0 });
  return `127.0.0.1:${port}`;
}
