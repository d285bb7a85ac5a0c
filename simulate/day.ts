/** A day at the library: who borrows, brings back, renews, claims, pays and moves away, through the desk that staff and patrons use. */
import { drawFrom, type Draw } from '../chaos/draw.js';
import { idOf, type Plan } from '../cli/seed/plan.js';
import { applyCalendarChanges } from '../desk/apply-calendar-changes.js';
import { bookOnFee, type AskedBooking } from '../desk/book-on-fee.js';
import { claimReturned } from '../desk/claim-returned.js';
import type { Deed } from '../desk/deed.js';
import { foundLoan } from '../desk/found-loan.js';
import { lendItem } from '../desk/lend-item.js';
import { renewLoan } from '../desk/renew-loan.js';
import { returnLoan } from '../desk/return-loan.js';
import { dayText, localDay, localToInstant, type DayNumber } from '../domain/days.js';
import type { Fee } from '../models/fee.js';
import type { Loan } from '../models/loan.js';
import type { Models } from '../models/models.js';
import { fateOf, type Fate } from './fate.js';
import { closedAtShortNotice } from './weather.js';

export interface Life {
  models: Models;
  seed: number;
  plan: Plan;
}

type Asked = (deed: Deed) => Promise<{ outcome: string; reason?: string }>;
interface Happening {
  /** Minutes of the wall clock. */
  minutes: number;
  what: string;
  by: Deed['by'];
  asked: Asked;
}

const [OPENS, CLOSES] = [9 * 60, 20 * 60];
/** So many days a loan is out on average: by it the number of loans stays about as it is. */
const DAYS_OUT = 25;
const A_YEAR = 365;

/** Lives one day and answers how often what happened, refusals by their reason. */
export async function liveADay(life: Life, day: DayNumber): Promise<Map<string, number>> {
  const { models, seed, plan: { institutionId, zone } } = life;
  const draw = drawFrom(seed, `day ${dayText(day)}`);
  const happenings = [...(await ofLoans(life, day, draw)), ...(await ofFees(life, draw)), ...newLoans(life, day, draw), ...ofStaff(life, day)];
  happenings.sort((a, b) => a.minutes - b.minutes);
  const told = new Map<string, number>();
  for (const { minutes, what, by, asked } of happenings) {
    const at = new Date(localToInstant(zone, day, minutes));
    const { outcome, reason } = await asked({ models, institutionId, at, by, actorId: by === 'STAFF' ? 'desk' : 'self', tellMail: () => Promise.resolve() });
    const line = `${what}: ${reason ?? outcome}`;
    told.set(line, (told.get(line) ?? 0) + 1);
  }
  await comeAndGo(life, day);
  return told;
}

const sometime = (draw: Draw): number => OPENS + draw.below(CLOSES - OPENS);

async function ofLoans({ models, seed, plan: { institutionId, zone } }: Life, day: DayNumber, draw: Draw): Promise<Happening[]> {
  const open = await models.Loan.find({ institutionId, status: 'ACTIVE' }).sort({ _id: 1 }).lean();
  return open.flatMap((loan): Happening[] => {
    const { _id, processStatus, renewalCount, dueCycle } = loan;
    const fate = fateOf(seed, _id);
    const dueDay = localDay(zone, loan.dueDate.getTime());
    const [returns, renews, claims, finds] = [isBack(loan, fate, day, dueDay), dueDay - day === 2 && renewalCount < fate.renewals, fate.claims && day - dueDay === 3, turnsUp(loan, fate, day, zone)];
    const at = { minutes: sometime(draw), by: 'STAFF' as const };
    if (finds && fate.foundAtHome) return [{ ...at, what: 'found', asked: (deed) => foundLoan(deed, _id) }];
    if (returns || finds) return [{ ...at, what: processStatus === 'LOST' ? 'lost item returned' : 'returned', asked: (deed) => returnLoan(deed, _id) }];
    if (claims) return [{ ...at, what: 'claimed returned', asked: (deed) => claimReturned(deed, _id) }];
    return renews ? [{ ...at, by: 'PATRON', what: 'renewed', asked: (deed) => renewLoan(deed, _id, dueCycle) }] : [];
  });
}

function isBack({ processStatus }: Loan, { returnsAfter }: Fate, day: DayNumber, dueDay: DayNumber): boolean {
  return processStatus !== 'LOST' && returnsAfter !== null && day >= dueDay + returnsAfter;
}

function turnsUp({ processStatus, lost }: Loan, { turnsUpAfter }: Fate, day: DayNumber, zone: Plan['zone']): boolean {
  return processStatus === 'LOST' && lost !== null && turnsUpAfter !== null && day === localDay(zone, lost.at.getTime()) + turnsUpAfter;
}

/** Of a thousand open fees of a day sixty are paid, ten in part, five are waived and three disputed. */
async function ofFees({ models, plan: { institutionId } }: Life, draw: Draw): Promise<Happening[]> {
  const fees = await models.Fee.find({ institutionId, status: { $in: ['ACTIVE', 'IN_DISPUTE'] }, balance: { $gt: 0 } }).sort({ dedupeKey: 1 }).lean();
  return fees.flatMap((fee): Happening[] => {
    const booking = bookingOf(fee, draw.below(1_000));
    if (booking === null) return [];
    const asked: AskedBooking = { booking, transactionId: `${fee._id}:${fee.version}`, reason: null, comment: null };
    return [{ minutes: sometime(draw), by: 'STAFF', what: booking.type.toLowerCase(), asked: (deed) => bookOnFee(deed, fee._id, asked) }];
  });
}

function bookingOf({ status, balance }: Fee, thrown: number): AskedBooking['booking'] | null {
  if (status === 'IN_DISPUTE') return thrown < 150 ? { type: 'RESTORE' } : null;
  if (thrown < 60) return { type: 'PAYMENT', amount: balance };
  if (thrown < 70 && balance > 1) return { type: 'PAYMENT', amount: Math.floor(balance / 2) };
  if (thrown < 75) return { type: 'WAIVE', amount: balance };
  return thrown < 78 ? { type: 'DISPUTE' } : null;
}

function newLoans({ plan }: Life, day: DayNumber, draw: Draw): Happening[] {
  return Array.from({ length: Math.ceil(plan.loans / DAYS_OUT) }, (_one, number) => {
    const [item, reader] = [draw.below(plan.items), draw.below(plan.users)];
    const asked: Asked = async (deed) => {
      const wanted = await deed.models.Item.findOne({ institutionId: plan.institutionId, _id: idOf(plan, 'item', item) }, { barcode: 1 }).lean();
      // Numbers beyond those of the library that was made.
      return lendItem(deed, { loanId: idOf(plan, 'loan', plan.loans + (day - plan.today + 400) * 10_000 + number), barcode: wanted?.barcode ?? '', userId: idOf(plan, 'user', reader), override: false });
    };
    return { minutes: sometime(draw), by: draw.below(2) === 0 ? 'STAFF' : 'PATRON', what: 'lent', asked };
  });
}

/** Staff close a day: a draft, and then "apply changes". */
function ofStaff({ seed }: Life, day: DayNumber): Happening[] {
  const ahead = closedAtShortNotice(seed, day);
  if (ahead === null) return [];
  const closed = dayText(day + ahead);
  const asked: Asked = async (deed) => {
    const { models, institutionId, at } = deed;
    await models.CalendarRecord.create({
      institutionId, level: 'INSTITUTION', libraryCode: null, type: 'EXCEPTION', dayOfWeek: null, fromTime: null, toTime: null, status: 'CLOSED',
      validFrom: closed, validTo: closed, description: 'Closed at short notice', state: 'DRAFT', createdAt: at, updatedAt: at,
    });
    return applyCalendarChanges(deed, { level: 'INSTITUTION', libraryCode: null });
  };
  return [{ minutes: OPENS, by: 'STAFF', what: 'a day closed', asked }];
}

/** One reader in two thousand leaves the university each day; one in twenty of those who are gone, or whose card has ended, is enrolled again. */
async function comeAndGo({ models, seed, plan: { institutionId, users }, plan }: Life, day: DayNumber): Promise<void> {
  const draw = drawFrom(seed, `coming and going ${dayText(day)}`);
  const numbers = Array.from({ length: users }, (_one, number) => number);
  const leaving = numbers.filter(() => draw.below(2_000) === 0).map((number) => idOf(plan, 'user', number));
  const enrolled = numbers.filter(() => draw.below(20) === 0).map((number) => idOf(plan, 'user', number));
  const gone = { $or: [{ status: 'INACTIVE' as const }, { expiryDate: { $gt: '', $lt: dayText(day) } }] };
  await models.User.updateMany({ institutionId, _id: { $in: enrolled }, ...gone }, { $set: { status: 'ACTIVE', expiryDate: dayText(day + A_YEAR) }, $inc: { version: 1 } });
  await models.User.updateMany({ institutionId, _id: { $in: leaving } }, { $set: { status: 'INACTIVE', expiryDate: dayText(day) }, $inc: { version: 1 } });
}
