/** Loads the test library of Evergreen, which nobody of this project made. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { loadEvergreen, type EvergreenReport } from '../../cli/load/evergreen/load-evergreen.js';
import { reportLines } from '../../cli/load/evergreen/print.js';
import type { Models } from '../../models/models.js';
import { emptyDatabase } from '../support/database.js';

const folder = resolve(process.env.ALMANAC_SHARED_DATA ?? '../shared/data', 'evergreen-concerto');

describe.skipIf(!existsSync(folder))(`the concerto library in ${folder} (ALMANAC_SHARED_DATA)`, () => {
  let models: Models;
  let close: () => Promise<void>;
  let report: EvergreenReport;

  beforeAll(async () => {
    ({ models, close } = await emptyDatabase());
    report = await load();
    console.log(reportLines(report).join('\n'));
  });
  afterAll(() => close());

  const load = () =>
    loadEvergreen(
      { models, now: () => new Date('2026-02-10T12:00:00Z'), onProgress: () => undefined },
      { folder, institution: 'concerto', timeZone: 'America/New_York', currency: null, name: null, missingEmail: '{barcode}@patrons.example' },
    );

  test('every row read is mapped, merged or left out for a reason', () => {
    for (const { table, rows, mapped, merged, leftOut } of report.tables) {
      const left = Object.values(leftOut).reduce((sum, noted) => sum + noted.rows, 0);
      assert.equal(mapped + merged + left, rows, table);
    }
  });

  test('loading twice changes nothing', async () => {
    const again = await load();
    console.log(reportLines(again).slice(-20).join('\n'));
    assert.deepEqual(again.written.map(({ inserted, updated }) => inserted + updated), again.written.map(() => 0));
  });
});
