/** A folder of tables of an Evergreen database, a file `<schema>.<table>.sql` each, in PostgreSQL's COPY text format. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { copyPieces } from '../../../formats/copy-text.js';
import { TableReport } from '../table-report.js';
import { LeftOut, Row } from './row.js';

const FILE = /^([a-z_]+\.[a-z_]+)\.sql$/;

export class Dump {
  private readonly reports = new Map<string, TableReport>();

  private constructor(
    private readonly folder: string,
    /** Bytes of each table's file. */
    private readonly files: ReadonlyMap<string, number>,
    private readonly onBytes: (bytes: number) => void,
  ) {}

  /** `onBytes` hears how many bytes were read, for the progress. */
  static async open(folder: string, onBytes: (bytes: number) => void): Promise<Dump> {
    const files = new Map<string, number>();
    for (const name of await readdir(folder)) {
      const [, table] = FILE.exec(name) ?? [];
      if (table !== undefined) files.set(table, (await stat(join(folder, name))).size);
    }
    return new Dump(folder, files, onBytes);
  }

  get tables(): string[] {
    return [...this.files.keys()].sort();
  }

  /** Bytes of all tables. */
  get size(): number {
    return [...this.files.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  sizeOf(table: string): number {
    return this.files.get(table) ?? 0;
  }

  has(table: string): boolean {
    return this.files.has(table);
  }

  report(table: string): TableReport {
    let report = this.reports.get(table);
    if (report === undefined) {
      report = new TableReport(table);
      this.reports.set(table, report);
    }
    return report;
  }

  /**
   * Gives each row of a table to `take`, which answers whether it became a record or part of one, or throws `LeftOut`. A table that
   * is not in the folder has no rows.
   */
  async each(table: string, take: (row: Row, report: TableReport) => Promise<Outcome>): Promise<void> {
    const report = this.report(table);
    for await (const row of this.rows(table)) {
      report.rows += 1;
      try {
        if (!(row instanceof Row)) throw row;
        const outcome = await take(row, report);
        if (outcome === 'MAPPED') report.mapped += 1;
        else if (outcome === 'MERGED') report.merged += 1;
      } catch (error) {
        if (!(error instanceof LeftOut)) throw error;
        const label = row instanceof Row ? row.label : '';
        report.leaveOut(error.reason, [label, error.detail].filter((part) => part !== '').join(': '));
      }
    }
  }

  /** A first look at a table that is loaded later: rows that `take` cannot read are passed over, and accounted for then. */
  async look(table: string, take: (row: Row) => void): Promise<void> {
    for await (const row of this.rows(table)) {
      try {
        if (row instanceof Row) take(row);
      } catch (error) {
        if (!(error instanceof LeftOut)) throw error;
      }
    }
  }

  private async *rows(table: string): AsyncGenerator<Row | LeftOut> {
    if (!this.has(table)) return;
    const path = join(this.folder, `${table}.sql`);
    let columns = new Map<string, number>();
    let foreign: string | null = null;
    for await (const piece of copyPieces(this.textOf(path))) {
      if (piece.kind === 'CUT_OFF') {
        throw new Error(`${path} ends at line ${piece.line} without the line "\\." that closes its rows: it was cut off.`);
      }
      if (piece.kind === 'TABLE') {
        columns = new Map(piece.columns.map((name, index) => [name, index]));
        foreign = piece.table === table ? null : piece.table;
      } else if (foreign !== null) {
        yield new LeftOut('row of another table', foreign);
      } else if (piece.kind === 'UNREADABLE') {
        yield new LeftOut('bytes that are no UTF-8', `line ${piece.line}`);
      } else if (piece.values.length !== columns.size) {
        yield new LeftOut('not as many values as columns', `line ${piece.line}: ${piece.values.length} for ${columns.size}`);
      } else {
        yield new Row(columns, piece.values);
      }
    }
  }

  private async *textOf(path: string): AsyncGenerator<string> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    try {
      for await (const bytes of createReadStream(path, { highWaterMark: 1 << 18 })) {
        this.onBytes((bytes as Buffer).length);
        yield decoder.decode(bytes as Buffer, { stream: true });
      }
      yield decoder.decode();
    } catch (error) {
      if (error instanceof TypeError) throw new Error(`${path} is not UTF-8 (the dump must be made with --encoding=UTF8).`, { cause: error });
      throw error;
    }
  }
}

/** LATER: the row's fate is settled when the whole table was read, and counted then. */
export type Outcome = 'MAPPED' | 'MERGED' | 'LATER';
