/**
 * Due dates that staff set: by hand, for many loans at once, or because somebody else wants the item.
 *
 * Specification: data-model.md 4, loan (MANUAL, BULK, RECALL; recall, dueCycle); fulfillment-loans.md, S3.2 and S4. What staff choose moves
 * from closed time as any due date does (our decision), and lies ahead. A recall makes nothing due later than it was.
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

function refusalOf({ status, processStatus }: MovableLoan): MoveRefusal | null {
  if (status === 'COMPLETE') return 'LOAN_ENDED';
  if (processStatus === 'LOST') return 'LOAN_LOST';
  return processStatus === 'CLAIMED_RETURN' ? 'LOAN_CLAIMED' : null;
}

const MINUTE = 60_000;

function dueDateOf({ shortLoan }: MovableLoan, asked: AskedDueDate, { asOf, policies, calendar }: MovingGround): Instant | null {
  if (calendar === null) return null;
  const atTime = policies === null ? null : atTimeOf(policies.dueDate);
  const chosen = 'day' in asked ? dueTimeOn(asked.day, atTime, calendar) : Math.floor(asked.instant / MINUTE) * MINUTE;
  const management = policies?.closedLibraryDueDateManagement ?? 'NEXT_OPEN';
  return shiftFromClosedTime(chosen, { management, shortLoan, atTime, from: asOf }, calendar).dueDate;
}
