/**
 * Starts one mongod and one Temporal server for all test files, in a folder of their own, and ends them.
 *
 * vitest runs it once for each of its projects: only the first starts something.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, type Child, type ChildSpec } from '../../cli/stack/child.js';
import { freePort } from '../../cli/stack/ports.js';
import { mongodSpec, temporalSpec } from '../../cli/stack/servers.js';
import { findServer, type Report } from '../../cli/servers/find.js';
import { environment } from '../../config/environment.js';

const report: Report = (line) => process.stderr.write(`${line}\n`);

export default async function startServers(): Promise<() => Promise<void>> {
  if ('ALMANAC_TEST_FOLDER' in process.env) return () => Promise.resolve();
  const folder = await mkdtemp(join(tmpdir(), 'almanac-test-'));
  process.env.ALMANAC_TEST_FOLDER = folder;
  const started = await Promise.all([
    offer('MONGODB_URI', () => startMongod(folder)),
    offer('TEMPORAL_ADDRESS', () => startTemporal(folder)),
  ]);
  return async () => {
    await Promise.all(started.map(async (child) => child?.stop()));
    await rm(folder, { recursive: true, force: true });
  };
}

interface Started { address: string; child: Child | null }

/** A server that cannot be had fails the tests that ask for it, with this reason, and no others. */
async function offer(variable: string, start: () => Promise<Started>): Promise<Child | null> {
  try {
    const { address, child } = await start();
    process.env[`ALMANAC_TEST_${variable}`] = address;
    return child;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report(reason);
    process.env[`ALMANAC_TEST_${variable}_MISSING`] = reason;
    return null;
  }
}

async function startMongod(folder: string): Promise<Started> {
  const { mongodbUri, variables } = environment();
  if (mongodbUri !== null) return { address: mongodbUri, child: null };
  const port = await freePort(0);
  const spec = await mongodSpec(await findServer('mongod', environment(), report), { folder, port, variables }, 0.5);
  return { address: `mongodb://127.0.0.1:${port}/?w=majority&journal=true`, child: await startChild(atOnce(spec)) };
}

async function startTemporal(folder: string): Promise<Started> {
  const { temporal, variables } = environment();
  if (temporal !== null) return { address: temporal.connectionOptions.address ?? '', child: null };
  const port = await freePort(0);
  const found = await findServer('temporal', environment(), report);
  // Histories of tests are short; with the default of 4,096 events nothing would ever continue as new.
  const spec = await temporalSpec(found, { folder, port, variables }, null, ['limit.historyCount.suggestContinueAsNew=200']);
  return { address: `127.0.0.1:${port}`, child: await startChild(atOnce(spec)) };
}

/** Nobody reads the data afterwards, so nothing waits for a clean end. */
function atOnce(spec: ChildSpec): ChildSpec {
  return { ...spec, stopWithinMs: 0 };
}
