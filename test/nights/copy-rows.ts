/** A dump of Evergreen read without the loader: lines between `COPY` and `\.`, cut at tabs, values as they stand there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of a column; an unknown column is an error. */
export type Row = (column: string) => string;

export function rowsOf(folder: string, table: string): Row[] {
  const rows: Row[] = [];
  let columns: string[] | null = null;
  for (const line of readFileSync(join(folder, `${table}.sql`), 'utf8').split('\n')) {
    if (line.startsWith('COPY ')) columns = line.slice(line.indexOf('(') + 1, line.indexOf(')')).split(', ');
    else if (line === '\\.') columns = null;
    else if (columns !== null) {
      const values = line.split('\t');
      const named = new Map(columns.map((column, index) => [column, values[index]]));
      rows.push((column) => {
        const value = named.get(column);
        if (value === undefined) throw new Error(`${table} has no value ${column} in: ${line}`);
        return value;
      });
    }
  }
  return rows;
}
