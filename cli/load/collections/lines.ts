/**
 * Reads the lines of a file: NDJSON, a record a line; CSV, whose first line names the fields.
 *
 * In CSV `address.city` is a field within a field, an empty cell says nothing, and a cell that begins with `[` or `{` is JSON. A line
 * that cannot be read is a line with reasons; what follows it is read.
 */
import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { NotLoadable } from '../not-loadable.js';
import type { Reason } from './loadable.js';

export interface Line {
  number: number;
  text: string;
  parsed: { value: unknown } | { reasons: Reason[] };
}

export async function* jsonLines(bytes: Readable): AsyncGenerator<Line> {
  let number = 0;
  for await (const { text, isWhole } of linesOf(bytes)) {
    number += 1;
    const json = number === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (json.trim() === '') continue;
    yield { number, text, parsed: isWhole ? (inUtf8(json) ? parsedJson(json) : NOT_UTF8) : TOO_LONG };
  }
}

/** Characters: what has no end would be taken into memory whole. */
const LONGEST = 10_000_000;
const TOO_LONG = { reasons: [{ place: '', value: null, expectation: `a line of at most ${LONGEST} characters; here is its beginning` }] };
const SHOWN = 1_000;

/** Ends of lines are LF and CR LF alone: node:readline also breaks at U+2028, which JSON allows within a text. */
async function* linesOf(bytes: Readable): AsyncGenerator<{ text: string; isWhole: boolean }> {
  let begun = '';
  let isWhole = true;
  const line = (text: string) => (isWhole ? { text: text.replace(/\r$/, ''), isWhole } : { text: text.slice(0, SHOWN), isWhole });
  for await (const chunk of bytes.setEncoding('utf8') as AsyncIterable<string>) {
    const [first = '', ...more] = chunk.split('\n');
    // Of a line that is too long the beginning is kept, and its end is waited for.
    if (isWhole) begun += first;
    if (begun.length > LONGEST) isWhole = false;
    for (const next of more) {
      yield line(begun);
      begun = next;
      isWhole = true;
    }
  }
  if (begun !== '') yield line(begun);
}

/** The decoder puts U+FFFD for bytes that are no UTF-8; what was meant is lost. */
const inUtf8 = (text: string) => !text.includes('\uFFFD');
const NOT_UTF8 = { reasons: [{ place: '', value: null, expectation: 'text in UTF-8' }] };

function parsedJson(json: string): Line['parsed'] {
  try {
    return { value: JSON.parse(json) as unknown };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { reasons: [{ place: '', value: null, expectation: `a record in JSON (${said})` }] };
  }
}

/** What csv-parse gives with `info` and `raw`: a row's cells, where it ended, and its text. */
interface CsvRow {
  record: string[];
  info: { lines: number };
  raw: string;
}

/** Throws `NotLoadable` when the first line does not name the fields one by one. */
export async function* csvLines(bytes: Readable): AsyncGenerator<Line> {
  const parser = bytes.pipe(parse({ bom: true, info: true, raw: true, skip_empty_lines: true, relax_column_count: true, relax_quotes: true, max_record_size: LONGEST }));
  bytes.on('error', (error) => parser.destroy(error));
  let names: string[] | null = null;
  let last = 0;
  try {
    for await (const { record, info, raw } of parser as AsyncIterable<CsvRow>) {
      last = info.lines;
      if (names === null) names = namesOf(record);
      else yield { number: last, text: raw.replace(/\r?\n$/, ''), parsed: inUtf8(raw) ? parsedCells(names, record) : NOT_UTF8 };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // A quotation mark that nothing closes takes in what follows.
    yield { number: last + 1, text: '', parsed: { reasons: [{ place: '', value: null, expectation: `a row of CSV, and the rest of the file was not read (${error.message})` }] } };
  }
}

function namesOf(cells: string[]): string[] {
  const names = cells.map((name) => name.trim());
  for (const [index, name] of names.entries()) {
    if (name === '') throw new NotLoadable(`Column ${index + 1} has no name in the first line.`);
    if (names.indexOf(name) < index) throw new NotLoadable(`Two columns are called "${name}" in the first line.`);
    if (names.some((other) => other.startsWith(`${name}.`))) throw new NotLoadable(`"${name}" cannot be a column beside those for the fields within it.`);
  }
  return names;
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
