import { proxyActivities } from '@temporalio/workflow';
import type { NoticeLetterActivities } from '../../activities/fulfillment/notice-letters.js';
import type { CourtesyActivities } from '../../activities/fulfillment/notifications-courtesy-and-renewals.js';
import type { RunInput } from '../../domain/run.js';
import { everyPage, inRun, perPage } from '../run.js';

const { countLoansFallingDue, finishLeftRenewals, renewLoansFallingDue } = proxyActivities<CourtesyActivities>(perPage);
const { queueNoticeLetters, reportUndeliverableLetters } = proxyActivities<NoticeLetterActivities>(perPage);

/** Notifications – Send Courtesy Notices and Handle Loan Renewals: renews loans before they are due, and tells patrons what falls due all the same. */
export async function notificationsCourtesyAndRenewals(input: RunInput): Promise<void> {
  await inRun(input, countLoansFallingDue, async (run) => {
    await everyPage(input, run, 'left renewals', finishLeftRenewals);
    await everyPage(input, run, 'loans', renewLoansFallingDue);
    await everyPage(input, run, 'letters', queueNoticeLetters);
    await everyPage(input, run, 'undeliverable', reportUndeliverableLetters);
  });
}
