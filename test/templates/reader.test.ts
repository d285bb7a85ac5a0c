/** Words, days and amounts of one reader (fulfillment-loans.md S8.4; platform.md 13, Labels, example 19). */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { labelText } from '../../templates/labels.js';
import { readerOf } from '../../templates/reader.js';

const reader = (given: Partial<Parameters<typeof readerOf>[0]> = {}) =>
  readerOf({ language: 'en', defaultLanguage: 'en', timeZone: 'America/New_York', currency: 'USD', ...given });

describe('when a loan is due', () => {
  test('a long loan is due at a time', () => {
    assert.equal(reader().due('2025-05-30T01:00:00.000Z', false), 'Thursday, May 29, 2025 at 9:00 PM');
  });
  test('unless that time is the end of the day: then it is the day alone', () => {
    assert.equal(reader().due('2025-03-04T04:59:00.000Z', false), 'Monday, March 3, 2025');
    assert.equal(reader().due('2025-03-04T04:59:59.000Z', false), 'Monday, March 3, 2025');
  });
  test('a minute earlier is a time', () => {
    assert.equal(reader().due('2025-03-04T04:58:59.000Z', false), 'Monday, March 3, 2025 at 11:58 PM');
  });
  test('a short loan has its time also at the end of the day', () => {
    assert.equal(reader().due('2025-03-04T04:59:00.000Z', true), 'Monday, March 3, 2025 at 11:59 PM');
  });
  test('the end of a day in the night the clocks change', () => {
    assert.equal(reader().due('2025-03-10T03:59:00.000Z', false), 'Sunday, March 9, 2025');
  });
  test('each language and region writes it its own way', () => {
    const due = (language: string) => reader({ language }).due('2025-05-30T01:00:00.000Z', false);
    assert.equal(due('en-GB'), 'Thursday, 29 May 2025 at 21:00');
    assert.equal(due('de'), 'Donnerstag, 29. Mai 2025 um 21:00');
    assert.equal(due('fr'), 'jeudi 29 mai 2025 à 21:00');
    assert.equal(due('fr-CA'), 'jeudi 29 mai 2025 à 21 h 00');
    assert.equal(due('es'), 'jueves, 29 de mayo de 2025, 21:00');
  });
});

describe('amounts', () => {
  const amount = (currency: string, minorUnits: number, language = 'en') => reader({ currency, language }).amount(minorUnits);
  test('two decimals for most currencies', () => {
    assert.equal(amount('USD', 4250), '$42.50');
    assert.equal(amount('EUR', 123_456, 'de'), '1.234,56\u00a0€');
  });
  test('none for the yen, three for the Kuwaiti dinar', () => {
    assert.equal(amount('JPY', 500), '¥500');
    assert.equal(amount('KWD', 1500), 'KWD\u00a01.500');
  });
});

describe('labels (example 19)', () => {
  const greeting = { fr: 'Bonjour', en: 'Hello', de: 'Guten Tag' };
  const spoken = (texts: Record<string, string | null>, language: string) => labelText(texts, language, 'de')?.text ?? '';

  test('fr-CA is greeted in French', () => assert.equal(spoken(greeting, 'fr-CA'), 'Bonjour'));
  test('es in the institution’s default language', () => assert.equal(spoken(greeting, 'es'), 'Guten Tag'));
  test('with the German greeting switched off, es is not greeted', () => assert.equal(spoken({ ...greeting, de: null }, 'es'), ''));
  test('English comes last', () => assert.equal(spoken({ en: 'Hello' }, 'es'), 'Hello'));

  test('one and many are worded apart', () => {
    const subject = (loans: number, language: string) => reader({ language }).say('overdue.subject.1', { loans });
    assert.equal(subject(1, 'en'), 'A friendly reminder: a loan is overdue');
    assert.equal(subject(2, 'en'), 'A friendly reminder: 2 loans are overdue');
    assert.equal(subject(1, 'es-MX'), 'Recordatorio amistoso: un préstamo ha vencido');
  });
  test('what is no label fails', () => {
    assert.throws(() => reader().say('overdue.subject.6', { loans: 1 }), RangeError);
  });
  test('a blank that is not filled fails', () => {
    assert.throws(() => reader().say('greeting', {}), /name/);
  });
});
