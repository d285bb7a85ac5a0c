/** Every letter, rendered from its samples in every language; the main ones word for word (read them aloud). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import { buildLetterTemplates } from '../../cli/letters/build.js';
import { languages, shippedLabels } from '../../templates/labels.js';
import { letterOf, letters } from '../../templates/letters.js';
import { overdueNoticeSamples } from '../../templates/letters/overdue-letter-samples.js';
import { renderLetter } from '../../templates/render.js';

const notice = 'FulOverdueAndLostLoanNotificationLetter';
const sampleOf = (letterCode: string, name: string) => {
  const sample = letterOf(letterCode).samples[name];
  assert.ok(sample !== undefined, `${letterCode} has no sample "${name}"`);
  return sample;
};
const mail = (letterCode: string, sample: string, language = 'en') =>
  renderLetter(letterCode, 'EMAIL', sampleOf(letterCode, sample), { language, defaultLanguage: 'en' });
const sms = (letterCode: string, sample: string, language = 'en') =>
  renderLetter(letterCode, 'SMS', sampleOf(letterCode, sample), { language, defaultLanguage: 'en' });

for (const letter of letters) {
  test(`${letter.code} has three samples or more, and each can be sent in every language`, () => {
    assert.ok(Object.keys(letter.samples).length >= 3);
    for (const name of Object.keys(letter.samples)) {
      for (const language of languages) {
        const { subject, html, text } = mail(letter.code, name, language);
        assert.ok(subject.length > 0 && subject.length < 120, subject);
        assert.match(html ?? '', new RegExp(`lang="${language}"`));
        for (const part of [subject, html ?? '', text]) assert.doesNotMatch(part, /undefined|null|NaN|\[object|\{\{/);
      }
    }
  });
  if (!letter.sms) continue;
  test(`${letter.code} fits a text message in every language`, () => {
    for (const name of Object.keys(letter.samples)) {
      for (const language of languages) {
        const { html, text } = sms(letter.code, name, language);
        assert.equal(html, null);
        assert.ok(text.length > 0 && text.length <= 480 && !text.includes('\n'), text);
      }
    }
  });
}

test('the HTML templates are what their MJML says (npm run build)', async () => {
  for (const [path, html] of await buildLetterTemplates()) assert.equal(readFileSync(path, 'utf8'), html, path);
});

describe('what it says, word for word', () => {
  test('the first reminder of one loan', () => {
    const { subject, text } = mail(notice, 'one loan, type 1');
    assert.equal(subject, 'A friendly reminder: a loan is overdue');
    assert.equal(text, `Dear Ada Lovelace,

The item below was due back and has not reached us yet. Perhaps it slipped your mind; that happens to all of us.

Main Library

  - Dubliners
    Joyce, James
    Due: Monday, March 3, 2025 at 9:00 PM
    Call number: PR6019.O9 D8 1993 · Barcode: 39999000123456

Please bring it back to Main Library, or renew it if that is still possible.

If you have returned it in the meantime, thank you; you need not do anything more.

Your loans at a glance: https://library.example.edu/my-account

With kind regards,
University of Somewhere Libraries

--
This letter was written automatically on Tuesday, March 4, 2025. Your user number: 21456.
`);
  });

  test('the second one in German, from one library, with a fine and a fee', () => {
    const { subject, text } = mail(notice, 'one loan of one library, type 2, fine and fee', 'de');
    assert.equal(subject, 'Zweite Erinnerung: Eine Ausleihe ist überfällig');
    assert.equal(plain(text), `Guten Tag, Ada Lovelace,

das unten genannte Medium ist noch immer auf Sie ausgeliehen, obwohl seine Leihfrist schon vor einiger Zeit abgelaufen ist. Vielleicht wartet schon jemand darauf.

Main Library

  - Dubliners
    Joyce, James
    Fällig: Montag, 3. März 2025 um 21:00
    Säumnisgebühr: 2,00 $
    Signatur: PR6019.O9 D8 1993 · Barcode: 39999000123456

Gebühr für diesen Brief: 1,50 $
Neu berechnet mit diesem Brief: 3,50 $

Bitte geben Sie es hier zurück: Main Library. Oder verlängern Sie es, falls das noch möglich ist.

Haben Sie es inzwischen zurückgegeben? Dann danken wir Ihnen, und Sie brauchen nichts weiter zu tun.

Ihre Ausleihen auf einen Blick: https://library.example.edu/my-account

Fragen? Schreiben Sie uns einfach an circulation@library.example.edu.

Freundliche Grüße
Main Library
University of Somewhere Libraries

--
Dieser Brief wurde am Dienstag, 4. März 2025 automatisch erstellt. Ihre Benutzernummer: 21456.
`);
  });

  test('the fourth one in French, of an item without title or author that was due by the end of a day', () => {
    const { subject, text } = mail(notice, 'no title, type 4', 'fr');
    assert.equal(plain(subject), 'Urgent : merci de rendre votre document en retard');
    assert.equal(plain(text), `Bonjour Ada Lovelace,

Le document ci-dessous est en retard depuis longtemps. Merci de le rendre sans tarder. À défaut, nous devrons peut-être le déclarer perdu et vous facturer son remplacement.

Main Library

  - Document sans titre
    À rendre : lundi 3 mars 2025
    Code-barres : 39999000123456

Merci de le rapporter ici : Main Library. Vous pouvez aussi le prolonger, si c’est encore possible.

Si vous l’avez rendu entre-temps, merci ; vous n’avez plus rien à faire.

Bien cordialement,
University of Somewhere Libraries

--
Cette lettre a été écrite automatiquement le mardi 4 mars 2025. Votre numéro de lecteur : 21456.
`);
  });

  test('a lost loan in Spanish, with what was charged for it', () => {
    const { subject, text } = mail('FulOverdueAndLostLoanLetter', 'one loan', 'es');
    assert.equal(subject, 'Un préstamo se ha dado por perdido');
    assert.equal(plain(text), `Hola, Ada Lovelace:

El ejemplar que figura abajo lleva tanto tiempo de retraso que lo hemos dado por perdido. Para que la biblioteca pueda reponerlo, hemos tenido que cargar en su cuenta los importes indicados.

Main Library

  - Dubliners
    Joyce, James
    Fecha de devolución: lunes, 3 de marzo de 2025, 21:00
    Reposición: 42,50 US$
    Gastos de gestión: 15,00 US$
    Multa por los días de retraso: 7,50 US$
    Signatura: PR6019.O9 D8 1993 · Código de barras: 39999000123456

Nuevos cargos con esta carta: 65,00 US$

Si aparece, tráigalo de todos modos: nos alegrará recibirlo. Entonces le diremos qué pasa con los cargos. Si tiene la seguridad de haberlo devuelto, díganoslo y lo buscaremos en nuestras estanterías.

Todos sus préstamos: https://library.example.edu/my-account

¿Tiene alguna pregunta? Escríbanos a circulation@library.example.edu.

Un cordial saludo,
Main Library
University of Somewhere Libraries

--
Esta carta se escribió de forma automática el martes, 4 de marzo de 2025. Su número de usuario: 21456.
`);
  });

  test('who was charged nothing for a lost loan hears of no charges', () => {
    const said = (sample: string) => mail('FulOverdueAndLostLoanLetter', sample).text.split('\n').find((line) => line.startsWith('If it turns up'));
    const [found, returned] = ['If it turns up, please bring it back all the same: we will be glad to have it.', 'If you are sure that you returned it, let us know, and we will look for it on our shelves.'];
    assert.equal(said('no title, nothing charged'), `${found} ${returned}`);
    assert.equal(said('one loan'), `${found} We will then tell you what becomes of the charges. ${returned}`);
  });

  test('the library is told whom a run could not reach', () => {
    const { subject, text } = mail('UndeliverableLettersReport', 'one letter');
    assert.equal(subject, 'One letter without an address: Loans – Overdue and Lost Item');
    assert.equal(text, `Dear Main Library,

One letter of “Loans – Overdue and Lost Item” on Tuesday, March 4, 2025 could not be sent, because the person has no address for it. Please post it, or give the person a call.

  - Ada Lovelace (21456)
    Overdue notice, no e-mail address
    Dubliners

Show the run: https://almanac.example.edu/runs/65e5f0000000000000000009

--
This letter was written automatically on Tuesday, March 4, 2025.
`);
  });

  test('a reminder of three loans due today, one of them wanted by somebody else', () => {
    const { subject, text } = mail('FulUserOverdueNoticeLetter', 'many loans, one of them recalled');
    assert.equal(subject, 'Due today, Thursday, May 29, 2025: 3 loans');
    assert.equal(plain(text), `Dear Ada Lovelace,

A quick reminder: the items below are due today, Thursday, May 29, 2025.

Main Library

  - Dubliners
    Joyce, James
    Due: Thursday, May 29, 2025 at 9:00 PM
    Call number: PR6019.O9 D8 1993 · Barcode: 39999000123456

  - Item without a title
    Due: Thursday, May 29, 2025
    Another reader is waiting for it.
    Barcode: 39999000123456

West Campus Library

  - Organic chemistry <3rd & revised edition>
    McMurry, John
    Due: Thursday, May 29, 2025 at 9:00 AM
    Barcode: 39999000345678

Please bring each of them back to the library named above it, or renew them if that is still possible.

If you have returned them in the meantime, thank you; you need not do anything more.

Your loans at a glance: https://library.example.edu/my-account

With kind regards,
University of Somewhere Libraries

--
This letter was written automatically on Thursday, May 29, 2025. Your user number: 21456.
`);
  });

  test('a reminder names its day in every language, also as a text message', () => {
    const said = (language: string) => [
      plain(mail('FulUserOverdueNoticeLetter', 'one loan', language).subject), plain(sms('FulUserOverdueNoticeLetter', 'one loan', language).text),
    ];
    const account = 'https://library.example.edu/my-account';
    const sender = 'University of Somewhere Libraries';
    assert.deepEqual(said('de'), ['Heute, Donnerstag, 29. Mai 2025, ist eine Ausleihe fällig', `${sender}: eine Ausleihe ist heute fällig: Dubliners (Donnerstag, 29. Mai 2025 um 21:00). Bitte geben Sie sie zurück. ${account}`]);
    assert.deepEqual(said('fr'), ['À rendre aujourd’hui, jeudi 29 mai 2025 : un prêt', `${sender}: un prêt est à rendre aujourd’hui: Dubliners (jeudi 29 mai 2025 à 21:00). Merci de le rendre. ${account}`]);
    assert.deepEqual(said('es'), ['Hoy, jueves, 29 de mayo de 2025, vence un préstamo', `${sender}: un préstamo vence hoy: Dubliners (jueves, 29 de mayo de 2025, 21:00). Devuélvalo, por favor. ${account}`]);
  });

  test('a courtesy notice of a loan that another reader waits for', () => {
    const { subject, text } = mail('FulUserLoansCourtesyLetter', 'one loan, requested by another');
    assert.equal(subject, 'Due soon: one loan');
    assert.equal(plain(text), `Dear Ada Lovelace,

The item below falls due soon, and it was not renewed for you.

Main Library

  - Dubliners
    Joyce, James
    Due: Friday, June 13, 2025 at 9:00 PM
    Not renewed: another reader is waiting for it.
    Call number: PR6019.O9 D8 1993 · Barcode: 39999000123456

Please bring it back to Main Library, or renew it if that is still possible.

If you have returned it in the meantime, thank you; you need not do anything more.

Your loans at a glance: https://library.example.edu/my-account

With kind regards,
University of Somewhere Libraries

--
This letter was written automatically on Tuesday, June 10, 2025. Your user number: 21456.
`);
  });

  test('three renewals in French, two of them shorter than usual', () => {
    const { subject, text } = mail('AutomaticLoansRenewNotice', 'three loans, two of them shortened', 'fr');
    assert.equal(subject, '3 prêts ont été prolongés pour vous');
    assert.equal(plain(text), `Bonjour Ada Lovelace,

Bonne nouvelle : les documents ci-dessous ont été prolongés pour vous. Voici leurs nouvelles échéances.

Main Library

  - Document sans titre
    À rendre : jeudi 3 juillet 2025
    Jusqu’ici à rendre : vendredi 13 juin 2025 à 21:00
    Plus court que d’habitude : vous ne pouvez pas le garder plus longtemps.
    Code-barres : 39999000123456

  - Dubliners
    Joyce, James
    À rendre : mardi 8 juillet 2025 à 21:00
    Jusqu’ici à rendre : vendredi 13 juin 2025 à 21:00
    Cote : PR6019.O9 D8 1993 · Code-barres : 39999000123456

West Campus Library

  - Dubliners
    Joyce, James
    À rendre : mardi 8 juillet 2025 à 21:00
    Jusqu’ici à rendre : vendredi 13 juin 2025 à 21:00
    Plus court que d’habitude : votre carte de bibliothèque expire alors.
    Cote : PR6019.O9 D8 1993 · Code-barres : 39999000123456

Si vous n’en avez plus besoin, d’autres seront heureux de les avoir plus tôt.

Tous vos prêts : https://library.example.edu/my-account

Bien cordialement,
University of Somewhere Libraries

--
Cette lettre a été écrite automatiquement le mardi 10 juin 2025. Votre numéro de lecteur : 21456.
`);
  });

  test('renewals and what falls due, as text messages', () => {
    const account = 'https://library.example.edu/my-account';
    const sender = 'University of Somewhere Libraries';
    const said = [sms('AutomaticLoansRenewNotice', 'one loan', 'de'), sms('FulUserLoansCourtesyLetter', 'one loan, requested by another', 'es')].map(({ text }) => plain(text));
    assert.deepEqual(said, [
      `${sender}: eine Ausleihe wurde für Sie verlängert: Dubliners (Dienstag, 8. Juli 2025 um 21:00). ${account}`,
      `${sender}: un préstamo vence pronto: Dubliners (viernes, 13 de junio de 2025, 21:00). Devuélvalo, por favor. ${account}`,
    ]);
  });

  test('what is owed to several libraries, less a credit, and what the letter costs', () => {
    const { subject, text } = mail('FulFinesFeesNotificationLetter', 'fees of several libraries and a credit, type 2, with a fee');
    assert.equal(subject, 'Second reminder: $55.50 to pay on your library account');
    assert.equal(plain(text), `Dear Ada Lovelace,

The charges below are still open on your library account. We would be glad if you could pay them soon.

Main Library

  - Fine for overdue days: $6.00
    Dubliners
    Charged on Saturday, March 1, 2025

  - Credit: -$3.00
    Credited on Monday, January 20, 2025
    Paid twice in January

West Campus Library

  - Replacement of a lost item: $32.50
    Organic chemistry <3rd & revised edition>
    Charged on Tuesday, February 11, 2025
    Originally $42.50

  - Processing of a lost item: $15.00
    Organic chemistry <3rd & revised edition>
    Charged on Tuesday, February 11, 2025

University of Somewhere Libraries

  - New library card: $5.00
    Charged on Saturday, March 1, 2025

Total: $55.50
Fee for this letter, in addition: $1.00

If you have paid in the meantime, thank you; you need not do anything more. If something here looks wrong to you, please tell us.

Your account: https://library.example.edu/my-account

With kind regards,
University of Somewhere Libraries

--
This letter was written automatically on Saturday, March 8, 2025. Your user number: 21456.
`);
  });

  test('a type of fee that staff made has its name in the language of the reader, else in that of the institution', () => {
    const said = (language: string) => mail('FulFinesFeesNotificationLetter', 'fees of several libraries and a credit, type 2, with a fee', language).text;
    assert.match(plain(said('de')), /- Neuer Bibliotheksausweis: 5,00/);
    assert.match(plain(said('fr')), /- New library card: 5,00/);
  });

  test('a report of what is on the account, of two libraries', () => {
    const { subject, text } = mail('FulUserBorrowingActivityLetter', 'everything, of two libraries');
    assert.equal(subject, 'Your library account on Monday, March 10, 2025');
    assert.equal(plain(text), `Dear Ada Lovelace,

This is what your library account shows today, Monday, March 10, 2025.

Overdue: 2 loans

Main Library

  - Dubliners
    Joyce, James
    Due: Monday, March 3, 2025 at 9:00 PM
    Fine so far: $1.75
    Call number: PR6019.O9 D8 1993 · Barcode: 39999000123456

West Campus Library

  - Organic chemistry <3rd & revised edition>
    McMurry, John
    Due: Tuesday, January 14, 2025 at 9:00 PM
    Recorded as lost.
    Barcode: 39999000345678

Fines so far for overdue loans: $1.75. They grow until you return the loans, and are charged only then.

On loan: one item

Main Library

  - Ulysses
    Joyce, James
    Due: Thursday, March 20, 2025 at 9:00 PM
    Call number: PR6019.O9 U4 · Barcode: 39999000123999

To pay

Main Library

  - Fine for overdue days: $2.00
    The Odyssey
    Charged on Saturday, March 1, 2025

West Campus Library

  - Replacement of a lost item: $32.50
    Organic chemistry <3rd & revised edition>
    Charged on Tuesday, February 11, 2025
    Originally $42.50

Total: $34.50

Please bring the overdue loan back soon, or renew it if that is still possible.

If something here looks wrong to you, please tell us.

Your account: https://library.example.edu/my-account

With kind regards,
University of Somewhere Libraries

--
This letter was written automatically on Monday, March 10, 2025. Your user number: 21456.
`);
  });

  test('a report names what it lists in every language', () => {
    const headings = (language: string) => plain(mail('FulUserBorrowingActivityLetter', 'everything, of two libraries', language).text).split('\n').filter((line) => /^(Überfällig|Ausgeliehen|Zu bez|En retard|En cours|À régler|Con retraso|En préstamo|Por pagar)/.test(line));
    assert.deepEqual(headings('de'), ['Überfällig: 2 Ausleihen', 'Ausgeliehen: ein Medium', 'Zu bezahlen']);
    assert.deepEqual(headings('fr'), ['En retard : 2 prêts', 'En cours : un prêt', 'À régler']);
    assert.deepEqual(headings('es'), ['Con retraso: 2 préstamos', 'En préstamo: un ejemplar', 'Por pagar']);
  });

  test('what is owed, in every language, also as a text message', () => {
    const said = (language: string) => [mail('FulFinesFeesNotificationLetter', 'one fine, type 1', language).subject, sms('FulFinesFeesNotificationLetter', 'type 3', language).text].map(plain);
    const [sender, account] = ['University of Somewhere Libraries', 'https://library.example.edu/my-account'];
    assert.deepEqual(said('en'), ['A friendly reminder: $6.00 to pay on your library account', `${sender}: third reminder, please pay $47.50 on your account. ${account}`]);
    assert.deepEqual(said('de'), ['Freundliche Erinnerung: 6,00 $ offen auf Ihrem Bibliothekskonto', `${sender}: dritte Erinnerung, bitte bezahlen Sie 47,50 $ auf Ihrem Konto. ${account}`]);
    assert.deepEqual(said('fr'), ['Petit rappel : 6,00 $US à régler sur votre compte de bibliothèque', `${sender}: troisième rappel, merci de régler 47,50 $US sur votre compte. ${account}`]);
    assert.deepEqual(said('es'), ['Recordatorio amistoso: 6,00 US$ por pagar en su cuenta de la biblioteca', `${sender}: tercer recordatorio, le rogamos que pague 47,50 US$ en su cuenta. ${account}`]);
  });

  test('a text message names the loan that is due longest', () => {
    assert.equal(
      sms(notice, 'many loans, type 3').text,
      'University of Somewhere Libraries: third reminder, 14 loans are overdue: Organic chemistry <3rd & revised edition> '
        + '(Monday, March 3, 2025 at 4:30 PM) +13. Please return them. https://library.example.edu/my-account',
    );
  });
});

describe('the five notices grow firmer', () => {
  const subjects = [1, 2, 3, 4, 5].map((notificationType) => {
    const letter = { ...overdueNoticeSamples['one loan, type 1'], notificationType };
    return renderLetter(notice, 'EMAIL', letter, { language: 'en', defaultLanguage: 'en' }).subject;
  });
  test('from a friendly reminder to a final notice', () => {
    assert.deepEqual(subjects, [
      'A friendly reminder: a loan is overdue',
      'Second reminder: a loan is overdue',
      'Third reminder: please return your overdue loan',
      'Urgent: please return your overdue loan',
      'Final notice: please return your overdue loan',
    ]);
  });
});

describe('loans in a letter', () => {
  const { text, html } = mail(notice, 'many loans, type 3');

  test('stand by library, then by due date, then by title, volumes in the order of their numbers', () => {
    const order = [...text.matchAll(/^ {2}- .*|^\S.* Library$/gm)].map(([line]) => line.trim());
    assert.deepEqual(order.slice(0, 5), [
      'Main Library',
      '- Organic chemistry <3rd & revised edition>',
      '- Dubliners',
      'West Campus Library',
      '- The Cambridge history of English literature, v. 1',
    ]);
    assert.deepEqual(order.slice(-2).map((line) => line.slice(-5)), ['v. 11', 'v. 12']);
  });
  test('what looks like markup in a title is text', () => {
    assert.match(html ?? '', /Organic chemistry &lt;3rd &amp; revised edition&gt;/);
    assert.doesNotMatch(html ?? '', /<3rd/);
  });
  test('a fine that grows is said to', () => assert.match(text, /The fine keeps growing until the loans are returned\./));
  test('each goes back to its own library', () => assert.match(text, /Please bring each of them back to the library named above it/));
});

test('no line of a French letter begins with a colon or another sign that stands behind a blank', () => {
  for (const [key, words] of Object.entries(shippedLabels['fr']!)) assert.doesNotMatch(words, / [:;?!»]|« /, key);
});

test('news of a list itself have no line about an item', () => {
  const { text } = mail('LegantoFullDetailedNotificationsEmailLetter', 'no name of the list, no text, right-to-left name');
  assert.match(text, /\n {2}- the list was published\n\n/);
  assert.match(text, /\n {2}- one item was tagged\n {4}\u2068Item without a title: الأيام\u2069\n/);
});

test('a patron without a name is called by the user number', () => {
  const letter = { ...overdueNoticeSamples['one loan, type 1'], user: { firstName: null, lastName: '', primaryId: '21456', userGroup: null } };
  assert.match(renderLetter(notice, 'EMAIL', letter, { language: 'en', defaultLanguage: 'en' }).text, /^Dear 21456,\n/);
});

describe('names written from right to left', () => {
  test('do not turn the comma behind them', () => {
    assert.match(mail(notice, 'right-to-left name, type 5').text, /^Dear \u2068ليلى حدّاد\u2069,$/m);
  });
});

describe('a letter that is not right is not sent', () => {
  const render = (data: unknown) => () => renderLetter(notice, 'EMAIL', data, { language: 'en', defaultLanguage: 'en' });
  const sample = overdueNoticeSamples['one loan, type 1'];

  test('without its patron', () => assert.throws(render({ ...sample, user: undefined }), /user/));
  test('without a loan', () => assert.throws(render({ ...sample, loans: [] }), /loans/));
  test('with a sixth notification type', () => assert.throws(render({ ...sample, notificationType: 6 }), /notificationType/));
  test('under a code that no letter has', () => {
    assert.throws(() => renderLetter('FulNoSuchLetter', 'EMAIL', sample, { language: 'en', defaultLanguage: 'en' }), /FulNoSuchLetter/);
  });
  test('a link that is no web address is left out', () => {
    const { html } = renderLetter(notice, 'EMAIL', { ...sample, links: { account: 'javascript:alert(1)' } }, { language: 'en', defaultLanguage: 'en' });
    assert.doesNotMatch(html ?? '', /javascript/);
  });
});

/** No-break spaces look like blanks here. */
function plain(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, ' ');
}
