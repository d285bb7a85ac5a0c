/** What a measurement was made on. */
import { cpus, totalmem } from 'node:os';
import type { Connection as Engine } from '@temporalio/client';
import { required } from '../config/environment.js';
import type { Models } from '../models/models.js';

export function machine(): string {
  return `Node.js ${process.version}; ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB of memory`;
}

/** Versions of the servers that are at work; `engine` null: none is. */
export async function versions(models: Models, engine: Engine | null): Promise<string> {
  const { version } = (await required('database', models.Run.db.db ?? null)
    .admin()
    .buildInfo()) as { version: string };
  if (engine === null) return `MongoDB ${version}`;
  const { serverVersion } = await engine.workflowService.getSystemInfo({});
  return `MongoDB ${version}, Temporal ${serverVersion}`;
}
