/** The mail server of the blows misbehaves in each way that it is there for, the same way each time, and takes every letter in the end. */
import assert from 'node:assert/strict';
import { createTransport } from 'nodemailer';
import { test } from 'vitest';
import { startChaosMailServer } from '../../chaos/mail-server.js';

const PATRONS = Array.from({ length: 160 }, (_, index) => `p${String(index).padStart(5, '0')}`);
const HOUR_MS = 60 * 60 * 1000;

/** Tries letters to all until they are accepted or refused for good; how often what befell them, and who was never taken. */
async function delivered(seed: number): Promise<{ befell: Record<string, number>; refused: string[] }> {
  const server = await startChaosMailServer(seed);
  const transport = createTransport({ ...optionsOf(server.url), pool: true, maxConnections: 30 });
  const refused: string[] = [];
  const isTaken = async (patron: string): Promise<boolean> => {
    const sent = await transport.sendMail({ from: 'library@example.org', to: `${patron}.c01@example.org`, messageId: `<${patron}@example.org>`, text: 'Due soon' }).then(() => null, (error: unknown) => error);
    if (sent === null) return true;
    if (!(sent instanceof Error && 'responseCode' in sent && sent.responseCode === 550)) return false;
    refused.push(patron);
    return true;
  };
  for (let waiting = PATRONS; waiting.length > 0; server.timePasses(HOUR_MS)) {
    const taken = await Promise.all(waiting.map(isTaken));
    waiting = waiting.filter((_patron, index) => !taken[index]);
  }
  transport.close();
  await server.close();
  return { befell: Object.fromEntries([...server.befell].sort()), refused: refused.sort() };
}

const optionsOf = (url: string) => ({ host: '127.0.0.1', port: Number(new URL(url).port), socketTimeout: 500 });

test('each fault befalls somebody, and the same ones when the seed is the same', async () => {
  const first = await delivered(1);
  assert.deepEqual(Object.keys(first.befell), ['421', '450', '550', '552', 'CUT_AFTER_ACCEPTING', 'SILENT_AFTER_TEXT', 'SILENT_AT_RECIPIENT', 'only after an hour']);
  assert.deepEqual(await delivered(1), first);
});
