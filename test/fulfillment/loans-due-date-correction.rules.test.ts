/** loans-due-date-correction: which days a change concerns, and rules 1-7, one case on each side of every border. */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { listening } from '../../domain/ask.js';
import type { CalendarRecord } from '../../domain/calendar.js';
import { dayNumber, momentAt } from '../../domain/days.js';
import { daysConcerned, daysOfChange, type CalendarChange, type ChangedLibrary } from '../../domain/fulfillment/calendar-changes.js';
import { decideCorrection, type CorrectableLoan, type CorrectionContext, type CorrectionDecision } from '../../domain/fulfillment/loans-due-date-correction.js';
import { loanPoliciesOf, type LoanPolicies } from '../../domain/terms-of-use.js';
import { at, book, bookPolicies, calendarRecords, closed, main, mainCalendar, newYork, ofMain, reserve, reservePolicies } from '../support/fixture-a.js';

const juneteenth = dayNumber('2025-06-19');

describe('the days that changes concern', () => {
  const earliest = dayNumber('2025-06-06'); // a week before June 13
  const library = (code: string, given: Partial<ChangedLibrary> = {}): ChangedLibrary => ({ code, active: true, inheritsCalendar: true, hasOwnHours: true, ...given });
  const ofInstitution = (fromDate: string, toDate = fromDate): CalendarChange => ({ level: 'INSTITUTION', libraryCode: null, fromDate, toDate });
  const ofLibrary = (libraryCode: string, fromDate: string, toDate = fromDate): CalendarChange => ({ level: 'LIBRARY', libraryCode, fromDate, toDate });
  const texts = (changes: CalendarChange[], libraries: ChangedLibrary[]) =>
    daysConcerned(changes, libraries, earliest).map(({ libraryCode, from, to }) => `${libraryCode} ${from - earliest}..${to - earliest}`);

  test('one of the institution concerns the active libraries that inherit it or have no hours of their own', () => {
    const libraries = [
      library('MAIN'), library('EAST', { inheritsCalendar: false }), library('WEST', { inheritsCalendar: false, hasOwnHours: false }), library('OLD', { active: false }),
    ];
    assert.deepEqual(texts([ofInstitution('2025-06-19')], libraries), ['MAIN 13..13', 'WEST 13..13']);
  });
  test('one of a library concerns that library, also where its record is gone', () => {
    assert.deepEqual(texts([ofLibrary('EAST', '2025-06-19'), ofLibrary('GONE', '2025-06-20')], [library('EAST', { inheritsCalendar: false })]), ['EAST 13..13', 'GONE 14..14']);
  });
  test('what lies further back than the job corrects is left out: the earliest day counts, the one before does not', () => {
    assert.deepEqual(texts([ofLibrary('MAIN', '2025-06-05'), ofLibrary('MAIN', '2025-06-06')], []), ['MAIN 0..0']);
    assert.deepEqual(texts([ofLibrary('MAIN', '2025-05-01', '2025-06-07')], []), ['MAIN 0..1']);
  });
  test('days that meet are one stretch, days apart are two', () => {
    assert.deepEqual(texts([ofLibrary('MAIN', '2025-06-12', '2025-06-14'), ofLibrary('MAIN', '2025-06-10', '2025-06-11'), ofInstitution('2025-06-13'), ofLibrary('MAIN', '2025-06-16')], [library('MAIN')]), [
      'MAIN 4..8', 'MAIN 10..10',
    ]);
  });
  test('a change spans the old and the new days of its records; of an event, its day', () => {
    const exception = { type: 'EXCEPTION', eventDate: null } as const;
    assert.deepEqual(daysOfChange([
      { ...exception, validFrom: '2025-06-19', validTo: '2025-06-20' }, { ...exception, validFrom: '2025-06-11', validTo: '2025-06-11' },
      { type: 'EVENT', eventDate: '2025-06-23', validFrom: '2020-01-01', validTo: '2030-12-31' },
    ]), { fromDate: '2025-06-11', toDate: '2025-06-23' });
  });
});

const night = '2025-06-13 00:15';
const loan = (given: Partial<CorrectableLoan> = {}): CorrectableLoan => ({
  userId: 'U1', libraryCode: 'MAIN', touId: 'BOOK', status: 'ACTIVE', processStatus: 'NORMAL', dueDate: at('2025-06-19 21:00'), dueDateSource: 'POLICY', shortLoan: false, lastRenewalAt: null, ...given,
});
const terms = (changes: Record<string, unknown>, of = bookPolicies): LoanPolicies => {
  const read = loanPoliciesOf([...of.filter(({ type }) => !(type in changes)), ...Object.entries(changes).map(([type, value]) => ({ type, value }))]);
  assert.ok('policies' in read);
  return read.policies;
};
interface Around extends Partial<CorrectionContext> {
  asOf?: string;
  closing?: CalendarRecord;
  policies?: LoanPolicies;
}
const context = ({ asOf = night, closing = closed('2025-06-19'), policies = book, ...given }: Around = {}): CorrectionContext => ({
  runId: 'run', moment: momentAt(newYork, at(asOf)), keepManualDueDates: true, notify: true, separatePatronNotificationsByLibrary: false,
  days: [{ libraryCode: 'MAIN', from: juneteenth, to: juneteenth }], calendars: new Map([['MAIN', mainCalendar([...calendarRecords, closing])]]),
  termsOfUse: new Map([['BOOK', policies], ['RESERVE', reserve]]), users: new Map([['U1', { status: 'ACTIVE' }]]), ...given,
});
const decide = (given: Partial<CorrectableLoan> = {}, around: Around = {}) => decideCorrection(loan(given), context(around));
/** Where it moves to, or why it stays, with the problems told. */
const said = (decision: CorrectionDecision) => [decision.action === 'MOVE' ? decision.newDueDate : decision.reason, ...decision.problems];

test('a book due on a day that is closed now moves to the closing time of the next open day, and its borrower is told', () => {
  assert.deepEqual(decide(), { action: 'MOVE', newDueDate: at('2025-06-20 21:00'), letterKey: 'run:FulItemChangeDueDateLetter:DUE_DATE_CHANGED.EMAIL:U1:-', problems: [] });
});

describe('the selection', () => {
  test('ended, lost and claimed returned loans are left', () => {
    assert.deepEqual(said(decide({ status: 'COMPLETE' })), ['NOT_ACTIVE']);
    assert.deepEqual(said(decide({ processStatus: 'LOST' })), ['LOST']);
    assert.deepEqual(said(decide({ processStatus: 'CLAIMED_RETURN' })), ['CLAIMED_RETURN']);
  });
  test('a day that no open change names is left, though it is closed; another library\'s day as well; a retry asks for no day', () => {
    const fourth = { dueDate: at('2025-07-04 21:00') };
    assert.deepEqual(said(decide(fourth)), ['NOT_CONCERNED']);
    assert.deepEqual(said(decide(fourth, { days: null })), [at('2025-07-05 17:00')]);
    assert.deepEqual(said(decide({ libraryCode: 'WEST' })), ['NOT_CONCERNED']);
  });
  test('the day is local: due at its first instant it is concerned, a moment earlier it is not', () => {
    assert.deepEqual(said(decide({ dueDate: at('2025-06-19 00:00') })), [at('2025-06-20 21:00')]);
    assert.deepEqual(said(decide({ dueDate: at('2025-06-19 00:00') - 1 })), ['NOT_CONCERNED']);
  });
  test('where the library is not there its loans are left, as an error', () => {
    assert.deepEqual(said(decide({}, { calendars: new Map() })), ['LIBRARY_MISSING', 'LIBRARY_MISSING']);
  });
});

describe('what stays', () => {
  test('terms of use that keep, terms that are gone (as an error)', () => {
    assert.deepEqual(said(decide({}, { policies: terms({ closedLibraryDueDateManagement: 'KEEP' }) })), ['KEEP']);
    assert.deepEqual(said(decide({ touId: 'GONE' })), ['TOU_MISSING', 'TOU_MISSING']);
  });
  test('dates set by hand or in bulk, unless the job is told otherwise; those by event, recall and renewal are corrected', () => {
    for (const dueDateSource of ['MANUAL', 'BULK'] as const) {
      assert.deepEqual(said(decide({ dueDateSource })), ['MANUAL']);
      assert.deepEqual(said(decide({ dueDateSource }, { keepManualDueDates: false })), [at('2025-06-20 21:00')]);
    }
    for (const dueDateSource of ['EVENT', 'RECALL', 'RENEWAL', 'CALENDAR'] as const) assert.deepEqual(said(decide({ dueDateSource })), [at('2025-06-20 21:00')]);
  });
  test('a book on a day that is only shorter; a short loan due after its closing moves to the next opening', () => {
    const closing = { ...ofMain({ type: 'EXCEPTION', status: 'CLOSED', fromTime: '15:00', toTime: '21:00' }), validFrom: '2025-06-19', validTo: '2025-06-19' };
    assert.deepEqual(said(decide({}, { closing })), ['OPEN']);
    const short = { touId: 'RESERVE', shortLoan: true };
    assert.deepEqual(said(decide({ ...short, dueDate: at('2025-06-19 15:00') }, { closing })), ['OPEN']);
    assert.deepEqual(said(decide({ ...short, dueDate: at('2025-06-19 15:01') }, { closing })), [at('2025-06-20 09:00')]);
  });
  test('where no open day is found within a year, with a warning', () => {
    assert.deepEqual(said(decide({}, { closing: closed('2025-06-19', '2026-07-01') })), ['NO_OPEN_DAY', 'NO_OPEN_DAY']);
  });
  test('where the library has no hours for the day it counts as open, with a warning', () => {
    assert.deepEqual(said(decide({}, { calendars: new Map([['MAIN', mainCalendar([closed('2025-06-19')])]]) })), ['OPEN', 'CALENDAR_MISSING']);
  });
});

describe('where it moves to', () => {
  const previous = { policies: terms({ closedLibraryDueDateManagement: 'PREVIOUS_OPEN' }) };
  test('by the policy: the closing time before, or the opening after', () => {
    assert.deepEqual(said(decide({}, previous)), [at('2025-06-18 21:00')]);
    assert.deepEqual(said(decide({}, { policies: terms({ closedLibraryDueDateManagement: 'NEXT_OPEN_START' }) })), [at('2025-06-20 09:00')]);
  });
  test('never to what has passed: an hour before the closing of the day before it may, at that closing it goes to the day after', () => {
    assert.deepEqual(said(decide({}, { ...previous, asOf: '2025-06-18 20:59' })), [at('2025-06-18 21:00')]);
    assert.deepEqual(said(decide({}, { ...previous, asOf: '2025-06-18 21:00' })), [at('2025-06-20 21:00')]);
  });
  test('a past date only forward, also where the policy is the day before', () => {
    assert.deepEqual(said(decide({}, { ...previous, asOf: '2025-06-21 00:15' })), [at('2025-06-20 21:00')]);
    assert.deepEqual(said(decide({}, { asOf: '2025-06-21 00:15' })), [at('2025-06-20 21:00')]);
  });
  test('at the time of the policy that the date was counted by: the loan\'s, or the renewal\'s', () => {
    const policies = terms({
      dueDate: { kind: 'PERIOD', unit: 'DAYS', value: 28, atTime: '12:00' }, renewalPeriod: { kind: 'PERIOD', unit: 'DAYS', value: 14, atTime: '18:30' },
    });
    assert.deepEqual(said(decide({}, { policies })), [at('2025-06-20 12:00')]);
    assert.deepEqual(said(decide({ lastRenewalAt: at('2025-06-05 10:00') }, { policies })), [at('2025-06-20 18:30')]);
    const sameAsLoan = terms({ dueDate: { kind: 'PERIOD', unit: 'DAYS', value: 28, atTime: '12:00' } });
    assert.deepEqual(said(decide({ lastRenewalAt: at('2025-06-05 10:00') }, { policies: sameAsLoan })), [at('2025-06-20 12:00')]);
  });
  test('a short loan to the opening, later by what the desk needs to open', () => {
    const slow = { calendars: new Map([['MAIN', mainCalendar([...calendarRecords, closed('2025-06-19')], { ...main, shortLoanOpeningOffsetMinutes: 60 })]]) };
    const short = { touId: 'RESERVE', shortLoan: true, dueDate: at('2025-06-19 11:00') };
    assert.deepEqual(said(decide(short)), [at('2025-06-20 09:00')]);
    assert.deepEqual(said(decide(short, slow)), [at('2025-06-20 10:00')]);
    const previousShort = { termsOfUse: new Map([['RESERVE', terms({ closedLibraryDueDateManagement: 'PREVIOUS_OPEN' }, reservePolicies)]]) };
    assert.deepEqual(said(decide(short, previousShort)), [at('2025-06-18 21:00')]);
  });
});

describe('who is told', () => {
  test('nobody where the job tells nobody; of a missing or deleted borrower it is an error, and the date moves all the same', () => {
    const quiet = decide({}, { notify: false });
    assert.deepEqual([said(quiet), quiet.action === 'MOVE' && quiet.letterKey], [[at('2025-06-20 21:00')], '']);
    for (const given of [{ userId: null }, { userId: 'U9' }]) {
      const moved = decide(given);
      assert.deepEqual([said(moved), moved.action === 'MOVE' && moved.letterKey], [[at('2025-06-20 21:00'), 'USER_MISSING'], '']);
    }
    assert.deepEqual(said(decide({}, { users: new Map([['U1', { status: 'DELETED' }]]) })), [at('2025-06-20 21:00'), 'USER_MISSING']);
  });
  test('a letter for each library where they are kept apart', () => {
    const apart = decide({}, { separatePatronNotificationsByLibrary: true });
    assert.ok(apart.action === 'MOVE' && apart.letterKey.endsWith(':U1:MAIN'));
  });
});

test('a listener hears every question up to the letter', () => {
  const { ask, heard } = listening();
  decideCorrection(loan(), context(), ask);
  assert.deepEqual(heard.map(({ rule, holds }) => [rule, holds]), [
    ['Selection: loan is active', true], ['Selection: lost', false], ['Selection: claimed returned', false], ['Selection: its day was changed', true], ['Selection: library missing', false],
    ['1 terms of use missing', false], ['1 policy is to keep', false], ['2 set by hand', false], ['3 due on closed time', true], ['5 no open day', false], ['6 moves', true],
    ['7 borrower is told', true], ['7 user missing or deleted', false],
  ]);
  assert.deepEqual(heard[10]?.compared.newDueDate, new Date(at('2025-06-20 21:00')));
});
