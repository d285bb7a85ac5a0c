/** What a night has left behind, line by line, in words that are the same in every institution. */
import type { Models } from '../models/models.js';
import { asOf } from './library.js';

interface Mail {
  to: string;
  subject: string;
}

/** `arrived` is the whole mailbox. Sorted; what was done twice stands there twice. */
export async function pictureOf(models: Models, institutionId: string, arrived: readonly Mail[]): Promise<string[]> {
  const own = { institutionId };
  const [loans, changes, news, items, users, profiles, finesProfiles, notices, events, fees, blocks, demerits, histories, requests, borrowingRequests, letters, runs, problems] = await Promise.all([
    models.Loan.find(own).lean(), models.CalendarChange.find(own).lean(), models.ReadingListNotification.find(own).lean(), models.Item.find(own).lean(), models.User.find(own).lean(), models.OverdueLostProfile.find(own).lean(),
    models.FinesFeesNotificationProfile.find(own).lean(),
    models.LoanNotice.find(own).lean(), models.LoanEvent.find(own).lean(), models.Fee.find(own).lean(), models.UserBlock.find(own).lean(), models.Demerit.find(own).lean(),
    models.ItemHistory.find(own).lean(), models.Request.find(own).lean(), models.BorrowingRequest.find(own).lean(),
    models.Letter.find(own).lean(), models.Run.find(own).lean(), models.RunEvent.find(own).lean(),
  ]);
  const mails = arrived.filter(({ to }) => to.includes(`.${institutionId}@`));

  const barcodes = new Map(loans.map(({ _id, barcode }) => [_id, barcode]));
  const lines = [
    ...loans.map(({ _id, processStatus, processStatusDate, dueCycle, dueDate, lost, lostCount, userId, anonymizedAt, notes, recall, version }) =>
      ({ loan: _id, processStatus, lost, lostCount, dueCycle, dueDate, since: lost && processStatusDate, userId, anonymizedAt, notes: notes.length, recalledBy: recall?.requestId ?? null, version })),
    ...changes.map(({ level, libraryCode, fromDate, processedAt, processedRunId, version }) => ({ change: level, libraryCode, fromDate, processedAt, processedRunId, version })),
    ...news.map(({ text, userId, readAt, emailedAt, letterKey, version }) => ({ news: text, userId, readAt, mailed: emailedAt !== null, letterKey, version })),
    ...items.map(({ _id, processType, version }) => ({ item: _id, processType, version })),
    ...notices.map(({ loanId, dueCycle, kind, profileId, userId, state, letterKey, data, version }) =>
      ({ notice: loanId, dueCycle, kind, profileId, userId, state, letterKey, data, version })),
    ...events.map(({ eventKey, type, at, by }) => ({ event: eventKey, type, at, by })),
    ...fees.map(({ dedupeKey, type, userId, loanId, originalAmount, balance, currency, comment, transactions, anonymizedAt }) =>
      ({ fee: type, userId, loanId, originalAmount, balance, currency, dedupeKey, comment, told: transactions.map((each) => [each.by, each.reason, each.comment]), anonymizedAt })),
    ...blocks.map(({ userId, code, mode, status, startsAt, expiresAt, extensions, removedAt, removedBy, loanIds }) =>
      ({ block: userId, code, mode, status, startsAt, expiresAt, extensions, removedAt, removedBy, loanIds: loanIds.map((id) => barcodes.get(id)).sort() })),
    ...demerits.map(({ _id, userId, loanId, points, assignedAt, consumedBy }) => ({ demerit: _id, userId, loanId, points, assignedAt, block: blocks.find((each) => each._id === consumedBy)?.code ?? null })),
    ...histories.map(({ _id, itemId, returnDate, wasOverdue, wasLost, archivedAt }) => ({ history: _id, itemId, returnDate, wasOverdue, wasLost, archivedAt })),
    ...requests.map(({ title, requesterUserId, pickupPerson, deliveryAddress, closedBy, notes, anonymizedAt, version }) =>
      ({ request: title, requesterUserId, pickupPerson, deliveryAddress, closedBy, notes: notes.length, anonymizedAt, version })),
    ...borrowingRequests.map(({ externalId, requesterUserId, notes, anonymizedAt, version }) => ({ request: externalId, requesterUserId, notes: notes.length, anonymizedAt, version })),
    ...letters.map(({ dedupeKey, state, suppressedReason, recipient, data }) => ({ letter: dedupeKey, state, suppressedReason, address: recipient.address, data })),
    ...mails.map(({ to, subject }) => ({ mail: to, subject })),
    ...runs.flatMap(({ status, noWork, failure, counters, problems: { byCode, errors, warnings } }) => [
      { run: status, noWork, failure, errors, warnings },
      ...Object.entries(counters).map(([counter, value]) => ({ counter, value })),
      ...Object.entries(byCode).map(([code, count]) => ({ code, count })),
    ]),
    ...problems.map(({ severity, code, recordType, recordLabel, params }) => ({ problem: code, severity, recordType, recordLabel, params })),
  ];

  const names = new Map<string, string>([
    ...loans.flatMap(({ _id, itemId, barcode }): [string, string][] => [[_id, barcode], [itemId, `item of ${barcode}`]]),
    ...demerits.map(({ _id, points }): [string, string] => [_id, `${points} points`]),
    ...users.map(({ _id, primaryId }): [string, string] => [_id, primaryId]),
    ...[...profiles, ...finesProfiles].map(({ _id, name }): [string, string] => [_id, name]),
    ...fees.map(({ _id, title }): [string, string] => [_id, title ?? 'a fee for a letter']),
    ...runs.map(({ _id }): [string, string] => [_id, 'this run']),
  ]);
  const told = (line: object) =>
    JSON.stringify(line)
      .replace(/[0-9a-f]{24}/g, (id) => names.get(id) ?? 'an id')
      .replace(/activity:\d{4}-\d\d-\d\d:/g, 'activity:this run:') // the period of a run by its schedule is the day, of one by hand the run
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (instant) => (Date.parse(instant) > asOf.getTime() + 365 * 86_400_000 ? 'by the clock' : instant))
      .replaceAll(institutionId, 'demo');
  return lines.map(told).sort();
}
