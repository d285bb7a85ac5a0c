/**
 * The Evergreen nights: a real consortium's loans go overdue and get lost, night after night from 2020-10-20 to 2020-12-15, and every
 * night does what a second, simpler calculation says.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { wakeMail } from '../../activities/mail/wake.js';
import { runView, type RunView } from '../../api/operations/run-view.js';
import { loadEvergreen } from '../../cli/load/evergreen/load-evergreen.js';
import { activated } from '../support/demo-library.js';
import { openHouse, type House } from '../support/house.js';
import { night as nightByHand, record, type Calling } from '../support/run-by-hand.js';
import { mongo, temporal } from '../support/servers.js';
import { everythingOf } from '../support/store.js';
import { lettersAfter } from './mailbox.js';
import { secondCalculation, type Night } from './second-calculation.js';

const JOB = 'loans-overdue-and-lost';
const folder = resolve(process.env.ALMANAC_SHARED_DATA ?? '../shared/data', 'evergreen-concerto');

/** 04:00 in New York; the clocks go back on 1 November. */
const nights = Array.from({ length: 57 }, (_, index) => {
  const day = new Date(Date.UTC(2020, 9, 20 + index)).toISOString().slice(0, 10);
  return { day, asOf: `${day}T${day < '2020-11-01' ? '08' : '09'}:00:00.000Z` };
});

let house: House;
let scheduledJobId: string;
let expected: Map<string, Night>;
let nextDoor: Record<string, string[]>;
let lastMail: string | null = null;
const messageIds: string[] = [];

beforeAll(async () => {
  mongo();
  temporal();
  if (!existsSync(folder)) throw new Error(`This test needs the files of ${folder} (ALMANAC_SHARED_DATA)`);
  const calculated = secondCalculation(folder, nights.map(({ asOf }) => asOf));
  expected = new Map(nights.map(({ day }, index) => [day, calculated[index]!]));
  house = await openHouse('evergreen-nights');
  await load('concerto');
  await load('next-door');
  scheduledJobId = (await activated(house.models, 'concerto', JOB))._id;
  await activated(house.models, 'next-door', JOB);
  nextDoor = await everythingOf(house.models, 'next-door');
});
afterAll(() => house?.close());

const load = (institution: string) => loadEvergreen(
  { models: house.models, now: () => new Date('2020-10-20T07:00:00Z'), onProgress: () => undefined },
  { folder, institution, timeZone: 'America/New_York', currency: null, name: null, missingEmail: '{barcode}@patrons.example' },
);

const run = (asOf: string, trigger: 'MANUAL' | 'DRY_RUN' = 'MANUAL') =>
  house.run({ institutionId: 'concerto', scheduledJobId, asOf: new Date(asOf), trigger });

/** A week apart, and the night in which the clocks go back; the others go page by page without the engine. */
const byEngine = (index: number): boolean => index % 7 === 0 || nights[index]!.day === '2020-11-01';

/** A night page by page; by the clock of the day, so that what a repeat would write is seen. Letters leave by the institution's delivery. */
async function byHand(asOf: string, processId: number): Promise<RunView> {
  const { models, operating } = house;
  const ref = await record(models, 'concerto', new Date(asOf), { processId });
  const lettersLeave: Calling = async (name, call) => {
    if (name === 'awaitLetters' && (await models.Letter.exists({ ...ref, state: 'QUEUED' })) !== null) await wakeMail(operating.client, 'concerto', operating.taskQueue);
    return call();
  };
  await nightByHand(models, ref, lettersLeave, () => new Date());
  return runView(operating, 'concerto', ref.runId);
}

/** `matched: 316 instead of 317`, one line a counter. */
function differences({ counters }: RunView, wanted: Record<string, number>): string[] {
  const keys = [...new Set([...Object.keys(counters), ...Object.keys(wanted)])];
  return keys.flatMap((key) => {
    const [had, should] = [counters[key] ?? 0, wanted[key] ?? 0];
    return had === should ? [] : [`${key}: ${had} instead of ${should}`];
  });
}

test('04:00 in New York is 08:00Z in summer and 09:00Z in winter', () => {
  const clock = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York', dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' });
  assert.deepEqual(nights.map(({ asOf }) => clock.format(new Date(asOf))), nights.map(({ day }) => `${day}, 04:00`));
});

test('a preview of 13 November, had there been no night before, says what the first night then would have done', async () => {
  const asOf = '2020-11-13T09:00:00.000Z';
  const [first] = secondCalculation(folder, [asOf]);
  assert.deepEqual(first?.counters, {
    recordsSelected: 474, recordsProcessed: 474, recordsChanged: 316, recordsUnchanged: 158, matched: 316, superseded: 77,
    notificationsType1: 76, notificationsType2: 77, notificationsType3: 154, changedToLost: 9,
    replacementFees: 9, 'replacementFeesAmount:USD': 22_491,
    lettersCreated: 235, lettersType1: 76, lettersType2: 77, lettersType3: 78, lettersLost: 4,
  });
  assert.deepEqual(differences(await run(asOf, 'DRY_RUN'), first.counters), []);
});

describe('each night at 04:00', () => {
  test.each(nights.map((night, index) => ({ ...night, index })))('$day: counters, notices and letters are those of the second calculation, and a repeat does nothing', async ({ day, asOf, index }) => {
    const { counters, notices, letters } = expected.get(day)!;
    const first = byEngine(index) ? await run(asOf) : await byHand(asOf, 1_000_000 + index);
    assert.deepEqual([first.status, first.businessDate, first.problems.byCode], ['COMPLETED_SUCCESSFULLY', day, {}]);
    assert.deepEqual(differences(first, counters), []);
    assert.deepEqual(await noticesOf(first), notices);
    assert.deepEqual(await newLetters(), letters);

    const before = await effects();
    const since = new Date();
    const second = await byHand(asOf, 2_000_000 + index);
    const left = (counters.recordsSelected ?? 0) - (counters.changedToLost ?? 0);
    assert.deepEqual([second.status, second.problems.byCode, second.letters], ['COMPLETED_SUCCESSFULLY', {}, {}]);
    assert.deepEqual(differences(second, { recordsSelected: left, recordsProcessed: left, recordsUnchanged: left }), []);
    assert.deepEqual(await newLetters(), []);
    assert.deepEqual(await effects(), before);
    assert.deepEqual(await changedSince(since), [0, 0, 0, 0, 0]);
  });
});

describe('after the last night', () => {
  test('every letter is in the mailbox once', () => {
    const sent = nights.reduce((sum, { day }) => sum + expected.get(day)!.letters.length, 0);
    assert.equal(messageIds.length, sent);
    assert.equal(new Set(messageIds).size, sent);
  });

  test('lost are the loans of the second calculation, since the night it says, each for the price of its copy', async () => {
    const { models } = house;
    const own = { institutionId: 'concerto' };
    const lost = nights.flatMap(({ day, asOf }) => expected.get(day)!.lost.map((line) => `${line} ${asOf}`)).sort();
    const fees = await models.Fee.find(own).lean();
    const prices = new Map(fees.map(({ loanId, originalAmount }) => [loanId, originalAmount]));
    const loans = await models.Loan.find({ ...own, 'lost.by': 'JOB' }).lean();
    assert.deepEqual(loans.map(({ _id, barcode, lost }) => `${barcode} ${prices.get(_id)} ${lost?.at.toISOString()}`).sort(), lost);
    assert.equal(fees.length, lost.length);
    const items = await models.Item.find({ ...own, processType: 'LOST_LOAN', currentLoanId: { $in: loans.map(({ _id }) => _id) } }).lean();
    assert.deepEqual(items.map(({ barcode }) => barcode).sort(), loans.map(({ barcode }) => barcode).sort());
  });

  test('the consortium next door, with the same loans, is as it was, byte for byte', async () => {
    assert.deepEqual(await everythingOf(house.models, 'next-door'), nextDoor);
  });
});

async function noticesOf({ id }: RunView): Promise<string[]> {
  const notices = await house.models.LoanNotice.find({ institutionId: 'concerto', runId: id }).lean();
  const loans = await house.models.Loan.find({ institutionId: 'concerto', _id: { $in: notices.map(({ loanId }) => loanId) } }, { barcode: 1 }).lean();
  const barcodes = new Map(loans.map(({ _id, barcode }) => [_id, barcode]));
  return notices.map(({ loanId, kind, state }) => `${barcodes.get(loanId)} ${kind} ${state}`).sort();
}

/** What arrived since this was asked the last time. */
async function newLetters(): Promise<string[]> {
  const read = await lettersAfter(house.mailFolder, lastMail);
  lastMail = read.at(-1)?.id ?? lastMail;
  messageIds.push(...read.map(({ messageId }) => messageId));
  return read.map(({ letter }) => letter).sort();
}

/** How many there are of what a night makes. */
function effects(): Promise<number[]> {
  const { LoanNotice, Letter, Fee, LoanEvent, UserBlock } = house.models;
  const own = { institutionId: 'concerto' };
  return Promise.all([
    LoanNotice.countDocuments(own), Letter.countDocuments(own), Fee.countDocuments(own), LoanEvent.countDocuments(own), UserBlock.countDocuments(own),
  ]);
}

function changedSince(instant: Date): Promise<number[]> {
  const { Loan, Item, LoanNotice, Letter, Fee } = house.models;
  const since = { institutionId: 'concerto', updatedAt: { $gte: instant } };
  return Promise.all([
    Loan.countDocuments(since), Item.countDocuments(since), LoanNotice.countDocuments(since), Letter.countDocuments(since), Fee.countDocuments(since),
  ]);
}
