/** Installs the packages when they are missing or older than the lock file. Plain JavaScript: it runs before any package. */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The packages' own need (engines of eslint and mongoose). */
const oldestNode = [20, 19];

/** Ends the process when Node.js is too old or npm fails. */
export function ensurePackages() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    console.error(`Almanac needs Node.js ${oldestNode.join('.')} or newer; this is ${process.versions.node}.`);
    process.exit(1);
  }
  if (packagesAreCurrent()) return;
  console.error('Installing the packages (once; a minute or two) …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2], // standard output belongs to the command's answer
    shell: process.platform === 'win32', // npm is a script there
  });
  if (npm.status !== 0) {
    console.error(`npm ci failed${npm.error ? `: ${npm.error.message}` : ''}. The packages could not be installed.`);
    process.exit(1);
  }
}

/** npm writes its own lock file last, so an installation that was broken off counts as missing. */
function packagesAreCurrent() {
  const installed = `${root}node_modules/.package-lock.json`;
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${root}package-lock.json`).mtimeMs;
}
