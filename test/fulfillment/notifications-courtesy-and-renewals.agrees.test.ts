/**
 * notifications-courtesy-and-renewals: what *explain a record* says of each loan of a library in which a loan stands for every reason, what a
 * preview proposes and what the run then does are the same; explaining and previewing change nothing (design.md 7; platform.md 8).
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createExplainers } from '../../activities/explain.js';
import { jobOf } from '../../catalogue/jobs.js';
import type { RunRef } from '../../domain/run.js';
import { newId } from '../../models/document.js';
import type { Loan } from '../../models/loan.js';
import type { Models } from '../../models/models.js';
import { patronRole, type User } from '../../models/user.js';
import { activated, demoLibrary, idOf, loan, user } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { clear, emptyDatabase } from '../support/database.js';
import { everythingOf } from '../support/store.js';
import { threeWays } from '../support/three-ways.js';

const JOB = 'notifications-courtesy-and-renewals';
const { models, close } = await emptyDatabase();
afterAll(close);
const own = { institutionId: 'demo' };
const asOf = new Date(at('2025-06-10 03:00'));
const explain = createExplainers(models)[JOB]!;

const term = { kind: 'EVENT', eventName: 'END_OF_TERM', atTime: null };
const days = (value: number) => ({ kind: 'PERIOD', unit: 'DAYS', value, atTime: null });
/** Terms of use that each are for something else. */
const terms: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  NEVER: { dueDate: days(28), isRenewable: false },
  FEE: { dueDate: days(28), renewFee: 100 },
  EARLY: { dueDate: days(28), renewalTimeFrameDays: 1 },
  TERM: { dueDate: term },
  SHORTER: { dueDate: days(28), renewalPeriod: days(3) },
};
const patrons: Readonly<Record<string, Partial<User>>> = {
  GONE: { status: 'DELETED' },
  IDLE: { status: 'INACTIVE' },
  GUEST: { roles: [{ ...patronRole, expiryDate: '2025-06-09' }] },
  EXPIRED: { expiryDate: '2025-06-09' },
  EXPIRING: { expiryDate: '2025-06-13' },
  SHORTENED: { expiryDate: '2025-06-20' },
  BLOCKED: {},
  DEBTOR: {},
  LATE: { userGroup: 'LATE' },
  RECALLED: {},
};
const overdue = new Date(at('2025-05-05 21:00'));
/** By barcode, which is what the loan stands for: all fall due on Friday 13 June but for what is said. */
const loans: Readonly<Record<string, Partial<Loan> & { of?: string; terms?: string }>> = {
  RENEWED: {}, 'RENEWED WEST': { libraryCode: 'WEST', processStatus: 'RENEW' }, 'RENEWED ADDRESSLESS': { of: 'U2' },
  'RENEWED MAX': { loanDate: new Date(at('2025-04-10 14:00')) }, 'RENEWED EXPIRY': { of: 'SHORTENED' },
  NO_RULE: { userGroup: 'STAFF' }, 'NO_RULE RECALL': { userGroup: 'STAFF', processStatus: 'RECALL' }, NOT_RENEWABLE: { terms: 'NEVER' }, RENEW_FEE_APPLIES: { terms: 'FEE' },
  RECALLED: { processStatus: 'RECALL' }, USER_INACTIVE: { of: 'IDLE' }, NO_PATRON_ROLE: { of: 'GUEST' }, USER_EXPIRED: { of: 'EXPIRED' }, USER_BLOCKED: { of: 'BLOCKED' },
  CASH_LIMIT: { of: 'DEBTOR' }, OVERDUE_LIMIT: { of: 'LATE' }, OVERDUE_RECALL_LIMIT: { of: 'RECALLED' }, ITEM_REQUESTED: {}, EVENT_DATE_MISSING: { terms: 'TERM' },
  BOOKING_CONFLICT: {}, MAX_RENEWAL_REACHED: { loanDate: new Date(at('2025-03-21 14:00')) }, USER_EXPIRES: { of: 'EXPIRING' }, SAME_DUE_DATE: { terms: 'SHORTER' },
  TOO_EARLY: { terms: 'EARLY' }, TOU_MISSING: { terms: 'NONE' }, USER_MISSING: { of: 'GONE' }, 'USER_MISSING NOBODY': { of: 'NOBODY' }, LIBRARY_MISSING: { libraryCode: 'NOWHERE' },
  'NOT_IN_WINDOW': { dueDate: new Date(at('2025-06-14 00:00')) }, SHORT_LOAN: { shortLoan: true }, LOST: { processStatus: 'LOST' }, ENDED: { status: 'COMPLETE' },
  'OVERDUE 1': { of: 'LATE', dueDate: overdue }, 'OVERDUE 2': { of: 'RECALLED', dueDate: overdue, processStatus: 'RECALL' },
};

async function library(into: Models, institutionId: string): Promise<void> {
  await demoLibrary(into, institutionId);
  await into.Institution.updateOne({ institutionId }, { mailPaused: true });
  const students = [{ field: 'userGroup', op: 'EQUALS' as const, values: ['STUDENT'] }];
  await into.AutoRenewalRule.create({ institutionId, order: 1, name: 'Students', parameters: students, output: true });
  for (const [code, policies] of Object.entries(terms)) {
    await into.Policy.insertMany(Object.entries(policies).map(([type, value]) => ({ institutionId, code, type, name: code, value, originKey: `#${newId()}` })));
    await into.TermsOfUse.create({ _id: idOf(institutionId, code), institutionId, code, type: 'LOAN', name: code, originKey: `#${newId()}`, policies: Object.keys(policies).map((type) => ({ type, policyCode: code })) });
  }
  for (const [primaryId, given] of Object.entries(patrons)) await user(into, institutionId, primaryId, given);
  for (const [barcode, { of = 'U1', terms: code = 'BOOK', ...given }] of Object.entries(loans)) {
    await loan(into, institutionId, barcode, {
      userId: idOf(institutionId, of), touId: idOf(institutionId, code), loanDate: new Date(at('2025-05-16 14:00')), dueDate: new Date(at('2025-06-13 21:00')), ...given,
    });
  }
  await into.PatronLimit.create({ institutionId, userGroup: 'STUDENT', maxOwedAmount: 1000, maxOverdueRecalls: 0 });
  await into.PatronLimit.create({ institutionId, userGroup: 'LATE', maxOverdueLoans: 0 });
  await into.Fee.create({ institutionId, userId: idOf(institutionId, 'DEBTOR'), userGroup: 'STUDENT', type: 'OTHER', status: 'ACTIVE', originalAmount: 1001, balance: 1001, currency: 'USD', dedupeKey: `#${newId()}` });
  await into.UserBlock.create({ institutionId, userId: idOf(institutionId, 'BLOCKED'), definitionId: 'd', code: 'X', description: 'Long overdue items', blockedActions: ['RENEW'], source: 'STAFF', status: 'ACTIVE', mode: 'MANUAL', startsAt: asOf, activeKey: 'k' });
  await into.Request.insertMany(['ITEM_REQUESTED', 'BOOKING_CONFLICT'].map((barcode) => {
    const _id = newId();
    const isBooking = barcode === 'BOOKING_CONFLICT';
    return {
      _id, institutionId, requestType: isBooking ? 'BOOKING' : 'PATRON_PHYSICAL', level: 'ITEM', bibId: idOf(institutionId, `bib ${barcode}`), itemId: idOf(institutionId, `item ${barcode}`),
      requesterUserId: idOf(institutionId, 'U2'), status: 'NOT_STARTED', active: true, step: 'IN_QUEUE', stepEnteredAt: asOf, bookingStart: isBooking ? new Date(at('2025-07-01 09:00')) : null,
      assignmentKey: `#${_id}`, activeKey: `#${_id}`,
    };
  }));
  await activated(into, institutionId, JOB);
}

const explained = async (parameters: Record<string, unknown>, barcodes = Object.keys(loans)) => Promise.all(barcodes.toSorted().map(async (barcode) => {
  const explanation = await explain({ ...own, asOf: asOf.toISOString(), timeZone: 'America/New_York', currency: 'USD', parameters, record: `loan:${barcode}` });
  assert.ok(explanation);
  return explanation;
}));
const countersOf = async ({ runId }: RunRef) => (await models.Run.findOne({ ...own, _id: runId }).orFail().lean()).counters;
const errorsOf = async ({ runId }: RunRef) =>
  (await models.RunEvent.find({ ...own, runId, severity: 'ERROR', recordType: 'loan' }).lean()).map(({ recordLabel, code }) => `${recordLabel}: ${code}`).sort();

describe.each([
  ['as it is set up first, by two ways', { courtesySendFormat: 'EMAIL_AND_SMS', renewalSendFormat: 'EMAIL_AND_SMS' }],
  ['with letters only about renewals that failed', { courtesyMode: 'RENEWAL_FAILED_ONLY', sendRenewalNotice: false }],
])('%s', (_, parameters) => {
  let said: Awaited<ReturnType<typeof explained>>;
  let preview: RunRef;
  let run: RunRef;
  let nextDoor: Record<string, string[]>;
  let proposals: { recordLabel: string | null; recordType: string; action: string; details: unknown }[];
  const saying = (sentence: RegExp) => said.filter(({ actions }) => actions.some((action) => sentence.test(action))).map(({ label }) => label);
  const proposed = (action: string) => proposals.filter((proposal) => proposal.action === action).map(({ recordLabel }) => recordLabel).sort();

  beforeAll(async () => {
    await clear(models);
    await library(models, 'demo');
    await library(models, 'next-door');
    nextDoor = await everythingOf(models, 'next-door');
    await models.ScheduledJob.updateOne({ ...own, jobKey: JOB }, { $set: { parameters } });

    ({ said, preview, run, proposals } = await threeWays(models, JOB, asOf, () => explained(parameters)));
  });

  test('the run renews the loans that are explained so, and the preview proposed the same', async () => {
    const renewed = (await models.Loan.find({ ...own, lastRenewalAt: asOf }).sort({ barcode: 1 }).lean()).map(({ barcode }) => barcode);
    assert.deepEqual(renewed, ['RENEWED', 'RENEWED ADDRESSLESS', 'RENEWED EXPIRY', 'RENEWED MAX', 'RENEWED WEST']);
    assert.deepEqual([saying(/^The loan is renewed until/), proposed('RENEWED')], [renewed, renewed]);
  });
  test('the reasons noted on the loans are those that they stand for', async () => {
    const noted = await models.Loan.find({ ...own, lastRenewalFailure: { $ne: null } }).sort({ barcode: 1 }).lean();
    assert.deepEqual(noted.map(({ barcode, lastRenewalFailure }) => [barcode, lastRenewalFailure?.code]), noted.map(({ barcode }) => [barcode, barcode.split(' ')[0]]));
    assert.deepEqual(saying(/^The reason is noted/), noted.map(({ barcode }) => barcode));
  });
  test('the run tells of the loans that are explained so, and the preview proposed the same and shows letters', async () => {
    const notices = await models.LoanNotice.find({ ...own, kind: 'COURTESY' }).lean();
    const ids = new Set(notices.map(({ loanId }) => loanId));
    const told = said.filter(({ recordId }) => ids.has(recordId)).map(({ label }) => label);
    assert.deepEqual([saying(/^The courtesy letter/), proposed('COURTESY')], [told, told]);
    assert.equal(told.includes('NO_RULE'), !('courtesyMode' in parameters));
    const listed = new Set((await models.Letter.find({ ...own, letterCode: 'FulUserLoansCourtesyLetter' }).lean()).flatMap(({ causes }) => causes.map(({ recordId }) => recordId)));
    assert.deepEqual(listed, ids);
    assert.ok(proposals.some(({ recordType }) => recordType === 'letter'));
  });
  test('all three tell of the same errors', async () => {
    const wrong = said.flatMap(({ label, problems }) => problems.filter((code) => code !== 'CALENDAR_MISSING').map((code) => `${label}: ${code}`)).sort();
    assert.deepEqual([await errorsOf(preview), await errorsOf(run)], [wrong, wrong]);
    assert.deepEqual(wrong, ['EVENT_DATE_MISSING: EVENT_DATE_MISSING', 'LIBRARY_MISSING: LIBRARY_MISSING', 'TOU_MISSING: TOU_MISSING', 'USER_MISSING NOBODY: USER_MISSING', 'USER_MISSING: USER_MISSING']);
  });
  test('the preview counts what the run counts, and nothing that the job does not declare', async () => {
    assert.deepEqual(await countersOf(preview), await countersOf(run));
    const declared = jobOf(JOB).counters.map(({ key }) => key as string);
    const counted = Object.entries(await countersOf(run)).flatMap(([name, value]) => (value > 0 ? [name] : []));
    assert.deepEqual(declared.filter((name) => !counted.includes(name)), 'courtesyMode' in parameters ? ['renewalLetters'] : []);
    assert.deepEqual(counted.filter((name) => !declared.includes(name) && !/^(records|letters)[A-Z]/.test(name)), []);
  });
  test('once done, no loan would be renewed or told of again', async () => {
    const again = await explained(parameters, ['RENEWED', 'RENEWED MAX', 'ITEM_REQUESTED', 'NO_RULE', 'TOO_EARLY']);
    const note = 'The reason is noted on the loan.'; // which the same moment cannot tell from its own
    assert.deepEqual(again.map(({ label, actions }) => [label, actions]), [['ITEM_REQUESTED', [note]], ['NO_RULE', [note]], ['RENEWED', []], ['RENEWED MAX', []], ['TOO_EARLY', []]]);
  });
  test('the library next door is as it was', async () => {
    assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor);
  });
});
