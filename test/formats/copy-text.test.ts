/** PostgreSQL's COPY text (its documentation, COPY, "Text Format"), read from pieces of any size. */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { copyPieces, type CopyPiece } from '../../formats/copy-text.js';

/** The pieces of a text that arrives `size` characters at a time. */
async function piecesOf(text: string, size = 7): Promise<CopyPiece[]> {
  const chunks = (async function* () {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
  })();
  const pieces: CopyPiece[] = [];
  for await (const piece of copyPieces(chunks)) pieces.push(piece);
  return pieces;
}
const header = 'COPY actor.card (id, usr, barcode) FROM stdin;\n';
/** The values of one row between a header and an end. */
const valuesOf = async (row: string) => (await piecesOf(`${header}${row}\n\\.\n`)).flatMap((piece) => (piece.kind === 'ROW' ? [piece.values] : []));

describe('a block', () => {
  test('names its table and columns, and its rows by their line', async () => {
    assert.deepEqual(await piecesOf(`SET x = 1;\n${header}1\t2\tA\n3\t4\tB\n\\.\n\nSELECT 1;\n`), [
      { kind: 'TABLE', line: 2, table: 'actor.card', columns: ['id', 'usr', 'barcode'] },
      { kind: 'ROW', line: 3, values: ['1', '2', 'A'] },
      { kind: 'ROW', line: 4, values: ['3', '4', 'B'] },
    ]);
  });

  test('reads the same whatever the size of the pieces', async () => {
    const text = `${header}1\t\\N\tA\\tB\\\nC\n\\.\n${header}9\t9\t9\n\\.\n`;
    const whole = await piecesOf(text, text.length);
    for (const size of [1, 2, 3, 5, 8, 13]) assert.deepEqual(await piecesOf(text, size), whole);
  });

  test('without rows gives its table only, and a second block follows', async () => {
    assert.deepEqual((await piecesOf(`${header}\\.\nCOPY "T" ("a b") FROM stdin;\nx\n\\.\n`)).map((piece) => [piece.kind, piece.line]), [
      ['TABLE', 1], ['TABLE', 3], ['ROW', 4],
    ]);
  });

  test('written with carriage returns loses them at the row ends only', async () => {
    const text = `${header}1\t2\tA\n\\.\n`.replaceAll('\n', '\r\n');
    assert.deepEqual((await piecesOf(text))[1], { kind: 'ROW', line: 2, values: ['1', '2', 'A'] });
  });

  test('that the file cuts off is said so, after the rows that were there', async () => {
    assert.deepEqual((await piecesOf(`${header}1\t2\tA\n`)).map(({ kind }) => kind), ['TABLE', 'ROW', 'CUT_OFF']);
  });
});

describe('a value', () => {
  test.each<[what: string, written: string, read: string | null]>([
    ['\\N is null', '\\N', null],
    ['an empty one is empty, not null', '', ''],
    ['NULL is the word', 'NULL', 'NULL'],
    ['letters of control characters', '\\b\\f\\n\\r\\t\\v', '\b\f\n\r\t\v'],
    ['a backslash doubled', 'C:\\\\new', 'C:\\new'],
    ['any other character stands for itself', '\\q\\N', 'qN'],
    ['octal bytes make one character together', '\\303\\251t\\303\\251', 'été'],
    ['hexadecimal bytes too', '\\xC3\\xa9', 'é'],
    ['characters beside bytes', 'Zoë \\303\\251', 'Zoë é'],
  ])('%s', async (_, written, read) => {
    assert.deepEqual(await valuesOf(written), [[read]]);
  });

  test('with a line feed behind a backslash takes two lines, and the next row is counted after both', async () => {
    assert.deepEqual((await piecesOf(`${header}a\\\nb\nc\n\\.\n`)).slice(1), [
      { kind: 'ROW', line: 2, values: ['a\nb'] },
      { kind: 'ROW', line: 4, values: ['c'] },
    ]);
  });

  test('ending in a doubled backslash ends its row', async () => {
    assert.deepEqual(await valuesOf('a\\\\\nb'), [['a\\'], ['b']]);
  });

  test('whose bytes are no UTF-8 makes its row unreadable, and only it', async () => {
    assert.deepEqual((await piecesOf(`${header}\\377\nb\n\\.\n`)).slice(1), [
      { kind: 'UNREADABLE', line: 2 },
      { kind: 'ROW', line: 3, values: ['b'] },
    ]);
  });
});
