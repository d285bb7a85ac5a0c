/**
 * Runs are at work while Almanac is updated: today's workflows must do with every kept history what was done when it
 * was written (engine.md 4.2). The histories are of real runs; record.ts keeps them.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, test } from 'vitest';
import { z } from 'zod';
import { workflowBundle } from '../../worker/workflow-bundle.js';
import { quietRuntime } from '../support/quiet-runtime.js';
import * as workflows from '../../workflows/index.js';

const folder = join(import.meta.dirname, 'histories');
const named = z.looseObject({ name: z.string() });
const event = z.looseObject({
  eventType: z.string(),
  workflowExecutionStartedEventAttributes: z.looseObject({ workflowType: named, originalExecutionRunId: z.string() }).optional(),
  activityTaskScheduledEventAttributes: z.looseObject({ activityType: named }).optional(),
  workflowExecutionSignaledEventAttributes: z.looseObject({ signalName: z.string() }).optional(),
});
const keptHistory = z.strictObject({ workflowId: z.string(), history: z.strictObject({ events: z.array(event) }) });

const kept = readdirSync(folder).sort().map((file) => {
  const { workflowId, history } = keptHistory.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  return { name: file.replace(/\.json$/, ''), workflowId, history };
});
type Kept = (typeof kept)[number];

let today: WorkflowBundleOption;
/** By the run's id in the engine, of all that was replayed; undefined where it went as written. */
const errors = new Map<string, Error | undefined>();
beforeAll(async () => {
  quietRuntime();
  today = await workflowBundle();
  // One worker for all: loading the workflows costs more than replaying them.
  for await (const { runId, error } of Worker.runReplayHistories({ workflowBundle: today }, kept)) errors.set(runId, error);
});

const replay = ({ workflowId, history }: Kept, bundle: WorkflowBundleOption) => Worker.runReplayHistory({ workflowBundle: bundle }, history, workflowId);

describe('the workflows of today go on where the histories of real runs stop', () => {
  test.each(kept)('$name', ({ history }) => {
    const runId = history.events[0]?.workflowExecutionStartedEventAttributes?.originalExecutionRunId ?? '';
    assert.ok(errors.has(runId), 'it was replayed');
    assert.ifError(errors.get(runId));
  });
});

describe('there is a history of', () => {
  /** By name, what happened in it: activities, signals, and how the engine calls its events. */
  const kinds: [what: string, name: string, happened: string[]][] = [
    ['a run over several histories', 'loans-overdue-and-lost.whole', ['turn', 'CONTINUED_AS_NEW', 'ageOverdueLoans', 'queueNoticeLetters', 'awaitLetters', 'COMPLETED']],
    ['a preview', 'loans-overdue-and-lost.preview', ['turn', 'ageOverdueLoans', 'closeRun', 'COMPLETED']],
    ['a retry of what failed', 'loans-overdue-and-lost.retry', ['turn', 'resendLetters', 'COMPLETED']],
    ['an aborted run', 'loans-overdue-and-lost.aborted', ['turn', 'CANCEL_REQUESTED', 'closeRun', 'CANCELED']],
    ['a failed run', 'loans-overdue-and-lost.failed', ['turn', 'closeRun', 'FAILED']],
    ['a run that the guard stopped and a person approved', 'loans-overdue-and-lost.approved', ['turn', 'approved', 'askAgain', 'COMPLETED']],
    ['renewals over several histories', 'notifications-courtesy-and-renewals.whole', ['turn', 'CONTINUED_AS_NEW', 'finishLeftRenewals', 'renewLoansFallingDue', 'queueNoticeLetters', 'awaitLetters', 'COMPLETED']],
    ['a preview of renewals', 'notifications-courtesy-and-renewals.preview', ['turn', 'renewLoansFallingDue', 'closeRun', 'COMPLETED']],
    ['a retry of renewals', 'notifications-courtesy-and-renewals.retry', ['turn', 'resendLetters', 'COMPLETED']],
    ['aborted renewals', 'notifications-courtesy-and-renewals.aborted', ['turn', 'CANCEL_REQUESTED', 'closeRun', 'CANCELED']],
    ['failed renewals', 'notifications-courtesy-and-renewals.failed', ['turn', 'closeRun', 'FAILED']],
    ['renewals that the guard stopped', 'notifications-courtesy-and-renewals.approved', ['turn', 'approved', 'askAgain', 'COMPLETED']],
    ['reminders over several histories', 'notifications-due-date-reminders.whole', ['turn', 'CONTINUED_AS_NEW', 'remindOfLoansDueToday', 'queueNoticeLetters', 'awaitLetters', 'COMPLETED']],
    ['a preview of reminders', 'notifications-due-date-reminders.preview', ['turn', 'remindOfLoansDueToday', 'closeRun', 'COMPLETED']],
    ['a retry of reminders', 'notifications-due-date-reminders.retry', ['turn', 'resendLetters', 'COMPLETED']],
    ['aborted reminders', 'notifications-due-date-reminders.aborted', ['turn', 'CANCEL_REQUESTED', 'closeRun', 'CANCELED']],
    ['failed reminders', 'notifications-due-date-reminders.failed', ['turn', 'closeRun', 'FAILED']],
    ['reminders that the guard stopped and a person approved', 'notifications-due-date-reminders.approved', ['turn', 'approved', 'askAgain', 'COMPLETED']],
    ['corrected due dates over several histories', 'loans-due-date-correction.whole', ['turn', 'CONTINUED_AS_NEW', 'finishLeftCorrections', 'correctDueDates', 'closeCalendarChanges', 'queueNoticeLetters', 'awaitLetters', 'COMPLETED']],
    ['a preview of corrected due dates', 'loans-due-date-correction.preview', ['turn', 'correctDueDates', 'closeRun', 'COMPLETED']],
    ['a retry of corrected due dates', 'loans-due-date-correction.retry', ['turn', 'resendLetters', 'COMPLETED']],
    ['aborted corrections of due dates', 'loans-due-date-correction.aborted', ['turn', 'CANCEL_REQUESTED', 'closeRun', 'CANCELED']],
    ['failed corrections of due dates', 'loans-due-date-correction.failed', ['turn', 'closeRun', 'FAILED']],
    ['mails about reading lists', 'email-leganto-notifications.whole', ['turn', 'claimReadingListNews', 'mailReadingListNews', 'awaitLetters', 'COMPLETED']],
    ['a preview of mails about reading lists', 'email-leganto-notifications.preview', ['turn', 'claimReadingListNews', 'closeRun', 'COMPLETED']],
    ['a retry of mails about reading lists', 'email-leganto-notifications.retry', ['turn', 'resendLetters', 'COMPLETED']],
    ['aborted mails about reading lists', 'email-leganto-notifications.aborted', ['turn', 'CANCEL_REQUESTED', 'closeRun', 'CANCELED']],
    ['failed mails about reading lists', 'email-leganto-notifications.failed', ['turn', 'closeRun', 'FAILED']],
    ['mails about reading lists that the guard stopped and a person approved', 'email-leganto-notifications.approved', ['turn', 'approved', 'askAgain', 'COMPLETED']],
    ['an archiving', 'fulfillment-historical-archiving.whole', ['turn', 'countEndedRecords', 'archiveLoans', 'archiveFees', 'archiveRequests', 'archiveBorrowingRequests', 'COMPLETED']],
    ['a preview of archiving', 'fulfillment-historical-archiving.preview', ['turn', 'archiveLoans', 'closeRun', 'COMPLETED']],
    ['an aborted archiving', 'fulfillment-historical-archiving.aborted', ['turn', 'CANCEL_REQUESTED', 'closeRun', 'CANCELED']],
    ['a failed archiving', 'fulfillment-historical-archiving.failed', ['turn', 'closeRun', 'FAILED']],
    ['an archiving that the guard stopped and a person approved', 'fulfillment-historical-archiving.approved', ['turn', 'approved', 'askAgain', 'COMPLETED']],
    ['an end of blocks', 'users-remove-blocks.whole', ['turn', 'countEndingBlocks', 'removeBlocks', 'COMPLETED']],
    ['a preview of ending blocks', 'users-remove-blocks.preview', ['turn', 'removeBlocks', 'closeRun', 'COMPLETED']],
    ['an aborted end of blocks', 'users-remove-blocks.aborted', ['turn', 'CANCEL_REQUESTED', 'closeRun', 'CANCELED']],
    ['a failed end of blocks', 'users-remove-blocks.failed', ['turn', 'closeRun', 'FAILED']],
    ['letters about what is owed', 'fines-fees-notifications.whole', ['turn', 'notifyOfDebts', 'reportUndeliverableLetters', 'awaitLetters', 'COMPLETED']],
    ['a preview of letters about what is owed', 'fines-fees-notifications.preview', ['turn', 'notifyOfDebts', 'closeRun', 'COMPLETED']],
    ['a retry of letters about what is owed', 'fines-fees-notifications.retry', ['turn', 'resendLetters', 'COMPLETED']],
    ['aborted letters about what is owed', 'fines-fees-notifications.aborted', ['turn', 'CANCEL_REQUESTED', 'closeRun', 'CANCELED']],
    ['failed letters about what is owed', 'fines-fees-notifications.failed', ['turn', 'closeRun', 'FAILED']],
    ['letters about what is owed that the guard stopped and a person approved', 'fines-fees-notifications.approved', ['turn', 'approved', 'askAgain', 'COMPLETED']],
    ['reports of accounts', 'notifications-activity-report.whole', ['turn', 'reportActivity', 'reportUndeliverableLetters', 'awaitLetters', 'COMPLETED']],
    ['a preview of reports of accounts', 'notifications-activity-report.preview', ['turn', 'reportActivity', 'closeRun', 'COMPLETED']],
    ['a retry of reports of accounts', 'notifications-activity-report.retry', ['turn', 'resendLetters', 'COMPLETED']],
    ['aborted reports of accounts', 'notifications-activity-report.aborted', ['turn', 'CANCEL_REQUESTED', 'closeRun', 'CANCELED']],
    ['failed reports of accounts', 'notifications-activity-report.failed', ['turn', 'closeRun', 'FAILED']],
    ['reports of accounts that the guard stopped and a person approved', 'notifications-activity-report.approved', ['turn', 'approved', 'askAgain', 'COMPLETED']],
    ['the dispatcher', 'dispatcher', ['ask', 'done', 'release', 'look', 'lookAtRuns', 'CONTINUED_AS_NEW', 'COMPLETED']],
    ['the delivery of mail', 'mail', ['letters', 'deliverLetters', 'CONTINUED_AS_NEW']],
    ['the reconciliation with the engine', 'system-reconcile', ['now', 'reconcileInstallation', 'CONTINUED_AS_NEW']],
  ];
  test.each(kinds)('%s', (_, name, happened) => {
    const all = kept.filter((one) => one.name.replace(/\.\d+$/, '') === name).flatMap(happenedIn);
    assert.deepEqual(happened.filter((word) => !all.includes(word)), []);
  });

  test.each(Object.keys(workflows))('workflow %s', (type) => {
    const types = kept.map(({ history }) => history.events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name);
    assert.ok(types.includes(type), `${folder} holds no history of ${type}: keep one, by test/replay/record.ts`);
  });
});

function happenedIn({ history }: Kept): string[] {
  return history.events.flatMap((one) => [
    one.eventType.replace(/^EVENT_TYPE_WORKFLOW_EXECUTION_/, ''),
    one.activityTaskScheduledEventAttributes?.activityType.name ?? [],
    one.workflowExecutionSignaledEventAttributes?.signalName ?? [],
  ].flat());
}

describe('a workflow that was changed does not go on with a run that began before', () => {
  const first = "await (0,_run_js__WEBPACK_IMPORTED_MODULE_1__.everyPage)(input, run, 'left notices', finishLeftNotices);";
  const second = "await (0,_run_js__WEBPACK_IMPORTED_MODULE_1__.everyPage)(input, run, 'loans', ageOverdueLoans);";
  const added = 'await ageOverdueLoans(run);';

  test.each([
    ['with a step more', (code: string) => replaced(code, first, added + first)],
    ['with a step less', (code: string) => replaced(code, first, '')],
    ['with two steps the other way round', (code: string) => replaced(replaced(code, second, ''), first, second + first)],
  ])('%s', async (_, change) => {
    await assert.rejects(replay(theRun(), { code: change(await codeOf(today)) }), DeterminismViolationError);
  });

  test('unless the step more is behind patched()', async () => {
    const behind = `if ((0,_temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__.patched)('once more')) ${added}`;
    await replay(theRun(), { code: replaced(await codeOf(today), first, behind + first) });
  });
});

function theRun(): Kept {
  const run = kept.find(({ name }) => name === 'loans-overdue-and-lost.whole.1');
  assert.ok(run);
  return run;
}

const codeOf = async (bundle: WorkflowBundleOption) => ('code' in bundle ? bundle.code : readFile(bundle.codePath, 'utf8'));

function replaced(code: string, part: string, by: string): string {
  assert.equal(code.split(part).length, 2, `once in the bundle: ${part}`);
  return code.replace(part, () => by);
}
