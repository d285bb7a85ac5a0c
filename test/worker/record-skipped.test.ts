/** What nobody began is told once, under one process number (platform.md 3 and 6.5). */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { zoneOf } from '../../domain/days.js';
import { missedOccurrences } from '../../domain/occurrences.js';
import { recordSkippedOf } from '../../worker/schedules/record-skipped.js';
import { activated, demoLibrary } from '../support/demo-library.js';
import { emptyDatabase } from '../support/database.js';

const { models, close } = await emptyDatabase();
let institution: Awaited<ReturnType<typeof demoLibrary>>;
beforeAll(async () => {
  institution = await demoLibrary(models, 'demo');
});
afterAll(close);

test('where the clock jumps over 02:30, the 02:30 that falls on 03:30 is told once, however often the check looks', async () => {
  const job = await activated(models, 'demo', 'loans-overdue-and-lost');
  const at = (time: string) => Date.parse(`2027-03-14T${time}:00.000Z`);
  const missed = missedOccurrences({ kind: 'DAILY', times: ['02:30', '03:30'] }, zoneOf('America/New_York'), at('00:00'), at('07:40'), 20 * 60 * 60 * 1000, null);
  assert.deepEqual(missed.rows.map(({ occurrence, skipReason }) => [occurrence.occurrenceKey, skipReason]), [['L:2027-03-14T02:30', 'DST']]);

  const recordSkipped = recordSkippedOf(models, () => new Date(at('07:40')), institution);
  await recordSkipped(job, missed);
  await recordSkipped(job, missed);
  const runs = await models.Run.find({ institutionId: 'demo' }).lean();
  assert.deepEqual(runs.map(({ occurrenceKey, status, processId }) => [occurrenceKey, status, processId]), [['L:2027-03-14T02:30', 'SKIPPED', 1]]);
  assert.equal((await models.Counter.findOne({ institutionId: 'demo' }).lean())?.value, 1);
});
