/**
 * Two attempts at one page: the first stands still before one of its writes, frozen or cut off, while a second does all of it; then
 * the first goes on. What is left is what one attempt leaves (engine.md 3).
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, beforeEach, test } from 'vitest';
import { driver } from '../../chaos/driver.js';
import { differences } from '../../chaos/differences.js';
import { emptyDatabase } from '../support/database.js';
import { asOf, mixedLibrary } from '../support/mixed-library.js';
import { night, record, type Calling } from '../support/run-by-hand.js';
import { kept, onWrites, pictureOf } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const everywhere = new Set(Object.values(models).map(({ collection }) => collection.collectionName));
let asItWas: Awaited<ReturnType<typeof kept>>;
beforeAll(async () => {
  await mixedLibrary(models, 'demo');
  asItWas = await kept(models, 'demo');
});
beforeEach(() => asItWas(everywhere));

/** A first attempt goes on where `standsStill` is awaited only when a second, which begins then, is done. */
async function secondMeanwhile<T>(call: () => Promise<T>, arm: (standsStill: () => Promise<void>) => void): Promise<{ first: Promise<T>; answer: T }> {
  let release: () => void = () => undefined;
  const second = new Promise<void>((resolve) => (release = resolve));
  let stands: () => void = () => undefined;
  const firstStands = new Promise<void>((resolve) => (stands = resolve));
  arm(() => {
    stands();
    return second;
  });
  const first = call();
  first.catch(() => undefined); // its caller hears of it
  await firstStands;
  const answer = await call();
  release();
  return { first, answer };
}

/** Calls a page of which a first attempt comes to its write number `at` only when a second is done; answers as the second. */
async function overlapping<T>(call: () => Promise<T>, at: number): Promise<T> {
  let made = 0;
  let stop: () => void = () => undefined;
  try {
    const { first, answer } = await secondMeanwhile(call, (standsStill) => {
      stop = onWrites(async ({ send }) => {
        made += 1;
        if (made === at) await standsStill();
        return send();
      });
    });
    await first;
    return answer;
  } finally {
    stop();
  }
}

/** Calls a page of which a first attempt has only learned that nothing is claimed when a second does it; answers also what the first ends with. */
async function overtaken<T>(call: () => Promise<T>): Promise<{ answer: T; error: unknown }> {
  const { findOne } = driver;
  const { first, answer } = await secondMeanwhile(call, (standsStill) => {
    driver.findOne = async function (...given) {
      const found = await findOne.apply(this, given);
      if (this.collectionName !== 'runBatches') return found;
      driver.findOne = findOne;
      await standsStill();
      return found;
    };
  });
  return { answer, error: await first.then(() => null, (error: unknown) => error) };
}

const paged = ['finishLeftNotices', 'ageOverdueLoans', 'queueNoticeLetters'];

test('an attempt that reads what another has taken out of the selection fails, and the report is what the other did', async () => {
  const failed = new Set<string>();
  const everyPage: Calling = async (activity, call) => {
    if (!paged.includes(activity)) return call();
    const restore = await kept(models, 'demo');
    await call();
    const undisturbed = await pictureOf(models, 'demo');
    await restore(everywhere);
    const { answer, error } = await overtaken(call);
    assert.deepEqual(differences(undisturbed, await pictureOf(models, 'demo')), [], activity);
    if (error === null) return answer; // both found nothing to do
    assert.match(String(error), /^Error: Another attempt was faster at batch \d+ of run \w+, with other records\.$/);
    failed.add(activity);
    return answer;
  };
  await night(models, await record(models, 'demo', asOf), everyPage);
  assert.deepEqual([...failed], paged);
});

test('what an attempt recorded from a place where the walk did not come by is not gone by, and replaced', async () => {
  const ref = await record(models, 'demo', asOf);
  const everyPage: Calling = async (activity, call) => {
    if (!paged.includes(activity)) return call();
    const restore = await kept(models, 'demo');
    const batchNo = await models.RunBatch.countDocuments(ref);
    const answer = await call();
    const undisturbed = await pictureOf(models, 'demo');
    await restore(everywhere);
    await models.RunBatch.create({ ...ref, batchNo, state: 'DONE', fromKey: 'elsewhere', toKey: 'far away', counters: { matched: 99 }, leaving: ['elsewhere'], deleteAfter: new Date(0) });
    assert.deepEqual(await call(), answer, activity);
    const strays = (await models.RunBatch.find({ ...ref, batchNo }).lean()).map(({ counters, fromKey }) => ({ counters, fromKey }));
    assert.deepEqual(strays.filter(({ fromKey, counters }) => fromKey === 'elsewhere' || counters.matched === 99), [], activity);
    assert.deepEqual(differences(undisturbed, await pictureOf(models, 'demo')).filter((line) => !line.includes(' runBatches ')), [], activity);
    return answer;
  };
  await night(models, ref, everyPage);
});

test('an attempt that a later one has overtaken replaces nothing of what that one recorded, from the same place or from another', async () => {
  const ref = await record(models, 'demo', asOf);
  const refused = new Set<string>();
  const standing = () => models.RunBatch.find(ref, { updatedAt: 0 }).sort({ batchNo: 1 }).lean();
  const everyPage: Calling = async (activity, call) => {
    if (!paged.includes(activity)) return call();
    const batchNo = await models.RunBatch.countDocuments(ref);
    const answer = await call();
    const restore = await kept(models, 'demo');
    for (const place of [{}, { fromKey: 'elsewhere' }]) {
      await models.RunBatch.updateOne({ ...ref, batchNo }, { $set: { attemptAt: 2, ...place } });
      const stands = (await standing()).slice(0, batchNo + 1);
      const error = await call().then(() => null, String);
      assert.deepEqual((await standing()).slice(0, batchNo + 1), stands, activity);
      refused.add(`${activity}: ${/E11000|A later attempt/.exec(error ?? '')?.[0] ?? 'nothing'}`);
      await restore(everywhere);
    }
    return answer;
  };
  await night(models, ref, everyPage);
  assert.deepEqual([...refused], paged.flatMap((activity) => [...(activity === 'ageOverdueLoans' ? [] : [`${activity}: E11000`]), `${activity}: A later attempt`]));
});

test('wherever a second attempt overtakes the first, both leave what one leaves', { timeout: 240_000 }, async () => {
  const overlapped = new Set<string>();
  const everyOverlap: Calling = async (activity, call) => {
    if (!paged.includes(activity)) return call();
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
      overlapped.add(activity);
    }
    return answer;
  };
  await night(models, await record(models, 'demo', asOf), everyOverlap);
  assert.deepEqual([...overlapped], paged);
});
