import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { activated, demoLibrary, loan, profile } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { openHouse, type House } from '../support/house.js';
import { mongo, temporal } from '../support/servers.js';

const JOB = 'loans-overdue-and-lost';
let house: House;
beforeAll(async () => {
  mongo();
  temporal();
  house = await openHouse('overdue-examples');
}, 60_000);
afterAll(() => house?.close());

async function night(institutionId: string, asOf: string) {
  const job = await activated(house.models, institutionId, JOB);
  return house.run({ institutionId, scheduledJobId: job._id, asOf: new Date(asOf) });
}

test('1. Day boundary: a loan due at 23:59 local fires the minute after midnight of the next day, and only once', async () => {
  const institutionId = 'ex1';
  await demoLibrary(house.models, institutionId);
  await profile(house.models, institutionId, 'P1', 'OVERDUE_NOTIFICATION_1', 1);
  await loan(house.models, institutionId, 'A', { dueDate: new Date('2025-03-04T04:59:00.000Z') });

  const tooEarly = await night(institutionId, '2025-03-04T04:30:00.000Z');
  assert.equal(tooEarly.counters.recordsSelected, 0);
  assert.equal(tooEarly.noWork, true);

  const first = await night(institutionId, '2025-03-04T05:30:00.000Z');
  assert.equal(first.status, 'COMPLETED_SUCCESSFULLY');
  assert.equal(first.counters.notificationsType1, 1);
  assert.deepEqual(first.letters, { FulOverdueAndLostLoanNotificationLetter: { SENT: 1 } });

  const repeat = await night(institutionId, '2025-03-04T05:30:00.000Z');
  assert.equal(repeat.counters.notificationsType1, undefined);
  assert.equal(repeat.counters.lettersCreated, 0);
  assert.equal(at('2025-03-03 23:59'), Date.parse('2025-03-04T04:59:00.000Z'));
});
