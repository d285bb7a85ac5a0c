/**
 * Runs a source of the repository: `node bin/source.mjs worker/main.ts`.
 *
 * As `node --import tsx` does, but the loader stays out of the threads the engine starts for workflows, whose code is a bundle: a
 * worker is ready after three quarters of the work.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { register } from 'tsx/esm/api';

register();
const [entry] = process.argv.splice(2, 1);
await import(pathToFileURL(resolve(entry)).href);
