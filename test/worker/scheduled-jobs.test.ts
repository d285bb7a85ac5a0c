/** The scheduled jobs of an institution in the store (platform.md 2.1, 2.5). */
import assert from 'node:assert/strict';
import { afterAll, test } from 'vitest';
import { makeScheduledJobs } from '../../worker/scheduled-jobs.js';
import { emptyDatabase } from '../support/database.js';
import { institution } from '../support/mail-house.js';

const { models, close } = await emptyDatabase();
afterAll(close);

test('a job that comes back with its feature does not make up for the time while it was away', async () => {
  await institution(models, 'demo', { features: ['RESOURCE_SHARING'] });
  const scheduled = { institutionId: 'demo', jobKey: 'rs-expired-requests' };
  const on = await models.Institution.findOne({ institutionId: 'demo' }).orFail().lean();
  await makeScheduledJobs(models, on, new Date('2026-01-10T12:00:00.000Z'));
  await makeScheduledJobs(models, { ...on, features: [] }, new Date('2026-02-10T12:00:00.000Z'));
  assert.notEqual((await models.ScheduledJob.findOne(scheduled).lean())?.deletedAt, null);

  const back = new Date('2026-05-12T12:00:00.000Z');
  await makeScheduledJobs(models, on, back);
  const job = await models.ScheduledJob.findOne(scheduled).lean();
  assert.equal(job?.deletedAt, null);
  assert.deepEqual(job.lastOccurrenceAt, back);
});

test('the Community Zone is synchronized as soon as the installation holds one, and not before', async () => {
  await institution(models, 'main', {});
  const main = await models.Institution.findOne({ institutionId: 'main' }).orFail().lean();
  const synchronizing = async () => {
    await makeScheduledJobs(models, main, new Date('2026-01-10T12:00:00.000Z'));
    const jobs = await models.ScheduledJob.find({ institutionId: 'main', jobKey: 'cz-synchronize-changes' }).sort({ slot: 1 }).lean();
    return jobs.map(({ name }) => name);
  };
  assert.deepEqual(await synchronizing(), []);
  await institution(models, 'community', { kind: 'COMMUNITY' });
  assert.deepEqual(await synchronizing(), ['Synchronize Changes from CZ (1)', 'Synchronize Changes from CZ (2)']);
});
