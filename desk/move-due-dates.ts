/** Gives all loans of a library that are due in some days another due date, such as when it has to close (data-model.md, loan: BULK). */
import { startOfDay, zoneOf, type DayNumber } from '../domain/days.js';
import { decideMove, type AskedDueDate, type MoveRefusal } from '../domain/fulfillment/moved-due-dates.js';
import { newId } from '../models/document.js';
import { insertOnce } from '../models/insert-once.js';
import type { Loan, LoanEvent } from '../models/loan.js';
import { updateEach } from '../models/update-each.js';
import type { Deed } from './deed.js';
import { readLoanGround, type LoanGround } from './loan-ground.js';
import { movableLoan } from './movable-loan.js';

export interface DueWithin {
  libraryCode: string;
  /** First and last day on which they are due, local to the institution. */
  from: DayNumber;
  to: DayNumber;
}
export interface AskedMove extends DueWithin {
  due: AskedDueDate;
}

/** `left`: how many loans stayed, by reason. CHANGED_MEANWHILE: somebody else changed them just then; asking once more takes them up. */
export interface MovedDueDates {
  moved: number;
  left: Partial<Record<MoveRefusal | 'CHANGED_MEANWHILE', number>>;
}

const LOANS_A_PAGE = 500;
const movable: Loan['processStatus'][] = ['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL'];

/** Repeatable: loans that are due then already stay as they are. Lost and claimed loans are not taken up, loans for hours and minutes neither. */
export async function moveDueDates(deed: Deed, asked: AskedMove): Promise<MovedDueDates> {
  const grounds = new Map<string, Promise<LoanGround>>();
  const result: MovedDueDates = { moved: 0, left: {} };
  const leave = (reason: keyof MovedDueDates['left'], count = 1) => (result.left[reason] = (result.left[reason] ?? 0) + count);

  for await (const loans of pagesOf(deed, asked)) {
    const wanted = new Map<string, Date>();
    for (const loan of loans) {
      const known = grounds.get(loan.touId) ?? readLoanGround(deed, loan);
      grounds.set(loan.touId, known);
      const { moment, policies, calendar } = await known;
      const decision = decideMove(movableLoan(loan), asked.due, { asOf: moment.asOf, policies, calendar });
      if (decision.action === 'MOVE') wanted.set(loan._id, new Date(decision.dueDate));
      else if (!isMovedHere(deed, loan)) leave(decision.reason);
    }
    const moved = await moveEach(deed, loans, wanted);
    result.moved += moved;
    if (moved < wanted.size) leave('CHANGED_MEANWHILE', wanted.size - moved);
  }
  return result;
}

/** How many loans would be taken up. */
export async function countDueWithin(deed: Deed, asked: DueWithin): Promise<number> {
  const { ofLibrary, within } = await dueWithin(deed, asked);
  return deed.models.Loan.countDocuments({ ...ofLibrary, dueDate: within, processStatus: { $in: movable } });
}

/** The loans of one due date after another: a library has few, and each is a walk of the index by id. */
async function* pagesOf(deed: Deed, asked: AskedMove): AsyncGenerator<Loan[]> {
  const { models } = deed;
  const { ofLibrary, within } = await dueWithin(deed, asked);
  const dueDates = await models.Loan.aggregate<{ _id: Date }>([{ $match: { ...ofLibrary, dueDate: within } }, { $group: { _id: '$dueDate' } }]);
  for (const { _id: dueDate } of dueDates) {
    for (let after = '', size = LOANS_A_PAGE; size === LOANS_A_PAGE; ) {
      const loans = await models.Loan.find({ ...ofLibrary, dueDate, processStatus: { $in: movable }, _id: { $gt: after } }).sort({ _id: 1 }).limit(LOANS_A_PAGE).lean();
      [after, size] = [loans.at(-1)?._id ?? after, loans.length];
      yield loans;
    }
  }
}

async function dueWithin({ models, institutionId }: Deed, { libraryCode, from, to }: DueWithin) {
  const { timeZone } = await models.Institution.findOne({ institutionId, code: institutionId }, { timeZone: 1 }).orFail().lean();
  const zone = zoneOf(timeZone);
  return {
    ofLibrary: { institutionId, status: 'ACTIVE' as const, libraryCode, shortLoan: false },
    within: { $gte: new Date(startOfDay(zone, from)), $lt: new Date(startOfDay(zone, to + 1)) },
  };
}

/** Met once more at the due date that it was just given. */
const isMovedHere = ({ at }: Deed, { dueDateSource, updatedAt }: Loan) => dueDateSource === 'BULK' && updatedAt.getTime() === at.getTime();

/** Answers how many moved: of the others something else had changed. */
async function moveEach({ models, institutionId, at, by }: Deed, loans: readonly Loan[], wanted: ReadonlyMap<string, Date>): Promise<number> {
  const moving = loans.filter(({ _id }) => wanted.has(_id));
  await updateEach(models.Loan, moving.map(({ _id, processStatus, dueCycle, dueDate }) => ({
    filter: { institutionId, _id, status: 'ACTIVE', processStatus, dueCycle, dueDate },
    update: { $set: { dueDate: wanted.get(_id)!, dueDateSource: 'BULK', updatedAt: at }, $inc: { dueCycle: 1, version: 1 } },
  })));
  const now = await models.Loan.find({ institutionId, _id: { $in: moving.map(({ _id }) => _id) } }, { dueDate: 1, dueDateSource: 1, dueCycle: 1 }).lean();
  const standing = new Map(now.map((loan) => [loan._id, loan]));
  const moved = moving.filter(({ _id, dueCycle }) => {
    const loan = standing.get(_id);
    return loan?.dueDateSource === 'BULK' && loan.dueCycle === dueCycle + 1 && loan.dueDate.getTime() === wanted.get(_id)!.getTime();
  });
  await insertOnce(models.LoanEvent, moved.map(({ _id, dueCycle, dueDate }): LoanEvent => ({
    _id: newId(), institutionId, eventKey: `${_id}:${dueCycle + 1}:DUE_DATE_CORRECTED`, loanId: _id, dueCycle: dueCycle + 1, type: 'DUE_DATE_CORRECTED', at, by,
    oldDueDate: dueDate, newDueDate: wanted.get(_id)!, runId: null, createdAt: at, updatedAt: at,
  })));
  return moved.length;
}
