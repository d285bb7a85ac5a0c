/**
 * The examples of the specification in their order: one library whose patrons stand for one example each, and a run on every morning that
 * they name; one of them by the engine, letters delivered; and a neighbour with the same data, to whom nothing happens.
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { RunView } from '../../api/operations/run-view.js';
import { activated, demoLibrary, fee, finesProfile, idOf, user } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { openHouse, type House } from '../support/house.js';
import { night, record } from '../support/run-by-hand.js';
import { mongo, temporal } from '../support/servers.js';
import { everythingOf } from '../support/store.js';

const JOB = 'fines-fees-notifications';
const LETTER = 'FulFinesFeesNotificationLetter';
const F1 = { minimumBalance: 1000, daysAfterCreation: 7, repeatEveryDays: 14, maxRepeats: 2, notificationFee: 100 };
const morning = (day: string) => new Date(at(`${day} 05:00`));

let house: House;
let nextDoor: Record<string, string[]>;
/** What the letters of each morning say, by patron. */
const said = new Map<string, string[]>();
let byEngine: RunView;

const patron = (institutionId: string, primaryId: string) =>
  user(house.models, institutionId, primaryId, { emails: [{ address: `${primaryId.toLowerCase()}@example.org`, types: [], preferred: true, bounced: false, segment: 'INTERNAL' }] });

/** P1 to P6 owe what the examples of their numbers say. */
async function library(institutionId: string): Promise<void> {
  const { models } = house;
  await demoLibrary(models, institutionId);
  await finesProfile(models, institutionId, 'F1', 2, F1);
  const owes = async (primaryId: string, name: string, balance: number, day: string, given = {}) =>
    fee(models, institutionId, `${primaryId} ${name}`, balance, day, { userId: idOf(institutionId, primaryId), ...given });
  for (const primaryId of ['P1', 'P2', 'P3', 'P4', 'P5', 'P6']) await patron(institutionId, primaryId);
  for (const primaryId of ['P1', 'P2']) {
    await owes(primaryId, 'a', 600, '2025-03-01');
    await owes(primaryId, 'b', 500, '2025-03-05');
  }
  await owes('P3', 'a', 1000, '2025-03-01');
  await owes('P4', 'a', 1200, '2025-03-01');
  await owes('P4', 'credit', -300, '2025-03-02', { type: 'CREDIT' });
  await owes('P5', 'a', 1200, '2025-03-01', { status: 'IN_DISPUTE' });
  await owes('P6', 'a', 1000, '2025-03-01', { createdAt: new Date('2025-03-02T03:30:00.000Z') });
  await activated(models, institutionId, JOB);
}

async function told(institutionId: string, runId: string): Promise<string[]> {
  const letters = await house.models.Letter.find({ institutionId, runId }).lean();
  const fees = await house.models.Fee.find({ institutionId, type: 'FINE_FEE_NOTIFICATION_FEE' }).lean();
  const nameOf = (id: string | null) => ['P1', 'P2', 'P3', 'P4', 'P5', 'P6'].find((primaryId) => idOf(institutionId, primaryId) === id);
  return letters.map(({ recipient, dedupeKey, data, causes }) => {
    const charged = fees.find((each) => `${each.dedupeKey.slice('ffn:'.length)}:EMAIL` === dedupeKey);
    return `${nameOf(recipient.id)}: ${causes.length} fees, ${String(data.total)} and ${charged?.balance ?? 0}, step ${dedupeKey.split(':').at(-2)}`;
  }).sort();
}

beforeAll(async () => {
  mongo();
  temporal();
  house = await openHouse('fines-examples');
  const { models } = house;
  await library('next-door');
  nextDoor = await everythingOf(models, 'next-door');
  await library('ex');
  await models.Institution.updateOne({ institutionId: 'ex' }, { $set: { mailPaused: true } });
  const mornings = ['2025-03-07', '2025-03-08', '2025-03-09', '2025-03-10', '2025-03-22', '2025-04-05', '2025-04-19'];
  for (const day of mornings) {
    if (day === '2025-03-10') await models.Fee.updateOne({ institutionId: 'ex', _id: idOf('ex', 'P2 a') }, { $set: { status: 'CLOSED', balance: 0 }, $inc: { version: 1 } });
    const ref = await record(models, 'ex', morning(day), {}, JOB);
    await night(models, ref);
    said.set(day, await told('ex', ref.runId));
  }
  await library('engine');
  await user(models, 'engine', 'P7', { status: 'DELETED' });
  await fee(models, 'engine', 'P7 a', 2000, '2025-03-01', { userId: idOf('engine', 'P7') });
  await fee(models, 'engine', 'U2 a', 2000, '2025-03-01', { userId: idOf('engine', 'U2'), libraryCode: 'WEST' });
  await models.FulfillmentSettings.updateOne({ institutionId: 'engine' }, { $set: { staffFeeTypes: ['LOCKER_KEY', 'COPY_CARD'], staffFeeTypeNames: { LOCKER_KEY: { en: 'Key of a locker', de: 'Schlüssel eines Schließfachs' } } } });
  for (const [name, type] of [['P3 a', 'LOCKER_KEY'], ['P6 a', 'COPY_CARD']] as const) await models.Fee.updateOne({ institutionId: 'engine', _id: idOf('engine', name) }, { $set: { type } });
  const { _id: scheduledJobId } = await activated(models, 'engine', JOB);
  byEngine = await house.run({ institutionId: 'engine', scheduledJobId, asOf: morning('2025-03-08') });
});
afterAll(() => house?.close());

const of = (primaryId: string) => Object.fromEntries([...said].map(([day, lines]) => [day, lines.filter((line) => line.startsWith(primaryId)).map((line) => line.slice(4)).join()]));
const never = { '2025-03-07': '', '2025-03-08': '', '2025-03-09': '', '2025-03-10': '', '2025-03-22': '', '2025-04-05': '', '2025-04-19': '' };

describe('the examples of the specification', () => {
  test('1. A letter when the older of two fees is seven days old, and twice more, fourteen days apart; the fee for a letter does not feed the next', () => {
    assert.deepEqual(of('P1'), {
      ...never, '2025-03-08': '2 fees, 1100 and 100, step 0', '2025-03-22': '2 fees, 1100 and 100, step 1', '2025-04-05': '2 fees, 1100 and 100, step 2',
    });
  });
  test('2. Once the older one is paid the rest is too little, and there is silence', () => {
    assert.deepEqual(of('P2'), { ...never, '2025-03-08': '2 fees, 1100 and 100, step 0' });
  });
  test('3. Exactly the minimum is enough', () => {
    assert.equal(of('P3')['2025-03-08'], '1 fees, 1000 and 100, step 0');
  });
  test('4. A credit that brings the sum below it is not', () => assert.deepEqual(of('P4'), never));
  test('5. What is disputed does not count', () => assert.deepEqual(of('P5'), never));
  test('6. A fee of 22:30 is of that day, though in UTC it is of the next', () => {
    assert.equal(of('P6')['2025-03-07'], '');
    assert.equal(of('P6')['2025-03-08'], '1 fees, 1000 and 100, step 0');
  });
});

describe('the first morning by the engine', () => {
  test('counts patrons, letters, fees and the debt told of', () => {
    const counters = Object.fromEntries(Object.entries(byEngine.counters).filter(([, value]) => value !== 0));
    assert.deepEqual([byEngine.status, counters], ['COMPLETED_WITH_ERRORS', {
      recordsSelected: 7, recordsProcessed: 7, recordsChanged: 5, recordsUnchanged: 1, recordsInError: 1, lettersCreated: 5, lettersSuppressed: 1,
      usersMatchedType2: 5, lettersType2: 5, notificationFees: 4, 'notificationFeesAmount:USD': 400, 'totalDebtNotifiedAmount:USD': 6200,
    }]);
    assert.deepEqual(byEngine.problems.byCode, { USER_MISSING: 1, NO_ADDRESS: 1 });
  });
  test('the letter reached the patron, and says what is owed since when, and what the letter costs', async () => {
    const mails = await house.mailsOf('engine', byEngine.id);
    const mail = mails.find(({ to }) => to.includes('p1@example.org'));
    assert.deepEqual([mail?.subject, mail?.letterCode], ['Second reminder: $11.00 to pay on your library account', LETTER]);
    assert.match(mail?.text ?? '', /Main Library\n\n {2}- Fine for overdue days: \$6\.00\n {4}Title P1 a\n {4}Charged on Saturday, March 1, 2025/);
    assert.match(mail?.text ?? '', /Total: \$11\.00\nFee for this letter, in addition: \$1\.00/);
  });
  test('a type of fee that staff made is told by its name, and by its code where it has none', async () => {
    const mails = await house.mailsOf('engine', byEngine.id);
    const textTo = (address: string) => mails.find(({ to }) => to.includes(address))?.text ?? '';
    assert.match(textTo('p3@example.org'), / {2}- Key of a locker: \$10\.00\n/);
    assert.match(textTo('p6@example.org'), / {2}- Copy card: \$10\.00\n/);
  });
  test('without an address no letter is charged for, and the library that the fee is owed to is told', async () => {
    const own = { institutionId: 'engine' };
    assert.equal(await house.models.Fee.countDocuments({ ...own, userId: idOf('engine', 'U2'), type: 'FINE_FEE_NOTIFICATION_FEE' }), 0);
    const letter = await house.models.Letter.findOne({ ...own, 'recipient.id': idOf('engine', 'U2') }).orFail().lean();
    assert.deepEqual([letter.suppressedReason, letter.data.notificationFee], ['NO_ADDRESS', 0]);
    const reports = await house.models.Letter.find({ ...own, letterCode: 'UndeliverableLettersReport' }).lean();
    assert.deepEqual(reports.map(({ recipient, data }) => [recipient.id, (data.letters as { primaryId: string; titles: string[] }[]).map(({ primaryId, titles }) => [primaryId, ...titles])]),
      [['WEST', [['U2', 'Title U2 a']]]]);
  });
});

test('the library next door is as it was', async () => {
  assert.deepEqual(await everythingOf(house.models, 'next-door'), nextDoor);
});
