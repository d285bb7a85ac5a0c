/** Users – Remove Blocks, its rules alone (fulfillment-loans.md, users-remove-blocks): which blocks are over, and how points come to suspend. */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { listening } from '../../domain/ask.js';
import { momentAt, type Instant } from '../../domain/days.js';
import { demeritPoints, ordinaryDemerits, suspends, suspensionEnd, type DemeritOutput } from '../../domain/fulfillment/demerits.js';
import { decideBlock, type BlockContext, type BlockingLoan, type EndingBlock, type PointsOf } from '../../domain/fulfillment/users-remove-blocks.js';
import { at, book, mainCalendar, newYork, overdueLoan, reserve } from '../support/fixture-a.js';

const night = (local = '2025-03-19 00:30') => momentAt(newYork, at(local));

/** Suspended on 2025-03-04 at 12:00 until 2025-03-19 00:00. */
const suspension = (given: Partial<EndingBlock> = {}): EndingBlock => ({
  blockId: 'b1', userId: 'u1', source: 'DEMERIT', status: 'ACTIVE', mode: 'DAYS', startsAt: at('2025-03-04 12:00'), expiresAt: at('2025-03-19 00:00'), loanIds: [], ...given,
});
const overdue = (...loanIds: string[]) => suspension({ source: 'OVERDUE', mode: 'UNTIL_RETURNED', expiresAt: null, loanIds });
const point = (points: number, assigned: string, consumedBy: string | null = null): PointsOf => ({ demeritId: `d ${assigned}`, points, assignedAt: at(assigned), consumedBy });
const context = (given: Partial<BlockContext> = {}): BlockContext => ({
  moment: night(), demerits: ordinaryDemerits, users: new Map([['u1', { userGroup: 'STUDENT' }]]), points: new Map(), loans: new Map(), ...given,
});
const decide = (block: EndingBlock, given: Partial<BlockContext> = {}) => decideBlock(block, context(given));
const withPoints = (...points: PointsOf[]) => decide(suspension(), { points: new Map([['u1', points]]) });

describe('how points and suspensions arise', () => {
  const perDay: DemeritOutput = { basis: 'PER_DAY', points: 10, maxPoints: 200 };
  const due = at('2025-02-20 21:00');
  const points = (returned: Instant, output = perDay, given = {}, policies = book) => demeritPoints(overdueLoan({ dueDate: due, ...given }), policies, output, mainCalendar(), returned);

  test('twelve days late are 120 points, and thirty are cut at 200', () => {
    assert.deepEqual([points(at('2025-03-04 12:00')), points(at('2025-03-22 12:00'))], [120, 200]);
  });
  test('in time, and within the grace of the due day and the next, none', () => {
    assert.deepEqual([points(at('2025-02-20 21:00')), points(at('2025-02-21 23:59')), points(at('2025-02-22 00:01'))], [0, 0, 20]);
  });
  test('by return, open day and hour', () => {
    assert.equal(points(at('2025-03-04 12:00'), { basis: 'PER_RETURN', points: 30, maxPoints: null }), 30);
    assert.equal(points(at('2025-03-04 12:00'), { basis: 'PER_OPEN_DAY', points: 10, maxPoints: null }), 100); // but for two Sundays
    const short = { dueDate: at('2025-03-04 12:00'), shortLoan: true };
    assert.equal(points(at('2025-03-04 14:30'), { basis: 'PER_HOUR', points: 5, maxPoints: null }, short, reserve), 15);
  });
  test('of a lost loan that is found none', () => {
    assert.equal(points(at('2025-03-04 12:00'), perDay, { processStatus: 'LOST' }), 0);
  });
  test('exactly the threshold does not suspend, one point more does, for fourteen days after today', () => {
    assert.deepEqual([suspends(100, ordinaryDemerits), suspends(101, ordinaryDemerits)], [false, true]);
    assert.equal(suspensionEnd(ordinaryDemerits, night('2025-03-04 12:00')), at('2025-03-19 00:00'));
  });
});

describe('the Selection', () => {
  test('an end that is exactly now has come, a second later it has not', () => {
    const ends = (expiresAt: Instant) => decide(suspension({ source: 'STAFF', mode: 'MANUAL', expiresAt }));
    assert.deepEqual(ends(at('2025-03-19 00:30')), { action: 'EXPIRE' });
    assert.deepEqual(ends(at('2025-03-19 00:30') + 1_000), { action: 'LEAVE', reason: 'NOT_OVER_YET' });
  });
  test('a block that is over already, and one without an end, are left alone', () => {
    assert.deepEqual(decide(suspension({ status: 'REMOVED' })), { action: 'LEAVE', reason: 'NOT_ACTIVE' });
    assert.deepEqual(decide(suspension({ source: 'STAFF', mode: 'MANUAL', expiresAt: null })), { action: 'LEAVE', reason: 'WITHOUT_END' });
    assert.deepEqual(decide(suspension({ source: 'OVERDUE', mode: 'MANUAL' })), { action: 'LEAVE', reason: 'WITHOUT_END' });
  });
});

describe('1 a suspension', () => {
  test('without new points is served, and up to the threshold as well', () => {
    assert.deepEqual(withPoints(), { action: 'LIFT' });
    assert.deepEqual(withPoints(point(100, '2025-03-10 10:00')), { action: 'LIFT' });
  });
  test('with more goes on from tonight, and these points are counted', () => {
    const expected = { action: 'EXTEND', expiresAt: at('2025-04-03 00:00'), demeritIds: ['d 2025-03-10 10:00', 'd 2025-03-11 10:00'] };
    assert.deepEqual(withPoints(point(60, '2025-03-10 10:00'), point(50, '2025-03-11 10:00')), expected);
  });
  test('counts no points of its beginning, of an earlier block, of the time after this run', () => {
    assert.deepEqual(withPoints(point(101, '2025-03-04 12:00')), { action: 'LIFT' });
    assert.deepEqual(withPoints(point(101, '2025-03-10 10:00', 'b0')), { action: 'LIFT' });
    assert.deepEqual(withPoints(point(101, '2025-03-19 00:31')), { action: 'LIFT' });
  });
  test('counts what a run that broke off has consumed for it', () => {
    assert.equal(withPoints(point(60, '2025-03-10 10:00', 'b1'), point(50, '2025-03-11 10:00')).action, 'EXTEND');
  });
  test('counts points of so many days back as the history has, from their first instant', () => {
    const demerits = { ...ordinaryDemerits, historyDays: 5 };
    const of = (assigned: string) => decide(suspension(), { demerits, points: new Map([['u1', [point(101, assigned)]]]) }).action;
    assert.deepEqual([of('2025-03-14 00:00'), of('2025-03-13 23:59')], ['EXTEND', 'LIFT']);
  });
});

test('6 threshold and days are those of the present group, and of a missing user those of all', () => {
  const demerits = { ...ordinaryDemerits, byUserGroup: [{ userGroup: 'FACULTY', threshold: 300, historyDays: 365, suspensionDays: 7 }, { userGroup: 'STUDENT', threshold: 50, historyDays: 365, suspensionDays: 28 }] };
  const points = new Map([['u1', [point(101, '2025-03-10 10:00')]]]);
  const of = (userGroup: string | null) => decide(suspension(), { demerits, points, users: new Map([['u1', { userGroup }]]) });
  assert.deepEqual(of('FACULTY'), { action: 'LIFT' });
  assert.deepEqual(of('STUDENT'), { action: 'EXTEND', expiresAt: at('2025-04-17 00:00'), demeritIds: ['d 2025-03-10 10:00'] });
  assert.deepEqual(of('PUBLIC'), { action: 'EXTEND', expiresAt: at('2025-04-03 00:00'), demeritIds: ['d 2025-03-10 10:00'] });
  assert.equal(decide(suspension(), { demerits, points, users: new Map() }).action, 'EXTEND');
});

test('2 a block of some days for overdue loans is removed when they are over, whatever its loans are', () => {
  const days = suspension({ source: 'OVERDUE', loanIds: ['A'] });
  assert.deepEqual(decide(days, { loans: new Map([['A', { status: 'ACTIVE', processStatus: 'NORMAL', dueDate: at('2025-03-01 21:00') }]]) }), { action: 'REMOVE' });
});

describe('3 a block until the loans are returned', () => {
  const loan = (given: Partial<BlockingLoan> = {}): BlockingLoan => ({ status: 'ACTIVE', processStatus: 'NORMAL', dueDate: at('2025-03-01 21:00'), ...given });
  const loans = (...all: [string, BlockingLoan][]) => ({ loans: new Map(all) });
  const returned = loan({ status: 'COMPLETE' });

  test('stays for its overdue loans and drops the others', () => {
    assert.deepEqual(decide(overdue('A', 'B'), loans(['A', returned], ['B', loan()])), { action: 'DROP_LOANS', loanIds: ['A'] });
    assert.deepEqual(decide(overdue('B'), loans(['B', loan()])), { action: 'LEAVE', reason: 'LOANS_STILL_OVERDUE' });
  });
  test('is removed with its last loan: returned, renewed, gone, or never there', () => {
    assert.deepEqual(decide(overdue('A'), loans(['A', returned])), { action: 'REMOVE' });
    assert.deepEqual(decide(overdue('A'), loans(['A', loan({ dueDate: at('2025-03-28 21:00') })])), { action: 'REMOVE' });
    assert.deepEqual(decide(overdue('A')), { action: 'REMOVE' });
    assert.deepEqual(decide(overdue()), { action: 'REMOVE' });
  });
  test('stays for a loan that is lost or claimed returned, and a loan due exactly now is not overdue', () => {
    assert.equal(decide(overdue('A'), loans(['A', loan({ processStatus: 'LOST', dueDate: at('2025-03-28 21:00') })])).action, 'LEAVE');
    assert.equal(decide(overdue('A'), loans(['A', loan({ processStatus: 'CLAIMED_RETURN' })])).action, 'LEAVE');
    assert.deepEqual([at('2025-03-19 00:30'), at('2025-03-19 00:29')].map((dueDate) => decide(overdue('A'), loans(['A', loan({ dueDate })])).action), ['REMOVE', 'LEAVE']);
  });
});

test('4 blocks of staff and of outside systems expire', () => {
  assert.deepEqual(decide(suspension({ source: 'STAFF', mode: 'MANUAL' })), { action: 'EXPIRE' });
  assert.deepEqual(decide(suspension({ source: 'EXTERNAL', mode: 'MANUAL' })), { action: 'EXPIRE' });
});

test('asked by a listener, the decision is the same, and every question is heard', () => {
  const { ask, heard } = listening();
  assert.equal(decideBlock(suspension(), context(), ask).action, 'LIFT');
  assert.deepEqual(heard.map(({ rule, holds }) => [rule, holds]), [
    ['Selection: block is active', true], ['Selection C: until the loans are returned', false], ['Selection: without an end', false],
    ['Selection: its end has come', true], ['1 new offences above the threshold', false],
  ]);
  assert.deepEqual(heard[4]?.compared, { points: 0, threshold: 100, historyDays: 365, suspendedSince: new Date(at('2025-03-04 12:00')) });
});
