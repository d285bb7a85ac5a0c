/** The workflows of the product with the impatience of the test (impatience.ts), bundled once for all workers of a run. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Answers with the path of the bundle, in a folder of its own that the caller removes. */
export async function impatientBundle(): Promise<{ folder: string; codePath: string }> {
  const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error: console.error, log() {} };
  const { code } = await bundleWorkflowCode({
    workflowsPath: pathOf('../workflows/index.ts'),
    workflowInterceptorModules: [pathOf('impatience.ts')],
    logger: quiet,
  });
  const folder = await mkdtemp(join(tmpdir(), 'almanac-impatient-'));
  const codePath = join(folder, 'workflows.js');
  await writeFile(codePath, code);
  return { folder, codePath };
}
