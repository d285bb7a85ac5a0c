import type { LabelKey } from './en.js';

/** French; readers are addressed with “vous”. */
export const fr: Readonly<Record<LabelKey, string>> = {
  greeting: 'Bonjour {name},',
  closing: 'Bien cordialement,',
  questions: 'Une question ? Écrivez-nous simplement à {email}.',
  automatic: 'Cette lettre a été écrite automatiquement le {day}. Votre numéro de lecteur : {primaryId}.',
  untitled: 'Document sans titre',
  due: 'À rendre : {due}',
  callNumber: 'Cote : {callNumber}',
  barcode: 'Code-barres : {barcode}',
  accruedFine: 'Amende à ce jour : {amount}',
  'fee.OVERDUE_NOTIFICATION_FINE': 'Amende de retard : {amount}',
  'fee.LOST_ITEM_REPLACEMENT_FEE': 'Remplacement : {amount}',
  'fee.LOST_ITEM_PROCESS_FEE': 'Frais de traitement : {amount}',
  'fee.OVERDUE_FINE': 'Amende pour les jours de retard : {amount}',
  'fee.RECALLED_OVERDUE_FINE': 'Amende pour les jours de retard après rappel : {amount}',
  notificationFee: 'Frais pour cette lettre : {amount}',
  totalFees: 'Nouveaux frais de cette lettre : {amount}',
  fineGrows: 'L’amende à ce jour continue d’augmenter jusqu’au retour {loans, plural, one {du document} other {des documents}}.',
  account: 'Voir mes prêts',
  accountText: 'Tous vos prêts : {url}',
  'overdue.subject.1': 'Petit rappel : {loans, plural, one {un prêt est en retard} other {# prêts sont en retard}}',
  'overdue.subject.2': 'Deuxième rappel : {loans, plural, one {un prêt est en retard} other {# prêts sont en retard}}',
  'overdue.subject.3': 'Troisième rappel : merci de rendre {loans, plural, one {votre document en retard} other {vos # documents en retard}}',
  'overdue.subject.4': 'Urgent : merci de rendre {loans, plural, one {votre document en retard} other {vos # documents en retard}}',
  'overdue.subject.5': 'Dernier avis : merci de rendre {loans, plural, one {votre document en retard} other {vos # documents en retard}}',
  'overdue.intro.1':
    '{loans, plural, one {La date de retour du document ci-dessous est passée et il ne nous est pas encore parvenu. Sans doute un simple oubli ; cela nous arrive à tous.} other {La date de retour des documents ci-dessous est passée et ils ne nous sont pas encore parvenus. Sans doute un simple oubli ; cela nous arrive à tous.}}',
  'overdue.intro.2':
    '{loans, plural, one {Le document ci-dessous est toujours emprunté à votre nom, alors que sa date de retour est passée depuis un certain temps. Quelqu’un l’attend peut-être.} other {Les documents ci-dessous sont toujours empruntés à votre nom, alors que leur date de retour est passée depuis un certain temps. Quelqu’un les attend peut-être.}}',
  'overdue.intro.3':
    '{loans, plural, one {Le document ci-dessous est en retard depuis assez longtemps. Merci de le rapporter bientôt, pour que d’autres puissent en profiter.} other {Les documents ci-dessous sont en retard depuis assez longtemps. Merci de les rapporter bientôt, pour que d’autres puissent en profiter.}}',
  'overdue.intro.4':
    '{loans, plural, one {Le document ci-dessous est en retard depuis longtemps. Merci de le rendre sans tarder. À défaut, nous devrons peut-être le déclarer perdu et vous facturer son remplacement.} other {Les documents ci-dessous sont en retard depuis longtemps. Merci de les rendre sans tarder. À défaut, nous devrons peut-être les déclarer perdus et vous facturer leur remplacement.}}',
  'overdue.intro.5':
    '{loans, plural, one {Voici notre dernier avis au sujet du document ci-dessous. S’il ne revient pas, nous devrons peut-être le déclarer perdu et vous facturer son remplacement. Si quelque chose vous empêche de le rendre, parlez-nous-en : nous préférons de loin trouver une solution ensemble.} other {Voici notre dernier avis au sujet des documents ci-dessous. S’ils ne reviennent pas, nous devrons peut-être les déclarer perdus et vous facturer leur remplacement. Si quelque chose vous empêche de les rendre, parlez-nous-en : nous préférons de loin trouver une solution ensemble.}}',
  'overdue.return': 'Ce que vous pouvez faire : {loans, plural, one {rapportez-le à la bibliothèque indiquée au-dessus, ou prolongez-le si c’est encore possible.} other {rapportez chacun à la bibliothèque indiquée au-dessus, ou prolongez-les si c’est encore possible.}}',
  'overdue.crossed': '{loans, plural, one {Si vous l’avez rendu entre-temps, merci ; vous n’avez plus rien à faire.} other {Si vous les avez rendus entre-temps, merci ; vous n’avez plus rien à faire.}}',
  'overdue.sms.1': '{loans, plural, one {un prêt est en retard} other {# prêts sont en retard}}',
  'overdue.sms.2': 'deuxième rappel, {loans, plural, one {un prêt est en retard} other {# prêts sont en retard}}',
  'overdue.sms.3': 'troisième rappel, {loans, plural, one {un prêt est en retard} other {# prêts sont en retard}}',
  'overdue.sms.4': 'urgent, {loans, plural, one {un prêt est très en retard} other {# prêts sont très en retard}}',
  'overdue.sms.5': 'dernier avis, {loans, plural, one {un prêt est très en retard} other {# prêts sont très en retard}}',
  'overdue.sms.please': '{loans, plural, one {Merci de le rendre} other {Merci de les rendre}}.',
  'lost.subject': '{loans, plural, one {Un prêt a été déclaré perdu} other {# prêts ont été déclarés perdus}}',
  'lost.intro':
    '{loans, plural, one {Le document ci-dessous est en retard depuis si longtemps que nous l’avons déclaré perdu.} other {Les documents ci-dessous sont en retard depuis si longtemps que nous les avons déclarés perdus.}}',
  'lost.charges': 'Pour que la bibliothèque puisse {loans, plural, one {le} other {les}} remplacer, nous avons dû porter à votre compte les montants indiqués.',
  'lost.found':
    '{loans, plural, one {Si vous le retrouvez, rapportez-le tout de même : nous en serons ravis et vous dirons ce que deviennent ces frais. Si vous êtes certain de l’avoir rendu, dites-le-nous et nous chercherons dans nos rayons.} other {Si vous les retrouvez, rapportez-les tout de même : nous en serons ravis et vous dirons ce que deviennent ces frais. Si vous êtes certain de les avoir rendus, dites-le-nous et nous chercherons dans nos rayons.}}',
  'lost.sms': '{loans, plural, one {un prêt a été déclaré perdu} other {# prêts ont été déclarés perdus}}',
  'lost.sms.charged': 'Nouveaux frais : {amount}.',
  'lost.sms.please': '{loans, plural, one {Si vous le retrouvez, merci de le rapporter} other {Si vous les retrouvez, merci de les rapporter}}.',
  'undeliverable.subject': '{letters, plural, one {Une lettre} other {# lettres}} sans adresse : {job}',
  'undeliverable.intro':
    '{letters, plural, one {Une lettre de « {job} » du {day} n’a pas pu être envoyée, faute d’adresse. Merci de l’expédier par la poste ou de téléphoner à la personne.} other {# lettres de « {job} » du {day} n’ont pas pu être envoyées, faute d’adresse. Merci de les expédier par la poste ou de téléphoner aux personnes.}}',
  'undeliverable.more': '… et {letters, plural, one {une autre lettre} other {# autres lettres}} ; la page de l’exécution les énumère toutes.',
  'undeliverable.EMAIL': 'pas d’adresse électronique',
  'undeliverable.SMS': 'pas de numéro pour les SMS',
  'undeliverable.run': 'Voir l’exécution',
  'undeliverable.automatic': 'Cette lettre a été écrite automatiquement le {day}.',
  'letter.FulOverdueAndLostLoanNotificationLetter': 'Avis de retard',
  'letter.FulLostLoanNotificationLetter': 'Avis de retard',
  'letter.FulOverdueAndLostLoanLetter': 'Prêt perdu',
  'letter.FulLostLoanLetter': 'Prêt perdu',
  'letter.other': 'Lettre {code}',
};
