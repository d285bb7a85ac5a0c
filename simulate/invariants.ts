/** What must hold after every night, asked of the store by other ways than the rules go: a sentence for each record that breaks it. */
import { calendarOf } from '../domain/calendar.js';
import { localDay, type DayNumber, type Zone } from '../domain/days.js';
import { policiesByTerms } from '../domain/terms-of-use.js';
import type { Fee } from '../models/fee.js';
import { letterStates } from '../models/letter.js';
import type { Loan } from '../models/loan.js';
import type { Models } from '../models/models.js';

export interface AfterNight {
  models: Models;
  institutionId: string;
  zone: Zone;
  /** Of the night. */
  asOf: Date;
  today: DayNumber;
  /** Nights in a row before this one that nothing ran in. */
  missed: number;
}
/** The one lists all loans of a patron each time, the other is of the desk. */
const withoutNotice = new Set(['FulUserBorrowingActivityLetter', 'FulLostRefundFeeLoanLetter']);
const PART_AND_CHANNEL = /:\d+:[A-Z]+$/;
const DAY_MS = 24 * 60 * 60_000;
type Invariant = (after: AfterNight) => Promise<string[]>;

export const invariants = {
  'no letter twice for one cause': lettersOnce,
  'no loan overdue without its notice': overdueAreTold,
  'money is conserved': moneyConserved,
  'no block without its reason, none outliving it': blocksHaveReasons,
  'every due date on open time': dueOnOpenTime,
  'an item is out on one open loan': itemsAgree,
  'nothing names an anonymised user': nobodyNamed,
} satisfies Record<string, Invariant>;

/** Of one kind and by one channel a loan is in one letter of a day, and a letter about a notice is the one that the notice names: each notice is there once. */
async function lettersOnce({ models, institutionId, zone, asOf, missed }: AfterNight): Promise<string[]> {
  const since = new Date(asOf.getTime() - (missed + 2) * DAY_MS);
  const letters = await models.Letter.find({ institutionId, state: { $in: letterStates }, createdAt: { $gte: since } }, { letterCode: 1, channel: 1, causes: 1, dedupeKey: 1, createdAt: 1 }).lean();
  const told = letters.flatMap(({ causes, ...letter }) => causes.filter(({ recordType }) => recordType === 'loan').map(({ recordId }) => ({ ...letter, recordId })));
  const loanIds = { $in: told.map(({ recordId }) => recordId) };
  const notices = await models.LoanNotice.find({ institutionId, loanId: loanIds, state: 'LETTERED' }, { loanId: 1, letterKey: 1 }).lean();
  const named = new Set(notices.map(({ loanId, letterKey }) => `${loanId} ${letterKey}`));
  // Their notices name no letter any more: its key tells the user.
  const anonymised = new Set((await models.Loan.find({ institutionId, _id: loanIds, anonymizedAt: { $gt: new Date(0) } }, { _id: 1 }).lean()).map(({ _id }) => _id));
  return [
    ...twice(told.map(({ recordId, letterCode, channel, createdAt, dedupeKey }) => [[recordId, letterCode, channel, localDay(zone, createdAt.getTime())].join(' '), dedupeKey])),
    ...told.flatMap(({ recordId, letterCode, dedupeKey }) => (withoutNotice.has(letterCode) || anonymised.has(recordId) || named.has(`${recordId} ${dedupeKey.replace(PART_AND_CHANNEL, '')}`) ? [] : [`no notice of loan ${recordId} names letter ${dedupeKey}`])),
  ];
}

/** Causes that more than one letter has. */
function twice(told: readonly [cause: string, letter: string][]): string[] {
  const letterOf = new Map<string, string>();
  return told.flatMap(([cause, letter]) => {
    const before = letterOf.get(cause);
    letterOf.set(cause, letter);
    return before === undefined ? [] : [`${cause}: ${before} and ${letter}`];
  });
}

/** An overdue loan that nothing but time has touched has had a notice of the latest stage that it reached, or of a later one. */
async function overdueAreTold({ models, institutionId, zone, today, missed }: AfterNight): Promise<string[]> {
  const [profiles, loans, settings] = await Promise.all([
    models.OverdueLostProfile.find({ institutionId, active: true }).lean(),
    models.Loan.find({ institutionId, status: 'ACTIVE', processStatus: { $in: ['NORMAL', 'RENEW'] }, lost: null, claimedReturnAt: null }).lean(),
    models.ScheduledJob.findOne({ institutionId, jobKey: 'loans-overdue-and-lost' }).orFail().lean(),
  ]);
  const catchUpDays = Number(settings.parameters.catchUpDays ?? 7);
  const stages = profiles.filter(({ loanStatuses, libraries, type }) => loanStatuses.includes('NORMAL') && libraries.length === 0 && type !== 'CHANGE_TO_LOST').map(({ daysAfterDueDate }) => daysAfterDueDate);
  const overdue = loans.flatMap((loan) => {
    const days = today - localDay(zone, loan.dueDate.getTime());
    const stage = Math.max(0, ...stages.filter((after) => after <= days));
    // Later than the catch-up window a stage is not made up for: an outage explains it.
    return stage === 0 || (days - stage + missed > catchUpDays) || loan.shortLoan || loan.userId === null ? [] : [{ loan, days, stage }];
  });
  const notices = await models.LoanNotice.find({ institutionId, loanId: { $in: overdue.map(({ loan }) => loan._id) } }, { loanId: 1, dueCycle: 1, profileId: 1 }).lean();
  const stageOf = new Map(profiles.map(({ _id, daysAfterDueDate }) => [_id, daysAfterDueDate]));
  return overdue.flatMap(({ loan, days, stage }) => {
    const isTold = notices.some(({ loanId, dueCycle, profileId }) => loanId === loan._id && dueCycle === loan.dueCycle && (stageOf.get(profileId) ?? 0) >= stage);
    return isTold ? [] : [`loan ${loan._id} of ${loan.dueDate.toISOString()}, ${days} days overdue, has no notice of day ${stage}`];
  });
}

/** A fee is what was charged less what was paid and waived; so are then its user and the institution. */
async function moneyConserved({ models, institutionId }: AfterNight): Promise<string[]> {
  const fees = await models.Fee.find({ institutionId }).lean();
  return fees.flatMap((fee) => {
    const booked = fee.transactions.reduce((sum, { type, amount }) => sum + (type === 'PAYMENT' || type === 'WAIVE' ? amount : 0), 0);
    const twice = fee.transactions.length - new Set(fee.transactions.map(({ transactionId }) => transactionId)).size;
    return fee.balance === fee.originalAmount - booked && twice === 0 && isClosedRight(fee)
      ? [] : [`fee ${fee._id} ${fee.type}: ${fee.originalAmount} less ${booked} is not ${fee.balance}, or it is ${fee.status}`];
  });
}

const isClosedRight = ({ balance, status }: Fee): boolean => (balance === 0) === (status === 'CLOSED');

async function blocksHaveReasons({ models, institutionId, asOf }: AfterNight): Promise<string[]> {
  const blocks = await models.UserBlock.find({ institutionId, status: 'ACTIVE' }).lean();
  const open = await models.Loan.find({ institutionId, _id: { $in: blocks.flatMap(({ loanIds }) => loanIds) }, status: 'ACTIVE' }, { _id: 1 }).lean();
  const isOpen = new Set(open.map(({ _id }) => _id));
  return blocks.flatMap(({ _id, source, mode, expiresAt, loanIds }) => {
    if (expiresAt !== null && expiresAt <= asOf) return [`block ${_id} (${source}) should have ended on ${expiresAt.toISOString()}`];
    if (source === 'OVERDUE' && mode === 'UNTIL_RETURNED' && !loanIds.some((id) => isOpen.has(id))) return [`block ${_id} outlives its loans ${loanIds.join(', ')}`];
    return [];
  });
}

async function dueOnOpenTime({ models, institutionId, zone, asOf }: AfterNight): Promise<string[]> {
  const [libraries, records, terms, policies, loans] = await Promise.all([
    models.Library.find({ institutionId }).lean(),
    models.CalendarRecord.find({ institutionId, state: 'APPLIED' }).lean(),
    models.TermsOfUse.find({ institutionId, type: 'LOAN' }).lean(),
    models.Policy.find({ institutionId, deletedAt: null }).lean(),
    models.Loan.find({ institutionId, status: 'ACTIVE', dueDate: { $gt: asOf }, processStatus: { $in: ['NORMAL', 'RENEW', 'RECALL'] } }).lean(),
  ]);
  const hours = records.map((record) => ({ ...record, createdAt: record.createdAt.getTime() }));
  const calendars = new Map(libraries.map((library) => [library.code, calendarOf(hours, library, zone)]));
  const policiesOf = policiesByTerms(terms, policies);
  const isOpen = ({ libraryCode, dueDate, shortLoan }: Loan): boolean => {
    const calendar = calendars.get(libraryCode);
    if (calendar === undefined) return true;
    return shortLoan ? calendar.isOpenAt(dueDate.getTime()) : calendar.isOpenDay(localDay(zone, dueDate.getTime()));
  };
  return loans
    .filter((loan) => policiesOf.get(loan.touId)?.closedLibraryDueDateManagement !== 'KEEP' && !isOpen(loan))
    .map(({ _id, dueDate, libraryCode }) => `loan ${_id} is due at ${dueDate.toISOString()}, when ${libraryCode} is closed`);
}

async function itemsAgree({ models, institutionId }: AfterNight): Promise<string[]> {
  const [loans, items] = await Promise.all([
    models.Loan.find({ institutionId, status: 'ACTIVE' }, { itemId: 1 }).lean(),
    models.Item.find({ institutionId, currentLoanId: { $gt: '' }, processType: { $in: ['LOAN', 'LOST_LOAN', 'CLAIM_RETURNED_LOAN'] } }, { currentLoanId: 1 }).lean(),
  ]);
  const itemOf = new Map(loans.map(({ _id, itemId }) => [_id, itemId]));
  return items.flatMap(({ _id, currentLoanId }) => (itemOf.get(currentLoanId ?? '') === _id ? [] : [`item ${_id} is out on loan ${currentLoanId}, which is not open`]));
}

async function nobodyNamed({ models, institutionId }: AfterNight): Promise<string[]> {
  const loans = await models.Loan.find({ institutionId, anonymizedAt: { $gt: new Date(0) } }, { userId: 1 }).lean();
  const named = loans.filter(({ userId }) => userId !== null).map(({ _id }) => `loan ${_id} is anonymised and has its user`);
  const ids = loans.map(({ _id }) => _id);
  const notices = await models.LoanNotice.find({ institutionId, loanId: { $in: ids }, userId: { $gt: '' } }, { _id: 1 }).lean();
  const fees = await models.Fee.find({ institutionId, anonymizedAt: { $gt: new Date(0) }, userId: { $gt: '' } }, { _id: 1 }).lean();
  return [...named, ...fees.map(({ _id }) => `fee ${_id} is anonymised and has its user`), ...notices.map(({ _id }) => `notice ${_id} names the user of an anonymised loan`)];
}
