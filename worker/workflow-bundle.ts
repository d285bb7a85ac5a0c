/**
 * The workflows as the engine's sandbox takes them.
 *
 * Bundling takes seconds, so a bundle is kept in build/ under the fingerprint of what it is made from: ahead by
 * `npm run build`, else by the first worker. Sources that change lead to another one.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';

const root = resolve(import.meta.dirname, '..');
const build = join(root, 'build');

/** Made in memory where build/ cannot be written. */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  const kept = keptBundle();
  if (existsSync(kept)) return { codePath: kept };
  const code = await bundle();
  return keep(kept, code).then((codePath) => ({ codePath }), () => ({ code }));
}

/** Writes the bundle for `workflowBundle` to find, and answers where it is. */
export async function buildWorkflowBundle(): Promise<string> {
  const kept = keptBundle();
  return existsSync(kept) ? kept : keep(kept, await bundle());
}

/** A name tells all that goes in: the rooms that workflows may import, and the versions of the packages. */
function keptBundle(): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const room of ['workflows', 'domain', 'config']) {
    const files = readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    for (const file of files.sort()) hash.update(`${room}/${file}\n`).update(readFileSync(join(root, room, file)));
  }
  return join(build, `workflows-${hash.digest('hex').slice(0, 16)}.js`);
}

/** Several workers may do so at once, and one may be killed meanwhile: the name appears with the whole content. */
async function keep(path: string, code: string): Promise<string> {
  await mkdir(build, { recursive: true });
  await writeFile(`${path}.${process.pid}`, code);
  await rename(`${path}.${process.pid}`, path);
  return path;
}

async function bundle(): Promise<string> {
  const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error: console.error, log() {} };
  const { code } = await bundleWorkflowCode({ workflowsPath: join(root, 'workflows', 'index.ts'), logger: quiet });
  return code;
}
