/** What a page reports: its counters and its problems (fulfillment-loans.md, loans-overdue-and-lost, Report). */
import type { OverdueProblem } from '../../../domain/fulfillment/overdue-loan.js';
import type { FeeToCharge } from '../../../domain/fulfillment/overdue-fees.js';
import { notificationTypes, type ProfileType } from '../../../domain/fulfillment/overdue-lost-profiles.js';
import type { Counters, Problem } from '../../../domain/run.js';
import type { Outcome } from './effects.js';
import type { JudgedLoan } from './judge.js';

/** The counter of a kind's notices, and of its letters. */
export const noticeCounter = (kind: ProfileType): string =>
  kind === 'CHANGE_TO_LOST' ? 'changedToLost' : `notificationsType${notificationTypes.indexOf(kind) + 1}`;
export const letterCounter = (kind: ProfileType): string =>
  kind === 'CHANGE_TO_LOST' ? 'lettersLost' : `lettersType${notificationTypes.indexOf(kind) + 1}`;

const feeCounters: Record<FeeToCharge['type'], string> = {
  OVERDUE_NOTIFICATION_FINE: 'notificationFines',
  LOST_ITEM_REPLACEMENT_FEE: 'replacementFees',
  LOST_ITEM_PROCESS_FEE: 'processFees',
  OVERDUE_FINE: 'overdueFines',
  RECALLED_OVERDUE_FINE: 'overdueFines',
};

export function add(counters: Counters, key: string, amount = 1): void {
  counters[key] = (counters[key] ?? 0) + amount;
}

/** A number and an amount, the amount per currency. */
export function addFee(counters: Counters, counter: string, amount: number, currency: string): void {
  add(counters, counter);
  add(counters, `${counter}Amount:${currency}`, amount);
}

export function tally(judged: readonly JudgedLoan[], { changedDuringRun, blocked }: Outcome): { counters: Counters; problems: Problem[] } {
  const counters: Counters = { recordsSelected: judged.length, recordsProcessed: judged.length };
  const problems: Problem[] = [];
  for (const one of judged) {
    const { loan, decision } = one;
    const overtaken = changedDuringRun.has(loan._id);
    add(counters, overtaken ? 'recordsUnchanged' : fateOf(one));
    if (overtaken) {
      add(counters, 'changedDuringRun');
      continue;
    }
    problems.push(...decision.problems.map((problem) => problemOf(one, problem)));
    if (decision.action === 'LEAVE') continue;
    if (decision.firing.length > 0) add(counters, 'matched');
    if (decision.superseded.length > 0) add(counters, 'superseded', decision.superseded.length);
    for (const { kind, fees } of decision.firing) {
      add(counters, noticeCounter(kind));
      for (const { type, amount, currency } of fees) addFee(counters, feeCounters[type], amount, currency);
    }
  }
  if (blocked.size > 0) counters.blocksPlaced = blocked.size;
  return { counters, problems };
}

function fateOf({ decision }: JudgedLoan): 'recordsInError' | 'recordsChanged' | 'recordsUnchanged' {
  if (decision.problems.some(({ severity }) => severity === 'ERROR')) return 'recordsInError';
  return decision.action === 'ACT' && decision.firing.length > 0 ? 'recordsChanged' : 'recordsUnchanged';
}

const said: Record<OverdueProblem['code'], string> = {
  USER_MISSING: 'The borrower is not there any more: nobody could be told or charged',
  TOU_MISSING: 'The terms of use are missing or cannot be read: no fine and no fee was charged',
  LIBRARY_MISSING: 'The library of the loan is unknown: nothing was decided',
  ITEM_MISSING: 'The item is deleted: only the loan became lost',
  REPLACEMENT_COST_MISSING: 'No price is known for the item: no replacement fee was charged',
  CURRENCY_UNKNOWN: "There is no rate for the currency of the item's price: another price was taken",
  CALENDAR_MISSING: 'The library has no opening hours for today: every day counted as open',
};

function problemOf({ loan }: JudgedLoan, { code, severity, params }: OverdueProblem): Problem {
  const ofLibrary = code === 'CALENDAR_MISSING'; // once per library, not once per loan
  return {
    severity,
    code,
    message: said[code],
    params,
    recordType: ofLibrary ? 'library' : 'loan',
    recordId: ofLibrary ? loan.libraryCode : loan._id,
    recordLabel: ofLibrary ? loan.libraryCode : loan.barcode,
    retryable: severity === 'ERROR',
  };
}
