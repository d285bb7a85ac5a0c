/**
 * fines-fees-notifications: what *explain a record* says of each patron of a mixed library, what a preview proposes and what the run then
 * does are the same; explaining and previewing change nothing (design.md 7; platform.md 8).
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createExplainers } from '../../activities/explain.js';
import { jobOf } from '../../catalogue/jobs.js';
import type { RunRef } from '../../domain/run.js';
import type { Fee } from '../../models/fee.js';
import type { Models } from '../../models/models.js';
import { activated, demoLibrary, finesProfile, idOf } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { emptyDatabase } from '../support/database.js';
import { everythingOf } from '../support/store.js';
import { threeWays } from '../support/three-ways.js';

const JOB = 'fines-fees-notifications';
const { models, close } = await emptyDatabase();
afterAll(close);
const own = { institutionId: 'demo' };
const asOf = new Date(at('2025-03-22 05:00'));
const explain = createExplainers(models)[JOB]!;

const PATRONS = 60;
const nameOf = (index: number) => `R${String(index).padStart(2, '0')}`;
/** Every sixth has no address, every eleventh is deleted; groups in turn. */
const patrons = (institutionId: string) => Array.from({ length: PATRONS }, (_, index) => ({
  _id: idOf(institutionId, nameOf(index)), institutionId, primaryId: nameOf(index), displayName: `Reader ${nameOf(index)}`, lastName: nameOf(index),
  userGroup: ['STUDENT', 'FACULTY', null][index % 3]!, status: index % 11 === 7 ? 'DELETED' as const : 'ACTIVE' as const, statusDate: '2025-01-01',
  emails: index % 6 === 4 ? [] : [{ address: `${nameOf(index).toLowerCase()}@example.org`, types: [], preferred: true, bounced: false, segment: 'INTERNAL' as const }],
}));

const types = ['OVERDUE_FINE', 'LOST_ITEM_REPLACEMENT_FEE', 'Laminating', 'FINE_FEE_NOTIFICATION_FEE'];
const statuses = ['ACTIVE', 'ACTIVE', 'ACTIVE', 'IN_DISPUTE', 'EXPORTED', 'CLOSED'] as const;
const days = ['2025-02-01', '2025-03-01', '2025-03-08', '2025-03-14', '2025-03-15', '2025-03-16', '2025-03-22'];
/** Up to four of each patron, some of them credits. */
const fees = (institutionId: string): Partial<Fee>[] => Array.from({ length: PATRONS * 2 }, (_, index) => {
  const status = statuses[(index * 7) % statuses.length]!;
  const credit = index % 13 === 5;
  const amount = credit ? -400 : [300, 600, 1000, 2500][index % 4]!;
  const name = `fee ${index}`;
  return {
    _id: idOf(institutionId, name), institutionId, userId: idOf(institutionId, nameOf((index * 17) % (PATRONS + 2))), userGroup: 'STUDENT', title: `Title ${index}`,
    type: credit ? 'CREDIT' : types[index % 7 === 0 ? 3 : index % 3]!, status, originalAmount: amount, balance: status === 'CLOSED' ? 0 : amount, currency: 'USD',
    libraryCode: [null, 'MAIN', 'MAIN', 'WEST'][index % 4] ?? null, dedupeKey: `#${idOf(institutionId, name)}`, createdAt: new Date(at(`${days[(index * 5) % days.length]!} 12:00`)),
  };
});

async function library(into: Models, institutionId: string): Promise<void> {
  await demoLibrary(into, institutionId);
  await into.Institution.updateOne({ institutionId }, { mailPaused: true });
  await into.User.insertMany(patrons(institutionId));
  await into.Fee.insertMany(fees(institutionId));
  await finesProfile(into, institutionId, 'First', 1, { minimumBalance: 500, daysAfterCreation: 7, repeatEveryDays: 7, maxRepeats: 1, notificationFee: 100 });
  await finesProfile(into, institutionId, 'Main', 2, { minimumBalance: 1000, daysAfterCreation: 14, libraries: ['MAIN'], sendFormat: 'EMAIL_AND_SMS', notificationFee: 50 });
  await finesProfile(into, institutionId, 'Lost', 3, { feeTypes: ['LOST_ITEM_REPLACEMENT_FEE', 'Laminating'], userGroups: ['FACULTY'] });
  await finesProfile(into, institutionId, 'Letters', 4, { feeTypes: ['FINE_FEE_NOTIFICATION_FEE'] });
  await finesProfile(into, institutionId, 'Large', 5, { minimumBalance: 2000, repeatEveryDays: 14, maxRepeats: 3 });
  await finesProfile(into, institutionId, 'Not yet', 5, { active: false });
  await activated(into, institutionId, JOB);
}

const explained = async () => Promise.all((await models.User.find({ ...own, primaryId: /^R/ }).sort({ primaryId: 1 }).lean()).map(async ({ primaryId }) => {
  const explanation = await explain({ ...own, asOf: asOf.toISOString(), timeZone: 'America/New_York', currency: 'USD', parameters: {}, record: `user:${primaryId}` });
  assert.ok(explanation);
  return explanation;
}));
const countersOf = async ({ runId }: RunRef) => (await models.Run.findOne({ ...own, _id: runId }).orFail().lean()).counters;
const missingOf = async ({ runId }: RunRef) =>
  (await models.RunEvent.find({ ...own, runId, code: 'USER_MISSING', recordLabel: { $ne: null } }).lean()).map(({ recordLabel }) => recordLabel).sort();

let said: Awaited<ReturnType<typeof explained>>;
let preview: RunRef;
let run: RunRef;
let nextDoor: Record<string, string[]>;
let proposals: { recordType: string; recordLabel: string; details: Record<string, unknown> }[];
const notified = () => said.filter(({ decision }) => decision === 'ACT').map(({ label }) => label);

beforeAll(async () => {
  await library(models, 'demo');
  await library(models, 'next-door');
  nextDoor = await everythingOf(models, 'next-door');
  ({ said, preview, run, proposals } = await threeWays(models, JOB, asOf, () => explained()));
});

describe('explanation, preview and run', () => {
  test('every patron has an explanation, and so many are written to', () => {
    assert.deepEqual([said.length, notified().length], [PATRONS, 32]);
  });
  test('the run writes to the patrons that are explained so, as many letters as are named', async () => {
    const letters = await models.Letter.find({ ...own, letterCode: 'FulFinesFeesNotificationLetter', channel: 'EMAIL' }).lean();
    const byUser = new Map(said.map(({ recordId, label }) => [recordId, label]));
    const counted = (labels: string[]) => Object.fromEntries(labels.toSorted().map((label) => [label, labels.filter((each) => each === label).length]));
    assert.deepEqual(counted(letters.map(({ recipient }) => byUser.get(recipient.id ?? '') ?? '?')), counted(said.flatMap(({ label, actions }) => actions.map(() => label))));
  });
  test('the preview proposes the same, and shows the first twenty letters', () => {
    const proposed = proposals.filter(({ recordType }) => recordType === 'user');
    assert.deepEqual([...new Set(proposed.map(({ recordLabel }) => recordLabel))].sort(), notified());
    assert.equal(proposed.length, said.flatMap(({ actions }) => actions).length);
    assert.equal(proposals.filter(({ recordType }) => recordType === 'letter').length, 20);
  });
  test('all three tell of the same patrons who are not there any more', async () => {
    const missing = said.filter(({ problems }) => problems.includes('USER_MISSING')).map(({ label }) => label);
    assert.ok(missing.length > 0);
    assert.deepEqual([await missingOf(preview), await missingOf(run)], [missing, missing]);
  });
  test('the preview counts what the run counts, and nothing that the job does not declare', async () => {
    assert.deepEqual(await countersOf(preview), await countersOf(run));
    const declared = jobOf(JOB).counters.map(({ key }) => key as string);
    const counted = Object.entries(await countersOf(run)).flatMap(([name, value]) => (value > 0 ? [name.replace(/:USD$/, '')] : []));
    assert.deepEqual(declared.filter((name) => !counted.includes(name)), []);
    assert.deepEqual(counted.filter((name) => !declared.includes(name)).sort(), [
      'lettersCreated', 'lettersSuppressed', 'recordsChanged', 'recordsInError', 'recordsProcessed', 'recordsSelected', 'recordsUnchanged',
    ]);
  });
  test('what letters say they cost is what is charged, and only where one goes out', async () => {
    const letters = await models.Letter.find({ ...own, letterCode: 'FulFinesFeesNotificationLetter', channel: 'EMAIL', 'data.notificationFee': { $gt: 0 } }).lean();
    const charged = await models.Fee.find({ ...own, dedupeKey: /^ffn:/ }).lean();
    assert.deepEqual(charged.map(({ dedupeKey, balance }) => `${dedupeKey.slice(4)} ${balance}`).sort(), letters.map(({ dedupeKey, data }) => `${dedupeKey.replace(/:EMAIL$/, '')} ${String(data.notificationFee)}`).sort());
    assert.ok(letters.every(({ state }) => state === 'QUEUED'));
  });
  test('once done, every explanation of a patron says so', async () => {
    const again = await explained();
    const done = again.filter(({ summary }) => summary === 'The patron has had the letter of every profile that matches today.').map(({ label }) => label);
    // Whoever was charged for a letter owes it to the profile that asks for such fees.
    const chargedSince = again.filter(({ actions }) => actions.some((action) => action.startsWith('«Letters»'))).map(({ label }) => label);
    assert.deepEqual([...done, ...chargedSince].sort(), notified());
  });
  test('the library next door is as it was', async () => {
    assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor);
  });
});
