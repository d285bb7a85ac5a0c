/**
 * The demonstration library as data: branches, hours, terms of use, overdue profiles (fulfillment-loans.md, Fixture A, and around it).
 *
 * Amounts are cents.
 */
import { addMonths, dayNumber, dayText, weekday, type DayNumber } from '../../domain/days.js';
import type { StoredFinesFeesProfile } from '../../models/fines-fees-notification-profile.js';
import type { Policy, StoredOverdueLostProfile } from '../../models/fulfillment.js';
import type { FulfillmentUnitRule, StoredFulfillmentUnit } from '../../models/fulfillment-unit.js';
import type { StoredPatronLimit } from '../../models/patron-limit.js';
import type { AnonymizationRule, AutoRenewalRule } from '../../models/rule-tables.js';

export const timeZone = 'America/New_York';
export const currency = 'USD';

export interface Branch {
  code: string;
  name: string;
  /** By weekday, 1 = Monday; a weekday that is not there is closed. */
  hours: ReadonlyMap<number, { from: string; to: string }>;
  locations: readonly { code: string; name: string; fulfillmentUnitCode: string }[];
}

const daily = (days: number[], from: string, to: string) => days.map((day) => [day, { from, to }] as const);
const stacks = { code: 'STACKS', name: 'Main Stacks', fulfillmentUnitCode: 'GENERAL' };
const reserve = { code: 'RESERVE', name: 'Course Reserves', fulfillmentUnitCode: 'RESERVES' };

export const branches: readonly Branch[] = [
  {
    code: 'MAIN',
    name: 'Main Library',
    hours: new Map([...daily([1, 2, 3, 4, 5], '09:00', '21:00'), ...daily([6], '10:00', '17:00')]),
    locations: [stacks, reserve, { code: 'CHILDREN', name: 'Children’s Room', fulfillmentUnitCode: 'GENERAL' }],
  },
  {
    code: 'EAST',
    name: 'East Branch',
    hours: new Map([...daily([2, 3, 4, 5], '10:00', '19:00'), ...daily([6], '10:00', '17:00')]),
    locations: [stacks, { code: 'MEDIA', name: 'Films and Music', fulfillmentUnitCode: 'MEDIA' }],
  },
  {
    code: 'SCI',
    name: 'Science Library',
    hours: new Map([...daily([1, 2, 3, 4], '08:00', '23:59'), ...daily([5, 6, 7], '09:00', '18:00')]),
    locations: [stacks, reserve],
  },
];

/** Days on which all branches are closed, from the year before to the year after. */
export function holidays(today: DayNumber): { from: DayNumber; to: DayNumber; name: string }[] {
  const thisYear = Number(dayText(today).slice(0, 4));
  return [thisYear - 1, thisYear, thisYear + 1].flatMap((year) => {
    const firstOfNovember = dayNumber(`${year}-11-01`);
    const thanksgiving = firstOfNovember + ((11 - weekday(firstOfNovember)) % 7) + 21; // the fourth Thursday
    const endOfMay = dayNumber(`${year}-05-31`);
    const memorialDay = endOfMay - (weekday(endOfMay) - 1);
    const christmasEve = dayNumber(`${year}-12-24`);
    return [
      { from: memorialDay, to: memorialDay, name: 'Memorial Day' },
      { from: dayNumber(`${year}-07-04`), to: dayNumber(`${year}-07-04`), name: 'Independence Day' },
      { from: thanksgiving, to: thanksgiving + 1, name: 'Thanksgiving' },
      { from: christmasEve, to: addMonths(dayNumber(`${year}-12-01`), 1), name: 'Winter holidays' },
    ];
  });
}

/** A day on which all branches are open, and which was closed only now: loans due on it are still to be moved. */
export function trainingDay(today: DayNumber): DayNumber {
  const isHoliday = (day: DayNumber) => holidays(today).some(({ from, to }) => from <= day && day <= to);
  let day = today + 3;
  while (weekday(day) < 2 || weekday(day) > 5 || isHoliday(day)) day += 1;
  return day;
}

interface TermsPlan {
  code: 'BOOK' | 'RESERVE' | 'MEDIA';
  name: string;
  policies: Record<string, Policy['value']>;
}

const period = (value: number, unit: string) => ({ kind: 'PERIOD', value, unit, atTime: null });

export const terms: readonly TermsPlan[] = [
  {
    code: 'BOOK',
    name: 'Books, four weeks',
    policies: {
      dueDate: period(28, 'DAYS'),
      maximumRenewalPeriod: { value: 84, unit: 'DAYS' },
      gracePeriod: { value: 2, unit: 'DAYS', excludedFromFine: false },
      overdueFine: { amount: 25, per: 'DAY' },
      recalledOverdueFine: { amount: 100, per: 'OPEN_DAY' },
      maximumFine: 1000,
      overdueNotificationFine2: 200,
      lostItemFine: 1500,
      lostItemReplacementFee: { source: 'ITEM_COST', amount: 6000 },
      lostItemReplacementFeeRefundRatio: 100,
    },
  },
  {
    code: 'RESERVE',
    name: 'Reserves, two hours',
    policies: {
      dueDate: period(2, 'HOURS'),
      isRenewable: false,
      gracePeriod: { value: 10, unit: 'MINUTES', excludedFromFine: false },
      overdueFine: { amount: 100, per: 'OPEN_HOUR' },
      maximumFine: 2000,
      lostItemReplacementFee: { source: 'ITEM_COST', amount: 6000 },
    },
  },
  {
    code: 'MEDIA',
    name: 'Films and music, one week',
    policies: {
      dueDate: period(7, 'DAYS'),
      overdueFine: { amount: 50, per: 'DAY' },
      maximumFine: 1500,
      lostItemFine: 500,
      lostItemReplacementFee: { source: 'FIXED', amount: 2500 },
    },
  },
];

export const units: readonly Pick<StoredFulfillmentUnit, 'code' | 'name'>[] = [
  { code: 'GENERAL', name: 'What stands on open shelves' },
  { code: 'RESERVES', name: 'Course reserves' },
  { code: 'MEDIA', name: 'Films and music' },
];

/** The last rule of a unit has no parameters. */
export const unitRules: readonly Pick<FulfillmentUnitRule, 'unitCode' | 'order' | 'name' | 'parameters' | 'touCode'>[] = [
  { unitCode: 'GENERAL', order: 1, name: 'Books', parameters: [], touCode: 'BOOK' },
  { unitCode: 'RESERVES', order: 1, name: 'Faculty take reserves home', parameters: [{ field: 'userGroup', op: 'EQUALS', values: ['FACULTY'] }], touCode: 'BOOK' },
  { unitCode: 'RESERVES', order: 2, name: 'Reserves', parameters: [], touCode: 'RESERVE' },
  { unitCode: 'MEDIA', order: 1, name: 'Films and music', parameters: [], touCode: 'MEDIA' },
];

/** Loans of the public are not renewed for them. */
export const renewalRules: readonly Pick<AutoRenewalRule, 'order' | 'name' | 'parameters' | 'output'>[] = [
  { order: 1, name: 'No films', parameters: [{ field: 'materialType', op: 'EQUALS', values: ['DVD'] }], output: false },
  { order: 2, name: 'Students and faculty', parameters: [{ field: 'userGroup', op: 'IN', values: ['STUDENT', 'FACULTY'] }], output: true },
];

/** What is kept when the operator has the job scheduled: a loan for a week after it came back, a fee for seven years. */
export const anonymizationRules: readonly Pick<AnonymizationRule, 'table' | 'order' | 'name' | 'parameters' | 'output'>[] = [
  { table: 'LOANS', order: 1, name: 'A week', parameters: [{ field: 'daysSinceEnd', op: 'LESS_THAN', values: [7] }], output: false },
  { table: 'LOANS', order: 2, name: 'Films, for the statistics of the quarter', parameters: [{ field: 'location', op: 'EQUALS', values: ['EAST/MEDIA'] }, { field: 'daysSinceEnd', op: 'LESS_THAN', values: [90] }], output: false },
  { table: 'FEES', order: 1, name: 'Seven years', parameters: [{ field: 'daysSinceEnd', op: 'LESS_THAN', values: [2_555] }], output: false },
  { table: 'REQUESTS', order: 1, name: 'A month', parameters: [{ field: 'daysSinceEnd', op: 'LESS_THAN', values: [30] }], output: false },
];

export const limits: readonly Pick<StoredPatronLimit, 'userGroup' | 'maxOwedAmount' | 'maxOverdueLoans' | 'maxOverdueRecalls'>[] = [
  { userGroup: 'STUDENT', maxOwedAmount: 5_000, maxOverdueLoans: 5, maxOverdueRecalls: 0 },
  { userGroup: 'FACULTY', maxOwedAmount: 20_000, maxOverdueLoans: 20, maxOverdueRecalls: 2 },
  { userGroup: 'PUBLIC', maxOwedAmount: 2_000, maxOverdueLoans: 2, maxOverdueRecalls: 0 },
];

export const profiles: readonly (Partial<StoredOverdueLostProfile> & { blockUser?: true })[] = [
  { name: 'First notice', description: 'The day after', type: 'OVERDUE_NOTIFICATION_1', daysAfterDueDate: 1 },
  { name: 'Second notice', description: 'After a week, with a fee', type: 'OVERDUE_NOTIFICATION_2', daysAfterDueDate: 7, createFine: true },
  { name: 'Third notice', description: 'After two weeks; no more loans until it is back', type: 'OVERDUE_NOTIFICATION_3', daysAfterDueDate: 14, blockUser: true, blockMode: 'UNTIL_RETURNED' },
  { name: 'Recalled and overdue', description: 'Another reader waits', type: 'OVERDUE_NOTIFICATION_5', daysAfterDueDate: 1, daysAfterStatusDate: 7, loanStatuses: ['RECALL'] },
  { name: 'Lost', description: 'After thirty days', type: 'CHANGE_TO_LOST', daysAfterDueDate: 30 },
];

export const finesProfiles: readonly Partial<StoredFinesFeesProfile>[] = [
  { name: 'Reminder of charges', notificationType: 1, minimumBalance: 500, daysAfterCreation: 7, repeatEveryDays: 14, maxRepeats: 2 },
  { name: 'Large debts', notificationType: 3, minimumBalance: 5_000, daysAfterCreation: 14, repeatEveryDays: 30, maxRepeats: 2, notificationFee: 200 },
];
