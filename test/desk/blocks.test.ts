/** Blocks placed and lifted by hand: data-model.md 4, userBlock; README.md, Documents. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { liftBlock } from '../../desk/lift-block.js';
import { placeBlock, type AskedBlock } from '../../desk/place-block.js';
import type { UserBlockDefinition } from '../../models/fulfillment.js';
import { demoLibrary, idOf, user } from '../support/demo-library.js';
import { CLERK, deskOf, survivesEveryDeath } from '../support/desk.js';
import { at } from '../support/fixture-a.js';
import { emptyDatabase } from '../support/database.js';
import { onWrites } from '../support/store.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const desk = deskOf(models);
const id = (name: string) => idOf('demo', name);
let definition: UserBlockDefinition;
beforeAll(async () => {
  await demoLibrary(models, 'demo');
  definition = (await models.UserBlockDefinition.create({ institutionId: 'demo', code: 'CONDUCT', description: 'Please see the librarian', blockedActions: ['LOAN'] })).toObject();
});

const asked = (blockId: string, given: Partial<AskedBlock> = {}): AskedBlock => ({ blockId: id(blockId), userId: id('U1'), definition, note: null, expiresAt: null, ...given });
const place = (blockId: string, local: string, given?: Partial<AskedBlock>) => placeBlock(desk(local), asked(blockId, given));
const stored = (name: string) => models.UserBlock.findOne({ institutionId: 'demo', _id: id(name) }).orFail().lean();

test('a desk that dies placing a block, over one whose end has come, or lifting it, and does it once more, has done it once', { timeout: 60_000 }, async () => {
  const noon = { expiresAt: new Date(at('2025-03-05 12:00')) };
  await place('B1', '2025-03-05 09:00', noon);
  assert.deepEqual(await place('B2', '2025-03-05 11:59'), { outcome: 'REFUSED', reason: 'BLOCKED_ALREADY' });
  assert.equal(await survivesEveryDeath(models, 'demo', () => place('B2', '2025-03-05 12:00')), 3);
  const { status, removedBy, removedAt, activeKey } = await stored('B1');
  assert.deepEqual([status, removedBy, removedAt, activeKey], ['EXPIRED', 'STAFF', noon.expiresAt, `#${id('B1')}`]);
  assert.equal(await survivesEveryDeath(models, 'demo', () => liftBlock(desk('2025-03-06 09:00'), id('B2'))), 1);
  assert.deepEqual([(await stored('B2')).status, (await stored('B2')).removedBy], ['REMOVED', CLERK]);
  assert.equal((await place('B2', '2025-03-06 10:00')).outcome, 'PLACED', 'the same block once more, which stays lifted');
  assert.equal((await stored('B2')).status, 'REMOVED');
});

test('two desks that block a patron at one moment do it once', async () => {
  let first = true;
  const stop = onWrites(async ({ name, send }) => {
    if (name === 'userBlocks.insertMany' && first) {
      first = false;
      await place('other desk', '2025-03-07 09:00', { userId: id('U2') });
    }
    return send();
  });
  assert.deepEqual(await place('this desk', '2025-03-07 09:00', { userId: id('U2') }).finally(stop), { outcome: 'REFUSED', reason: 'BLOCKED_ALREADY' });
});

test('nobody who was deleted is blocked', async () => {
  const userId = await user(models, 'demo', 'gone', { status: 'DELETED' });
  assert.deepEqual(await place('B3', '2025-03-05 09:00', { userId }), { outcome: 'REFUSED', reason: 'USER_MISSING' });
  assert.deepEqual(await liftBlock(desk('2025-03-05 09:00'), id('B3')), { outcome: 'REFUSED', reason: 'NO_BLOCK' });
});
