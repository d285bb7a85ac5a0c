/** The folder of a library with a past, made once and kept; its indexes are brought to what the models declare today. */
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { now } from '../config/clock.js';
import { environment } from '../config/environment.js';
import { bringIndexes } from './indexes.js';
import { writeHistory, type HistorySize } from './history-library.js';
import { onlyMongodb, withServers } from './servers.js';

/** In the name of the folder; to be raised when `writeHistory` writes something else. */
const SEED = 1;

export interface HistorySeed {
  folder: string;
  /** Submission of its newest run: what a page calls today lies here. */
  at: Date;
}

export async function historySeed(size: HistorySize): Promise<HistorySeed> {
  const folder = join(environment().dataDir, 'bench', `history-${SEED}-${size.runs}-${size.events}`);
  const marker = join(folder, 'seeded');
  const said = (line: string) => console.log(`seeding: ${line}`);
  if (!existsSync(marker)) {
    const at = now();
    await rm(folder, { recursive: true, force: true });
    await withServers(folder, onlyMongodb, {}, (_servers, models) => writeHistory(models, size, at, said));
    await writeFile(marker, at.toISOString());
  }
  await withServers(folder, onlyMongodb, {}, async (_servers, models) => {
    await bringIndexes(models, said);
  });
  return { folder, at: new Date(await readFile(marker, 'utf8')) };
}
