/** A message as it goes over the wire: what a reader's mail program makes of it (RFC 5322, 2045, 2046, 2047). */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, test } from 'vitest';
import { wireForm, type Message } from '../../activities/mail/mime.js';
import { quotedPrintable } from '../../activities/mail/quoted-printable.js';

const message = (given: Partial<Message> = {}): Message => ({
  from: { name: 'Bücherei am Markt', address: 'desk@bücher.example' }, replyTo: null, to: { name: '"Ada", Lovelace', address: 'ada@x.example' },
  subject: 'Überfällig: „Dubliners“', text: 'Guten Tag,\n\nein Band fehlt.\n', html: '<p class="a">Guten Tag,</p>\n<p>ein Band fehlt.</p>\n',
  headers: { 'Content-Language': 'de' }, messageId: '<ltr-1@demo.example>', date: new Date('2025-03-04T06:00:00.000Z'), boundary: '1',
  envelope: { from: 'desk@bücher.example', to: 'ada@x.example' }, ...given,
});
const encoded = (text: string) => quotedPrintable(text).toString('latin1');

describe('a message', () => {
  test('says in any language whom it is from, for whom, and about what', async () => {
    const { from, to, subject, text, html, messageId, date } = await PostalMime.parse(wireForm(message()).text);
    assert.deepEqual([from, to], [{ name: 'Bücherei am Markt', address: 'desk@xn--bcher-kva.example' }, [{ name: '"Ada", Lovelace', address: 'ada@x.example' }]]);
    assert.deepEqual([subject, messageId, date], ['Überfällig: „Dubliners“', '<ltr-1@demo.example>', '2025-03-04T06:00:00.000Z']);
    assert.deepEqual([text, html], ['Guten Tag,\n\nein Band fehlt.\n\n', '<p class="a">Guten Tag,</p>\n<p>ein Band fehlt.</p>\n\n']);
  });

  test('of text alone has one part', () => {
    assert.equal(wireForm(message({ from: 'desk@demo.example', to: '5550123@sms.example', subject: null, html: null })).text.toString('latin1'), [
      'Content-Language: de', 'From: desk@demo.example', 'To: 5550123@sms.example', 'Message-ID: <ltr-1@demo.example>', 'Date: Tue, 04 Mar 2025 06:00:00 +0000',
      'Content-Transfer-Encoding: quoted-printable', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8',
      '', 'Guten Tag,', '', 'ein Band fehlt.', '',
    ].join('\r\n'));
  });

  test('takes no header from a name with a line break', async () => {
    const { headers } = await PostalMime.parse(wireForm(message({ to: { name: 'Ada\r\nBcc: all@x.example', address: 'ada@x.example' }, subject: 'a\r\nBcc: all@x.example' })).text);
    assert.equal(headers.some(({ key }) => key === 'bcc'), false);
  });
});

describe('quoted-printable', () => {
  test('leaves plain words, and writes what is not as numbers', () => assert.equal(encoded('1 + 1 = 2, §'), '1 + 1 =3D 2, =C2=A7'));
  test('keeps a blank at the end of a line', () => assert.equal(encoded('a \n\tb\t'), 'a=20\r\n\tb=09'));
  test('ends lines as mail does, however they ended', () => assert.equal(encoded('a\nb\r\nc\rd'), 'a\r\nb\r\nc=0Dd'));
  test('lets a line have 76 signs', () => assert.equal(encoded(`${'a'.repeat(76)}\n`), `${'a'.repeat(76)}\r\n`));
  test('and breaks one of 77, so that no line is longer', () => assert.equal(encoded('a'.repeat(77)), `${'a'.repeat(75)}=\r\naa`));
  test('never within a number', () => assert.equal(encoded(`${'a'.repeat(73)}§`), `${'a'.repeat(73)}=\r\n=C2=A7`));

  test('any text comes back, in lines of 76 signs at most', () => {
    const decoded = (given: string) => Buffer.from(
      given.replace(/=\r\n/g, '').replace(/\r\n/g, '\n').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1',
    ).toString('utf8');
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: fc.constantFrom('a', ' ', '=', '\n', '.', 'ü'), maxLength: 300 }));
    fc.assert(fc.property(text, (given) => {
      const lines = encoded(given).split('\r\n');
      assert.ok(lines.every((line) => line.length <= 76 && /^[\t\x20-\x7e]*$/.test(line)));
      assert.equal(decoded(encoded(given)), given.replaceAll('\r\n', '\n'));
    }));
  });
});
