/**
 * The examples of the specification in their order, each run by the engine in an institution of its own, letters
 * delivered; and a neighbour with the same data, to whom nothing happens.
 */
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { RunView } from '../../api/operations/run-view.js';
import type { StoredOverdueLostProfile } from '../../models/fulfillment.js';
import { activated, calendar, demoLibrary, idOf, loan, profile } from '../support/demo-library.js';
import { at, mainHours } from '../support/fixture-a.js';
import { openHouse, type House } from '../support/house.js';
import { mongo, temporal } from '../support/servers.js';
import { everythingOf, onWrites } from '../support/store.js';

const JOB = 'loans-overdue-and-lost';
const NOTIFICATION = 'FulOverdueAndLostLoanNotificationLetter';
const LOST = 'FulOverdueAndLostLoanLetter';
const SUCCESS = 'COMPLETED_SUCCESSFULLY';

let house: House;
let nextDoor: Record<string, string[]>;
beforeAll(async () => {
  mongo();
  temporal();
  house = await openHouse('overdue-examples');
  await demoLibrary(house.models, 'next-door');
  for (const add of Object.values(profiles)) await add('next-door');
  for (const barcode of ['A', 'B']) await loan(house.models, 'next-door', barcode);
  await activated(house.models, 'next-door', JOB);
  nextDoor = await everythingOf(house.models, 'next-door');
});
afterAll(() => house?.close());

type Given = Partial<StoredOverdueLostProfile>;
const profiles = {
  P1: (institutionId: string, given: Given = {}) => profile(house.models, institutionId, 'P1', 'OVERDUE_NOTIFICATION_1', 1, given),
  P2: (institutionId: string, given: Given = {}) =>
    profile(house.models, institutionId, 'P2', 'OVERDUE_NOTIFICATION_2', 7, { createFine: true, ...given }),
  P3: (institutionId: string) => profile(house.models, institutionId, 'P3', 'OVERDUE_NOTIFICATION_3', 3, { dayCount: 'OPEN' }),
  P5: (institutionId: string) =>
    profile(house.models, institutionId, 'P5', 'OVERDUE_NOTIFICATION_5', 1, { daysAfterStatusDate: 7, loanStatuses: ['RECALL'] }),
  PL: (institutionId: string) => profile(house.models, institutionId, 'PL', 'CHANGE_TO_LOST', 30),
};

/** A run at a local time of New York. */
async function night(institutionId: string, local: string) {
  const job = await activated(house.models, institutionId, JOB);
  return house.run({ institutionId, scheduledJobId: job._id, asOf: new Date(at(local)) });
}
/** The counters that are not 0. */
const counted = ({ counters }: RunView) => Object.fromEntries(Object.entries(counters).filter(([, value]) => value !== 0));


/** What stands in the store, in the words of a librarian: by barcode and profile name. */
async function standing(institutionId: string) {
  const own = { institutionId };
  const { models } = house;
  const [loans, items, notices, fees, events, blocks, letters, named] = await Promise.all([
    models.Loan.find(own).lean(), models.Item.find(own).lean(), models.LoanNotice.find(own).lean(), models.Fee.find(own).lean(),
    models.LoanEvent.find(own).lean(), models.UserBlock.find(own).lean(), models.Letter.find(own).lean(), models.OverdueLostProfile.find(own).lean(),
  ]);
  const barcodes = new Map(loans.map(({ _id, barcode }) => [_id, barcode]));
  const names = new Map(named.map(({ _id, name }) => [_id, name]));
  const barcodeOf = (loanId: string | null) => (loanId === null ? '-' : barcodes.get(loanId));
  return {
    loans: loans.map(({ barcode, status, processStatus, dueCycle, lostCount }) => `${barcode} ${status} ${processStatus} cycle ${dueCycle} lost ${lostCount}`).sort(),
    items: items.map(({ barcode, processType }) => `${barcode} ${processType}`).sort(),
    notices: notices.map(({ loanId, dueCycle, profileId, state }) => `${barcodeOf(loanId)} cycle ${dueCycle} ${names.get(profileId)} ${state}`).sort(),
    fees: fees.map(({ loanId, type, originalAmount, balance, currency, status }) => `${barcodeOf(loanId)} ${type} ${originalAmount} ${currency} ${status} ${balance}`).sort(),
    events: events.map(({ loanId, type, at: when, by }) => `${barcodeOf(loanId)} ${type} ${when.toISOString()} ${by}`).sort(),
    blocks: blocks.length,
    letters: letters.map(({ letterCode, channel, state, suppressedReason }) => `${letterCode} ${channel} ${state} ${suppressedReason ?? ''}`.trim()).sort(),
  };
}

const untouched = (...barcodes: string[]) => ({
  loans: barcodes.map((barcode) => `${barcode} ACTIVE NORMAL cycle 1 lost 0`),
  items: barcodes.map((barcode) => `${barcode} LOAN`),
  notices: [] as string[],
  fees: [] as string[],
  events: [] as string[],
  blocks: 0,
  letters: [] as string[],
});

/** Counters of a run that looked at so many loans and left them all alone. */
const leftAlone = (loans: number) => ({ recordsSelected: loans, recordsProcessed: loans, recordsUnchanged: loans });

/** Counters of a run that did something about every loan it looked at. */
const changed = (loans: number) => ({ recordsSelected: loans, recordsProcessed: loans, recordsChanged: loans, matched: loans });

// Each in an institution of its own, so that they may run side by side.
describe.concurrent('the examples of the specification', () => {
  test('1. Day boundary: a loan due 23:59 is not selected at 23:30 and fires at 00:30, once', async () => {
    await demoLibrary(house.models, 'ex1');
    await profiles.P1('ex1');
    await loan(house.models, 'ex1', 'A', { dueDate: new Date('2025-03-04T04:59:00.000Z') });
    assert.equal(at('2025-03-03 23:59'), Date.parse('2025-03-04T04:59:00.000Z'));
    assert.equal(at('2025-03-03 23:30'), Date.parse('2025-03-04T04:30:00.000Z'));

    const tooEarly = await night('ex1', '2025-03-03 23:30');
    assert.deepEqual([tooEarly.status, tooEarly.noWork, counted(tooEarly)], [SUCCESS, true, {}]);
    assert.deepEqual(await standing('ex1'), untouched('A'));

    const first = await night('ex1', '2025-03-04 00:30');
    const done = { ...untouched('A'), notices: ['A cycle 1 P1 LETTERED'], letters: [`${NOTIFICATION} EMAIL SENT`] };
    assert.deepEqual([first.status, first.businessDate, first.asOf.toISOString()], [SUCCESS, '2025-03-04', '2025-03-04T05:30:00.000Z']);
    assert.deepEqual(counted(first), { ...changed(1), notificationsType1: 1, lettersCreated: 1, lettersType1: 1 });
    assert.deepEqual(first.letters, { [NOTIFICATION]: { SENT: 1 } });
    assert.deepEqual(await standing('ex1'), done);

    const repeat = await night('ex1', '2025-03-04 00:30');
    assert.deepEqual([repeat.status, repeat.noWork, counted(repeat), repeat.letters], [SUCCESS, false, leftAlone(1), {}]);
    assert.deepEqual(await standing('ex1'), done);
  });

  describe('2. One letter', () => {
    test('two loans of one patron make two notices and one letter that lists both', async () => {
      await demoLibrary(house.models, 'ex2');
      await profiles.P1('ex2');
      for (const barcode of ['A', 'B']) await loan(house.models, 'ex2', barcode);

      const run = await night('ex2', '2025-03-04 01:00');
      assert.deepEqual(counted(run), { ...changed(2), notificationsType1: 2, lettersCreated: 1, lettersType1: 1 });
      assert.deepEqual(await standing('ex2'), {
        ...untouched('A', 'B'),
        notices: ['A cycle 1 P1 LETTERED', 'B cycle 1 P1 LETTERED'],
        letters: [`${NOTIFICATION} EMAIL SENT`],
      });
      const notices = await house.models.LoanNotice.find({ institutionId: 'ex2' }).lean();
      assert.deepEqual(notices.map(({ data }) => data.accruedFine), [0, 0]); // still in the grace of two days

      const [mail, ...more] = await house.mailsOf('ex2', run.id);
      assert.deepEqual(more, []);
      assert.equal(mail?.letterCode, NOTIFICATION);
      assert.equal(mail.from, 'Library <library@demo.example>');
      assert.equal(mail.to, 'Patron U1 <u1@example.org>');
      assert.equal(mail.subject, 'A friendly reminder: 2 loans are overdue');
      assert.equal(mail.text.trimEnd(), [
        'Dear Pat U1,',
        '',
        'The items below were due back and have not reached us yet. Perhaps they slipped your mind; that happens to all of us.',
        '',
        'Main Library',
        '',
        '  - Title A',
        '    A. Author',
        '    Due: Monday, March 3, 2025 at 9:00 PM',
        '    Barcode: A',
        '',
        '  - Title B',
        '    A. Author',
        '    Due: Monday, March 3, 2025 at 9:00 PM',
        '    Barcode: B',
        '',
        'Please bring them back to Main Library, or renew them if that is still possible.',
        '',
        'If you have returned them in the meantime, thank you; you need not do anything more.',
        '',
        'With kind regards,',
        'Demo Library',
        '',
        '--',
        'This letter was written automatically on Tuesday, March 4, 2025. Your user number: U1.',
      ].join('\n'));
    });

    test('with letters separated by library, a loan of WEST has a letter of its own, sent by WEST', async () => {
      await demoLibrary(house.models, 'ex2w');
      await calendar(house.models, 'ex2w', mainHours.map((hours) => ({ ...hours, libraryCode: 'WEST' })));
      await house.models.FulfillmentSettings.updateOne({ institutionId: 'ex2w' }, { separatePatronNotificationsByLibrary: true });
      await profiles.P1('ex2w');
      await loan(house.models, 'ex2w', 'A');
      await loan(house.models, 'ex2w', 'B', { libraryCode: 'WEST' });

      const run = await night('ex2w', '2025-03-04 01:00');
      assert.equal(run.status, SUCCESS);
      assert.deepEqual(counted(run), { ...changed(2), notificationsType1: 2, lettersCreated: 2, lettersType1: 2 });
      const mails = (await house.mailsOf('ex2w', run.id)).map(({ from, to, text }) =>
        [from, to, text.includes('Title A'), text.includes('Title B')].join(' · ')).sort();
      assert.deepEqual(mails, [
        'Main Library <main@lib.example> · Patron U1 <u1@example.org> · true · false',
        'West Branch <west@lib.example> · Patron U1 <u1@example.org> · false · true',
      ]);
    });
  });

  describe('3. Fine', () => {
    async function weekLater(institutionId: string, given: Given) {
      await demoLibrary(house.models, institutionId);
      await profiles.P1(institutionId);
      await profiles.P2(institutionId, given);
      for (const barcode of ['A', 'B']) await loan(house.models, institutionId, barcode);
      await night(institutionId, '2025-03-04 01:00');
      return night(institutionId, '2025-03-10 01:00');
    }
    const notices = ['A cycle 1 P1 LETTERED', 'A cycle 1 P2 LETTERED', 'B cycle 1 P1 LETTERED', 'B cycle 1 P2 LETTERED'];
    const letters = [`${NOTIFICATION} EMAIL SENT`, `${NOTIFICATION} EMAIL SENT`];
    const fines = ['A OVERDUE_NOTIFICATION_FINE 200 USD ACTIVE 200', 'B OVERDUE_NOTIFICATION_FINE 200 USD ACTIVE 200'];
    const counters = {
      ...changed(2), notificationsType2: 2, notificationFines: 2, 'notificationFinesAmount:USD': 400, lettersCreated: 1, lettersType2: 1,
    };

    test('after seven days P2 fires and charges 200 for each loan', async () => {
      const run = await weekLater('ex3', {});
      assert.deepEqual(counted(run), counters);
      assert.deepEqual(await standing('ex3'), { ...untouched('A', 'B'), notices, fees: fines, letters });
      const [mail] = await house.mailsOf('ex3', run.id);
      assert.equal(mail?.subject, 'Second reminder: 2 loans are overdue');
      assert.deepEqual(amountsIn(mail.text), [
        'Overdue fine: $2.00', 'Fine so far: $1.75', 'Overdue fine: $2.00', 'Fine so far: $1.75', 'New charges with this letter: $4.00',
      ]);
    });

    test('with a notification fee of 150 there is one more fee, and the letter tells of 550', async () => {
      const run = await weekLater('ex3f', { notificationFee: 150 });
      assert.deepEqual(counted(run), { ...counters, notificationFees: 1, 'notificationFeesAmount:USD': 150 });
      assert.deepEqual(await standing('ex3f'), {
        ...untouched('A', 'B'), notices, fees: ['- OVERDUE_NOTIFICATION_FINE 150 USD ACTIVE 150', ...fines], letters,
      });
      const letter = await house.models.Letter.findOne({ institutionId: 'ex3f', runId: run.id }).lean();
      assert.deepEqual([letter?.data.totalFees, letter?.data.notificationFee], [550, 150]);
      const [mail] = await house.mailsOf('ex3f', run.id);
      assert.deepEqual(amountsIn(mail?.text ?? '').slice(-2), ['Fee for this letter: $1.50', 'New charges with this letter: $5.50']);
    });
  });

  describe('4. Outage', () => {
    async function firstRunOn(institutionId: string, day: string) {
      await demoLibrary(house.models, institutionId);
      await profiles.P1(institutionId);
      await profiles.P2(institutionId);
      await loan(house.models, institutionId, 'A');
      return night(institutionId, `${day} 01:00`);
    }
    const fined = { notificationsType2: 1, notificationFines: 1, 'notificationFinesAmount:USD': 200, lettersCreated: 1, lettersType2: 1 };
    const fees = ['A OVERDUE_NOTIFICATION_FINE 200 USD ACTIVE 200'];
    const letters = [`${NOTIFICATION} EMAIL SENT`];

    test('first run after eight days: P1 is superseded, P2 fires', async () => {
      assert.deepEqual(counted(await firstRunOn('ex4a', '2025-03-11')), { ...changed(1), ...fined, superseded: 1 });
      const notices = ['A cycle 1 P1 SUPERSEDED', 'A cycle 1 P2 LETTERED'];
      assert.deepEqual(await standing('ex4a'), { ...untouched('A'), notices, fees, letters });
    });

    test('first run after nine days: P1 is out of its window, P2 fires', async () => {
      assert.deepEqual(counted(await firstRunOn('ex4b', '2025-03-12')), { ...changed(1), ...fined });
      assert.deepEqual(await standing('ex4b'), { ...untouched('A'), notices: ['A cycle 1 P2 LETTERED'], fees, letters });
    });

    test('first run after sixteen days: nothing fires', async () => {
      assert.deepEqual(counted(await firstRunOn('ex4c', '2025-03-19')), leftAlone(1));
      assert.deepEqual(await standing('ex4c'), untouched('A'));
    });
  });

  test('5. Open days: Sunday and Memorial Day do not count, Tuesday is the third', async () => {
    await demoLibrary(house.models, 'ex5');
    await profiles.P3('ex5');
    await loan(house.models, 'ex5', 'A', { dueDate: new Date(at('2025-05-22 21:00')) });

    for (const day of ['2025-05-25', '2025-05-26']) {
      assert.deepEqual(counted(await night('ex5', `${day} 01:00`)), leftAlone(1));
      assert.deepEqual(await standing('ex5'), untouched('A'));
    }
    const tuesday = await night('ex5', '2025-05-27 01:00');
    assert.equal(tuesday.status, SUCCESS);
    assert.deepEqual(counted(tuesday), { ...changed(1), notificationsType3: 1, lettersCreated: 1, lettersType3: 1 });
    assert.deepEqual(await standing('ex5'), { ...untouched('A'), notices: ['A cycle 1 P3 LETTERED'], letters: [`${NOTIFICATION} EMAIL SENT`] });
  });

  describe('6. Lost', () => {
    const fees = (replacement: number) => [
      'A LOST_ITEM_PROCESS_FEE 1500 USD ACTIVE 1500',
      `A LOST_ITEM_REPLACEMENT_FEE ${replacement} USD ACTIVE ${replacement}`,
      'A OVERDUE_FINE 750 USD ACTIVE 750',
    ];
    async function thirtyDaysLater(institutionId: string, replacementCost: { amount: number; currency: string } | null) {
      await demoLibrary(house.models, institutionId);
      await house.models.FulfillmentSettings.updateOne({ institutionId }, { overdueAtLostLoan: true });
      await profiles.PL(institutionId);
      await loan(house.models, institutionId, 'A');
      await house.models.Item.updateOne({ institutionId }, { replacementCost });
      return night(institutionId, '2025-04-02 01:00');
    }
    const counters = (replacement: number) => ({
      ...changed(1), changedToLost: 1, lettersCreated: 1, lettersLost: 1,
      replacementFees: 1, 'replacementFeesAmount:USD': replacement, processFees: 1, 'processFeesAmount:USD': 1500,
      overdueFines: 1, 'overdueFinesAmount:USD': 750,
    });
    const lost = {
      ...untouched('A'),
      loans: ['A ACTIVE LOST cycle 1 lost 1'],
      items: ['A LOST_LOAN'],
      notices: ['A cycle 1 PL LETTERED'],
      events: ['A LOST 2025-04-02T05:00:00.000Z JOB:loans-overdue-and-lost'],
      letters: [`${LOST} EMAIL SENT`],
    };

    test('after thirty days the loan is lost and costs replacement 4250, process 1500, overdue 30 × 25 = 750', async () => {
      const run = await thirtyDaysLater('ex6', { amount: 4250, currency: 'USD' });
      assert.deepEqual(counted(run), counters(4250));
      assert.deepEqual(await standing('ex6'), { ...lost, fees: fees(4250) });

      const asOf = new Date(at('2025-04-02 01:00'));
      const loanId = idOf('ex6', 'A');
      const stored = await house.models.Loan.findOne({ institutionId: 'ex6', _id: loanId }).lean();
      assert.deepEqual(stored?.lost, { at: asOf, by: 'JOB', profileId: idOf('ex6', 'PL'), runId: run.id, previousStatus: 'NORMAL' });
      assert.deepEqual([stored.processStatusDate, stored.dueDate], [asOf, new Date(at('2025-03-03 21:00'))]);
      const item = await house.models.Item.findOne({ institutionId: 'ex6' }).lean();
      assert.deepEqual([item?.processTypeAt, item?.currentLoanId], [asOf, loanId]);
      // By these keys the check-in desk finds what it may waive, and that the overdue fine is final (S11).
      const keys = (await house.models.Fee.find({ institutionId: 'ex6' }).lean()).map(({ dedupeKey }) => dedupeKey).sort();
      assert.deepEqual(keys, [`lost-proc:${loanId}:1`, `lost-repl:${loanId}:1`, `overdue:${loanId}:1`]);

      const [mail] = await house.mailsOf('ex6', run.id);
      assert.equal(mail?.letterCode, LOST);
      assert.ok(mail.text.includes('Title A'));
      assert.deepEqual(amountsIn(mail.text), [
        'Replacement: $42.50', 'Processing: $15.00', 'Fine for the days overdue: $7.50', 'New charges with this letter: $65.00',
      ]);
    });

    test('an item without a price costs the 6000 of the terms of use', async () => {
      const run = await thirtyDaysLater('ex6c', null);
      assert.deepEqual(counted(run), counters(6000));
      assert.deepEqual(await standing('ex6c'), { ...lost, fees: fees(6000) });
    });
  });

  test('7. Renewed meanwhile: a loan renewed between reading and update stays as it is, its notice is removed', async () => {
    await demoLibrary(house.models, 'ex7');
    await profiles.PL('ex7');
    const loanId = await loan(house.models, 'ex7', 'A');
    const renewal = { dueCycle: 2, processStatus: 'RENEW', dueDate: new Date(at('2025-05-01 21:00')) };
    const noticesBefore: number[] = [];
    const stop = onWrites(async ({ name, institutionId, send }) => {
      if (institutionId === 'ex7' && name === 'loans.updateMany') {
        noticesBefore.push(await house.models.LoanNotice.countDocuments({ institutionId, state: 'DECIDED' }));
        await house.models.Loan.collection.findOneAndUpdate({ institutionId, _id: loanId as never }, { $set: renewal });
      }
      return send();
    });
    const run = await night('ex7', '2025-04-02 01:00').finally(stop);

    assert.deepEqual(noticesBefore, [1]);
    assert.equal(run.status, SUCCESS);
    assert.deepEqual(counted(run), { ...leftAlone(1), changedDuringRun: 1 });
    assert.deepEqual(await standing('ex7'), { ...untouched('A'), loans: ['A ACTIVE RENEW cycle 2 lost 0'] });
  });

  test('8. Claimed returned: no profile matches until one names the status; the fine stopped at the claim', async () => {
    await demoLibrary(house.models, 'ex8');
    await profiles.P1('ex8');
    await profiles.P2('ex8');
    const claimedAt = new Date(at('2025-03-05 10:00'));
    await loan(house.models, 'ex8', 'A', { processStatus: 'CLAIMED_RETURN', processStatusDate: claimedAt, claimedReturnAt: claimedAt });
    const claimed = { ...untouched('A'), loans: ['A ACTIVE CLAIMED_RETURN cycle 1 lost 0'] };

    for (const morning of ['2025-03-05 11:00', '2025-03-06 01:00']) {
      assert.deepEqual(counted(await night('ex8', morning)), leftAlone(1));
      assert.deepEqual(await standing('ex8'), claimed);
    }
    await house.models.OverdueLostProfile.updateOne({ institutionId: 'ex8', name: 'P1' }, { $push: { loanStatuses: 'CLAIMED_RETURN' } });
    const run = await night('ex8', '2025-03-06 04:00');
    assert.deepEqual(counted(run), { ...changed(1), notificationsType1: 1, lettersCreated: 1, lettersType1: 1 });
    const told = { ...claimed, notices: ['A cycle 1 P1 LETTERED'], letters: [`${NOTIFICATION} EMAIL SENT`] };
    assert.deepEqual(await standing('ex8'), told);
    const [mail] = await house.mailsOf('ex8', run.id);
    assert.deepEqual(amountsIn(mail?.text ?? ''), ['Fine so far: $0.50']);

    assert.deepEqual(counted(await night('ex8', '2025-03-10 01:00')), leftAlone(1));
    assert.deepEqual(await standing('ex8'), told);
  });

  test('9. No address: the fine is charged, the letter is not, and MAIN learns whom it could not reach', async () => {
    await demoLibrary(house.models, 'ex9');
    await profiles.P2('ex9', { notificationFee: 150 });
    await loan(house.models, 'ex9', 'A', { userId: idOf('ex9', 'U2') });

    const run = await night('ex9', '2025-03-10 01:00');
    assert.equal(run.status, 'COMPLETED_WITH_WARNINGS');
    assert.deepEqual(run.problems, { errors: 0, warnings: 1, byCode: { NO_ADDRESS: 1 }, eventsTruncated: false });
    assert.deepEqual(counted(run), {
      ...changed(1), notificationsType2: 1, notificationFines: 1, 'notificationFinesAmount:USD': 200,
      lettersCreated: 1, lettersSuppressed: 1, lettersType2: 1,
    });
    assert.deepEqual(await standing('ex9'), {
      ...untouched('A'),
      notices: ['A cycle 1 P2 LETTERED'],
      fees: ['A OVERDUE_NOTIFICATION_FINE 200 USD ACTIVE 200'],
      letters: [`${NOTIFICATION} EMAIL SUPPRESSED NO_ADDRESS`, 'UndeliverableLettersReport EMAIL SENT'],
    });
    const letter = await house.models.Letter.findOne({ institutionId: 'ex9', letterCode: NOTIFICATION }).lean();
    assert.deepEqual([letter?.data.totalFees, letter?.data.notificationFee], [200, 0]);
    const event = await house.models.RunEvent.findOne({ institutionId: 'ex9', runId: run.id }).lean();
    assert.deepEqual([event?.severity, event?.code, event?.recordType, event?.recordLabel, event?.params.channel], ['WARNING', 'NO_ADDRESS', 'user', 'U2', 'EMAIL']);

    const mails = await house.mailsOf('ex9', run.id);
    assert.deepEqual(mails.map(({ letterCode, to }) => `${letterCode} ${to}`), ['UndeliverableLettersReport Main Library <main@lib.example>']);
    assert.ok(mails[0]?.text.includes('Patron U2 (U2)') && mails[0].text.includes('Title A'));
  });

  test('10. Recall: seven days after the overdue loan was recalled, and not after six', async () => {
    await demoLibrary(house.models, 'ex10');
    await profiles.P5('ex10');
    const recalledAt = new Date(at('2025-03-10 09:00'));
    const dueDate = new Date(at('2025-03-03 21:00'));
    await loan(house.models, 'ex10', 'A', {
      processStatus: 'RECALL', processStatusDate: recalledAt,
      recall: { active: true, requestId: null, at: recalledAt, dueDateBefore: dueDate, dueDateChanged: false },
    });
    const recalled = { ...untouched('A'), loans: ['A ACTIVE RECALL cycle 1 lost 0'] };

    assert.deepEqual(counted(await night('ex10', '2025-03-16 01:00')), leftAlone(1));
    assert.deepEqual(await standing('ex10'), recalled);
    const run = await night('ex10', '2025-03-17 01:00');
    assert.deepEqual(counted(run), { ...changed(1), notificationsType5: 1, lettersCreated: 1, lettersType5: 1 });
    assert.deepEqual(await standing('ex10'), { ...recalled, notices: ['A cycle 1 P5 LETTERED'], letters: [`${NOTIFICATION} EMAIL SENT`] });
    const [mail] = await house.mailsOf('ex10', run.id);
    assert.deepEqual(amountsIn(mail?.text ?? ''), ['Fine so far: $10.00']); // 12 open days of 100, but never more than 1000
  });
});

test('the neighbour with the same profiles and the same overdue loans is as it was, byte for byte', async () => {
  assert.deepEqual(await everythingOf(house.models, 'next-door'), nextDoor);
});

/** The lines of a letter that name an amount. */
function amountsIn(text: string): string[] {
  return text.split('\n').filter((line) => line.includes('$')).map((line) => line.trim());
}
