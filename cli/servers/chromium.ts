/** The browser of the page tests: one given or on the PATH, else the one that a package carries. */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../../config/environment.js';
import type { Found } from './find.js';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Throws with what was tried and what helps. The package's own is unpacked into the temporary folder at the first call. */
export async function findChromium({ servers }: Environment): Promise<Found> {
  if (servers.chromiumPath !== null) return checked(servers.chromiumPath, 'CHROMIUM_PATH');
  for (const folder of servers.searchPath.split(delimiter).filter((entry) => entry !== '')) {
    for (const name of names) {
      const path = join(folder, name);
      if (await access(path, constants.X_OK).then(() => true, () => false)) return checked(path, 'on the PATH');
    }
  }
  // The package carries a build for Linux on x86-64 alone.
  if (`${process.platform}-${process.arch}` !== 'linux-x64') {
    throw new Error('No Chromium on the PATH, and no package has one for this platform: install Chrome or Chromium, or set CHROMIUM_PATH.');
  }
  const { default: packaged } = await import('@sparticuz/chromium');
  return checked(await packaged.executablePath(), 'from the package @sparticuz/chromium');
}

async function checked(executable: string, from: string): Promise<Found> {
  try {
    const { stdout } = await promisify(execFile)(executable, ['--version', '--no-sandbox'], { timeout: 30_000 });
    return { executable, version: /[\d.]+/.exec(stdout)?.[0] ?? stdout.trim(), from };
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    const remedy = 'install the system’s own (Debian: apt-get install chromium; for the packaged one libnss3), or set CHROMIUM_PATH';
    throw new Error(`${executable} (${from}) does not run: ${said}. To mend it: ${remedy}.`, { cause: error });
  }
}
