import { proxyActivities } from '@temporalio/workflow';
import type { DueDateCorrectionActivities } from '../../activities/fulfillment/loans-due-date-correction.js';
import type { NoticeLetterActivities } from '../../activities/fulfillment/notice-letters.js';
import type { RunInput } from '../../domain/run.js';
import { everyPage, inRun, perPage } from '../run.js';

const { countLoansConcerned, finishLeftCorrections, correctDueDates, closeCalendarChanges } = proxyActivities<DueDateCorrectionActivities>(perPage);
const { queueNoticeLetters, reportUndeliverableLetters } = proxyActivities<NoticeLetterActivities>(perPage);

/** Loans – Due Date Correction after Calendar Change: due dates leave the days on which the library is closed now, and patrons are told. */
export async function loansDueDateCorrection(input: RunInput): Promise<void> {
  await inRun(input, countLoansConcerned, async (run) => {
    await everyPage(input, run, 'left notices', finishLeftCorrections);
    await everyPage(input, run, 'loans', correctDueDates);
    await everyPage(input, run, 'changes', closeCalendarChanges);
    await everyPage(input, run, 'letters', queueNoticeLetters);
    await everyPage(input, run, 'undeliverable', reportUndeliverableLetters);
  });
}
