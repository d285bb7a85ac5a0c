/**
 * The examples of the specification in their order, each run by the engine in an institution of its own, letters
 * delivered; and a neighbour with the same data, to whom nothing happens.
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { RunView } from '../../api/operations/run-view.js';
import type { Loan } from '../../models/loan.js';
import { activated, demoLibrary, idOf, loan, user } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { openHouse, type House } from '../support/house.js';
import { mongo, temporal } from '../support/servers.js';
import { everythingOf } from '../support/store.js';

const JOB = 'notifications-due-date-reminders';
const LETTER = 'FulUserOverdueNoticeLetter';
const SUCCESS = 'COMPLETED_SUCCESSFULLY';
const morning = '2025-05-29 06:00';

let house: House;
let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  mongo();
  temporal();
  house = await openHouse('reminder-examples');
  await demoLibrary(house.models, 'next-door');
  await due('next-door', 'A', '2025-05-29 21:00');
  await activated(house.models, 'next-door', JOB);
  nextDoor = await everythingOf(house.models, 'next-door');
});
afterAll(() => house?.close());

/** A loan of U1, by the local time of its due date. */
const due = (institutionId: string, barcode: string, local: string, given: Partial<Loan> = {}) =>
  loan(house.models, institutionId, barcode, { dueDate: new Date(at(local)), loanDate: new Date(at('2025-05-01 14:00')), ...given });
const reserve = (institutionId: string, barcode: string, made: string, local: string) =>
  due(institutionId, barcode, local, { shortLoan: true, touId: idOf(institutionId, 'RESERVE'), loanDate: new Date(at(made)) });

/** A run at a local time of New York. */
async function run(institutionId: string, local: string, parameters: Record<string, unknown> = {}) {
  const job = await activated(house.models, institutionId, JOB);
  await house.models.ScheduledJob.updateOne({ institutionId, _id: job._id }, { $set: { parameters } });
  return house.run({ institutionId, scheduledJobId: job._id, asOf: new Date(at(local)) });
}
/** The counters that are not 0. */
const counted = ({ counters }: RunView) => Object.fromEntries(Object.entries(counters).filter(([, value]) => value !== 0));
const reminded = (loans: number, letters: number) =>
  ({ recordsSelected: loans, recordsProcessed: loans, recordsChanged: loans, loansReminded: loans, lettersCreated: letters, letters });
const leftAlone = (loans: number) => ({ recordsSelected: loans, recordsProcessed: loans, recordsUnchanged: loans });

/** Notices and letters, in the words of a librarian: by barcode. */
async function standing(institutionId: string) {
  const own = { institutionId };
  const [loans, notices, letters] = await Promise.all([
    house.models.Loan.find(own).lean(), house.models.LoanNotice.find(own).lean(), house.models.Letter.find(own).sort({ _id: 1 }).lean(),
  ]);
  const barcodeOf = (loanId: string) => loans.find(({ _id }) => _id === loanId)?.barcode;
  return {
    notices: notices.map(({ loanId, dueCycle, kind, dayKey, state }) => `${barcodeOf(loanId)} cycle ${dueCycle} ${kind} ${dayKey} ${state}`).sort(),
    letters: letters.map(({ letterCode, channel, state, suppressedReason, causes }) =>
      `${letterCode} ${channel} ${suppressedReason ?? state}: ${causes.map(({ recordId }) => barcodeOf(recordId)).sort().join(' ')}`),
  };
}
const untouched = { notices: [] as string[], letters: [] as string[] };

// Each in an institution of its own, so that they may run side by side.
describe.concurrent('the examples of the specification', () => {
  test('1. A BOOK loan due that day at 21:00 is reminded of; one due the evening before and one due at the midnight that follows are not', async () => {
    await demoLibrary(house.models, 'ex1');
    await due('ex1', 'A', '2025-05-29 21:00');
    await due('ex1', 'B', '2025-05-28 21:00');
    await due('ex1', 'C', '2025-05-30 00:00');
    assert.deepEqual([at('2025-05-29 21:00'), at('2025-05-28 21:00')], [Date.parse('2025-05-30T01:00:00.000Z'), Date.parse('2025-05-29T01:00:00.000Z')]);

    const done = await run('ex1', morning);
    assert.deepEqual([done.status, done.businessDate, done.asOf.toISOString()], [SUCCESS, '2025-05-29', '2025-05-29T10:00:00.000Z']);
    assert.deepEqual(counted(done), reminded(1, 1));
    assert.deepEqual(await standing('ex1'), { notices: ['A cycle 1 DUE_TODAY 2025-05-29 LETTERED'], letters: [`${LETTER} EMAIL SENT: A`] });
    const [mail] = await house.mailsOf('ex1', done.id);
    assert.deepEqual([mail?.to, mail?.subject], ['Patron U1 <u1@example.org>', 'Due today, Thursday, May 29, 2025: one loan']);
    assert.match(mail?.text ?? '', /Title A\n {4}A\. Author\n {4}Due: Thursday, May 29, 2025 at 9:00.PM/);
  });

  test('2. A RESERVE loan made at 05:00 and due at 07:00 is not reminded of; one made the evening before and due at 09:00 is', async () => {
    await demoLibrary(house.models, 'ex2');
    await reserve('ex2', 'A', '2025-05-29 05:00', '2025-05-29 07:00');
    await reserve('ex2', 'B', '2025-05-28 20:30', '2025-05-29 09:00');
    const done = await run('ex2', morning);
    assert.deepEqual(counted(done), { ...reminded(1, 1), recordsSelected: 2, recordsProcessed: 2, recordsUnchanged: 1, shortLoansSkipped: 1 });
    assert.deepEqual(await standing('ex2'), { notices: ['B cycle 1 DUE_TODAY 2025-05-29 LETTERED'], letters: [`${LETTER} EMAIL SENT: B`] });
  });

  test('3. U1 with three loans due today gets one letter', async () => {
    await demoLibrary(house.models, 'ex3');
    await due('ex3', 'A', '2025-05-29 21:00');
    await due('ex3', 'B', '2025-05-29 23:59', { libraryCode: 'WEST' });
    await due('ex3', 'C', '2025-05-29 00:00', { processStatus: 'RECALL', recall: { active: true, requestId: null, at: new Date(at('2025-05-20 09:00')), dueDateBefore: new Date(at('2025-06-20 21:00')), dueDateChanged: true } });
    const done = await run('ex3', morning);
    assert.deepEqual(counted(done), reminded(3, 1));
    const letters = await standing('ex3');
    assert.deepEqual(letters.letters, [`${LETTER} EMAIL SENT: A B C`]);
    const [mail] = await house.mailsOf('ex3', done.id);
    assert.equal(mail?.subject, 'Due today, Thursday, May 29, 2025: 3 loans');
    assert.equal(mail?.text.match(/Another reader is waiting for it\./g)?.length, 1);
  });

  test('4. A run missed on the 29th: the run of the 30th says nothing about the 29th', async () => {
    await demoLibrary(house.models, 'ex4');
    await due('ex4', 'A', '2025-05-29 21:00');
    const done = await run('ex4', '2025-05-30 06:00');
    assert.deepEqual([done.status, done.noWork, counted(done)], [SUCCESS, true, {}]);
    assert.deepEqual(await standing('ex4'), untouched);
  });

  test('5. Run again at 08:00 no letter goes out; of a loan recalled at 07:00 and due today since, one letter with that loan only', async () => {
    await demoLibrary(house.models, 'ex5');
    await due('ex5', 'A', '2025-05-29 21:00');
    await due('ex5', 'B', '2025-06-12 21:00');
    await run('ex5', morning);
    const again = await run('ex5', '2025-05-29 08:00');
    assert.deepEqual([counted(again), again.letters], [leftAlone(1), {}]);

    await house.models.Loan.updateOne({ institutionId: 'ex5', barcode: 'B' }, {
      $set: { dueDate: new Date(at('2025-05-29 21:00')), dueDateSource: 'RECALL', processStatus: 'RECALL', dueCycle: 2 }, $inc: { version: 1 },
    });
    const recalled = await run('ex5', '2025-05-29 08:00');
    assert.deepEqual(counted(recalled), { ...reminded(1, 1), recordsSelected: 2, recordsProcessed: 2, recordsUnchanged: 1 });
    assert.deepEqual(await standing('ex5'), {
      notices: ['A cycle 1 DUE_TODAY 2025-05-29 LETTERED', 'B cycle 2 DUE_TODAY 2025-05-29 LETTERED'],
      letters: [`${LETTER} EMAIL SENT: A`, `${LETTER} EMAIL SENT: B`],
    });
  });
});

describe.concurrent('who gets the letter, and by which way', () => {
  test('of a missing and of a deleted user it is told as an error, and nobody gets a letter', async () => {
    await demoLibrary(house.models, 'gone');
    await user(house.models, 'gone', 'U3', { status: 'DELETED' });
    await due('gone', 'A', '2025-05-29 21:00', { userId: idOf('gone', 'U3') });
    await due('gone', 'B', '2025-05-29 21:00', { userId: null });
    const done = await run('gone', morning);
    assert.deepEqual([done.status, counted(done)], ['COMPLETED_WITH_ERRORS', { recordsSelected: 2, recordsProcessed: 2, recordsInError: 2 }]);
    assert.deepEqual(done.problems.byCode, { USER_MISSING: 2 });
    assert.deepEqual(await standing('gone'), untouched);
  });

  test('by e-mail and text message: two letters; without a number the second goes nowhere, and the library is told', async () => {
    await demoLibrary(house.models, 'both');
    await due('both', 'A', '2025-05-29 21:00');
    const done = await run('both', morning, { sendFormat: 'EMAIL_AND_SMS' });
    assert.deepEqual([done.status, counted(done)], ['COMPLETED_WITH_WARNINGS', { ...reminded(1, 2), lettersSuppressed: 1 }]);
    assert.deepEqual((await standing('both')).letters, [`${LETTER} EMAIL SENT: A`, `${LETTER} SMS NO_ADDRESS: A`, 'UndeliverableLettersReport EMAIL SENT: ']);
  });

  test('a patron who wants no reminders gets none', async () => {
    await demoLibrary(house.models, 'opted');
    await house.models.User.updateOne({ institutionId: 'opted', primaryId: 'U1' }, { $set: { letterOptOut: [LETTER] } });
    await due('opted', 'A', '2025-05-29 21:00');
    const done = await run('opted', morning);
    assert.deepEqual(counted(done), { ...reminded(1, 1), lettersSuppressed: 1 });
    assert.deepEqual((await standing('opted')).letters, [`${LETTER} EMAIL OPTED_OUT: A`]);
  });

  test('separated by library and one loan a letter, four loans of two libraries make four letters', async () => {
    await demoLibrary(house.models, 'apart');
    await house.models.FulfillmentSettings.updateOne({ institutionId: 'apart' }, { $set: { separatePatronNotificationsByLibrary: true, maxLoansPerLetter: 1 } });
    for (const [barcode, libraryCode] of [['A', 'MAIN'], ['B', 'MAIN'], ['C', 'WEST'], ['D', 'WEST']] as const) await due('apart', barcode, '2025-05-29 21:00', { libraryCode });
    const done = await run('apart', morning);
    assert.deepEqual(counted(done), reminded(4, 4));
    const mails = await house.mailsOf('apart', done.id);
    assert.deepEqual(mails.map(({ from }) => /[a-z]+@lib\.example/.exec(from)?.[0]).sort(), ['main@lib.example', 'main@lib.example', 'west@lib.example', 'west@lib.example']);
  });
});

test('the library next door is as it was', async () => {
  assert.deepEqual(await everythingOf(house.models, 'next-door'), nextDoor);
});
