import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import type { OverdueLoan } from '../../domain/fulfillment/overdue-loan.js';
import { overdueFine, type FinePolicies } from '../../domain/overdue-fine.js';
import type { GracePeriod } from '../../domain/terms-of-use.js';
import { at, book, mainCalendar, overdueLoan, reserve } from '../support/fixture-a.js';

const calendar = mainCalendar();
const later = at('2026-12-31 12:00');
const fine = (given: Partial<OverdueLoan>, policies: FinePolicies = book, until = later) =>
  overdueFine(overdueLoan(given), policies, calendar, until).amount;
const grace = (value: number, unit: GracePeriod['unit'], excludedFromFine = false) => ({
  value,
  unit,
  excludedFromFine,
});

describe('the worked figures: TOU BOOK, due Mon 2025-03-03 21:00, grace 2 DAYS', () => {
  const returned = (local: string) => ({ returnDate: at(local) });
  const excluded = { ...book, gracePeriod: grace(2, 'DAYS', true) };

  test('returned 03-04 12:00: nothing', () => assert.equal(fine(returned('2025-03-04 12:00')), 0));
  test('returned 03-05 09:30: 2 days are 50', () => assert.equal(fine(returned('2025-03-05 09:30')), 50));
  test('with excludedFromFine 1 day is 25', () => assert.equal(fine(returned('2025-03-05 09:30'), excluded), 25));
  test('returned 2025-05-01: 59 days are 1475, capped at 1000', () => {
    assert.equal(fine(returned('2025-05-01 12:00'), { ...book, maximumFine: null }), 1475);
    assert.equal(fine(returned('2025-05-01 12:00')), 1000);
  });
  test('recalled, due Thu 2025-05-22, returned Wed 05-28: open days 23, 24, 27, 28 are 400', () => {
    const recalled = { recalled: true, dueDate: at('2025-05-22 21:00'), returnDate: at('2025-05-28 12:00') };
    assert.deepEqual(overdueFine(overdueLoan(recalled), book, calendar, later), {
      type: 'RECALLED_OVERDUE_FINE',
      amount: 400,
    });
  });
  test('TOU RESERVE, due Wed 2025-11-26 14:30, returned Sat 11-29 11:15: 105 open minutes are 2 hours, 200', () => {
    const short = { shortLoan: true, dueDate: at('2025-11-26 14:30'), returnDate: at('2025-11-29 11:15') };
    assert.equal(fine(short, reserve), 200);
  });
});

describe('when the delay ends (rule 1)', () => {
  test('an open loan is fined up to the moment asked, returned or not', () => {
    assert.equal(fine({}, book, at('2025-03-06 01:00')), 75);
    assert.equal(fine({ returnDate: at('2025-03-05 09:30') }, book, at('2025-03-06 01:00')), 50);
  });
  test('not later than the due date: nothing', () => {
    assert.equal(fine({}, { ...book, gracePeriod: grace(0, 'DAYS') }, at('2025-03-03 21:00')), 0);
  });
  test('the patron’s claim stops the clock only while it stands', () => {
    const claimedReturnAt = at('2025-03-05 10:00');
    assert.equal(fine({ claimedReturnAt, processStatus: 'CLAIMED_RETURN' }, book, at('2025-03-20 01:00')), 50);
    assert.equal(fine({ claimedReturnAt, processStatus: 'NORMAL' }, book, at('2025-03-20 01:00')), 425);
  });
});

describe('which rate (rule 2)', () => {
  const until = at('2025-03-06 01:00');
  test('a recalled loan without a rate of its own has the ordinary one', () => {
    const policies = { ...book, recalledOverdueFine: null };
    assert.deepEqual(overdueFine(overdueLoan({ recalled: true }), policies, calendar, until), {
      type: 'OVERDUE_FINE',
      amount: 75,
    });
  });
  test('no rate, or a maximum of 0, is no fine', () => {
    assert.equal(fine({}, { ...book, overdueFine: null }, until), 0);
    assert.equal(fine({}, { ...book, maximumFine: 0 }, until), 0);
  });
  test('a recall rate alone does not fine a loan that is not recalled', () => {
    const policies = { ...book, overdueFine: null };
    assert.equal(fine({}, policies, until), 0);
    assert.equal(fine({ recalled: true }, policies, until), 300);
  });
});

describe('grace (rule 3)', () => {
  const upTo = (gracePeriod: GracePeriod, local: string) => fine({}, { ...book, gracePeriod }, at(local));
  test('1 DAYS gives nothing beyond the due day: the next morning is 25', () => {
    assert.equal(upTo(grace(1, 'DAYS'), '2025-03-03 23:59'), 0);
    assert.equal(upTo(grace(1, 'DAYS'), '2025-03-04 00:00'), 0);
    assert.equal(upTo(grace(1, 'DAYS'), '2025-03-04 00:01'), 25);
  });
  test('2 DAYS end at 24:00 of the day after', () => {
    assert.equal(upTo(grace(2, 'DAYS'), '2025-03-05 00:00'), 0);
    assert.equal(upTo(grace(2, 'DAYS'), '2025-03-05 00:01'), 50);
  });
  test('EXACT_DAYS end at the same time of day', () => {
    assert.equal(upTo(grace(2, 'EXACT_DAYS'), '2025-03-05 21:00'), 0);
    assert.equal(upTo(grace(2, 'EXACT_DAYS'), '2025-03-05 21:01'), 50);
  });
  test('EXACT_DAYS over the spring change still end at 21:00', () => {
    const over = (local: string) =>
      fine({ dueDate: at('2025-03-08 21:00') }, { ...book, gracePeriod: grace(1, 'EXACT_DAYS') }, at(local));
    assert.equal(over('2025-03-09 21:00'), 0);
    assert.equal(over('2025-03-09 21:01'), 25);
  });
  test('HOURS and MINUTES run on the clock', () => {
    assert.equal(upTo(grace(4, 'HOURS'), '2025-03-04 01:00'), 0);
    assert.equal(upTo(grace(4, 'HOURS'), '2025-03-04 01:01'), 25);
    assert.equal(upTo(grace(240, 'MINUTES'), '2025-03-04 01:00'), 0);
  });
  test('OPEN_DAYS count only open days, the due day first', () => {
    const friday = { dueDate: at('2025-03-07 21:00') }; // Saturday is open, Sunday is not
    const policies = { ...book, gracePeriod: grace(3, 'OPEN_DAYS') };
    assert.equal(fine(friday, policies, at('2025-03-11 00:00')), 0); // Friday, Saturday, Monday
    assert.equal(fine(friday, policies, at('2025-03-11 00:01')), 100);
  });
  test('a library that never opens again never ends a grace in open days', () => {
    const shut = mainCalendar([]);
    const closedDays = { ...shut, isOpenDay: () => false };
    const policies = { ...book, gracePeriod: grace(1, 'OPEN_DAYS') };
    assert.equal(overdueFine(overdueLoan(), policies, closedDays, later).amount, 0);
  });
  test('a recalled loan has no grace where grace does not apply to recalls', () => {
    const recalled = { recalled: true };
    assert.equal(fine(recalled, book, at('2025-03-04 12:00')), 0);
    assert.equal(fine(recalled, { ...book, graceAppliesToRecalls: false }, at('2025-03-04 12:00')), 100);
  });
});

describe('what counts (rules 4 to 6)', () => {
  const short = (per: 'MINUTE' | 'HOUR' | 'OPEN_HOUR' | 'DAY', gracePeriod = grace(10, 'MINUTES')) => ({
    ...reserve,
    maximumFine: null,
    gracePeriod,
    overdueFine: { amount: 10, per },
  });
  const due = { shortLoan: true, dueDate: at('2025-03-03 12:00') };

  test('once grace is over the time since the due date counts, unless it is left out', () => {
    assert.equal(fine(due, short('MINUTE'), at('2025-03-03 12:10')), 0);
    assert.equal(fine(due, short('MINUTE'), at('2025-03-03 12:11')), 110);
    assert.equal(fine(due, short('MINUTE', grace(10, 'MINUTES', true)), at('2025-03-03 12:11')), 10);
  });
  test('hours that have begun count', () => {
    assert.equal(fine(due, short('HOUR'), at('2025-03-03 13:00')), 10);
    assert.equal(fine(due, short('HOUR'), at('2025-03-03 13:01')), 20);
  });
  test('open hours leave out the night', () => {
    const evening = { ...due, dueDate: at('2025-03-03 20:30') };
    assert.equal(fine(evening, short('OPEN_HOUR'), at('2025-03-04 09:30')), 10);
    assert.equal(fine(evening, short('OPEN_HOUR'), at('2025-03-04 09:31')), 20);
  });
  test('days of a short loan are 24 hours that have begun, of a long loan dates', () => {
    assert.equal(fine(due, short('DAY'), at('2025-03-04 12:00')), 10);
    assert.equal(fine(due, short('DAY'), at('2025-03-04 12:01')), 20);
    const long = { ...due, shortLoan: false };
    assert.equal(fine(long, short('DAY'), at('2025-03-03 23:59')), 0);
    assert.equal(fine(long, short('DAY'), at('2025-03-04 00:00')), 10);
  });
  test('open days of a grace that is left out are counted from its last day', () => {
    const perOpenDay = {
      ...book,
      overdueFine: { amount: 25, per: 'OPEN_DAY' as const },
      gracePeriod: grace(2, 'OPEN_DAYS', true),
    };
    const friday = { dueDate: at('2025-03-07 21:00') }; // grace: Friday and Saturday
    assert.equal(fine(friday, perOpenDay, at('2025-03-09 12:00')), 0);
    assert.equal(fine(friday, perOpenDay, at('2025-03-10 12:00')), 25);
  });
  test('the maximum is charged, not passed', () => {
    assert.equal(fine({}, { ...book, maximumFine: 75 }, at('2025-03-06 12:00')), 75);
    assert.equal(fine({}, { ...book, maximumFine: 74 }, at('2025-03-06 12:00')), 74);
  });
});
