/**
 * loans-due-date-correction: what *explain a record* says of each loan of a mixed library, what a preview proposes and what the run then
 * does are the same; explaining and previewing change nothing (design.md 7; platform.md 8).
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createExplainers } from '../../activities/explain.js';
import { jobOf } from '../../catalogue/jobs.js';
import type { Explanation } from '../../domain/explanation.js';
import type { RunRef } from '../../domain/run.js';
import type { Loan } from '../../models/loan.js';
import type { Models } from '../../models/models.js';
import { closes } from '../support/calendar-changes.js';
import { correctionLibrary } from '../support/correction-library.js';
import { activated, idOf, user } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { clear, emptyDatabase } from '../support/database.js';
import { everythingOf } from '../support/store.js';
import { threeWays } from '../support/three-ways.js';

const JOB = 'loans-due-date-correction';
const { models, close } = await emptyDatabase();
afterAll(close);
const own = { institutionId: 'demo' };
const asOf = new Date(at('2025-06-13 00:15'));
const explain = createExplainers(models)[JOB]!;

const statuses = ['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL', 'CLAIMED_RETURN', 'LOST'] as const;
/** Closed since: the 11th, which is past, the 19th, and MAIN on the afternoon of the 20th. */
const dueDates = ['2025-06-11 21:00', '2025-06-18 23:59', '2025-06-19 00:00', '2025-06-19 21:00', '2025-06-20 00:00'];
const terms = ['BOOK', 'PREVIOUS_OPEN', 'BOOK', 'KEEP', 'GONE'];
const sources = ['POLICY', 'RENEWAL', 'MANUAL', 'RECALL', 'BULK', 'EVENT'] as const;
const libraries = ['MAIN', 'MAIN', 'WEST', 'EAST'];
/** U2 has no address; U3 is deleted; nobody is U4; of the last the loan knows nothing. */
const patrons = ['U1', 'U2', 'U3', 'U4', null, 'U1', 'U1'] as const;

/** Each status with each due date, three times, of changing terms, sources, libraries and patrons; among them short loans. */
function loans(institutionId: string): Partial<Loan>[] {
  const combinations = [...statuses, ...statuses, ...statuses].flatMap((processStatus) => dueDates.map((local) => ({ processStatus, local })));
  return combinations.map(({ processStatus, local }, index) => {
    const barcode = `L${String(index).padStart(2, '0')}`;
    const patron = patrons[index % patrons.length]!;
    const dueDate = new Date(at(local));
    const shortLoan = index % 11 === 3;
    return {
      _id: idOf(institutionId, barcode), institutionId, barcode, title: `Title ${barcode}`, userGroup: 'STUDENT', touId: idOf(institutionId, shortLoan ? 'RESERVE' : terms[index % 9 % terms.length]!),
      itemId: idOf(institutionId, `item ${barcode}`), bibId: idOf(institutionId, `bib ${barcode}`), libraryCode: libraries[index % 13 % libraries.length]!, locationCode: 'STACKS',
      userId: patron === null ? null : idOf(institutionId, patron), shortLoan, loanDate: new Date(at('2025-05-20 20:30')), dueDate, originalDueDate: dueDate,
      dueDateSource: sources[index % 8 % sources.length]!, status: index === 18 ? 'COMPLETE' : 'ACTIVE', processStatus, processStatusDate: new Date(at('2025-05-20 09:00')),
    };
  });
}

async function library(store: Models, institutionId: string): Promise<void> {
  await correctionLibrary(store, institutionId);
  await store.Institution.updateOne({ institutionId }, { mailPaused: true });
  await user(store, institutionId, 'U3', { status: 'DELETED' });
  await store.Loan.insertMany(loans(institutionId));
  await closes(store, institutionId, '2025-06-12 10:00', '2025-06-19');
  await closes(store, institutionId, '2025-06-12 11:00', '2025-06-11');
  await closes(store, institutionId, '2025-06-12 12:00', '2025-06-20', { level: 'LIBRARY', libraryCode: 'MAIN', fromTime: '15:00', toTime: '21:00' });
  await activated(store, institutionId, JOB);
}

/** One after the other: each reads the calendars, and together they would wait for connections. */
async function explained(parameters: Record<string, unknown>): Promise<Explanation[]> {
  const explanations: Explanation[] = [];
  for (const { _id } of await models.Loan.find(own).sort({ barcode: 1 }).lean()) {
    const explanation = await explain({ ...own, asOf: asOf.toISOString(), timeZone: 'America/New_York', currency: 'USD', parameters, record: `loan:${_id}` });
    assert.ok(explanation);
    explanations.push(explanation);
  }
  return explanations;
}
const countersOf = async ({ runId }: RunRef) => (await models.Run.findOne({ ...own, _id: runId }).orFail().lean()).counters;
const problemsOf = async ({ runId }: RunRef) =>
  (await models.RunEvent.find({ ...own, runId, code: { $in: ['USER_MISSING', 'TOU_MISSING'] } }).lean()).map(({ recordLabel, code }) => `${recordLabel} ${code}`).sort();

describe.each([
  ['as it is set up first', {}],
  ['dates set by hand too, a day back, and nobody told', { keepManualDueDates: false, pastDays: 1, notify: false }],
])('%s', (_, parameters) => {
  let said: Explanation[];
  let preview: RunRef;
  let run: RunRef;
  let nextDoor: Record<string, string[]>;
  let proposals: { recordLabel: string | null; recordType: string; details: Record<string, unknown> }[];
  const told = !('notify' in parameters);
  const moved = () => said.filter(({ decision }) => decision === 'ACT').map(({ label }) => label);

  beforeAll(async () => {
    await clear(models);
    await library(models, 'demo');
    await library(models, 'next-door');
    nextDoor = await everythingOf(models, 'next-door');
    await models.ScheduledJob.updateOne({ ...own, jobKey: JOB }, { $set: { parameters } });

    ({ said, preview, run, proposals } = await threeWays(models, JOB, asOf, () => explained(parameters)));
  });

  test('every loan has an explanation, and some move', () => {
    assert.equal(said.length, 90);
    assert.ok(moved().length > 5 && moved().length < 60, String(moved().length));
  });
  test('the run moves the loans that are explained so, each to the date that was proposed', async () => {
    const corrected = await models.Loan.find({ ...own, dueCycle: 2 }).sort({ barcode: 1 }).lean();
    assert.deepEqual(corrected.map(({ barcode }) => barcode), moved());
    const proposed = new Map(proposals.flatMap(({ recordLabel, recordType, details }) => (recordType === 'loan' ? [[recordLabel, details.newDueDate]] : [])));
    assert.deepEqual(new Map(corrected.map(({ barcode, dueDate }) => [barcode, dueDate])), proposed);
    const events = await models.LoanEvent.find({ ...own, type: 'DUE_DATE_CORRECTED' }).lean();
    assert.deepEqual(events.map(({ loanId }) => loanId).sort(), corrected.map(({ _id }) => _id).sort());
  });
  test('the letters list them, where anybody is told, and the preview shows such letters', async () => {
    const listed = new Set((await models.Letter.find({ ...own, letterCode: 'FulItemChangeDueDateLetter' }).lean()).flatMap(({ causes }) => causes.map(({ recordId }) => recordId)));
    const telling = said.filter(({ actions }) => actions.includes('The loan is listed in a letter to its borrower.')).map(({ recordId }) => recordId);
    assert.deepEqual(listed, new Set(telling));
    assert.equal(proposals.some(({ recordType }) => recordType === 'letter'), told);
    assert.equal(listed.size > 0, told);
  });
  test('all three tell of the same borrowers and terms of use that are not there any more', async () => {
    const missing = said.flatMap(({ label, problems }) => problems.filter((code) => code === 'USER_MISSING' || code === 'TOU_MISSING').map((code) => `${label} ${code}`)).sort();
    assert.ok(missing.length > 0);
    assert.deepEqual([await problemsOf(preview), await problemsOf(run)], [missing, missing]);
  });
  test('the preview counts what the run counts, and nothing that the job does not declare', async () => {
    assert.deepEqual(await countersOf(preview), await countersOf(run));
    const declared = jobOf(JOB).counters.map(({ key }) => key as string);
    const counted = Object.entries(await countersOf(run)).flatMap(([name, value]) => (value > 0 ? [name] : []));
    assert.deepEqual(declared.filter((name) => !counted.includes(name)), told ? [] : ['skippedManual']);
    const common = ['recordsChanged', 'recordsInError', 'recordsProcessed', 'recordsSelected', 'recordsUnchanged'];
    assert.deepEqual(counted.filter((name) => !declared.includes(name)).sort(), told ? ['lettersCreated', 'lettersSuppressed', ...common] : common);
  });
  test('once done, no loan is concerned any more', async () => {
    assert.deepEqual((await explained(parameters)).filter(({ decision }) => decision === 'ACT'), []);
  });
  test('the library next door is as it was', async () => {
    assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor);
  });
});
