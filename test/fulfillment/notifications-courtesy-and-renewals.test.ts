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

/** One night of many patrons, and the two nights after it. */
describe('the examples of the specification', () => {
  let night: RunView;
  let seen: Awaited<ReturnType<typeof standing>>;
  /** What is said of these loans. */
  const of = (...barcodes: string[]) => {
    const isOf = (line: string) => barcodes.some((barcode) => line.startsWith(`${barcode} `));
    return { loans: seen.loans.filter(isOf), notices: seen.notices.filter(isOf), letters: seen.letters.filter((line) => barcodes.some((barcode) => line.split(': ')[1]?.split(' ').includes(barcode))) };
  };
  const mailsTo = async (primaryId: string) => (await house.mailsOf('night', night.id)).filter(({ to }) => to.toLowerCase().includes(`<${primaryId.toLowerCase()}@`));

  beforeAll(async () => {
    await library('night');
    await house.models.Policy.create({ institutionId: 'night', code: 'FROM_DUE', type: 'renewFrom', name: 'from the due date', value: 'DUE_DATE', originKey: `#${newId()}` });
    const policies = bookPolicies.map(({ type }) => ({ type, policyCode: type === 'renewFrom' ? 'FROM_DUE' : `BOOK-${type}` }));
    const terms = { institutionId: 'night', type: 'LOAN' as const, name: 'Of this test' };
    await house.models.TermsOfUse.create({ ...terms, _id: idOf('night', 'BOOK2'), code: 'BOOK2', originKey: `#${newId()}`, policies });
    const term = { kind: 'EVENT', eventName: 'END_OF_TERM', atTime: null };
    await house.models.Policy.create({ institutionId: 'night', code: 'TERM', type: 'dueDate', name: 'to the end of term', value: term, originKey: `#${newId()}` });
    await house.models.TermsOfUse.create({ ...terms, _id: idOf('night', 'TERM'), code: 'TERM', originKey: `#${newId()}`, policies: [{ type: 'dueDate', policyCode: 'TERM' }] });
    const ids = Object.fromEntries(await Promise.all((['U3', 'U4', 'U5', 'U6', 'U7', 'U8'] as const).map(async (primaryId) => [primaryId, await ofUser('night', primaryId, {
      ...(primaryId === 'U3' && { expiryDate: '2025-06-13' }),
      ...(primaryId === 'U4' && { userGroup: 'STAFF' }),
      ...(primaryId === 'U7' && { status: 'DELETED' }),
      ...(primaryId === 'U8' && { letterOptOut: [COURTESY, RENEWED] }),
    })] as const)));
    const loans: readonly [barcode: string, user: string, given?: Partial<Loan>, made?: string][] = [
      ['A1', 'U1'], ['B1', 'U1', { touId: idOf('night', 'BOOK2') }], ['A2', 'U5', {}, '2025-03-21 14:00'], ['B2', 'U5', {}, '2025-04-10 14:00'],
      ['A3', 'U3'], ['B3', 'U4', { userGroup: 'STAFF' }], ['A4', 'U6'], ['B4', 'U6'],
      ['GONE', 'U7'], ['TERMLESS', 'U2', { touId: idOf('night', 'NONE') }], ['TERM', 'U2', { touId: idOf('night', 'TERM') }], ['NOWHERE', 'U2', { libraryCode: 'NOWHERE' }],
      ['WEST', 'U2', { libraryCode: 'WEST' }], ['QUIET', 'U8'], ['QUIET2', 'U8', { userGroup: 'STAFF' }],
    ];
    for (const [barcode, primaryId, given, made] of loans) await due('night', barcode, friday, { userId: ids[primaryId] ?? idOf('night', primaryId), ...given }, made);
    await due('night', 'C1', '2025-06-14 17:00');
    await requested('night', 'B4');
    night = await run('night', tuesday);
    seen = await standing('night');
  });

  test('1. A loan due Friday 13 June is renewed to 8 July 21:00, counted from its due date to 11 July; one due the 14th is not selected', async () => {
    assert.deepEqual(of('A1', 'B1', 'C1'), {
      loans: ['A1 2025-07-08 21:00 cycle 2 RENEW 1x -', 'B1 2025-07-11 21:00 cycle 2 RENEW 1x -', 'C1 2025-06-14 17:00 cycle 1 NORMAL 0x -'],
      notices: ['A1 cycle 2 RENEWED - LETTERED', 'B1 cycle 2 RENEWED - LETTERED'],
      letters: [`${RENEWED} SENT: A1 B1`],
    });
    assert.equal(night.counters.recordsSelected, 15);
    const events = await house.models.LoanEvent.find({ institutionId: 'night', loanId: idOf('night', 'A1') }).lean();
    assert.deepEqual(events.map(({ eventKey, type, by, oldDueDate, newDueDate, runId }) => [eventKey, type, by, oldDueDate?.getTime(), newDueDate?.getTime(), runId]), [
      [`${idOf('night', 'A1')}:2:RENEWED`, 'RENEWED', `JOB:${JOB}`, at(friday), at('2025-07-08 21:00'), night.id],
    ]);
    const [mail] = await mailsTo('U1');
    assert.equal(mail?.subject, '2 loans were renewed for you');
    assert.match(mail.text, /Title A1\n {4}A\. Author\n {4}Due: Tuesday, July 8, 2025 at 9:00.PM\n {4}Due until now: Friday, June 13, 2025 at 9:00.PM/);
  });

  test('2. The maximum of 84 days: reached by a loan of 21 March, which is told of; one of 10 April is renewed to 3 July', async () => {
    assert.deepEqual(of('A2', 'B2'), {
      loans: ['A2 2025-06-13 21:00 cycle 1 NORMAL 0x MAX_RENEWAL_REACHED', 'B2 2025-07-03 21:00 cycle 2 RENEW 1x -'],
      notices: ['A2 cycle 1 COURTESY MAX_RENEWAL_REACHED LETTERED', 'B2 cycle 2 RENEWED MAX LETTERED'],
      letters: [`${RENEWED} SENT: B2`, `${COURTESY} SENT: A2`],
    });
    const mails = await mailsTo('U5');
    assert.match(mails.find(({ letterCode }) => letterCode === COURTESY)?.text ?? '', /Not renewed: you have had it for as long as is allowed\./);
    assert.match(mails.find(({ letterCode }) => letterCode === RENEWED)?.text ?? '', /Shorter than usual: you may not keep it any longer than that\./);
  });

  test('3. A card that ends on the due date: USER_EXPIRES. No rule for staff: a letter, and none where only failed renewals are told of', async () => {
    assert.deepEqual(of('A3', 'B3').notices, ['A3 cycle 1 COURTESY USER_EXPIRES LETTERED', 'B3 cycle 1 COURTESY NO_RULE LETTERED']);
    assert.doesNotMatch((await mailsTo('U4'))[0]?.text ?? 'Not renewed', /Not renewed/);
    await library('failed-only');
    await ofUser('failed-only', 'U3', { expiryDate: '2025-06-13' });
    await due('failed-only', 'A', friday, { userId: idOf('failed-only', 'U3') });
    await due('failed-only', 'B', friday, { userGroup: 'STAFF' });
    const done = await run('failed-only', tuesday, { courtesyMode: 'RENEWAL_FAILED_ONLY' });
    assert.deepEqual(counted(done), { notRenewed: 2, notRenewedNO_RULE: 1, notRenewedUSER_EXPIRES: 1, courtesyNotices: 1, courtesyLetters: 1 });
    assert.deepEqual((await standing('failed-only')).letters, [`${COURTESY} SENT: A`]);
  });

  test('4. U6 has a loan that is renewed and one that U9 waits for: one letter each', () => {
    assert.deepEqual(of('A4', 'B4'), {
      loans: ['A4 2025-07-08 21:00 cycle 2 RENEW 1x -', 'B4 2025-06-13 21:00 cycle 1 NORMAL 0x ITEM_REQUESTED'],
      notices: ['A4 cycle 2 RENEWED - LETTERED', 'B4 cycle 1 COURTESY ITEM_REQUESTED LETTERED'],
      letters: [`${RENEWED} SENT: A4`, `${COURTESY} SENT: B4`],
    });
  });

  test('what is broken is told as an error, what a person should look at as a warning; the others are done all the same', () => {
    const { USER_MISSING, TOU_MISSING, EVENT_DATE_MISSING, LIBRARY_MISSING, CALENDAR_MISSING } = night.problems.byCode;
    assert.deepEqual([night.status, USER_MISSING, TOU_MISSING, EVENT_DATE_MISSING, LIBRARY_MISSING, CALENDAR_MISSING], ['COMPLETED_WITH_ERRORS', 1, 1, 1, 1, 1]);
    assert.deepEqual([night.counters.recordsInError, of('GONE', 'TERMLESS', 'NOWHERE').notices, of('TERM', 'WEST').notices], [
      4, [], ['TERM cycle 1 COURTESY EVENT_DATE_MISSING LETTERED', 'WEST cycle 2 RENEWED - LETTERED'],
    ]);
  });

  test('who has opted out gets neither letter, and what happens to the loans is the same', () => {
    assert.deepEqual(of('QUIET', 'QUIET2').letters, [`${RENEWED} OPTED_OUT: QUIET`, `${COURTESY} OPTED_OUT: QUIET2`]);
    assert.deepEqual(of('QUIET', 'QUIET2').loans, ['QUIET 2025-07-08 21:00 cycle 2 RENEW 1x -', 'QUIET2 2025-06-13 21:00 cycle 1 NORMAL 0x NO_RULE']);
  });

  test('the report counts each of them', () => {
    assert.deepEqual(counted(night), {
      renewed: 6, renewedShortened: 1, notRenewed: 6, notRenewedNO_RULE: 2, notRenewedITEM_REQUESTED: 1, notRenewedEVENT_DATE_MISSING: 1,
      notRenewedMAX_RENEWAL_REACHED: 1, notRenewedUSER_EXPIRES: 1, courtesyNotices: 6, courtesyLetters: 6, renewalLetters: 5,
    });
  });

  test('5. Still requested the day after: nothing is written. Cancelled on the 12th: renewed to 10 July, with a letter', async () => {
    const ofB4 = async () => {
      const loanId = idOf('night', 'B4');
      const own = { institutionId: 'night', loanId };
      return [await house.models.Loan.findOne({ institutionId: 'night', _id: loanId }).lean(), await house.models.LoanNotice.find(own).lean(), await house.models.LoanEvent.find(own).lean()];
    };
    const before = await ofB4();
    const again = await run('night', '2025-06-11 03:00');
    assert.deepEqual([await ofB4(), again.counters.notRenewedITEM_REQUESTED, again.counters.courtesyNotices], [before, 1, 0]);

    await house.models.Request.updateMany({ institutionId: 'night' }, { $set: { active: false, status: 'CANCELLED' }, $inc: { version: 1 } });
    await run('night', '2025-06-12 03:00');
    seen = await standing('night');
    assert.deepEqual(of('B4'), {
      loans: ['B4 2025-07-10 21:00 cycle 2 RENEW 1x -'],
      notices: ['B4 cycle 1 COURTESY ITEM_REQUESTED LETTERED', 'B4 cycle 2 RENEWED - LETTERED'],
      letters: [`${RENEWED} SENT: B4`, `${COURTESY} SENT: B4`],
    });
  });
});

// Each in an institution of its own, so that they may run side by side.
describe.concurrent('examples that need a library of their own', () => {
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

  test('a renewal that ends within the window is made once a run, though the walk meets the loan again', async () => {
    await library('long');
    await due('long', 'A', friday);
    const done = await run('long', tuesday, { daysBeforeDueDate: 40, sendRenewalNotice: false });
    assert.deepEqual([counted(done), done.counters.recordsSelected, done.letters], [{ renewed: 1 }, 1, {}]);
    assert.deepEqual(await standing('long'), { loans: ['A 2025-07-08 21:00 cycle 2 RENEW 1x -'], notices: ['A cycle 2 RENEWED - NO_LETTER'], letters: [] });
  });
});

test('the neighbour with the same loan is as it was, byte for byte', async () => {
  assert.deepEqual(await everythingOf(house.models, 'next-door'), nextDoor);
});
