/** The rules of notifications-activity-report, each on both sides of its border (fulfillment-loans.md, rules 1-6). */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { listening } from '../../domain/ask.js';
import { momentAt } from '../../domain/days.js';
import {
  activityLetters, decideActivityReport, periodOf, type Account, type ActivityContext, type ReportedFee, type ReportedLoan,
} from '../../domain/fulfillment/notifications-activity-report.js';
import { at, book, mainCalendar, newYork, ofMain, reserve } from '../support/fixture-a.js';

/** Monday, 06:00 in New York. */
const moment = momentAt(newYork, at('2025-03-10 06:00'));
const context = (given: Partial<ActivityContext> = {}): ActivityContext => ({
  moment, userGroups: [], contentMode: 'ALL', minimumDebt: 0, includeAccruedFines: true,
  termsOfUse: new Map([['BOOK', book], ['RESERVE', reserve]]), libraries: new Map([['MAIN', { calendar: mainCalendar() }]]), ...given,
});
const loan = (loanId: string, dueDate: string, given: Partial<ReportedLoan> = {}): ReportedLoan => ({
  loanId, dueDate: at(dueDate), status: 'ACTIVE', processStatus: 'NORMAL', libraryCode: 'MAIN', touId: 'BOOK', shortLoan: false, recalled: false,
  claimedReturnAt: null, returnDate: null, ...given,
});
const fee = (feeId: string, balance: number, given: Partial<ReportedFee> = {}): ReportedFee => ({ feeId, balance, status: 'ACTIVE', libraryCode: 'MAIN', ...given });
const decide = (given: Partial<Account>, around: Partial<ActivityContext> = {}) => decideActivityReport(
  { userId: 'u1', user: { status: 'ACTIVE', userGroup: 'STUDENT' }, loans: [], fees: [], reportedBefore: false, ...given }, context(around),
);
const said = (given: Partial<Account>, around: Partial<ActivityContext> = {}) => {
  const decision = decide(given, around);
  return decision.action === 'LEAVE' ? decision.reason : decision.report;
};
const reason = (given: Partial<Account>, around: Partial<ActivityContext> = {}) => {
  const decision = decide(given, around);
  return decision.action === 'LEAVE' ? decision.reason : 'REPORT';
};
const late = loan('late', '2025-03-03 21:00');
const current = loan('current', '2025-03-20 21:00');

describe('1 overdue and other loans', () => {
  test('overdue is what was due before this moment, or lost', () => {
    const report = said({ loans: [late, current, loan('now', '2025-03-10 06:00'), loan('just', '2025-03-10 05:59'), loan('lost', '2025-04-01 21:00', { processStatus: 'LOST' })] });
    assert.ok(typeof report !== 'string');
    assert.deepEqual([report.overdue.map(({ loanId }) => loanId), report.loans], [['late', 'just', 'lost'], ['current', 'now']]);
  });
  test('a loan that has ended is not told of', () => assert.equal(reason({ loans: [{ ...late, status: 'COMPLETE' }] }), 'NOTHING_ON_ACCOUNT'));
  test('one that is claimed returned stays, and its fine stands still', () => {
    const report = said({ loans: [{ ...late, processStatus: 'CLAIMED_RETURN', claimedReturnAt: at('2025-03-05 12:00') }] });
    assert.ok(typeof report !== 'string');
    assert.deepEqual(report.overdue, [{ loanId: 'late', accruedFine: 50 }]);
  });
});

describe('2 fines so far', () => {
  const fineOf = (given: Partial<ReportedLoan>, around: Partial<ActivityContext> = {}) => {
    const report = said({ loans: [{ ...late, ...given }] }, around);
    assert.ok(typeof report !== 'string');
    return [report.overdue[0]?.accruedFine, report.problems.map(({ code, recordId }) => `${code} ${recordId}`).join()];
  };
  test('seven days of a book', () => assert.deepEqual(fineOf({}), [175, '']));
  test('of a lost loan none, whatever its terms', () => assert.deepEqual(fineOf({ processStatus: 'LOST', touId: 'gone' }), [0, '']));
  test('none where the job leaves them out', () => assert.deepEqual(fineOf({ touId: 'gone' }, { includeAccruedFines: false }), [0, '']));
  test('without terms of use, or in an unknown library, there is none and it is told', () => {
    assert.deepEqual(fineOf({ touId: 'gone' }), [0, 'TOU_MISSING late']);
    assert.deepEqual(fineOf({ libraryCode: 'NONE' }), [0, 'LIBRARY_MISSING late']);
  });
  test('hours that have run out are told where the fine goes by them', () => {
    const libraries = new Map([['MAIN', { calendar: mainCalendar([ofMain({ dayOfWeek: 1, fromTime: '09:00', toTime: '21:00', validTo: '2025-01-31' })]) }]]);
    assert.deepEqual(fineOf({ recalled: true }, { libraries }), [700, 'CALENDAR_MISSING MAIN']);
    const byTheDay = { ...book, recalledOverdueFine: null };
    assert.deepEqual(fineOf({}, { libraries, termsOfUse: new Map([['BOOK', byTheDay]]) }), [175, '']);
  });
});

describe('3 and 4 fees', () => {
  test('the sum of the active balances, credits taken off', () => {
    const report = said({ fees: [fee('a', 500), fee('c', -100), fee('d', 900, { status: 'IN_DISPUTE' }), fee('e', 900, { status: 'EXPORTED' }), fee('f', 0, { status: 'CLOSED' })] });
    assert.ok(typeof report !== 'string');
    assert.deepEqual([report.feeIds, report.totalDebt], [['a', 'c'], 400]);
  });
  test('fines so far are not in the sum', () => {
    const report = said({ loans: [late], fees: [fee('a', 200)] });
    assert.ok(typeof report !== 'string');
    assert.deepEqual([report.totalDebt, report.overdue], [200, [{ loanId: 'late', accruedFine: 175 }]]);
  });
});

describe('5 who gets a report', () => {
  const strict = { contentMode: 'OVERDUE_OR_FEES' } as const;
  test('with all loans and fees, or only with what is overdue or owed', () => {
    assert.deepEqual([reason({ loans: [current] }), reason({ loans: [current] }, strict)], ['REPORT', 'NOTHING_OVERDUE_OR_OWED']);
    assert.deepEqual([reason({ loans: [late] }, strict), reason({ loans: [{ ...current, processStatus: 'LOST' }] }, strict), reason({ loans: [current], fees: [fee('a', 1)] }, strict)], ['REPORT', 'REPORT', 'REPORT']);
  });
  test('the minimum debt counts where fees alone are told of', () => {
    const eighty = [fee('a', 80)];
    assert.deepEqual([reason({ fees: eighty }), reason({ fees: eighty }, { minimumDebt: 80 }), reason({ fees: eighty }, { minimumDebt: 81 })], ['REPORT', 'REPORT', 'BELOW_MINIMUM_DEBT']);
    assert.equal(reason({ fees: eighty, loans: [current] }, { minimumDebt: 100 }), 'REPORT');
    assert.equal(reason({ fees: eighty, loans: [current] }, { minimumDebt: 100, ...strict }), 'BELOW_MINIMUM_DEBT');
    assert.equal(reason({ fees: eighty, loans: [late] }, { minimumDebt: 100, ...strict }), 'REPORT');
  });
  test('credits alone, or fees that they cover, are nothing to tell of; with a loan they are told', () => {
    assert.equal(reason({ fees: [fee('c', -500)] }), 'ONLY_CREDITS');
    assert.equal(reason({ fees: [fee('c', -500), fee('a', 500)] }), 'ONLY_CREDITS');
    assert.equal(reason({ fees: [fee('c', -500)], loans: [current] }), 'REPORT');
    assert.equal(reason({ fees: [fee('c', -500)], loans: [current] }, strict), 'NOTHING_OVERDUE_OR_OWED');
  });
  test('the groups that are named', () => {
    assert.equal(reason({ loans: [late] }, { userGroups: ['FACULTY'] }), 'OTHER_USER_GROUP');
    assert.equal(reason({ loans: [late] }, { userGroups: ['FACULTY', 'STUDENT'] }), 'REPORT');
    assert.equal(reason({ loans: [late], user: { status: 'ACTIVE', userGroup: null } }, { userGroups: ['STUDENT'] }), 'OTHER_USER_GROUP');
  });
});

test('6 a missing or deleted patron is told as an error, an inactive one gets the report', () => {
  assert.equal(reason({ loans: [late], user: null }), 'USER_MISSING');
  assert.equal(reason({ loans: [late], user: { status: 'DELETED', userGroup: 'STUDENT' } }), 'USER_MISSING');
  assert.equal(reason({ loans: [late], user: { status: 'INACTIVE', userGroup: 'STUDENT' } }), 'REPORT');
});

test('who had the report of this period gets none, and an account that is empty makes none', () => {
  assert.equal(reason({ loans: [late], reportedBefore: true }), 'REPORTED_BEFORE');
  assert.equal(reason({}), 'NOTHING_ON_ACCOUNT');
});

test('the period of a run by hand is the run, that of a schedule its day', () => {
  const run = { runId: 'r', businessDate: '2025-03-10' };
  assert.deepEqual(['MANUAL', 'API', 'SCHEDULE', 'DRY_RUN'].map((trigger) => periodOf({ ...run, trigger })), ['r', 'r', '2025-03-10', '2025-03-10']);
});

describe('the letters of a report', () => {
  const account = { userId: 'u1', loans: [current, loan('west', '2025-03-01 21:00', { libraryCode: 'WEST' }), late], fees: [fee('a', 200), fee('b', 100, { libraryCode: null })] };
  const lettersOf = (separateByLibrary: boolean, maxLoansPerLetter: number) => {
    const decision = decide(account, { includeAccruedFines: false });
    assert.ok(decision.action === 'REPORT');
    return activityLetters(account, decision.report, { period: '2025-03-10', separateByLibrary, maxLoansPerLetter })
      .map(({ letterKey, libraryCode, loanIds, feeIds }) => `${letterKey} of ${libraryCode}: ${[...loanIds, ...feeIds].join(' ')}`);
  };
  test('one for the patron, what is overdue longest first', () => {
    assert.deepEqual(lettersOf(false, 200), ['activity:2025-03-10:u1:-:1 of null: west late current a b']);
  });
  test('in parts of so many loans, the fees in the first', () => {
    assert.deepEqual(lettersOf(false, 2), ['activity:2025-03-10:u1:-:1 of null: west late a b', 'activity:2025-03-10:u1:-:2 of null: current']);
  });
  test('or one a library, and one for what is owed to the institution', () => {
    assert.deepEqual(lettersOf(true, 200), [
      'activity:2025-03-10:u1:WEST:1 of WEST: west', 'activity:2025-03-10:u1:MAIN:1 of MAIN: late current a', 'activity:2025-03-10:u1:-:1 of null: b',
    ]);
  });
});

test('whoever listens hears every question up to the one that decided', () => {
  const { ask, heard } = listening();
  decideActivityReport({ userId: 'u1', user: { status: 'ACTIVE', userGroup: 'STUDENT' }, loans: [], fees: [fee('a', 80)], reportedBefore: false }, context({ minimumDebt: 100 }), ask);
  assert.deepEqual(heard.map(({ rule, holds }) => `${rule}: ${holds}`), [
    'Selection: an active loan or fee: true', '5 user groups: true', '5 only credits: false', '5 content mode: true', '5 fees alone, below the minimum debt: true',
  ]);
  assert.deepEqual(heard.at(-1)?.compared, { totalDebt: 80, minimumDebt: 100 });
});
