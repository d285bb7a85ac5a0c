/** Text that passes any mail server unharmed and stays readable (RFC 2045, 6.7). */

const LONGEST_LINE = 76;
const [TAB, LF, CR, SPACE, EQUALS] = [0x09, 0x0a, 0x0d, 0x20, 0x3d];
const HEX = Buffer.from('0123456789ABCDEF');
/** 1: as it is, wherever it stands. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte > SPACE && byte < 0x7f && byte !== EQUALS));
/** Widest: every byte as `=XX`, and a soft break after 25 of them. */
const widest = (bytes: number) => 3 * bytes + 3 * Math.ceil(bytes / 25);

/** In UTF-8, its lines ended by CR LF, whether they ended by LF or CR LF before. */
export function quotedPrintable(text: string): Buffer {
  const given = Buffer.from(text.replaceAll('\r\n', '\n'));
  const encoded = Buffer.allocUnsafe(widest(given.length));
  let length = 0;
  let column = 0;
  for (let index = 0; index < given.length; index += 1) {
    const byte = given[index]!;
    if (PLAIN[byte] === 1 && column < LONGEST_LINE - 1) {
      encoded[length++] = byte;
      column += 1;
      continue;
    }
    if (byte === LF) {
      encoded[length++] = CR;
      encoded[length++] = LF;
      column = 0;
      continue;
    }
    const endsLine = index + 1 === given.length || given[index + 1] === LF;
    // Servers may cut blanks from the end of a line.
    const asItIs = byte === SPACE || byte === TAB ? !endsLine : PLAIN[byte] === 1;
    const width = asItIs ? 1 : 3;
    if (column + width > (endsLine ? LONGEST_LINE : LONGEST_LINE - 1)) {
      encoded[length++] = EQUALS;
      encoded[length++] = CR;
      encoded[length++] = LF;
      column = 0;
    }
    column += width;
    if (asItIs) {
      encoded[length++] = byte;
    } else {
      encoded[length++] = EQUALS;
      encoded[length++] = HEX[byte >> 4]!;
      encoded[length++] = HEX[byte & 15]!;
    }
  }
  return encoded.subarray(0, length);
}
