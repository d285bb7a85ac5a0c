/**
 * The readers, titles, items and loans of the demonstration library, each a function of its number alone.
 *
 * So a loan can name its item without anybody remembering ten million of them, a size is a number of calls, and the same day gives
 * the same library. The numbers below deal loans out so that every kind turns up in the smallest library.
 */
import { createHash } from 'node:crypto';
import { dayText, localToInstant, weekday, type DayNumber, type Zone } from '../../domain/days.js';
import { foldText } from '../../domain/text.js';
import type { Bib, Holding, Item } from '../../models/catalogue-records.js';
import type { Fee } from '../../models/fee.js';
import type { Loan } from '../../models/loan.js';
import type { StoredRequest } from '../../models/request.js';
import type { User } from '../../models/user.js';
import { branches, currency, terms, type Branch } from './library.js';
import { nameLists } from './names.js';
import { authors, openings, publishers, subjects, wholeTitles } from './titles.js';

export interface Size {
  users: number;
  items: number;
  loans: number;
}
export const sizes = {
  S: { users: 200, items: 2_000, loans: 400 },
  M: { users: 10_000, items: 100_000, loans: 20_000 },
  L: { users: 1_000_000, items: 10_000_000, loans: 2_000_000 },
} satisfies Record<string, Size>;
export type SizeName = keyof typeof sizes;

const KINDS = ['library', 'location', 'calendar', 'policy', 'terms', 'profile', 'block', 'staff', 'user', 'bib', 'holding', 'item', 'loan', 'fee', 'request', 'settings'] as const;
export type Kind = (typeof KINDS)[number];

export interface Plan extends Size {
  institutionId: string;
  zone: Zone;
  today: DayNumber;
  /** What everything is stamped with. */
  at: Date;
}

const ITEMS_A_BIB = 3;
const GROUPS = ['STUDENT', 'STUDENT', 'STUDENT', 'FACULTY', 'PUBLIC'];
/** The reader whose letters have no way to go. */
const WITHOUT_ADDRESS = 7;
/** The loan of an item that was deleted since. */
const OF_A_DELETED_ITEM = 14;

/** 24 hex digits: the institution, the kind, the number. */
export function idOf({ institutionId }: { institutionId: string }, kind: Kind, number: number): string {
  let prefix = prefixes.get(institutionId);
  if (prefix === undefined) {
    prefix = createHash('sha256').update(institutionId).digest('hex').slice(0, 10);
    prefixes.set(institutionId, prefix);
  }
  return prefix + KINDS.indexOf(kind).toString(16).padStart(2, '0') + number.toString(16).padStart(12, '0');
}
const prefixes = new Map<string, string>();

/** One of a list by number, as if thrown; the same number and purpose always gives the same. */
function pick<T>(list: readonly T[], number: number, purpose: number): T {
  return list[thrown(number, purpose) % list.length]!;
}

/** A mixing of 32 bits (Wang); good enough to look random, and the same everywhere. */
function thrown(number: number, purpose: number): number {
  let mixed = (number ^ Math.imul(purpose + 1, 0x9e3779b1)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b) >>> 0;
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

const stamps = ({ at }: Plan) => ({ version: 1, createdAt: at, updatedAt: at });

export const barcodeOfUser = (number: number) => `2${String(number).padStart(9, '0')}`;
const barcodeOfItem = (number: number) => `3${String(number).padStart(10, '0')}`;

export function userAt(plan: Plan, number: number): User {
  const { language, first, last } = pick(nameLists, number, 1);
  const [firstName, lastName] = [pick(first, number, 2), pick(last, number, 3)];
  const primaryId = `reader${String(number).padStart(6, '0')}`;
  const isExpired = number % 50 === 49;
  return {
    _id: idOf(plan, 'user', number),
    institutionId: plan.institutionId,
    primaryId,
    identifiers: [{ type: 'BARCODE', value: barcodeOfUser(number), note: null, status: 'ACTIVE', segment: 'INTERNAL' }],
    accountType: 'INTERNAL',
    recordType: 'PUBLIC',
    displayName: `${firstName} ${lastName}`,
    firstName,
    middleName: null,
    lastName,
    title: null,
    userGroup: pick(GROUPS, number, 4),
    jobCategory: null,
    campusCode: null,
    preferredLanguage: language,
    expiryDate: dayText(plan.today + (isExpired ? -10 : 365)),
    purgeDate: null,
    status: 'ACTIVE',
    statusDate: dayText(plan.today - 400),
    statusReason: null,
    emails:
      number % 200 === WITHOUT_ADDRESS
        ? []
        : [{ address: `${primaryId}@patrons.example`, types: ['personal'], preferred: true, bounced: false, segment: 'INTERNAL' }],
    phones: [],
    addresses: [],
    notes: [],
    statistics: [],
    roles: [],
    staff: false,
    letterOptOut: [],
    readingListEmail: 'ALWAYS',
    passwordHash: null,
    dashboard: { widgets: [] },
    ...stamps(plan),
  };
}

function titleOf(bib: number): string {
  if (bib % 25 === 24) return pick(wholeTitles, bib, 5);
  const title = `${pick(openings, bib, 6)} ${pick(subjects, bib, 7)}`;
  return thrown(bib, 8) % 4 === 0 ? `${title}, volume ${1 + (thrown(bib, 9) % 12)}` : title;
}

export const bibsOf = ({ items }: Size) => Math.ceil(items / ITEMS_A_BIB);

export function bibAt(plan: Plan, number: number): Bib {
  const _id = idOf(plan, 'bib', number);
  const [title, author, publisher] = [titleOf(number), pick(authors, number, 10), pick(publishers, number, 11)];
  const publicationYear = 1950 + (thrown(number, 12) % 75);
  const recordId = `99${String(number).padStart(10, '0')}`;
  const field = (tag: string, ind1: string, ind2: string, code: string, value: string) => ({ tag, ind1, ind2, subfields: [{ code, value }] });
  return {
    _id,
    institutionId: plan.institutionId,
    recordId,
    format: 'MARC21',
    marc: {
      leader: '00000nam a2200000 i 4500',
      fields: [
        { tag: '001', value: recordId },
        field('100', '1', ' ', 'a', author),
        field('245', '1', '0', 'a', title),
        field('264', ' ', '1', 'b', publisher),
      ],
    },
    title,
    author,
    sortTitle: foldText(title),
    publisher,
    publicationYear,
    isbns: [],
    issns: [],
    suppressed: false,
    importKey: `#${_id}`,
    czKey: `#${_id}`,
    deletedAt: null,
    deleteAfter: null,
    ...stamps(plan),
  };
}

/** All items of a title stand in one place. */
function placeOf(bib: number): { branch: Branch; locationCode: string } {
  const branch = pick(branches, bib, 13);
  return { branch, locationCode: pick(branch.locations, bib, 14).code };
}

const callNumberOf = (bib: number) => `${String.fromCharCode(65 + (thrown(bib, 15) % 26))}${100 + (thrown(bib, 16) % 900)} .${bib}`;

export function holdingAt(plan: Plan, bib: number): Holding {
  const { branch, locationCode } = placeOf(bib);
  const _id = idOf(plan, 'holding', bib);
  return {
    _id,
    institutionId: plan.institutionId,
    pid: `22${String(bib).padStart(10, '0')}`,
    bibId: idOf(plan, 'bib', bib),
    libraryCode: branch.code,
    locationCode,
    callNumber: callNumberOf(bib),
    suppressed: false,
    importKey: `#${_id}`,
    deletedAt: null,
    deleteAfter: null,
    ...stamps(plan),
  };
}

const bibOfItem = (item: number) => Math.floor(item / ITEMS_A_BIB);

/** Loans are dealt to items so that no two have the same: a step that shares no factor with the number of items. */
const LOAN_STEP = 7_919;
const itemOfLoan = (plan: Plan, loan: number) => (loan * LOAN_STEP) % plan.items;

/** `loan` is the open loan it is out with. */
export function itemAt(plan: Plan, number: number, loan: Loan | undefined): Item {
  const bib = bibOfItem(number);
  const { branch, locationCode } = placeOf(bib);
  const _id = idOf(plan, 'item', number);
  const isMedia = locationCode === 'MEDIA';
  const isDeleted = loan !== undefined && loan._id === idOf(plan, 'loan', OF_A_DELETED_ITEM);
  const barcode = barcodeOfItem(number);
  return {
    _id,
    institutionId: plan.institutionId,
    pid: `23${String(number).padStart(10, '0')}`,
    bibId: idOf(plan, 'bib', bib),
    holdingId: idOf(plan, 'holding', bib),
    barcode,
    barcodeKey: isDeleted ? `#${_id}` : barcode,
    libraryCode: branch.code,
    locationCode,
    inTemporaryLocation: false,
    currentLibraryCode: branch.code,
    currentLocationCode: locationCode,
    itemPolicy: locationCode === 'RESERVE' ? 'RESERVE' : null,
    materialType: isMedia ? 'DVD' : 'BOOK',
    baseStatus: loan === undefined ? 'IN_PLACE' : 'NOT_IN_PLACE',
    processType: loan === undefined ? null : processTypeOf(loan),
    processTypeAt: loan === undefined ? null : loan.processStatusDate,
    currentLoanId: loan?._id ?? null,
    callNumber: callNumberOf(bib),
    copyId: String(1 + (number % ITEMS_A_BIB)),
    description: null,
    replacementCost: thrown(number, 17) % 10 === 0 ? null : { amount: 899 + (thrown(number, 18) % 60) * 100, currency },
    importKey: `#${_id}`,
    deletedAt: isDeleted ? plan.at : null,
    deleteAfter: null,
    ...stamps(plan),
  };
}

function processTypeOf({ processStatus }: Loan): Item['processType'] {
  if (processStatus === 'LOST') return 'LOST_LOAN';
  return processStatus === 'CLAIMED_RETURN' ? 'CLAIM_RETURNED_LOAN' : 'LOAN';
}

/** The open loans by item: the one thing that is kept in memory, a number and a loan number for each. */
export function openLoansByItem(plan: Plan): Map<number, number> {
  const loans = new Map<number, number>();
  for (let loan = 0; loan < plan.loans; loan += 1) if (!isReturned(loan)) loans.set(itemOfLoan(plan, loan), loan);
  return loans;
}

const isReturned = (loan: number) => loan % 20 === 19;
const isShort = (loan: number) => loan % 25 === 3;
const isRecalled = (loan: number) => loan % 40 === 5;
const isClaimed = (loan: number) => loan % 50 === 11;
export const isLost = (loan: number) => loan % 60 === 13 && !isReturned(loan);
const isRenewed = (loan: number) => loan % 9 === 2;

/** Days until it is due; one in seven is late, by up to six weeks. */
function dueInDays(loan: number): number {
  if (loan === OF_A_DELETED_ITEM) return -31;
  if (isRecalled(loan) || isClaimed(loan)) return -10;
  if (isLost(loan)) return -50;
  if (isShort(loan)) return -(loan % 2);
  return loan % 7 === 0 ? -((loan / 7) % 43) : 1 + (thrown(loan, 19) % 27);
}

export function loanAt(plan: Plan, number: number): Loan {
  const item = itemOfLoan(plan, number);
  const bib = bibOfItem(item);
  const { branch, locationCode } = placeOf(bib);
  const user = number === WITHOUT_ADDRESS ? WITHOUT_ADDRESS : thrown(number, 20) % plan.users;
  const short = isShort(number);
  const dueDate = short ? afternoon(plan, dueInDays(number)) : closing(plan, branch, dueInDays(number));
  const loanDate = short ? new Date(dueDate.getTime() - 2 * 60 * 60 * 1000) : afternoon(plan, dueInDays(number) - 28);
  const renewedAt = isRenewed(number) && !short ? afternoon(plan, dueInDays(number) - 14) : null;
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
    author: pick(authors, bib, 10),
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
const afternoon = ({ zone, today }: Plan, inDays: number) => new Date(localToInstant(zone, today + inDays, 15 * 60 + 30));

/** When the branch closes on that day, or on the next one that it is open. */
function closing(plan: Plan, branch: Branch, inDays: number): Date {
  for (let day = plan.today + inDays; ; day += 1) {
    const to = branch.hours.get(weekday(day))?.to;
    if (to === undefined) continue;
    return new Date(localToInstant(plan.zone, day, Number(to.slice(0, 2)) * 60 + Number(to.slice(3))));
  }
}

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
