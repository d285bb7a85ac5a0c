/** The delivery against a real mail server that misbehaves (platform.md 13, Delivery and example 18; engine.md 3.1). */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import { insertLetters, planLetters, type LetterRequest } from '../../activities/letters.js';
import { createMailActivities, type Delivery } from '../../activities/mail.js';
import { createTransporters, type Transporters } from '../../activities/mail/transporters.js';
import type { LetterContent, StoredLetter } from '../../models/letter.js';
import { clear, emptyDatabase } from '../support/database.js';
import { email, institution, notice, user } from '../support/mail-house.js';
import { startMailServer, type MailServer } from '../support/mail-server.js';
import { watchedNeighbour } from '../support/neighbour.js';
import { onWrites } from '../support/store.js';

const { models, close } = await emptyDatabase();
const MINUTE = 60_000;
const began = Date.parse('2025-03-04T06:00:00.000Z');
let clock = began;
let server: MailServer;
let transporters: Transporters;

const deliver = (institutionId = 'demo', given: { transporters?: Transporters; bounceDomain?: string | null } = {}): Promise<Delivery> => {
  const { deliverLetters } = createMailActivities({
    models, transporters, now: () => new Date(clock), mailFrom: 'Demo Libraries <no-reply@demo.example>', bounceDomain: 'bounces.example', ...given,
  });
  return new MockActivityEnvironment().run(deliverLetters, institutionId);
};
const queueIn = async (institutionId: string, ...requests: LetterRequest[]) => {
  const { planned } = await planLetters({ models, institutionId, now: () => new Date(clock) }, requests);
  await insertLetters(models, planned);
};
const queue = (...requests: LetterRequest[]) => queueIn('demo', ...requests);
const letterOf = async (primaryId: string, institutionId = 'demo'): Promise<StoredLetter> => {
  const letter = await models.Letter.findOne({ institutionId, 'recipient.id': `${institutionId}-${primaryId}` }).lean<StoredLetter>();
  assert.ok(letter);
  return letter;
};
const outcomes = ({ attempts }: StoredLetter) => attempts.map(({ outcome, smtpCode }) => (smtpCode === null ? outcome : `${outcome} ${smtpCode}`));
const change = (primaryId: string, values: Record<string, unknown>) =>
  models.User.updateOne({ institutionId: 'demo', _id: `demo-${primaryId}` }, { $set: values });

beforeAll(async () => void (server = await startMailServer()));
beforeEach(async () => {
  clock = began;
  server.received.length = 0;
  server.behaviour.clear();
  server.refuseLogin = null;
  transporters = createTransporters(server.url);
  await clear(models);
  await institution(models, 'demo');
  await user(models, 'demo', 'U1');
});
/** Whose reader has the same address, one letter that is due, and one that was left under way. */
watchedNeighbour(models, async (nextDoor) => {
  await institution(models, nextDoor);
  await user(models, nextDoor, 'U1');
  await queueIn(nextDoor, notice(nextDoor, 'U1'), notice(nextDoor, 'U1', { dedupeKey: 'run-0:notice:U1:1' }));
  const lastNight = new Date(began - 24 * 60 * MINUTE);
  const started = { at: lastNight, outcome: 'STARTED' as const, smtpCode: null, text: 'claim' };
  await models.Letter.updateOne(
    { institutionId: nextDoor, dedupeKey: 'run-0:notice:U1:1:EMAIL' },
    { $set: { state: 'SENDING', leaseUntil: lastNight, nextAttemptAt: lastNight, attempts: [started] } },
  );
});
afterEach(() => transporters.close());
afterAll(async () => {
  await server.close();
  await close();
});

describe('a letter that goes out', () => {
  test('arrives as text and HTML, in the words it was kept in', async () => {
    await queue(notice('demo', 'U1'));
    assert.deepEqual(await deliver(), { sent: 1, retried: 0, failed: 0, suppressed: 0, stopped: null, waitMs: null });

    const letter = await letterOf('U1');
    const [mail] = server.received;
    assert.ok(mail);
    const kept = await models.LetterContent.findOne({ institutionId: 'demo', _id: letter.bodyKey ?? '' }).lean<LetterContent>();
    assert.deepEqual([letter.state, letter.sentAt, outcomes(letter)], ['SENT', new Date(clock), ['ACCEPTED 250']]);
    assert.deepEqual(
      [mail.subject, mail.text?.trim(), mail.html?.trim()],
      [kept?.subject, kept?.text.trim(), kept?.html?.trim()],
    );
    assert.equal(mail.subject, 'A friendly reminder: a loan is overdue');
    assert.equal(letter.subject, kept?.subject);
  });

  test('says whom it is from, for whom, and that nobody need answer it', async () => {
    await queue(notice('demo', 'U1'));
    await deliver();
    const { _id, messageId } = await letterOf('U1');
    const [mail] = server.received;
    const header = (key: string) => mail?.headers.find((each) => each.key === key)?.value;
    assert.deepEqual(mail?.from, { name: 'Demo Libraries', address: 'no-reply@demo.example' });
    assert.deepEqual(mail?.to, [{ name: 'Reader U1', address: 'u1@x.example' }]);
    assert.deepEqual([mail?.envelopeFrom, mail?.envelopeTo], [`bounce+${_id}@bounces.example`, 'u1@x.example']);
    assert.equal(messageId, `<ltr-${_id}@bounces.example>`);
    assert.deepEqual([header('message-id'), header('auto-submitted'), header('content-language')], [messageId, 'auto-generated', 'en']);
    assert.equal(mail?.headers.some(({ key }) => key.startsWith('list-') || key === 'x-mailer'), false);
    assert.equal(new Date(header('date') ?? '').getTime(), clock);
  });

  test('is from its library, when it is of one', async () => {
    await queue(notice('demo', 'U1', { libraryCode: 'MAIN' }));
    await deliver();
    assert.deepEqual(server.received[0]?.from, { name: 'Main Library', address: 'main@lib.example' });
  });

  test('else from the address that its letter was given', async () => {
    await models.LetterConfig.create({
      institutionId: 'demo', letterCode: 'FulOverdueAndLostLoanNotificationLetter', from: 'Loans desk <loans@demo.example>', replyTo: 'desk@demo.example',
    });
    await queue(notice('demo', 'U1'));
    await deliver();
    assert.deepEqual(server.received[0]?.from, { name: 'Loans desk', address: 'loans@demo.example' });
    assert.deepEqual(server.received[0]?.replyTo, [{ name: '', address: 'desk@demo.example' }]);
  });

  test('bounces to its sender, where bounces have no domain of their own', async () => {
    await queue(notice('demo', 'U1'));
    await deliver('demo', { bounceDomain: null });
    assert.equal(server.received[0]?.envelopeFrom, 'no-reply@demo.example');
    assert.match((await letterOf('U1')).messageId ?? '', /@demo\.example>$/);
  });

  test('as a text message has neither subject nor HTML', async () => {
    await models.PlatformSettings.create({ institutionId: '*', smsGatewayPattern: '{number}@sms.example' });
    await change('U1', { phones: [{ number: '5550123', types: [], preferred: true, preferredSms: true, segment: 'INTERNAL' }] });
    await queue(notice('demo', 'U1', { sendFormat: 'SMS' }));
    await deliver();
    const [mail] = server.received;
    assert.equal(mail?.envelopeTo, '5550123@sms.example');
    assert.equal(mail?.html, undefined);
    assert.equal(mail?.subject, undefined);
    assert.match(mail?.text ?? '', /^University of Somewhere Libraries: a loan is overdue: Dubliners/);
  });

  test('goes once, however often the delivery looks', async () => {
    await queue(notice('demo', 'U1'));
    await Promise.all([deliver(), deliver(), deliver()]);
    await deliver();
    assert.equal(server.received.length, 1);
  });

  test('with 120 others in pages, each once', async () => {
    const readers = Array.from({ length: 120 }, (_, index) => `R${index}`);
    await models.User.insertMany(readers.map((primaryId) => ({
      _id: `demo-${primaryId}`, institutionId: 'demo', primaryId, displayName: primaryId, status: 'ACTIVE', statusDate: '2024-01-01',
      emails: [email(`${primaryId.toLowerCase()}@x.example`)],
    })));
    await queue(...readers.map((primaryId) => notice('demo', primaryId)));
    assert.equal((await deliver()).sent, 120);
    assert.equal(new Set(server.received.map(({ envelopeTo }) => envelopeTo)).size, 120);
  });

});

describe('a letter that is changed while the delivery has it', () => {
  /** Changes it just before the store hears this of the delivery. */
  async function changedBefore(written: string, values: Record<string, unknown>): Promise<Delivery> {
    const stop = onWrites(async ({ name, send }) => {
      if (name !== written) return send();
      stop();
      await models.Letter.updateOne({ institutionId: 'demo' }, { $set: values, $inc: { version: 1 } });
      return send();
    });
    return deliver().finally(stop);
  }

  test('taken out of the queue after it was read, it does not go', async () => {
    await queue(notice('demo', 'U1'));
    const { sent } = await changedBefore('letters.updateMany', { state: 'SUPPRESSED', suppressedReason: 'RECIPIENT_DELETED', nextAttemptAt: null });
    const { state, attempts } = await letterOf('U1');
    assert.deepEqual([sent, server.received.length, state, attempts.length], [0, 0, 'SUPPRESSED', 0]);
  });

  test('taken over by another worker while it was under way, it is left to that worker, whatever became of it here', async () => {
    server.behaviour.set('u1@x.example', { atRecipient: '450 4.2.0 greylisted' });
    await queue(notice('demo', 'U1'));
    await changedBefore('letters.bulkWrite', { state: 'SENT', sentAt: new Date(clock), nextAttemptAt: null });
    const { state, sentAt, nextAttemptAt } = await letterOf('U1');
    assert.deepEqual([state, sentAt, nextAttemptAt], ['SENT', new Date(clock), null]);
  });

  test('its reader took another address while the old one was refused: the new one is good', async () => {
    server.behaviour.set('u1@x.example', { atRecipient: '550 5.1.1 no such user' });
    await queue(notice('demo', 'U1'));
    const stop = onWrites(async ({ name, send }) => {
      if (name === 'letters.bulkWrite') {
        stop();
        await change('U1', { emails: [email('new@x.example')] });
      }
      return send();
    });
    await deliver().finally(stop);
    const reader = await models.User.findOne({ institutionId: 'demo', primaryId: 'U1' }).lean();
    assert.deepEqual(reader?.emails.map(({ address, bounced }) => [address, bounced]), [['new@x.example', false]]);
  });
});

describe('a letter that does not go out at once', () => {
  test('refused for now, it is tried after 1 min, 5 min, 30 min, 4 h and 19 h, then given up', async () => {
    server.behaviour.set('u1@x.example', { atRecipient: '450 4.2.0 greylisted' });
    await queue(notice('demo', 'U1'));
    const waits: (number | null)[] = [];
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const { waitMs, retried, failed } = await deliver();
      assert.deepEqual([retried, failed], attempt < 6 ? [1, 0] : [0, 1]);
      waits.push(waitMs === null ? null : waitMs / MINUTE);
      assert.equal((await deliver()).retried, 0); // not before its time
      clock += waitMs ?? 0;
    }
    assert.deepEqual(waits, [1, 5, 30, 240, 1140, null]);
    const letter = await letterOf('U1');
    assert.deepEqual([letter.state, outcomes(letter)], ['FAILED', Array.from({ length: 6 }, () => 'TRANSIENT 450')]);
    assert.match(letter.attempts[0]?.text ?? '', /greylisted/);
  });

  test('accepted at the second attempt, it is sent in the same bytes under the same Message-ID', async () => {
    server.behaviour.set('u1@x.example', 'CUT_AFTER_TEXT');
    await queue(notice('demo', 'U1'));
    assert.equal((await deliver()).retried, 1);
    const unknown = await letterOf('U1');
    assert.deepEqual([unknown.state, outcomes(unknown)], ['QUEUED', ['UNKNOWN']]);

    server.behaviour.clear();
    clock += MINUTE;
    assert.equal((await deliver()).sent, 1);
    const sent = await letterOf('U1');
    assert.deepEqual([sent.state, outcomes(sent), sent.messageId], ['SENT', ['UNKNOWN', 'ACCEPTED 250'], unknown.messageId]);
    const [mail] = server.received;
    assert.equal(mail?.messageId, unknown.messageId);
    assert.equal(new Date(mail?.date ?? '').getTime(), began);
  });

  test('twice the same bytes: what a server lost after taking it can be recognised', async () => {
    await queue(notice('demo', 'U1'));
    await deliver();
    await models.Letter.updateOne({ institutionId: 'demo' }, { $set: { state: 'QUEUED', nextAttemptAt: new Date(clock) } });
    clock += MINUTE;
    await deliver();
    const [first, second] = server.received;
    assert.ok(first && second);
    assert.equal(second.source, first.source);
  });

  test('refused after its text for now, it is tried again', async () => {
    server.behaviour.set('u1@x.example', { afterText: '451 4.3.0 try later' });
    await queue(notice('demo', 'U1'));
    assert.equal((await deliver()).waitMs, MINUTE);
    assert.deepEqual(outcomes(await letterOf('U1')), ['TRANSIENT 451']);
  });

  test('a full mailbox may be emptied', async () => {
    server.behaviour.set('u1@x.example', { atRecipient: '552 5.2.2 mailbox full' });
    await queue(notice('demo', 'U1'));
    await deliver();
    const letter = await letterOf('U1');
    assert.deepEqual([letter.state, outcomes(letter)], ['QUEUED', ['TRANSIENT 552']]);
    assert.equal((await models.User.findOne({ institutionId: 'demo' }).lean())?.emails[0]?.bounced, false);
  });

  test('a worker that ended while sending leaves it to the lease: unknown, and sent again', async () => {
    await queue(notice('demo', 'U1'));
    const leaseUntil = new Date(clock + 5 * MINUTE);
    await models.Letter.updateOne({ institutionId: 'demo' }, {
      $set: { state: 'SENDING', leaseUntil, nextAttemptAt: leaseUntil },
      $push: { attempts: { at: new Date(clock), outcome: 'STARTED', smtpCode: null, text: 'claim' } },
      $inc: { version: 1 },
    });
    clock += 5 * MINUTE - 1;
    assert.deepEqual(await deliver(), { sent: 0, retried: 0, failed: 0, suppressed: 0, stopped: null, waitMs: 1 });
    clock += 1;
    assert.equal((await deliver()).sent, 1);
    assert.deepEqual(outcomes(await letterOf('U1')), ['UNKNOWN', 'ACCEPTED 250']);
  });
});

describe('a letter that cannot go out', () => {
  test('to a mailbox that does not exist: failed at once, and the address is not used again', async () => {
    server.behaviour.set('u1@x.example', { atRecipient: '550 5.1.1 no such user' });
    await queue(notice('demo', 'U1'));
    assert.equal((await deliver()).failed, 1);
    const letter = await letterOf('U1');
    assert.deepEqual([letter.state, outcomes(letter), letter.nextAttemptAt], ['FAILED', ['REFUSED 550'], null]);
    assert.equal((await models.User.findOne({ institutionId: 'demo' }).lean())?.emails[0]?.bounced, true);
  });

  test('refused for what it says: failed, but the address is as good as before', async () => {
    server.behaviour.set('u1@x.example', { afterText: '554 5.6.0 message refused' });
    await queue(notice('demo', 'U1'));
    assert.equal((await deliver()).failed, 1);
    assert.equal((await models.User.findOne({ institutionId: 'demo' }).lean())?.emails[0]?.bounced, false);
  });

  test('that does not fit its template fails alone', async () => {
    await user(models, 'demo', 'U2');
    await queue(notice('demo', 'U1', { data: { notificationType: 1 } }), notice('demo', 'U2'));
    assert.deepEqual(await deliver(), { sent: 1, retried: 0, failed: 1, suppressed: 0, stopped: null, waitMs: null });
    const letter = await letterOf('U1');
    assert.deepEqual([letter.state, outcomes(letter), letter.bodyKey], ['FAILED', ['TEMPLATE_ERROR'], null]);
    assert.match(letter.attempts[0]?.text ?? '', /user/);
  });
});

describe('a letter that may not go out after all', () => {
  const suppressed = async (primaryId = 'U1') => {
    const { state, suppressedReason, bodyKey, attempts } = await letterOf(primaryId);
    return [state, suppressedReason, bodyKey, attempts.length];
  };
  test('its reader was deleted', async () => {
    await queue(notice('demo', 'U1'));
    await change('U1', { status: 'DELETED' });
    assert.equal((await deliver()).suppressed, 1);
    assert.deepEqual(await suppressed(), ['SUPPRESSED', 'RECIPIENT_DELETED', null, 0]);
  });
  test('or purged', async () => {
    await queue(notice('demo', 'U1'));
    await models.User.deleteOne({ institutionId: 'demo', _id: 'demo-U1' });
    await deliver();
    assert.deepEqual(await suppressed(), ['SUPPRESSED', 'RECIPIENT_DELETED', null, 0]);
  });
  test('its type was switched off', async () => {
    await queue(notice('demo', 'U1'));
    await models.LetterConfig.create({ institutionId: 'demo', letterCode: 'FulOverdueAndLostLoanNotificationLetter', enabled: false });
    await deliver();
    assert.deepEqual(await suppressed(), ['SUPPRESSED', 'LETTER_DISABLED', null, 0]);
  });
  test('a sandbox mails no patron, yet shows what it would have sent (example 18)', async () => {
    await models.Institution.updateOne({ institutionId: 'demo' }, { $set: { environment: 'SANDBOX', allowedEmails: ['*@lib.example'] } });
    await change('U1', { emails: [email('p@mail.example')] });
    await user(models, 'demo', 'U2', { emails: [email('q@lib.example')] });
    await queue(notice('demo', 'U1'), notice('demo', 'U2'));
    assert.deepEqual(await deliver(), { sent: 1, retried: 0, failed: 0, suppressed: 1, stopped: null, waitMs: null });
    assert.deepEqual(server.received.map(({ envelopeTo }) => envelopeTo), ['q@lib.example']);
    const letter = await letterOf('U1');
    assert.deepEqual([letter.state, letter.suppressedReason, letter.subject], [
      'SUPPRESSED', 'NOT_ALLOWED_ADDRESS', 'A friendly reminder: a loan is overdue',
    ]);
    const body = await models.LetterContent.findOne({ institutionId: 'demo', _id: letter.bodyKey ?? '' }).lean();
    assert.match(body?.text ?? '', /^Dear Ada Lovelace,/);
  });
});

describe('a queue that stands still', () => {
  beforeEach(async () => {
    for (const primaryId of ['U2', 'U3', 'U4', 'U5', 'U6', 'U7', 'U8']) await user(models, 'demo', primaryId);
  });
  const eight = () => queue(...['U1', 'U2', 'U3', 'U4', 'U5', 'U6', 'U7', 'U8'].map((primaryId) => notice('demo', primaryId)));
  const states = async () => {
    const letters = await models.Letter.find({ institutionId: 'demo' }).lean<StoredLetter[]>();
    return { queued: letters.filter(({ state }) => state === 'QUEUED').length, attempts: letters.reduce((sum, { attempts }) => sum + attempts.length, 0) };
  };

  test('paused by staff, nothing leaves', async () => {
    await models.Institution.updateOne({ institutionId: 'demo' }, { $set: { mailPaused: true } });
    await eight();
    const { stopped, waitMs } = await deliver();
    assert.deepEqual([stopped?.reason, waitMs, await states()], ['PAUSED', 0, { queued: 8, attempts: 0 }]);
  });

  test('refused its password, no letter is to blame', async () => {
    server.refuseLogin = '535 5.7.8 authentication failed';
    await eight();
    const { stopped } = await deliver();
    assert.equal(stopped?.reason, 'SENDER_REFUSED');
    assert.match(stopped?.text ?? '', /535 5\.7\.8/);
    assert.deepEqual(await states(), { queued: 8, attempts: 0 });
    server.refuseLogin = null;
    assert.equal((await deliver()).sent, 8);
  });

  test('refused by policy, every letter waits', async () => {
    for (let index = 1; index <= 8; index += 1) server.behaviour.set(`u${index}@x.example`, { atRecipient: '550 5.7.1 relaying denied' });
    await eight();
    assert.deepEqual([(await deliver()).stopped?.reason, await states()], ['SENDER_REFUSED', { queued: 8, attempts: 0 }]);
  });

  test('one letter refused by policy while others pass is to blame itself', async () => {
    server.behaviour.set('u5@x.example', { afterText: '554 5.7.1 looks like spam' });
    await eight();
    const first = await deliver();
    assert.deepEqual([first.failed, first.stopped], [1, null]);
    assert.deepEqual(outcomes(await letterOf('U5')), ['REFUSED 554']);
    await deliver();
    assert.deepEqual(await states(), { queued: 0, attempts: 8 });
  });

  test('nobody answers: those under way are tried again later, the others were never touched', async () => {
    await eight();
    const nobody = createTransporters('smtp://127.0.0.1:9?connectionTimeout=300');
    const { stopped, retried } = await deliver('demo', { transporters: nobody });
    nobody.close();
    assert.deepEqual([stopped?.reason, retried], ['SERVER_AWAY', 5]);
    assert.deepEqual(await states(), { queued: 8, attempts: 5 });
    clock += MINUTE;
    assert.equal((await deliver()).sent, 8);
  });

  test('a server that falls silent is not waited for with every letter', async () => {
    for (let index = 1; index <= 8; index += 1) server.behaviour.set(`u${index}@x.example`, 'SILENT_AT_RECIPIENT');
    await eight();
    const impatient = createTransporters(server.impatientUrl);
    const { stopped, retried } = await deliver('demo', { transporters: impatient });
    impatient.close();
    assert.deepEqual([stopped?.reason, retried], ['SERVER_AWAY', 5]);
  });

  test('"421 too many" is a rest for all', async () => {
    for (let index = 1; index <= 8; index += 1) server.behaviour.set(`u${index}@x.example`, { atRecipient: '421 4.7.0 too many' });
    await eight();
    assert.equal((await deliver()).stopped?.reason, 'SERVER_AWAY');
  });
});
