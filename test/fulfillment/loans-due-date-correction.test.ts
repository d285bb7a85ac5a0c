/** The examples of the specification in their order, run by the engine, letters delivered; and a neighbour with the same data, to whom nothing happens. */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { RunView } from '../../api/operations/run-view.js';
import { rerun } from '../../api/operations/start-run.js';
import { dayText, localDay, localMinutes } from '../../domain/days.js';
import type { Loan } from '../../models/loan.js';
import { closes } from '../support/calendar-changes.js';
import { correctionLibrary } from '../support/correction-library.js';
import { activated, idOf, loan, user } from '../support/demo-library.js';
import { at, newYork } from '../support/fixture-a.js';
import { openHouse, type House } from '../support/house.js';
import { mongo, temporal } from '../support/servers.js';
import { everythingOf } from '../support/store.js';

const JOB = 'loans-due-date-correction';
const LETTER = 'FulItemChangeDueDateLetter';
const SUCCESS = 'COMPLETED_SUCCESSFULLY';
const night = '2025-06-13 00:15';
/** Juneteenth, applied the day before. */
const closesOnThe19th = (institutionId: string) => closes(house.models, institutionId, '2025-06-12 10:00', '2025-06-19');

let house: House;
let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  mongo();
  temporal();
  house = await openHouse('correction-examples');
  await correctionLibrary(house.models, 'next-door');
  await closesOnThe19th('next-door');
  await due('next-door', 'A', '2025-06-19 21:00');
  nextDoor = await everythingOf(house.models, 'next-door');
});
afterAll(() => house?.close());

/** A loan of U1, by the local time of its due date. */
const due = (institutionId: string, barcode: string, local: string, given: Partial<Loan> = {}) =>
  loan(house.models, institutionId, barcode, { dueDate: new Date(at(local)), loanDate: new Date(at('2025-05-22 14:00')), ...given });

/** A run at a local time of New York. */
async function run(institutionId: string, local: string, runParameters: Record<string, unknown> = {}) {
  const job = await activated(house.models, institutionId, JOB);
  return house.run({ institutionId, scheduledJobId: job._id, asOf: new Date(at(local)), runParameters });
}
/** The counters that are not 0. */
const counted = ({ counters }: RunView) => Object.fromEntries(Object.entries(counters).filter(([, value]) => value !== 0));

/** When the loan is due on the wall clock, in which cycle and by what; its notice and its history. */
async function stands(institutionId: string, barcode: string) {
  const { _id, dueDate, dueCycle, dueDateSource, processStatus } = await house.models.Loan.findOne({ institutionId, barcode }).orFail().lean();
  const [notices, events] = await Promise.all([house.models.LoanNotice.find({ institutionId, loanId: _id }).lean(), house.models.LoanEvent.find({ institutionId, loanId: _id }).lean()]);
  const minutes = localMinutes(newYork, dueDate.getTime());
  const time = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return [
    `${dayText(localDay(newYork, dueDate.getTime()))} ${time}`, `cycle ${dueCycle} ${dueDateSource} ${processStatus}`,
    ...notices.map(({ kind, state }) => `${kind} ${state}`), ...events.map(({ type }) => type),
  ];
}
const movedTo = (local: string, processStatus = 'NORMAL') => [local, `cycle 2 CALENDAR ${processStatus}`, 'DUE_DATE_CHANGED LETTERED', 'DUE_DATE_CORRECTED'];

describe.concurrent('the examples of the specification', () => {
  describe('of June 19, which the institution closes on June 12; run on June 13 at 00:15', () => {
    const reserve = { shortLoan: true, touId: idOf('june', 'RESERVE') };
    let done: RunView;
    beforeAll(async () => {
      await correctionLibrary(house.models, 'june');
      await due('june', 'A', '2025-06-19 21:00');
      await due('june', 'B', '2025-06-19 21:00', { touId: idOf('june', 'PREVIOUS_OPEN'), processStatus: 'RENEW', dueDateSource: 'RENEWAL' });
      await due('june', 'C', '2025-06-19 11:00', reserve);
      await due('june', 'D', '2025-06-19 11:00', { ...reserve, libraryCode: 'WEST' });
      await due('june', 'E', '2025-06-19 21:00', { touId: idOf('june', 'KEEP') });
      await due('june', 'F', '2025-06-19 21:00', { dueDateSource: 'MANUAL' });
      await due('june', 'G', '2025-06-19 21:00', { libraryCode: 'EAST' });
      await due('june', 'H', '2025-06-18 21:00');
      await closesOnThe19th('june');
      done = await run('june', night);
    });

    test('1. A BOOK due that day moves to Friday 21:00 in its second cycle, with PREVIOUS_OPEN to Wednesday 21:00; one letter tells of all', async () => {
      assert.deepEqual([done.status, done.businessDate], [SUCCESS, '2025-06-13']);
      assert.deepEqual(await stands('june', 'A'), movedTo('2025-06-20 21:00'));
      assert.deepEqual(await stands('june', 'B'), movedTo('2025-06-18 21:00', 'RENEW'));
      const [mail, ...others] = await house.mailsOf('june', done.id);
      assert.deepEqual([mail?.letterCode, mail?.to, mail?.subject, others.length], [LETTER, 'Patron U1 <u1@example.org>', '4 loans have a new due date', 0]);
      assert.match(mail?.text ?? '', /Title A\n {4}A\. Author\n {4}Due: Friday, June 20, 2025 at 9:00.PM\n {4}Due until now: Thursday, June 19, 2025 at 9:00.PM\n/);
    });

    test('2. A RESERVE due at 11:00 moves to Friday 09:00; where the desk needs an hour to open, to 10:00', async () => {
      assert.deepEqual(await stands('june', 'C'), movedTo('2025-06-20 09:00'));
      assert.deepEqual(await stands('june', 'D'), movedTo('2025-06-20 10:00'));
    });

    test('3. With KEEP it stays; set by hand it is skipped', async () => {
      assert.deepEqual(await stands('june', 'E'), ['2025-06-19 21:00', 'cycle 1 POLICY NORMAL']);
      assert.deepEqual(await stands('june', 'F'), ['2025-06-19 21:00', 'cycle 1 MANUAL NORMAL']);
      assert.deepEqual(counted(done), {
        recordsSelected: 6, recordsProcessed: 6, recordsChanged: 4, recordsUnchanged: 2, changesProcessed: 1, libraries: 2, movedLater: 3, movedEarlier: 1,
        skippedKeep: 1, skippedManual: 1, lettersCreated: 1,
      });
    });

    test('4. Of EAST, which does not follow the institution, no loan is looked at', async () => {
      assert.deepEqual(await stands('june', 'G'), ['2025-06-19 21:00', 'cycle 1 POLICY NORMAL']);
    });
  });

  test('5. A closure entered late: due on Friday, December 5, a loan is due on Saturday now, and one day overdue instead of two', async () => {
    await correctionLibrary(house.models, 'late');
    await due('late', 'A', '2025-12-05 21:00');
    await closes(house.models, 'late', '2025-12-06 10:00', '2025-12-05');
    const done = await run('late', '2025-12-07 00:15');
    assert.deepEqual(await stands('late', 'A'), movedTo('2025-12-06 17:00'));
    const { dueDate } = await house.models.Loan.findOne({ institutionId: 'late', barcode: 'A' }).orFail().lean();
    assert.deepEqual([localDay(newYork, done.asOf.getTime()) - localDay(newYork, dueDate.getTime()), done.counters.movedLater], [1, 1]);
  });

  test('6. Run by hand on June 18 at 22:00 with PREVIOUS_OPEN: that day\'s closing has passed, so it is Friday', async () => {
    await correctionLibrary(house.models, 'by-hand');
    await due('by-hand', 'A', '2025-06-19 21:00', { touId: idOf('by-hand', 'PREVIOUS_OPEN') });
    await closesOnThe19th('by-hand');
    await run('by-hand', '2025-06-18 22:00');
    assert.deepEqual(await stands('by-hand', 'A'), movedTo('2025-06-20 21:00'));
  });

  test('7. The second run finds no open change and selects nothing; a letter without an address is told to the library', async () => {
    await correctionLibrary(house.models, 'twice');
    await user(house.models, 'twice', 'U3', { status: 'DELETED' });
    await due('twice', 'A', '2025-06-19 21:00', { userId: idOf('twice', 'U2') });
    await due('twice', 'B', '2025-06-19 21:00', { userId: idOf('twice', 'U3') });
    await closesOnThe19th('twice');
    await closes(house.models, 'twice', '2025-06-12 11:00', '2025-06-25', { level: 'LIBRARY', libraryCode: 'GONE' });
    const first = await run('twice', night);
    assert.deepEqual([first.status, first.problems.byCode], ['COMPLETED_WITH_ERRORS', { NO_ADDRESS: 1, USER_MISSING: 1, LIBRARY_MISSING: 1 }]);
    assert.deepEqual(await stands('twice', 'B'), ['2025-06-20 21:00', 'cycle 2 CALENDAR NORMAL', 'DUE_DATE_CHANGED NO_LETTER', 'DUE_DATE_CORRECTED']);
    const mails = await house.mailsOf('twice', first.id);
    assert.deepEqual(mails.map(({ letterCode, to }) => [letterCode, /<(.*)>/.exec(to)?.[1]]), [['UndeliverableLettersReport', 'main@lib.example']]);
    const changes = await house.models.CalendarChange.find({ institutionId: 'twice' }).lean();
    assert.deepEqual(changes.map(({ processedAt, processedRunId }) => [processedAt, processedRunId]), [1, 2].map(() => [new Date(at(night)), first.id]));

    const again = await run('twice', '2025-06-14 00:15');
    assert.deepEqual([again.status, again.noWork, counted(again)], [SUCCESS, true, {}]);
  });
});

test('started by hand for a library and its days, it looks at these instead of the changes, which stay open', async () => {
  await correctionLibrary(house.models, 'given');
  await closesOnThe19th('given');
  await closes(house.models, 'given', '2025-06-12 11:00', '2025-06-24');
  for (const [barcode, local, libraryCode] of [['A', '2025-06-19 21:00', 'MAIN'], ['B', '2025-06-24 21:00', 'MAIN'], ['C', '2025-06-24 21:00', 'WEST']] as const) await due('given', barcode, local, { libraryCode });
  const done = await run('given', night, { libraryCode: 'MAIN', from: '2025-06-20', to: '2025-06-24' });
  assert.deepEqual(counted(done), { recordsSelected: 1, recordsProcessed: 1, recordsChanged: 1, libraries: 1, movedLater: 1, lettersCreated: 1 });
  assert.deepEqual(await stands('given', 'B'), movedTo('2025-06-25 21:00'));
  assert.equal(await house.models.CalendarChange.countDocuments({ institutionId: 'given', processedAt: null }), 2);

  const again = await rerun(house.operating, { institutionId: 'given', runId: done.id, submittedBy: { type: 'USER', id: 'u-tester', name: 'A. Tester' } });
  assert.deepEqual(again.parameters, done.parameters);
  assert.equal((await house.finished('given', again._id)).counters.changesProcessed ?? 0, 0);
  await assert.rejects(run('given', night, { libraryCode: 'MAIN' }), /A library goes with both days/);
});

test('the library next door is as it was', async () => {
  assert.deepEqual(await everythingOf(house.models, 'next-door'), nextDoor);
});
