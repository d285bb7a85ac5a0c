import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { listening, type Ask } from '../../domain/ask.js';
import { dayNumber, momentAt, type Instant } from '../../domain/days.js';
import {
  letterFeeKey,
  letterParts,
  overdueLetterKey,
  type GroupedNotice,
} from '../../domain/fulfillment/loan-letters.js';
import {
  decideOverdue,
  matchOverdue,
  mayBeLost,
  mayFire,
  type DoneNotice,
  type OverdueDecision,
} from '../../domain/fulfillment/loans-overdue-and-lost.js';
import { blockExpiry, overdueBlockKey } from '../../domain/fulfillment/overdue-blocks.js';
import { beforeLost, firingOf } from '../../domain/fulfillment/overdue-firing.js';
import type { OverdueContext, OverdueLoan } from '../../domain/fulfillment/overdue-loan.js';
import {
  compileProfiles,
  selectionBound,
  type OverdueLostProfile,
} from '../../domain/fulfillment/overdue-lost-profiles.js';
import { converterOn } from '../../domain/money.js';
import { at, book, mainCalendar, newYork, overdueLoan, reserve } from '../support/fixture-a.js';

const profile = (given: Partial<OverdueLostProfile>): OverdueLostProfile => ({
  profileId: 'p1',
  name: 'P1',
  active: true,
  type: 'OVERDUE_NOTIFICATION_1',
  daysAfterDueDate: 1,
  dayCount: 'CALENDAR',
  daysAfterStatusDate: null,
  loanStatuses: ['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL'],
  userGroups: [],
  libraries: [],
  locations: [],
  itemPolicies: [],
  materialTypes: [],
  sendNotification: true,
  sendFormat: 'EMAIL',
  createFine: false,
  notificationFee: 0,
  chargeReplacementFee: true,
  chargeProcessFee: true,
  blockUser: false,
  blockDefinitionId: null,
  blockMode: null,
  blockDays: null,
  ...given,
});
const P1 = profile({});
const P2 = profile({
  profileId: 'p2',
  name: 'P2',
  type: 'OVERDUE_NOTIFICATION_2',
  daysAfterDueDate: 7,
  createFine: true,
});
const P3 = profile({
  profileId: 'p3',
  name: 'P3',
  type: 'OVERDUE_NOTIFICATION_3',
  daysAfterDueDate: 3,
  dayCount: 'OPEN',
});
const PL = profile({ profileId: 'pl', name: 'PL', type: 'CHANGE_TO_LOST', daysAfterDueDate: 30 });

const dollars = { amount: 4250, currency: 'USD' };
const context = (asOf: Instant, given: Partial<OverdueContext> = {}): OverdueContext => ({
  runId: 'run',
  moment: momentAt(newYork, asOf),
  currency: 'USD',
  catchUpDays: 7,
  overdueAtLostLoan: false,
  grouping: { singleLetterPerType: true, separatePatronNotificationsByLibrary: false },
  termsOfUse: new Map([
    ['BOOK', book],
    ['RESERVE', reserve],
  ]),
  libraries: new Map([['MAIN', { calendar: mainCalendar(), defaultReplacementCost: null }]]),
  users: new Map([['u1', { status: 'ACTIVE' }]]),
  items: new Map([['item-a', { currentLoanId: 'a', replacementCost: dollars }]]),
  convert: converterOn([], '2025-03-03'),
  ...given,
});

interface Night {
  loan?: Partial<OverdueLoan>;
  done?: DoneNotice[];
  context?: Partial<OverdueContext>;
}
/** Matched, then decided, as a page does. */
const decideLoan = (loan: OverdueLoan, profiles: OverdueLostProfile[], done: readonly DoneNotice[], run: OverdueContext, ask?: Ask) =>
  decideOverdue(matchOverdue(loan, compileProfiles(profiles), run, ask), done, run, ask);
/** The decision of a run at that local time. */
const decide = (
  profiles: OverdueLostProfile[],
  asOf: string,
  { loan = {}, done = [], context: given = {} }: Night = {},
) => decideLoan(overdueLoan(loan), profiles, done, context(at(asOf), given));
const done = ({ type, profileId }: OverdueLostProfile, given: Partial<DoneNotice> = {}): DoneNotice => ({
  kind: type,
  profileId,
  state: 'LETTERED',
  runId: 'an earlier run',
  ...given,
});

const acted = (decision: OverdueDecision) => {
  assert.equal(decision.action, 'ACT');
  return decision.action === 'ACT' ? decision : assert.fail();
};
const fired = (decision: OverdueDecision) => acted(decision).firing.map(({ profileId }) => profileId);
const superseded = (decision: OverdueDecision) => acted(decision).superseded.map(({ profileId }) => profileId);
const reason = (decision: OverdueDecision) => (decision.action === 'LEAVE' ? decision.reason : decision.action);
const problems = (decision: OverdueDecision) => decision.problems.map(({ severity, code }) => `${severity} ${code}`);
const only = (decision: OverdueDecision) => {
  const { firing } = acted(decision);
  assert.equal(firing.length, 1);
  return firing[0]!;
};
const amounts = (decision: OverdueDecision) =>
  only(decision).fees.map(({ type, amount, dedupeKey }) => `${type} ${amount} ${dedupeKey}`);

describe('the examples of the specification', () => {
  test('1 day boundary: a loan due 23:59 is not selected at 23:30 and one day overdue at 00:30', () => {
    const due = { dueDate: Date.parse('2025-03-04T04:59:00.000Z') };
    const run = (asOf: string, notices: DoneNotice[] = []) =>
      decideLoan(overdueLoan(due), [P1], notices, context(Date.parse(asOf)));
    assert.equal(reason(run('2025-03-04T04:30:00.000Z')), 'NOT_YET_DUE');
    assert.deepEqual(fired(run('2025-03-04T05:30:00.000Z')), ['p1']);
    assert.equal(reason(run('2025-03-04T05:30:00.000Z', [done(P1)])), 'DONE_BEFORE');
  });

  test('2 one letter: two loans share its key, accrued fine 0 each; by library they would not', () => {
    const firing = (loanId: string, libraryCode: string, separatePatronNotificationsByLibrary: boolean) =>
      only(
        decide([P1], '2025-03-04 01:00', {
          loan: { loanId, libraryCode },
          context: {
            grouping: { singleLetterPerType: true, separatePatronNotificationsByLibrary },
            libraries: new Map(
              ['MAIN', 'WEST'].map((code) => [code, { calendar: mainCalendar(), defaultReplacementCost: null }]),
            ),
          },
        }),
      );
    const [a, b] = [firing('a', 'MAIN', false), firing('b', 'MAIN', false)];
    assert.equal(a.letterKey, 'run:FulOverdueAndLostLoanNotificationLetter:OVERDUE_NOTIFICATION_1.EMAIL:u1:-');
    assert.equal(b.letterKey, a.letterKey);
    assert.deepEqual([a.accruedFine, b.accruedFine], [0, 0]);
    assert.notEqual(firing('a', 'MAIN', true).letterKey, firing('b', 'WEST', true).letterKey);
  });

  test('3 fine: after 7 days P2 fires and charges 200 for the loan; its letter carries a fee of 150', () => {
    const decision = decide([P1, { ...P2, notificationFee: 150 }], '2025-03-10 01:00', { done: [done(P1)] });
    assert.deepEqual(fired(decision), ['p2']);
    assert.deepEqual(amounts(decision), ['OVERDUE_NOTIFICATION_FINE 200 ovn:a:1:p2']);
    assert.equal(only(decision).notificationFee, 150);
    assert.equal(letterFeeKey('K'), 'ovnl:K:1');
  });

  test('4 outage: the patron gets the letter of the stage reached, not the series', () => {
    const first = decide([P1, P2], '2025-03-11 01:00');
    assert.deepEqual([superseded(first), fired(first)], [['p1'], ['p2']]);
    const next = decide([P1, P2], '2025-03-12 01:00');
    assert.deepEqual([superseded(next), fired(next)], [[], ['p2']]);
    assert.equal(reason(decide([P1, P2], '2025-03-19 01:00')), 'TOO_LATE');
  });

  test('5 open days: Sunday and Memorial Day do not count', () => {
    const run = (asOf: string) => decide([P3], asOf, { loan: { dueDate: at('2025-05-22 21:00') } });
    assert.equal(reason(run('2025-05-25 01:00')), 'NO_PROFILE_MATCHES');
    assert.equal(reason(run('2025-05-26 01:00')), 'NO_PROFILE_MATCHES');
    assert.deepEqual(fired(run('2025-05-27 01:00')), ['p3']);
  });

  test('6 lost: after 30 days replacement 4250, process 1500, overdue 750', () => {
    const decision = decide([PL], '2025-04-02 01:00', { context: { overdueAtLostLoan: true } });
    assert.deepEqual(amounts(decision), [
      'LOST_ITEM_REPLACEMENT_FEE 4250 lost-repl:a:1',
      'LOST_ITEM_PROCESS_FEE 1500 lost-proc:a:1',
      'OVERDUE_FINE 750 overdue:a:1',
    ]);
    assert.deepEqual(only(decision).lost, { lostCount: 1, markItem: true });
    const withoutCost = { items: new Map([['item-a', { currentLoanId: 'a', replacementCost: null }]]) };
    assert.equal(
      amounts(decide([PL], '2025-04-02 01:00', { context: withoutCost }))[0],
      'LOST_ITEM_REPLACEMENT_FEE 6000 lost-repl:a:1',
    );
  });

  test('7 renewed meanwhile: a new due date is a new cycle, with keys of its own', () => {
    const renewed = { dueCycle: 2, dueDate: at('2025-05-01 21:00'), processStatus: 'RENEW' } as const;
    assert.equal(reason(decide([PL], '2025-04-02 01:00', { loan: renewed })), 'NOT_YET_DUE');
    assert.deepEqual(amounts(decide([P2], '2025-05-08 01:00', { loan: renewed })), [
      'OVERDUE_NOTIFICATION_FINE 200 ovn:a:2:p2',
    ]);
  });

  test('8 claimed returned: only a profile that names it fires, and the fine stays 50', () => {
    const claimed = { processStatus: 'CLAIMED_RETURN', claimedReturnAt: at('2025-03-05 10:00') } as const;
    for (const day of ['2025-03-05', '2025-03-06', '2025-03-10', '2025-03-20'])
      assert.equal(reason(decide([P1, P2], `${day} 11:00`, { loan: claimed })), 'NO_PROFILE_MATCHES');
    const naming = { ...P1, loanStatuses: ['NORMAL', 'CLAIMED_RETURN'] as const };
    assert.equal(only(decide([naming, P2], '2025-03-06 01:00', { loan: claimed })).accruedFine, 50);
    assert.equal(reason(decide([naming, P2], '2025-03-07 01:00', { loan: claimed, done: [done(P1)] })), 'DONE_BEFORE');
  });

  test('9 no address: the fine of 200 is charged all the same', () => {
    assert.deepEqual(amounts(decide([P2], '2025-03-10 01:00')), ['OVERDUE_NOTIFICATION_FINE 200 ovn:a:1:p2']);
  });

  test('10 recall: 7 days after the recall, not after the due date', () => {
    const P5 = profile({
      profileId: 'p5',
      type: 'OVERDUE_NOTIFICATION_5',
      daysAfterStatusDate: 7,
      loanStatuses: ['RECALL'],
    });
    const recalled = { processStatus: 'RECALL', processStatusDate: at('2025-03-10 09:00'), recalled: true } as const;
    assert.equal(reason(decide([P5], '2025-03-16 01:00', { loan: recalled })), 'NO_PROFILE_MATCHES');
    assert.deepEqual(fired(decide([P5], '2025-03-17 01:00', { loan: recalled })), ['p5']);
  });
});

describe('selection', () => {
  test('only open loans that are not lost and past their due date are judged', () => {
    assert.equal(reason(decide([P1], '2025-03-04 01:00', { loan: { status: 'COMPLETE' } })), 'NOT_ACTIVE');
    assert.equal(reason(decide([P1], '2025-03-04 01:00', { loan: { processStatus: 'LOST' } })), 'ALREADY_LOST');
    const at21 = (asOf: string) => reason(decide([{ ...P1, daysAfterDueDate: 0 }], asOf));
    assert.equal(at21('2025-03-03 21:00'), 'NOT_YET_DUE');
    assert.equal(at21('2025-03-03 21:01'), 'ACT');
  });
  test('the smallest threshold of an active profile bounds it', () => {
    const bound = (profiles: OverdueLostProfile[]) =>
      selectionBound(compileProfiles(profiles), momentAt(newYork, at('2025-03-10 01:00')));
    assert.equal(bound([P2, PL]), at('2025-03-04 00:00'));
    assert.equal(bound([P1, P2]), at('2025-03-10 00:00'));
    assert.equal(bound([{ ...P1, daysAfterDueDate: 0 }]), at('2025-03-10 01:00'));
    assert.equal(bound([P2, { ...P1, active: false }]), at('2025-03-04 00:00'));
    assert.equal(bound([{ ...P1, active: false }]), null);
  });
  test('the rule asks the bound again: the last minute of 3 March is 7 days overdue on the 10th, midnight is not', () => {
    const due = (dueDate: string) => reason(decide([P2], '2025-03-10 01:00', { loan: { dueDate: at(dueDate) } }));
    assert.equal(due('2025-03-03 23:59'), 'ACT');
    assert.equal(due('2025-03-04 00:00'), 'BELOW_EVERY_THRESHOLD');
  });
  test('without an active profile nothing happens', () => {
    assert.equal(reason(decide([{ ...P1, active: false }], '2025-03-04 01:00')), 'NO_PROFILE_ACTIVE');
    assert.equal(reason(decide([], '2025-03-04 01:00')), 'NO_PROFILE_ACTIVE');
  });
  test('a loan whose library is unknown is a failure of that record', () => {
    const decision = decide([P1], '2025-03-04 01:00', { loan: { libraryCode: 'GONE' } });
    assert.equal(reason(decision), 'LIBRARY_MISSING');
    assert.deepEqual(problems(decision), ['ERROR LIBRARY_MISSING']);
  });
});

describe('days overdue (rule 1)', () => {
  test('a short loan overdue since this morning is overdue for 0 days', () => {
    const short = { shortLoan: true, touId: 'RESERVE', dueDate: at('2025-03-03 08:00') };
    assert.deepEqual(fired(decide([{ ...P1, daysAfterDueDate: 0 }], '2025-03-03 10:00', { loan: short })), ['p1']);
    assert.equal(reason(decide([P1], '2025-03-03 23:59', { loan: short })), 'BELOW_EVERY_THRESHOLD');
  });
  test('the night of 23 hours is a day like any other', () => {
    const due = { dueDate: at('2025-03-08 21:00') };
    assert.equal(
      reason(decide([{ ...P1, daysAfterDueDate: 2 }], '2025-03-09 23:59', { loan: due })),
      'BELOW_EVERY_THRESHOLD',
    );
    assert.deepEqual(fired(decide([{ ...P1, daysAfterDueDate: 2 }], '2025-03-10 00:00', { loan: due })), ['p1']);
  });
});

describe('matching profiles (rule 2)', () => {
  const matches = (given: Partial<OverdueLostProfile>, loan: Partial<OverdueLoan> = {}) =>
    reason(decide([{ ...P1, ...given }], '2025-03-04 01:00', { loan })) === 'ACT';

  test('empty lists match every loan', () => assert.equal(matches({}), true));
  test('each list is compared with the copies on the loan', () => {
    assert.deepEqual([matches({ userGroups: ['STUDENT'] }), matches({ userGroups: ['STAFF'] })], [true, false]);
    assert.deepEqual([matches({ libraries: ['WEST', 'MAIN'] }), matches({ libraries: ['WEST'] })], [true, false]);
    assert.deepEqual([matches({ materialTypes: ['BOOK'] }), matches({ materialTypes: ['DVD'] })], [true, false]);
    assert.deepEqual(
      [
        matches({ itemPolicies: ['WEEK'] }, { itemPolicy: 'WEEK' }),
        matches({ itemPolicies: ['WEEK'] }, { itemPolicy: 'DAY' }),
      ],
      [true, false],
    );
  });
  test('a location is one of its library', () => {
    assert.equal(matches({ locations: [{ libraryCode: 'MAIN', code: 'STACKS' }] }), true);
    assert.equal(matches({ locations: [{ libraryCode: 'WEST', code: 'STACKS' }] }), false);
    assert.equal(matches({ locations: [{ libraryCode: 'MAIN', code: 'MEDIA' }] }), false);
  });
  test('"-" names loans without an item policy or material type, which no other value does', () => {
    assert.deepEqual([matches({ itemPolicies: ['-'] }), matches({ itemPolicies: ['WEEK'] })], [true, false]);
    assert.equal(matches({ itemPolicies: ['-'] }, { itemPolicy: 'WEEK' }), false);
    const without = { materialType: null };
    assert.deepEqual(
      [matches({ materialTypes: ['-'] }, without), matches({ materialTypes: ['BOOK'] }, without)],
      [true, false],
    );
  });
  test('all lists must match', () => {
    assert.equal(matches({ userGroups: ['STUDENT'], materialTypes: ['DVD'] }), false);
  });
  test('an inactive profile does nothing', () => {
    assert.deepEqual(fired(decide([P1, { ...P2, daysAfterDueDate: 1, active: false }], '2025-03-04 01:00')), ['p1']);
  });
  test('both thresholds must be met, and the nearer one says how late a profile is', () => {
    const both = { ...P1, daysAfterStatusDate: 2 };
    const loan = { processStatusDate: at('2025-03-10 09:00') };
    assert.equal(reason(decide([both], '2025-03-11 01:00', { loan })), 'NO_PROFILE_MATCHES');
    assert.deepEqual(fired(decide([both], '2025-03-12 01:00', { loan })), ['p1']);
    assert.deepEqual(fired(decide([both], '2025-03-19 01:00', { loan })), ['p1']);
    assert.equal(reason(decide([both], '2025-03-20 01:00', { loan })), 'TOO_LATE');
  });
});

describe('how late a profile may fire (rule 3)', () => {
  test('catchUpDays late is not too late, one more is', () => {
    assert.deepEqual(fired(decide([P1], '2025-03-11 01:00')), ['p1']);
    assert.equal(reason(decide([P1], '2025-03-12 01:00')), 'TOO_LATE');
    assert.deepEqual(fired(decide([P1], '2025-03-04 01:00', { context: { catchUpDays: 0 } })), ['p1']);
    assert.equal(reason(decide([P1], '2025-03-05 01:00', { context: { catchUpDays: 0 } })), 'TOO_LATE');
  });
  test('a change to lost is never too late', () => {
    assert.deepEqual(fired(decide([PL], '2026-03-04 01:00')), ['pl']);
  });
  test('only what matches in time is worth reading users for, and items only for what may be lost', () => {
    const worth = (asOf: string, profiles: OverdueLostProfile[]) =>
      mayFire(matchOverdue(overdueLoan(), compileProfiles(profiles), context(at(asOf))), context(at(asOf)));
    assert.equal(worth('2025-03-03 23:59', [P1]), false);
    assert.equal(worth('2025-03-04 00:00', [P1]), true);
    assert.equal(worth('2025-03-11 01:00', [P1]), true);
    assert.equal(worth('2025-03-12 01:00', [P1]), false);
    assert.equal(worth('2026-03-12 01:00', [P1, PL]), true);
    const worthItems = (asOf: string) => mayBeLost(matchOverdue(overdueLoan(), compileProfiles([P1, PL]), context(at(asOf))));
    assert.deepEqual([worthItems('2025-03-04 00:00'), worthItems('2025-04-01 23:59'), worthItems('2025-04-02 00:00')], [false, false, true]);
  });
});

describe('done before (rule 4)', () => {
  test('whatever became of the notice, it is done', () => {
    for (const state of ['LETTER_PENDING', 'LETTERED', 'NO_LETTER', 'SUPERSEDED', 'CANCELLED'] as const)
      assert.equal(reason(decide([P1], '2025-03-04 01:00', { done: [done(P1, { state })] })), 'DONE_BEFORE');
  });
  test('two profiles of one type are two notices', () => {
    const second = { ...P1, profileId: 'p1b' };
    assert.deepEqual(fired(decide([P1, second], '2025-03-04 01:00', { done: [done(P1)] })), ['p1b']);
  });
  test('a notice left DECIDED has its effects completed, also when it would be too late by now', () => {
    const left = [done(P2, { state: 'DECIDED' })];
    const decision = decide([P2], '2025-03-25 01:00', { done: left });
    assert.deepEqual(amounts(decision), ['OVERDUE_NOTIFICATION_FINE 200 ovn:a:1:p2']);
    assert.equal(only(decision).noticeExists, true);
  });
  test('a page done twice in one run decides the same, and knows which notices are there', () => {
    const first = decide([P1, P2], '2025-03-11 01:00');
    const again = decide([P1, P2], '2025-03-11 01:00', {
      done: [done(P1, { state: 'SUPERSEDED', runId: 'run' }), done(P2, { state: 'LETTER_PENDING', runId: 'run' })],
    });
    assert.equal(only(first).noticeExists, false);
    assert.deepEqual(
      acted(again).firing,
      acted(first).firing.map((firing) => ({ ...firing, noticeExists: true })),
    );
    assert.deepEqual(superseded(again), superseded(first));
  });
});

describe('superseded (rule 5)', () => {
  const [day10, day20] = [10, 20].map((daysAfterDueDate) => ({
    ...P2,
    profileId: `p2-${daysAfterDueDate}`,
    daysAfterDueDate,
  }));

  test('a profile on time fires beside a higher one', () => {
    const sameDay = { ...P2, daysAfterDueDate: 1 };
    assert.deepEqual(fired(decide([sameDay, P1], '2025-03-04 01:00')), ['p1', 'p2']);
  });
  test('a day late, it is superseded by the higher one, done or not', () => {
    const sameDay = { ...P2, daysAfterDueDate: 1 };
    assert.deepEqual(superseded(decide([P1, sameDay], '2025-03-05 01:00')), ['p1']);
    const afterIt = decide([P1, sameDay], '2025-03-05 01:00', { done: [done(sameDay)] });
    assert.deepEqual([superseded(afterIt), fired(afterIt)], [['p1'], []]);
  });
  test('of one type the higher threshold is the higher stage', () => {
    const decision = decide([day20!, day10!], '2025-03-23 01:00', { context: { catchUpDays: 60 } });
    assert.deepEqual([superseded(decision), fired(decision)], [['p2-10'], ['p2-20']]);
  });
  test('two profiles of one stage do not supersede each other', () => {
    assert.deepEqual(fired(decide([P1, { ...P1, profileId: 'p1b' }], '2025-03-06 01:00')), ['p1', 'p1b']);
  });
  test('when the loan becomes lost no notification goes out, on time or not', () => {
    const sameDay = { ...P2, daysAfterDueDate: 30 };
    const decision = decide([sameDay, PL], '2025-04-02 01:00');
    assert.deepEqual([superseded(decision), fired(decision)], [['p2'], ['pl']]);
  });
  test('a loan found again: its change to lost is done, and a notification on time fires', () => {
    const sameDay = { ...P2, daysAfterDueDate: 30 };
    assert.deepEqual(fired(decide([sameDay, PL], '2025-04-02 01:00', { done: [done(PL)] })), ['p2']);
  });
  test('of two changes to lost due at once the first makes it lost', () => {
    const later = { ...PL, profileId: 'pl45', daysAfterDueDate: 45 };
    const decision = decide([later, PL], '2025-05-01 01:00');
    assert.deepEqual([superseded(decision), fired(decision)], [['pl45'], ['pl']]);
  });
});

describe('user or terms of use missing (rule 6)', () => {
  const gone = { users: new Map() };
  const deleted = { users: new Map([['u1', { status: 'DELETED' }]]) };

  test('notification profiles do nothing', () => {
    for (const given of [gone, deleted]) {
      const decision = decide([P1], '2025-03-04 01:00', { context: given });
      assert.equal(reason(decision), 'USER_MISSING');
      assert.deepEqual(problems(decision), ['ERROR USER_MISSING']);
    }
    assert.equal(reason(decide([P1], '2025-03-04 01:00', { loan: { userId: null } })), 'USER_MISSING');
  });
  test('inactive users still hold the books', () => {
    assert.deepEqual(
      fired(decide([P1], '2025-03-04 01:00', { context: { users: new Map([['u1', { status: 'INACTIVE' }]]) } })),
      ['p1'],
    );
  });
  test('the loan becomes lost without fees, block and letter', () => {
    const blocking = { ...PL, blockUser: true, blockDefinitionId: 'def', blockMode: 'UNTIL_RETURNED' as const };
    const decision = decide([P2, blocking], '2025-04-02 01:00', { context: deleted });
    const { fees, block, lastState, letterKey, lost } = only(decision);
    assert.deepEqual(
      { fees, block, lastState, letterKey },
      { fees: [], block: null, lastState: 'NO_LETTER', letterKey: '' },
    );
    assert.deepEqual(lost, { lostCount: 1, markItem: true });
    assert.deepEqual(problems(decision), ['ERROR USER_MISSING']);
  });
  test('without terms of use there is no fine and no fee, and the rest goes on', () => {
    const decision = decide([P2], '2025-03-10 01:00', { loan: { touId: 'GONE' } });
    assert.deepEqual(
      [only(decision).fees, only(decision).accruedFine, only(decision).lastState],
      [[], 0, 'LETTER_PENDING'],
    );
    assert.deepEqual(problems(decision), ['ERROR TOU_MISSING']);
    assert.deepEqual(only(decide([PL], '2025-04-02 01:00', { loan: { touId: 'GONE' } })).lost, {
      lostCount: 1,
      markItem: true,
    });
  });
});

describe('what a notification does (rule 7)', () => {
  test('a notice without another effect is inserted in its last state, others as DECIDED', () => {
    const states = (given: Partial<OverdueLostProfile>) => {
      const { firstState, lastState } = only(decide([{ ...P1, ...given }], '2025-03-04 01:00'));
      return [firstState, lastState];
    };
    const block = { blockUser: true, blockDefinitionId: 'def', blockMode: 'DAYS', blockDays: 14 } as const;
    assert.deepEqual(states({}), ['LETTER_PENDING', 'LETTER_PENDING']);
    assert.deepEqual(states(block), ['DECIDED', 'LETTER_PENDING']);
    assert.deepEqual(states({ ...block, sendNotification: false }), ['DECIDED', 'NO_LETTER']);
    assert.deepEqual(states({ sendNotification: false }), ['NO_LETTER', 'NO_LETTER']);
  });
  test('a fine of 0 in the terms of use is none', () => {
    assert.deepEqual(only(decide([{ ...P1, createFine: true }], '2025-03-04 01:00')).fees, []);
  });
  test('a notification that is not sent has no letter to charge for', () => {
    const silent = only(decide([{ ...P2, sendNotification: false, notificationFee: 150 }], '2025-03-10 01:00'));
    assert.deepEqual([silent.letterKey, silent.notificationFee], ['', 0]);
  });
  test('a block of 14 days ends when the 14th day after today is over', () => {
    const monday = momentAt(newYork, at('2025-03-03 01:00'));
    const days = (count: number) => ({ mode: 'DAYS' as const, days: count });
    assert.equal(blockExpiry(days(14), null, monday), at('2025-03-18 00:00'));
    assert.equal(blockExpiry(days(1), null, monday), at('2025-03-05 00:00'));
    assert.equal(blockExpiry(days(14), { expiresAt: at('2025-04-01 00:00') }, monday), at('2025-04-01 00:00'));
    assert.equal(blockExpiry(days(14), { expiresAt: at('2025-03-17 00:00') }, monday), at('2025-03-18 00:00'));
    assert.equal(overdueBlockKey('u1', 'def'), 'u1:def:OVERDUE');
  });
  test('a block until the loans are returned wins over days, whichever was first', () => {
    const monday = momentAt(newYork, at('2025-03-03 01:00'));
    assert.equal(
      blockExpiry({ mode: 'UNTIL_RETURNED', days: null }, { expiresAt: at('2025-04-01 00:00') }, monday),
      null,
    );
    assert.equal(blockExpiry({ mode: 'DAYS', days: 14 }, { expiresAt: null }, monday), null);
  });
});

describe('change to lost (rules 8 and 9)', () => {
  const lost = (given: Night & { profile?: Partial<OverdueLostProfile> } = {}) =>
    decide([{ ...PL, ...given.profile }], '2025-04-02 01:00', given);
  const item = (given: {
    currentLoanId?: string | null;
    replacementCost?: { amount: number; currency: string } | null;
  }) => new Map([['item-a', { currentLoanId: 'a', replacementCost: dollars, ...given }]]);
  const priced = (source: 'NONE' | 'FIXED' | 'ITEM_COST', amount: number) =>
    new Map([['BOOK', { ...book, lostItemReplacementFee: { source, amount } }]]);

  test('a loan lost for the second time has keys of its own', () => {
    assert.deepEqual(amounts(lost({ loan: { lostCount: 1 } })), [
      'LOST_ITEM_REPLACEMENT_FEE 4250 lost-repl:a:2',
      'LOST_ITEM_PROCESS_FEE 1500 lost-proc:a:2',
    ]);
  });
  test('an item already lent to somebody else is left alone, one that is gone is a warning', () => {
    const elsewhere = lost({ context: { items: item({ currentLoanId: 'b' }) } });
    assert.deepEqual([only(elsewhere).lost?.markItem, problems(elsewhere)], [false, []]);
    const gone = lost({ context: { items: new Map() } });
    assert.deepEqual([only(gone).lost?.markItem, problems(gone)], [false, ['WARNING ITEM_MISSING']]);
    assert.equal(amounts(gone)[0], 'LOST_ITEM_REPLACEMENT_FEE 6000 lost-repl:a:1');
  });
  test('the profile says which fees are charged', () => {
    assert.deepEqual(amounts(lost({ profile: { chargeReplacementFee: false } })), [
      'LOST_ITEM_PROCESS_FEE 1500 lost-proc:a:1',
    ]);
    assert.deepEqual(amounts(lost({ profile: { chargeProcessFee: false } })), [
      'LOST_ITEM_REPLACEMENT_FEE 4250 lost-repl:a:1',
    ]);
  });
  test('the overdue fine stays open until return unless it is posted when lost', () => {
    assert.equal(only(lost()).accruedFine, 750);
    assert.equal(only(lost()).fees.length, 2);
  });
  test('a recalled loan posts its fine as that of a recalled one', () => {
    const recalled = { recalled: true, processStatus: 'RECALL' as const };
    assert.equal(
      amounts(lost({ loan: recalled, context: { overdueAtLostLoan: true } }))[2],
      'RECALLED_OVERDUE_FINE 1000 overdue:a:1',
    );
  });

  const replacement = (given: Partial<OverdueContext>) => {
    const decision = lost({ profile: { chargeProcessFee: false }, context: given });
    return [only(decision).fees[0]?.amount ?? 0, ...problems(decision)];
  };
  test('a price of the policy, or none, does not ask the item', () => {
    assert.deepEqual(replacement({ termsOfUse: priced('FIXED', 2000) }), [2000]);
    assert.deepEqual(replacement({ termsOfUse: priced('NONE', 2000) }), [0]);
  });
  test('without a price of the item the library’s usual one, then the policy’s, then none', () => {
    const libraries = new Map([['MAIN', { calendar: mainCalendar(), defaultReplacementCost: 3000 }]]);
    const items = item({ replacementCost: { amount: 0, currency: 'USD' } });
    assert.deepEqual(replacement({ items, libraries }), [3000]);
    assert.deepEqual(replacement({ items }), [6000]);
    assert.deepEqual(replacement({ items, termsOfUse: priced('ITEM_COST', 0) }), [
      0,
      'WARNING REPLACEMENT_COST_MISSING',
    ]);
  });
  test('a price in euro is converted at the rate of the day; without a rate the next price is taken', () => {
    const items = item({ replacementCost: { amount: 4000, currency: 'EUR' } });
    const rates = [{ baseCurrency: 'EUR', currency: 'USD', date: '2025-04-01', rate: '1.0850' }];
    assert.deepEqual(replacement({ items, convert: converterOn(rates, '2025-04-02') }), [4340]);
    assert.deepEqual(replacement({ items, convert: converterOn(rates, '2025-03-31') }), [
      6000,
      'WARNING CURRENCY_UNKNOWN',
    ]);
  });
  test('a loan that broke off after it became lost is completed with the same keys and amounts', () => {
    const run = context(at('2025-04-02 01:00'), { overdueAtLostLoan: true });
    const whole = firingOf(overdueLoan({ processStatus: 'RECALL', recalled: true }), PL, true, run);
    const broken = overdueLoan({ processStatus: 'LOST', recalled: true, lostCount: 1 });
    assert.deepEqual(firingOf(beforeLost(broken, 'RECALL'), PL, true, run), whole);
  });
});

describe('calendar missing', () => {
  const libraries = new Map([['MAIN', { calendar: mainCalendar([]), defaultReplacementCost: null }]]);
  test('a warning where the hours of the library had a part in the decision', () => {
    assert.deepEqual(problems(decide([P3], '2025-03-06 01:00', { context: { libraries } })), [
      'WARNING CALENDAR_MISSING',
    ]);
  });
  test('none where only dates were compared', () => {
    const perDay = new Map([['BOOK', { ...book, recalledOverdueFine: null }]]);
    assert.deepEqual(problems(decide([P1], '2025-03-04 01:00', { context: { libraries, termsOfUse: perDay } })), []);
  });
});

describe('letters', () => {
  const notice: GroupedNotice = {
    loanId: 'a',
    userId: 'u1',
    libraryCode: 'MAIN',
    kind: 'CHANGE_TO_LOST',
    sendFormat: 'SMS',
  };
  const key = (
    given: Partial<GroupedNotice>,
    singleLetterPerType = true,
    separatePatronNotificationsByLibrary = false,
  ) => overdueLetterKey('run', { ...notice, ...given }, { singleLetterPerType, separatePatronNotificationsByLibrary });

  test('one letter per user, type and format', () => {
    assert.equal(key({}), 'run:FulOverdueAndLostLoanLetter:CHANGE_TO_LOST.SMS:u1:-');
    assert.equal(key({ loanId: 'b', libraryCode: 'WEST' }), key({}));
    for (const other of [{ userId: 'u2' }, { sendFormat: 'EMAIL' }, { kind: 'OVERDUE_NOTIFICATION_1' }] as const)
      assert.notEqual(key(other), key({}));
  });
  test('or one per loan, or per library', () => {
    assert.equal(key({}, false), 'run:FulLostLoanLetter:CHANGE_TO_LOST.SMS.a:u1:-');
    assert.equal(
      key({ kind: 'OVERDUE_NOTIFICATION_3' }, false),
      'run:FulLostLoanNotificationLetter:OVERDUE_NOTIFICATION_3.SMS.a:u1:-',
    );
    assert.equal(key({}, true, true), 'run:FulOverdueAndLostLoanLetter:CHANGE_TO_LOST.SMS:u1:MAIN');
  });
  test('a long letter is cut by loan, the same way whatever order the notices came in', () => {
    const loans = ['c', 'a', 'e', 'b', 'd'].map((loanId) => ({ loanId }));
    const parts = (list: { loanId: string }[], size: number) =>
      letterParts(list, size).map((part) => part.map(({ loanId }) => loanId).join(''));
    assert.deepEqual(parts(loans, 2), ['ab', 'cd', 'e']);
    assert.deepEqual(parts([...loans].reverse(), 2), ['ab', 'cd', 'e']);
    assert.deepEqual(parts(loans, 5), ['abcde']);
    assert.deepEqual(parts([], 5), []);
  });
  test('a loan noticed by two profiles of one type stands in one part and counts once', () => {
    const twice = [{ loanId: 'b' }, { loanId: 'a' }, { loanId: 'b' }, { loanId: 'c' }];
    assert.deepEqual(
      letterParts(twice, 2).map((part) => part.length),
      [3, 1],
    );
  });
});

describe('explaining a record', () => {
  test('every question is heard with its number, profile and what was compared', () => {
    const { ask, heard } = listening();
    const loan = overdueLoan({ materialType: 'DVD' });
    decideLoan(loan, [{ ...P1, materialTypes: ['BOOK'] }, P2], [], context(at('2025-03-10 01:00')), ask);
    assert.deepEqual(
      heard.find(({ holds, rule }) => !holds && rule.startsWith('2')),
      {
        rule: '2 material types of «P1»',
        holds: false,
        compared: { materialType: 'DVD', named: ['BOOK'] },
      },
    );
    assert.deepEqual(heard.find(({ rule }) => rule === '2 days reached of «P2»')?.compared, {
      excess: 0,
      daysAfterDueDate: 7,
      dayCount: 'CALENDAR',
      daysAfterStatusDate: null,
    });
    assert.deepEqual(heard.find(({ rule }) => rule === 'Selection: due date has passed')?.compared, {
      dueDate: new Date(loan.dueDate),
      asOf: new Date(at('2025-03-10 01:00')),
    });
    assert.deepEqual(
      heard.filter(({ rule }) => rule.startsWith('Selection')).map(({ rule, holds }) => `${rule}: ${holds}`),
      [
        'Selection: a profile is active: true',
        'Selection: loan is active: true',
        'Selection: already lost: false',
        'Selection: due date has passed: true',
        'Selection: overdue for the fewest days of any profile: true',
      ],
    );
  });
  test('listening changes nothing', () => {
    const run = context(at('2025-03-11 01:00'));
    const profiles = [P1, P2, P3, PL];
    assert.deepEqual(decideLoan(overdueLoan(), profiles, [], run, listening().ask), decideLoan(overdueLoan(), profiles, [], run));
    assert.equal(run.moment.today, dayNumber('2025-03-11'));
  });
});
