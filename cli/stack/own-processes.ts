/** The processes of Almanac itself: Node.js children that say when they are ready and end when this one does. */
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { saysReady, type ChildSpec } from './child.js';

export interface OwnProcess {
  name: string;
  /** Sends `{ ready: true }` to its parent, ends at `disconnect` and at SIGTERM. */
  entry: string;
}

/**
 * How memory is held, in megabytes. A heap that may grow to two gigabytes and more is cleared only at four times what is in use, one below at
 * twice; the closer below, the less often. With room for the records of a page the young generation hands less of them on to it
 * (docs/performance.md, "The night of Loans – Overdue and Lost Item").
 */
const MEMORY = ['--max-old-space-size=1900', '--max-semi-space-size=32'];

const entryOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const worker: OwnProcess = { name: 'worker', entry: entryOf('worker/main.ts') };
export const api: OwnProcess = { name: 'api', entry: entryOf('api/main.ts') };

export function processSpec({ name, entry }: OwnProcess, folder: string, variables: Record<string, string>): ChildSpec {
  return {
    name,
    command: process.execPath,
    args: [...MEMORY, entryOf('bin/source.mjs'), entry],
    variables,
    channel: true,
    logFile: join(folder, 'logs', `${name}.log`),
    ready: saysReady,
    readyWithinMs: 120_000,
    stopWithinMs: 50_000, // the worker's pages have 45 s to come to their end
  };
}
