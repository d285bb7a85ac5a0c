/** The browser of the page tests: one given or on the PATH, else the one that a package carries. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { access, constants, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import type { Environment } from '../../config/environment.js';
import type { Found } from './find.js';

type Variables = Record<string, string>;

export interface FoundChromium extends Found {
  /** What its process must be given beside its own environment. */
  variables: Variables;
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Throws with what was tried and what helps. The package's own is unpacked into the temporary folder at the first call. */
export async function findChromium({ servers, variables: own }: Environment): Promise<FoundChromium> {
  if (servers.chromiumPath !== null) return checked(servers.chromiumPath, 'CHROMIUM_PATH', own, {});
  for (const folder of servers.searchPath.split(delimiter).filter((entry) => entry !== '')) {
    for (const name of names) {
      const path = join(folder, name);
      if (await exists(path, constants.X_OK)) return checked(path, 'on the PATH', own, {});
    }
  }
  // The package carries a build for Linux on x86-64 alone.
  if (`${process.platform}-${process.arch}` !== 'linux-x64') {
    throw new Error('No Chromium on the PATH, and no package has one for this platform: install Chrome or Chromium, or set CHROMIUM_PATH.');
  }
  return packaged(own);
}

/** A machine without a desktop lacks NSS and fonts, which the package brings as well; one that has its own keeps them. */
async function packaged(own: Variables): Promise<FoundChromium> {
  const { default: chromium } = await import('@sparticuz/chromium');
  const executable = await chromium.executablePath();
  const from = 'from the package @sparticuz/chromium';
  const fonts: Variables = (await exists('/etc/fonts/fonts.conf')) ? {} : { FONTCONFIG_PATH: join(tmpdir(), 'fonts') };
  return checked(executable, from, own, fonts).catch(async () => {
    const folders = [join(await unpackedLibraries(), 'lib'), own['LD_LIBRARY_PATH'] ?? ''].filter((folder) => folder !== '');
    return checked(executable, from, own, { ...fonts, LD_LIBRARY_PATH: folders.join(delimiter) });
  });
}

/** The package unpacks them itself on the vendor's platform alone. */
async function unpackedLibraries(): Promise<string> {
  const archive = fileURLToPath(new URL('../../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium')));
  const folder = join(tmpdir(), 'chromium-libraries');
  await mkdir(folder, { recursive: true });
  const tar = spawn('tar', ['-x', '-C', folder], { stdio: ['pipe', 'ignore', 'ignore'] });
  await Promise.all([pipeline(createReadStream(archive), createBrotliDecompress(), tar.stdin), once(tar, 'close')]);
  return folder;
}

const exists = (path: string, mode = constants.F_OK): Promise<boolean> => access(path, mode).then(() => true, () => false);

async function checked(executable: string, from: string, own: Variables, variables: Variables): Promise<FoundChromium> {
  try {
    const { stdout } = await promisify(execFile)(executable, ['--version', '--no-sandbox'], { timeout: 30_000, env: { ...own, ...variables } });
    return { executable, version: /[\d.]+/.exec(stdout)?.[0] ?? stdout.trim(), from, variables };
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    const remedy = 'install the system’s own (Debian: apt-get install chromium; for the packaged one libnss3), or set CHROMIUM_PATH';
    throw new Error(`${executable} (${from}) does not run: ${said}. To mend it: ${remedy}.`, { cause: error });
  }
}
