/**
 * The examples of the specification in their order, each run by the engine in an institution of its own, letters delivered; and a neighbour
 * with the same data, to whom nothing happens.
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { RunView } from '../../api/operations/run-view.js';
import { newId } from '../../models/document.js';
import type { Loan } from '../../models/loan.js';
import { activated, demoLibrary, idOf, loan, user } from '../support/demo-library.js';
import { at, bookPolicies } from '../support/fixture-a.js';
import { openHouse, type House } from '../support/house.js';
import { mongo, temporal } from '../support/servers.js';
import { everythingOf, onWrites } from '../support/store.js';

const JOB = 'notifications-courtesy-and-renewals';
const COURTESY = 'FulUserLoansCourtesyLetter';
const RENEWED = 'AutomaticLoansRenewNotice';
const SUCCESS = 'COMPLETED_SUCCESSFULLY';
const tuesday = '2025-06-10 03:00';
const friday = '2025-06-13 21:00';

let house: House;
let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  mongo();
  temporal();
  house = await openHouse('courtesy-examples');
  await library('next-door');
  await due('next-door', 'A', friday);
  await activated(house.models, 'next-door', JOB);
  nextDoor = await everythingOf(house.models, 'next-door');
});
afterAll(() => house?.close());

/** Fixture A with the one rule: userGroup = STUDENT → true. */
async function library(institutionId: string): Promise<void> {
  await demoLibrary(house.models, institutionId);
  const parameters = [{ field: 'userGroup', op: 'EQUALS' as const, values: ['STUDENT'] }];
  await house.models.AutoRenewalRule.create({ institutionId, order: 1, name: 'Students', parameters, output: true });
}

/** A loan of U1, by the local times when it was made and is due. */
const due = (institutionId: string, barcode: string, local: string, given: Partial<Loan> = {}, made = '2025-05-16 14:00') =>
  loan(house.models, institutionId, barcode, { dueDate: new Date(at(local)), loanDate: new Date(at(made)), ...given });
const ofUser = async (institutionId: string, primaryId: string, given: Parameters<typeof user>[3]) =>
  user(house.models, institutionId, primaryId, { emails: [{ address: `${primaryId}@example.org`, types: [], preferred: true, bounced: false, segment: 'INTERNAL' }], ...given });
/** U9 waits for the very copy. */
async function requested(institutionId: string, barcode: string): Promise<string> {
  const _id = newId();
  await house.models.Request.create({
    _id, institutionId, requestType: 'PATRON_PHYSICAL', level: 'ITEM', bibId: idOf(institutionId, `bib ${barcode}`), itemId: idOf(institutionId, `item ${barcode}`),
    requesterUserId: idOf(institutionId, 'U9'), status: 'NOT_STARTED', active: true, step: 'IN_QUEUE', stepEnteredAt: new Date(at('2025-06-01 09:00')),
    assignmentKey: `#${_id}`, activeKey: `#${_id}`,
  });
  return _id;
}

/** A run at a local time of New York. */
async function run(institutionId: string, local: string, parameters: Record<string, unknown> = {}): Promise<RunView> {
  const job = await activated(house.models, institutionId, JOB);
  await house.models.ScheduledJob.updateOne({ institutionId, _id: job._id }, { $set: { parameters } });
  return house.run({ institutionId, scheduledJobId: job._id, asOf: new Date(at(local)) });
}
/** The counters that are not 0, without those of all jobs. */
const counted = ({ counters }: RunView) =>
  Object.fromEntries(Object.entries(counters).filter(([name, value]) => value !== 0 && !name.startsWith('records') && !name.startsWith('letters')));

/** Loans with their notices, and letters, in the words of a librarian: by barcode. */
async function standing(institutionId: string) {
  const own = { institutionId };
  const [loans, notices, letters] = await Promise.all([
    house.models.Loan.find(own).sort({ barcode: 1 }).lean(), house.models.LoanNotice.find(own).lean(), house.models.Letter.find(own).sort({ _id: 1 }).lean(),
  ]);
  const barcodeOf = (loanId: string) => loans.find(({ _id }) => _id === loanId)?.barcode;
  return {
    loans: loans.map(({ barcode, dueDate, dueCycle, processStatus, renewalCount, lastRenewalFailure }) =>
      `${barcode} ${local(dueDate)} cycle ${dueCycle} ${processStatus} ${renewalCount}x ${lastRenewalFailure?.code ?? '-'}`),
    notices: notices.map(({ loanId, dueCycle, kind, state, data }) => `${barcodeOf(loanId)} cycle ${dueCycle} ${kind} ${String(data.reasonCode ?? data.cappedBy ?? '-')} ${state}`).sort(),
    letters: letters.map(({ letterCode, state, suppressedReason, causes }) => `${letterCode} ${suppressedReason ?? state}: ${causes.map(({ recordId }) => barcodeOf(recordId)).sort().join(' ')}`).sort(),
  };
}
const local = (instant: Date) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/New_York', dateStyle: 'short', timeStyle: 'short' }).format(instant);

// Each in an institution of its own, so that they may run side by side.
describe.concurrent('the examples of the specification', () => {
  test('1. A loan due Friday 13 June is renewed to 8 July 21:00, counted from its due date to 11 July; one due the 14th is not selected', async () => {
    await library('ex1');
    await house.models.Policy.create({ institutionId: 'ex1', code: 'FROM_DUE', type: 'renewFrom', name: 'from the due date', value: 'DUE_DATE', originKey: `#${newId()}` });
    const policies = bookPolicies.map(({ type }) => ({ type, policyCode: type === 'renewFrom' ? 'FROM_DUE' : `BOOK-${type}` }));
    await house.models.TermsOfUse.create({ _id: idOf('ex1', 'BOOK2'), institutionId: 'ex1', code: 'BOOK2', type: 'LOAN', name: 'BOOK2', originKey: `#${newId()}`, policies });
    await due('ex1', 'A', friday);
    await due('ex1', 'B', friday, { touId: idOf('ex1', 'BOOK2') });
    await due('ex1', 'C', '2025-06-14 17:00');

    const done = await run('ex1', tuesday);
    assert.deepEqual([done.status, done.counters.recordsSelected, done.counters.recordsChanged], [SUCCESS, 2, 2]);
    assert.deepEqual(counted(done), { renewed: 2, renewalLetters: 1 });
    assert.deepEqual(await standing('ex1'), {
      loans: ['A 2025-07-08 21:00 cycle 2 RENEW 1x -', 'B 2025-07-11 21:00 cycle 2 RENEW 1x -', 'C 2025-06-14 17:00 cycle 1 NORMAL 0x -'],
      notices: ['A cycle 2 RENEWED - LETTERED', 'B cycle 2 RENEWED - LETTERED'],
      letters: [`${RENEWED} SENT: A B`],
    });
    const events = await house.models.LoanEvent.find({ institutionId: 'ex1', loanId: idOf('ex1', 'A') }).lean();
    assert.deepEqual(events.map(({ eventKey, type, by, oldDueDate, newDueDate, runId }) => [eventKey, type, by, oldDueDate?.getTime(), newDueDate?.getTime(), runId]), [
      [`${idOf('ex1', 'A')}:2:RENEWED`, 'RENEWED', `JOB:${JOB}`, at(friday), at('2025-07-08 21:00'), done.id],
    ]);
    const [mail] = await house.mailsOf('ex1', done.id);
    assert.deepEqual([mail?.to, mail?.subject], ['Patron U1 <u1@example.org>', '2 loans were renewed for you']);
    assert.match(mail?.text ?? '', /Title A\n {4}A\. Author\n {4}Due: Tuesday, July 8, 2025 at 9:00.PM\n {4}Due until now: Friday, June 13, 2025 at 9:00.PM/);
  });

  test('2. The maximum of 84 days: reached by a loan of 21 March, which is told of; one of 10 April is renewed to 3 July', async () => {
    await library('ex2');
    await due('ex2', 'A', friday, {}, '2025-03-21 14:00');
    await due('ex2', 'B', friday, {}, '2025-04-10 14:00');
    const done = await run('ex2', tuesday);
    assert.deepEqual(counted(done), { renewed: 1, renewedShortened: 1, notRenewed: 1, notRenewedMAX_RENEWAL_REACHED: 1, courtesyNotices: 1, courtesyLetters: 1, renewalLetters: 1 });
    assert.deepEqual(await standing('ex2'), {
      loans: ['A 2025-06-13 21:00 cycle 1 NORMAL 0x MAX_RENEWAL_REACHED', 'B 2025-07-03 21:00 cycle 2 RENEW 1x -'],
      notices: ['A cycle 1 COURTESY MAX_RENEWAL_REACHED LETTERED', 'B cycle 2 RENEWED MAX LETTERED'],
      letters: [`${RENEWED} SENT: B`, `${COURTESY} SENT: A`],
    });
    const mails = await house.mailsOf('ex2', done.id);
    assert.match(mails.find(({ letterCode }) => letterCode === COURTESY)?.text ?? '', /Not renewed: you have had it for as long as is allowed\./);
    assert.match(mails.find(({ letterCode }) => letterCode === RENEWED)?.text ?? '', /Shorter than usual: you may not keep it any longer than that\./);
  });

  test('3. A card that ends on the due date: USER_EXPIRES. No rule for staff: a letter, and none where only failed renewals are told of', async () => {
    for (const institutionId of ['ex3', 'ex3b']) {
      await library(institutionId);
      await ofUser(institutionId, 'U3', { expiryDate: '2025-06-13' });
      await ofUser(institutionId, 'U4', { userGroup: 'STAFF' });
      await due(institutionId, 'A', friday, { userId: idOf(institutionId, 'U3') });
      await due(institutionId, 'B', friday, { userId: idOf(institutionId, 'U4'), userGroup: 'STAFF' });
    }
    const [all, failedOnly] = await Promise.all([run('ex3', tuesday), run('ex3b', tuesday, { courtesyMode: 'RENEWAL_FAILED_ONLY' })]);
    const notRenewed = { notRenewed: 2, notRenewedNO_RULE: 1, notRenewedUSER_EXPIRES: 1 };
    assert.deepEqual([counted(all), counted(failedOnly)], [{ ...notRenewed, courtesyNotices: 2, courtesyLetters: 2 }, { ...notRenewed, courtesyNotices: 1, courtesyLetters: 1 }]);
    const letters = [(await standing('ex3')).letters, (await standing('ex3b')).letters];
    assert.deepEqual(letters, [[`${COURTESY} SENT: A`, `${COURTESY} SENT: B`], [`${COURTESY} SENT: A`]]);
    const ofStaff = (await house.mailsOf('ex3', all.id)).find(({ to }) => to.includes('U4@'));
    assert.doesNotMatch(ofStaff?.text ?? 'Not renewed', /Not renewed/);
  });

  test('4. U1 has a loan that is renewed and one that U9 waits for: one letter each', async () => {
    await library('ex4');
    await due('ex4', 'A', friday);
    await due('ex4', 'B', friday);
    await requested('ex4', 'B');
    const done = await run('ex4', tuesday);
    assert.deepEqual(counted(done), { renewed: 1, notRenewed: 1, notRenewedITEM_REQUESTED: 1, courtesyNotices: 1, courtesyLetters: 1, renewalLetters: 1 });
    assert.deepEqual((await standing('ex4')).letters, [`${RENEWED} SENT: A`, `${COURTESY} SENT: B`]);
  });

  test('5. Still requested the day after: nothing is written. Cancelled on the 12th: renewed to 10 July, with a letter', async () => {
    await library('ex5');
    await due('ex5', 'B', friday);
    const request = await requested('ex5', 'B');
    await run('ex5', tuesday);
    const before = await everythingOf(house.models, 'ex5');
    const again = await run('ex5', '2025-06-11 03:00');
    const after = await everythingOf(house.models, 'ex5');
    assert.deepEqual([counted(again), again.counters.recordsUnchanged], [{ notRenewed: 1, notRenewedITEM_REQUESTED: 1 }, 1]);
    for (const collection of ['loans', 'loanNotices', 'loanEvents', 'letters']) assert.deepEqual(after[collection], before[collection], collection);

    await house.models.Request.updateOne({ institutionId: 'ex5', _id: request }, { $set: { active: false, status: 'CANCELLED' }, $inc: { version: 1 } });
    assert.deepEqual(counted(await run('ex5', '2025-06-12 03:00')), { renewed: 1, renewalLetters: 1 });
    const { loans, letters } = await standing('ex5');
    assert.deepEqual([loans, letters], [['B 2025-07-10 21:00 cycle 2 RENEW 1x -'], [`${RENEWED} SENT: B`, `${COURTESY} SENT: B`]]);
  });

  test('6. One overdue loan where none is allowed: OVERDUE_LIMIT; renewed where the preference names loans only', async () => {
    await library('ex6');
    await house.models.PatronLimit.create({ institutionId: 'ex6', userGroup: 'STUDENT', maxOverdueLoans: 0 });
    await due('ex6', 'A', friday);
    await due('ex6', 'LATE', '2025-06-02 21:00');
    assert.deepEqual(counted(await run('ex6', tuesday)), { notRenewed: 1, notRenewedOVERDUE_LIMIT: 1, courtesyNotices: 1, courtesyLetters: 1 });
    await house.models.BlockPreference.create({ institutionId: 'ex6', code: 'OVERDUE_LIMIT', actions: ['LOAN'] });
    assert.deepEqual(counted(await run('ex6', tuesday)), { renewed: 1, renewalLetters: 1 });
    assert.deepEqual((await standing('ex6')).loans, ['A 2025-07-08 21:00 cycle 2 RENEW 1x -', 'LATE 2025-06-02 21:00 cycle 1 NORMAL 0x -']);
  });

  test('7. Outage: what fell due since the last run and was never tried is renewed without a fine; what was tried in vain is not selected', async () => {
    await library('ex7');
    await due('ex7', 'A', '2025-06-09 21:00');
    await due('ex7', 'B', '2025-06-06 21:00');
    const request = await requested('ex7', 'B');
    assert.deepEqual(counted(await run('ex7', '2025-06-05 03:00')), { notRenewed: 1, notRenewedITEM_REQUESTED: 1, courtesyNotices: 1, courtesyLetters: 1 });
    await house.models.Request.updateOne({ institutionId: 'ex7', _id: request }, { $set: { active: false, status: 'CANCELLED' }, $inc: { version: 1 } });
    assert.deepEqual(counted(await run('ex7', tuesday)), { renewed: 1, renewalLetters: 1 });
    assert.deepEqual((await standing('ex7')).loans, ['A 2025-07-08 21:00 cycle 2 RENEW 1x -', 'B 2025-06-06 21:00 cycle 1 NORMAL 0x ITEM_REQUESTED']);
    assert.equal(await house.models.Fee.countDocuments({ institutionId: 'ex7' }), 0);
  });

  test('8. Renewed by the patron while the run looks at it, to the same day: the run leaves it as it is, and no letter goes out', async () => {
    await library('ex8');
    await due('ex8', 'A', friday);
    const byPatron = () => house.models.Loan.updateOne({ institutionId: 'ex8', barcode: 'A' }, {
      $set: { dueDate: new Date(at('2025-07-08 21:00')), dueDateSource: 'RENEWAL', processStatus: 'RENEW', lastRenewalAt: new Date(at('2025-06-10 03:05')) },
      $inc: { dueCycle: 1, renewalCount: 1, version: 1 },
    });
    const stop = onWrites(async ({ name, institutionId, send }) => {
      if (institutionId === 'ex8' && name === 'loans.bulkWrite') await byPatron();
      return send();
    });
    const done = await run('ex8', tuesday).finally(stop);
    assert.deepEqual([done.status, counted(done), done.counters.recordsUnchanged], [SUCCESS, { changedDuringRun: 1 }, 1]);
    assert.deepEqual(await standing('ex8'), { loans: ['A 2025-07-08 21:00 cycle 2 RENEW 1x -'], notices: [], letters: [] });
    assert.equal(await house.models.LoanEvent.countDocuments({ institutionId: 'ex8' }), 0);
  });
});

describe.concurrent('beside the examples', () => {
  test('what is broken is told as an error, what a person should look at as a warning; the others are done all the same', async () => {
    await library('broken');
    await ofUser('broken', 'U3', { status: 'DELETED' });
    const event = { kind: 'EVENT', eventName: 'END_OF_TERM', atTime: null };
    await house.models.Policy.create({ institutionId: 'broken', code: 'TERM', type: 'dueDate', name: 'to the end of term', value: event, originKey: `#${newId()}` });
    await house.models.TermsOfUse.create({ _id: idOf('broken', 'TERM'), institutionId: 'broken', code: 'TERM', type: 'LOAN', name: 'TERM', originKey: `#${newId()}`, policies: [{ type: 'dueDate', policyCode: 'TERM' }] });
    await due('broken', 'A', friday, { userId: idOf('broken', 'U3') });
    await due('broken', 'B', friday, { touId: idOf('broken', 'GONE') });
    await due('broken', 'C', friday, { touId: idOf('broken', 'TERM') });
    await due('broken', 'D', friday, { libraryCode: 'GONE' });
    await due('broken', 'E', friday, { libraryCode: 'WEST' }); // which has no hours
    const done = await run('broken', tuesday);
    assert.deepEqual([done.status, done.problems.byCode], [
      'COMPLETED_WITH_ERRORS', { USER_MISSING: 1, TOU_MISSING: 1, EVENT_DATE_MISSING: 1, LIBRARY_MISSING: 1, CALENDAR_MISSING: 1 },
    ]);
    assert.deepEqual([done.counters.recordsInError, counted(done)], [4, { renewed: 1, notRenewed: 1, notRenewedEVENT_DATE_MISSING: 1, courtesyNotices: 1, courtesyLetters: 1, renewalLetters: 1 }]);
    assert.deepEqual((await standing('broken')).letters, [`${RENEWED} SENT: E`, `${COURTESY} SENT: C`]);
  });

  test('a renewal that ends within the window is made once a run, though the walk meets the loan again', async () => {
    await library('long');
    await due('long', 'A', friday);
    const done = await run('long', tuesday, { daysBeforeDueDate: 40, sendRenewalNotice: false });
    assert.deepEqual([counted(done), done.counters.recordsSelected, done.letters], [{ renewed: 1 }, 1, {}]);
    assert.deepEqual(await standing('long'), { loans: ['A 2025-07-08 21:00 cycle 2 RENEW 1x -'], notices: ['A cycle 2 RENEWED - NO_LETTER'], letters: [] });
    assert.deepEqual(counted(await run('long', '2025-06-11 03:00', { daysBeforeDueDate: 40 })), { tooEarly: 1 });
  });

  test('who has opted out gets neither letter, and what happens to the loans is the same', async () => {
    await library('quiet');
    await house.models.User.updateOne({ institutionId: 'quiet', primaryId: 'U1' }, { $set: { letterOptOut: [COURTESY, RENEWED] } });
    await due('quiet', 'A', friday);
    await due('quiet', 'B', friday, { userGroup: 'STAFF' });
    const done = await run('quiet', tuesday);
    assert.deepEqual(counted(done), { renewed: 1, notRenewed: 1, notRenewedNO_RULE: 1, courtesyNotices: 1, courtesyLetters: 1, renewalLetters: 1 });
    assert.deepEqual([done.counters.lettersSuppressed, (await standing('quiet')).letters], [2, [`${RENEWED} OPTED_OUT: A`, `${COURTESY} OPTED_OUT: B`]]);
  });
});

test('the neighbour with the same loan is as it was, byte for byte', async () => {
  assert.deepEqual(await everythingOf(house.models, 'next-door'), nextDoor);
});
