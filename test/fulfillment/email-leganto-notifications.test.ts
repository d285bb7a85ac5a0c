/**
 * The examples of the specification in their order, each run by the engine in an institution of its own, mails delivered; and a
 * neighbour with the same data, to whom nothing happens.
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { RunView } from '../../api/operations/run-view.js';
import { activated, idOf, user } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { openHouse, type House } from '../support/house.js';
import { news, readingListLibrary } from '../support/reading-lists.js';
import { mongo, temporal } from '../support/servers.js';
import { everythingOf } from '../support/store.js';

const JOB = 'email-leganto-notifications';
const SUMMARY = 'LegantoDetailedNotificationsEmailLetter';
const SUCCESS = 'COMPLETED_SUCCESSFULLY';
const morning = '2025-09-02 06:00';

let house: House;
let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  mongo();
  temporal();
  house = await openHouse('leganto-examples');
  await readingListLibrary(house.models, 'next-door');
  await news(house.models, 'next-door', 'A');
  await activated(house.models, 'next-door', JOB);
  nextDoor = await everythingOf(house.models, 'next-door');
});
afterAll(() => house?.close());

async function run(institutionId: string, local = morning, parameters: Record<string, unknown> = { detail: 'SUMMARY' }) {
  const job = await activated(house.models, institutionId, JOB);
  await house.models.ScheduledJob.updateOne({ institutionId, _id: job._id }, { $set: { parameters } });
  return house.run({ institutionId, scheduledJobId: job._id, asOf: new Date(at(local)) });
}
/** The counters that are not 0. */
const counted = ({ counters }: RunView) => Object.fromEntries(Object.entries(counters).filter(([, value]) => value !== 0));
const mailed = (of: number, users = 1) =>
  ({ recordsSelected: of, recordsProcessed: of, recordsChanged: of, lettersCreated: users, usersNotified: users, notificationsMailed: of });
/** Names of the news that are marked as mailed, of those that are claimed, and the mails with the names they tell of. */
async function standing(institutionId: string) {
  const own = { institutionId };
  const [all, letters] = await Promise.all([house.models.ReadingListNotification.find(own).lean(), house.models.Letter.find(own).sort({ _id: 1 }).lean()]);
  const nameOf = (id: string) => all.find(({ _id }) => _id === id)?.text.replace('Title ', '');
  return {
    emailed: all.filter(({ emailedAt }) => emailedAt !== null).map(({ _id }) => nameOf(_id)).sort(),
    letters: letters.map(({ letterCode, state, suppressedReason, causes }) => `${letterCode} ${suppressedReason ?? state}: ${causes.map(({ recordId }) => nameOf(recordId)).sort().join(' ')}`),
  };
}
/** U1: of HIST 101 two items done and a remark, of HIST 205 an item declined. */
async function fourNews(institutionId: string): Promise<void> {
  await news(house.models, institutionId, 'A');
  await news(house.models, institutionId, 'B');
  await news(house.models, institutionId, 'C', { eventType: 'DISCUSSION' });
  await news(house.models, institutionId, 'D', { eventType: 'ITEM_DECLINED', readingListId: idOf(institutionId, 'HIST 205'), readingListName: 'HIST 205', courseCode: 'HIST205', courseName: 'The Cold War' });
}

// Each in an institution of its own, so that they may run side by side.
describe.concurrent('the examples of the specification', () => {
  test('1. U1 with four unread news of two lists gets one mail, which counts them by list and kind', async () => {
    await readingListLibrary(house.models, 'ex1');
    await fourNews('ex1');
    const done = await run('ex1');
    assert.deepEqual([done.status, counted(done)], [SUCCESS, mailed(4)]);
    assert.deepEqual(await standing('ex1'), { emailed: ['A', 'B', 'C', 'D'], letters: [`${SUMMARY} SENT: A B C D`] });
    const [mail] = await house.mailsOf('ex1', done.id);
    assert.deepEqual([mail?.to, mail?.subject], ['Patron U1 <u1@example.org>', '4 pieces of news about your reading lists']);
    const [, lists = ''] = /not seen yet\.\n\n([^]*)\n\nYour reading lists: /.exec(mail?.text ?? '') ?? [];
    assert.equal(lists.replaceAll(idOf('ex1', 'HIST 101'), '101').replaceAll(idOf('ex1', 'HIST 205'), '205'), `HIST 101 · HIST101 Modern History
https://lists.example.edu/lists/101

  - the library has completed 2 items
  - one remark about an item

HIST 205 · HIST205 The Cold War
https://lists.example.edu/lists/205

  - the library has declined one item`);
  });

  test('2. The next day, without news, there is no mail', async () => {
    await readingListLibrary(house.models, 'ex2');
    await fourNews('ex2');
    await run('ex2');
    const next = await run('ex2', '2025-09-03 06:00');
    assert.deepEqual([next.status, next.noWork, counted(next), next.letters], [SUCCESS, true, {}, {}]);
    assert.equal((await standing('ex2')).letters.length, 1);
  });

  test('3. One of the four is read at 05:59: the mail counts three', async () => {
    await readingListLibrary(house.models, 'ex3');
    await fourNews('ex3');
    await house.models.ReadingListNotification.updateOne({ _id: idOf('ex3', 'B') }, { $set: { readAt: new Date(at('2025-09-02 05:59')) } });
    const done = await run('ex3');
    assert.deepEqual(counted(done), mailed(3));
    assert.deepEqual(await standing('ex3'), { emailed: ['A', 'C', 'D'], letters: [`${SUMMARY} SENT: A C D`] });
  });

  test('4. U1 added an item himself: it is settled, and not mailed', async () => {
    await readingListLibrary(house.models, 'ex4');
    await news(house.models, 'ex4', 'A', { eventType: 'ITEM_ADD', actorUserId: idOf('ex4', 'U1') });
    const done = await run('ex4');
    assert.deepEqual([done.status, counted(done)], [SUCCESS, { recordsSelected: 1, recordsProcessed: 1, recordsChanged: 1, ownActionsSkipped: 1 }]);
    assert.deepEqual(await standing('ex4'), { emailed: ['A'], letters: [] });
  });

  test('5. Unread since 00:00 of August 3 it is mailed; made on August 2 it is not', async () => {
    await readingListLibrary(house.models, 'ex5');
    await news(house.models, 'ex5', 'A', { createdAt: new Date(at('2025-08-03 00:00')) });
    await news(house.models, 'ex5', 'B', { createdAt: new Date(at('2025-08-02 23:59')) });
    assert.deepEqual(counted(await run('ex5')), mailed(1));
    assert.deepEqual(await standing('ex5'), { emailed: ['A'], letters: [`${SUMMARY} SENT: A`] });
  });

  test('6. Who wants no mail gets none, is counted, and the news stays as it is', async () => {
    await readingListLibrary(house.models, 'ex6');
    await house.models.User.updateOne({ institutionId: 'ex6', primaryId: 'U1' }, { $set: { readingListEmail: 'NEVER' } });
    await news(house.models, 'ex6', 'A');
    await news(house.models, 'ex6', 'B');
    const before = await house.models.ReadingListNotification.find({ institutionId: 'ex6' }).sort({ _id: 1 }).lean();
    const done = await run('ex6');
    assert.deepEqual([done.status, counted(done)], [SUCCESS, { recordsSelected: 2, recordsProcessed: 2, recordsUnchanged: 2, usersOptedOut: 1 }]);
    assert.deepEqual(await house.models.ReadingListNotification.find({ institutionId: 'ex6' }).sort({ _id: 1 }).lean(), before);
  });

  test('7. After a crash behind the mail the repeat finds it by its key, marks the news, and sends nothing', async () => {
    await readingListLibrary(house.models, 'ex7');
    await fourNews('ex7');
    await run('ex7');
    await house.models.ReadingListNotification.updateMany({ institutionId: 'ex7' }, { $set: { emailedAt: null } });
    const repeat = await run('ex7', '2025-09-02 07:00');
    assert.deepEqual([repeat.status, counted(repeat)], [SUCCESS, {}]);
    assert.deepEqual(await standing('ex7'), { emailed: ['A', 'B', 'C', 'D'], letters: [`${SUMMARY} SENT: A B C D`] });
  });
});

describe.concurrent('who gets the mail, and what it says', () => {
  test('two users get a mail each; one without an address is told as a warning and not tried again, one deleted as an error', async () => {
    await readingListLibrary(house.models, 'who');
    await user(house.models, 'who', 'U3', { status: 'DELETED' });
    for (const [name, primaryId] of [['A', 'U1'], ['B', 'U2'], ['C', 'U3']] as const) await news(house.models, 'who', name, { userId: idOf('who', primaryId) });
    const done = await run('who');
    assert.deepEqual([done.status, done.problems.byCode], ['COMPLETED_WITH_ERRORS', { NO_ADDRESS: 1, USER_MISSING: 1 }]);
    assert.deepEqual(counted(done), { ...mailed(2, 2), recordsSelected: 3, recordsProcessed: 3, recordsInError: 1, lettersSuppressed: 1 });
    assert.deepEqual((await standing('who')).letters.sort(), [`${SUMMARY} NO_ADDRESS: B`, `${SUMMARY} SENT: A`]);
    assert.deepEqual(counted(await run('who', '2025-09-03 06:00')), { recordsSelected: 1, recordsProcessed: 1, recordsInError: 1 });
  });

  test('with a link only the mail counts; in full it names each, with its link', async () => {
    for (const detail of ['LINK', 'FULL']) await readingListLibrary(house.models, `with-${detail.toLowerCase()}`);
    for (const institutionId of ['with-link', 'with-full']) await news(house.models, institutionId, 'A');
    const [link, full] = [await run('with-link', morning, {}), await run('with-full', morning, { detail: 'FULL' })];
    const [linkMail] = await house.mailsOf('with-link', link.id);
    const [fullMail] = await house.mailsOf('with-full', full.id);
    assert.deepEqual([linkMail?.letterCode, fullMail?.letterCode], ['LegantoNotificationsLetter', 'LegantoFullDetailedNotificationsEmailLetter']);
    assert.match(linkMail?.text ?? '', /Your reading lists: https:\/\/lists\.example\.edu\n/);
    assert.doesNotMatch(linkMail?.text ?? '', /HIST 101/);
    assert.match(fullMail?.text ?? '', /the library has completed one item\n {4}Title A\n {4}https:\/\/lists\.example\.edu\/A\n/);
  });

  test('without an address of the reading lists the run fails by name, and nothing is claimed', async () => {
    await readingListLibrary(house.models, 'no-url');
    await house.models.Institution.updateOne({ institutionId: 'no-url' }, { $set: { settings: {} } });
    await news(house.models, 'no-url', 'A');
    const failed = await run('no-url');
    assert.deepEqual([failed.status, failed.failure?.code], ['FAILED', 'READING_LISTS_URL_MISSING']);
    assert.equal(await house.models.ReadingListNotification.countDocuments({ institutionId: 'no-url', letterKey: '' }), 1);
  });
});

test('the library next door is as it was', async () => {
  assert.deepEqual(await everythingOf(house.models, 'next-door'), nextDoor);
});
