/** Who borrows, renews, brings back, claims, loses and finds. */
import type { Draw } from '../chaos/draw.js';
import { idOf } from '../cli/seed/plan.js';
import { cancelRecall } from '../desk/cancel-recall.js';
import { claimReturned } from '../desk/claim-returned.js';
import { declareLost } from '../desk/declare-lost.js';
import { foundLoan } from '../desk/found-loan.js';
import { lendItem } from '../desk/lend-item.js';
import { recallLoan } from '../desk/recall-loan.js';
import { renewLoan } from '../desk/renew-loan.js';
import { returnFromBookDrop } from '../desk/return-from-book-drop.js';
import { returnLoanDatedBack } from '../desk/return-loan-dated-back.js';
import { returnLoan } from '../desk/return-loan.js';
import { localDay, startOfDay, type DayNumber, type Zone } from '../domain/days.js';
import type { Loan } from '../models/loan.js';
import { fateOf, type Fate } from './fate.js';
import { sometime, type Asked, type Happening, type Life } from './happening.js';

/** For one in so many of the loans that the library began with somebody comes each day: by it their number settles at two thirds to three quarters of that. */
const WANTED_AGAIN = 80;
/** Days before a loan is due on which somebody else asks for it, and days that the recall leaves. */
const RECALLED_BEFORE = 12;
const RECALL_LEAVES = 7;
const DAY_MS = 24 * 60 * 60_000;

const fields = { _id: 1, userId: 1, itemId: 1, bibId: 1, processStatus: 1, renewalCount: 1, dueCycle: 1, dueDate: 1, recall: 1, lost: 1 } as const;
type ReadLoan = Pick<Loan, keyof typeof fields>;
interface Standing {
  loan: ReadLoan;
  fate: Fate;
  /** Days until it is due; negative: overdue. */
  left: number;
  day: DayNumber;
  zone: Zone;
}

/** By staff, unless it says otherwise. */
type Done = Pick<Happening, 'what' | 'asked'> & Partial<Pick<Happening, 'by'>>;

/** Of the open loans that are due soon or overdue: to no other anything happens by itself. */
export async function ofLoans({ models, seed, plan: { institutionId, zone } }: Life, day: DayNumber, draw: Draw): Promise<Happening[]> {
  const within = new Date(startOfDay(zone, day + RECALLED_BEFORE + 1));
  const open = await models.Loan.find({ institutionId, status: 'ACTIVE', dueDate: { $lt: within } }, fields).sort({ _id: 1 }).lean<ReadLoan[]>();
  return open.flatMap((loan): Happening[] => {
    const done = deedOn({ loan, fate: fateOf(seed, loan._id), left: localDay(zone, loan.dueDate.getTime()) - day, day, zone });
    if (done === null) return [];
    const { _id, userId, bibId, itemId } = loan;
    return [{ minutes: sometime(draw), by: 'STAFF', touches: [userId ?? _id, bibId, itemId], ...done }];
  });
}

/** The first that applies. */
function deedOn(standing: Standing): Done | null {
  const { loan: { _id, processStatus, renewalCount, dueCycle, recall }, fate, left, day, zone } = standing;
  const found = turnsUp(standing);
  if (found && fate.foundAtHome) return { what: 'found', asked: (deed) => foundLoan(deed, _id) };
  if (found) return { what: 'lost item returned', asked: (deed) => returnLoan(deed, _id) };
  if (processStatus === 'LOST') return null;
  if (fate.returnsAfter !== null && -left >= fate.returnsAfter) return broughtBack(_id, fate);
  if (fate.claims && left === -3) return { what: 'claimed returned', asked: (deed) => claimReturned(deed, _id) };
  if (fate.declaresLost && left === -2) return { what: 'declared lost', asked: (deed) => declareLost(deed, _id) };
  const recalledFor = recall?.active ? day - localDay(zone, recall.at.getTime()) : null;
  if (recalledFor === 3 && fate.recallEnds) return { what: 'recall cancelled', asked: (deed) => cancelRecall(deed, _id) };
  if (recalledFor === null && fate.recalled && left === RECALLED_BEFORE) return { what: 'recalled', asked: (deed) => recallLoan(deed, _id, { requestId: null, due: { day: day + RECALL_LEAVES } }) };
  return left === 2 && renewalCount < fate.renewals ? { by: 'PATRON', what: 'renewed', asked: (deed) => renewLoan(deed, _id, dueCycle) } : null;
}

const broughtBack = (loanId: string, { broughtTo }: Fate): Done => ({
  DESK: { what: 'returned', asked: (deed) => returnLoan(deed, loanId) },
  BOOK_DROP: { what: 'returned to the book drop', asked: (deed) => returnFromBookDrop(deed, loanId) },
  NOBODY: { what: 'return dated back', asked: (deed) => returnLoanDatedBack(deed, loanId, new Date(deed.at.getTime() - DAY_MS)) },
} satisfies Record<Fate['broughtTo'], Done>)[broughtTo];

function turnsUp({ loan: { processStatus, lost }, fate: { turnsUpAfter }, day, zone }: Standing): boolean {
  return processStatus === 'LOST' && lost !== null && turnsUpAfter !== null && day === localDay(zone, lost.at.getTime()) + turnsUpAfter;
}

export async function newLoans({ models, plan, plan: { institutionId } }: Life, day: DayNumber, draw: Draw): Promise<Happening[]> {
  const wanted = Array.from({ length: Math.ceil(plan.loans / WANTED_AGAIN) }, (_one, number) => ({
    // Numbers beyond those of the library that was made.
    loanId: idOf(plan, 'loan', plan.loans + (day - plan.today + 400) * 10_000 + number),
    itemId: idOf(plan, 'item', draw.below(plan.items)), userId: idOf(plan, 'user', draw.below(plan.users)), minutes: sometime(draw), atDesk: draw.below(2) === 0,
  }));
  const items = await models.Item.find({ institutionId, _id: { $in: wanted.map(({ itemId }) => itemId) } }, { barcode: 1, bibId: 1 }).lean();
  const itemOf = new Map(items.map((item) => [item._id, item]));
  return wanted.map(({ loanId, itemId, userId, minutes, atDesk }) => {
    const { barcode = null, bibId = itemId } = itemOf.get(itemId) ?? {};
    const asked: Asked = (deed) => lendItem(deed, { loanId, barcode: barcode ?? '', userId, override: false });
    return { minutes, by: atDesk ? 'STAFF' : 'PATRON', what: 'lent', touches: [userId, bibId, itemId], asked };
  });
}
