/**
 * notifications-activity-report: what *explain a record* says of each patron of a mixed library, what a preview proposes and what the run
 * then does are the same; explaining and previewing change nothing (design.md 7; platform.md 8).
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createExplainers } from '../../activities/explain.js';
import { jobOf } from '../../catalogue/jobs.js';
import type { RunRef } from '../../domain/run.js';
import { clear, emptyDatabase } from '../support/database.js';
import { activated, demoLibrary, idOf } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { everythingOf } from '../support/store.js';
import { threeWays } from '../support/three-ways.js';

const JOB = 'notifications-activity-report';
const { models, close } = await emptyDatabase();
afterAll(close);
const own = { institutionId: 'demo' };
const asOf = new Date(at('2025-03-10 06:00'));
const explain = createExplainers(models)[JOB]!;

const PATRONS = 60;
const nameOf = (index: number) => `R${String(index).padStart(2, '0')}`;
const statuses = ['NORMAL', 'RENEW', 'RECALL', 'CLAIMED_RETURN', 'LOST'] as const;
const dueDates = ['2025-01-15 21:00', '2025-03-03 21:00', '2025-03-10 05:59', '2025-03-10 06:00', '2025-03-20 21:00', '2025-04-01 21:00', '2025-05-01 21:00'];

/** Every sixth patron has no address, every eleventh is deleted; two in three have loans, two in five fees, some of them credits, disputed or exported. */
async function library(institutionId: string): Promise<void> {
  await demoLibrary(models, institutionId);
  await models.Institution.updateOne({ institutionId }, { mailPaused: true });
  const numbers = Array.from({ length: PATRONS }, (_, index) => index);
  await models.User.insertMany(numbers.map((index) => ({
    _id: idOf(institutionId, nameOf(index)), institutionId, primaryId: nameOf(index), displayName: `Reader ${nameOf(index)}`, lastName: nameOf(index),
    userGroup: ['STUDENT', 'FACULTY', null][index % 3]!, status: index % 11 === 7 ? 'DELETED' as const : 'ACTIVE' as const, statusDate: '2025-01-01',
    emails: index % 6 === 4 ? [] : [{ address: `${nameOf(index).toLowerCase()}@example.org`, types: [], preferred: true, bounced: false, segment: 'INTERNAL' as const }],
  })));
  await models.Loan.insertMany(numbers.filter((index) => index % 3 !== 1).flatMap((index) => [0, 1].slice(0, 1 + (index % 2)).map((which) => {
    const barcode = `L${index}.${which}`;
    const dueDate = new Date(at(dueDates[(index * 3 + which) % dueDates.length]!));
    const processStatus = statuses[(index + 2 * which) % statuses.length]!;
    return {
      _id: idOf(institutionId, barcode), institutionId, barcode, title: `Title ${barcode}`, userGroup: 'STUDENT', userId: idOf(institutionId, nameOf(index)), shortLoan: false,
      itemId: idOf(institutionId, `item ${barcode}`), bibId: idOf(institutionId, `bib ${barcode}`), libraryCode: index % 4 === 0 ? 'WEST' : 'MAIN', locationCode: 'STACKS',
      touId: idOf(institutionId, index % 13 === 9 ? 'gone' : 'BOOK'), loanDate: new Date(at('2025-01-02 12:00')), dueDate, originalDueDate: dueDate, dueDateSource: 'POLICY' as const,
      status: index === 6 ? 'COMPLETE' as const : 'ACTIVE' as const, processStatus, processStatusDate: new Date(at('2025-01-02 12:00')),
      claimedReturnAt: processStatus === 'CLAIMED_RETURN' ? new Date(at('2025-03-05 12:00')) : null,
      recall: processStatus === 'RECALL' ? { active: true, requestId: null, at: new Date(at('2025-03-01 12:00')), dueDateBefore: dueDate, dueDateChanged: false } : null,
    };
  })));
  await models.Fee.insertMany(numbers.filter((index) => index % 5 < 2).map((index) => {
    const _id = idOf(institutionId, `fee ${index}`);
    const amount = index % 7 === 1 ? -300 : 40 * (1 + (index % 6));
    return {
      _id, institutionId, userId: idOf(institutionId, nameOf(index)), userGroup: 'STUDENT', title: `Title of fee ${index}`, type: amount < 0 ? 'CREDIT' : 'OVERDUE_FINE',
      status: (['ACTIVE', 'ACTIVE', 'ACTIVE', 'IN_DISPUTE', 'EXPORTED'] as const)[(index * 2) % 5]!, originalAmount: amount, balance: amount, currency: 'USD',
      libraryCode: [null, 'MAIN', 'WEST'][index % 3] ?? null, dedupeKey: `#${_id}`, createdAt: new Date(at('2025-03-01 12:00')),
    };
  }));
  await activated(models, institutionId, JOB);
}

const explained = async (parameters: Record<string, unknown>) => Promise.all((await models.User.find({ ...own, primaryId: /^R/ }).sort({ primaryId: 1 }).lean()).map(async ({ primaryId }) => {
  const explanation = await explain({ ...own, asOf: asOf.toISOString(), timeZone: 'America/New_York', currency: 'USD', parameters, record: `user:${primaryId}` });
  assert.ok(explanation);
  return explanation;
}));
const countersOf = async ({ runId }: RunRef) => (await models.Run.findOne({ ...own, _id: runId }).orFail().lean()).counters;
const eventsOf = async ({ runId }: RunRef) => (await models.RunEvent.find({ ...own, runId, recordId: { $ne: null } }).lean()).map(({ code, recordLabel }) => `${code} ${recordLabel}`).sort();

describe.each([
  ['as it is set up first', {}, false, 43],
  ['of what is overdue or owed, to students and faculty, a letter a library', { contentMode: 'OVERDUE_OR_FEES', minimumDebt: 100, userGroups: ['STUDENT', 'FACULTY'] }, true, 16],
])('%s', (_, parameters, separate, expected) => {
  let said: Awaited<ReturnType<typeof explained>>;
  let preview: RunRef;
  let run: RunRef;
  let nextDoor: Record<string, string[]>;
  let proposals: { recordType: string; recordLabel: string }[];
  const reported = () => said.filter(({ decision }) => decision === 'ACT').map(({ label }) => label);

  beforeAll(async () => {
    await clear(models);
    await library('demo');
    await library('next-door');
    nextDoor = await everythingOf(models, 'next-door');
    await models.FulfillmentSettings.updateOne(own, { $set: { separatePatronNotificationsByLibrary: separate } });
    await models.ScheduledJob.updateOne({ ...own, jobKey: JOB }, { $set: { parameters } });
    ({ said, preview, run, proposals } = await threeWays(models, JOB, asOf, () => explained(parameters), { trigger: 'SCHEDULE' }));
  });

  test('every patron has an explanation, and so many get a report', () => {
    assert.deepEqual([said.length, reported().length], [PATRONS, expected]);
  });
  test('the run reports to the patrons that are explained so', async () => {
    const told = new Set(await models.Letter.distinct('recipient.id', { ...own, letterCode: 'FulUserBorrowingActivityLetter' }));
    assert.deepEqual(said.filter(({ recordId }) => told.has(recordId)).map(({ label }) => label), reported());
    const letters = await models.Letter.find({ ...own, letterCode: 'FulUserBorrowingActivityLetter' }).lean();
    assert.equal(letters.some(({ libraryCode }) => libraryCode !== null), separate);
  });
  test('the preview proposes the same, and shows the first twenty letters', async () => {
    assert.deepEqual(proposals.filter(({ recordType }) => recordType === 'user').map(({ recordLabel }) => recordLabel).sort(), reported());
    const { lettersCreated = 0 } = await countersOf(run);
    assert.equal(proposals.filter(({ recordType }) => recordType === 'letter').length, Math.min(20, lettersCreated));
  });
  test('all three tell of the same troubles', async () => {
    assert.deepEqual(await eventsOf(preview), await eventsOf(run));
    const troubled = said.filter(({ problems }) => problems.some((code) => code === 'USER_MISSING' || code === 'TOU_MISSING')).map(({ label, problems: [code] }) => `${code} ${label}`).sort();
    assert.deepEqual((await eventsOf(run)).filter((event) => /^(USER|TOU)_MISSING/.test(event)), troubled);
    assert.ok(troubled.some((event) => event.startsWith('USER')) && troubled.some((event) => event.startsWith('TOU')));
  });
  test('the preview counts what the run counts, and nothing that the job does not declare', async () => {
    assert.deepEqual(await countersOf(preview), await countersOf(run));
    const declared = jobOf(JOB).counters.map(({ key }) => key as string);
    const counted = Object.entries(await countersOf(run)).flatMap(([name, value]) => (value > 0 ? [name] : []));
    assert.deepEqual(declared.filter((name) => !counted.includes(name)), []);
    assert.deepEqual(counted.filter((name) => !declared.includes(name)).sort(), [
      'lettersCreated', 'lettersSuppressed', 'recordsChanged', 'recordsInError', 'recordsProcessed', 'recordsSelected', 'recordsUnchanged',
    ]);
  });
  test('once done, every explanation of a patron says so', async () => {
    const again = await explained(parameters);
    assert.deepEqual(again.filter(({ summary }) => summary === 'The patron has had the report of this day.').map(({ label }) => label), reported());
  });
  test('the library next door is as it was', async () => {
    assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor);
  });
});
