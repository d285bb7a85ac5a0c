/**
 * fulfillment-historical-archiving: what *explain a record* says of each loan, fee and request of a mixed library, what a preview proposes and
 * what the run then does are the same; explaining and previewing change nothing (design.md 7; platform.md 8).
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createExplainers } from '../../activities/explain.js';
import { jobOf } from '../../catalogue/jobs.js';
import { archiveWork } from '../../chaos/archive.js';
import { asOf } from '../../chaos/library.js';
import type { RunRef } from '../../domain/run.js';
import { clear, emptyDatabase } from '../support/database.js';
import { everythingOf } from '../support/store.js';
import { threeWays } from '../support/three-ways.js';

const JOB = 'fulfillment-historical-archiving';
const { models, close } = await emptyDatabase();
afterAll(close);
const own = { institutionId: 'demo' };
const explain = createExplainers(models)[JOB]!;
const asked = (parameters: Record<string, boolean>) => ({ ...own, asOf: asOf.toISOString(), timeZone: 'America/New_York', currency: 'USD', parameters });

async function explained(parameters: Record<string, boolean>) {
  const records = await Promise.all([
    models.Loan.find(own).lean().then((all) => all.map(({ _id }) => `loan:${_id}`)), models.Fee.find(own).lean().then((all) => all.map(({ _id }) => `fee:${_id}`)),
    models.Request.find(own).lean().then((all) => all.map(({ _id }) => `request:${_id}`)), models.BorrowingRequest.find(own).lean().then((all) => all.map(({ externalId }) => `borrowingRequest:${externalId}`)),
  ]);
  return Promise.all(records.flat().map(async (each) => {
    const explanation = await explain({ ...asked(parameters), record: each });
    assert.ok(explanation, each);
    return explanation;
  }));
}
const countersOf = async ({ runId }: RunRef) => (await models.Run.findOne({ ...own, _id: runId }).orFail().lean()).counters;
const versions = async () => new Map((await Promise.all([models.Loan, models.Request, models.BorrowingRequest, models.Fee].map((model) => model.collection.find(own).toArray()))).flat().map((each) => [String(each._id), each]));

const everything = { loans: true, loanNotes: true, fees: true, feeComments: true, requests: true, borrowingRequests: true };
describe.each([
  ['with everything asked', everything, ['fee', 'loan', 'request', 'borrowingRequest']],
  ['with notes and comments alone', { loanNotes: true, feeComments: true }, ['fee', 'loan']],
] as const)('%s', (_, parameters, types) => {
  let said: Awaited<ReturnType<typeof explained>>;
  let before: Awaited<ReturnType<typeof versions>>;
  let preview: RunRef;
  let run: RunRef;
  let nextDoor: Record<string, string[]>;
  let proposals: { recordId: string; recordType: string; action: string }[];
  const acting = () => said.filter(({ decision }) => decision === 'ACT').map(({ recordId }) => recordId).sort();

  beforeAll(async () => {
    await clear(models);
    await archiveWork(models, 'demo', { seed: 2, loans: 48 });
    await archiveWork(models, 'next-door', { seed: 2, loans: 9 });
    nextDoor = await everythingOf(models, 'next-door');
    await models.ScheduledJob.updateOne({ ...own, jobKey: JOB }, { $set: { parameters } });
    before = await versions();
    ({ said, preview, run, proposals } = await threeWays(models, JOB, asOf, () => explained(parameters)));
  });

  test('some records of each pass are acted on, and some are left', () => {
    const ofType = (decision: string) => [...new Set(said.filter((one) => one.decision === decision).map(({ recordType }) => recordType))].sort();
    assert.deepEqual([ofType('ACT'), ofType('LEAVE')], [[...types].sort(), ['borrowingRequest', 'fee', 'loan', 'request']]);
  });
  test('the run acts on the records that are explained so, and on no other', async () => {
    const after = await versions();
    // A closed fee leaves a loan that is anonymised, though it may itself be kept.
    const apart = new Set(said.filter(({ recordType }) => recordType === 'fee').map(({ recordId }) => recordId));
    const changed = [...before].filter(([id, each]) => !apart.has(id) && each.version !== after.get(id)?.version).map(([id]) => id);
    assert.deepEqual(changed.sort(), acting().filter((id) => !apart.has(id)));
    const anonymous = [...after].filter(([id, each]) => apart.has(id) && (each.anonymizedAt !== null || (each.comment === null && before.get(id)?.comment !== null))).map(([id]) => id);
    assert.deepEqual(anonymous.filter((id) => !acting().includes(id)), []);
  });
  test('the preview proposes the same', () => {
    assert.deepEqual(proposals.map(({ recordId }) => recordId).sort(), acting());
  });
  test('the preview counts what the run counts, and nothing that the job does not declare', async () => {
    assert.deepEqual(await countersOf(preview), await countersOf(run));
    const declared = jobOf(JOB).counters.map(({ key }) => key as string);
    const counted = Object.entries(await countersOf(run)).flatMap(([name, value]) => (value > 0 ? [name] : []));
    if (types.length === 4) assert.deepEqual(declared.filter((name) => !counted.includes(name)), []);
    assert.deepEqual(counted.filter((name) => !declared.includes(name)).sort(), ['recordsChanged', 'recordsProcessed', 'recordsSelected', 'recordsUnchanged']);
  });
  test('once done, nothing is left to do, and every explanation says so', async () => {
    assert.deepEqual((await explained(parameters)).filter(({ decision }) => decision === 'ACT'), []);
  });
  test('the library next door is as it was', async () => {
    assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor);
  });
});

test('a loan is found by its barcode, a block is no ended record, and what is not there is none', async () => {
  assert.equal((await explain({ ...asked(everything), record: 'loan:L00001' }))?.recordType, 'loan');
  assert.equal(await explain({ ...asked(everything), record: 'fee:nothing' }), null);
  await assert.rejects(explain({ ...asked(everything), record: 'block:U1' }), RangeError);
  await assert.rejects(explain({ ...asked(everything), record: 'fee:' }), RangeError);
});
