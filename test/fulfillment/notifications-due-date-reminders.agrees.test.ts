/**
 * notifications-due-date-reminders: what *explain a record* says of each loan of a mixed library, what a preview proposes and what the
 * run then does are the same; explaining and previewing change nothing (design.md 7; platform.md 8).
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createExplainers } from '../../activities/explain.js';
import { jobOf } from '../../catalogue/jobs.js';
import type { RunRef } from '../../domain/run.js';
import type { Loan } from '../../models/loan.js';
import type { Models } from '../../models/models.js';
import { activated, demoLibrary, idOf, user } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { clear, emptyDatabase } from '../support/database.js';
import { everythingOf } from '../support/store.js';
import { threeWays } from '../support/three-ways.js';

const JOB = 'notifications-due-date-reminders';
const { models, close } = await emptyDatabase();
afterAll(close);
const own = { institutionId: 'demo' };
const asOf = new Date(at('2025-05-29 06:00'));
const explain = createExplainers(models)[JOB]!;

const statuses = ['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL', 'CLAIMED_RETURN', 'LOST'] as const;
const dueDates = ['2025-05-28 23:59', '2025-05-29 00:00', '2025-05-29 21:00', '2025-05-29 23:59', '2025-05-30 00:00'];
/** U2 has no address; U3 is deleted; nobody is U4; of the last the loan knows nothing. */
const patrons = ['U1', 'U2', 'U3', 'U4', null] as const;

/** Three times each status with each due date, among them short loans of today and of yesterday, loans renewed today, and one that has ended. */
function loans(institutionId: string): Partial<Loan>[] {
  const combinations = [...statuses, ...statuses, ...statuses].flatMap((processStatus) => dueDates.map((due) => ({ processStatus, due })));
  return combinations.map(({ processStatus, due }, index) => {
    const barcode = `L${String(index).padStart(2, '0')}`;
    const patron = patrons[index % 7 > 4 ? 0 : index % 7]!;
    const dueDate = new Date(at(due));
    return {
      _id: idOf(institutionId, barcode), institutionId, barcode, title: `Title ${barcode}`, userGroup: 'STUDENT', touId: idOf(institutionId, 'BOOK'),
      itemId: idOf(institutionId, `item ${barcode}`), bibId: idOf(institutionId, `bib ${barcode}`), libraryCode: index % 3 === 0 ? 'WEST' : 'MAIN', locationCode: 'STACKS',
      userId: patron === null ? null : idOf(institutionId, patron), shortLoan: index % 4 === 0, loanDate: new Date(at(index % 8 === 0 ? '2025-05-29 05:00' : '2025-05-28 20:30')),
      dueDate, originalDueDate: dueDate, dueDateSource: 'POLICY', status: index === 11 ? 'COMPLETE' : 'ACTIVE', processStatus, processStatusDate: new Date(at('2025-05-20 09:00')),
      lastRenewalAt: index % 5 === 2 ? new Date(at(index % 2 === 0 ? '2025-05-29 05:30' : '2025-05-28 05:30')) : null,
    };
  });
}

async function library(models: Models, institutionId: string): Promise<void> {
  await demoLibrary(models, institutionId);
  await models.Institution.updateOne({ institutionId }, { mailPaused: true });
  await user(models, institutionId, 'U3', { status: 'DELETED' });
  await models.Loan.insertMany(loans(institutionId));
  await activated(models, institutionId, JOB);
}

const explained = async (parameters: Record<string, unknown>) => Promise.all((await models.Loan.find(own).sort({ barcode: 1 }).lean()).map(async ({ _id }) => {
  const explanation = await explain({ ...own, asOf: asOf.toISOString(), timeZone: 'America/New_York', currency: 'USD', parameters, record: `loan:${_id}` });
  assert.ok(explanation);
  return explanation;
}));
const countersOf = async ({ runId }: RunRef) => (await models.Run.findOne({ ...own, _id: runId }).orFail().lean()).counters;
const missingOf = async ({ runId }: RunRef) =>
  (await models.RunEvent.find({ ...own, runId, code: 'USER_MISSING' }).lean()).map(({ recordLabel }) => recordLabel).sort();

describe.each([
  ['as it is set up first', {}, 19],
  ['without what was renewed today, by two ways', { includeRenewedToday: false, sendFormat: 'EMAIL_AND_SMS' }, 16],
])('%s', (_, parameters, expected) => {
  let said: Awaited<ReturnType<typeof explained>>;
  let preview: RunRef;
  let run: RunRef;
  let nextDoor: Record<string, string[]>;
  let proposals: { recordLabel: string | null; recordType: string }[];
  const reminded = () => said.filter(({ decision }) => decision === 'ACT').map(({ label }) => label);

  beforeAll(async () => {
    await clear(models);
    await library(models, 'demo');
    await library(models, 'next-door');
    nextDoor = await everythingOf(models, 'next-door');
    await models.ScheduledJob.updateOne({ ...own, jobKey: JOB }, { $set: { parameters } });

    ({ said, preview, run, proposals } = await threeWays(models, JOB, asOf, () => explained(parameters)));
  });

  test('every loan has an explanation, and so many are reminded of', () => {
    assert.deepEqual([said.length, reminded().length], [90, expected]);
  });
  test('the run reminds of the loans that are explained so', async () => {
    const notices = await models.LoanNotice.find({ ...own, kind: 'DUE_TODAY', dayKey: '2025-05-29', state: 'LETTERED' }).lean();
    const ids = new Set(notices.map(({ loanId }) => loanId));
    assert.deepEqual(said.filter(({ recordId }) => ids.has(recordId)).map(({ label }) => label), reminded());
    const listed = new Set((await models.Letter.find({ ...own, letterCode: 'FulUserOverdueNoticeLetter' }).lean()).flatMap(({ causes }) => causes.map(({ recordId }) => recordId)));
    assert.deepEqual(listed, ids);
  });
  test('the preview proposes the same, and shows the letters', () => {
    assert.deepEqual(proposals.filter(({ recordType }) => recordType === 'loan').map(({ recordLabel }) => recordLabel).sort(), reminded());
    assert.ok(proposals.some(({ recordType }) => recordType === 'letter'));
  });
  test('all three tell of the same borrowers who are not there any more', async () => {
    const missing = said.filter(({ problems }) => problems.includes('USER_MISSING')).map(({ label }) => label);
    assert.ok(missing.length > 0);
    assert.deepEqual([await missingOf(preview), await missingOf(run)], [missing, missing]);
  });
  test('the preview counts what the run counts, and nothing that the job does not declare', async () => {
    // The mails that tell the libraries of patrons without an address are no counter of the job.
    assert.deepEqual(await countersOf(preview), await countersOf(run));
    const declared = jobOf(JOB).counters.map(({ key }) => key as string);
    const counted = Object.entries(await countersOf(run)).flatMap(([name, value]) => (value > 0 ? [name] : []));
    assert.deepEqual(declared.filter((name) => !counted.includes(name)), []);
    assert.deepEqual(counted.filter((name) => !declared.includes(name)).sort(), [
      'lettersCreated', 'lettersSuppressed', 'recordsChanged', 'recordsInError', 'recordsProcessed', 'recordsSelected', 'recordsUnchanged',
    ]);
  });
  test('once done, every explanation of a reminded loan says so', async () => {
    const again = await explained(parameters);
    assert.deepEqual(again.filter(({ summary }) => summary === 'The patron was reminded today by an earlier run.').map(({ label }) => label), reminded());
  });
  test('the library next door is as it was', async () => {
    assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor);
  });
});
