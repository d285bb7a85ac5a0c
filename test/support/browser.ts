/** One Chromium for the tests of a file. */
import { chromium, type Browser } from 'playwright-core';
import { findChromium } from '../../cli/servers/chromium.js';
import { environment } from '../../config/environment.js';

/** Throws "This test needs Chromium", which skips the file by name, and fails it when CI=true. */
export async function openBrowser(): Promise<Browser> {
  const { executable, variables } = await findChromium(environment()).catch((error: unknown) => {
    throw new Error(`This test needs Chromium: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  });
  return chromium.launch({
    executablePath: executable,
    env: { ...environment().variables, ...variables },
    // Containers run as root and have a small /dev/shm.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
}
