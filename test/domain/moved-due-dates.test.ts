/** Due dates that staff set: data-model.md, loan; fulfillment-loans.md, S3.2 and S4; Fixture A. */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { dayNumber } from '../../domain/days.js';
import { decideMove, decideRecall, decideRecallEnd, type AskedDueDate, type MovableLoan, type MovingGround, type RecalledLoan } from '../../domain/fulfillment/moved-due-dates.js';
import { at, book, mainCalendar } from '../support/fixture-a.js';

const loan = (given: Partial<MovableLoan> = {}): MovableLoan => ({ status: 'ACTIVE', processStatus: 'NORMAL', dueDate: at('2025-05-29 21:00'), shortLoan: false, ...given });
const ground = (given: Partial<MovingGround> = {}): MovingGround => ({ asOf: at('2025-05-12 12:00'), policies: book, calendar: mainCalendar(), ...given });
const on = (day: string): AskedDueDate => ({ day: dayNumber(day) });
const moved = (asked: AskedDueDate, given: Partial<MovableLoan> = {}, around: Partial<MovingGround> = {}) => {
  const decision = decideMove(loan(given), asked, ground(around));
  return decision.action === 'MOVE' ? decision.dueDate : decision.reason;
};

describe('moved by hand', () => {
  test('to a day, it is due when the library closes', () => assert.equal(moved(on('2025-05-20')), at('2025-05-20 21:00')));
  test('to a day that is closed, it moves as the terms of use say', () => {
    assert.equal(moved(on('2025-05-26')), at('2025-05-27 21:00'));
    assert.equal(moved(on('2025-05-26'), {}, { policies: { ...book, closedLibraryDueDateManagement: 'PREVIOUS_OPEN' } }), at('2025-05-24 17:00'));
    assert.equal(moved(on('2025-05-26'), {}, { policies: null }), at('2025-05-27 21:00'));
  });
  test('to a minute, seconds are cut', () => assert.equal(moved({ instant: at('2025-05-20 15:30') + 59_000 }), at('2025-05-20 15:30')));
  test('not to what is past, nor to now; a minute later is ahead', () => {
    assert.equal(moved(on('2025-05-10')), 'DUE_DATE_PAST');
    assert.equal(moved({ instant: at('2025-05-12 12:00') }), 'DUE_DATE_PAST');
    assert.equal(moved({ instant: at('2025-05-12 12:01') }), at('2025-05-12 12:01'));
  });
  test('to what it is due at, nothing moves', () => assert.equal(moved(on('2025-05-29')), 'SAME_DUE_DATE'));
  test('lost, claimed and ended loans, and those of an unknown library, stay', () => {
    assert.equal(moved(on('2025-05-20'), { processStatus: 'LOST' }), 'LOAN_LOST');
    assert.equal(moved(on('2025-05-20'), { processStatus: 'CLAIMED_RETURN' }), 'LOAN_CLAIMED');
    assert.equal(moved(on('2025-05-20'), { status: 'COMPLETE' }), 'LOAN_ENDED');
    assert.equal(moved(on('2025-05-20'), {}, { calendar: null }), 'LIBRARY_MISSING');
  });
});

describe('recalled', () => {
  const recall = (asked: AskedDueDate | null, given: Partial<MovableLoan> = {}) => decideRecall(loan(given), asked, ground());
  test('to an earlier day, it is due then', () => assert.deepEqual(recall(on('2025-05-20')), { action: 'RECALL', dueDate: at('2025-05-20 21:00'), dueDateChanged: true }));
  test('to a later day, to the same, or to none, it stays due as it was', () => {
    const stays = { action: 'RECALL', dueDate: at('2025-05-29 21:00'), dueDateChanged: false };
    assert.deepEqual([recall(on('2025-06-20')), recall(on('2025-05-29')), recall(null)], [stays, stays, stays]);
  });
  test('an overdue loan is recalled as it is', () => {
    assert.deepEqual(recall(null, { dueDate: at('2025-05-01 21:00') }), { action: 'RECALL', dueDate: at('2025-05-01 21:00'), dueDateChanged: false });
  });
  test('what is lost is not recalled, nor to a day that is past', () => {
    assert.deepEqual(recall(null, { processStatus: 'LOST' }), { action: 'REFUSE', reason: 'LOAN_LOST' });
    assert.deepEqual(recall(on('2025-05-10')), { action: 'REFUSE', reason: 'DUE_DATE_PAST' });
  });
});

describe('a recall is cancelled', () => {
  const recalled = (given: Partial<RecalledLoan> = {}): RecalledLoan => ({
    ...loan({ processStatus: 'RECALL', dueDate: at('2025-05-20 21:00') }), dueDateSource: 'RECALL',
    recall: { active: true, dueDateBefore: at('2025-05-29 21:00'), dueDateChanged: true }, ...given,
  });
  const cancel = (given: Partial<RecalledLoan> = {}, around: Partial<MovingGround> = {}) => {
    const decision = decideRecallEnd(recalled(given), ground(around));
    return decision.action === 'REFUSE' ? decision.reason : [decision.dueDate, decision.dueDateChanged];
  };
  const before = (local: string) => ({ recall: { active: true, dueDateBefore: at(local), dueDateChanged: true } });

  test('it is due as it was before, to the second, also where that is past by now', () => {
    assert.deepEqual(cancel(), [at('2025-05-29 21:00'), true]);
    assert.deepEqual(cancel({ recall: { active: true, dueDateBefore: at('2025-05-31 00:00') - 1000, dueDateChanged: true } }), [at('2025-05-31 00:00') - 1000, true]);
    assert.deepEqual(cancel({ dueDate: at('2025-05-02 21:00'), ...before('2025-05-09 21:00') }), [at('2025-05-09 21:00'), true]);
  });
  test('on a day that was closed meanwhile, it moves as the terms of use say', () => assert.deepEqual(cancel(before('2025-05-26 21:00')), [at('2025-05-27 21:00'), true]));
  test('moved by the calendar meanwhile, it goes back as well; moved by staff, it stays', () => {
    assert.deepEqual(cancel({ dueDateSource: 'CALENDAR' }), [at('2025-05-29 21:00'), true]);
    for (const dueDateSource of ['MANUAL', 'BULK']) assert.deepEqual(cancel({ dueDateSource }), [at('2025-05-20 21:00'), false]);
  });
  test('without another due date, or where it is later by now, it stays due', () => {
    assert.deepEqual(cancel({ recall: { active: true, dueDateBefore: at('2025-05-20 21:00'), dueDateChanged: false } }), [at('2025-05-20 21:00'), false]);
    assert.deepEqual(cancel({ dueDateSource: 'CALENDAR', ...before('2025-05-19 21:00') }), [at('2025-05-20 21:00'), false]);
  });
  test('of an unknown library it is due as it was', () => assert.deepEqual(cancel(before('2025-05-26 21:00'), { calendar: null }), [at('2025-05-26 21:00'), true]));
  test('what is not recalled, ended, lost or claimed is left', () => {
    assert.equal(cancel({ recall: null }), 'NOT_RECALLED');
    assert.equal(cancel({ status: 'COMPLETE' }), 'LOAN_ENDED');
    assert.equal(cancel({ processStatus: 'LOST' }), 'LOAN_LOST');
    assert.equal(cancel({ processStatus: 'CLAIMED_RETURN' }), 'LOAN_CLAIMED');
    assert.deepEqual(cancel({ processStatus: 'NORMAL' }), [at('2025-05-29 21:00'), true], 'found after it was lost');
  });
});
