import type { LabelKey } from './en.js';

/** German; readers are addressed with “Sie”. */
export const de: Readonly<Record<LabelKey, string>> = {
  greeting: 'Guten Tag, {name},',
  closing: 'Freundliche Grüße',
  questions: 'Fragen? Schreiben Sie uns einfach an {email}.',
  automatic: 'Unser System hat diesen Brief am {day} selbstständig geschrieben. Ihre Benutzernummer: {primaryId}.',
  untitled: 'Medium ohne Titel',
  due: 'Fällig: {due}',
  callNumber: 'Signatur: {callNumber}',
  barcode: 'Strichcode: {barcode}',
  accruedFine: 'Gebühr bisher: {amount}',
  'fee.OVERDUE_NOTIFICATION_FINE': 'Säumnisgebühr: {amount}',
  'fee.LOST_ITEM_REPLACEMENT_FEE': 'Ersatz: {amount}',
  'fee.LOST_ITEM_PROCESS_FEE': 'Bearbeitung: {amount}',
  'fee.OVERDUE_FINE': 'Gebühr für die überzogenen Tage: {amount}',
  'fee.RECALLED_OVERDUE_FINE': 'Gebühr für die überzogenen Tage nach der Rückforderung: {amount}',
  notificationFee: 'Gebühr für diesen Brief: {amount}',
  totalFees: 'Neu berechnet mit diesem Brief: {amount}',
  fineGrows: 'Die bisherige Gebühr wächst weiter, bis Sie {loans, plural, one {das Medium} other {die Medien}} zurückgeben.',
  account: 'Meine Ausleihen ansehen',
  accountText: 'Ihre Ausleihen auf einen Blick: {url}',
  'overdue.subject.1': 'Freundliche Erinnerung: {loans, plural, one {eine Ausleihe ist überfällig} other {# Ausleihen sind überfällig}}',
  'overdue.subject.2': 'Zweite Erinnerung: {loans, plural, one {eine Ausleihe ist überfällig} other {# Ausleihen sind überfällig}}',
  'overdue.subject.3': 'Dritte Erinnerung: bitte geben Sie {loans, plural, one {Ihre überfällige Ausleihe} other {Ihre # überfälligen Ausleihen}} zurück',
  'overdue.subject.4': 'Dringend: bitte geben Sie {loans, plural, one {Ihre überfällige Ausleihe} other {Ihre # überfälligen Ausleihen}} zurück',
  'overdue.subject.5': 'Letzte Mahnung: bitte geben Sie {loans, plural, one {Ihre überfällige Ausleihe} other {Ihre # überfälligen Ausleihen}} zurück',
  'overdue.intro.1':
    '{loans, plural, one {die Leihfrist des unten genannten Mediums ist abgelaufen, und es ist noch nicht wieder bei uns. Vielleicht haben Sie nur nicht daran gedacht; das geht uns allen einmal so.} other {die Leihfrist der unten genannten Medien ist abgelaufen, und sie sind noch nicht wieder bei uns. Vielleicht haben Sie nur nicht daran gedacht; das geht uns allen einmal so.}}',
  'overdue.intro.2':
    '{loans, plural, one {das unten genannte Medium ist noch immer auf Sie ausgeliehen, obwohl seine Leihfrist schon vor einiger Zeit abgelaufen ist. Vielleicht wartet schon jemand darauf.} other {die unten genannten Medien sind noch immer auf Sie ausgeliehen, obwohl ihre Leihfrist schon vor einiger Zeit abgelaufen ist. Vielleicht wartet schon jemand darauf.}}',
  'overdue.intro.3':
    '{loans, plural, one {das unten genannte Medium ist nun schon länger überfällig. Bitte bringen Sie es bald zurück, damit auch andere es nutzen können.} other {die unten genannten Medien sind nun schon länger überfällig. Bitte bringen Sie sie bald zurück, damit auch andere sie nutzen können.}}',
  'overdue.intro.4':
    '{loans, plural, one {das unten genannte Medium ist lange überfällig. Bitte geben Sie es umgehend zurück. Bleibt es aus, müssen wir es möglicherweise als verloren vermerken und Ihnen den Ersatz berechnen.} other {die unten genannten Medien sind lange überfällig. Bitte geben Sie sie umgehend zurück. Bleiben sie aus, müssen wir sie möglicherweise als verloren vermerken und Ihnen den Ersatz berechnen.}}',
  'overdue.intro.5':
    '{loans, plural, one {dies ist unsere letzte Mahnung zu dem unten genannten Medium. Kommt es nicht zurück, vermerken wir es möglicherweise als verloren und berechnen Ihnen den Ersatz. Wenn Sie es gerade nicht zurückgeben können, sprechen Sie bitte mit uns: Wir finden viel lieber gemeinsam eine Lösung.} other {dies ist unsere letzte Mahnung zu den unten genannten Medien. Kommen sie nicht zurück, vermerken wir sie möglicherweise als verloren und berechnen Ihnen den Ersatz. Wenn Sie sie gerade nicht zurückgeben können, sprechen Sie bitte mit uns: Wir finden viel lieber gemeinsam eine Lösung.}}',
  'overdue.return': 'Was Sie tun können: {loans, plural, one {Bringen Sie es in die Bibliothek zurück, die darüber steht, oder verlängern Sie es, falls das noch möglich ist.} other {Bringen Sie sie in die Bibliothek zurück, die jeweils darüber steht, oder verlängern Sie sie, falls das noch möglich ist.}}',
  'overdue.crossed': '{loans, plural, one {Haben Sie es inzwischen zurückgegeben? Dann danken wir Ihnen, und Sie brauchen nichts weiter zu tun.} other {Haben Sie sie inzwischen zurückgegeben? Dann danken wir Ihnen, und Sie brauchen nichts weiter zu tun.}}',
  'overdue.sms.1': '{loans, plural, one {eine Ausleihe ist überfällig} other {# Ausleihen sind überfällig}}',
  'overdue.sms.2': 'zweite Erinnerung, {loans, plural, one {eine Ausleihe ist überfällig} other {# Ausleihen sind überfällig}}',
  'overdue.sms.3': 'dritte Erinnerung, {loans, plural, one {eine Ausleihe ist überfällig} other {# Ausleihen sind überfällig}}',
  'overdue.sms.4': 'dringend, {loans, plural, one {eine Ausleihe ist lange überfällig} other {# Ausleihen sind lange überfällig}}',
  'overdue.sms.5': 'letzte Mahnung, {loans, plural, one {eine Ausleihe ist lange überfällig} other {# Ausleihen sind lange überfällig}}',
  'overdue.sms.please': '{loans, plural, one {Bitte geben Sie sie zurück} other {Bitte geben Sie sie zurück}}.',
  'lost.subject': '{loans, plural, one {Eine Ausleihe wurde} other {# Ausleihen wurden}} als verloren vermerkt',
  'lost.intro':
    '{loans, plural, one {das unten genannte Medium ist seit so langer Zeit überfällig, dass wir es als verloren vermerkt haben.} other {die unten genannten Medien sind seit so langer Zeit überfällig, dass wir sie als verloren vermerkt haben.}}',
  'lost.charges': 'Damit die Bibliothek {loans, plural, one {es} other {sie}} ersetzen kann, mussten wir Ihrem Konto die angegebenen Beträge berechnen.',
  'lost.found':
    '{loans, plural, one {Taucht es wieder auf, bringen Sie es bitte trotzdem zurück: Wir freuen uns darüber und sagen Ihnen dann, was aus den berechneten Beträgen wird. Sind Sie sicher, dass Sie es zurückgegeben haben, sagen Sie uns Bescheid; wir sehen dann in unseren Regalen nach.} other {Tauchen sie wieder auf, bringen Sie sie bitte trotzdem zurück: Wir freuen uns darüber und sagen Ihnen dann, was aus den berechneten Beträgen wird. Sind Sie sicher, dass Sie sie zurückgegeben haben, sagen Sie uns Bescheid; wir sehen dann in unseren Regalen nach.}}',
  'lost.sms': '{loans, plural, one {eine Ausleihe wurde} other {# Ausleihen wurden}} als verloren vermerkt',
  'lost.sms.charged': 'Neu berechnet: {amount}.',
  'lost.sms.please': '{loans, plural, one {Falls Sie sie finden, bringen Sie sie bitte zurück} other {Falls Sie sie finden, bringen Sie sie bitte zurück}}.',
  'undeliverable.subject': '{letters, plural, one {Ein Brief} other {# Briefe}} ohne Adresse: {job}',
  'undeliverable.intro':
    '{letters, plural, one {ein Brief von „{job}“ vom {day} konnte nicht verschickt werden, weil die Person keine Adresse dafür hat. Bitte schicken Sie ihn mit der Post, oder rufen Sie an.} other {# Briefe von „{job}“ vom {day} konnten nicht verschickt werden, weil die Personen keine Adresse dafür haben. Bitte schicken Sie sie mit der Post, oder rufen Sie an.}}',
  'undeliverable.more': '… und {letters, plural, one {ein weiterer Brief} other {# weitere Briefe}}; die Seite des Laufs nennt alle.',
  'undeliverable.EMAIL': 'keine E-Mail-Adresse',
  'undeliverable.SMS': 'keine Nummer für SMS',
  'undeliverable.run': 'Lauf anzeigen',
  'undeliverable.automatic': 'Unser System hat diesen Brief am {day} selbstständig geschrieben.',
  'letter.FulOverdueAndLostLoanNotificationLetter': 'Mahnung',
  'letter.FulLostLoanNotificationLetter': 'Mahnung',
  'letter.FulOverdueAndLostLoanLetter': 'Verlorene Ausleihe',
  'letter.FulLostLoanLetter': 'Verlorene Ausleihe',
  'letter.other': 'Brief {code}',
};
