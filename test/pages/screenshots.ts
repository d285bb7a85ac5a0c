/** Makes the pictures of README from running pages: `node bin/source.mjs test/pages/screenshots.ts`. Look at them before they are committed. */
import { join, resolve } from 'node:path';
import { startServers } from '../support/global-setup.js';
import { openPages, signIn } from '../support/pages.js';

const folder = resolve(import.meta.dirname, '../../docs/images');

const stopServers = await startServers(4096);
const pages = await openPages('screenshots');
try {
  const { house, institutionId } = pages;
  const job = await house.models.ScheduledJob.findOne({ institutionId, jobKey: 'loans-overdue-and-lost' }).lean();
  const { processId } = await house.run({ institutionId, scheduledJobId: job?._id ?? '' });
  const page = await pages.open({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', javaScriptEnabled: false });
  await signIn(page, 'general-system-administrator');
  await page.goto('/monitor-jobs/scheduled');
  await page.screenshot({ path: join(folder, 'scheduled.png') });
  await page.goto(`/runs/${processId}`);
  await page.screenshot({ path: join(folder, 'run-report.png'), fullPage: true });
} finally {
  await pages.close();
  await stopServers();
}
