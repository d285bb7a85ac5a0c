import { proxyActivities } from '@temporalio/workflow';
import type { ActivityReportActivities } from '../../activities/fulfillment/notifications-activity-report.js';
import type { NoticeLetterActivities } from '../../activities/fulfillment/notice-letters.js';
import type { RunInput } from '../../domain/run.js';
import { everyPage, inRun, perPage } from '../run.js';

const { countAccounts, reportActivity } = proxyActivities<ActivityReportActivities>(perPage);
const { reportUndeliverableLetters } = proxyActivities<NoticeLetterActivities>(perPage);

/** Notifications – Send Periodic Fulfillment Activity Report: tells patrons what they have on loan and what they owe, by the delivery. */
export async function notificationsActivityReport(input: RunInput): Promise<void> {
  await inRun(input, countAccounts, async (run) => {
    await everyPage(input, run, 'patrons', reportActivity);
    await everyPage(input, run, 'undeliverable', reportUndeliverableLetters);
  });
}
