/**
 * Two attempts at one page: the first stands still before one of its writes, frozen or cut off, while a second does all of it; then
 * the first goes on. What is left is what one attempt leaves (engine.md 3).
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { differences } from '../../chaos/differences.js';
import { emptyDatabase } from '../support/database.js';
import { asOf, mixedLibrary } from '../support/mixed-library.js';
import { night, record, type Calling } from '../support/run-by-hand.js';
import { kept, onWrites, pictureOf } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
beforeAll(() => mixedLibrary(models, 'demo'));

/** Calls a page of which a first attempt comes to its write number `at` only when a second is done; answers as the second. */
async function overlapping<T>(call: () => Promise<T>, at: number): Promise<T> {
  let made = 0;
  let release: () => void = () => undefined;
  const second = new Promise<void>((resolve) => (release = resolve));
  let stands: () => void = () => undefined;
  const firstStands = new Promise<void>((resolve) => (stands = resolve));
  const stop = onWrites(async ({ send }) => {
    made += 1;
    if (made === at) {
      stands();
      await second;
    }
    return send();
  });
  try {
    const first = call();
    await firstStands;
    const answer = await call();
    release();
    await first;
    return answer;
  } finally {
    stop();
  }
}

test('wherever a second attempt overtakes the first, both leave what one leaves', { timeout: 240_000 }, async () => {
  const overtaken = new Set<string>();
  const everyOverlap: Calling = async (activity, call) => {
    if (!['finishLeftNotices', 'ageOverdueLoans', 'queueNoticeLetters'].includes(activity)) return call();
    const restore = await kept(models, 'demo');
    const names: string[] = [];
    const stop = onWrites(({ name, send }) => {
      names.push(name);
      return send();
    });
    const answer = await call().finally(stop);
    const touched = new Set(names.map((name) => name.split('.')[0]!));
    const undisturbed = await pictureOf(models, 'demo', touched);
    for (const [index, name] of names.entries()) {
      const overlap = `${activity}, overtaken before write ${index + 1}, ${name}`;
      await restore(touched);
      assert.deepEqual(await overlapping(call, index + 1), answer, overlap);
      assert.deepEqual(differences(undisturbed, await pictureOf(models, 'demo', touched)), [], overlap);
      overtaken.add(activity);
    }
    return answer;
  };
  await night(models, await record(models, 'demo', asOf), everyOverlap);
  assert.deepEqual([...overtaken], ['finishLeftNotices', 'ageOverdueLoans', 'queueNoticeLetters']);
});
