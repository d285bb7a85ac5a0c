/** An effect with a key is there once, and what did not reach the store is never taken for done. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeEach, test } from 'vitest';
import { connectToMongo } from '../../models/connect.js';
import { newId } from '../../models/document.js';
import { insertOnce } from '../../models/insert-once.js';
import type { LoanEvent } from '../../models/loan.js';
import { createModels } from '../../models/models.js';
import { clear, emptyDatabase } from '../support/database.js';
import { mongo } from '../support/servers.js';

const { models, close } = await emptyDatabase();
afterAll(close);
beforeEach(() => clear(models));

const at = new Date('2025-04-02T05:00:00.000Z');
const lost = (loanId: string): LoanEvent => ({
  _id: newId(), institutionId: 'demo', eventKey: `${loanId}:LOST:1`, loanId, dueCycle: 1, type: 'LOST', at, by: 'JOB:loans-overdue-and-lost',
  oldDueDate: null, newDueDate: null, runId: 'r1', createdAt: at, updatedAt: at,
});
const kept = async () => (await models.LoanEvent.find({ institutionId: 'demo' }).lean()).map(({ loanId }) => loanId).sort();

test('what is there already is named by its position and stays as it is', async () => {
  assert.deepEqual(await insertOnce(models.LoanEvent, [lost('L1'), lost('L3')]), []);
  assert.deepEqual(await insertOnce(models.LoanEvent, [lost('L1'), lost('L2'), lost('L3')]), [0, 2]);
  assert.deepEqual(await kept(), ['L1', 'L2', 'L3']);
});

test('nothing to insert is no request', async () => {
  assert.deepEqual(await insertOnce(models.LoanEvent, []), []);
});

test('a connection that breaks on the way is an error, not a success', async () => {
  const line = await breakingLine('loanEvents');
  const db = await connectToMongo(`mongodb://127.0.0.1:${line.port}/insert_once`, 'insert-once');
  try {
    await assert.rejects(insertOnce(createModels(db).LoanEvent, [lost('L1')]), /connection/);
    assert.deepEqual(await kept(), []);
  } finally {
    await db.close();
    line.close();
  }
});

/** A line to the store that breaks at the first insert into a collection, before it arrives. */
async function breakingLine(collection: string): Promise<{ port: number; close: () => void }> {
  const { hostname, port } = new URL(mongo());
  const ends = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const end of [near, far]) {
      ends.add(end);
      end.on('error', () => undefined);
    }
    near.on('data', (bytes: Buffer) => {
      if (!bytes.includes(`insert\0`) || !bytes.includes(collection)) far.write(bytes);
      else for (const end of [near, far]) end.destroy();
    });
    far.pipe(near);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const end of ends) end.destroy();
    },
  };
}
