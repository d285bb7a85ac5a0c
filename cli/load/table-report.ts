/** What became of the rows of a source's table: every row is mapped, merged into another record, or left out for a reason. */

/** How many rows, and the first of them by name. */
export interface Noted {
  rows: number;
  examples: string[];
}

const EXAMPLES = 5;

/** `rows` = `mapped` + `merged` + all of `leftOut`. Remarks are about rows that are among the mapped or merged ones, or are gone. */
export class TableReport {
  rows = 0;
  mapped = 0;
  merged = 0;
  readonly leftOut: Record<string, Noted> = {};
  readonly remarks: Record<string, Noted> = {};

  constructor(readonly table: string) {}

  leaveOut(reason: string, example: string): void {
    note(this.leftOut, reason, example);
  }

  remark(reason: string, example: string): void {
    note(this.remarks, reason, example);
  }

  /** A row counted as mapped whose record could not be written after all. */
  withdraw(reason: string, example: string): void {
    this.mapped -= 1;
    this.leaveOut(reason, example);
  }
}

function note(notes: Record<string, Noted>, reason: string, example: string): void {
  const noted = (notes[reason] ??= { rows: 0, examples: [] });
  noted.rows += 1;
  if (noted.examples.length < EXAMPLES) noted.examples.push(example);
}
