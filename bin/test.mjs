/**
 * `npm test`: packages, lint, types and every test; arguments go to vitest. The last line counts them all, lint and types
 * as one test each. Status 1 when anything failed.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ensurePackages, root } from './install.mjs';

ensurePackages();
const startedAt = performance.now();
const tally = { passed: 0, failed: [], skipped: [] };

// Beside the tests, which leave a core idle now and then. Both programmes are written in Go: with one processor they look at each type
// once instead of once in each thread, and without its garbage collector they need a third less time and 2 GB at most.
const go = { GOMAXPROCS: '1', GOGC: 'off' };
const checks = Promise.all([check('lint', 'node_modules/oxlint/bin/oxlint', '--type-aware', '--threads=1'), check('types', 'node_modules/.bin/tsc', '--noEmit', '--singleThreaded', '--incremental', '--tsBuildInfoFile', 'build/types.tsbuildinfo')]);
const folder = mkdtempSync(join(tmpdir(), 'almanac-tally-'));
const tallyFile = join(folder, 'tally.json');
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=./test/support/tally.ts', ...process.argv.slice(2)];
await run(process.execPath, vitest, { stdio: 'inherit', env: { ...process.env, ALMANAC_TEST_TALLY: tallyFile } });
await checks;
add(tallyOf(tallyFile));
rmSync(folder, { recursive: true });

const seconds = Math.round((performance.now() - startedAt) / 1000);
const { passed, failed, skipped } = tally;
for (const name of skipped) console.log(`skipped  ${name}`);
for (const name of failed) console.log(`failed   ${name}`);
console.log(`after ${seconds} s`);
console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** A check counts as one test; what it printed is shown when it failed. */
async function check(name, script, ...options) {
  const { status, printed } = await run(process.execPath, [script, ...options], { env: { ...process.env, ...go } });
  console.log(`${name}: ${status === 0 ? 'passed' : `failed\n${printed}`}`);
  add(status === 0 ? { passed: 1, failed: [], skipped: [] } : { passed: 0, failed: [name], skipped: [] });
}

function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, ...options });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => { printed += chunk; });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('close', (status) => resolve({ status, printed }));
  });
}

/** vitest that ended without having counted anything failed as a whole. */
function tallyOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: ['vitest ended before it could count its tests'], skipped: [] };
  }
}

function add({ passed, failed, skipped }) {
  tally.passed += passed;
  tally.failed.push(...failed);
  tally.skipped.push(...skipped);
}
