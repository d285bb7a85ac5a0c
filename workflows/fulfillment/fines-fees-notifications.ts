import { proxyActivities } from '@temporalio/workflow';
import type { FinesFeesActivities } from '../../activities/fulfillment/fines-fees-notifications.js';
import type { NoticeLetterActivities } from '../../activities/fulfillment/notice-letters.js';
import type { RunInput } from '../../domain/run.js';
import { everyPage, inRun, perPage } from '../run.js';

const { countDebtors, notifyOfDebts } = proxyActivities<FinesFeesActivities>(perPage);
const { reportUndeliverableLetters } = proxyActivities<NoticeLetterActivities>(perPage);

/** Fines/Fees Notifications: letters to patrons who owe more, and longer, than a profile lets pass, sent by the delivery. */
export async function finesFeesNotifications(input: RunInput): Promise<void> {
  await inRun(input, countDebtors, async (run) => {
    await everyPage(input, run, 'patrons', notifyOfDebts);
    await everyPage(input, run, 'undeliverable', reportUndeliverableLetters);
  });
}
