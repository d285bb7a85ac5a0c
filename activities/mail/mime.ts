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

export interface Wire {
  envelope: { from: string; to: string[] };
  text: Buffer;
}

export function wireForm({ from, replyTo, to, subject, text, html, headers, messageId, date, boundary, envelope }: Message): Wire {
  // What no quoted text can hold: in it, `=` is followed by digits or the end of the line.
  const divider = `=_${boundary}`;
  const head = new MimeNode(html === null ? TEXT : `multipart/alternative; boundary="${divider}"`).setEnvelope(envelope).setHeader({
    ...headers, from, to, 'message-id': messageId, date,
    ...(replyTo === null ? {} : { 'reply-to': replyTo }),
    ...(subject === null ? {} : { subject }),
    ...(html === null ? QUOTED : {}),
  });
  const pieces = html === null
    ? [Buffer.from(`${head.buildHeaders()}\r\n\r\n`), quotedPrintable(text)]
    : [
        Buffer.from(`${head.buildHeaders()}\r\n\r\n--${divider}\r\n${partHead('text/plain')}`), quotedPrintable(text),
        Buffer.from(`\r\n--${divider}\r\n${partHead('text/html')}`), quotedPrintable(html),
        Buffer.from(`\r\n--${divider}--\r\n`),
      ];
  const { from: sender, to: recipients } = head.getEnvelope();
  return { envelope: { from: sender || '', to: recipients }, text: Buffer.concat(pieces) };
}

const TEXT = 'text/plain; charset=utf-8';
const QUOTED = { 'content-transfer-encoding': 'quoted-printable' };
const partHead = (type: string) => `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;
