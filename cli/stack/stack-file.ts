/** `stack.json` of the data folder: where the running installation is reached, for the other commands. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ownerOf, readRecord } from './folder.js';

const stackAddresses = z.object({
  mongodbUri: z.string(),
  temporalAddress: z.string(),
  temporalNamespace: z.string(),
  apiUrl: z.string(),
  /** Null: the server given with TEMPORAL_ADDRESS, and TEMPORAL_UI_URL not set. */
  temporalUiUrl: z.string().nullable(),
  smtpUrl: z.string(),
});
export type StackAddresses = z.infer<typeof stackAddresses>;

const stackFile = (folder: string) => join(folder, 'stack.json');

/** Readable by its owner alone: addresses may hold passwords. */
export async function writeStack(folder: string, addresses: StackAddresses): Promise<void> {
  await writeFile(`${stackFile(folder)}.part`, JSON.stringify(addresses, null, 2), { mode: 0o600 });
  await rename(`${stackFile(folder)}.part`, stackFile(folder));
}

/** Null unless `npm start` is ready on this folder. */
export async function runningStack(dataDir: string): Promise<StackAddresses | null> {
  if ((await ownerOf(dataDir)) === null) return null;
  return readRecord(stackFile(dataDir), stackAddresses);
}
