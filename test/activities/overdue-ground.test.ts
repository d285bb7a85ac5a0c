/** What a page of loans-overdue-and-lost is judged by: what staff deleted is not there (spec/README.md, Documents). */
import assert from 'node:assert/strict';
import { afterAll, beforeEach, test } from 'vitest';
import { readGround } from '../../activities/fulfillment/overdue/ground.js';
import { loansOverdueAndLost } from '../../catalogue/fulfillment/loans-overdue-and-lost.js';
import { demoLibrary, idOf } from '../support/demo-library.js';
import { clear, emptyDatabase } from '../support/database.js';

const { models, close } = await emptyDatabase();
afterAll(close);
beforeEach(async () => {
  await clear(models);
  await demoLibrary(models, 'demo');
});

const deletedAt = new Date('2025-03-01T12:00:00.000Z');
async function termsOfUse(): Promise<string[]> {
  const judging = { institutionId: 'demo', runId: '-', asOf: '2025-04-02T05:00:00.000Z', timeZone: 'America/New_York', currency: 'USD' };
  const { context } = await readGround(models, judging, loansOverdueAndLost.parameters.parse({}));
  return ['BOOK', 'RESERVE'].filter((code) => context.termsOfUse.has(idOf('demo', code)));
}

test('terms of use that were deleted are missing', async () => {
  assert.deepEqual(await termsOfUse(), ['BOOK', 'RESERVE']);
  await models.TermsOfUse.updateOne({ institutionId: 'demo', code: 'RESERVE' }, { $set: { deletedAt } });
  assert.deepEqual(await termsOfUse(), ['BOOK']);
});

test('terms of use that name a deleted policy are missing: nobody is charged by a rate that staff took away', async () => {
  await models.Policy.updateOne({ institutionId: 'demo', code: 'BOOK-overdueFine' }, { $set: { deletedAt } });
  assert.deepEqual(await termsOfUse(), ['RESERVE']);
});
