/**
 * A library with one night's work of every kind, drawn from a seed: the same in every institution that is given one.
 */
import { newId } from '../models/document.js';
import type { Loan } from '../models/loan.js';
import type { Models } from '../models/models.js';
import { patronRole } from '../models/user.js';
import { drawFrom, type Draw } from './draw.js';
import { activated, demoLibrary, idOf, profile } from '../test/support/demo-library.js';
import { at } from '../test/support/fixture-a.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Of mongoose's casting at once. */
const DOCUMENTS_AT_ONCE = 2_000;

export interface Size {
  seed: number;
  /** At most 46,656: a barcode has three digits of base 36. There are 0.6 patrons to a loan. */
  loans: number;
}

/** Monday, 05:30 in New York. */
export const asOf = new Date(at('2025-03-17 05:30'));

/** A night of loans-overdue-and-lost. Answers with the id of its scheduled job, which nothing but a person starts. */
export async function nightsWork(models: Models, institutionId: string, size: Size): Promise<string> {
  await profiles(models, institutionId);
  const broken = ofBrokenRun(institutionId);
  await library(models, institutionId, size, overdueDate, broken);
  await models.FulfillmentSettings.updateOne({ institutionId }, { $set: { overdueAtLostLoan: true } });
  await models.LoanNotice.insertMany(broken.map(leftNotice));
  return (await activated(models, institutionId, 'loans-overdue-and-lost'))._id;
}

/** A morning of notifications-due-date-reminders: an earlier run of the day, and one of the day before, broke off before their letters. */
export async function morningsWork(models: Models, institutionId: string, size: Size): Promise<string> {
  const today = new Date(at('2025-03-17 21:00'));
  const broken = ['B001', 'B002', 'B003'].map((barcode) => bare(institutionId, barcode, barcode === 'B003' ? new Date(at('2025-03-16 21:00')) : today));
  await library(models, institutionId, size, dueAboutToday, broken);
  await models.LoanNotice.insertMany(broken.map(leftReminder));
  const { _id } = await activated(models, institutionId, 'notifications-due-date-reminders');
  await models.ScheduledJob.updateOne({ institutionId, _id }, { $set: { parameters: { sendFormat: 'EMAIL_AND_SMS' } } });
  return _id;
}

/** Institution, patrons, and loans that are due as `dueDate` draws; no job has a schedule. */
export async function library(
  models: Models, institutionId: string, { seed, loans: size }: Size, dueDate: (draw: Draw) => Date, beside: readonly Loan[],
): Promise<void> {
  const draw = drawFrom(seed, 'library');
  const patrons = await peopled(models, institutionId, size, draw);
  const drawn = Array.from({ length: size }, (_, index) => loan(institutionId, index, patrons, draw, dueDate));
  const loans = [...drawn, ...beside];
  for (const some of parts(loans)) await Promise.all([models.Loan.insertMany(some), models.Item.insertMany(some.map(itemOf))]);
}

/** The institution with 0.6 patrons to each of `size` records; no job has a schedule. Answers how many patrons there are. */
export async function peopled(models: Models, institutionId: string, size: number, draw: Draw): Promise<number> {
  await demoLibrary(models, institutionId, { unscheduled: true });
  await models.Institution.updateOne({ institutionId }, { $set: { mailMaxPerMinute: 100_000 } }); // no night waits for its own limit
  for (const code of ['MAIN', 'WEST']) {
    // The mailbox is shared: every address tells its institution.
    await models.Library.updateOne({ institutionId, code }, { $set: { email: `${code.toLowerCase()}.${institutionId}@lib.example` } });
  }
  const patrons = Math.ceil(size * 0.6);
  const users = Array.from({ length: patrons }, (_, index) => patron(institutionId, index, draw));
  for (const some of parts(users)) await models.User.insertMany(some);
  return patrons;
}

export function parts<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / DOCUMENTS_AT_ONCE) }, (_, part) => all.slice(part * DOCUMENTS_AT_ONCE, (part + 1) * DOCUMENTS_AT_ONCE));
}

async function profiles(models: Models, institutionId: string): Promise<void> {
  const block = await models.UserBlockDefinition.create({ institutionId, code: 'OVERDUE', blockedActions: ['LOAN'] });
  const blocking = { blockUser: true, blockDefinitionId: block._id };
  const all: ['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL', 'CLAIMED_RETURN'] = ['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL', 'CLAIMED_RETURN'];
  await profile(models, institutionId, 'P1', 'OVERDUE_NOTIFICATION_1', 1, { sendFormat: 'EMAIL_AND_SMS' });
  await profile(models, institutionId, 'P2', 'OVERDUE_NOTIFICATION_2', 5, { createFine: true, notificationFee: 50 });
  await profile(models, institutionId, 'P3', 'OVERDUE_NOTIFICATION_3', 10, { ...blocking, blockMode: 'DAYS', blockDays: 14 });
  await profile(models, institutionId, 'P4', 'OVERDUE_NOTIFICATION_4', 13, { libraries: ['MAIN'], ...blocking, blockMode: 'UNTIL_RETURNED' });
  await profile(models, institutionId, 'P4 without a letter', 'OVERDUE_NOTIFICATION_4', 13, { libraries: ['WEST'], sendNotification: false, ...blocking, blockMode: 'UNTIL_RETURNED' });
  await profile(models, institutionId, 'P5', 'OVERDUE_NOTIFICATION_5', 16, { libraries: ['MAIN'] });
  await profile(models, institutionId, 'P6', 'CHANGE_TO_LOST', 25, { loanStatuses: all, notificationFee: 75 });
}

/** One in ten has no address, one in seventeen is gone, one in twenty-three wants no such letters. */
function patron(institutionId: string, index: number, draw: Draw) {
  const primaryId = primaryIdOf(index);
  return {
    _id: idOf(institutionId, primaryId), institutionId, primaryId, displayName: `Patron ${primaryId}`,
    firstName: 'Pat', lastName: primaryId, userGroup: 'STUDENT', statusDate: '2025-01-01',
    status: draw.below(17) === 0 ? 'DELETED' as const : 'ACTIVE' as const,
    letterOptOut: draw.below(23) === 0 ? ['FulOverdueAndLostLoanNotificationLetter', 'FulUserOverdueNoticeLetter', 'AutomaticLoansRenewNotice'] : [],
    roles: [patronRole],
    emails: draw.below(10) === 0 ? [] : [
      { address: `${primaryId.toLowerCase()}.${institutionId}@example.org`, types: [], preferred: true, bounced: false, segment: 'INTERNAL' as const },
    ],
  };
}

export const primaryIdOf = (index: number) => `P${String(index).padStart(5, '0')}`;

/** In an order that is the same in every institution: the loans of a letter stand in it by their ids. */
const loanIdOf = (institutionId: string, barcode: string) =>
  idOf(institutionId, 'loans').slice(0, 12) + Buffer.from(barcode).toString('hex').padEnd(12, '0');

/** From 5 days to come to 28 days overdue. */
export const overdueDate = (draw: Draw) => new Date(at('2025-03-14 21:00') - (draw.below(34) - 5) * DAY_MS);
/** Two in three today, the others the day before or after. */
const dueAboutToday = (draw: Draw) => new Date(at(draw.one(['2025-03-16 21:00', '2025-03-17 00:00', '2025-03-17 12:30', '2025-03-17 21:00', '2025-03-17 23:59', '2025-03-18 00:00'])));

/** All statuses, one in three from WEST, which has no hours. */
function loan(institutionId: string, index: number, patrons: number, draw: Draw, dueDateOf: (draw: Draw) => Date): Loan {
  const barcode = `L${String(index).padStart(5, '0')}`; // in digits: in letters one would be the code of an institution
  const processStatus = draw.one(['NORMAL', 'NORMAL', 'NORMAL', 'RENEW', 'RECALL', 'CLAIMED_RETURN', 'RENEW_REQUESTED'] as const);
  const dueDate = dueDateOf(draw);
  return {
    ...bare(institutionId, barcode, dueDate),
    userId: idOf(institutionId, primaryIdOf(draw.below(patrons))),
    libraryCode: draw.below(3) === 0 ? 'WEST' : 'MAIN',
    processStatus,
    claimedReturnAt: processStatus === 'CLAIMED_RETURN' ? new Date(dueDate.getTime() - DAY_MS) : null,
    recall: processStatus === 'RECALL' ? { active: true, requestId: null, at: new Date(dueDate.getTime() - 5 * DAY_MS), dueDateBefore: dueDate, dueDateChanged: false } : null,
  };
}

/** Two loans at which an earlier run broke off: after one was lost, and before the other was. */
function ofBrokenRun(institutionId: string): Loan[] {
  const dueDate = new Date(at('2025-02-10 21:00'));
  const lost = { at: new Date(at('2025-03-16 05:30')), by: 'JOB' as const, profileId: idOf(institutionId, 'P6'), runId: brokenRun(institutionId), previousStatus: 'NORMAL' as const };
  return [
    { ...bare(institutionId, 'B001', dueDate), processStatus: 'LOST', processStatusDate: lost.at, lost, lostCount: 1 },
    bare(institutionId, 'B002', dueDate),
  ];
}

export const brokenRun = (institutionId: string) => idOf(institutionId, 'run before');

function leftNotice({ _id, institutionId, userId, libraryCode, dueCycle }: Loan) {
  const kind = 'CHANGE_TO_LOST';
  return {
    institutionId, loanId: _id, dueCycle, kind, profileId: idOf(institutionId, 'P6'), dayKey: '-', userId, libraryCode,
    sendFormat: 'EMAIL', runId: brokenRun(institutionId), decidedAt: new Date(at('2025-03-16 05:30')), state: 'DECIDED',
    data: { accruedFine: 0, notificationFee: 75, fees: [{ type: 'LOST_ITEM_REPLACEMENT_FEE', amount: 4250 }] },
    letterKey: `${brokenRun(institutionId)}:FulOverdueAndLostLoanLetter:${kind}.EMAIL:${userId}:-`,
  };
}

function leftReminder({ _id, institutionId, userId, libraryCode, dueCycle, dueDate }: Loan) {
  const dayKey = dueDate < asOf ? '2025-03-16' : '2025-03-17';
  return {
    institutionId, loanId: _id, dueCycle, kind: 'DUE_TODAY', profileId: '-', dayKey, userId, libraryCode, sendFormat: 'EMAIL',
    runId: brokenRun(institutionId), decidedAt: new Date(at(`${dayKey} 05:00`)), state: 'LETTER_PENDING', data: {},
    letterKey: `${brokenRun(institutionId)}:FulUserOverdueNoticeLetter:DUE_TODAY.EMAIL:${userId}:-`,
  };
}

export function bare(institutionId: string, barcode: string, dueDate: Date): Loan {
  const lent = new Date(dueDate.getTime() - 28 * DAY_MS);
  return {
    _id: loanIdOf(institutionId, barcode), institutionId, userId: idOf(institutionId, primaryIdOf(1)), proxyUserId: null,
    itemId: idOf(institutionId, `item ${barcode}`), bibId: idOf(institutionId, `bib ${barcode}`), barcode,
    title: `Title ${barcode}`, author: 'A. Author', description: '', callNumber: '', libraryCode: 'MAIN', locationCode: 'STACKS',
    itemPolicy: null, materialType: 'BOOK', circDesk: null, userGroup: 'STUDENT', jobCategory: null, statisticalCategories: [],
    touId: idOf(institutionId, 'BOOK'), shortLoan: false, loanDate: lent, dueDate, dueDateSource: 'POLICY', dueCycle: 1,
    originalDueDate: dueDate, status: 'ACTIVE', processStatus: 'NORMAL', processStatusDate: lent, recall: null, renewalCount: 0,
    lastRenewalAt: null, claimedReturnAt: null, lost: null, lostCount: 0, returnDate: null, closeReason: null, notes: [],
    lastRenewalFailure: null, anonymizedAt: null, version: 1, createdAt: lent, updatedAt: lent,
  };
}

function itemOf({ _id, institutionId, itemId, bibId, barcode, libraryCode, processStatus }: Loan) {
  return {
    _id: itemId, institutionId, pid: barcode, barcode, barcodeKey: barcode, holdingId: newId(), bibId, libraryCode,
    locationCode: 'STACKS', materialType: 'BOOK', currentLibraryCode: libraryCode, currentLocationCode: 'STACKS',
    baseStatus: 'NOT_IN_PLACE', processType: processStatus === 'LOST' ? 'LOST_LOAN' : 'LOAN', currentLoanId: _id,
    replacementCost: { amount: 4250, currency: 'USD' }, importKey: `#${barcode}`,
  };
}
