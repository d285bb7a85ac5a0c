/** README.md, "Letters"; fulfillment-loans.md S8; platform.md 13. */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import {
  channelsOf, cutForSms, emailAddressOf, languageOf, languagesBehind, nextAttemptAfter, smsAddressOf, suppression, suppressionAtSending,
} from '../../domain/letters.js';

const email = (address: string, given: { preferred?: boolean; bounced?: boolean } = {}) => ({ address, preferred: false, bounced: false, ...given });

describe('channels and addresses (S8.3, S8.7)', () => {
  test('EMAIL_AND_SMS makes one letter by each channel', () => {
    assert.deepEqual(channelsOf('EMAIL_AND_SMS'), ['EMAIL', 'SMS']);
    assert.deepEqual(channelsOf('SMS'), ['SMS']);
  });
  test('the preferred address is used', () => {
    assert.equal(emailAddressOf([email('old@x.example'), email('new@x.example', { preferred: true })]), 'new@x.example');
  });
  test('when the preferred address has bounced, the first that has not is used', () => {
    const emails = [email('a@x.example', { bounced: true }), email('b@x.example'), email('c@x.example', { preferred: true, bounced: true })];
    assert.equal(emailAddressOf(emails), 'b@x.example');
  });
  test('a user whose only address has bounced has none', () => {
    assert.equal(emailAddressOf([email('a@x.example', { preferred: true, bounced: true })]), null);
  });
  test('text messages go to the number preferred for them, without its blanks and brackets', () => {
    const phones = [{ number: '555 1111', preferredSms: false }, { number: '+1 (212) 555-0123', preferredSms: true }];
    assert.equal(smsAddressOf(phones, '{number}@sms.example'), '12125550123@sms.example');
  });
  test('a number that is not preferred for text messages is not used', () => {
    assert.equal(smsAddressOf([{ number: '5551111', preferredSms: false }], '{number}@sms.example'), null);
  });
  test('without a gateway there is no number', () => {
    assert.equal(smsAddressOf([{ number: '5551111', preferredSms: true }], null), null);
  });
  test('a text message is cut after 480 characters, never inside one', () => {
    assert.equal(cutForSms('x'.repeat(480)), 'x'.repeat(480));
    assert.equal(cutForSms('x'.repeat(481)), 'x'.repeat(480));
    assert.equal(cutForSms(`${'x'.repeat(479)}📚📚`), `${'x'.repeat(479)}📚`);
  });
});

describe('language (S8.4)', () => {
  const shipped = ['en', 'de', 'fr', 'es'];
  const language = (preferred: string | null, institutionDefault = 'de') => languageOf(preferred, institutionDefault, shipped);

  test('the user’s own language, where there are templates', () => assert.equal(language('fr'), 'fr'));
  test('a region keeps its way of writing dates', () => assert.equal(language('fr-CA'), 'fr-CA'));
  test('a language without templates gives way to the institution’s default', () => assert.equal(language('it'), 'de'));
  test('no language is the institution’s default', () => assert.equal(language(null), 'de'));
  test('when the default has no templates either, it is English', () => assert.equal(language('it', 'pl'), 'en'));
  test('a tag with an underscore or of three letters is understood', () => {
    assert.equal(language('fr_CA'), 'fr-CA');
    assert.equal(language('ger'), 'de');
  });
  test('what is no language is passed over', () => {
    assert.equal(language('German, please'), 'de');
    assert.equal(language(''), 'de');
  });
  test('a tag falls back part by part', () => assert.deepEqual(languagesBehind('zh-Hant-TW'), ['zh-Hant-TW', 'zh-Hant', 'zh']));
});

describe('who gets it, when it is queued', () => {
  const reminder = { code: 'FulUserOverdueNoticeLetter', enabled: true, optOutAllowed: true };
  const notice = { code: 'FulOverdueAndLostLoanNotificationLetter', enabled: true, optOutAllowed: false };
  const reader = { status: 'ACTIVE', letterOptOut: [] } as const;

  test('an active reader with an address', () => assert.equal(suppression(notice, reader, 'a@x.example'), null));
  test('an inactive one too: they still hold the books', () => {
    assert.equal(suppression(notice, { ...reader, status: 'INACTIVE' }, 'a@x.example'), null);
  });
  test('a deleted one not', () => assert.equal(suppression(notice, { ...reader, status: 'DELETED' }, 'a@x.example'), 'RECIPIENT_DELETED'));
  test('who opted out is spared a reminder', () => {
    assert.equal(suppression(reminder, { ...reader, letterOptOut: [reminder.code] }, 'a@x.example'), 'OPTED_OUT');
  });
  test('nobody can opt out of an overdue notice', () => {
    assert.equal(suppression(notice, { ...reader, letterOptOut: [notice.code] }, 'a@x.example'), null);
  });
  test('a letter that is switched off goes to nobody', () => {
    assert.equal(suppression({ ...notice, enabled: false }, reader, 'a@x.example'), 'LETTER_DISABLED');
  });
  test('without an address it cannot go', () => assert.equal(suppression(notice, reader, null), 'NO_ADDRESS'));
  test('a library has no status and no opt-out', () => assert.equal(suppression(notice, null, 'main@lib.example'), null));
});

describe('asked again when its turn comes (platform.md, example 18)', () => {
  const notice = { code: 'FulOverdueAndLostLoanNotificationLetter', enabled: true, optOutAllowed: false };
  const reader = { status: 'ACTIVE', letterOptOut: [] } as const;
  const sandbox = { environment: 'SANDBOX' as const, allowedEmails: ['*@lib.example', 'Dean@univ.example'] };
  const atSending = (address: string, institution: Parameters<typeof suppressionAtSending>[3] = sandbox) =>
    suppressionAtSending(notice, reader, address, institution);

  test('a sandbox mails its own domain', () => assert.equal(atSending('q@lib.example'), null));
  test('and nobody else', () => assert.equal(atSending('p@mail.example'), 'NOT_ALLOWED_ADDRESS'));
  test('a subdomain is another domain', () => assert.equal(atSending('q@staff.lib.example'), 'NOT_ALLOWED_ADDRESS'));
  test('a domain that ends alike is another', () => assert.equal(atSending('q@mylib.example'), 'NOT_ALLOWED_ADDRESS'));
  test('a single address may be allowed, in whatever case', () => assert.equal(atSending('dean@UNIV.example'), null));
  test('production mails everybody', () => {
    assert.equal(atSending('p@mail.example', { environment: 'PRODUCTION', allowedEmails: [] }), null);
  });
  test('the other reasons come first', () => {
    assert.equal(suppressionAtSending({ ...notice, enabled: false }, reader, 'p@mail.example', sandbox), 'LETTER_DISABLED');
  });
});

test('after an attempt without success the next comes after 1 min, 5 min, 30 min, 4 h, 19 h; after the sixth there is none', () => {
  const at = Date.parse('2025-03-04T06:00:00.000Z');
  const next = [1, 2, 3, 4, 5, 6].map((attempts) => nextAttemptAfter(attempts, at));
  assert.deepEqual(next.map((instant) => (instant === null ? null : new Date(instant).toISOString())), [
    '2025-03-04T06:01:00.000Z',
    '2025-03-04T06:05:00.000Z',
    '2025-03-04T06:30:00.000Z',
    '2025-03-04T10:00:00.000Z',
    '2025-03-05T01:00:00.000Z',
    null,
  ]);
});
