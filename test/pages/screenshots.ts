/** Makes the pictures of README from running pages: `node bin/source.mjs test/pages/screenshots.ts`. Look at them before they are committed. */
import { join, resolve } from 'node:path';
import { startServers } from '../support/global-setup.js';
import { openPages, signIn } from '../support/pages.js';

const folder = resolve(import.meta.dirname, '../../docs/images');

const stopServers = await startServers(4096);
const pages = await openPages('screenshots');
try {
  const { house, institutionId } = pages;
  const { models } = house;
  const english = await models.User.find({ institutionId, preferredLanguage: 'en' }, { _id: 1 }).lean();
  const late = { institutionId, status: 'ACTIVE' as const, processStatus: 'NORMAL' as const, dueDate: { $lt: new Date() }, userId: { $in: english.map(({ _id }) => _id) } };
  const { userId } = await models.Loan.findOne(late).sort({ dueDate: 1, _id: 1 }).orFail().lean();
  let report = '';
  for (const { _id, jobKey } of await models.ScheduledJob.find({ institutionId, active: true }).sort({ jobKey: 1 }).lean()) {
    const { processId } = await house.run({ institutionId, scheduledJobId: _id });
    if (jobKey === 'loans-overdue-and-lost') report = `/runs/${processId}`;
  }
  const page = await pages.open({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', javaScriptEnabled: false });
  await signIn(page, 'general-system-administrator');
  await page.goto('/monitor-jobs/scheduled?active=yes');
  await page.screenshot({ path: join(folder, 'scheduled.png') });
  await page.goto(report);
  await page.screenshot({ path: join(folder, 'run-report.png'), fullPage: true });
  await page.goto(`/desk/patrons/${userId}`);
  await page.screenshot({ path: join(folder, 'desk.png') });
} finally {
  await pages.close();
  await stopServers();
}
