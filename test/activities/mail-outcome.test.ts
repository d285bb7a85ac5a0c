/** What a mail server's answer means (engine.md 3.1). */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { outcomeOf } from '../../activities/mail/outcome.js';

/** An error as nodemailer makes it. */
const said = (response: string, command = 'RCPT TO', code = 'EENVELOPE') =>
  Object.assign(new Error(`refused: ${response}`), { code, command, response, responseCode: Number(response.slice(0, 3)) });
const broke = (code: string) => Object.assign(new Error('Connection closed unexpectedly'), { code, command: 'CONN' });

const meaning = (error: Error, handedOver = false) => {
  const outcome = outcomeOf(error, handedOver);
  const more = 'addressRefused' in outcome ? outcome.addressRefused : 'serverAway' in outcome ? outcome.serverAway : 'byPolicy' in outcome ? outcome.byPolicy : null;
  return [outcome.kind, more];
};

describe('for now', () => {
  test('greylisted, busy, mailbox full', () => {
    for (const response of ['450 4.2.0 greylisted', '451 4.3.0 busy', '452 4.2.2 full', '552 5.2.2 full', '552 exceeded storage', '450 4.7.1 later']) {
      assert.deepEqual(meaning(said(response)), ['TRANSIENT', false], response);
    }
  });
  test('421 closes the channel for all', () => assert.deepEqual(meaning(said('421 4.3.2 closing', 'MAIL FROM')), ['TRANSIENT', true]));
  test('no connection, no answer', () => {
    for (const code of ['ECONNECTION', 'ESOCKET', 'ETIMEDOUT', 'EDNS', 'ETLS']) assert.deepEqual(meaning(broke(code)), ['TRANSIENT', true]);
  });
  test('a session gone wrong', () => assert.deepEqual(meaning(said('503 5.5.1 bad sequence')), ['TRANSIENT', false]));
});

describe('unknown', () => {
  test('the connection broke after the text was handed over', () => assert.deepEqual(meaning(broke('ECONNECTION'), true), ['UNKNOWN', null]));
  test('an answer that came is known, text or not', () => assert.deepEqual(meaning(said('451 4.3.0 busy', 'DATA', 'EMESSAGE'), true), ['TRANSIENT', false]));
});

describe('for good', () => {
  test('no such mailbox: the address is refused', () => {
    for (const response of ['550 5.1.1 unknown', '553 5.1.3 bad syntax', '550 no such user', '550 5.1.10 null MX', '550 5.2.1 disabled']) {
      assert.deepEqual(meaning(said(response)), ['REFUSED', true], response);
    }
  });
  test('the sender, the content or the size is refused: the address is not to blame', () => {
    assert.deepEqual(meaning(said('550 5.1.8 bad sender domain', 'MAIL FROM')), ['REFUSED', false]);
    assert.deepEqual(meaning(said('554 5.6.0 content', 'DATA', 'EMESSAGE')), ['REFUSED', false]);
    assert.deepEqual(meaning(said('552 5.3.4 too big', 'DATA', 'EMESSAGE')), ['REFUSED', false]);
  });
  test('an address that cannot be one never left', () => {
    assert.deepEqual(meaning(Object.assign(new Error('Invalid recipient'), { code: 'EENVELOPE', command: 'API' })), ['REFUSED', true]);
  });
});

describe('us', () => {
  test('credentials', () => {
    assert.deepEqual(meaning(said('535 5.7.8 bad credentials', 'AUTH PLAIN', 'EAUTH')), ['SENDER_REFUSED', false]);
    assert.deepEqual(meaning(said('530 5.7.0 authentication required', 'MAIL FROM')), ['SENDER_REFUSED', false]);
  });
  test('before any letter was spoken of', () => {
    assert.deepEqual(meaning(said('554 5.3.2 no service here', 'CONN', 'EPROTOCOL')), ['SENDER_REFUSED', false]);
  });
  test('policy, which may be about the letter after all', () => {
    assert.deepEqual(meaning(said('550 5.7.1 relaying denied')), ['SENDER_REFUSED', true]);
  });
});

test('an error that has nothing to do with mail is thrown again', () => {
  assert.throws(() => outcomeOf(new TypeError('a bug'), false), TypeError);
});
