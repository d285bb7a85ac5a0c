/**
 * Killed anywhere (engine.md 4.4) can fail: each of three protections is missed when it is off. The blows themselves are a command, of which
 * `.ci/run` has twelve: docs/reliability.md.
 */
import assert from 'node:assert/strict';
import { beforeAll, test } from 'vitest';
import { chaos, type Chaos } from '../../chaos/chaos.js';
import { scenarios } from '../../chaos/scenarios.js';

let done: Chaos;
const of = (sabotage: 'notice-key' | 'loan-filter' | 'letter-claim') => done.sabotaged.get(sabotage)!;

beforeAll(async () => {
  done = await chaos({
    scenario: scenarios['loans-overdue-and-lost']!, seed: 1, kills: 0, loans: 300,
    sabotage: ['notice-key', 'loan-filter', 'letter-claim'], report: () => undefined,
  });
}, 600_000);

test('two attempts at one page overlap without the key of the notices: every notice of the page stands there twice', () => {
  assert.deepEqual(of('notice-key').struck.map(({ struck }) => struck), [true]);
  assert.ok(of('notice-key').reckoning.notice.some((line) => line.startsWith('more ')));
});

test('two attempts at one page overlap without the filter of the loan\'s update: a loan is lost twice', () => {
  assert.deepEqual(of('loan-filter').struck.map(({ struck }) => struck), [true]);
  assert.ok(of('loan-filter').reckoning.loan.some((line) => /^more .*"lostCount":2/.test(line)));
});

test('two attempts at one page overlap without the claim of the letter: a letter is accepted more often than its attempts tell', () => {
  assert.deepEqual(of('letter-claim').struck.map(({ struck }) => struck), [true]);
  assert.ok(of('letter-claim').reckoning.mail.some((line) => line.startsWith('more ')));
});
