/** The report of a load as people read it. */
import type { Noted, TableReport } from '../table-report.js';
import type { EvergreenReport } from './load-evergreen.js';

const count = new Intl.NumberFormat('en');

export function reportLines(report: EvergreenReport): string[] {
  const { code, isNew } = report.institution;
  return [
    isNew ? `Institution ${code} was made, a sandbox.` : `Institution ${code} was there already.`,
    ...(report.profiles.length > 0 ? [`It had no overdue profiles and was given these: ${report.profiles.join(', ')}.`] : []),
    '',
    row('table', ['rows', 'mapped', 'merged', 'left out']),
    ...report.tables.flatMap(tableLines),
    '',
    ...(report.missing.length > 0 ? [`Not in the folder: ${report.missing.join(', ')}.`] : []),
    ...(report.notMapped.length > 0
      ? [`Nothing is made of: ${report.notMapped.map(({ table, rows }) => `${table} (${count.format(rows)})`).join(', ')}.`]
      : []),
    '',
    row('collection', ['inserted', 'updated', 'unchanged', 'refused']),
    ...report.written.map(({ collection, inserted, updated, unchanged, refused }) =>
      row(collection, [inserted, updated, unchanged, refused].map((number) => count.format(number))),
    ),
  ];
}

function tableLines({ table, rows, mapped, merged, leftOut, remarks }: TableReport): string[] {
  const left = Object.values(leftOut).reduce((sum, noted) => sum + noted.rows, 0);
  return [
    row(table, [rows, mapped, merged, left].map((number) => count.format(number))),
    ...notes('left out', leftOut),
    ...notes('note', remarks),
  ];
}

function notes(title: string, noted: Record<string, Noted>): string[] {
  return Object.entries(noted).map(([reason, { rows, examples }]) => {
    const some = examples.length < rows ? [...examples, '…'] : examples;
    return `    ${title}: ${count.format(rows)} × ${reason} (${some.join('; ')})`;
  });
}

const row = (name: string, cells: string[]) => `${name.padEnd(28)}${cells.map((cell) => cell.padStart(11)).join('')}`;
