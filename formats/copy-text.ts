/**
 * PostgreSQL's COPY text format, as `pg_dump` writes tables: values between tabs, `\N` for null, `\.` after the last row.
 *
 * Source: PostgreSQL documentation, COPY, "Text Format". Unusual in it: a line feed in a value may be written as a backslash and a
 * real line feed, so that one row takes several lines; `\303` and `\xC3` are bytes of the file's encoding (UTF-8), not characters.
 */

/** What a file of COPY blocks holds, in its order. `line` counts from 1, at the beginning of the row or block. */
export type CopyPiece =
  | { kind: 'TABLE'; line: number; table: string; columns: string[] }
  | { kind: 'ROW'; line: number; values: (string | null)[] }
  /** A row whose byte escapes are no UTF-8. */
  | { kind: 'UNREADABLE'; line: number }
  /** The file ended inside a block, without `\.`: what came before was read, what should follow is not there. */
  | { kind: 'CUT_OFF'; line: number };

const HEADER = /^COPY\s+(\S+)\s*\(([^)]*)\)\s+FROM\s+stdin\b.*;\s*$/i;
const END_OF_DATA = '\\.';

/** Reads the blocks of a file; lines between them (settings, `\echo`, SELECT) are passed over. */
export async function* copyPieces(chunks: AsyncIterable<string>): AsyncGenerator<CopyPiece> {
  let inBlock = false;
  let carriageReturns = false;
  let line = 0;
  for await (const { text, lines } of rowLines(chunks)) {
    line += lines;
    const first = line - lines + 1;
    if (!inBlock) {
      const [, table, columns] = HEADER.exec(text) ?? [];
      if (table === undefined || columns === undefined) continue;
      inBlock = true;
      carriageReturns = text.endsWith('\r'); // the server writes one kind of line end through a whole file
      yield { kind: 'TABLE', line: first, table: unquoted(table), columns: columns.split(',').map((name) => unquoted(name.trim())) };
      continue;
    }
    const row = carriageReturns && text.endsWith('\r') ? text.slice(0, -1) : text;
    if (row === END_OF_DATA) inBlock = false;
    else yield rowPiece(row, first);
  }
  if (inBlock) yield { kind: 'CUT_OFF', line };
}

function rowPiece(row: string, line: number): CopyPiece {
  try {
    return { kind: 'ROW', line, values: decodeCopyRow(row) };
  } catch (error) {
    if (error instanceof TypeError) return { kind: 'UNREADABLE', line };
    throw error;
  }
}

/** The values of one row without its line end. Bytes that are no UTF-8 are a TypeError. */
function decodeCopyRow(row: string): (string | null)[] {
  // A tab in a value is always written \t, so a real one is a border.
  return row.split('\t').map((field) => {
    if (!field.includes('\\')) return field;
    return field === '\\N' ? null : unescaped(field);
  });
}

const LETTERS = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

const ESCAPED = /\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|([^]))/g;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Any other character after a backslash stands for itself, a line feed among them. */
function unescaped(field: string): string {
  let bytes = false;
  const text = field.replace(ESCAPED, (_all, _octal?: string, _hex?: string, character?: string) => {
    if (character !== undefined) return LETTERS.get(character) ?? character;
    bytes = true;
    return '';
  });
  return bytes ? decodedByBytes(field) : text;
}

/** The rare way: byte escapes are parts of characters and only make sense together. */
function decodedByBytes(field: string): string {
  const parts: Buffer[] = [];
  let from = 0;
  for (const match of field.matchAll(ESCAPED)) {
    const [all, octal, hex, character] = match;
    parts.push(Buffer.from(field.slice(from, match.index)));
    // An octal escape above 377 keeps its low eight bits, as the server does.
    if (octal !== undefined) parts.push(Buffer.of(parseInt(octal, 8) & 0xff));
    else if (hex !== undefined) parts.push(Buffer.of(parseInt(hex, 16)));
    else if (character !== undefined) parts.push(Buffer.from(LETTERS.get(character) ?? character));
    from = match.index + all.length;
  }
  parts.push(Buffer.from(field.slice(from)));
  return utf8.decode(Buffer.concat(parts));
}

/** Cuts a text at the line feeds that end rows: those with an even number of backslashes before them. */
async function* rowLines(chunks: AsyncIterable<string>): AsyncGenerator<{ text: string; lines: number }> {
  let rest = '';
  let searched = 0;
  let lines = 1;
  for await (const chunk of chunks) {
    rest += chunk;
    let start = 0;
    for (let end = rest.indexOf('\n', searched); end >= 0; end = rest.indexOf('\n', end + 1)) {
      if (escapesNext(rest, start, end)) {
        lines += 1;
        continue;
      }
      yield { text: rest.slice(start, end), lines };
      start = end + 1;
      lines = 1;
    }
    rest = rest.slice(start);
    searched = rest.length;
  }
  if (rest !== '') yield { text: rest, lines };
}

function escapesNext(text: string, start: number, end: number): boolean {
  let backslashes = 0;
  while (end - backslashes > start && text[end - backslashes - 1] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

const unquoted = (name: string) => name.replaceAll(/"([^"]*)"/g, '$1');
