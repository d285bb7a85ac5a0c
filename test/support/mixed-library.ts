/**
 * A library with one night's work of every kind for loans-overdue-and-lost: sixty loans from a day early to forty days
 * late, in every process status, with patrons, items and terms of use of which some are missing, and what a run that
 * broke off last night has left.
 */
import { newId } from '../../models/document.js';
import type { Loan, LoanNotice } from '../../models/loan.js';
import type { Models } from '../../models/models.js';
import { activated, demoLibrary, idOf, profile } from './demo-library.js';
import { at } from './fixture-a.js';

/** Wednesday. */
export const asOf = new Date(at('2025-04-02 05:30'));
export const lastNight = new Date(at('2025-04-01 05:30'));
const DAY_MS = 24 * 60 * 60 * 1000;
const PATRONS = 12;
export const LOANS = 60;
const statuses = ['NORMAL', 'NORMAL', 'RENEW', 'RECALL', 'CLAIMED_RETURN', 'NORMAL', 'RENEW'] as const;

/** Answers with the id of its scheduled job. */
export async function mixedLibrary(models: Models, institutionId: string): Promise<string> {
  await demoLibrary(models, institutionId);
  await models.Institution.updateOne({ institutionId }, { mailPaused: true });
  await models.PlatformSettings.updateOne({ institutionId: '*' }, { smsGatewayPattern: '{number}@sms.example' }, { upsert: true });
  await models.FulfillmentSettings.updateOne({ institutionId }, { overdueAtLostLoan: true, maxLoansPerLetter: 2 });
  await profiles(models, institutionId);
  await models.User.insertMany(Array.from({ length: PATRONS }, (_, index) => patron(institutionId, index)));
  const loans = [...Array.from({ length: LOANS }, (_, index) => loanOf(institutionId, index)), ...leftLoans(institutionId)];
  await models.Loan.insertMany(loans);
  await models.Item.insertMany(loans.flatMap(itemOf));
  await models.LoanNotice.insertMany(leftNotices(institutionId));
  return (await activated(models, institutionId, 'loans-overdue-and-lost'))._id;
}

async function profiles(models: Models, institutionId: string): Promise<void> {
  const definition = await models.UserBlockDefinition.create({ _id: idOf(institutionId, 'OVERDUE'), institutionId, code: 'OVERDUE', blockedActions: ['LOAN'] });
  const blocking = { blockUser: true, blockDefinitionId: definition._id };
  const late = { blockMode: 'DAYS', blockDays: 14 } as const;
  const every = { loanStatuses: ['NORMAL' as const, 'RENEW' as const, 'RENEW_REQUESTED' as const, 'RECALL' as const, 'CLAIMED_RETURN' as const] };
  await profile(models, institutionId, 'P1', 'OVERDUE_NOTIFICATION_1', 1, { sendFormat: 'EMAIL_AND_SMS' });
  await profile(models, institutionId, 'P2', 'OVERDUE_NOTIFICATION_2', 7, { createFine: true, notificationFee: 50 });
  await profile(models, institutionId, 'P2b', 'OVERDUE_NOTIFICATION_2', 8, { dayCount: 'OPEN', notificationFee: 80, libraries: ['MAIN'] });
  await profile(models, institutionId, 'P3', 'OVERDUE_NOTIFICATION_3', 14, { ...blocking, ...late });
  await profile(models, institutionId, 'P4', 'OVERDUE_NOTIFICATION_4', 20, { sendNotification: false, ...blocking, blockMode: 'UNTIL_RETURNED' });
  await profile(models, institutionId, 'P5', 'OVERDUE_NOTIFICATION_5', 2, { daysAfterStatusDate: 5, loanStatuses: ['RECALL'] });
  await profile(models, institutionId, 'PL', 'CHANGE_TO_LOST', 30, { ...every, ...blocking, ...late, notificationFee: 75 });
  await profile(models, institutionId, 'PX', 'OVERDUE_NOTIFICATION_1', 0, { active: false });
}

/** The fifth has no address, the eighth is gone, every other one is told by telephone as well. */
function patron(institutionId: string, index: number) {
  const primaryId = `R${String(index).padStart(2, '0')}`;
  return {
    _id: idOf(institutionId, primaryId), institutionId, primaryId, displayName: `Patron ${primaryId}`, firstName: 'Pat', lastName: primaryId,
    userGroup: 'STUDENT', statusDate: '2025-01-01', status: index === 8 ? 'DELETED' as const : 'ACTIVE' as const,
    emails: index === 5 ? [] : [{ address: `${primaryId.toLowerCase()}@example.org`, preferred: true }],
    phones: index % 2 === 0 ? [{ number: `212 555 01${String(index).padStart(2, '0')}`, preferredSms: true }] : [],
  };
}

function loanOf(institutionId: string, index: number): Loan {
  const barcode = `L${String(index).padStart(2, '0')}`;
  const processStatus = statuses[index % statuses.length]!;
  const dueDate = new Date(at('2025-04-02 21:00') - ((index * 17) % 42) * DAY_MS);
  const since = new Date(dueDate.getTime() - 6 * DAY_MS);
  return {
    ...bare(institutionId, barcode, dueDate),
    userId: idOf(institutionId, index === 44 ? 'nobody' : `R${String((index * 5) % PATRONS).padStart(2, '0')}`),
    touId: idOf(institutionId, index === 20 || index === 41 ? 'gone' : 'BOOK'),
    libraryCode: index === 57 ? 'GONE' : index % 3 === 2 ? 'WEST' : 'MAIN',
    processStatus,
    processStatusDate: since,
    claimedReturnAt: processStatus === 'CLAIMED_RETURN' ? new Date(dueDate.getTime() + 3 * DAY_MS) : null,
    recall: processStatus === 'RECALL' ? { active: true, requestId: null, at: since, dueDateBefore: dueDate, dueDateChanged: false } : null,
  };
}

/** One deleted, one back on the shelf and lent again, one without a price, one priced in a currency without a rate. */
function itemOf({ institutionId, _id, itemId, bibId, barcode, libraryCode, processStatus }: Loan) {
  if (barcode === 'L32') return [];
  const price = barcode === 'L12' ? null : { amount: 4250, currency: barcode === 'L22' ? 'SEK' : 'USD' };
  return [{
    _id: itemId, institutionId, pid: barcode, barcode, barcodeKey: barcode, holdingId: idOf(institutionId, 'holding'), bibId, libraryCode,
    locationCode: 'STACKS', materialType: 'BOOK', currentLibraryCode: libraryCode, currentLocationCode: 'STACKS', baseStatus: 'NOT_IN_PLACE' as const,
    processType: processStatus === 'LOST' ? 'LOST_LOAN' : 'LOAN', currentLoanId: barcode === 'L02' ? newId() : _id, replacementCost: price, importKey: `#${barcode}`,
  }];
}

const brokenRun = (institutionId: string) => idOf(institutionId, 'run of last night');

/** At which the run of last night broke off: lost with the rest to do, not lost yet, told with a fine, told, returned since. */
function leftLoans(institutionId: string): Loan[] {
  const long = new Date(at('2025-03-01 21:00'));
  const lost = { at: lastNight, by: 'JOB' as const, profileId: idOf(institutionId, 'PL'), runId: brokenRun(institutionId), previousStatus: 'NORMAL' as const };
  const week = new Date(at('2025-03-25 21:00'));
  return [
    { ...bare(institutionId, 'B-LOST', long), processStatus: 'LOST', processStatusDate: lastNight, lost, lostCount: 1 },
    bare(institutionId, 'B-UNDONE', long),
    bare(institutionId, 'B-FINED', week),
    bare(institutionId, 'B-TOLD', week),
    { ...bare(institutionId, 'B-RENEWED', new Date(at('2025-05-01 21:00'))), dueCycle: 2, processStatus: 'RENEW' },
    { ...bare(institutionId, 'B-BACK', week), status: 'COMPLETE', returnDate: lastNight, closeReason: 'RETURNED' },
  ];
}

function leftNotices(institutionId: string): LoanNotice[] {
  const replacement = [{ type: 'LOST_ITEM_REPLACEMENT_FEE', amount: 4250 }, { type: 'LOST_ITEM_PROCESS_FEE', amount: 1500 }, { type: 'OVERDUE_FINE', amount: 775 }];
  const fine = [{ type: 'OVERDUE_NOTIFICATION_FINE', amount: 200 }];
  return [
    leftNotice(institutionId, 'B-LOST', 'PL', 'DECIDED', { accruedFine: 775, notificationFee: 75, fees: replacement }),
    leftNotice(institutionId, 'B-UNDONE', 'PL', 'DECIDED', { accruedFine: 775, notificationFee: 75, fees: replacement }),
    leftNotice(institutionId, 'B-FINED', 'P2', 'DECIDED', { accruedFine: 175, notificationFee: 50, fees: fine }),
    leftNotice(institutionId, 'B-TOLD', 'P2', 'LETTER_PENDING', { accruedFine: 175, notificationFee: 50, fees: fine }),
    leftNotice(institutionId, 'B-RENEWED', 'P2', 'DECIDED', { accruedFine: 175, notificationFee: 50, fees: fine }),
    leftNotice(institutionId, 'B-BACK', 'P2', 'LETTER_PENDING', { accruedFine: 175, notificationFee: 50, fees: fine }),
  ];
}

function leftNotice(institutionId: string, barcode: string, profileName: 'P2' | 'PL', state: LoanNotice['state'], data: Record<string, unknown>): LoanNotice {
  const userId = idOf(institutionId, 'R01');
  const kind = profileName === 'PL' ? 'CHANGE_TO_LOST' : 'OVERDUE_NOTIFICATION_2';
  const letterCode = profileName === 'PL' ? 'FulOverdueAndLostLoanLetter' : 'FulOverdueAndLostLoanNotificationLetter';
  return {
    _id: idOf(institutionId, `notice ${barcode}`), institutionId, loanId: idOf(institutionId, barcode), dueCycle: 1, kind,
    profileId: idOf(institutionId, profileName), dayKey: '-', userId, libraryCode: 'MAIN', sendFormat: 'EMAIL', runId: brokenRun(institutionId),
    decidedAt: lastNight, data, state, letterKey: `${brokenRun(institutionId)}:${letterCode}:${kind}.EMAIL:${userId}:-`, version: 1,
    createdAt: lastNight, updatedAt: lastNight,
  };
}

/** A loan of R01, a BOOK from MAIN, lent four weeks before it was due. */
export function bare(institutionId: string, barcode: string, dueDate: Date): Loan {
  const lent = new Date(dueDate.getTime() - 28 * DAY_MS);
  return {
    _id: idOf(institutionId, barcode), institutionId, userId: idOf(institutionId, 'R01'), proxyUserId: null, itemId: idOf(institutionId, `item ${barcode}`),
    bibId: idOf(institutionId, `bib ${barcode}`), barcode, title: `Title ${barcode}`, author: 'A. Author', description: '', callNumber: '',
    libraryCode: 'MAIN', locationCode: 'STACKS', itemPolicy: null, materialType: 'BOOK', circDesk: null, userGroup: 'STUDENT', jobCategory: null,
    statisticalCategories: [], touId: idOf(institutionId, 'BOOK'), shortLoan: false, loanDate: lent, dueDate, dueDateSource: 'POLICY', dueCycle: 1,
    originalDueDate: dueDate, status: 'ACTIVE', processStatus: 'NORMAL', processStatusDate: lent, recall: null, renewalCount: 0, lastRenewalAt: null,
    claimedReturnAt: null, lost: null, lostCount: 0, returnDate: null, closeReason: null, notes: [], lastRenewalFailure: null, anonymizedAt: null,
    version: 1, createdAt: lent, updatedAt: lent,
  };
}
