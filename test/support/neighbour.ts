/** A neighbouring institution beside the one that a test writes to. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach } from 'vitest';
import type { Models } from '../../models/models.js';
import { everythingOf } from './store.js';

const nextDoor = 'next-door';

/**
 * Makes a library next door before each test of a file, and fails a test after which any document of it is another, is gone or
 * was added. To be called after the file's own `beforeEach`, which may empty the store.
 */
export function watchedNeighbour(models: Models, make: (institutionId: string) => Promise<unknown>): void {
  let before: Record<string, string[]>;
  beforeEach(async () => {
    await make(nextDoor);
    before = await everythingOf(models, nextDoor);
    assert.ok(Object.values(before).some((documents) => documents.length > 0), 'there is nobody next door');
  });
  afterEach(async () => assert.deepEqual(await everythingOf(models, nextDoor), before, 'the library next door is as it was'));
}
