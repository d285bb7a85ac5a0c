/** Queueing letters (README.md, "Letters"; fulfillment-loans.md S8). */
import assert from 'node:assert/strict';
import { afterAll, beforeEach, describe, test } from 'vitest';
import { insertLetters, planLetters, type LetterRequest } from '../../activities/letters.js';
import { queueUndeliverableReports } from '../../activities/undeliverable-letters.js';
import type { StoredLetter } from '../../models/letter.js';
import { overdueNoticeSamples } from '../../templates/letters/overdue-letter-samples.js';
import { undeliverableLettersData } from '../../templates/letters/undeliverable-letters-report.js';
import { clear, emptyDatabase } from '../support/database.js';
import { email, institution, notice, user } from '../support/mail-house.js';
import { watchedNeighbour } from '../support/neighbour.js';

const { models, close } = await emptyDatabase();
const clock = new Date('2025-03-04T06:00:00.000Z');
const context = { models, institutionId: 'demo', now: () => clock };
const plan = (...requests: LetterRequest[]) => planLetters(context, requests);
const queue = async (...requests: LetterRequest[]) => insertLetters(models, (await plan(...requests)).planned);

beforeEach(async () => {
  await clear(models);
  await institution(models, 'demo');
  await user(models, 'demo', 'U1');
  await user(models, 'demo', 'U2', { emails: [] });
});
watchedNeighbour(models, async (nextDoor) => {
  await institution(models, nextDoor);
  await user(models, nextDoor, 'U2', { emails: [] });
  await insertLetters(models, (await planLetters({ ...context, institutionId: nextDoor }, [notice(nextDoor, 'U2')])).planned);
});
afterAll(close);

describe('planning', () => {
  test('a letter is the whole document that the schema expects', async () => {
    const { planned, problems } = await plan(notice('demo', 'U1'));
    assert.deepEqual(problems, []);
    const [letter] = planned;
    assert.ok(letter);
    const cast = new models.Letter(letter);
    await cast.validate();
    // Nothing is added, nothing is changed by the schema: the lean insert stores what a model would have.
    assert.deepEqual(cast.toObject(), letter);
    const { _id, data, ...rest } = letter;
    assert.match(_id, /^[0-9a-f]{24}$/);
    assert.deepEqual(data, overdueNoticeSamples['one loan, type 1']);
    assert.deepEqual(rest, {
      institutionId: 'demo', letterCode: 'FulOverdueAndLostLoanNotificationLetter', channel: 'EMAIL', language: 'en',
      recipient: { type: 'USER', id: 'demo-U1', name: 'Reader U1', address: 'u1@x.example' },
      libraryCode: null, part: 1, templateVersion: null, subject: null, bodyKey: null, attachments: [],
      causes: [{ recordType: 'loan', recordId: '65e5f0000000000000000001' }], runId: 'run-1',
      dedupeKey: 'run-1:notice:U1:1:EMAIL', state: 'QUEUED', suppressedReason: null, attempts: [], nextAttemptAt: clock,
      leaseUntil: null, messageId: null, sentAt: null, resendOfId: null, hold: false, purgedAt: null,
      createdAt: clock, updatedAt: clock, version: 1,
    });
  });

  test('writes nothing', async () => {
    await plan(notice('demo', 'U1'));
    assert.equal(await models.Letter.countDocuments({ institutionId: 'demo' }), 0);
  });

  test('EMAIL_AND_SMS is a letter by each channel, the text message to the gateway', async () => {
    await models.PlatformSettings.create({ institutionId: '*', smsGatewayPattern: '{number}@sms.example' });
    await user(models, 'demo', 'U3', { phones: [{ number: '+1 212 555 0123', types: [], preferred: true, preferredSms: true, segment: 'INTERNAL' }] });
    const { planned } = await plan(notice('demo', 'U3', { sendFormat: 'EMAIL_AND_SMS' }));
    assert.deepEqual(planned.map(({ dedupeKey, recipient }) => [dedupeKey, recipient.address]), [
      ['run-1:notice:U3:1:EMAIL', 'u3@x.example'],
      ['run-1:notice:U3:1:SMS', '12125550123@sms.example'],
    ]);
  });

  test('without an address the letter is suppressed, with a warning that names the channel', async () => {
    const { planned, problems } = await plan(notice('demo', 'U2'));
    assert.deepEqual(planned.map(({ state, suppressedReason, nextAttemptAt }) => [state, suppressedReason, nextAttemptAt]), [
      ['SUPPRESSED', 'NO_ADDRESS', null],
    ]);
    assert.deepEqual(problems, [{
      severity: 'WARNING', code: 'NO_ADDRESS', recordType: 'user', recordId: 'demo-U2', recordLabel: 'U2', retryable: false,
      message: 'There is no e-mail address for U2: FulOverdueAndLostLoanNotificationLetter was not sent.',
      params: { channel: 'EMAIL', letterCode: 'FulOverdueAndLostLoanNotificationLetter' },
    }]);
  });

  test('with neither, one warning names both channels', async () => {
    const { problems } = await plan(notice('demo', 'U2', { sendFormat: 'EMAIL_AND_SMS' }));
    assert.deepEqual(problems.map(({ code, params }) => [code, params.channel]), [['NO_ADDRESS', 'EMAIL_AND_SMS']]);
  });

  test('a missing number does not keep the e-mail back', async () => {
    const { planned, problems } = await plan(notice('demo', 'U1', { sendFormat: 'EMAIL_AND_SMS' }));
    assert.deepEqual(planned.map(({ channel, state }) => [channel, state]), [['EMAIL', 'QUEUED'], ['SMS', 'SUPPRESSED']]);
    assert.deepEqual(problems.map(({ code, params }) => [code, params.channel]), [['NO_ADDRESS', 'SMS']]);
  });

  test('a letter that is switched off is told once, under its own code', async () => {
    await models.LetterConfig.create({ institutionId: 'demo', letterCode: 'FulOverdueAndLostLoanNotificationLetter', enabled: false });
    const { planned, problems } = await plan(notice('demo', 'U1'));
    assert.deepEqual(planned.map(({ suppressedReason }) => suppressedReason), ['LETTER_DISABLED']);
    assert.deepEqual(problems.map(({ severity, code, recordType, recordId }) => [severity, code, recordType, recordId]), [
      ['INFO', 'LETTER_DISABLED', 'letterConfig', 'FulOverdueAndLostLoanNotificationLetter'],
    ]);
  });

  test('switched off by a neighbour, it goes', async () => {
    await institution(models, 'next');
    await models.LetterConfig.create({ institutionId: 'next', letterCode: 'FulOverdueAndLostLoanNotificationLetter', enabled: false });
    const { planned } = await plan(notice('demo', 'U1'));
    assert.equal(planned[0]?.state, 'QUEUED');
  });

  test('a deleted user gets none, an inactive one does', async () => {
    await user(models, 'demo', 'GONE', { status: 'DELETED' });
    await user(models, 'demo', 'AWAY', { status: 'INACTIVE' });
    const { planned } = await plan(notice('demo', 'GONE'), notice('demo', 'AWAY'));
    assert.deepEqual(planned.map(({ suppressedReason }) => suppressedReason), ['RECIPIENT_DELETED', null]);
  });

  test('of a user who does not exist nothing is recorded', async () => {
    assert.deepEqual(await plan(notice('demo', 'NOBODY')), { planned: [], problems: [] });
  });

  test('a neighbour’s user of the same id is nobody here', async () => {
    await institution(models, 'next');
    await user(models, 'next', 'U9');
    assert.deepEqual((await plan({ ...notice('next', 'U9') })).planned, []);
  });

  test('each reader is written to in their own language', async () => {
    await user(models, 'demo', 'CA', { preferredLanguage: 'fr-CA' });
    await user(models, 'demo', 'IT', { preferredLanguage: 'it' });
    const { planned } = await plan(notice('demo', 'CA'), notice('demo', 'IT'));
    assert.deepEqual(planned.map(({ language }) => language), ['fr-CA', 'en']);
  });

  test('a bounced address is not used', async () => {
    await user(models, 'demo', 'B', { emails: [email('dead@x.example', { preferred: true, bounced: true }), email('b@x.example')] });
    assert.equal((await plan(notice('demo', 'B'))).planned[0]?.recipient.address, 'b@x.example');
  });
});

describe('inserting', () => {
  test('the same page twice makes one letter, and says so', async () => {
    const first = (await queue(notice('demo', 'U1'))).get('run-1:notice:U1:1:EMAIL');
    const again = (await queue(notice('demo', 'U1'))).get('run-1:notice:U1:1:EMAIL');
    assert.deepEqual(first, { letterId: first?.letterId, state: 'QUEUED', suppressedReason: null, runId: 'run-1', existed: false });
    assert.deepEqual(again, { ...first, existed: true });
    assert.equal(await models.Letter.countDocuments({ institutionId: 'demo' }), 1);
  });

  test('a letter that was sent meanwhile stays as it is', async () => {
    await queue(notice('demo', 'U1'));
    await models.Letter.updateOne({ institutionId: 'demo' }, { $set: { state: 'SENT', runId: 'run-0' } });
    const standing = await queue(notice('demo', 'U1'), notice('demo', 'U2'));
    assert.deepEqual([...standing.values()].map(({ state, runId, existed }) => [state, runId, existed]), [
      ['SENT', 'run-0', true],
      ['SUPPRESSED', 'run-1', false],
    ]);
  });

  test('a neighbour’s letter of the same key is another letter', async () => {
    await institution(models, 'next');
    await user(models, 'next', 'U1');
    await queue(notice('demo', 'U1'));
    const { planned } = await planLetters({ ...context, institutionId: 'next' }, [notice('next', 'U1')]);
    assert.deepEqual([...(await insertLetters(models, planned)).values()].map(({ existed }) => existed), [false]);
  });

  test('nothing planned is nothing done', async () => assert.equal((await insertLetters(models, [])).size, 0));
});

describe('whom a run could not reach (S8.8)', () => {
  const run = { institutionId: 'demo', runId: 'run-1' };
  const reports = () => models.Letter.find({ institutionId: 'demo', letterCode: 'UndeliverableLettersReport' }).lean<StoredLetter[]>();
  const loans = (...libraryCodes: string[]) => ({
    ...overdueNoticeSamples['one loan, type 1'],
    loans: libraryCodes.map((libraryCode) => ({ ...overdueNoticeSamples['one loan, type 1'].loans[0]!, libraryCode })),
    user: { firstName: null, lastName: 'U2', primaryId: 'U2', userGroup: null },
  });

  beforeEach(async () => {
    await models.Run.collection.insertOne({ _id: 'run-1', institutionId: 'demo', name: 'Loans – Overdue and Lost Item' } as never);
  });

  test('its library gets one mail, however often the run asks', async () => {
    await queue(notice('demo', 'U1'), notice('demo', 'U2', { data: loans('MAIN') }));
    assert.equal(await queueUndeliverableReports(context, run.runId), 1);
    assert.equal(await queueUndeliverableReports(context, run.runId), 1);
    const [report, ...others] = await reports();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [report?.dedupeKey, report?.recipient, report?.state],
      ['run-1:MAIN:EMAIL', { type: 'LIBRARY', id: 'MAIN', name: 'Main Library', address: 'main@lib.example' }, 'QUEUED'],
    );
    const { letters, more, jobName } = undeliverableLettersData.parse(report?.data);
    assert.deepEqual([letters, more, jobName], [
      [{ letterCode: 'FulOverdueAndLostLoanNotificationLetter', channel: 'EMAIL', name: 'Reader U2', primaryId: 'U2', titles: ['Dubliners'] }],
      0,
      'Loans – Overdue and Lost Item',
    ]);
  });

  test('a library without a mailbox gets none', async () => {
    await models.Library.create({ institutionId: 'demo', code: 'WEST', name: 'West', email: null });
    await queue(notice('demo', 'U2', { data: loans('WEST') }));
    assert.equal(await queueUndeliverableReports(context, run.runId), 0);
  });

  test('a letter about loans of two libraries is told to both', async () => {
    await models.Library.create({ institutionId: 'demo', code: 'WEST', name: 'West', email: 'west@lib.example' });
    await queue(notice('demo', 'U2', { data: loans('MAIN', 'WEST') }));
    assert.equal(await queueUndeliverableReports(context, run.runId), 2);
  });

  test('of 1,203 the first 500 by name are listed, in whatever order they were written, and 703 are counted', async () => {
    const numbers = Array.from({ length: 1_203 }, (_, index) => String((index * 500) % 1_203).padStart(4, '0'));
    const ofReader = (number: string) => ({ ...loans('MAIN'), user: { firstName: null, lastName: 'R', primaryId: `R${number}`, userGroup: null } });
    await queue(...numbers.map((number) => notice('demo', 'U2', { dedupeKey: `run-1:${number}:1`, data: ofReader(number) })));
    assert.equal(await queueUndeliverableReports(context, run.runId), 1);
    const [report] = await reports();
    const { letters, more } = undeliverableLettersData.parse(report?.data);
    assert.deepEqual([letters.length, letters[0]?.primaryId, letters.at(-1)?.primaryId, more], [500, 'R0000', 'R0499', 703]);
    assert.equal(new Set(letters.map(({ primaryId }) => primaryId)).size, 500);
  });

  test('letters of another run, and letters that went out, are not told', async () => {
    await queue(notice('demo', 'U1', { data: loans('MAIN') }), notice('demo', 'U2', { runId: 'run-0', data: loans('MAIN') }));
    assert.equal(await queueUndeliverableReports(context, run.runId), 0);
  });
});
