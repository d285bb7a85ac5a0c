/** The session secret of an embedded installation: made once, kept in its folder, so that sign-ins outlive a restart. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export async function sessionSecret(folder: string): Promise<string> {
  const file = join(folder, 'session-secret');
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept.length >= 32) return kept; // shorter: cut off by a kill
  const made = randomBytes(32).toString('hex');
  await writeFile(file, made, { mode: 0o600 });
  return made;
}
