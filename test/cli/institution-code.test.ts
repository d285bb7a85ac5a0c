/** Which institution a command is about: the one that is named, or the only one there is. */
import assert from 'node:assert/strict';
import { afterAll, beforeEach, test } from 'vitest';
import { institutionCode } from '../../cli/operating.js';
import { demoLibrary } from '../support/demo-library.js';
import { clear, emptyDatabase } from '../support/database.js';

const { models, close } = await emptyDatabase();
afterAll(close);
beforeEach(() => clear(models));

test('where there is one, it need not be named', async () => {
  await demoLibrary(models, 'demo');
  assert.equal(await institutionCode(models, undefined), 'demo');
});

test('where there are two, one has to be named, and a name that is misspelt is refused with those there are', async () => {
  await demoLibrary(models, 'demo');
  await demoLibrary(models, 'riverside');
  assert.equal(await institutionCode(models, 'riverside'), 'riverside');
  await assert.rejects(institutionCode(models, undefined), /^Refusal: --institution is missing: expected one of demo, riverside\.$/);
  await assert.rejects(institutionCode(models, 'riversides'), /^Refusal: --institution "riversides" is unknown: expected one of demo, riverside\.$/);
});

test('where there is none, it is said', async () => {
  await assert.rejects(institutionCode(models, 'demo'), /--institution "demo" is unknown: expected one of \(there is none yet\)\.$/);
});
