/**
 * The mail server of the embedded installation: it accepts every letter and keeps it, nothing leaves the machine.
 *
 * A letter is `<id>.eml` and a line of `index.ndjson` in one folder, both written before it is acknowledged; the API
 * shows the folder as the mailbox. A letter whose line was lost to a kill gets it at the next start.
 */
import { once } from 'node:events';
import { appendFile, mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { z } from 'zod';
import type { Now } from '../config/clock.js';

const caughtMail = z.object({
  /** Rises with time; the name of the file without `.eml`. */
  id: z.string(),
  receivedAt: z.string(),
  /** Of the envelope, '' for a bounce. */
  envelopeFrom: z.string(),
  envelopeTo: z.array(z.string()),
  /** Of the header, as it is shown. */
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  messageId: z.string(),
  size: z.number().int(),
  attachments: z.number().int(),
});
export type CaughtMail = z.infer<typeof caughtMail>;

export interface CaughtContent extends CaughtMail {
  text: string | null;
  html: string | null;
  headers: { name: string; value: string }[];
}

const largest = 25 * 1024 * 1024;

/** Port 0 takes a free one; the port that was taken is in the answer. */
export async function startMailCatcher(
  { folder, port, now }: { folder: string; port: number; now: Now },
): Promise<{ port: number; stop: () => Promise<void> }> {
  await mkdir(folder, { recursive: true });
  await mendIndex(folder);
  let writing = Promise.resolve();

  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    onAuth: ({ username }, _session, done) => done(null, { user: username }), // whoever sends may send
    size: largest,
    onData: (stream, session, done) => {
      const kept = buffer(stream).then(async (source) => {
        if (stream.sizeExceeded) throw Object.assign(new Error('the letter is larger than 25 MB'), { responseCode: 552 });
        const entry = await entryOf(idAt(now()), source, session);
        const written = writing.then(() => keep(folder, entry, source)); // one line at a time
        writing = written.catch(() => undefined); // its sender hears of it, the next letter does not
        return written;
      });
      kept.then(() => done(), done);
    },
  });
  server.on('error', () => undefined); // a client that hangs up concerns that client alone
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => { server.close(() => resolve()); }),
  };
}

/** The newest first. `before` is the id of the last one that was shown. */
export async function listMail(
  folder: string, { limit, before = null }: { limit: number; before?: string | null },
): Promise<CaughtMail[]> {
  const listed: CaughtMail[] = [];
  for (const line of (await linesOf(folder)).reverse()) {
    const mail = mailOf(line);
    if (mail === null || (before !== null && mail.id >= before)) continue;
    listed.push(mail);
    if (listed.length === limit) break;
  }
  return listed;
}

/** Null when there is no such letter. */
export async function readMail(folder: string, id: string): Promise<CaughtContent | null> {
  const source = await sourceOf(folder, id);
  const mail = (await linesOf(folder)).map(mailOf).find((entry) => entry?.id === id);
  if (source === null || mail === undefined || mail === null) return null;
  const parsed = await PostalMime.parse(source);
  return {
    ...mail,
    text: parsed.text ?? null,
    html: parsed.html ?? null,
    headers: parsed.headers.map(({ originalKey, value }) => ({ name: originalKey, value })),
  };
}

/** The letter as it came; null when there is none. */
export async function sourceOf(folder: string, id: string): Promise<Buffer | null> {
  if (!/^\d{13}-\d{6}$/.test(id)) return null; // it comes from an address line and names a file
  return readFile(join(folder, `${id}.eml`)).catch(() => null);
}

let letters = 0;

/** Milliseconds and a running number, so that names sort as the letters came. */
function idAt(instant: Date): string {
  letters = (letters + 1) % 1_000_000;
  return `${String(instant.getTime()).padStart(13, '0')}-${String(letters).padStart(6, '0')}`;
}

async function entryOf(id: string, source: Buffer, session: SMTPServerSession | null): Promise<CaughtMail> {
  const parsed = await PostalMime.parse(source);
  const shown = (list: { name?: string; address?: string }[] = []) =>
    list.map(({ name, address }) => (name ? `${name} <${address ?? ''}>` : (address ?? ''))).join(', ');
  return {
    id,
    receivedAt: new Date(Number(id.slice(0, 13))).toISOString(),
    envelopeFrom: session?.envelope.mailFrom ? session.envelope.mailFrom.address : '',
    envelopeTo: session?.envelope.rcptTo.map(({ address }) => address) ?? [],
    from: shown(parsed.from && [parsed.from]),
    to: shown(parsed.to),
    subject: parsed.subject ?? '',
    messageId: parsed.messageId ?? '',
    size: source.length,
    attachments: parsed.attachments.length,
  };
}

async function keep(folder: string, entry: CaughtMail, source: Buffer): Promise<void> {
  const file = join(folder, `${entry.id}.eml`);
  await writeFile(`${file}.part`, source);
  await rename(`${file}.part`, file);
  await appendFile(indexOf(folder), `${JSON.stringify(entry)}\n`);
}

/** A line cut off by a kill is closed, a letter without a line gets one; its envelope is lost. */
async function mendIndex(folder: string): Promise<void> {
  const text = await readFile(indexOf(folder), 'utf8').catch(() => '');
  if (text !== '' && !text.endsWith('\n')) await appendFile(indexOf(folder), '\n');
  const known = new Set(text.split('\n').map((line) => mailOf(line)?.id));
  const ids = (await readdir(folder)).filter((name) => name.endsWith('.eml')).map((name) => name.slice(0, -4));
  for (const id of ids.filter((name) => !known.has(name)).sort()) {
    const source = await sourceOf(folder, id);
    if (source !== null) await appendFile(indexOf(folder), `${JSON.stringify(await entryOf(id, source, null))}\n`);
  }
}

const indexOf = (folder: string) => join(folder, 'index.ndjson');

async function linesOf(folder: string): Promise<string[]> {
  const text = await readFile(indexOf(folder), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** Null for a line that a kill cut off, or that is being written at this moment. */
function mailOf(line: string): CaughtMail | null {
  try {
    return caughtMail.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
