/**
 * Due dates that staff set: by hand, for many loans at once, or because somebody else wants the item.
 *
 * Specification: data-model.md 4, loan (MANUAL, BULK, RECALL; recall, dueCycle); fulfillment-loans.md, S3.2 and S4. What staff choose moves
 * from closed time as any due date does (our decision), and lies ahead. A recall makes nothing due later than it was; when it is cancelled, the
 * loan is due again as it was before, unless staff have chosen another day since (our decision, after the letters
 * that loans-due-date-correction, Effects, names).
 */
import type { Calendar } from '../calendar.js';
import { dueTimeOn, shiftFromClosedTime } from '../closed-time.js';
import type { DayNumber, Instant } from '../days.js';
import { atTimeOf } from '../due-date.js';
import type { LoanPolicies } from '../terms-of-use.js';
import type { ProcessStatus } from './overdue-lost-profiles.js';

/** A day means the time at which a long loan is due on it. */
export type AskedDueDate = { day: DayNumber } | { instant: Instant };

export interface MovableLoan {
  status: 'ACTIVE' | 'COMPLETE';
  processStatus: ProcessStatus;
  dueDate: Instant;
  shortLoan: boolean;
}

export interface MovingGround {
  asOf: Instant;
  /** null: missing or unreadable; closed time is then left for the next open day. */
  policies: LoanPolicies | null;
  /** null: the library is unknown. */
  calendar: Calendar | null;
}

export type MoveRefusal = 'LOAN_ENDED' | 'LOAN_LOST' | 'LOAN_CLAIMED' | 'LIBRARY_MISSING' | 'DUE_DATE_PAST' | 'SAME_DUE_DATE';
export type MoveDecision = { action: 'MOVE'; dueDate: Instant } | { action: 'REFUSE'; reason: MoveRefusal };
export type RecallDecision = { action: 'RECALL'; dueDate: Instant; dueDateChanged: boolean } | { action: 'REFUSE'; reason: MoveRefusal };

export function decideMove(loan: MovableLoan, asked: AskedDueDate, ground: MovingGround): MoveDecision {
  const reason = refusalOf(loan);
  if (reason !== null) return { action: 'REFUSE', reason };
  const dueDate = dueDateOf(loan, asked, ground);
  if (dueDate === null) return { action: 'REFUSE', reason: 'LIBRARY_MISSING' };
  if (dueDate <= ground.asOf) return { action: 'REFUSE', reason: 'DUE_DATE_PAST' };
  return dueDate === loan.dueDate ? { action: 'REFUSE', reason: 'SAME_DUE_DATE' } : { action: 'MOVE', dueDate };
}

/** `asked` null: the due date stays. */
export function decideRecall(loan: MovableLoan, asked: AskedDueDate | null, ground: MovingGround): RecallDecision {
  const reason = refusalOf(loan);
  if (reason !== null) return { action: 'REFUSE', reason };
  const stays: RecallDecision = { action: 'RECALL', dueDate: loan.dueDate, dueDateChanged: false };
  if (asked === null) return stays;
  const move = decideMove(loan, asked, ground);
  if (move.action === 'REFUSE') return move.reason === 'SAME_DUE_DATE' ? stays : move;
  return move.dueDate < loan.dueDate ? { action: 'RECALL', dueDate: move.dueDate, dueDateChanged: true } : stays;
}

export interface RecalledLoan extends MovableLoan {
  /** null: never recalled. */
  recall: { active: boolean; dueDateBefore: Instant; dueDateChanged: boolean } | null;
  dueDateSource: string;
}
export type RecallEndDecision =
  { action: 'CANCEL'; dueDate: Instant; dueDateChanged: boolean } | { action: 'REFUSE'; reason: 'NOT_RECALLED' | 'LOAN_ENDED' | 'LOAN_LOST' | 'LOAN_CLAIMED' };

/** The day before the recall may be past by now, and counts all the same: the patron was to have the item until then. */
export function decideRecallEnd(loan: RecalledLoan, ground: MovingGround): RecallEndDecision {
  const { recall, dueDate, dueDateSource } = loan;
  const reason = refusalOf(loan);
  if (reason !== null) return { action: 'REFUSE', reason };
  if (!recall?.active) return { action: 'REFUSE', reason: 'NOT_RECALLED' };
  const stays: RecallEndDecision = { action: 'CANCEL', dueDate, dueDateChanged: false };
  if (!recall.dueDateChanged || dueDateSource === 'MANUAL' || dueDateSource === 'BULK') return stays;
  const { dueDateBefore } = recall;
  const before = onOpenTime(dueDateBefore, loan, { ...ground, asOf: Math.min(ground.asOf, dueDateBefore) }) ?? dueDateBefore;
  return before > dueDate ? { action: 'CANCEL', dueDate: before, dueDateChanged: true } : stays;
}

function refusalOf({ status, processStatus }: MovableLoan): 'LOAN_ENDED' | 'LOAN_LOST' | 'LOAN_CLAIMED' | null {
  if (status === 'COMPLETE') return 'LOAN_ENDED';
  if (processStatus === 'LOST') return 'LOAN_LOST';
  return processStatus === 'CLAIMED_RETURN' ? 'LOAN_CLAIMED' : null;
}

const MINUTE = 60_000;

function dueDateOf(loan: MovableLoan, asked: AskedDueDate, ground: MovingGround): Instant | null {
  const { policies, calendar } = ground;
  if (calendar === null) return null;
  const chosen = 'day' in asked ? dueTimeOn(asked.day, policies && atTimeOf(policies.dueDate), calendar) : Math.floor(asked.instant / MINUTE) * MINUTE;
  return onOpenTime(chosen, loan, ground);
}

/** null: the library is unknown. */
function onOpenTime(chosen: Instant, { shortLoan }: MovableLoan, { asOf, policies, calendar }: MovingGround): Instant | null {
  if (calendar === null) return null;
  const management = policies?.closedLibraryDueDateManagement ?? 'NEXT_OPEN';
  return shiftFromClosedTime(chosen, { management, shortLoan, atTime: policies && atTimeOf(policies.dueDate), from: asOf }, calendar).dueDate;
}
