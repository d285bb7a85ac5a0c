/**
 * Killed anywhere (engine.md 4.4): twelve blows drawn from a seed leave what an undisturbed night leaves, and each of three protections
 * is missed when it is off. The whole programme is a command: docs/reliability.md.
 */
import assert from 'node:assert/strict';
import { beforeAll, describe, test } from 'vitest';
import { chaos, type Chaos } from '../../chaos/chaos.js';
import { subjects } from '../../chaos/reckoning.js';
import { scenarios } from '../../chaos/scenarios.js';

const KILLS = 12;
let done: Chaos;
const of = (sabotage: 'notice-key' | 'loan-filter' | 'letter-claim') => done.sabotaged.get(sabotage)!;

beforeAll(async () => {
  done = await chaos({
    scenario: scenarios['loans-overdue-and-lost']!, seed: 1, kills: KILLS, loans: 300,
    sabotage: ['notice-key', 'loan-filter', 'letter-claim'], report: () => undefined,
  });
}, 600_000);

test('twelve blows were struck', () => {
  const struck = done.nights.flatMap((night) => night.struck).filter((each) => each.struck);
  assert.equal(struck.length, KILLS);
});

test.each(subjects)('the disturbed nights differ from the undisturbed in no %s', (subject) => {
  assert.deepEqual(done.nights.flatMap(({ reckoning }) => reckoning[subject]), []);
});

test.each([
  ['a night whose schedule fired three times in and after a short outage is done once', 0],
  ['a night that was missed for longer than its window is told as missed, and nothing else is done', 1],
] as const)('%s', (_name, index) => {
  assert.deepEqual(Object.values(done.outages[index]!.reckoning).flat(), []);
});

test('the mail server misbehaved in each way', () => {
  assert.deepEqual([...done.mailFaults.keys()].sort(), [
    '421', '450', '550', '552', 'CUT_AFTER_ACCEPTING', 'SILENT_AFTER_TEXT', 'SILENT_AT_RECIPIENT', 'only after an hour',
  ]);
});

describe('two attempts at one page overlap while a protection is off', () => {
  test('without the key of the notices, every notice of the page stands there twice', () => {
    assert.deepEqual(of('notice-key').struck.map(({ struck }) => struck), [true]);
    assert.ok(of('notice-key').reckoning.notice.some((line) => line.startsWith('more ')));
  });

  test('without the filter of the loan\'s update, a loan is lost twice', () => {
    assert.deepEqual(of('loan-filter').struck.map(({ struck }) => struck), [true]);
    assert.ok(of('loan-filter').reckoning.loan.some((line) => /^more .*"lostCount":2/.test(line)));
  });

  test('without the claim of the letter, a letter is accepted more often than its attempts tell', () => {
    assert.deepEqual(of('letter-claim').struck.map(({ struck }) => struck), [true]);
    assert.ok(of('letter-claim').reckoning.mail.some((line) => line.startsWith('more ')));
  });
});
