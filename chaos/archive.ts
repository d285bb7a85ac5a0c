/** A night of fulfillment-historical-archiving: ended loans with all that hangs on them, fees and requests, drawn from a seed. */
import type { BorrowingRequest } from '../models/borrowing-request.js';
import { newId } from '../models/document.js';
import type { Fee } from '../models/fee.js';
import type { Loan } from '../models/loan.js';
import type { Models } from '../models/models.js';
import { newFee } from '../models/new-fee.js';
import type { StoredRequest } from '../models/request.js';
import { activated, idOf } from '../test/support/demo-library.js';
import { drawFrom, type Draw } from './draw.js';
import { asOf, library, overdueDate, type Size } from './library.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const daysAgo = (days: number) => new Date(asOf.getTime() - days * DAY_MS);
const everything = { loans: true, loanNotes: true, fees: true, feeComments: true, requests: true, borrowingRequests: true };

const rule = (table: string, order: number, field: string, op: string, value: string | number) =>
  ({ table, order, name: `${table} ${order}`, parameters: [{ field, op, values: [value] }], output: false });
const rules = [
  rule('LOANS', 1, 'daysSinceEnd', 'LESS_THAN', 7), rule('LOANS', 2, 'loanRankOnItem', 'LESS_THAN', 2), rule('LOANS', 3, 'location', 'EQUALS', 'WEST/STACKS'),
  rule('FEES', 1, 'daysSinceEnd', 'LESS_THAN', 2_555), rule('FEES', 2, 'userGroup', 'EQUALS', 'FACULTY'), rule('REQUESTS', 1, 'userGroup', 'EQUALS', 'FACULTY'),
  rule('BORROWING_REQUESTS', 1, 'daysSinceEnd', 'LESS_THAN', 30), rule('BORROWING_REQUESTS', 2, 'userGroup', 'EQUALS', 'FACULTY'),
];

/** Answers with the id of its scheduled job, which nothing but a person starts. Every third loan is of the item of the one before. */
export async function archiveWork(models: Models, institutionId: string, size: Size): Promise<string> {
  await library(models, institutionId, size, overdueDate, []);
  await models.AnonymizationRule.insertMany(rules.map((each) => ({ institutionId, ...each })));
  const draw = drawFrom(size.seed, 'archive');
  const loans = await models.Loan.find({ institutionId }).sort({ barcode: 1 }).lean();
  const ended = loans.map((loan, index) => endedLoan(loan, loans[index - (index % 3)]!.itemId, draw));
  await models.Loan.bulkWrite(ended.map(({ _id, ...set }) => ({ updateOne: { filter: { institutionId, _id }, update: { $set: set } } })));
  await models.Fee.insertMany(ended.flatMap((loan) => feesOf(loan, draw)));
  await models.LoanNotice.insertMany(ended.filter(() => draw.below(2) === 0).map(noticeOf));
  await models.LoanEvent.insertMany(ended.map(({ _id, institutionId: own, loanDate }) => ({ institutionId: own, eventKey: `${_id}:1:LOANED`, loanId: _id, dueCycle: 1, type: 'LOANED', at: loanDate, by: 'PATRON' })));
  const late = ended.filter(({ userId }) => userId !== null && draw.below(6) === 0);
  await models.Demerit.insertMany(late.map(({ _id, institutionId: own, userId, barcode }) => (
    { _id: idOf(own, `points ${barcode}`), institutionId: own, userId, loanId: _id, dueCycle: 1, ruleId: idOf(own, 'rule'), points: 10, assignedAt: daysAgo(20) }
  )));
  await models.UserBlock.insertMany(late.map(({ _id, institutionId: own, userId, barcode }) => ({
    institutionId: own, userId, definitionId: idOf(own, `definition ${barcode}`), code: barcode, source: 'OVERDUE', status: 'REMOVED', mode: 'UNTIL_RETURNED', startsAt: daysAgo(30),
    loanIds: [_id, idOf(own, 'another')], removedAt: daysAgo(10), removedBy: 'JOB', activeKey: `#${barcode}`,
  })));
  const users = ended.flatMap(({ userId }) => userId ?? []);
  await models.Request.insertMany(Array.from({ length: Math.ceil(size.loans / 3) }, (_, index) => request(institutionId, index, draw.one(users), draw)));
  await models.BorrowingRequest.insertMany(Array.from({ length: Math.ceil(size.loans / 4) }, (_, index) => borrowingRequest(institutionId, index, draw.one(users))));
  const { _id } = await activated(models, institutionId, 'fulfillment-historical-archiving');
  await models.ScheduledJob.updateOne({ institutionId, _id }, { $set: { parameters: everything } });
  return _id;
}

/** One in nine is open still. */
function endedLoan(loan: Loan, itemId: string, draw: Draw): Loan {
  if (draw.below(9) === 0) return loan;
  const returnDate = daysAgo(draw.below(60));
  return {
    ...loan, itemId, status: 'COMPLETE', processStatus: 'NORMAL', closeReason: 'RETURNED', returnDate, proxyUserId: draw.below(8) === 0 ? loan.userId : null,
    notes: draw.below(4) === 0 ? [{ text: 'Came back wet', at: returnDate }] : [],
    recall: draw.below(7) === 0 ? { active: false, requestId: idOf(loan.institutionId, `recall ${loan.barcode}`), at: loan.loanDate, dueDateBefore: loan.dueDate, dueDateChanged: false } : null,
  };
}

/** For one loan in three: owed still, exported, closed lately, or so long ago that no rule keeps it. */
function feesOf({ institutionId, _id: loanId, userId, libraryCode, itemId, barcode, title }: Loan, draw: Draw): Fee[] {
  if (draw.below(3) > 0) return [];
  const ofLetter = draw.below(5) === 0;
  const dedupeKey = ofLetter ? `fee:letter of ${userId}:${barcode}` : `overdue:${loanId}:1`;
  const fee = newFee(institutionId, { type: 'OVERDUE_FINE', amount: 300, currency: 'USD', dedupeKey }, { userId, userGroup: draw.one(['STUDENT', 'STUDENT', 'FACULTY']), libraryCode, loanId: ofLetter ? null : loanId, itemId, barcode, title }, daysAgo(50));
  const status = draw.one(['ACTIVE', 'EXPORTED', 'CLOSED', 'CLOSED', 'CLOSED', 'CLOSED'] as const);
  const closedAt = daysAgo(draw.below(2) === 0 ? 40 : 2_600);
  const paid = { transactionId: newId(), type: 'PAYMENT' as const, amount: 300, at: closedAt, by: idOf(institutionId, 'staff'), reason: null, comment: draw.below(3) === 0 ? 'Paid in coins' : null };
  return [{ ...fee, _id: idOf(institutionId, `fee ${barcode}`), status, ...(status === 'CLOSED' && { balance: 0, closedAt, transactions: [paid], comment: draw.below(3) === 0 ? 'Was ill' : null }) }];
}

const noticeOf = ({ _id, institutionId, userId, libraryCode, dueDate }: Loan) => ({
  institutionId, loanId: _id, dueCycle: 1, kind: 'OVERDUE_NOTIFICATION_1', profileId: idOf(institutionId, 'P1'), dayKey: '-', userId, libraryCode, sendFormat: 'EMAIL',
  runId: idOf(institutionId, 'run before'), decidedAt: dueDate, state: 'LETTERED', data: { accruedFine: 25 }, letterKey: `${idOf(institutionId, 'run before')}:letter:${userId}`,
});

function request(institutionId: string, index: number, requesterUserId: string, draw: Draw): Partial<StoredRequest> {
  const isOpen = draw.below(6) === 0;
  const _id = idOf(institutionId, `request ${index}`);
  return {
    _id, institutionId, requestType: 'PATRON_PHYSICAL', level: 'TITLE', bibId: idOf(institutionId, 'bib'), title: `Title ${index}`, requesterUserId, userGroup: draw.one(['STUDENT', 'FACULTY']),
    status: isOpen ? 'IN_PROCESS' : 'COMPLETED', active: isOpen, step: isOpen ? 'PICK_FROM_SHELF' : 'DONE', stepEnteredAt: daysAgo(20), assignmentKey: `#${_id}`, activeKey: `#${_id}`,
    pickupPerson: 'A. Neighbour', deliveryAddress: { line1: 'Elm Street 1' }, notes: [{ text: 'By the door' }],
    closedAt: isOpen ? null : daysAgo(draw.below(40)), closedBy: isOpen || draw.below(2) === 0 ? null : { userId: requesterUserId },
  };
}

function borrowingRequest(institutionId: string, index: number, requesterUserId: string): Partial<BorrowingRequest> {
  const isOpen = index % 6 === 5;
  return {
    _id: idOf(institutionId, `borrowing request ${index}`), institutionId, externalId: `AB${1_000_000 + index}`, requesterUserId, userGroup: index % 2 === 0 ? 'STUDENT' : 'FACULTY',
    status: isOpen ? 'CREATED' : 'COMPLETED', notes: [{ text: 'Urgent' }], closedAt: isOpen ? null : daysAgo((index * 7) % 60),
  };
}
