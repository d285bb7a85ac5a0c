/** Promise 1, "nothing twice, nothing lost": a run that breaks off at any of its writes and goes on leaves what an undisturbed one leaves. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { differences } from '../../chaos/differences.js';
import { emptyDatabase } from '../support/database.js';
import { asOf, mixedLibrary } from '../support/mixed-library.js';
import { night, record, type Calling } from '../support/run-by-hand.js';
import { everythingOf, kept, onWrites, pictureOf, type Write } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);

let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  await mixedLibrary(models, 'demo');
  await mixedLibrary(models, 'next-door');
  nextDoor = await everythingOf(models, 'next-door');
});

class Killed extends Error {}

/** Calls a page and answers its writes. */
async function watched<T>(call: () => Promise<T>): Promise<{ answer: T; writes: Write[] }> {
  const writes: Write[] = [];
  const stop = onWrites((write) => {
    writes.push(write);
    return write.send();
  });
  return { answer: await call().finally(stop), writes };
}

/** Calls a page whose process dies at its write number `at`: after it, or in the middle of its records. */
async function dying(call: () => Promise<unknown>, at: number, how: 'after' | 'in the middle of'): Promise<void> {
  let made = 0;
  const stop = onWrites(async ({ name, send, sendHalf }) => {
    made += 1;
    if (made < at) return send();
    // The answer, "was there already" among them, does not reach the dead.
    if (made === at) await (how === 'after' ? send() : sendHalf?.())?.catch(() => undefined);
    throw new Killed(name); // whatever else the process was doing does not reach the store any more
  });
  await assert.rejects(call, Killed).finally(stop);
}

test('killed at any write of any page, and started again, a run leaves what an undisturbed one leaves', { timeout: 240_000 }, async () => {
  const died = new Set<string>();
  const everyDeath: Calling = async (activity, call) => {
    const restore = await kept(models, 'demo');
    const { answer, writes } = await watched(call);
    const touched = new Set(writes.map(({ name }) => name.split('.')[0]!));
    const [undisturbed, everything] = [await pictureOf(models, 'demo', touched), await pictureOf(models, 'demo')];
    for (const [index, { name, sendHalf }] of writes.entries()) {
      for (const how of ['after', 'in the middle of'] as const) {
        if (how !== 'after' && sendHalf === null) continue; // one record: then it died after the write before
        const death = `${activity}, killed ${how} write ${index + 1}, ${name}`;
        await restore(touched);
        await dying(call, index + 1, how);
        assert.deepEqual(await call(), answer, death);
        assert.deepEqual(differences(undisturbed, await pictureOf(models, 'demo', touched)), [], death);
        died.add(activity);
      }
    }
    assert.deepEqual(differences(everything, await pictureOf(models, 'demo')), [], activity);
    return answer;
  };
  await night(models, await record(models, 'demo', asOf), everyDeath);

  const writing = ['beginRun', 'startWork', 'finishLeftNotices', 'ageOverdueLoans', 'queueNoticeLetters', 'reportUndeliverableLetters', 'awaitLetters', 'closeRun'];
  assert.deepEqual([...died], writing);
});

test('the neighbour is as it was', async () => {
  assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor);
});
