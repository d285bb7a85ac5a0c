/**
 * Fixture A of fulfillment-loans.md as stored documents, in an institution of any code: MAIN and WEST, the terms of use,
 * U1 and U2, and the job. Builders whose defaults do nothing surprising; whatever they make is cast by the schemas.
 */
import { createHash } from 'node:crypto';
import type { CalendarRecord } from '../../domain/calendar.js';
import type { ProfileType } from '../../domain/fulfillment/overdue-lost-profiles.js';
import { newId } from '../../models/document.js';
import type { Fee } from '../../models/fee.js';
import type { StoredFinesFeesProfile } from '../../models/fines-fees-notification-profile.js';
import type { StoredOverdueLostProfile } from '../../models/fulfillment.js';
import type { Loan } from '../../models/loan.js';
import type { Models } from '../../models/models.js';
import type { ScheduledJob } from '../../models/scheduled-job.js';
import { patronRole, type User } from '../../models/user.js';
import { makeScheduledJobs } from '../../worker/scheduled-jobs.js';
import { at, bookPolicies, calendarRecords, reservePolicies } from './fixture-a.js';

const setUpAt = new Date('2025-01-01T12:00:00.000Z');

/**
 * The institution with its libraries, hours, terms of use, U1 (with an address) and U2 (without one); no loans, no profiles. It comes last, and
 * `unscheduled` where a reconciler is at work, which would make up for the nights of a year that a job active from the start has missed.
 */
export async function demoLibrary(models: Models, institutionId: string, given: { environment?: 'SANDBOX' | 'PRODUCTION'; unscheduled?: true } = {}) {
  const institution = new models.Institution({
    institutionId, code: institutionId, name: 'Demo Library', kind: 'INSTITUTION', status: 'ACTIVE',
    environment: given.environment ?? 'SANDBOX', timeZone: 'America/New_York', currency: 'USD', defaultLanguage: 'en',
    languages: ['en'], allowedEmails: ['*@example.org', '*@lib.example'],
  });
  await models.Library.insertMany([
    { institutionId, code: 'MAIN', name: 'Main Library', email: 'main@lib.example' },
    { institutionId, code: 'WEST', name: 'West Branch', email: 'west@lib.example' },
  ]);
  await calendar(models, institutionId, calendarRecords);
  await models.FulfillmentSettings.create({ institutionId });
  for (const [code, policies] of [['BOOK', bookPolicies], ['RESERVE', reservePolicies]] as const) {
    await models.Policy.insertMany(policies.map(({ type, value }) => (
      { institutionId, code: `${code}-${type}`, type, name: `${code} ${type}`, value, originKey: `#${newId()}` }
    )));
    await models.TermsOfUse.create({
      _id: idOf(institutionId, code), institutionId, code, type: 'LOAN', name: code, originKey: `#${newId()}`,
      policies: policies.map(({ type }) => ({ type, policyCode: `${code}-${type}` })),
    });
  }
  await user(models, institutionId, 'U1', { emails: [{ address: 'u1@example.org', types: [], preferred: true, bounced: false, segment: 'INTERNAL' }] });
  await user(models, institutionId, 'U2', {});
  await makeScheduledJobs(models, institution.toObject(), setUpAt);
  if (given.unscheduled) await models.ScheduledJob.updateMany({ institutionId }, { $set: { schedule: { kind: 'NONE' } } });
  await institution.save();
  return institution.toObject();
}

/** Opening hours and closings, applied. */
export async function calendar(models: Models, institutionId: string, records: readonly CalendarRecord[]): Promise<void> {
  await models.CalendarRecord.insertMany(
    records.map(({ createdAt, ...record }) => ({ institutionId, ...record, createdAt: new Date(createdAt) })),
  );
}

/** A stable id, 24 hex digits, for something that tests refer to by name. */
export function idOf(institutionId: string, name: string): string {
  return createHash('sha1').update(`${institutionId} ${name}`).digest('hex').slice(0, 24);
}

export async function user(models: Models, institutionId: string, primaryId: string, given: Partial<User>): Promise<string> {
  const _id = idOf(institutionId, primaryId);
  await models.User.create({
    _id, institutionId, primaryId, displayName: `Patron ${primaryId}`, firstName: 'Pat', lastName: primaryId,
    userGroup: 'STUDENT', status: 'ACTIVE', statusDate: '2025-01-01', roles: [patronRole], ...given,
  });
  return _id;
}

/** A loan of U1 of a BOOK from MAIN, due Monday 2025-03-03 21:00, with its item (42.50 USD). */
export async function loan(models: Models, institutionId: string, barcode: string, given: Partial<Loan> = {}): Promise<string> {
  const _id = idOf(institutionId, barcode);
  const itemId = idOf(institutionId, `item ${barcode}`);
  const base = { bibId: idOf(institutionId, `bib ${barcode}`), libraryCode: 'MAIN', locationCode: 'STACKS', materialType: 'BOOK' };
  const { libraryCode = 'MAIN', dueDate = new Date(at('2025-03-03 21:00')) } = given;
  await models.Loan.create({
    _id, institutionId, ...base, itemId, userId: idOf(institutionId, 'U1'), barcode, title: `Title ${barcode}`, author: 'A. Author',
    userGroup: 'STUDENT', touId: idOf(institutionId, 'BOOK'), shortLoan: false, loanDate: new Date(at('2025-02-03 14:00')),
    dueDate, originalDueDate: dueDate, dueDateSource: 'POLICY', status: 'ACTIVE', processStatus: 'NORMAL',
    processStatusDate: new Date(at('2025-02-03 14:00')), ...given,
  });
  await models.Item.create({
    _id: itemId, institutionId, pid: barcode, barcode, barcodeKey: barcode, holdingId: idOf(institutionId, 'holding'), ...base,
    libraryCode, currentLibraryCode: libraryCode, currentLocationCode: 'STACKS', baseStatus: 'NOT_IN_PLACE', processType: 'LOAN',
    currentLoanId: _id, replacementCost: { amount: 4250, currency: 'USD' }, importKey: `#${barcode}`,
  });
  return _id;
}

/** A profile that names every loan, by the defaults of its table. */
export async function profile(
  models: Models,
  institutionId: string,
  name: string,
  type: ProfileType,
  daysAfterDueDate: number,
  given: Partial<StoredOverdueLostProfile> = {},
): Promise<string> {
  const _id = idOf(institutionId, name);
  await models.OverdueLostProfile.create({ _id, institutionId, name, type, daysAfterDueDate, ...given });
  return _id;
}

/** An overdue fine that U1 owes to MAIN, charged at noon of a local day. */
export async function fee(models: Models, institutionId: string, name: string, balance: number, day: string, given: Partial<Fee> = {}): Promise<string> {
  const _id = idOf(institutionId, name);
  await models.Fee.create({
    _id, institutionId, userId: idOf(institutionId, 'U1'), userGroup: 'STUDENT', type: 'OVERDUE_FINE', status: 'ACTIVE', originalAmount: balance,
    balance, currency: 'USD', libraryCode: 'MAIN', title: `Title ${name}`, dedupeKey: `#${_id}`, createdAt: new Date(at(`${day} 12:00`)), ...given,
  });
  return _id;
}

/** A profile for reminders of what is owed that names every patron and fee, by the defaults of its table. */
export async function finesProfile(
  models: Models, institutionId: string, name: string, notificationType: StoredFinesFeesProfile['notificationType'], given: Partial<StoredFinesFeesProfile> = {},
): Promise<string> {
  const _id = idOf(institutionId, name);
  await models.FinesFeesNotificationProfile.create({ _id, institutionId, name, notificationType, ...given });
  return _id;
}

/** The scheduled job, active from now on: tests start it by hand. */
export async function activated(models: Models, institutionId: string, jobKey: string): Promise<ScheduledJob> {
  const job = await models.ScheduledJob.findOneAndUpdate(
    { institutionId, jobKey },
    { $set: { active: true, inactiveReason: null, guard: { enabled: false, factor: 5, minRecords: 500 } } },
    { returnDocument: 'after' },
  ).lean();
  if (job === null) throw new Error(`no scheduled job ${jobKey} in ${institutionId}`);
  return job;
}
