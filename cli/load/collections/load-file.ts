/**
 * Loads a file of lines into a collection, a thousand lines at a time, so that its size does not matter.
 *
 * NDJSON: a record a line. CSV: the first line names the fields, `address.city` a field within a field; an empty cell says nothing,
 * a cell that begins with `[` or `{` is JSON. Refused lines go into a file beside it, as they came and with every reason.
 */
import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { fees } from './fees.js';
import type { Destination, Loadable, Reason } from './loadable.js';
import { loans } from './loans.js';
import { users } from './people.js';
import { calendarRecords, libraries, locations } from './places.js';
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

interface Line {
  number: number;
  text: string;
  parsed: { value: unknown } | { reasons: Reason[] };
}

const BATCH = 1000;

/** `onProgress` hears the bytes read and the bytes there are. */
export async function loadFile(
  destination: Destination,
  collection: CollectionName,
  file: string,
  onProgress: (done: number, total: number) => void,
): Promise<FileReport> {
  const { size } = await stat(file);
  const bytes = createReadStream(file);
  let done = 0;
  bytes.on('data', (chunk) => onProgress((done += chunk.length), size));
  const lines = /\.csv$/i.test(file) ? csvLines(bytes) : jsonLines(bytes);

  const report: FileReport = { collection, lines: 0, inserted: 0, updated: 0, unchanged: 0, replaced: 0, refused: 0, refusedFile: null };
  const refusals = new Refusals(`${file}.refused.ndjson`);
  await refusals.forget();
  let batch: Line[] = [];
  for await (const line of lines) {
    batch.push(line);
    if (batch.length < BATCH) continue;
    await loadBatch(destination, loadables[collection], batch, report, refusals);
    batch = [];
  }
  await loadBatch(destination, loadables[collection], batch, report, refusals);
  await refusals.close();
  return report.refused === 0 ? report : { ...report, refusedFile: refusals.path };
}

const COUNTED = { INSERTED: 'inserted', UPDATED: 'updated', UNCHANGED: 'unchanged', REPLACED: 'replaced' } as const;

async function loadBatch(destination: Destination, loadable: Loadable, batch: Line[], report: FileReport, refusals: Refusals): Promise<void> {
  const readable = batch.flatMap(({ parsed }) => ('value' in parsed ? [parsed.value] : []));
  const outcomes = readable.length === 0 ? [] : await loadable.load(destination, readable);
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

async function* jsonLines(bytes: Readable): AsyncGenerator<Line> {
  let number = 0;
  for await (const text of createInterface({ input: bytes, crlfDelay: Infinity })) {
    number += 1;
    const json = number === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (json.trim() === '') continue;
    yield { number, text, parsed: parsedJson(json) };
  }
}

function parsedJson(json: string): Line['parsed'] {
  try {
    return { value: JSON.parse(json) as unknown };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { reasons: [{ place: '', value: null, expectation: `a record in JSON (${said})` }] };
  }
}

/** What csv-parse gives with `info` and `raw`: a row's cells, where it began, and its text. */
interface CsvRow {
  record: string[];
  info: { lines: number };
  raw: string;
}

async function* csvLines(bytes: Readable): AsyncGenerator<Line> {
  const parser = bytes.pipe(parse({ bom: true, info: true, raw: true, skip_empty_lines: true, relax_column_count: true, relax_quotes: true }));
  bytes.on('error', (error) => parser.destroy(error));
  let names: string[] | null = null;
  for await (const { record, info, raw } of parser as AsyncIterable<CsvRow>) {
    if (names === null) names = record.map((name) => name.trim());
    else yield { number: info.lines, text: raw.replace(/\r?\n$/, ''), parsed: parsedCells(names, record) };
  }
}

function parsedCells(names: string[], cells: string[]): Line['parsed'] {
  if (cells.length !== names.length) {
    return { reasons: [{ place: '', value: cells.length, expectation: `${names.length} cells, as many as the first line has names` }] };
  }
  const value = blankRecord();
  for (const [index, name] of names.entries()) {
    const cell = (cells[index] ?? '').trim();
    if (cell === '') continue;
    const parsed = /^[[{]/.test(cell) ? parsedJson(cell) : { value: cell };
    if ('reasons' in parsed) return { reasons: parsed.reasons.map((reason) => ({ ...reason, place: name, value: cell })) };
    put(value, name.split('.'), parsed.value);
  }
  return { value };
}

function put(target: Record<string, unknown>, [name = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) target[name] = value;
  else put((target[name] ??= blankRecord()) as Record<string, unknown>, rest, value);
}

/** Without a prototype, whatever a column is called. */
const blankRecord = () => Object.create(null) as Record<string, unknown>;
