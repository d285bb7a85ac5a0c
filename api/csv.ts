/** Lists as CSV for spreadsheets (RFC 4180, with the mark that makes them read UTF-8). */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

const MOST_ROWS = 100_000;

/** Streams rows as they are read, 100,000 at the most; a reader who hangs up ends the reading. */
export async function sendCsv(response: Response, name: string, head: readonly string[], rows: AsyncIterable<readonly unknown[]>): Promise<void> {
  response.attachment(`${name}.csv`).type('text/csv; charset=utf-8');
  async function* lines() {
    yield `\uFEFF${line(head)}`;
    let sent = 0;
    for await (const row of rows) {
      if (sent === MOST_ROWS) return;
      sent += 1;
      yield line(row);
    }
  }
  await pipeline(Readable.from(lines()), response);
}

const line = (values: readonly unknown[]): string => `${values.map(cell).join(',')}\r\n`;

/** A value that a spreadsheet would take for a formula gets an apostrophe before it. */
function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : value instanceof Date ? value.toISOString() : String(value);
  const harmless = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
