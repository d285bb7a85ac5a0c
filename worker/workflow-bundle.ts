/**
 * Workflows as the engine's sandbox takes them.
 *
 * Bundling takes seconds, so a bundle is kept in build/ under the fingerprint of what it is made from: ahead by
 * `npm run build`, else by the first worker. Sources that change lead to another one.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { WorkflowBundleOption } from '@temporalio/worker';

const root = resolve(import.meta.dirname, '..');
const build = join(root, 'build');

/** Both import from their own folders and from the rooms that workflows may import, and nothing else of ours. */
export interface Sources {
  workflowsPath: string;
  interceptors: readonly string[];
}
export const ours: Sources = { workflowsPath: join(root, 'workflows', 'index.ts'), interceptors: [] };

/** Made in memory where build/ cannot be written. */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  const kept = placeOf(ours);
  if (existsSync(kept)) return { codePath: kept };
  const code = await bundle(ours);
  return keep(kept, code).then((codePath) => ({ codePath }), () => ({ code }));
}

/** Answers where the bundle is, and writes it when it is not there; of our own sources it is the one that `workflowBundle` looks for. */
export async function keptBundle(sources: Sources): Promise<string> {
  const kept = placeOf(sources);
  return existsSync(kept) ? kept : keep(kept, await bundle(sources));
}

/** A name tells all that goes in: the sources, and the versions of the packages. */
function placeOf({ workflowsPath, interceptors }: Sources): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  const folders = new Set([...['workflows', 'domain', 'config'].map((room) => join(root, room)), dirname(workflowsPath), ...interceptors.map((path) => dirname(path))]);
  for (const folder of folders) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    for (const file of files.sort()) hash.update(`${relative(root, folder)}/${file}\n`).update(readFileSync(join(folder, file)));
  }
  hash.update([workflowsPath, ...interceptors].map((path) => relative(root, path)).join('\n'));
  return join(build, `workflows-${hash.digest('hex').slice(0, 16)}.js`);
}

/** Several workers may do so at once, and one may be killed meanwhile: the name appears with the whole content. */
async function keep(path: string, code: string): Promise<string> {
  await mkdir(build, { recursive: true });
  await writeFile(`${path}.${process.pid}`, code);
  await rename(`${path}.${process.pid}`, path);
  return path;
}

async function bundle({ workflowsPath, interceptors }: Sources): Promise<string> {
  const { bundleWorkflowCode } = await import('@temporalio/worker'); // here, or every command would load it
  const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error: console.error, log() {} };
  const { code } = await bundleWorkflowCode({ workflowsPath, workflowInterceptorModules: [...interceptors], logger: quiet });
  return code;
}
