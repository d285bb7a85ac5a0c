/**
 * A run of a job over loans without the engine: its activities are called in the order of the workflow, so that a
 * test may call each as often as it likes and let each break off where it likes.
 */
import { CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createReadingListMailActivities } from '../../activities/fulfillment/email-leganto-notifications.js';
import { createFinesFeesActivities } from '../../activities/fulfillment/fines-fees-notifications.js';
import { createDueDateCorrectionActivities } from '../../activities/fulfillment/loans-due-date-correction.js';
import { createArchivingActivities } from '../../activities/fulfillment/fulfillment-historical-archiving.js';
import { createOverdueAndLostActivities } from '../../activities/fulfillment/loans-overdue-and-lost.js';
import { createNoticeLetterActivities } from '../../activities/fulfillment/notice-letters.js';
import { createCourtesyActivities } from '../../activities/fulfillment/notifications-courtesy-and-renewals.js';
import { createActivityReportActivities } from '../../activities/fulfillment/notifications-activity-report.js';
import { createDueDateReminderActivities } from '../../activities/fulfillment/notifications-due-date-reminders.js';
import { createRemoveBlocksActivities } from '../../activities/fulfillment/users-remove-blocks.js';
import { beginRun, startWork } from '../../activities/runs/begin.js';
import { closeRun } from '../../activities/runs/close.js';
import { awaitLetters } from '../../activities/runs/letters.js';
import type { Page, Run, RunRef } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import { newRun, type NewRun } from '../../models/new-run.js';

/** The clock of every test: effects are stamped with it. */
export const clock = new Date('2025-04-02T10:00:00.000Z');
const atThatTime = () => clock;

type PageActivity = (run: Run) => Promise<Page>;
/** By job: how its records are counted, and the steps of its workflow in their order. */
export const workflows = {
  'loans-due-date-correction': { count: 'countLoansConcerned', steps: ['finishLeftCorrections', 'correctDueDates', 'closeCalendarChanges', 'queueNoticeLetters', 'reportUndeliverableLetters'] },
  'email-leganto-notifications': { count: 'countReadingListNews', steps: ['claimReadingListNews', 'mailReadingListNews'] },
  'fines-fees-notifications': { count: 'countDebtors', steps: ['notifyOfDebts', 'reportUndeliverableLetters'] },
  'fulfillment-historical-archiving': { count: 'countEndedRecords', steps: ['archiveLoans', 'archiveFees', 'archiveRequests', 'archiveBorrowingRequests'] },
  'loans-overdue-and-lost': { count: 'countOverdueLoans', steps: ['finishLeftNotices', 'ageOverdueLoans', 'queueNoticeLetters', 'reportUndeliverableLetters'] },
  'notifications-courtesy-and-renewals': { count: 'countLoansFallingDue', steps: ['finishLeftRenewals', 'renewLoansFallingDue', 'queueNoticeLetters', 'reportUndeliverableLetters'] },
  'notifications-activity-report': { count: 'countAccounts', steps: ['reportActivity', 'reportUndeliverableLetters'] },
  'notifications-due-date-reminders': { count: 'countLoansDueToday', steps: ['remindOfLoansDueToday', 'queueNoticeLetters', 'reportUndeliverableLetters'] },
  'users-remove-blocks': { count: 'countEndingBlocks', steps: ['removeBlocks'] },
} as const;
export type ByHand = keyof typeof workflows;
const workflowOf = ({ jobKey }: Run) => workflows[jobKey as ByHand];

export function shellsOf(models: Models, now = atThatTime) {
  const overdue = createOverdueAndLostActivities({ models, now });
  const letters = createNoticeLetterActivities({ models, now, wakeMail: () => Promise.resolve() });
  const readingLists = createReadingListMailActivities({ models, now, wakeMail: () => Promise.resolve() });
  const fines = createFinesFeesActivities({ models, now, wakeMail: () => Promise.resolve() });
  const activity = createActivityReportActivities({ models, now, wakeMail: () => Promise.resolve() });
  return { ...overdue, ...activity, ...createDueDateCorrectionActivities({ models, now }), ...readingLists, ...fines, ...createCourtesyActivities({ models, now }), ...createDueDateReminderActivities({ models, now }), ...createRemoveBlocksActivities({ models, now }), ...createArchivingActivities({ models, now }), ...letters, awaitLetters: (run: Run) => awaitLetters(models, now, run) };
}

/** The record of a run that has not begun. */
export async function record(models: Models, institutionId: string, asOf: Date, given: Partial<NewRun> = {}, jobKey: ByHand = 'loans-overdue-and-lost'): Promise<RunRef> {
  const [job, institution] = await Promise.all([
    models.ScheduledJob.findOne({ institutionId, jobKey }).lean(),
    models.Institution.findOne({ institutionId }).lean(),
  ]);
  if (job === null || institution === null) throw new Error(`${institutionId} is no library with the job`);
  const processId = (await models.Run.countDocuments({ institutionId })) + 1;
  const submittedBy = { type: 'USER' as const, id: 'u-tester', name: 'A. Tester' };
  const run = newRun(job, institution, { trigger: 'MANUAL', processId, submittedBy, submittedAt: clock, asOf, ...given });
  await models.Run.create({ ...run, occurrenceKey: `R:${run._id}` });
  return { institutionId, runId: run._id };
}

/** How an activity is called: once, or twice, or again after it broke off. Answers what the workflow goes on with. */
export type Calling = <T>(name: string, call: () => Promise<T>) => Promise<T>;
const once: Calling = (_name, call) => call();

/** Initializes the run and moves it to RUNNING. */
export async function begin(models: Models, ref: RunRef, calling: Calling = once, now = atThatTime): Promise<Run> {
  const run = await calling('beginRun', () => beginRun({ models, now, publicUrl: 'http://127.0.0.1' }, ref));
  if (run === null) throw new Error(`run ${ref.runId} has ended`);
  const { count } = workflowOf(run);
  const selected = await calling(count, () => shellsOf(models, now)[count](run));
  await calling('startWork', () => startWork(models, now, run, selected, false));
  return run;
}

/**
 * One page of an activity: the attempt goes on at the place that was heard last, and is stopped after its page, which
 * is how a worker shuts down.
 */
export async function onePage(run: Run, activity: PageActivity, heard: Page | null): Promise<Page> {
  const environment = new MockActivityEnvironment({ heartbeatDetails: heard ?? undefined }, { logger: new DefaultLogger('ERROR') });
  let last = heard;
  environment.on('heartbeat', (place: Page | undefined) => {
    if (place === undefined) return; // it waits for letters
    if (place.batchNo > (heard?.batchNo ?? run.batchNo)) environment.cancel();
    last = place;
  });
  try {
    return await environment.run(activity, structuredClone(run)) as Page;
  } catch (error) {
    if (!(error instanceof CancelledFailure) || last === null) throw error;
    return last;
  }
}

/** The whole run, page by page. It wakes no delivery: the institution's mail is paused, or the caller does when letters are awaited. */
export async function night(models: Models, ref: RunRef, calling: Calling = once, now = atThatTime): Promise<void> {
  const run = await begin(models, ref, calling, now);
  const shells = shellsOf(models, now);
  const { steps } = workflowOf(run);
  for (const name of run.preview ? steps : [...steps, 'awaitLetters'] as const) {
    let at: Page | null = null;
    do {
      const heard: Page | null = at;
      at = await calling(name, () => onePage(run, shells[name], heard));
    } while (at.next !== null);
    Object.assign(run, { cursor: null, batchNo: at.batchNo, done: at.done });
  }
  await calling('closeRun', () => closeRun(models, now, ref, { how: 'ENDED', failure: null }));
}
