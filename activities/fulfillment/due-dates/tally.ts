/** What a page reports: its counters and its problems (fulfillment-loans.md, loans-due-date-correction, Report). */
import type { CorrectionProblem, LeaveReason } from '../../../domain/fulfillment/loans-due-date-correction.js';
import type { Counters, Problem } from '../../../domain/run.js';
import type { MadeMove } from './effects.js';
import type { JudgedLoan } from './judge.js';
import type { ReadLoan } from './walk.js';

/** `overtaken`: ids of the loans whose change found another state than was decided on. */
export function tally(judged: readonly JudgedLoan[], overtaken: ReadonlySet<string>): { counters: Counters; problems: Problem[] } {
  const standing = judged.filter(({ loan }) => !overtaken.has(loan._id));
  const left = (...reasons: LeaveReason[]) => standing.filter(({ decision }) => decision.action === 'LEAVE' && reasons.includes(decision.reason)).length;
  const moved = standing.flatMap(({ before, decision }) => (decision.action === 'MOVE' ? [{ before, newDueDate: new Date(decision.newDueDate) }] : []));
  const problems = standing.flatMap(({ loan, decision }) => decision.problems.map((code) => problemOf(loan, code)));
  const inError = new Set(standing.filter(({ decision }) => decision.problems.some((code) => !warnings.includes(code))).map(({ loan }) => loan._id));
  const changed = standing.filter(({ loan, decision }) => decision.action === 'MOVE' && !inError.has(loan._id)).length;
  const counters = {
    recordsSelected: judged.length,
    recordsProcessed: judged.length,
    recordsChanged: changed,
    recordsUnchanged: judged.length - changed - inError.size,
    recordsInError: inError.size,
    changedDuringRun: overtaken.size,
    ...directions(moved),
    unchanged: left('OPEN', 'NO_OPEN_DAY'),
    skippedKeep: left('KEEP'),
    skippedManual: left('MANUAL'),
  };
  return { counters, problems };
}

/** Of moves that an earlier run had made, and this one completes. */
export function tallyMade(made: readonly MadeMove[]): Counters {
  return { recordsSelected: made.length, recordsProcessed: made.length, recordsChanged: made.length, ...directions(made) };
}

function directions(moved: readonly Pick<MadeMove, 'before' | 'newDueDate'>[]): Counters {
  const later = moved.filter(({ before, newDueDate }) => newDueDate > before.dueDate).length;
  return { movedLater: later, movedEarlier: moved.length - later };
}

const said: Record<CorrectionProblem, string> = {
  TOU_MISSING: 'The terms of use are missing or cannot be read: the due date stayed',
  LIBRARY_MISSING: 'The library is not there any more: its loans were not looked at',
  USER_MISSING: 'The borrower is not there any more: nobody could be told of the new due date',
  NO_OPEN_DAY: 'No open day was found within a year: the due date stayed on closed time',
  CALENDAR_MISSING: 'The library has no opening hours for the day: it counted as open',
};
const warnings: readonly CorrectionProblem[] = ['NO_OPEN_DAY', 'CALENDAR_MISSING'];

function problemOf({ _id, barcode, libraryCode, userId }: ReadLoan, code: CorrectionProblem): Problem {
  if (code === 'CALENDAR_MISSING' || code === 'LIBRARY_MISSING') return libraryProblem(libraryCode, code); // once per library, not once per loan
  const severity = warnings.includes(code) ? 'WARNING' : 'ERROR';
  const params = code === 'USER_MISSING' ? { userId } : {};
  return { severity, code, message: said[code], params, recordType: 'loan', recordId: _id, recordLabel: barcode, retryable: severity === 'ERROR' };
}

export function libraryProblem(code: string, problem: 'CALENDAR_MISSING' | 'LIBRARY_MISSING'): Problem {
  const severity = warnings.includes(problem) ? 'WARNING' : 'ERROR';
  return { severity, code: problem, message: said[problem], params: {}, recordType: 'library', recordId: code, recordLabel: code, retryable: false };
}
