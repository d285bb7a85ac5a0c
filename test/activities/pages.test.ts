/** One activity does pages for about a minute, two of them at once where they allow it (docs/decisions/018). */
import assert from 'node:assert/strict';
import { CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { test } from 'vitest';
import { forAMinute, type Onward } from '../../activities/runs/pages.js';
import type { Page, Run } from '../../domain/run.js';

const run = { cursor: null, batchNo: 7, done: 100 } as Run; // forAMinute reads no more of it
const pages = ['a', 'b', 'c', 'd'];
const afterOf = (cursor: string | null) => pages[cursor === null ? 0 : pages.indexOf(cursor) + 1] ?? null;

interface Watched {
  /** `+` where a page begins, `-` where it ends, by its cursor. */
  heard: string[];
  atOnce: number;
}

/** Pages of ten records; `early`: each says where the next begins; `fails`: the cursors of those that do not come to their end. */
function walk({
  early,
  fails = [],
  each,
}: {
  early: boolean;
  fails?: string[];
  each?: (cursor: string | null) => Promise<void> | void;
}) {
  const watched: Watched = { heard: [], atOnce: 0 };
  let working = 0;
  const page = async ({ cursor, batchNo, done }: Run, onward: Onward): Promise<Page> => {
    watched.heard.push(`+${cursor}`);
    working += 1;
    watched.atOnce = Math.max(watched.atOnce, working);
    const next = afterOf(cursor);
    if (early && next !== null) onward(next, 10);
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    await each?.(cursor);
    working -= 1;
    if (cursor !== null && fails.includes(cursor)) throw new Error(`page ${cursor} failed`);
    watched.heard.push(`-${cursor}`);
    return { next, batchNo: batchNo + 1, done: done + 10 };
  };
  return { page: forAMinute(page), watched };
}

test('a page that tells nothing before its end is alone', async () => {
  const { page, watched } = walk({ early: false });
  assert.deepEqual(await new MockActivityEnvironment().run(page, run), { next: null, batchNo: 12, done: 150 });
  assert.equal(watched.atOnce, 1);
  assert.deepEqual(watched.heard, ['+null', '-null', '+a', '-a', '+b', '-b', '+c', '-c', '+d', '-d']);
});

test('a page that tells where the next begins has it beside it: two at once, numbered and counted as in a row', async () => {
  const { page, watched } = walk({ early: true });
  assert.deepEqual(await new MockActivityEnvironment().run(page, run), { next: null, batchNo: 12, done: 150 });
  assert.equal(watched.atOnce, 2);
  assert.deepEqual(
    watched.heard.filter((word) => word.startsWith('+')),
    ['+null', '+a', '+b', '+c', '+d'],
  );
});

test('the place that the engine hears never passes a page that is not done', async () => {
  const environment = new MockActivityEnvironment();
  const places: (string | null)[] = [];
  environment.on('heartbeat', ({ next }: Page) => places.push(next));
  let second: () => void = () => undefined;
  const secondDone = new Promise<void>((resolve) => (second = resolve));
  const each = (cursor: string | null): Promise<void> | void => {
    if (cursor === 'a') second();
    if (cursor === null) return secondDone.then(() => assert.deepEqual(places, []));
  };
  await environment.run(walk({ early: true, each }).page, run);
  assert.deepEqual(places, ['a', 'b', 'c', 'd', null]);
});

test('a page fails: the one beside it comes to its end, nothing works on, and the engine has heard of the pages before', async () => {
  const environment = new MockActivityEnvironment();
  const places: (string | null)[] = [];
  environment.on('heartbeat', ({ next }: Page) => places.push(next));
  const { page, watched } = walk({ early: true, fails: ['a'] });
  await assert.rejects(environment.run(page, run), /page a failed/);
  assert.deepEqual(places, ['a']);
  assert.ok(watched.heard.includes('-b'));
  const heard = watched.heard.length;
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  assert.equal(watched.heard.length, heard);
});

test('two pages fail: the engine hears of the first, the log of both', async () => {
  const logged: unknown[] = [];
  const note = (message: string, meta?: Record<string, unknown>) => void logged.push([message, String(meta?.['error'])]);
  const silent = () => undefined;
  const logger = { log: silent, trace: silent, debug: silent, info: silent, warn: note, error: silent };
  const { page } = walk({ early: true, fails: ['a', 'b'] });
  await assert.rejects(new MockActivityEnvironment({}, { logger }).run(page, run), /page a failed/);
  assert.deepEqual(logged, [
    ['the page beside a failed one failed too', 'Error: page b failed'],
    ['Activity failed', 'Error: page a failed'],
  ]);
});

test('an abort ends the walk after the pages at work; no other begins', async () => {
  const environment = new MockActivityEnvironment();
  const { page, watched } = walk({
    early: true,
    each: (cursor) => (cursor === null ? environment.cancel() : undefined),
  });
  await assert.rejects(environment.run(page, run), CancelledFailure);
  assert.deepEqual([...watched.heard].sort(), ['+a', '+null', '-a', '-null']);
});

test('a second attempt goes on from the place that was heard', async () => {
  const environment = new MockActivityEnvironment({ heartbeatDetails: { next: 'b', batchNo: 9, done: 130 } });
  const { page, watched } = walk({ early: true });
  assert.deepEqual(await environment.run(page, run), { next: null, batchNo: 12, done: 160 });
  assert.deepEqual(
    watched.heard.filter((word) => word.startsWith('+')),
    ['+b', '+c', '+d'],
  );
});
