/** The rules of fines-fees-notifications, each on both sides of its border (fulfillment-loans.md, rules 1-3). */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { listening } from '../../domain/ask.js';
import { momentAt, zoneOf } from '../../domain/days.js';
import {
  decideFinesLetters, letterOfFeeKey, notificationFeeKey, type Debtor, type FinesFeesProfile, type OwedFee,
} from '../../domain/fulfillment/fines-fees-notifications.js';
import { at, newYork } from '../support/fixture-a.js';

/** Every day at 05:00 in New York. */
const on = (day: string, zone = newYork) => momentAt(zone, at(`${day} 05:00`));
const profile = (given: Partial<FinesFeesProfile> = {}): FinesFeesProfile => ({
  profileId: 'F1', name: 'F1', active: true, notificationType: 1, userGroups: [], libraries: [], feeTypes: [], minimumBalance: 1000,
  daysAfterCreation: 7, repeatEveryDays: 14, maxRepeats: 2, notificationFee: 100, sendFormat: 'EMAIL', ...given,
});
const fee = (feeId: string, balance: number, day: string, given: Partial<OwedFee> = {}): OwedFee => ({
  feeId, balance, createdAt: at(`${day} 12:00`), type: balance < 0 ? 'CREDIT' : 'OVERDUE_FINE', status: 'ACTIVE', libraryCode: 'MAIN', ...given,
});
interface Given {
  fees: OwedFee[];
  day?: string;
  profiles?: FinesFeesProfile[];
  sent?: string[];
  user?: Debtor['user'];
}
const decide = ({ fees, day = '2025-03-08', profiles = [profile()], sent = [], user = { status: 'ACTIVE', userGroup: 'STUDENT' } }: Given) =>
  decideFinesLetters({ userId: 'u1', user, fees }, { moment: on(day), profiles, sent: new Set(sent) });
/** The keys of the letters, or why there are none. */
const said = (given: Given) => {
  const decision = decide(given);
  return decision.action === 'NOTIFY' ? decision.letters.map(({ letterKey, total }) => `${letterKey} ${total}`) : decision.reason;
};
const six = fee('a', 600, '2025-03-01');
const five = fee('b', 500, '2025-03-05');

describe('1 fees that qualify', () => {
  const old = '2025-03-01';
  test('of the types and libraries of the profile', () => {
    const fees = [fee('a', 600, old), fee('b', 500, old, { libraryCode: 'WEST' }), fee('c', 400, old, { type: 'LOST_ITEM_PROCESS_FEE' })];
    const small = { minimumBalance: 1 };
    assert.deepEqual(said({ fees, profiles: [profile(small)] }), ['ffn:F1:u1:a:0 1500']);
    assert.deepEqual(said({ fees, profiles: [profile({ ...small, libraries: ['MAIN'] })] }), ['ffn:F1:u1:a:0 1000']);
    assert.deepEqual(said({ fees, profiles: [profile({ ...small, libraries: ['WEST', 'EAST'] })] }), ['ffn:F1:u1:b:0 500']);
    assert.deepEqual(said({ fees, profiles: [profile({ ...small, feeTypes: ['LOST_ITEM_PROCESS_FEE'] })] }), ['ffn:F1:u1:c:0 400']);
    assert.equal(said({ fees, profiles: [profile({ ...small, feeTypes: ['OTHER'] })] }), 'NO_PROFILE_MATCHES');
  });
  test('what is owed to the institution itself is in no library', () => {
    const fees = [fee('a', 1000, old, { libraryCode: null })];
    assert.deepEqual(said({ fees }), ['ffn:F1:u1:a:0 1000']);
    assert.equal(said({ fees, profiles: [profile({ libraries: ['MAIN'] })] }), 'NO_PROFILE_MATCHES');
  });
  test('a fee for a letter only where it is asked for by name', () => {
    const fees = [fee('a', 1000, old, { type: 'FINE_FEE_NOTIFICATION_FEE' })];
    assert.equal(said({ fees }), 'NO_PROFILE_MATCHES');
    assert.deepEqual(said({ fees, profiles: [profile({ feeTypes: ['FINE_FEE_NOTIFICATION_FEE'] })] }), ['ffn:F1:u1:a:0 1000']);
  });
  test('credits of the same libraries reduce the sum, whatever types are asked for', () => {
    const fees = [fee('a', 1300, old), fee('c', -300, '2025-02-01')];
    assert.deepEqual(said({ fees, profiles: [profile({ feeTypes: ['OVERDUE_FINE'] })] }), ['ffn:F1:u1:a:0 1000']);
    const elsewhere = [fee('a', 1000, old), fee('c', -300, old, { libraryCode: 'WEST' })];
    assert.deepEqual(said({ fees: elsewhere, profiles: [profile({ libraries: ['MAIN'] })] }), ['ffn:F1:u1:a:0 1000']);
  });
  test('what is disputed, exported, closed or paid does not count', () => {
    for (const status of ['IN_DISPUTE', 'EXPORTED', 'CLOSED'] as const) assert.equal(said({ fees: [fee('a', 1200, old, { status })] }), 'NOTHING_OWED');
    assert.equal(said({ fees: [fee('a', 0, old)] }), 'NOTHING_OWED');
    assert.equal(said({ fees: [] }), 'NOTHING_OWED');
  });
  test('credits alone are no debt', () => assert.equal(said({ fees: [fee('c', -500, old)] }), 'NO_PROFILE_MATCHES'));
});

describe('2 sum, age, and who it is', () => {
  test('the minimum itself is reached', () => {
    assert.deepEqual(said({ fees: [fee('a', 1000, '2025-03-01')] }), ['ffn:F1:u1:a:0 1000']);
    assert.equal(said({ fees: [fee('a', 999, '2025-03-01')] }), 'NO_PROFILE_MATCHES');
  });
  test('the oldest fee that qualifies is seven days old, by the dates', () => {
    assert.equal(said({ fees: [six, five], day: '2025-03-07' }), 'NO_PROFILE_MATCHES');
    assert.deepEqual(said({ fees: [six, five], day: '2025-03-08' }), ['ffn:F1:u1:a:0 1100']);
    const lateInTheEvening = fee('a', 1100, '2025-03-01', { createdAt: at('2025-03-01 23:59') });
    assert.deepEqual(said({ fees: [lateInTheEvening] }), ['ffn:F1:u1:a:0 1100']);
    assert.equal(said({ fees: [{ ...lateInTheEvening, createdAt: at('2025-03-02 00:00') }] }), 'NO_PROFILE_MATCHES');
  });
  test('with no days to wait for, the day it was charged is the first', () => {
    assert.deepEqual(said({ fees: [fee('a', 1000, '2025-03-08')], profiles: [profile({ daysAfterCreation: 0 })] }), ['ffn:F1:u1:a:0 1000']);
  });
  test('a day that the clocks make shorter is a day', () => {
    assert.deepEqual(said({ fees: [fee('a', 1000, '2025-03-08')], day: '2025-03-15' }), ['ffn:F1:u1:a:0 1000']);
  });
  test('the day is that of the institution', () => {
    const createdAt = Date.parse('2025-03-02T03:30:00.000Z');
    const inBerlin = { moment: on('2025-03-08', zoneOf('Europe/Berlin')), profiles: [profile()], sent: new Set<string>() };
    assert.equal(decideFinesLetters({ userId: 'u1', user: { status: 'ACTIVE', userGroup: null }, fees: [fee('a', 1000, '2025-03-01', { createdAt })] }, inBerlin).action, 'LEAVE');
    assert.deepEqual(said({ fees: [fee('a', 1000, '2025-03-01', { createdAt })] }), ['ffn:F1:u1:a:0 1000']);
  });
  test('the group of the patron', () => {
    const fees = [fee('a', 1000, '2025-03-01')];
    const forStaff = [profile({ userGroups: ['STAFF', 'FACULTY'] })];
    assert.equal(said({ fees, profiles: forStaff }), 'NO_PROFILE_MATCHES');
    assert.deepEqual(said({ fees, profiles: forStaff, user: { status: 'ACTIVE', userGroup: 'FACULTY' } }), ['ffn:F1:u1:a:0 1000']);
    assert.equal(said({ fees, profiles: forStaff, user: { status: 'ACTIVE', userGroup: null } }), 'NO_PROFILE_MATCHES');
  });
  test('of a missing or deleted patron only what would have been said is an error; an inactive one is written to', () => {
    const fees = [fee('a', 1000, '2025-03-01')];
    assert.equal(said({ fees, user: null }), 'USER_MISSING');
    assert.equal(said({ fees, user: { status: 'DELETED', userGroup: 'STUDENT' } }), 'USER_MISSING');
    assert.deepEqual(said({ fees, user: { status: 'INACTIVE', userGroup: 'STUDENT' } }), ['ffn:F1:u1:a:0 1000']);
    assert.equal(said({ fees, user: null, day: '2025-03-07' }), 'NO_PROFILE_MATCHES');
  });
});

describe('3 anchor and step', () => {
  const fees = [six, five];
  const stepOn = (day: string, given: Partial<FinesFeesProfile> = {}) => {
    const decision = decide({ fees, day, profiles: [profile(given)] });
    return decision.action === 'NOTIFY' ? decision.letters[0]?.letterKey.split(':').at(-1) : decision.reason;
  };
  test('every fourteen days after the seventh, twice more', () => {
    assert.deepEqual(['2025-03-08', '2025-03-21', '2025-03-22', '2025-04-04', '2025-04-05', '2025-04-18', '2025-04-19', '2026-03-08'].map((day) => stepOn(day)),
      ['0', '0', '1', '1', '2', '2', '2', '2']);
  });
  test('once where nothing repeats, and where no repeat is allowed', () => {
    assert.equal(stepOn('2025-09-01', { repeatEveryDays: null }), '0');
    assert.equal(stepOn('2025-09-01', { maxRepeats: 0 }), '0');
  });
  test('a letter that exists is not written again, and steps that were missed are not made up', () => {
    assert.equal(said({ fees, sent: ['ffn:F1:u1:a:0'] }), 'NOTIFIED_BEFORE');
    assert.deepEqual(said({ fees, day: '2025-04-06' }), ['ffn:F1:u1:a:2 1100']);
  });
  test('once the oldest is paid the next oldest is the anchor, when it is old enough', () => {
    const more = fee('d', 900, '2025-03-12');
    const paid = { ...six, status: 'CLOSED' as const, balance: 0 };
    assert.equal(said({ fees: [paid, five, more], day: '2025-03-11', sent: ['ffn:F1:u1:a:0'] }), 'NO_PROFILE_MATCHES');
    assert.deepEqual(said({ fees: [paid, five, more], day: '2025-03-12', sent: ['ffn:F1:u1:a:0'] }), ['ffn:F1:u1:b:0 1400']);
  });
  test('of fees of one instant the smaller id is the anchor, in whatever order they are read', () => {
    const one = fee('x', 500, '2025-03-01');
    const other = fee('y', 500, '2025-03-01');
    assert.deepEqual([said({ fees: [one, other] }), said({ fees: [other, one] })], [['ffn:F1:u1:x:0 1000'], ['ffn:F1:u1:x:0 1000']]);
  });
});

test('every profile is tried, and each writes a letter of its own', () => {
  const profiles = [profile(), profile({ profileId: 'F2', name: 'F2', minimumBalance: 5000 }), profile({ profileId: 'F3', name: 'F3', notificationType: 4, libraries: ['MAIN'] })];
  assert.deepEqual(said({ fees: [six, five], profiles }), ['ffn:F1:u1:a:0 1100', 'ffn:F3:u1:a:0 1100']);
  assert.deepEqual(said({ fees: [six, five], profiles, sent: ['ffn:F1:u1:a:0'] }), ['ffn:F3:u1:a:0 1100']);
});

test('without a profile that is active nothing is said', () => {
  assert.equal(said({ fees: [six, five], profiles: [] }), 'NO_PROFILE_ACTIVE');
  assert.equal(said({ fees: [six, five], profiles: [profile({ active: false })] }), 'NO_PROFILE_ACTIVE');
});

test('a letter lists the fees, the oldest first, then the credits', () => {
  const decision = decide({ fees: [fee('c', -50, '2025-02-01'), five, six] });
  assert.ok(decision.action === 'NOTIFY');
  assert.deepEqual(decision.letters.map(({ feeIds, total }) => [feeIds, total]), [[['a', 'b', 'c'], 1050]]);
});

test('the key of the fee for a letter tells the letter; other keys tell none', () => {
  const letterKey = 'ffn:F1:u1:a:0';
  assert.equal(notificationFeeKey(letterKey), 'ffn:ffn:F1:u1:a:0');
  assert.equal(letterOfFeeKey('ffn:ffn:F1:u1:a:0'), letterKey);
  assert.equal(letterOfFeeKey('#65e5f0000000000000000001'), null);
});

test('whoever listens hears every question up to the one that decided', () => {
  const { ask, heard } = listening();
  decideFinesLetters({ userId: 'u1', user: { status: 'ACTIVE', userGroup: 'STUDENT' }, fees: [six, five] }, { moment: on('2025-03-07'), profiles: [profile(), profile({ name: 'F2', active: false })], sent: new Set() }, ask);
  assert.deepEqual(heard.map(({ rule, holds }) => `${rule}: ${holds}`), [
    'Selection: an active fee with a balance: true', 'Configuration: active of «F1»: true', '2 user groups of «F1»: true', '1 fees that qualify of «F1»: true',
    '2 minimum balance of «F1»: true', '2 age of the oldest fee of «F1»: false', 'Configuration: active of «F2»: false',
  ]);
  assert.deepEqual(heard[5]?.compared, { createdAt: new Date(at('2025-03-01 12:00')), age: 6, daysAfterCreation: 7 });
});
