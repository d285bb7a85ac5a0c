/**
 * The examples of the specification in their order: one library whose patrons stand for one example each, and a run for each setting that
 * they name; one of them by the engine, letters delivered; and a neighbour with the same data, to whom nothing happens.
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { rerun } from '../../api/operations/start-run.js';
import type { RunView } from '../../api/operations/run-view.js';
import { activated, demoLibrary, fee, idOf, loan, user } from '../support/demo-library.js';
import { at } from '../support/fixture-a.js';
import { openHouse, type House } from '../support/house.js';
import { night, record } from '../support/run-by-hand.js';
import { mongo, temporal } from '../support/servers.js';
import { everythingOf, onWrites } from '../support/store.js';

const JOB = 'notifications-activity-report';
const asOf = new Date(at('2025-03-10 06:00'));
const patrons = ['U1', 'U3', 'U4', 'U5', 'U6'] as const;

let house: House;
let nextDoor: Record<string, string[]>;

/** U1 and U3 to U6 have on loan and owe what the examples say. */
async function library(institutionId: string): Promise<void> {
  const { models } = house;
  await demoLibrary(models, institutionId);
  for (const primaryId of patrons.slice(1)) {
    await user(models, institutionId, primaryId, { emails: [{ address: `${primaryId.toLowerCase()}@example.org`, types: [], preferred: true, bounced: false, segment: 'INTERNAL' }] });
  }
  const of = (primaryId: string) => ({ userId: idOf(institutionId, primaryId) });
  await loan(models, institutionId, 'A');
  await fee(models, institutionId, 'fine of U1', 200, '2025-03-01', of('U1'));
  await loan(models, institutionId, 'B', { ...of('U3'), dueDate: new Date(at('2025-03-20 21:00')) });
  await fee(models, institutionId, 'fine of U4', 80, '2025-03-01', of('U4'));
  await loan(models, institutionId, 'C', { ...of('U5'), processStatus: 'LOST', dueDate: new Date(at('2025-01-13 21:00')) });
  await fee(models, institutionId, 'replacement of U5', 4250, '2025-02-13', { ...of('U5'), type: 'LOST_ITEM_REPLACEMENT_FEE', status: 'EXPORTED' });
  await fee(models, institutionId, 'credit of U6', -500, '2025-02-13', { ...of('U6'), type: 'CREDIT' });
  await activated(models, institutionId, JOB);
}

/** What the reports of a run say, by patron: overdue and other loans, fees, the total and the fines so far. */
async function told(institutionId: string, runId: string): Promise<Record<string, string>> {
  const letters = await house.models.Letter.find({ institutionId, runId, letterCode: 'FulUserBorrowingActivityLetter' }).lean();
  return Object.fromEntries(letters.map(({ recipient, data }) => {
    const loans = data.loans as { overdue: boolean }[];
    const lists = [loans.filter(({ overdue }) => overdue).length, loans.filter(({ overdue }) => !overdue).length, (data.fees as unknown[]).length];
    return [patrons.find((primaryId) => idOf(institutionId, primaryId) === recipient.id) ?? '?', `${lists.join(' + ')}, ${String(data.totalDebt)} and ${String(data.totalAccrued)}`];
  }));
}

/** `killedAt`: the first write of this kind, or the one after the letters. */
async function byHand(parameters: Record<string, unknown>, killedAt: string | null = null): Promise<{ said: Record<string, string>; letters: number }> {
  const { models } = house;
  await models.ScheduledJob.updateOne({ institutionId: 'ex', jobKey: JOB }, { $set: { parameters } });
  const ref = await record(models, 'ex', asOf, {}, JOB);
  await night(models, ref, async (name, call) => {
    if (name !== 'reportActivity' || killedAt === null) return call();
    let lettersAreThere = false;
    const stop = onWrites(({ name: write, send }) => {
      if (killedAt === 'after the letters' ? lettersAreThere : write === killedAt) throw new Error('killed');
      lettersAreThere ||= write === 'letters.insertMany';
      return send();
    });
    await assert.rejects(call(), /killed/).finally(stop);
    return call();
  });
  return { said: await told('ex', ref.runId), letters: await models.Letter.countDocuments({ institutionId: 'ex', runId: ref.runId }) };
}

beforeAll(async () => {
  mongo();
  temporal();
  house = await openHouse('activity-examples');
  await library('next-door');
  nextDoor = await everythingOf(house.models, 'next-door');
  await library('ex');
  await house.models.Institution.updateOne({ institutionId: 'ex' }, { $set: { mailPaused: true } });
});
afterAll(() => house?.close());

describe('the examples of the specification', () => {
  let all: Record<string, string>;
  let strict: Record<string, string>;
  beforeAll(async () => {
    all = (await byHand({})).said;
    strict = (await byHand({ contentMode: 'OVERDUE_OR_FEES' })).said;
  });

  test('1. An overdue loan and a fine: seven days of fines so far, which are not in the total', () => {
    assert.deepEqual([all.U1, strict.U1], ['1 + 0 + 1, 200 and 175', '1 + 0 + 1, 200 and 175']);
  });
  test('2. One loan that is not overdue is told of with all accounts, and not with overdue or fees', () => {
    assert.deepEqual([all.U3, strict.U3], ['0 + 1 + 0, 0 and 0', undefined]);
  });
  test('3. A fee alone is told of, and not when it is below the minimum debt', async () => {
    assert.deepEqual([all.U4, (await byHand({ minimumDebt: 100 })).said.U4], ['0 + 0 + 1, 80 and 0', undefined]);
  });
  test('4. A lost loan is listed without a fine, and a fee that is exported is not', () => assert.equal(all.U5, '1 + 0 + 0, 0 and 0'));
  test('5. Who has only a credit gets none', () => assert.deepEqual([all.U6, strict.U6], [undefined, undefined]));
  test('6. After a crash no user gets it twice', async () => {
    const { said, letters } = await byHand({}, 'after the letters');
    assert.deepEqual([said, letters], [all, 4]);
    assert.deepEqual((await byHand({}, 'letters.insertMany')).said, all);
  });
});

describe('a run by the engine', () => {
  let done: RunView;
  beforeAll(async () => {
    await library('engine');
    await user(house.models, 'engine', 'U7', { status: 'DELETED' });
    await loan(house.models, 'engine', 'D', { userId: idOf('engine', 'U7') });
    await loan(house.models, 'engine', 'E', { userId: idOf('engine', 'U2'), touId: 'gone' });
    const { _id: scheduledJobId } = await activated(house.models, 'engine', JOB);
    done = await house.run({ institutionId: 'engine', scheduledJobId, asOf });
  });

  test('counts patrons, loans and fees', () => {
    assert.deepEqual([done.status, Object.fromEntries(Object.entries(done.counters).filter(([, value]) => value !== 0))], ['COMPLETED_WITH_ERRORS', {
      recordsSelected: 7, recordsProcessed: 7, recordsChanged: 4, recordsUnchanged: 1, recordsInError: 2, lettersCreated: 5, lettersSuppressed: 1,
      usersReported: 5, usersSkippedByMode: 1, loansListed: 1, overdueListed: 3, feesListed: 2,
    }]);
    assert.deepEqual(done.problems.byCode, { USER_MISSING: 1, TOU_MISSING: 1, NO_ADDRESS: 1 });
  });
  test('the report reached the patron', async () => {
    const mail = (await house.mailsOf('engine', done.id)).find(({ to }) => to.includes('u1@example.org'));
    assert.equal(mail?.subject, 'Your library account on Monday, March 10, 2025');
    assert.match(mail?.text ?? '', /Overdue: one loan\n\nMain Library\n\n {2}- Title A\n/);
    assert.match(mail?.text ?? '', /Fine so far: \$1\.75/);
    assert.match(mail?.text ?? '', /Total: \$2\.00/);
  });
  test('run again it sends nothing twice; a new run by hand is a report of its own', async () => {
    const submittedBy = { type: 'USER', id: 'u-tester', name: 'A. Tester' } as const;
    const { _id } = await rerun(house.operating, { institutionId: 'engine', runId: done.id, submittedBy });
    const again = await house.finished('engine', _id);
    assert.deepEqual([again.counters.usersReported, again.counters.lettersCreated], [0, 0]);
  });
});

test('the library next door is as it was', async () => {
  assert.deepEqual(await everythingOf(house.models, 'next-door'), nextDoor);
});
