import type { LabelKey } from './en.js';

/** Spanish; readers are addressed with “usted”. */
export const es: Readonly<Record<LabelKey, string>> = {
  greeting: 'Hola, {name}:',
  closing: 'Un cordial saludo,',
  questions: '¿Tiene alguna pregunta? Escríbanos a {email}.',
  automatic: 'Nuestro sistema escribió esta carta de forma automática el {day}. Su número de usuario: {primaryId}.',
  untitled: 'Ejemplar sin título',
  due: 'Fecha de devolución: {due}',
  callNumber: 'Signatura: {callNumber}',
  barcode: 'Código de barras: {barcode}',
  accruedFine: 'Multa hasta hoy: {amount}',
  'fee.OVERDUE_NOTIFICATION_FINE': 'Multa por retraso: {amount}',
  'fee.LOST_ITEM_REPLACEMENT_FEE': 'Reposición: {amount}',
  'fee.LOST_ITEM_PROCESS_FEE': 'Gastos de gestión: {amount}',
  'fee.OVERDUE_FINE': 'Multa por los días de retraso: {amount}',
  'fee.RECALLED_OVERDUE_FINE': 'Multa por los días de retraso tras la reclamación: {amount}',
  notificationFee: 'Cargo por esta carta: {amount}',
  totalFees: 'Nuevos cargos con esta carta: {amount}',
  fineGrows: 'La multa sigue aumentando hasta que devuelva {loans, plural, one {el ejemplar} other {los ejemplares}}.',
  account: 'Ver mis préstamos',
  accountText: 'Todos sus préstamos: {url}',
  'overdue.subject.1': 'Recordatorio amistoso: {loans, plural, one {un préstamo ha vencido} other {# préstamos han vencido}}',
  'overdue.subject.2': 'Segundo recordatorio: {loans, plural, one {un préstamo ha vencido} other {# préstamos han vencido}}',
  'overdue.subject.3': 'Tercer recordatorio: devuelva por favor {loans, plural, one {su préstamo vencido} other {sus # préstamos vencidos}}',
  'overdue.subject.4': 'Urgente: devuelva por favor {loans, plural, one {su préstamo vencido} other {sus # préstamos vencidos}}',
  'overdue.subject.5': 'Último aviso: devuelva por favor {loans, plural, one {su préstamo vencido} other {sus # préstamos vencidos}}',
  'overdue.intro.1':
    '{loans, plural, one {El plazo del ejemplar que figura abajo ha terminado y todavía no nos ha llegado. Quizá se le haya olvidado; a todos nos pasa.} other {El plazo de los ejemplares que figuran abajo ha terminado y todavía no nos han llegado. Quizá se le hayan olvidado; a todos nos pasa.}}',
  'overdue.intro.2':
    '{loans, plural, one {El ejemplar que figura abajo sigue prestado a su nombre, aunque su plazo terminó hace algún tiempo. Puede que alguien lo esté esperando.} other {Los ejemplares que figuran abajo siguen prestados a su nombre, aunque su plazo terminó hace algún tiempo. Puede que alguien los esté esperando.}}',
  'overdue.intro.3':
    '{loans, plural, one {El ejemplar que figura abajo lleva bastante tiempo de retraso. Le rogamos que lo devuelva pronto, para que también otros puedan usarlo.} other {Los ejemplares que figuran abajo llevan bastante tiempo de retraso. Le rogamos que los devuelva pronto, para que también otros puedan usarlos.}}',
  'overdue.intro.4':
    '{loans, plural, one {El ejemplar que figura abajo lleva mucho tiempo de retraso. Devuélvalo cuanto antes, por favor. Si no lo recibimos, es posible que tengamos que darlo por perdido y cobrarle su reposición.} other {Los ejemplares que figuran abajo llevan mucho tiempo de retraso. Devuélvalos cuanto antes, por favor. Si no los recibimos, es posible que tengamos que darlos por perdidos y cobrarle su reposición.}}',
  'overdue.intro.5':
    '{loans, plural, one {Este es nuestro último aviso sobre el ejemplar que figura abajo. Si no lo recibimos, es posible que lo demos por perdido y le cobremos su reposición. Si algo le impide devolverlo, hable con nosotros: preferimos con mucho encontrar juntos una solución.} other {Este es nuestro último aviso sobre los ejemplares que figuran abajo. Si no los recibimos, es posible que los demos por perdidos y le cobremos su reposición. Si algo le impide devolverlos, hable con nosotros: preferimos con mucho encontrar juntos una solución.}}',
  'overdue.return': 'Qué puede hacer: {loans, plural, one {devolverlo en la biblioteca indicada encima, o renovarlo si todavía es posible.} other {devolver cada uno en la biblioteca indicada encima, o renovarlos si todavía es posible.}}',
  'overdue.crossed': '{loans, plural, one {Si ya lo ha devuelto, muchas gracias; no tiene que hacer nada más.} other {Si ya los ha devuelto, muchas gracias; no tiene que hacer nada más.}}',
  'overdue.sms.1': '{loans, plural, one {un préstamo ha vencido} other {# préstamos han vencido}}',
  'overdue.sms.2': 'segundo recordatorio, {loans, plural, one {un préstamo ha vencido} other {# préstamos han vencido}}',
  'overdue.sms.3': 'tercer recordatorio, {loans, plural, one {un préstamo ha vencido} other {# préstamos han vencido}}',
  'overdue.sms.4': 'urgente, {loans, plural, one {un préstamo venció hace mucho} other {# préstamos vencieron hace mucho}}',
  'overdue.sms.5': 'último aviso, {loans, plural, one {un préstamo venció hace mucho} other {# préstamos vencieron hace mucho}}',
  'overdue.sms.please': '{loans, plural, one {Devuélvalo, por favor} other {Devuélvalos, por favor}}.',
  'lost.subject': '{loans, plural, one {Un préstamo se ha dado por perdido} other {# préstamos se han dado por perdidos}}',
  'lost.intro':
    '{loans, plural, one {El ejemplar que figura abajo lleva tanto tiempo de retraso que lo hemos dado por perdido.} other {Los ejemplares que figuran abajo llevan tanto tiempo de retraso que los hemos dado por perdidos.}}',
  'lost.charges': 'Para que la biblioteca pueda {loans, plural, one {reponerlo} other {reponerlos}}, hemos tenido que cargar en su cuenta los importes indicados.',
  'lost.found':
    '{loans, plural, one {Si aparece, tráigalo de todos modos: nos alegrará recibirlo y le diremos qué pasa con los cargos. Si tiene la seguridad de haberlo devuelto, díganoslo y lo buscaremos en nuestras estanterías.} other {Si aparecen, tráigalos de todos modos: nos alegrará recibirlos y le diremos qué pasa con los cargos. Si tiene la seguridad de haberlos devuelto, díganoslo y los buscaremos en nuestras estanterías.}}',
  'lost.sms': '{loans, plural, one {un préstamo se ha dado por perdido} other {# préstamos se han dado por perdidos}}',
  'lost.sms.charged': 'Nuevos cargos: {amount}.',
  'lost.sms.please': '{loans, plural, one {Si lo encuentra, devuélvalo, por favor} other {Si los encuentra, devuélvalos, por favor}}.',
  'undeliverable.subject': '{letters, plural, one {Una carta} other {# cartas}} sin dirección: {job}',
  'undeliverable.intro':
    '{letters, plural, one {Una carta de «{job}» del {day} no se pudo enviar porque la persona no tiene dirección para ella. Envíela por correo postal o llame a la persona, por favor.} other {# cartas de «{job}» del {day} no se pudieron enviar porque las personas no tienen dirección para ellas. Envíelas por correo postal o llame a las personas, por favor.}}',
  'undeliverable.more': '… y {letters, plural, one {una carta más} other {# cartas más}}; la página de la ejecución las enumera todas.',
  'undeliverable.EMAIL': 'sin correo electrónico',
  'undeliverable.SMS': 'sin número para SMS',
  'undeliverable.run': 'Ver la ejecución',
  'undeliverable.automatic': 'Nuestro sistema escribió esta carta de forma automática el {day}.',
  'letter.FulOverdueAndLostLoanNotificationLetter': 'Aviso de retraso',
  'letter.FulLostLoanNotificationLetter': 'Aviso de retraso',
  'letter.FulOverdueAndLostLoanLetter': 'Préstamo perdido',
  'letter.FulLostLoanLetter': 'Préstamo perdido',
  'letter.other': 'Carta {code}',
};
