/**
 * email-leganto-notifications: what *explain a record* says of each piece of news, what a preview proposes and what the run then does are
 * the same; explaining and previewing change nothing (design.md 7; platform.md 8).
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createExplainers } from '../../activities/explain.js';
import { jobOf } from '../../catalogue/jobs.js';
import { readingListEvents } from '../../domain/fulfillment/email-leganto-notifications.js';
import type { RunRef } from '../../domain/run.js';
import type { Models } from '../../models/models.js';
import { activated, idOf, user } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { clear, emptyDatabase } from '../support/database.js';
import { news, readingListLibrary } from '../support/reading-lists.js';
import { everythingOf } from '../support/store.js';
import { threeWays } from '../support/three-ways.js';

const JOB = 'email-leganto-notifications';
const { models, close } = await emptyDatabase();
afterAll(close);
const own = { institutionId: 'demo' };
const asOf = new Date(at('2025-09-02 06:00'));
const explain = createExplainers(models)[JOB]!;

const made = ['2025-08-02 23:59', '2025-08-03 00:00', '2025-09-01 12:00', '2025-09-02 06:00', '2025-09-02 06:01'];
/** U2 has no address, U3 is deleted, U4 inactive, U5 wants no mail; nobody is U6. */
const owners = ['U1', 'U2', 'U3', 'U4', 'U5', 'U6'];

/** Three news of each user at each time, of all kinds; some read, some mailed, some the user's own doing. */
async function library(store: Models, institutionId: string): Promise<void> {
  await readingListLibrary(store, institutionId);
  await store.Institution.updateOne({ institutionId }, { mailPaused: true });
  await user(store, institutionId, 'U3', { status: 'DELETED' });
  await user(store, institutionId, 'U4', { status: 'INACTIVE' });
  await user(store, institutionId, 'U5', { readingListEmail: 'NEVER' });
  const combinations = [0, 1, 2].flatMap(() => owners.flatMap((owner) => made.map((local) => ({ owner, local }))));
  for (const [index, { owner, local }] of combinations.entries()) {
    const userId = idOf(institutionId, owner);
    await news(store, institutionId, `N${String(index).padStart(2, '0')}`, {
      userId, createdAt: new Date(at(local)), eventType: readingListEvents[index % readingListEvents.length]!, actorUserId: index % 4 === 0 ? userId : null,
      readAt: index % 11 === 5 ? new Date(at('2025-09-02 05:59')) : null, emailedAt: index % 13 === 6 ? new Date(at('2025-09-01 06:00')) : null,
    });
  }
  await activated(store, institutionId, JOB);
}

const explained = async (parameters: Record<string, unknown>) =>
  Promise.all((await models.ReadingListNotification.find(own).sort({ text: 1 }).lean()).map(async ({ _id }) => {
    const explanation = await explain({ ...own, asOf: asOf.toISOString(), timeZone: 'America/New_York', currency: 'USD', parameters, record: `notification:${_id}` });
    assert.ok(explanation);
    return explanation;
  }));
const countersOf = async ({ runId }: RunRef) => (await models.Run.findOne({ ...own, _id: runId }).orFail().lean()).counters;
const missingOf = async ({ runId }: RunRef) => (await models.RunEvent.find({ ...own, runId, code: 'USER_MISSING' }).lean()).map(({ recordId }) => recordId ?? '').sort();

describe.each([
  ['as it is set up first', {}],
  ['in full, of some kinds, two days back', { detail: 'FULL', eventTypes: readingListEvents.slice(0, 16), maxAgeDays: 2 }],
])('%s', (_, parameters) => {
  let said: Awaited<ReturnType<typeof explained>>;
  let preview: RunRef;
  let run: RunRef;
  let nextDoor: Record<string, string[]>;
  let proposals: { recordId: string; recordType: string }[];
  const acted = () => said.filter(({ decision }) => decision === 'ACT').map(({ recordId }) => recordId).sort();

  beforeAll(async () => {
    await clear(models);
    await library(models, 'demo');
    await library(models, 'next-door');
    nextDoor = await everythingOf(models, 'next-door');
    await models.ScheduledJob.updateOne({ ...own, jobKey: JOB }, { $set: { parameters } });

    ({ said, preview, run, proposals } = await threeWays(models, JOB, asOf, () => explained(parameters)));
  });

  test('all news have an explanation, and some are acted on', () => {
    assert.equal(said.length, 90);
    assert.ok(acted().length > 0 && acted().length < 90);
  });
  test('the run marks as mailed what is explained so, and a mail tells of each but the user\'s own doing', async () => {
    const changed = await models.ReadingListNotification.find({ ...own, version: { $gt: 1 } }).sort({ _id: 1 }).lean();
    assert.deepEqual(changed.map(({ _id }) => _id), acted());
    assert.ok(changed.every(({ emailedAt }) => emailedAt !== null));
    const told = (await models.Letter.find(own).lean()).flatMap(({ causes }) => causes.map(({ recordId }) => recordId)).sort();
    assert.deepEqual(told, said.filter(({ actions: [action] }) => action?.startsWith('It is told of')).map(({ recordId }) => recordId).sort());
  });
  test('the preview proposes the same, and shows the mails', () => {
    assert.deepEqual(proposals.filter(({ recordType }) => recordType === 'notification').map(({ recordId }) => recordId).sort(), acted());
    assert.ok(proposals.some(({ recordType }) => recordType === 'letter'));
  });
  test('all three tell of the same users who are not there any more', async () => {
    const missing = said.filter(({ problems }) => problems.includes('USER_MISSING')).map(({ recordId }) => recordId).sort();
    assert.ok(missing.length > 0);
    assert.deepEqual([await missingOf(preview), await missingOf(run)], [missing, missing]);
  });
  test('the preview counts what the run counts, and nothing that the job does not declare', async () => {
    assert.deepEqual(await countersOf(preview), await countersOf(run));
    const declared = jobOf(JOB).counters.map(({ key }) => key as string);
    const counted = Object.entries(await countersOf(run)).flatMap(([name, value]) => (value > 0 ? [name] : []));
    assert.deepEqual(declared.filter((name) => !counted.includes(name)), []);
    assert.deepEqual(counted.filter((name) => !declared.includes(name)).sort(), [
      'lettersCreated', 'lettersSuppressed', 'recordsChanged', 'recordsInError', 'recordsProcessed', 'recordsSelected', 'recordsUnchanged',
    ]);
  });
  test('once done, every explanation of what was acted on says so', async () => {
    const again = await explained(parameters);
    const ids = acted();
    assert.deepEqual(new Set(again.filter(({ recordId }) => ids.includes(recordId)).map(({ summary }) => summary)), new Set(['The user was told of it before.']));
  });
  test('the library next door is as it was', async () => {
    assert.deepEqual(await everythingOf(models, 'next-door'), nextDoor);
  });
});

test('a record of another type is refused, one that is not there is none', async () => {
  const request = { ...own, asOf: asOf.toISOString(), timeZone: 'America/New_York', currency: 'USD', parameters: {} };
  await assert.rejects(explain({ ...request, record: 'loan:A' }), /"loan:A" is no news of a reading list: expected notification:<id> or notification:<primary id of its user>/);
  assert.equal(await explain({ ...request, record: 'notification:nothing' }), null);
});

test('of a user the newest unread news is meant that no mail has told of', async () => {
  await clear(models);
  await readingListLibrary(models, 'demo');
  const of = (name: string, local: string, given = {}) => news(models, 'demo', name, { createdAt: new Date(at(local)), ...given });
  await of('old', '2025-08-30 12:00');
  const newest = await of('newest', '2025-08-31 12:00');
  await of('read', '2025-09-01 12:00', { readAt: new Date(at('2025-09-01 13:00')) });
  await of('mailed', '2025-09-01 12:00', { emailedAt: new Date(at('2025-09-01 13:00')), letterKey: 'run:rl:U1' });
  const request = { ...own, asOf: asOf.toISOString(), timeZone: 'America/New_York', currency: 'USD', parameters: {} };
  assert.equal((await explain({ ...request, record: 'notification:U1' }))?.recordId, newest);
  assert.equal(await explain({ ...request, record: 'notification:U2' }), null);
});
