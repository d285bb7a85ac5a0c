/** The effects of a page, in the order of rules 6 and 7, each under its own key (fulfillment-loans.md, S10). */
import type { Run } from '../../../domain/run.js';
import { newId } from '../../../models/document.js';
import { insertOnce } from '../../../models/insert-once.js';
import type { LoanEvent } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import { noticeOf } from '../notices/loan-notice.js';
import type { JudgedLoan, ReadNotice } from './judge.js';
import type { ReadLoan } from './walk.js';

/** A loan whose date moves. */
export interface Move extends Pick<JudgedLoan, 'loan' | 'before' | 'notice'> {
  newDueDate: Date;
  letterKey: string;
}

export function movesOf(judged: readonly JudgedLoan[]): Move[] {
  return judged.flatMap(({ loan, before, notice, decision }) =>
    decision.action === 'MOVE' ? [{ loan, before, notice, newDueDate: new Date(decision.newDueDate), letterKey: decision.letterKey }] : []);
}

/** Repeatable. Answers with the ids of loans that were in another state than was decided on; nothing was done to them. */
export async function writeMoves(models: Models, run: Run, moves: readonly Move[], now: Date): Promise<Set<string>> {
  await insertOnce(models.LoanNotice, moves.filter(({ notice }) => notice === null).map(({ loan, before, newDueDate, letterKey }) => noticeOf(
    run, { ...loan, dueCycle: before.dueCycle + 1 },
    { kind: 'DUE_DATE_CHANGED', profileId: '-', dayKey: '-', sendFormat: 'EMAIL', state: 'DECIDED', letterKey, data: { oldDueDate: before.dueDate, newDueDate } }, now,
  )));
  const changed = await moveLoans(models, run, moves);
  if (changed.size > 0) {
    const ofThisRun = { institutionId: run.institutionId, loanId: { $in: [...changed] }, kind: 'DUE_DATE_CHANGED', runId: run.runId } as const;
    await models.LoanNotice.deleteMany(ofThisRun);
  }
  await completeMoves(models, run, moves.filter(({ loan }) => !changed.has(loan._id)), now);
  return changed;
}

/** A move that is made, whoever made it. */
export interface MadeMove {
  loan: Pick<ReadLoan, '_id'>;
  before: { dueDate: Date; dueCycle: number };
  newDueDate: Date;
  notice: Pick<ReadNotice, 'runId'> | null;
}

/** What follows once a loan has its new date: its event, and its notice goes on to the letter. */
export async function completeMoves(models: Models, run: Run, made: readonly MadeMove[], now: Date): Promise<void> {
  if (made.length === 0) return;
  await insertOnce(models.LoanEvent, made.map((move) => correctedEvent(run, move, now)));
  const decided = { institutionId: run.institutionId, loanId: { $in: made.map(({ loan }) => loan._id) }, kind: 'DUE_DATE_CHANGED', state: 'DECIDED' } as const;
  await models.LoanNotice.updateMany({ ...decided, letterKey: '' }, { $set: { state: 'NO_LETTER' }, $inc: { version: 1 } });
  await models.LoanNotice.updateMany(decided, { $set: { state: 'LETTER_PENDING' }, $inc: { version: 1 } });
}

/** Rule 6, one update for all loans that are alike. */
async function moveLoans(models: Models, { institutionId }: Run, moves: readonly Move[]): Promise<Set<string>> {
  const changed = new Set<string>();
  for (const alike of groupsOf(moves)) {
    const { loan: { processStatus }, before: { dueCycle, dueDate }, newDueDate } = alike[0]!;
    const ids = alike.map(({ loan }) => loan._id);
    const { modifiedCount } = await models.Loan.updateMany(
      { institutionId, _id: { $in: ids }, status: 'ACTIVE', dueCycle, processStatus, dueDate },
      { $set: { dueDate: newDueDate, dueDateSource: 'CALENDAR' }, $inc: { dueCycle: 1, version: 1 } },
    );
    if (modifiedCount === ids.length) continue;
    const present = await models.Loan.find({ institutionId, _id: { $in: ids } }, { dueCycle: 1, dueDate: 1, dueDateSource: 1 }).lean();
    const made = new Set(present.flatMap((loan) => (isMoved(loan, dueCycle + 1, newDueDate) ? [loan._id] : [])));
    for (const { loan, notice } of alike) if (!made.has(loan._id) && !isSettled(notice)) changed.add(loan._id);
  }
  return changed;
}

/** Whether the loan stands where a notice of this due cycle says that it was moved to. */
export const isMoved = (loan: Pick<ReadLoan, 'dueCycle' | 'dueDate' | 'dueDateSource'>, dueCycle: number, newDueDate: Date): boolean =>
  loan.dueCycle === dueCycle && loan.dueDateSource === 'CALENDAR' && loan.dueDate.getTime() === newDueDate.getTime();

/** An earlier attempt has done everything about it; what became of the loan since is another matter. */
const isSettled = (notice: ReadNotice | null): boolean => notice !== null && notice.state !== 'DECIDED';

function groupsOf(moves: readonly Move[]): Move[][] {
  const groups = new Map<string, Move[]>();
  for (const move of moves) {
    const { loan: { processStatus }, before: { dueCycle, dueDate }, newDueDate } = move;
    const key = `${processStatus} ${dueCycle} ${dueDate.getTime()} ${newDueDate.getTime()}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [move]);
    else group.push(move);
  }
  return [...groups.values()];
}

function correctedEvent(run: Run, { loan: { _id: loanId }, before, newDueDate, notice }: MadeMove, now: Date): LoanEvent {
  const dueCycle = before.dueCycle + 1;
  return {
    _id: newId(),
    institutionId: run.institutionId,
    eventKey: `${loanId}:${dueCycle}:DUE_DATE_CORRECTED`,
    loanId,
    dueCycle,
    type: 'DUE_DATE_CORRECTED',
    at: new Date(run.asOf),
    by: `JOB:${run.jobKey}`,
    oldDueDate: before.dueDate,
    newDueDate,
    runId: notice?.runId ?? run.runId,
    createdAt: now,
    updatedAt: now,
  };
}
