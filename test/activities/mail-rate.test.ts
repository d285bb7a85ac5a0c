/** mailMaxPerMinute (platform.md 13, Delivery), with a shorter minute. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { createRate } from '../../activities/mail/rate.js';

test('three at once, the fourth to sixth a period later, the seventh after another', async () => {
  const turn = createRate(3, 200);
  const startedAt = performance.now();
  const periods = await Promise.all(Array.from({ length: 7 }, async () => {
    await turn();
    return Math.floor((performance.now() - startedAt + 2) / 200); // a timer may fire a millisecond early
  }));
  assert.deepEqual(periods, [0, 0, 0, 1, 1, 1, 2]);
});

test('who comes a period later does not wait', async () => {
  const turn = createRate(1, 50);
  await turn();
  await new Promise((resolve) => setTimeout(resolve, 60));
  const startedAt = performance.now();
  await turn();
  assert.ok(performance.now() - startedAt < 20);
});
