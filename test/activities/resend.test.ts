/** Retry failed, for letters (platform.md 8 and 13): the failed letter goes out once more, to today's address. */
import assert from 'node:assert/strict';
import { afterAll, beforeEach, test } from 'vitest';
import { insertLetters, planLetters } from '../../activities/letters.js';
import { closeRun } from '../../activities/runs/close.js';
import { MockActivityEnvironment } from '@temporalio/testing';
import { resendLetters } from '../../activities/runs/resend.js';
import type { Run } from '../../domain/run.js';
import { newId } from '../../models/document.js';
import type { StoredLetter } from '../../models/letter.js';
import { clear, emptyDatabase } from '../support/database.js';
import { email, institution, notice, user } from '../support/mail-house.js';
import { watchedNeighbour } from '../support/neighbour.js';

const { models, close } = await emptyDatabase();
afterAll(close);
const clock = new Date('2025-03-04T06:00:00.000Z');
const now = () => clock;
let woken: string[] = [];
const wakeMail = (institutionId: string) => Promise.resolve(void woken.push(institutionId));
const resend = (run: Run) => new MockActivityEnvironment().run(() => resendLetters({ models, now, wakeMail }, run));

beforeEach(async () => {
  await clear(models);
  woken = [];
  for (const institutionId of ['demo', 'next']) {
    await institution(models, institutionId);
    await user(models, institutionId, 'U1');
    await user(models, institutionId, 'U2');
  }
});
watchedNeighbour(models, async (nextDoor) => {
  await institution(models, nextDoor);
  await user(models, nextDoor, 'U1');
  await letterOf(nextDoor, 'U1');
});

/** A letter of an earlier run that ended so. */
async function letterOf(institutionId: string, primaryId: string, state: StoredLetter['state'] = 'FAILED'): Promise<string> {
  const { planned } = await planLetters({ models, institutionId, now }, [notice(institutionId, primaryId)]);
  await insertLetters(models, planned);
  const [{ _id } = { _id: '' }] = planned;
  await models.Letter.updateOne({ institutionId, _id }, { $set: { state, nextAttemptAt: null } });
  return _id;
}

/** A retry over these records, whose parent told each of them as an error. */
async function retryOf(...ids: string[]): Promise<Run> {
  const [runId, parentRunId] = [newId(), newId()];
  const common = {
    institutionId: 'demo', scheduledJobId: null, jobKey: 'loans-overdue-and-lost', category: 'FULFILLMENT', name: 'Loans', asOf: clock,
    businessDate: '2025-03-04', submittedBy: { type: 'USER', id: 'u', name: 'A. Tester' }, submittedAt: clock, statusAt: clock,
  } as const;
  await models.Run.create({
    ...common, _id: parentRunId, processId: 1, trigger: 'MANUAL', status: 'COMPLETED_WITH_ERRORS', occurrenceKey: `R:${parentRunId}`,
    workflowId: `run-${parentRunId}`, resolution: { resolved: 0, open: ids.length },
  });
  await models.Run.create({
    ...common, _id: runId, processId: 2, trigger: 'RETRY_FAILED', status: 'RUNNING', occurrenceKey: `R:${runId}`,
    workflowId: `run-${runId}`, parentRunId, scope: { recordType: 'letter', ids },
  });
  await models.RunEvent.insertMany(ids.map((recordId, seq) => ({
    institutionId: 'demo', runId: parentRunId, seq, at: clock, severity: 'ERROR', code: 'LETTER_FAILED', message: 'not sent', recordType: 'letter',
    recordId, recordLabel: null, retryable: true, eventKey: `LETTER_FAILED|letter|${recordId}`, deleteAfter: null,
  })));
  return {
    institutionId: 'demo', runId, scheduledJobId: null, jobKey: 'loans-overdue-and-lost', asOf: clock.toISOString(), businessDate: '2025-03-04',
    timeZone: 'America/New_York', currency: 'USD', pageUrl: '', parameters: {}, preview: false, scoped: true, endsBy: '2025-03-05T00:00:00.000Z',
    batchNo: 0, done: 0, cursor: null, stepsDone: [],
  };
}
const copiesOf = (letterId: string) => models.Letter.find({ institutionId: 'demo', resendOfId: letterId }).sort({ _id: 1 }).lean();
const countersOf = async ({ runId }: Run) => (await models.RunBatch.findOne({ institutionId: 'demo', runId }).lean())?.counters;
const parentResolution = async (run: Run) => {
  const stored = await models.Run.findOne({ institutionId: 'demo', _id: run.runId }).lean();
  return (await models.Run.findOne({ institutionId: 'demo', _id: stored?.parentRunId ?? '' }).lean())?.resolution;
};

test('a letter that failed is queued once more, to the address that the patron has today', async () => {
  const failed = await letterOf('demo', 'U1');
  await models.User.updateOne({ institutionId: 'demo', primaryId: 'U1' }, { $set: { emails: [email('new@x.example')] } });
  const run = await retryOf(failed);
  assert.deepEqual(await resend(run), { next: null, batchNo: 1, done: 1 });
  const copies = await copiesOf(failed);
  assert.deepEqual(
    copies.map(({ state, dedupeKey, runId, recipient, causes }) => ({ state, dedupeKey, runId, address: recipient.address, causes: causes.length })),
    [{ state: 'QUEUED', dedupeKey: `resend:${failed}:1:EMAIL`, runId: run.runId, address: 'new@x.example', causes: 2 }],
  );
  assert.deepEqual(woken, ['demo']);
  assert.deepEqual(await countersOf(run), {
    recordsSelected: 1, recordsProcessed: 1, recordsChanged: 1, recordsUnchanged: 0, recordsInError: 0, lettersCreated: 1, lettersSuppressed: 0,
  });
  assert.equal((await models.Letter.findOne({ institutionId: 'demo', _id: failed }).lean())?.state, 'FAILED');
});

test('done twice, there is one copy and it is counted once', async () => {
  const failed = await letterOf('demo', 'U1');
  const run = await retryOf(failed);
  await resend(run);
  const before = await countersOf(run);
  await models.Letter.updateOne({ institutionId: 'demo', resendOfId: failed }, { $set: { state: 'SENT' } });
  await resend(run);
  assert.equal((await copiesOf(failed)).length, 1);
  assert.deepEqual(await countersOf(run), before);
});

test('a copy that failed as well is followed by a second one', async () => {
  const failed = await letterOf('demo', 'U1');
  await resend(await retryOf(failed));
  await models.Letter.updateOne({ institutionId: 'demo', resendOfId: failed }, { $set: { state: 'FAILED' } });
  await clearRuns();
  await resend(await retryOf(failed));
  assert.deepEqual((await copiesOf(failed)).map(({ dedupeKey }) => dedupeKey), [`resend:${failed}:1:EMAIL`, `resend:${failed}:2:EMAIL`]);
});

test('a letter that was sent again meanwhile is left alone, and counts as resolved', async () => {
  const failed = await letterOf('demo', 'U1');
  await resend(await retryOf(failed));
  await models.Letter.updateOne({ institutionId: 'demo', resendOfId: failed }, { $set: { state: 'SENT' } });
  await clearRuns();
  const run = await retryOf(failed);
  await resend(run);
  assert.equal((await copiesOf(failed)).length, 1);
  await closeRun(models, now, run, { how: 'ENDED', failure: null });
  assert.deepEqual(await parentResolution(run), { resolved: 1, open: 0 });
});

test('the parent run shows which letters are resolved: the copy that failed too keeps its error open', async () => {
  const [one, two] = [await letterOf('demo', 'U1'), await letterOf('demo', 'U2')];
  const run = await retryOf(one, two);
  await resend(run);
  await models.Letter.updateOne({ institutionId: 'demo', resendOfId: one }, { $set: { state: 'SENT' } });
  await models.Letter.updateOne({ institutionId: 'demo', resendOfId: two }, { $set: { state: 'FAILED' } });
  await closeRun(models, now, run, { how: 'ENDED', failure: null });
  assert.deepEqual(await parentResolution(run), { resolved: 1, open: 1 });
});

test('without content a letter cannot be sent again, and its error stays open', async () => {
  const failed = await letterOf('demo', 'U1');
  await models.Letter.updateOne({ institutionId: 'demo', _id: failed }, { $set: { purgedAt: clock, data: {} } });
  const run = await retryOf(failed);
  await resend(run);
  assert.equal((await copiesOf(failed)).length, 0);
  const [event] = await models.RunEvent.find({ institutionId: 'demo', runId: run.runId }).lean();
  assert.deepEqual([event?.severity, event?.code, event?.params.reason, event?.retryable], ['ERROR', 'LETTER_FAILED', 'CONTENT_REMOVED', false]);
  await closeRun(models, now, run, { how: 'ENDED', failure: null });
  assert.deepEqual(await parentResolution(run), { resolved: 0, open: 1 });
});

test('a patron without an address any more is told as one; nothing leaves', async () => {
  const failed = await letterOf('demo', 'U1');
  await models.User.updateOne({ institutionId: 'demo', primaryId: 'U1' }, { $set: { emails: [] } });
  const run = await retryOf(failed);
  await resend(run);
  assert.deepEqual((await copiesOf(failed)).map(({ state, suppressedReason }) => [state, suppressedReason]), [['SUPPRESSED', 'NO_ADDRESS']]);
  assert.equal((await countersOf(run))?.lettersSuppressed, 1);
});

test('what is no failed letter of the institution is passed over', async () => {
  const [sent, loan, neighbours] = [await letterOf('demo', 'U1', 'SENT'), newId(), await letterOf('next', 'U1')];
  const run = await retryOf(sent, loan, neighbours);
  await resend(run);
  assert.equal(await models.Letter.countDocuments({ resendOfId: { $ne: null } }), 0);
  assert.deepEqual(woken, []);
  assert.equal((await countersOf(run))?.recordsSelected, 0);
});

async function clearRuns(): Promise<void> {
  await Promise.all([models.Run, models.RunEvent].map(({ collection }) => collection.deleteMany({})));
}
