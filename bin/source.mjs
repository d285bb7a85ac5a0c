/** Runs a source of the repository: `node bin/source.mjs worker/main.ts`. A stack trace names the lines that were written. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { joined } from './join.mjs';

const [entry] = process.argv.splice(2, 1);
process.setSourceMapsEnabled(true);
await import(pathToFileURL(await joined(resolve(entry))).href);
