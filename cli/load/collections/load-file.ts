/**
 * Loads a file of lines into a collection, a thousand lines at a time, so that its size does not matter. Some thousands are at work at once where
 * they are about different things; what became of the lines is told in the order of the file.
 *
 * Refused lines go into a file beside it, as they came and with every reason.
 */
import { once } from 'node:events';
import { createWriteStream, type ReadStream, type WriteStream } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { NotLoadable } from '../not-loadable.js';
import { calendarRecords } from './calendar-records.js';
import { fees } from './fees.js';
import { csvLines, jsonLines, type Line } from './lines.js';
import type { Checked, Destination, Loadable, Outcome, Reason } from './loadable.js';
import { loans } from './loans.js';
import { users } from './people.js';
import { libraries, locations } from './places.js';
import { requests } from './requests.js';
import { overdueLostProfiles, policies, termsOfUses } from './rules.js';
import { bibs, items } from './titles.js';

/** In an order in which each finds what it refers to. */
export const loadables = {
  libraries, locations, calendarRecords, users, bibs, items, policies, termsOfUses, overdueLostProfiles, loans, fees, requests,
} satisfies Record<string, Loadable>;
export type CollectionName = keyof typeof loadables;
export const isCollection = (name: string): name is CollectionName => name in loadables;

/** `lines` = the sum of the others; `replaced` by a later line about the same record. */
export interface FileReport {
  collection: CollectionName;
  lines: number;
  inserted: number;
  updated: number;
  unchanged: number;
  replaced: number;
  refused: number;
  /** Null when no line was refused. */
  refusedFile: string | null;
}

const BATCH = 1000;
const AT_ONCE = 4;

/** A batch that is being loaded. */
interface AtWork {
  batch: Line[];
  subjects: Checked['subjects'];
  outcomes: Promise<Outcome[]>;
}

/** `onProgress` hears the bytes read and the bytes there are. Throws `NotLoadable` when the file as a whole cannot be read. */
export async function loadFile(
  destination: Destination,
  collection: CollectionName,
  file: string,
  onProgress: (done: number, total: number) => void,
): Promise<FileReport> {
  const opened = await openFile(file);
  const { size } = await opened.stat();
  const bytes = opened.createReadStream();
  const report: FileReport = { collection, lines: 0, inserted: 0, updated: 0, unchanged: 0, replaced: 0, refused: 0, refusedFile: null };
  const refusals = new Refusals(`${file}.refused.ndjson`);
  await refusals.forget();
  const atWork: AtWork[] = [];
  const tellOldest = async () => {
    const { batch, outcomes } = atWork[0]!;
    await tell(batch, await outcomes, report, refusals);
    atWork.shift();
  };
  try {
    for await (const batch of batchesOf(linesIn(file, bytes))) {
      const { subjects, load } = loadables[collection].check(batch.flatMap(({ parsed }) => ('value' in parsed ? [parsed.value] : [])));
      while (atWork.length === AT_ONCE || atWork.some((other) => meet(other.subjects, subjects))) await tellOldest();
      const outcomes = load(destination);
      outcomes.catch(() => undefined); // heard when it is told
      atWork.push({ batch, subjects, outcomes });
      onProgress(bytes.bytesRead, size); // asked, not heard: a listener would take the bytes from the reader
    }
    while (atWork.length > 0) await tellOldest();
  } finally {
    await Promise.allSettled(atWork.map(({ outcomes }) => outcomes));
    bytes.destroy(); // closes the file
    await refusals.close();
  }
  return report.refused === 0 ? report : { ...report, refusedFile: refusals.path };
}

/** Throws `NotLoadable` when the file as a whole cannot be read; of its lines only the first are looked at. */
export async function expectReadable(file: string): Promise<void> {
  const bytes = (await openFile(file)).createReadStream();
  try {
    for await (const _line of linesIn(file, bytes)) break;
  } finally {
    bytes.destroy();
  }
}

const linesIn = (file: string, bytes: ReadStream) => (/\.csv$/i.test(file) ? csvLines(bytes) : jsonLines(bytes));

async function* batchesOf(lines: AsyncIterable<Line>): AsyncGenerator<Line[]> {
  let batch: Line[] = [];
  for await (const line of lines) {
    batch.push(line);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Whether lines of two batches may be about the same. */
function meet(some: Checked['subjects'], others: Checked['subjects']): boolean {
  if (some === null || others === null) return true;
  for (const subject of others) if (some.has(subject)) return true;
  return false;
}

async function openFile(file: string): Promise<FileHandle> {
  const opened = await open(file).catch((error: unknown) => {
    throw new NotLoadable(`${file} cannot be read: expected a file of lines (${error instanceof Error ? error.message : String(error)}).`);
  });
  if (!(await opened.stat()).isDirectory()) return opened;
  await opened.close();
  throw new NotLoadable(`${file} is a folder: expected a file of lines.`);
}

const COUNTED = { INSERTED: 'inserted', UPDATED: 'updated', UNCHANGED: 'unchanged', REPLACED: 'replaced' } as const;

async function tell(batch: Line[], outcomes: Outcome[], report: FileReport, refusals: Refusals): Promise<void> {
  let next = 0;
  for (const line of batch) {
    report.lines += 1;
    const outcome = 'value' in line.parsed ? outcomes[next++]! : line.parsed;
    if (typeof outcome === 'string') report[COUNTED[outcome]] += 1;
    else {
      report.refused += 1;
      await refusals.write({ line: line.number, reasons: outcome.reasons, text: line.text });
    }
  }
}

/** The file of refused lines: that of an earlier load goes, and without a refusal there is none. */
class Refusals {
  private stream: WriteStream | null = null;

  constructor(readonly path: string) {}

  async forget(): Promise<void> {
    await rm(this.path, { force: true });
  }

  async write(refusal: { line: number; reasons: Reason[]; text: string }): Promise<void> {
    this.stream ??= createWriteStream(this.path);
    if (!this.stream.write(`${JSON.stringify(refusal)}\n`)) await once(this.stream, 'drain');
  }

  async close(): Promise<void> {
    if (this.stream === null) return;
    this.stream.end();
    await once(this.stream, 'finish');
  }
}
