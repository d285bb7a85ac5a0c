/**
 * Which loans are renewed, which are told of, and which are left (fulfillment-loans.md, notifications-courtesy-and-renewals, Selection and rules 1,
 * 2, 8, 11, 12; the others are those of every renewal: test/domain/renewal.test.ts).
 */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { listening } from '../../domain/ask.js';
import { momentAt } from '../../domain/days.js';
import type { Borrower } from '../../domain/fulfillment/borrower.js';
import { decideCourtesy, dueInWindow, mayRenew, type CourtesyContext, type FallingDueLoan } from '../../domain/fulfillment/notifications-courtesy-and-renewals.js';
import { at, book, mainCalendar, newYork } from '../support/fixture-a.js';

const asOf = at('2025-06-10 03:00'); // Tuesday
const u1: Borrower = { status: 'ACTIVE', userGroup: 'STUDENT', expiryDay: null, patronUntil: [null], blocks: [], owed: 0, overdueLoans: 0, overdueRecalls: 0 };
const loan = (given: Partial<FallingDueLoan> = {}): FallingDueLoan => ({
  userId: 'u1', userGroup: 'STUDENT', touId: 'BOOK', libraryCode: 'MAIN', locationCode: 'STACKS', itemPolicy: null, materialType: 'BOOK', status: 'ACTIVE',
  processStatus: 'NORMAL', shortLoan: false, recalled: false, loanDate: at('2025-05-16 14:00'), dueDate: at('2025-06-13 21:00'), dueCycle: 1, renewed: false,
  lastRenewalAt: null, lastRenewalFailure: null, noticedBefore: false, requested: null, bookedFrom: null, ...given,
});
const context = (given: Partial<CourtesyContext> = {}): CourtesyContext => ({
  runId: 'run', moment: momentAt(newYork, asOf), lastRunAt: at('2025-06-09 03:00'), daysBeforeDueDate: 3, courtesyMode: 'ALL_NOT_RENEWED', sendRenewalNotice: true,
  courtesySendFormat: 'EMAIL', renewalSendFormat: 'EMAIL_AND_SMS', outageDays: 7, separatePatronNotificationsByLibrary: false,
  rules: [{ name: 'students', order: 1, enabled: true, parameters: [{ field: 'userGroup', op: 'EQUALS', values: ['STUDENT'] }], output: true }],
  termsOfUse: new Map([['BOOK', book]]), calendars: new Map([['MAIN', mainCalendar()]]), limits: new Map(), preferences: new Map(), borrowers: new Map([['u1', u1]]), ...given,
});
const decide = (ofLoan: Partial<FallingDueLoan> = {}, given: Partial<CourtesyContext> = {}) => decideCourtesy(loan(ofLoan), context(given));
const renewed = (letterKey = 'run:AutomaticLoansRenewNotice:RENEWED.EMAIL_AND_SMS:u1:-') => ({ action: 'RENEW', newDueDate: at('2025-07-08 21:00'), cappedBy: null, noOpenDay: false, letterKey });
const kept = (reason: string, given: object = {}) => ({ action: 'KEEP', reason, detail: null, note: true, tell: { letterKey: 'run:FulUserLoansCourtesyLetter:COURTESY.EMAIL:u1:-' }, ...given });
const left = (reason: string) => ({ action: 'LEAVE', reason });
const outage = { lastRunAt: at('2025-06-05 03:00') };

describe('the selection', () => {
  test('the window of 3 days ends with 13 June', () => {
    assert.deepEqual(decide(), renewed());
    assert.deepEqual(decide({ dueDate: at('2025-06-14 00:00') - 1 }), renewed());
    assert.deepEqual(decide({ dueDate: at('2025-06-14 00:00') }), left('NOT_IN_WINDOW'));
    assert.equal(dueInWindow(context()).dueBefore, at('2025-06-14 00:00'));
  });
  test('ended, lost, claimed returned and short loans are left out', () => {
    assert.deepEqual(decide({ status: 'COMPLETE' }), left('NOT_ACTIVE'));
    assert.deepEqual(decide({ processStatus: 'LOST' }), left('STATUS_LEFT_OUT'));
    assert.deepEqual(decide({ processStatus: 'CLAIMED_RETURN' }), left('STATUS_LEFT_OUT'));
    assert.deepEqual(decide({ shortLoan: true }), left('SHORT_LOAN'));
  });
  test('a loan due at this moment is not due later', () => {
    assert.deepEqual(decide({ dueDate: asOf }), renewed());
    assert.deepEqual(decide({ dueDate: asOf }, { lastRunAt: asOf }), left('FELL_DUE_BEFORE'));
    assert.deepEqual(decide({ dueDate: asOf + 1 }, { lastRunAt: asOf }), renewed());
  });
  test('in an outage what fell due since the last run is taken up, unless a run had tried it', () => {
    assert.deepEqual(decide({ dueDate: at('2025-06-09 21:00') }, outage), renewed());
    assert.deepEqual(decide({ dueDate: at('2025-06-05 03:00') }, outage), left('FELL_DUE_BEFORE'));
    const failure = { code: 'ITEM_REQUESTED', at: at('2025-06-05 03:00'), dueCycle: 1 };
    assert.deepEqual(decide({ dueDate: at('2025-06-06 21:00'), lastRenewalFailure: failure }, outage), left('TRIED_BEFORE'));
    assert.deepEqual(decide({ dueDate: at('2025-06-06 21:00'), lastRenewalFailure: failure, dueCycle: 2 }, outage), renewed());
  });
  test('an outage is made up for as many days as are set, and before its first run the job has missed nothing', () => {
    assert.equal(dueInWindow(context({ lastRunAt: at('2025-05-01 03:00') })).dueFrom, at('2025-06-03 03:00') + 1);
    assert.equal(dueInWindow(context(outage)).dueFrom, at('2025-06-05 03:00') + 1);
    assert.equal(dueInWindow(context({ ...outage, outageDays: 0 })).dueFrom, asOf + 1);
    assert.equal(dueInWindow(context({ lastRunAt: null })).dueFrom, asOf + 1);
  });
});

describe('who is renewed at all (rules 1, 2, 8)', () => {
  test('a loan that no rule names, or that a rule names against, is not', () => {
    assert.deepEqual(decide({ userGroup: 'STAFF' }), kept('NO_RULE'));
    const never = { name: 'never', order: 1, enabled: true, parameters: [], output: false };
    assert.deepEqual(decide({}, { rules: [never] }), kept('NO_RULE'));
    assert.deepEqual(decide({}, { rules: [] }), kept('NO_RULE'));
  });
  test('rules ask about library, location, item policy and material type', () => {
    const rule = (field: string, value: string) => ({ name: field, order: 1, enabled: true, parameters: [{ field, op: 'EQUALS' as const, values: [value] }], output: true });
    const asked = [['library', 'MAIN'], ['location', 'MAIN/STACKS'], ['itemPolicy', 'RESERVE'], ['materialType', 'DVD']].map(([field = '', value = '']) =>
      decide({ itemPolicy: 'RESERVE', materialType: 'DVD' }, { rules: [rule(field, value)] }).action);
    assert.deepEqual(asked, ['RENEW', 'RENEW', 'RENEW', 'RENEW']);
  });
  test('a renewal of so few days waits until the loan is due today or tomorrow', () => {
    const short = { renewed: true, lastRenewalAt: at('2025-06-09 03:00') };
    assert.deepEqual(decide({ ...short, dueDate: at('2025-06-12 21:00') }), { action: 'WAIT' });
    assert.deepEqual(decide({ ...short, dueDate: at('2025-06-11 21:00') }), renewed());
    assert.deepEqual(decide({ ...short, dueDate: at('2025-06-13 21:00') }), renewed());
    assert.deepEqual(decide({ renewed: false, lastRenewalAt: at('2025-06-09 03:00'), dueDate: at('2025-06-12 21:00') }), renewed());
  });
  test('nobody is charged without asking, and what cannot be renewed costs nothing', () => {
    const charged = (isRenewable: boolean) => decide({}, { termsOfUse: new Map([['BOOK', { ...book, isRenewable, renewFee: 100 }]]) });
    assert.deepEqual(charged(true), kept('RENEW_FEE_APPLIES'));
    assert.deepEqual(charged(false), kept('NOT_RENEWABLE'));
  });
  test('before the time frame of the policy the loan waits, and nobody hears of it', () => {
    assert.deepEqual(decide({}, { termsOfUse: new Map([['BOOK', { ...book, renewalTimeFrameDays: 2 }]]) }), { action: 'WAIT' });
  });
  test('missing terms, users and libraries are problems: no notice, no note', () => {
    assert.deepEqual(decide({ touId: 'GONE' }), { action: 'FAIL', reason: 'TOU_MISSING' });
    assert.deepEqual(decide({ userId: 'nobody' }), { action: 'FAIL', reason: 'USER_MISSING' });
    assert.deepEqual(decide({ libraryCode: 'GONE' }), { action: 'FAIL', reason: 'LIBRARY_MISSING' });
  });
  test('only for loans that a rule wants renewed is more read', () => {
    assert.deepEqual([mayRenew(loan(), context()), mayRenew(loan({ userGroup: 'STAFF' }), context()), mayRenew(loan({ shortLoan: true }), context())], [true, false, false]);
  });
});

describe('what is written (rules 11 and 12)', () => {
  const requested = { requested: 'ITEM' } as const;
  test('a renewal letter, unless none is wanted', () => {
    assert.deepEqual(decide({}, { sendRenewalNotice: false }), renewed(''));
  });
  test('letters of several libraries are kept apart where that is set', () => {
    assert.deepEqual(decide({}, { separatePatronNotificationsByLibrary: true }), renewed('run:AutomaticLoansRenewNotice:RENEWED.EMAIL_AND_SMS:u1:MAIN'));
  });
  test('a courtesy notice by the mode of the job', () => {
    assert.deepEqual(decide(requested, { courtesyMode: 'RENEWAL_FAILED_ONLY' }), kept('ITEM_REQUESTED'));
    assert.deepEqual(decide({ userGroup: 'STAFF' }, { courtesyMode: 'RENEWAL_FAILED_ONLY' }), kept('NO_RULE', { tell: null }));
    assert.deepEqual(decide(requested, { courtesyMode: 'NONE' }), kept('ITEM_REQUESTED', { tell: null }));
  });
  test('one notice a due date', () => {
    assert.deepEqual(decide({ ...requested, noticedBefore: true }), kept('ITEM_REQUESTED', { tell: null }));
  });
  test('the reason is noted when it is another than before, or of another due date', () => {
    const failure = { code: 'ITEM_REQUESTED', at: at('2025-06-09 03:00'), dueCycle: 1 };
    assert.deepEqual(decide({ ...requested, noticedBefore: true, lastRenewalFailure: failure }), kept('ITEM_REQUESTED', { note: false, tell: null }));
    assert.deepEqual(decide({ ...requested, lastRenewalFailure: { ...failure, code: 'CASH_LIMIT' } }), kept('ITEM_REQUESTED'));
    assert.deepEqual(decide({ ...requested, lastRenewalFailure: failure, dueCycle: 2 }), kept('ITEM_REQUESTED'));
  });
  test('the description of a block goes into the letter', () => {
    const blocks = [{ description: 'Long overdue items', blockedActions: ['RENEW'], expiresAt: null }];
    assert.deepEqual(decide({}, { borrowers: new Map([['u1', { ...u1, blocks }]]) }), kept('USER_BLOCKED', { detail: 'Long overdue items' }));
  });
  test('nobody is written to about an anonymised loan', () => {
    assert.deepEqual(decide({ userId: null, userGroup: 'STAFF' }), kept('NO_RULE', { tell: null }));
  });
});

test('a listener hears every question up to the one that decides', () => {
  const { ask, heard } = listening();
  decideCourtesy(loan({ requested: 'TITLE' }), context(), ask);
  assert.deepEqual(heard.map(({ rule, holds }) => `${rule}: ${holds ? 'yes' : 'no'}`), [
    'Selection: loan is active: yes', 'Selection: neither lost nor claimed returned: yes', 'Selection: short loan: no', 'Selection: due within the days before: yes',
    'Selection: not due yet: yes', 'Rule «students» matches: yes', '1 a rule wants it renewed: yes', '2 a renewal costs a fee: no', '2 terms of use missing: no',
    '2 renewable: yes', '3 recalled: no', '4 user missing or deleted: no', '4 user inactive: no', '4 is a patron: yes', '4 card has expired: no', '5 blocked: no',
    '7 requested by another: yes', '12 the reason is new: yes', '12 a courtesy notice is asked for: yes', '12 noticed before: no', '12 there is somebody to write to: yes',
  ]);
});
