/** What hangs on the loans of the demonstration library: debts of those who lost a book, and readers who wait for one. */
import type { Fee } from '../../models/fee.js';
import type { StoredRequest } from '../../models/request.js';
import { currency } from './library.js';
import { afternoon, isRecalled, isReturned, loanAt } from './loans.js';
import { GROUPS, idOf, pick, stamps, thrown, type Plan } from './plan.js';

/** What the reader of a lost loan owes for it. */
export function lostFee(plan: Plan, number: number): Fee {
  const loan = loanAt(plan, number);
  const amount = 6_000;
  return {
    _id: idOf(plan, 'fee', number),
    institutionId: plan.institutionId,
    userId: loan.userId,
    userGroup: loan.userGroup,
    type: 'LOST_ITEM_REPLACEMENT_FEE',
    status: 'ACTIVE',
    originalAmount: amount,
    balance: amount,
    currency,
    libraryCode: loan.libraryCode,
    loanId: loan._id,
    itemId: loan.itemId,
    barcode: loan.barcode,
    title: loan.title,
    relatedFeeId: null,
    comment: null,
    closedAt: null,
    transactions: [],
    dedupeKey: `lost-repl:${loan._id}:1`,
    exportClaim: null,
    bursarTransactionId: null,
    transferredAmount: 0,
    anonymizedAt: null,
    ...stamps(plan),
    createdAt: loan.processStatusDate,
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
    anonymizedAt: null,
    ...stamps(plan),
  };
}
