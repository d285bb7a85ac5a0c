/**
 * Makes the demonstration library (platform.md 15): the same for the same size and day, written as a stream.
 *
 * The institution comes last: while it is missing, seeding again goes on where it broke off, and once it is there nothing is done.
 */
import type { Model } from 'mongoose';
import { fulfillmentHistoricalArchiving } from '../../catalogue/fulfillment/fulfillment-historical-archiving.js';
import { jobs } from '../../catalogue/jobs.js';
import type { Now } from '../../config/clock.js';
import { dayText, localDay, startOfDay, zoneOf } from '../../domain/days.js';
import type { Schedule } from '../../domain/schedule.js';
import type { Versioned } from '../../models/document.js';
import { insertOnce } from '../../models/insert-once.js';
import type { Institution } from '../../models/institution.js';
import type { StoredCalendarRecord } from '../../models/library.js';
import type { Models } from '../../models/models.js';
import type { User } from '../../models/user.js';
import { makeScheduledJobs } from '../../worker/scheduled-jobs.js';
import { isRequested, lateFee, lostFee, requestFor } from './around-loans.js';
import { addressBlockOf, blockDefinitions, demeritRules, demeritsOf, isBlocking, isSuspended, isWithoutAddress, overdueBlockOf, suspensionOf } from './blocks.js';
import { anonymizationRules, branches, currency, finesProfiles, holidays, limits, profiles, renewalRules, terms, timeZone, trainingDay, unitRules, units } from './library.js';
import { isLost, isReturned, loanAt, openLoansByItem } from './loans.js';
import { newsAt, newsOf, readingListsUrl } from './reading-lists.js';
import { idOf, type Kind, type Plan, type Size } from './plan.js';
import { userAt } from './readers.js';
import { bibAt, bibsOf, holdingAt, itemAt } from './shelves.js';
import { signInsAt, signInsOf, staffOf, type SignIn } from './staff.js';

/** The code of the demonstration library, unless another is asked for. */
export const demonstrationInstitution = 'demo';

export interface SeedReport {
  institution: string;
  /** False when it was there already. */
  made: boolean;
  /** None where it was there already and is not the demonstration library. */
  signIns: SignIn[];
}

export interface SeedDependencies {
  models: Models;
  now: Now;
  /** Hears how many of how many records are written. */
  onProgress: (done: number, total: number) => void;
}

const BATCH = 1000;

export async function seedDemonstration({ models, now, onProgress }: SeedDependencies, institutionId: string, size: Size): Promise<SeedReport> {
  if ((await models.Institution.exists({ institutionId })) !== null) return { institution: institutionId, made: false, signIns: await signInsAt(models, institutionId) };

  const zone = zoneOf(timeZone);
  const today = localDay(zone, now().getTime());
  const plan: Plan = { ...size, institutionId, zone, today, at: new Date(startOfDay(zone, today)) };
  await writeLibrary(models, plan);
  await writePeople(models, await staffOf(plan));

  const total = plan.users + bibsOf(plan) * 2 + plan.items + plan.loans;
  let done = 0;
  const writeAll = async (count: number, write: (numbers: number[]) => Promise<unknown>): Promise<void> => {
    for (let from = 0; from < count; from += BATCH) {
      const numbers = Array.from({ length: Math.min(BATCH, count - from) }, (_one, index) => from + index);
      await write(numbers);
      onProgress((done += numbers.length), total);
    }
  };
  await writeAll(plan.users, async (numbers) => {
    await writePeople(models, numbers.map((number) => userAt(plan, number)));
    await writeBlocks(models, plan, numbers);
  });
  await writeAll(bibsOf(plan), (numbers) => insertOnce(models.Bib, numbers.map((number) => bibAt(plan, number))));
  await writeAll(bibsOf(plan), (numbers) => insertOnce(models.Holding, numbers.map((number) => holdingAt(plan, number))));
  const openLoans = openLoansByItem(plan);
  await writeAll(plan.items, (numbers) =>
    insertOnce(models.Item, numbers.map((number) => {
      const loan = openLoans.get(number);
      return itemAt(plan, number, loan === undefined ? undefined : loanAt(plan, loan));
    })),
  );
  await writeAll(plan.loans, async (numbers) => {
    await insertOnce(models.Loan, numbers.map((number) => loanAt(plan, number)));
    await insertOnce(models.Fee, numbers.flatMap((number) => (isLost(number) ? [lostFee(plan, number)] : isReturned(number) ? [lateFee(plan, number)] : [])));
    await insertOnce(models.Request, numbers.filter(isRequested).map((number) => requestFor(plan, number)));
    await insertOnce(models.UserBlock, numbers.filter(isBlocking).map((number) => overdueBlockOf(plan, number)));
  });
  await insertOnce(models.ReadingListNotification, Array.from({ length: newsOf(plan) }, (_one, number) => newsAt(plan, number)));
  await writeInstitution(models, plan, now());
  return { institution: institutionId, made: true, signIns: signInsOf(institutionId) };
}

/** Of readers by number, with the points that suspended them. */
async function writeBlocks(models: Models, plan: Plan, readers: number[]): Promise<void> {
  const suspended = readers.filter(isSuspended);
  const blocks = [...suspended.map((reader) => suspensionOf(plan, reader)), ...readers.filter(isWithoutAddress).map((reader) => addressBlockOf(plan, reader))];
  await insertOnce(models.UserBlock, blocks);
  await insertOnce(models.Demerit, suspended.flatMap((reader) => demeritsOf(plan, reader)));
}

/** With the identifiers that belong to them. */
async function writePeople(models: Models, people: User[]): Promise<void> {
  const identifiers = people.flatMap(({ _id, institutionId, primaryId, identifiers, createdAt, updatedAt }) =>
    [primaryId.toLowerCase(), ...identifiers.map(({ value }) => value)].map((key) => ({
      _id: `${institutionId}:${key}`,
      institutionId,
      userId: _id,
      version: 1,
      createdAt,
      updatedAt,
    })),
  );
  await insertOnce(models.UserIdentifier, identifiers);
  await insertOnce(models.User, people);
}

/** Branches, hours, terms of use and profiles: few enough to go through the schemas, which know the defaults. */
async function writeLibrary(models: Models, plan: Plan): Promise<void> {
  const { institutionId } = plan;
  const write = <T extends Versioned>(model: Model<T>, kind: Kind, records: Partial<T>[]) =>
    insertOnce(model, records.map((record, number) => complete(model, { _id: idOf(plan, kind, number), ...record }, plan)));

  await write(models.Library, 'library', branches.map(({ code, name }) => ({ institutionId, code, name, email: `${code.toLowerCase()}@library.example` })));
  await write(models.Location, 'location', branches.flatMap(({ code: libraryCode, locations }) =>
    locations.map((location) => ({ institutionId, libraryCode, ...location }))));
  await write(models.CalendarRecord, 'calendar', calendarOf(plan));
  const training = dayText(trainingDay(plan.today));
  await write(models.CalendarChange, 'calendarChange', [{ institutionId, level: 'INSTITUTION', fromDate: training, toDate: training, appliedAt: plan.at }]);
  await write(models.Policy, 'policy', terms.flatMap(({ code, name, policies }) =>
    Object.entries(policies).map(([type, value]) => ({ institutionId, type, code, name: `${name}: ${type}`, value, originKey: `#${type}:${code}` }))));
  await write(models.TermsOfUse, 'terms', terms.map(({ code, name, policies }) => ({
    institutionId, code, name, type: 'LOAN', originKey: `#${code}`, policies: Object.keys(policies).map((type) => ({ type, policyCode: code })),
  })));
  await write(models.FulfillmentUnit, 'unit', units.map((unit) => ({ institutionId, ...unit, originKey: `#${unit.code}` })));
  await write(models.FulfillmentUnitRule, 'unitRule', unitRules.map((rule) => ({ institutionId, ...rule, ruleType: 'LOAN', originKey: `#${rule.unitCode}:${rule.order}` })));
  await write(models.AutoRenewalRule, 'renewalRule', renewalRules.map((rule) => ({ institutionId, ...rule })));
  await write(models.PatronLimit, 'limit', limits.map((limit) => ({ institutionId, ...limit })));
  await write(models.UserBlockDefinition, 'block', blockDefinitions.map((definition) => ({ institutionId, ...definition })));
  await write(models.AnonymizationRule, 'anonymizationRule', anonymizationRules.map((rule) => ({ institutionId, ...rule })));
  await write(models.DemeritRule, 'demeritRule', demeritRules.map((rule) => ({ institutionId, ...rule })));
  await write(models.OverdueLostProfile, 'profile', profiles.map((profile) => ({
    institutionId, ...profile, blockDefinitionId: profile.blockUser === true ? idOf(plan, 'block', 0) : null,
  })));
  await write(models.FinesFeesNotificationProfile, 'finesProfile', finesProfiles.map((profile) => ({ institutionId, ...profile })));
  await write(models.FulfillmentSettings, 'settings', [{ institutionId }]);
}

/** The record with the defaults of its schema. */
function complete<T extends Versioned>(model: Model<T>, record: Partial<T>, { at }: Plan): T {
  return { ...new model(record).toObject<T>({ flattenMaps: true }), createdAt: at, updatedAt: at };
}

function calendarOf({ institutionId, today }: Plan): Partial<StoredCalendarRecord>[] {
  const always = { validFrom: '2020-01-01', validTo: '2099-12-31' };
  const standard = branches.flatMap(({ code, hours }) =>
    [...hours].map(([dayOfWeek, { from, to }]) => ({
      institutionId, level: 'LIBRARY' as const, libraryCode: code, type: 'STANDARD' as const, dayOfWeek, fromTime: from, toTime: to, ...always, state: 'APPLIED' as const,
    })),
  );
  const training = { from: trainingDay(today), to: trainingDay(today), name: 'Staff training day' };
  const closed = [...holidays(today), training].map(({ from, to, name }) => ({
    institutionId, level: 'INSTITUTION' as const, type: 'EXCEPTION' as const, status: 'CLOSED' as const, validFrom: dayText(from), validTo: dayText(to),
    description: name, state: 'APPLIED' as const,
  }));
  return [...standard, ...closed];
}

/** Which comes without a schedule and with nothing to do, until somebody says what may be forgotten. */
const archiving = {
  schedule: { kind: 'WEEKLY', weekdays: ['SUN'], times: ['01:30'] } satisfies Schedule,
  parameters: fulfillmentHistoricalArchiving.parameters.parse({ loans: true, fees: true, requests: true }),
};

/** All jobs that there are work, by their own schedules. They begin now: a night before the library was made is not one that they missed. */
async function writeInstitution(models: Models, plan: Plan, at: Date): Promise<void> {
  const { institutionId } = plan;
  const institution = complete<Institution>(models.Institution, {
    _id: idOf(plan, 'settings', 1),
    institutionId,
    code: institutionId,
    name: 'Demonstration Library',
    kind: 'INSTITUTION',
    status: 'ACTIVE',
    environment: 'SANDBOX',
    timeZone,
    currency,
    defaultLanguage: 'en',
    languages: ['en', 'de', 'fr', 'es'],
    features: ['LEGANTO'],
    settings: { readingListsUrl },
    allowedEmails: ['*@patrons.example', '*@library.example'],
  }, plan);
  await makeScheduledJobs(models, institution, at);
  for (const { key } of jobs.filter(({ available }) => available)) {
    await models.ScheduledJob.updateOne(
      { institutionId, jobKey: key, active: false },
      { $set: { active: true, inactiveReason: null, ...(key === fulfillmentHistoricalArchiving.key && archiving) }, $inc: { version: 1 } },
    );
  }
  await insertOnce(models.Institution, [institution]);
}
