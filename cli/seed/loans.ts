/** The loans of the demonstration library, dealt out by number so that every kind turns up in the smallest one. */
import { localToInstant, weekday } from '../../domain/days.js';
import type { Loan } from '../../models/loan.js';
import { terms, type Branch } from './library.js';
import { GROUPS, idOf, OF_A_DELETED_ITEM, pick, stamps, thrown, WITHOUT_ADDRESS, type Plan } from './plan.js';
import { authorOf, barcodeOfItem, bibOfItem, callNumberOf, placeOf, titleOf } from './shelves.js';

/** Loans are dealt to items so that no two have the same: a step that shares no factor with the number of items. */
const LOAN_STEP = 7_919;
const itemOfLoan = (plan: Plan, loan: number) => (loan * LOAN_STEP) % plan.items;

/** The open loans by item: the one thing that is kept in memory, a number and a loan number for each. */
export function openLoansByItem(plan: Plan): Map<number, number> {
  const loans = new Map<number, number>();
  for (let loan = 0; loan < plan.loans; loan += 1) if (!isReturned(loan)) loans.set(itemOfLoan(plan, loan), loan);
  return loans;
}

export const isReturned = (loan: number) => loan % 20 === 19;
const isShort = (loan: number) => loan % 25 === 3;
export const isRecalled = (loan: number) => loan % 40 === 5;
const isClaimed = (loan: number) => loan % 50 === 11;
export const isLost = (loan: number) => loan % 60 === 13 && !isReturned(loan);
const isRenewed = (loan: number) => loan % 9 === 2;

/** Days until it is due; one in seven is late, by up to six weeks. */
function dueInDays(loan: number): number {
  if (loan === OF_A_DELETED_ITEM) return -31;
  if (loan === WITHOUT_ADDRESS) return -5; // a first notice, whatever weekday it is
  if (isRecalled(loan) || isClaimed(loan)) return -10;
  if (isLost(loan)) return -50;
  if (isShort(loan)) return -1 - (loan % 2);
  return loan % 7 === 0 ? -((loan / 7) % 43) : 1 + (thrown(loan, 19) % 27);
}

export function loanAt(plan: Plan, number: number): Loan {
  const item = itemOfLoan(plan, number);
  const bib = bibOfItem(item);
  const { branch, locationCode } = placeOf(bib);
  const user = number === WITHOUT_ADDRESS ? WITHOUT_ADDRESS : thrown(number, 20) % plan.users;
  const short = isShort(number);
  const dueDate = short ? afternoon(plan, dueInDays(number)) : closing(plan, branch, dueInDays(number));
  const renewedAt = isRenewed(number) && !short ? afternoon(plan, dueInDays(number) - 28) : null;
  const loanDate = short ? new Date(dueDate.getTime() - 2 * 60 * 60 * 1000) : afternoon(plan, dueInDays(number) - (renewedAt === null ? 28 : 42));
  const returned = isReturned(number);
  return {
    _id: idOf(plan, 'loan', number),
    institutionId: plan.institutionId,
    userId: idOf(plan, 'user', user),
    proxyUserId: null,
    itemId: idOf(plan, 'item', item),
    bibId: idOf(plan, 'bib', bib),
    barcode: barcodeOfItem(item),
    title: titleOf(bib),
    author: authorOf(bib),
    description: '',
    callNumber: callNumberOf(bib),
    libraryCode: branch.code,
    locationCode,
    itemPolicy: locationCode === 'RESERVE' ? 'RESERVE' : null,
    materialType: locationCode === 'MEDIA' ? 'DVD' : 'BOOK',
    circDesk: null,
    userGroup: pick(GROUPS, user, 4),
    jobCategory: null,
    statisticalCategories: [],
    touId: idOf(plan, 'terms', terms.findIndex(({ code }) => code === (short ? 'RESERVE' : locationCode === 'MEDIA' ? 'MEDIA' : 'BOOK'))),
    shortLoan: short,
    loanDate,
    dueDate,
    dueDateSource: renewedAt === null ? 'POLICY' : 'RENEWAL',
    dueCycle: renewedAt === null ? 1 : 2,
    originalDueDate: renewedAt === null ? dueDate : closing(plan, branch, dueInDays(number) - 14),
    status: returned ? 'COMPLETE' : 'ACTIVE',
    ...standingOf(plan, number, loanDate, dueDate, renewedAt),
    renewalCount: renewedAt === null ? 0 : 1,
    lastRenewalAt: renewedAt,
    returnDate: returned ? new Date(Math.min(dueDate.getTime(), plan.at.getTime())) : null,
    closeReason: returned ? 'RETURNED' : null,
    notes: [],
    lastRenewalFailure: null,
    anonymizedAt: null,
    ...stamps(plan),
  };
}

type Standing = Pick<Loan, 'processStatus' | 'processStatusDate' | 'recall' | 'claimedReturnAt' | 'lost' | 'lostCount'>;

function standingOf(plan: Plan, number: number, loanDate: Date, dueDate: Date, renewedAt: Date | null): Standing {
  const none = { recall: null, claimedReturnAt: null, lost: null, lostCount: 0 };
  if (isReturned(number)) return { ...none, processStatus: 'NORMAL', processStatusDate: loanDate };
  if (isLost(number)) {
    const at = afternoon(plan, -20);
    const lost = { at, by: 'JOB' as const, profileId: null, runId: null, previousStatus: 'NORMAL' as const };
    return { ...none, processStatus: 'LOST', processStatusDate: at, lost, lostCount: 1 };
  }
  if (isRecalled(number)) {
    const at = afternoon(plan, -8);
    const recall = { active: true, requestId: idOf(plan, 'request', number), at, dueDateBefore: dueDate, dueDateChanged: false };
    return { ...none, processStatus: 'RECALL', processStatusDate: at, recall };
  }
  if (isClaimed(number)) {
    const at = afternoon(plan, -5);
    return { ...none, processStatus: 'CLAIMED_RETURN', processStatusDate: at, claimedReturnAt: at };
  }
  if (renewedAt !== null) return { ...none, processStatus: 'RENEW', processStatusDate: renewedAt };
  return { ...none, processStatus: 'NORMAL', processStatusDate: loanDate };
}

/** 15:30 of a day. */
export const afternoon = ({ zone, today }: Plan, inDays: number) => new Date(localToInstant(zone, today + inDays, 15 * 60 + 30));

/** When the branch closes on that day, or on the next one that it is open. */
function closing(plan: Plan, branch: Branch, inDays: number): Date {
  for (let day = plan.today + inDays; ; day += 1) {
    const to = branch.hours.get(weekday(day))?.to;
    if (to === undefined) continue;
    return new Date(localToInstant(plan.zone, day, Number(to.slice(0, 2)) * 60 + Number(to.slice(3))));
  }
}
