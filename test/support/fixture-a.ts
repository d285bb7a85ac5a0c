/**
 * Fixture A of fulfillment-loans.md: institution `demo` in New York, library MAIN, the terms of use BOOK and RESERVE, and a loan of U1
 * whose defaults do nothing surprising. Times are written as the librarian reads them on the wall.
 */
import { calendarOf, minutesOf, type Calendar, type CalendarRecord } from '../../domain/calendar.js';
import { dayNumber, localToInstant, zoneOf, type Day, type Instant } from '../../domain/days.js';
import type { OverdueLoan } from '../../domain/fulfillment/overdue-loan.js';
import { loanPoliciesOf, type LoanPolicies, type PolicyDocument } from '../../domain/terms-of-use.js';

export const newYork = zoneOf('America/New_York');

/** The instant of a local time `YYYY-MM-DD HH:mm` in New York. */
export function at(local: string): Instant {
  const [day = '', time = '00:00'] = local.split(' ');
  return localToInstant(newYork, dayNumber(day), minutesOf(time));
}

export const calendarRecord = (given: Partial<CalendarRecord>): CalendarRecord => ({
  level: 'INSTITUTION',
  libraryCode: null,
  type: 'STANDARD',
  dayOfWeek: null,
  fromTime: null,
  toTime: null,
  status: null,
  validFrom: '2020-01-01',
  validTo: '2030-12-31',
  eventName: null,
  eventDate: null,
  eventTime: null,
  state: 'APPLIED',
  createdAt: 0,
  ...given,
});
export const ofMain = (given: Partial<CalendarRecord>) =>
  calendarRecord({ level: 'LIBRARY', libraryCode: 'MAIN', ...given });
export const closed = (validFrom: Day, validTo: Day = validFrom) =>
  calendarRecord({ type: 'EXCEPTION', status: 'CLOSED', validFrom, validTo });

export const mainHours: CalendarRecord[] = [
  ...[1, 2, 3, 4, 5].map((dayOfWeek) => ofMain({ dayOfWeek, fromTime: '09:00', toTime: '21:00' })),
  ofMain({ dayOfWeek: 6, fromTime: '10:00', toTime: '17:00' }),
];
export const calendarRecords: CalendarRecord[] = [
  ...mainHours,
  closed('2025-05-26'),
  closed('2025-07-04'),
  closed('2025-11-27', '2025-11-28'),
  closed('2025-12-24', '2026-01-01'),
  {
    ...ofMain({ type: 'EXCEPTION', status: 'CLOSED', fromTime: '15:00', toTime: '21:00' }),
    validFrom: '2025-11-26',
    validTo: '2025-11-26',
  },
];

export const main = { code: 'MAIN', inheritsCalendar: true, shortLoanOpeningOffsetMinutes: 0 };
export const mainCalendar = (records: readonly CalendarRecord[] = calendarRecords, library = main): Calendar =>
  calendarOf(records, library, newYork);

export const bookPolicies: PolicyDocument[] = [
  { type: 'dueDate', value: { kind: 'PERIOD', unit: 'DAYS', value: 28 } },
  { type: 'closedLibraryDueDateManagement', value: 'NEXT_OPEN' },
  { type: 'renewFrom', value: 'NOW' },
  { type: 'maximumRenewalPeriod', value: { value: 84, unit: 'DAYS' } },
  { type: 'gracePeriod', value: { value: 2, unit: 'DAYS', excludedFromFine: false } },
  { type: 'overdueFine', value: { amount: 25, per: 'DAY' } },
  { type: 'recalledOverdueFine', value: { amount: 100, per: 'OPEN_DAY' } },
  { type: 'maximumFine', value: 1000 },
  { type: 'overdueNotificationFine2', value: 200 },
  { type: 'lostItemFine', value: 1500 },
  { type: 'lostItemReplacementFee', value: { source: 'ITEM_COST', amount: 6000 } },
  { type: 'lostItemReplacementFeeRefundRatio', value: 100 },
];
export const reservePolicies: PolicyDocument[] = [
  { type: 'dueDate', value: { kind: 'PERIOD', unit: 'HOURS', value: 2 } },
  { type: 'closedLibraryDueDateManagement', value: 'NEXT_OPEN' },
  { type: 'gracePeriod', value: { value: 10, unit: 'MINUTES', excludedFromFine: false } },
  { type: 'overdueFine', value: { amount: 100, per: 'OPEN_HOUR' } },
  { type: 'maximumFine', value: 2000 },
];
export const book = resolved(bookPolicies);
export const reserve = resolved(reservePolicies);

export const overdueLoan = (given: Partial<OverdueLoan> = {}): OverdueLoan => ({
  loanId: 'a',
  userId: 'u1',
  itemId: 'item-a',
  touId: 'BOOK',
  userGroup: 'STUDENT',
  libraryCode: 'MAIN',
  locationCode: 'STACKS',
  itemPolicy: null,
  materialType: 'BOOK',
  status: 'ACTIVE',
  processStatus: 'NORMAL',
  processStatusDate: at('2025-02-03 14:00'),
  dueDate: at('2025-03-03 21:00'),
  dueCycle: 1,
  shortLoan: false,
  recalled: false,
  claimedReturnAt: null,
  returnDate: null,
  lostCount: 0,
  ...given,
});

function resolved(documents: PolicyDocument[]): LoanPolicies {
  const outcome = loanPoliciesOf(documents);
  if ('refusals' in outcome) throw new Error(JSON.stringify(outcome.refusals));
  return outcome.policies;
}
