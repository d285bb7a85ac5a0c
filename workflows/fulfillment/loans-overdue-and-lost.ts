import { proxyActivities } from '@temporalio/workflow';
import type { OverdueAndLostActivities } from '../../activities/fulfillment/loans-overdue-and-lost.js';
import type { NoticeLetterActivities } from '../../activities/fulfillment/notice-letters.js';
import type { RunInput } from '../../domain/run.js';
import { everyPage, inRun, perPage } from '../run.js';

const { countOverdueLoans, finishLeftNotices, ageOverdueLoans } = proxyActivities<OverdueAndLostActivities>(perPage);
const { queueNoticeLetters, reportUndeliverableLetters } = proxyActivities<NoticeLetterActivities>(perPage);

/** Loans – Overdue and Lost Item: tells patrons what is overdue, step by step, and in the end declares it lost. */
export async function loansOverdueAndLost(input: RunInput): Promise<void> {
  await inRun(input, countOverdueLoans, async (run) => {
    await everyPage(input, run, 'left notices', finishLeftNotices);
    await everyPage(input, run, 'loans', ageOverdueLoans);
    await everyPage(input, run, 'letters', queueNoticeLetters);
    await everyPage(input, run, 'undeliverable', reportUndeliverableLetters);
  });
}
