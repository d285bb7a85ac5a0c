import { proxyActivities } from '@temporalio/workflow';
import type { DueDateReminderActivities } from '../../activities/fulfillment/notifications-due-date-reminders.js';
import type { NoticeLetterActivities } from '../../activities/fulfillment/notice-letters.js';
import type { RunInput } from '../../domain/run.js';
import { everyPage, inRun, perPage } from '../run.js';

const { countLoansDueToday, remindOfLoansDueToday } = proxyActivities<DueDateReminderActivities>(perPage);
const { queueNoticeLetters, reportUndeliverableLetters } = proxyActivities<NoticeLetterActivities>(perPage);

/** Notifications – Send Due Date Reminders: one letter to every patron with loans due today, sent by the delivery. */
export async function notificationsDueDateReminders(input: RunInput): Promise<void> {
  await inRun(input, countLoansDueToday, async (run) => {
    await everyPage(input, run, 'notices', remindOfLoansDueToday);
    await everyPage(input, run, 'letters', queueNoticeLetters);
    await everyPage(input, run, 'undeliverable', reportUndeliverableLetters);
  });
}
