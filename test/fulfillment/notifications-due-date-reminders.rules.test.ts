/** The rules of notifications-due-date-reminders, each on both sides of its border (fulfillment-loans.md, rules 1-6). */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { listening } from '../../domain/ask.js';
import { momentAt, zoneOf } from '../../domain/days.js';
import { decideReminder, dueToday, type DueLoan, type ReminderContext } from '../../domain/fulfillment/notifications-due-date-reminders.js';
import { at, newYork } from '../support/fixture-a.js';

/** Thursday, 06:00 in New York. */
const moment = momentAt(newYork, at('2025-05-29 06:00'));
const context = (given: Partial<ReminderContext> = {}): ReminderContext => ({
  runId: 'run', moment, sendFormat: 'EMAIL', includeRenewedToday: true, separatePatronNotificationsByLibrary: false,
  users: new Map([['u1', { status: 'ACTIVE' }]]), ...given,
});
const loan = (given: Partial<DueLoan> = {}): DueLoan => ({
  userId: 'u1', libraryCode: 'MAIN', status: 'ACTIVE', processStatus: 'NORMAL', loanDate: at('2025-05-01 14:00'), dueDate: at('2025-05-29 21:00'),
  shortLoan: false, lastRenewalAt: null, remindedBefore: false, ...given,
});
const decide = (given: Partial<DueLoan> = {}, around: Partial<ReminderContext> = {}) => {
  const decision = decideReminder(loan(given), context(around));
  return decision.action === 'REMIND' ? 'REMIND' : decision.reason;
};

describe('1 due today', () => {
  test('a loan due at 21:00 is reminded of that morning, though in UTC it is due tomorrow', () => {
    assert.equal(new Date(at('2025-05-29 21:00')).toISOString(), '2025-05-30T01:00:00.000Z');
    assert.equal(decide(), 'REMIND');
  });
  test('the day begins with its first instant and ends before the first of the next', () => {
    assert.equal(decide({ dueDate: at('2025-05-29 00:00') }), 'REMIND');
    assert.equal(decide({ dueDate: at('2025-05-29 00:00') - 1 }), 'NOT_DUE_TODAY');
    assert.equal(decide({ dueDate: at('2025-05-30 00:00') - 1 }), 'REMIND');
    assert.equal(decide({ dueDate: at('2025-05-30 00:00') }), 'NOT_DUE_TODAY');
  });
  test('what was due at 17:00 is reminded of by a run at 18:00 too', () => {
    assert.equal(decide({ dueDate: at('2025-05-29 17:00') }, { moment: momentAt(newYork, at('2025-05-29 18:00')) }), 'REMIND');
  });
  test('the selection is the day itself, also when the clocks change', () => {
    const hours = (local: string) => {
      const { dueFrom, dueBefore } = dueToday(momentAt(newYork, at(local)));
      return (dueBefore - dueFrom) / 3_600_000;
    };
    assert.deepEqual([hours('2025-03-09 06:00'), hours('2025-05-29 06:00'), hours('2025-11-02 06:00')], [23, 24, 25]);
  });
  test('a day that begins at 01:00, for the clock skips midnight, begins then', () => {
    const beirut = zoneOf('Asia/Beirut');
    const { dueFrom } = dueToday(momentAt(beirut, Date.parse('2025-03-30T09:00:00.000Z')));
    assert.equal(new Date(dueFrom).toISOString(), '2025-03-29T22:00:00.000Z');
  });
});

describe('2 short loans', () => {
  test('made and due today: the letter of short loans covers it', () => {
    assert.equal(decide({ shortLoan: true, loanDate: at('2025-05-29 05:00'), dueDate: at('2025-05-29 07:00') }), 'SHORT_LOAN');
    assert.equal(decide({ shortLoan: true, loanDate: at('2025-05-29 00:00'), dueDate: at('2025-05-29 02:00') }), 'SHORT_LOAN');
  });
  test('made yesterday and due today: reminded of', () => {
    assert.equal(decide({ shortLoan: true, loanDate: at('2025-05-28 23:59'), dueDate: at('2025-05-29 09:00') }), 'REMIND');
  });
  test('a long loan made and due today is no short loan', () => {
    assert.equal(decide({ loanDate: at('2025-05-29 05:00') }), 'REMIND');
  });
});

test('3 lost and claimed returned loans never, recalled and renewed ones always', () => {
  assert.deepEqual(
    (['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL', 'CLAIMED_RETURN', 'LOST'] as const).map((processStatus) => decide({ processStatus })),
    ['REMIND', 'REMIND', 'REMIND', 'REMIND', 'CLAIMED_RETURN', 'LOST'],
  );
});

test('4 renewed today: left out only where the job says so, and only of today', () => {
  const [today, yesterday] = [at('2025-05-29 00:00'), at('2025-05-28 23:59')];
  assert.equal(decide({ lastRenewalAt: today }), 'REMIND');
  assert.equal(decide({ lastRenewalAt: today }, { includeRenewedToday: false }), 'RENEWED_TODAY');
  assert.equal(decide({ lastRenewalAt: yesterday }, { includeRenewedToday: false }), 'REMIND');
  assert.equal(decide({ lastRenewalAt: null }, { includeRenewedToday: false }), 'REMIND');
});

test('5 of a missing or deleted user nobody is reminded; an inactive one holds the book still', () => {
  const of = (status: string) => ({ users: new Map([['u1', { status }]]) });
  assert.deepEqual([decide({ userId: null }), decide({ userId: 'u2' }), decide({}, of('DELETED')), decide({}, of('INACTIVE'))], [
    'USER_MISSING', 'USER_MISSING', 'USER_MISSING', 'REMIND',
  ]);
});

test('6 a loan of a day on which no run was is left alone the day after', () => {
  assert.equal(decide({}, { moment: momentAt(newYork, at('2025-05-30 06:00')) }), 'NOT_DUE_TODAY');
});

test('a loan that ended, and one that an earlier run has reminded of, are left alone', () => {
  assert.deepEqual([decide({ status: 'COMPLETE' }), decide({ remindedBefore: true })], ['NOT_ACTIVE', 'REMINDED_BEFORE']);
});

test('the letter is one per patron and way, and one per library where letters are separated', () => {
  const keyOf = (around: Partial<ReminderContext>) => {
    const decision = decideReminder(loan(), context(around));
    return decision.action === 'REMIND' ? decision.letterKey : null;
  };
  assert.equal(keyOf({ sendFormat: 'EMAIL_AND_SMS' }), 'run:FulUserOverdueNoticeLetter:DUE_TODAY.EMAIL_AND_SMS:u1:-');
  assert.equal(keyOf({ separatePatronNotificationsByLibrary: true }), 'run:FulUserOverdueNoticeLetter:DUE_TODAY.EMAIL:u1:MAIN');
});

test('asked by a listener, the decision is the same, and every question is heard', () => {
  const { ask, heard } = listening();
  assert.equal(decideReminder(loan(), context(), ask).action, 'REMIND');
  assert.deepEqual(heard.map(({ rule, holds }) => [rule, holds]), [
    ['Selection: loan is active', true], ['1 due today', true], ['2 short loan of today', false], ['3 lost', false], ['3 claimed returned', false],
    ['4 renewed today', false], ['Idempotency: reminded before', false], ['5 user missing or deleted', false],
  ]);
  assert.deepEqual(heard[1]?.compared, { dueDate: new Date(at('2025-05-29 21:00')), dueDay: '2025-05-29', today: '2025-05-29' });
});
