/** The workflows as the engine's sandbox takes them: built ahead (`npm run build`), else bundled now. */
import { existsSync } from 'node:fs';
import { writeFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const built = here('../build/workflow-bundle.js');

/** In production, where sources may not be there, the bundle that `npm run build` made; it is of the same commit. */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  return existsSync(built) ? { codePath: built } : { code: await bundle() };
}

/** Writes the bundle for `workflowBundle` to find. */
export async function buildWorkflowBundle(): Promise<string> {
  await mkdir(dirname(built), { recursive: true });
  await writeFile(built, await bundle());
  return built;
}

async function bundle(): Promise<string> {
  const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error: console.error, log() {} };
  const { code } = await bundleWorkflowCode({ workflowsPath: here('../workflows/index.ts'), logger: quiet });
  return code;
}
