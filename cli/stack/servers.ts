/** How the two servers are started on a folder of this machine, loopback only (engine.md 5.2). */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { Found } from '../servers/find.js';
import { listening } from './ports.js';
import type { ChildSpec } from './child.js';

export const namespace = 'almanac';

const SET = 'almanac';

/** Closed runs stay visible in the Web UI for as long; the dev server's own is a day. */
const retention = '30 days';

export interface Place {
  /** Data and logs of the server. */
  folder: string;
  port: number;
  variables: Record<string, string>;
}

/** `replicaSet`: of this one server, initiated when it is not yet; else standalone. */
export async function mongodSpec(found: Found, place: Place, cacheGb: number, replicaSet: boolean): Promise<ChildSpec> {
  const dbpath = join(place.folder, 'mongo');
  await mkdir(dbpath, { recursive: true });
  return {
    name: 'mongod',
    command: found.executable,
    args: [
      '--dbpath', dbpath, '--port', String(place.port), '--bind_ip', '127.0.0.1',
      '--wiredTigerCacheSizeGB', String(cacheGb), '--quiet', ...(replicaSet ? ['--replSet', SET] : []),
    ],
    variables: place.variables,
    channel: false,
    logFile: join(place.folder, 'logs', 'mongod.log'),
    ready: async (_child, signal) => {
      await listening(place.port, signal);
      if (replicaSet) await becomePrimary(`127.0.0.1:${place.port}`, signal);
    },
    readyWithinMs: 60_000, // after a kill of a large store it repairs first
    stopWithinMs: 20_000,
  };
}

async function becomePrimary(host: string, signal: AbortSignal): Promise<void> {
  const { mongo } = await import('mongoose');
  const client = await mongo.MongoClient.connect(`mongodb://${host}/?directConnection=true`);
  try {
    const admin = client.db('admin');
    const already = (await admin.command({ hello: 1 })).setName === SET;
    if (!already) await admin.command({ replSetInitiate: { _id: SET, members: [{ _id: 0, host }] } });
    while (!(await admin.command({ hello: 1 })).isWritablePrimary) await pause(50, undefined, { signal });
  } finally {
    await client.close();
  }
}

/** `uiPort` null: without Web UI. `dynamic` are the server's dynamic settings beside ours. */
export async function temporalSpec(
  found: Found, place: Place, uiPort: number | null, dynamic: string[] = [],
): Promise<ChildSpec> {
  await mkdir(place.folder, { recursive: true });
  // The database is not promised to survive an upgrade of the CLI; schedules are rebuilt from our own records.
  const minor = found.version.split('.').slice(0, 2).join('.');
  return {
    name: 'temporal',
    command: found.executable,
    args: [
      'server', 'start-dev', '--ip', '127.0.0.1', '--port', String(place.port), '--namespace', namespace,
      '--db-filename', join(place.folder, `temporal-${minor}.db`),
      '--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL',
      ...['matching.enableFairness=true', ...dynamic].flatMap((value) => ['--dynamic-config-value', value]),
      ...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-disable-news-fetch']),
      '--log-level', 'warn', '--log-format', 'json',
    ],
    variables: place.variables,
    channel: false,
    logFile: join(place.folder, 'logs', 'temporal.log'),
    ready: async (_child, signal) => {
      await listening(place.port, signal); // gRPC would back off for a second
      await keepClosedRuns(`127.0.0.1:${place.port}`, signal);
    },
    readyWithinMs: 60_000,
    stopWithinMs: 10_000,
  };
}

/** Also the proof that the namespace answers, which is some 0.2 s after the port does. */
async function keepClosedRuns(address: string, signal: AbortSignal): Promise<void> {
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address });
  try {
    for (;;) {
      try {
        const config = { workflowExecutionRetentionTtl: msToTs(retention) };
        await connection.workflowService.updateNamespace({ namespace, config });
        return;
      } catch (error) {
        if (signal.aborted) throw error;
        await pause(50, undefined, { signal });
      }
    }
  } finally {
    await connection.close();
  }
}
