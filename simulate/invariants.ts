/** What must hold after every night, asked of the store by other ways than the rules go: a sentence for each record that breaks it. */
import { calendarOf } from '../domain/calendar.js';
import { localDay, startOfDay, type DayNumber, type Zone } from '../domain/days.js';
import { policiesByTerms } from '../domain/terms-of-use.js';
import type { Item } from '../models/catalogue-records.js';
import type { Fee, FeeTransaction } from '../models/fee.js';
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
  /** Whether all records are asked of. Otherwise those that cannot change any more are left out, of which a year has ever more. */
  everything: boolean;
}
/** The one lists all loans of a patron each time, the other is of the desk. */
const withoutNotice = new Set(['FulUserBorrowingActivityLetter', 'FulLostRefundFeeLoanLetter']);
const PART_AND_CHANNEL = /:\d+:[A-Z]+$/;
const DAY_MS = 24 * 60 * 60_000;
const LOANS_A_QUESTION = 10_000;
/** Of notices; left to itself the store goes through all of a kind. */
const byLoan = { institutionId: 1, loanId: 1, dueCycle: 1, kind: 1, profileId: 1, dayKey: 1 } as const;
const outAs: Item['processType'][] = ['LOAN', 'LOST_LOAN', 'CLAIM_RETURNED_LOAN'];
const setByStaff: Loan['dueDateSource'][] = ['MANUAL', 'BULK'];
type Invariant = (after: AfterNight) => Promise<string[]>;

/** The beginning of the day before the last night that was asked of. */
const sinceLast = ({ zone, today, missed }: AfterNight): Date => new Date(startOfDay(zone, today - missed - 2));

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
  const loanIds = { $in: [...new Set(letters.flatMap(({ causes }) => causes.flatMap(({ recordType, recordId }) => (recordType === 'loan' ? [recordId] : []))))] };
  const notices = await models.LoanNotice.find({ institutionId, loanId: loanIds, state: 'LETTERED' }, { loanId: 1, letterKey: 1, kind: 1 }).hint(byLoan).lean();
  const kindOf = new Map(notices.map(({ loanId, letterKey, kind }) => [`${loanId} ${letterKey}`, kind]));
  // Their notices name no letter any more: its key tells the user.
  const anonymised = new Set((await models.Loan.find({ institutionId, _id: loanIds, anonymizedAt: { $gt: new Date(0) } }, { _id: 1 }).lean()).map(({ _id }) => _id));
  const told = letters.flatMap(({ causes, letterCode, channel, dedupeKey, createdAt }) => causes.filter(({ recordType }) => recordType === 'loan').map(({ recordId }) => {
    const kind = kindOf.get(`${recordId} ${dedupeKey.replace(PART_AND_CHANNEL, '')}`);
    const isNamed = withoutNotice.has(letterCode) || anonymised.has(recordId) || kind !== undefined;
    return { cause: [recordId, letterCode, kind, channel, localDay(zone, createdAt.getTime())].join(' '), letter: dedupeKey, recordId, isNamed };
  }));
  return [
    ...twice(told.map(({ cause, letter }) => [cause, letter])),
    ...told.flatMap(({ isNamed, recordId, letter }) => (isNamed ? [] : [`no notice of loan ${recordId} names letter ${letter}`])),
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
async function overdueAreTold({ models, institutionId, zone, asOf, today, missed }: AfterNight): Promise<string[]> {
  const [profiles, settings] = await Promise.all([
    models.OverdueLostProfile.find({ institutionId, active: true }).lean(),
    models.ScheduledJob.findOne({ institutionId, jobKey: 'loans-overdue-and-lost' }).orFail().lean(),
  ]);
  const catchUpDays = Number(settings.parameters.catchUpDays ?? 7);
  const stages = profiles.filter(({ loanStatuses, libraries, type }) => loanStatuses.includes('NORMAL') && libraries.length === 0 && type !== 'CHANGE_TO_LOST').map(({ daysAfterDueDate }) => daysAfterDueDate);
  const oldest = today - Math.max(0, ...stages) - catchUpDays;
  const loans = await models.Loan.find(
    { institutionId, status: 'ACTIVE', processStatus: { $in: ['NORMAL', 'RENEW'] }, dueDate: { $gte: new Date(startOfDay(zone, oldest)), $lt: asOf }, lost: null, claimedReturnAt: null, shortLoan: false, userId: { $gt: '' } },
    { dueDate: 1, dueCycle: 1 },
  ).lean();
  const overdue = loans.flatMap((loan) => {
    const days = today - localDay(zone, loan.dueDate.getTime());
    const stage = Math.max(0, ...stages.filter((after) => after <= days));
    // Later than the catch-up window a stage is not made up for: an outage explains it.
    return stage === 0 || days - stage + missed > catchUpDays ? [] : [{ loan, days, stage }];
  });
  const notices = await models.LoanNotice.find({ institutionId, loanId: { $in: overdue.map(({ loan }) => loan._id) } }, { loanId: 1, dueCycle: 1, profileId: 1 }).hint(byLoan).lean();
  const stageOf = new Map(profiles.map(({ _id, daysAfterDueDate }) => [_id, daysAfterDueDate]));
  const reached = new Map<string, number>();
  for (const { loanId, dueCycle, profileId } of notices) {
    const cycle = `${loanId} ${dueCycle}`;
    reached.set(cycle, Math.max(reached.get(cycle) ?? 0, stageOf.get(profileId) ?? 0));
  }
  return overdue.flatMap(({ loan: { _id, dueCycle, dueDate }, days, stage }) =>
    (reached.get(`${_id} ${dueCycle}`) ?? 0) >= stage ? [] : [`loan ${_id} of ${dueDate.toISOString()}, ${days} days overdue, has no notice of day ${stage}`]);
}

/** A fee is what was charged less what was paid and waived, a credit what is owed to the patron less what was paid out; so are then its user and the institution. */
async function moneyConserved(after: AfterNight): Promise<string[]> {
  const { models, institutionId, everything } = after;
  const fields = { type: 1, status: 1, originalAmount: 1, balance: 1, 'transactions.type': 1, 'transactions.amount': 1, 'transactions.transactionId': 1 } as const;
  const wrong = (fee: Fee): string[] => {
    const booked = fee.transactions.reduce((sum, { type, amount }) => sum + amount * (signOf[type] ?? 0), 0);
    const twice = fee.transactions.length - new Set(fee.transactions.map(({ transactionId }) => transactionId)).size;
    return fee.balance === fee.originalAmount - booked && twice === 0 && isClosedRight(fee)
      ? [] : [`fee ${fee._id} ${fee.type}: ${fee.originalAmount} less ${booked} is not ${fee.balance}, or it is ${fee.status}`];
  };
  const settled = { institutionId, status: 'CLOSED' as const, anonymizedAt: null, closedAt: { $gte: sinceLast(after) } };
  const asked = everything ? [{ institutionId }] : [{ institutionId, status: { $in: ['ACTIVE' as const, 'IN_DISPUTE' as const, 'EXPORTED' as const] } }, settled];
  const faults: string[] = [];
  for (const some of asked) for await (const fee of models.Fee.find(some, fields).lean<Fee>().cursor()) faults.push(...wrong(fee));
  return faults;
}

const signOf: Partial<Record<FeeTransaction['type'], number>> = { PAYMENT: 1, WAIVE: 1, REFUND: -1 };
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

/** Due dates are asked of once for all loans that have them; those that staff set stay where they are, as the correction is told to keep them. */
async function dueOnOpenTime({ models, institutionId, zone, asOf }: AfterNight): Promise<string[]> {
  const coming = { institutionId, status: 'ACTIVE' as const, dueDate: { $gt: asOf }, dueDateSource: { $nin: setByStaff } };
  const [libraries, records, terms, policies, dueDates] = await Promise.all([
    models.Library.find({ institutionId }).lean(),
    models.CalendarRecord.find({ institutionId, state: 'APPLIED' }).lean(),
    models.TermsOfUse.find({ institutionId, type: 'LOAN' }).lean(),
    models.Policy.find({ institutionId, deletedAt: null }).lean(),
    models.Loan.aggregate<{ _id: { libraryCode: string; dueDate: Date } }>([{ $match: coming }, { $group: { _id: { libraryCode: '$libraryCode', dueDate: '$dueDate' } } }]),
  ]);
  const hours = records.map((record) => ({ ...record, createdAt: record.createdAt.getTime() }));
  const calendars = new Map(libraries.map((library) => [library.code, calendarOf(hours, library, zone)]));
  const policiesOf = policiesByTerms(terms, policies);
  const doubtful = dueDates.filter(({ _id: { libraryCode, dueDate } }) => calendars.get(libraryCode)?.isOpenAt(dueDate.getTime()) === false);
  const faults: string[] = [];
  for (const { _id: { libraryCode, dueDate } } of doubtful) {
    const isOpenDay = calendars.get(libraryCode)!.isOpenDay(localDay(zone, dueDate.getTime()));
    const loans = await models.Loan.find({ ...coming, libraryCode, dueDate, processStatus: { $in: ['NORMAL', 'RENEW', 'RECALL'] } }, { touId: 1, shortLoan: 1 }).lean();
    const wrong = loans.filter(({ touId, shortLoan }) => policiesOf.get(touId)?.closedLibraryDueDateManagement !== 'KEEP' && (shortLoan || !isOpenDay));
    faults.push(...wrong.map(({ _id }) => `loan ${_id} is due at ${dueDate.toISOString()}, when ${libraryCode} is closed`));
  }
  return faults;
}

async function itemsAgree(after: AfterNight): Promise<string[]> {
  const { models, institutionId, everything } = after;
  const out = { institutionId, processType: { $in: outAs } };
  const fields = { currentLoanId: 1 } as const;
  const wrong = (items: readonly { _id: string; currentLoanId: string | null }[], itemOf: ReadonlyMap<string, string>) =>
    items.flatMap(({ _id, currentLoanId }) => (itemOf.get(currentLoanId ?? '') === _id ? [] : [`item ${_id} is out on loan ${currentLoanId}, which is not open`]));
  if (!everything) {
    const ended = await models.Loan.find({ institutionId, status: 'COMPLETE', anonymizedAt: null, returnDate: { $gte: sinceLast(after) } }, { itemId: 1 }).lean();
    const loanIds = new Set(ended.map(({ _id }) => _id));
    const items = await models.Item.find({ ...out, _id: { $in: ended.map(({ itemId }) => itemId) } }, fields).lean();
    return wrong(items.filter(({ currentLoanId }) => loanIds.has(currentLoanId ?? '')), new Map());
  }
  const [loans, items] = await Promise.all([
    models.Loan.find({ institutionId, status: 'ACTIVE' }, { itemId: 1 }).lean(),
    models.Item.find({ ...out, currentLoanId: { $gt: '' } }, fields).lean(),
  ]);
  return wrong(items, new Map(loans.map(({ _id, itemId }) => [_id, itemId])));
}

async function nobodyNamed(after: AfterNight): Promise<string[]> {
  const { models, institutionId, everything } = after;
  const anonymised = { institutionId, anonymizedAt: { $gte: everything ? new Date(0) : sinceLast(after) } };
  const [loans, fees] = await Promise.all([
    models.Loan.find({ ...anonymised, status: 'COMPLETE' }, { userId: 1 }).lean(),
    models.Fee.find({ ...anonymised, status: 'CLOSED', userId: { $gt: '' } }, { _id: 1 }).lean(),
  ]);
  const named = loans.filter(({ userId }) => userId !== null).map(({ _id }) => `loan ${_id} is anonymised and has its user`);
  for (let from = 0; from < loans.length; from += LOANS_A_QUESTION) {
    const ids = loans.slice(from, from + LOANS_A_QUESTION).map(({ _id }) => _id);
    const notices = await models.LoanNotice.find({ institutionId, loanId: { $in: ids }, userId: { $gt: '' } }, { _id: 1 }).hint(byLoan).lean();
    named.push(...notices.map(({ _id }) => `notice ${_id} names the user of an anonymised loan`));
  }
  return [...named, ...fees.map(({ _id }) => `fee ${_id} is anonymised and has its user`)];
}
