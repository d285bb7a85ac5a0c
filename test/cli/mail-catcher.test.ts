/** The mail catcher keeps what it acknowledged, across restarts, and shows it newest first. */
import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, test } from 'vitest';
import { listMail, readMail, sourceOf, startMailCatcher } from '../../cli/mail-catcher.js';

const noon = new Date('2025-05-29T12:00:00.000Z');
const now = () => noon;
let folder: string;
let catcher: Awaited<ReturnType<typeof startMailCatcher>>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mail-'));
  catcher = await startMailCatcher({ folder, port: 0, now });
});
afterEach(async () => {
  await catcher.stop();
  await rm(folder, { recursive: true });
});

async function send(subject: string, more: object = {}) {
  const transport = createTransport({ host: '127.0.0.1', port: catcher.port });
  await transport.sendMail({
    from: 'Library <library@example.org>', to: 'Ada <ada@example.org>', subject, text: `About ${subject}`, ...more,
  });
  transport.close();
}

test('a letter is kept with its envelope, header, text and attachments', async () => {
  await send('Fälligkeit', {
    envelope: { from: 'bounce+7@example.org', to: ['ada@example.org'] },
    html: '<p>Fällig</p>', attachments: [{ filename: 'list.csv', content: 'a;b' }],
  });
  const [mail] = await listMail(folder, { limit: 10 });
  assert.ok(mail);
  assert.deepEqual(
    { ...mail, id: mail.id.slice(0, 13), messageId: '', size: 0 },
    {
      id: '1748520000000', receivedAt: '2025-05-29T12:00:00.000Z', envelopeFrom: 'bounce+7@example.org',
      envelopeTo: ['ada@example.org'], from: 'Library <library@example.org>', to: 'Ada <ada@example.org>',
      subject: 'Fälligkeit', messageId: '', size: 0, attachments: 1,
    },
  );
  const content = await readMail(folder, mail.id);
  assert.equal(content?.text?.trim(), 'About Fälligkeit');
  assert.equal(content?.html?.trim(), '<p>Fällig</p>');
});

test('the newest letter comes first, and the next page begins after the last one shown', async () => {
  for (const subject of ['one', 'two', 'three']) await send(subject);
  const first = await listMail(folder, { limit: 2 });
  assert.deepEqual(first.map(({ subject }) => subject), ['three', 'two']);
  const second = await listMail(folder, { limit: 2, before: first[1]?.id ?? null });
  assert.deepEqual(second.map(({ subject }) => subject), ['one']);
});

test('letters that arrive together are all kept', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, number) => send(`letter ${number}`)));
  assert.equal((await listMail(folder, { limit: 100 })).length, 20);
});

test('a restart loses nothing and adds nothing', async () => {
  await send('one');
  const before = await listMail(folder, { limit: 10 });
  await catcher.stop();
  catcher = await startMailCatcher({ folder, port: 0, now });
  assert.deepEqual(await listMail(folder, { limit: 10 }), before);
});

test('a letter whose index line was cut off by a kill is listed again after the restart', async () => {
  await send('one');
  await catcher.stop();
  const index = join(folder, 'index.ndjson');
  const line = await readFile(index, 'utf8');
  await writeFile(index, line.slice(0, 40));
  catcher = await startMailCatcher({ folder, port: 0, now });
  await send('two');
  assert.deepEqual((await listMail(folder, { limit: 10 })).map(({ subject }) => subject), ['two', 'one']);
});

test('a half-written line is passed over while it is being written', async () => {
  await send('one');
  await appendFile(join(folder, 'index.ndjson'), '{"id":"17485');
  assert.equal((await listMail(folder, { limit: 10 })).length, 1);
});

test('an id that is no id of a letter reads no file', async () => {
  assert.equal(await sourceOf(folder, '../../package'), null);
  assert.equal(await readMail(folder, '1748520000000-999999'), null);
});
