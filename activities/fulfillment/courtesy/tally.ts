/** What a page reports: its counters and its problems (fulfillment-loans.md, notifications-courtesy-and-renewals, Report). */
import { localDay } from '../../../domain/days.js';
import type { Counters, Problem } from '../../../domain/run.js';
import type { Ground } from './ground.js';
import type { JudgedLoan } from './judge.js';

/** `changed`: ids of loans that somebody changed meanwhile. */
export function tally(judged: readonly JudgedLoan[], ground: Ground, changed: ReadonlySet<string>): { counters: Counters; problems: Problem[] } {
  const counters: Counters = { recordsSelected: judged.length, recordsProcessed: judged.length };
  const add = (counter: string) => void (counters[counter] = (counters[counter] ?? 0) + 1);
  const problems: Problem[] = [];
  for (const one of judged) {
    const { loan, decision } = one;
    if (changed.has(loan._id)) {
      add('recordsUnchanged');
      add('changedDuringRun');
      continue;
    }
    const own = problemsOf(one, ground);
    problems.push(...own);
    add(own.some(({ severity }) => severity === 'ERROR') ? 'recordsInError' : isActedOn(one) ? 'recordsChanged' : 'recordsUnchanged');
    if (decision.action === 'WAIT') add('tooEarly');
    if (decision.action === 'RENEW') add('renewed');
    if (decision.action === 'RENEW' && decision.cappedBy !== null) add('renewedShortened');
    if (decision.action === 'KEEP') {
      add('notRenewed');
      add(`notRenewed${decision.reason}`);
      if (decision.tell !== null) add('courtesyNotices');
    }
  }
  return { counters, problems };
}

const isActedOn = ({ decision }: JudgedLoan): boolean => decision.action === 'RENEW' || (decision.action === 'KEEP' && (decision.note || decision.tell !== null));

export function problemsOf({ loan, decision }: JudgedLoan, { calendars, moment }: Ground): Problem[] {
  const { userId, touId, libraryCode } = loan;
  const ofLoan = { recordType: 'loan', recordId: loan._id, recordLabel: loan.barcode, retryable: true };
  const failed = (code: string, message: string, params: Record<string, unknown>): Problem => ({ ...ofLoan, severity: 'ERROR', code, message, params });
  if (decision.action === 'FAIL') {
    switch (decision.reason) {
      case 'TOU_MISSING':
        return [failed('TOU_MISSING', 'The terms of use are missing or cannot be read: the loan was not renewed', { touId })];
      case 'USER_MISSING':
        return [failed('USER_MISSING', 'The borrower is not there any more: the loan was not renewed, and nobody could be told', { userId })];
      case 'LIBRARY_MISSING':
        return [failed('LIBRARY_MISSING', 'The library of the loan is unknown: the loan was not renewed', { libraryCode })];
    }
  }
  if (decision.action === 'KEEP' && decision.reason === 'EVENT_DATE_MISSING')
    return [failed('EVENT_DATE_MISSING', 'The calendar has no date for the event that the terms of use name: the loan was not renewed', { touId })];
  if (decision.action !== 'RENEW') return [];

  const newDueDate = new Date(decision.newDueDate).toISOString();
  const warned = (code: string, message: string, params: Record<string, unknown>): Problem => ({ ...ofLoan, severity: 'WARNING', code, message, params, retryable: false });
  const isUnhoured = calendars.get(libraryCode)?.calendarMissing(localDay(moment.zone, decision.newDueDate)) === true;
  const hours: Problem = {
    ...warned('CALENDAR_MISSING', 'The library has no opening hours for a new due date: every day counted as open', { libraryCode, newDueDate }),
    recordType: 'library', recordId: libraryCode, recordLabel: libraryCode, // once per library, not once per loan
  };
  const closed = warned('NO_OPEN_DAY', 'No open day was found within a year: the new due date is on closed time', { libraryCode, newDueDate });
  return [...(isUnhoured ? [hours] : []), ...(decision.noOpenDay ? [closed] : [])];
}
