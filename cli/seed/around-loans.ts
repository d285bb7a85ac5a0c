/** What hangs on the loans of the demonstration library: debts of those who lost a book or were late, and readers who wait for one. */
import type { Fee, FeeTransaction } from '../../models/fee.js';
import type { Loan } from '../../models/loan.js';
import type { StoredRequest } from '../../models/request.js';
import { currency } from './library.js';
import { afternoon, isRecalled, isReturned, loanAt } from './loans.js';
import { GROUPS, idOf, pick, stamps, thrown, type Plan } from './plan.js';

/** What the reader of a lost loan owes for it. */
export function lostFee(plan: Plan, number: number): Fee {
  const loan = loanAt(plan, number);
  const amount = 6_000;
  return feeOf(plan, number, loan, { type: 'LOST_ITEM_REPLACEMENT_FEE', originalAmount: amount, balance: amount, createdAt: loan.processStatusDate, dedupeKey: `lost-repl:${loan._id}:1` });
}

/** What the reader of a loan that came back late was charged, some days ago: every second has paid, half of the others in part, of one in five the reader says that it is wrong. */
export function lateFee(plan: Plan, number: number): Fee {
  const loan = loanAt(plan, number);
  const originalAmount = 100 * (2 + (thrown(number, 40) % 13));
  const isPaid = number % 40 === 39;
  const paid = isPaid ? originalAmount : thrown(number, 41) % 2 === 0 ? 100 : 0;
  const status = isPaid ? 'CLOSED' : thrown(number, 42) % 5 === 0 ? 'IN_DISPUTE' : 'ACTIVE';
  const createdAt = afternoon(plan, -(thrown(number, 43) % 28));
  const charged = { type: 'OVERDUE_FINE', originalAmount, balance: originalAmount - paid, createdAt, dedupeKey: `overdue:${loan._id}:${loan.dueCycle}` };
  const payment: FeeTransaction = { transactionId: `cash:${loan._id}`, type: 'PAYMENT', amount: paid, at: createdAt, by: 'desk', reason: null, comment: null };
  return { ...feeOf(plan, number, loan, charged), status, closedAt: isPaid ? createdAt : null, transactions: paid === 0 ? [] : [payment] };
}

function feeOf(plan: Plan, number: number, loan: Loan, charged: Pick<Fee, 'type' | 'originalAmount' | 'balance' | 'createdAt' | 'dedupeKey'>): Fee {
  const { userId, userGroup, libraryCode, itemId, barcode, title } = loan;
  return {
    _id: idOf(plan, 'fee', number),
    institutionId: plan.institutionId,
    userId,
    userGroup,
    status: 'ACTIVE',
    currency,
    libraryCode,
    loanId: loan._id,
    itemId,
    barcode,
    title,
    relatedFeeId: null,
    comment: null,
    closedAt: null,
    transactions: [],
    exportClaim: null,
    bursarTransactionId: null,
    transferredAmount: 0,
    anonymizedAt: null,
    ...stamps(plan),
    ...charged,
  };
}

/** Another reader waits for what is lent; recalled loans have theirs, and one title in fifty besides. */
export const isRequested = (loan: number) => (isRecalled(loan) || loan % 50 === 21) && !isReturned(loan);

export function requestFor(plan: Plan, number: number): StoredRequest {
  const loan = loanAt(plan, number);
  const user = (thrown(number, 21) % (plan.users - 1)) + 1;
  const _id = idOf(plan, 'request', number);
  return {
    _id,
    institutionId: plan.institutionId,
    requestType: 'PATRON_PHYSICAL',
    level: 'TITLE',
    bibId: loan.bibId,
    itemId: null,
    description: null,
    title: loan.title,
    requesterUserId: idOf(plan, 'user', user),
    userGroup: pick(GROUPS, user, 4),
    status: 'NOT_STARTED',
    active: true,
    step: 'IN_QUEUE',
    stepEnteredAt: afternoon(plan, -8),
    stepExpiryDate: null,
    stepExpirySource: null,
    lastInterestDate: null,
    bookingStart: null,
    bookingEnd: null,
    assignedItemId: null,
    assignedLibraryCode: null,
    assignedLocationCode: null,
    assignmentKey: `#${_id}`,
    pickupType: 'LIBRARY',
    pickupLibraryCode: loan.libraryCode,
    priority: 50,
    activeKey: `#${_id}`,
    cancelReason: null,
    closedAt: null,
    closedBy: null,
    deliveryAddress: null,
    pickupPerson: null,
    notes: [],
    anonymizedAt: null,
    ...stamps(plan),
  };
}
