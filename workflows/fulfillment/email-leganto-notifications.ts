import { proxyActivities } from '@temporalio/workflow';
import type { ReadingListMailActivities } from '../../activities/fulfillment/email-leganto-notifications.js';
import type { RunInput } from '../../domain/run.js';
import { everyPage, inRun, perPage } from '../run.js';

const { countReadingListNews, claimReadingListNews, mailReadingListNews } = proxyActivities<ReadingListMailActivities>(perPage);

/** Email Leganto Notifications to Users: one mail to every owner of a reading list with unread news, sent by the delivery. */
export async function emailLegantoNotifications(input: RunInput): Promise<void> {
  await inRun(input, countReadingListNews, async (run) => {
    await everyPage(input, run, 'news', claimReadingListNews);
    await everyPage(input, run, 'mails', mailReadingListNews);
  });
}
