/**
 * A message as it goes over the wire (RFC 5322; parts by RFC 2045 and 2046): the same letter is the same bytes each time.
 *
 * Made in one piece, because what nodemailer makes of text and HTML passes through a chain of streams in small pieces, which costs five
 * times as much (docs/performance.md, "Letters"). The headers are nodemailer's.
 */
import MimeNode from 'nodemailer/lib/mime-node';
import { quotedPrintable } from './quoted-printable.js';

export interface Message {
  from: string | { name: string; address: string };
  replyTo: string | null;
  to: string | { name: string; address: string };
  /** null: a text message has none. */
  subject: string | null;
  text: string;
  html: string | null;
  headers: Record<string, string>;
  messageId: string;
  date: Date;
  /** Set between the parts; the same for the same letter. */
  boundary: string;
  envelope: { from: string; to: string };
}

export function wireForm({ from, replyTo, to, subject, text, html, headers, messageId, date, boundary }: Message): Buffer {
  const named = {
    ...headers, from, to, 'message-id': messageId, date,
    ...(replyTo === null ? {} : { 'reply-to': replyTo }),
    ...(subject === null ? {} : { subject }),
  };
  if (html === null) {
    const head = new MimeNode(TEXT).setHeader({ ...named, ...QUOTED }).buildHeaders();
    return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), quotedPrintable(text)]);
  }
  // What no quoted text can hold: in it, `=` is followed by digits or the end of the line.
  const divider = `=_${boundary}`;
  const head = new MimeNode(`multipart/alternative; boundary="${divider}"`).setHeader(named).buildHeaders();
  return Buffer.concat([
    Buffer.from(`${head}\r\n\r\n--${divider}\r\n${partHead('text/plain')}`), quotedPrintable(text),
    Buffer.from(`\r\n--${divider}\r\n${partHead('text/html')}`), quotedPrintable(html),
    Buffer.from(`\r\n--${divider}--\r\n`),
  ]);
}

const TEXT = 'text/plain; charset=utf-8';
const QUOTED = { 'content-transfer-encoding': 'quoted-printable' };
const partHead = (type: string) => `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;
