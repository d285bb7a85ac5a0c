/** What a run would do to a page's loans, in the words of a preview; `details` holds what the notices would say. */
import type { NoticedLetter, Proposal } from '../../../models/run.js';
import type { Actions } from './action.js';
import type { Ground } from './ground.js';

export function proposalsOf({ renewing, keeping }: Actions, { renewalSendFormat, courtesySendFormat }: Ground): Proposal[] {
  const renewals = renewing.map(({ loan, from, newDueDate, cappedBy, letterKey }) => ({
    loan, action: 'RENEWED', dueCycle: from.dueCycle + 1, sendFormat: renewalSendFormat, letterKey,
    said: { oldDueDate: from.dueDate.toISOString(), newDueDate: new Date(newDueDate).toISOString(), cappedBy },
  }));
  const notices = keeping.flatMap(({ loan, reason, detail, tell }) =>
    tell === null ? [] : [{ loan, action: 'COURTESY', dueCycle: loan.dueCycle, sendFormat: courtesySendFormat, letterKey: tell.letterKey, said: { reasonCode: reason, detail } }]);
  return [...renewals, ...notices].map(({ loan, action, dueCycle, sendFormat, letterKey, said }) => ({
    recordType: 'loan',
    recordId: loan._id,
    recordLabel: loan.barcode,
    action,
    details: { userId: loan.userId, dueCycle, libraryCode: loan.libraryCode, sendFormat, letterKey, ...said },
  }));
}

/** The letters that the notices would make, once a notice. */
export function noticedLetters({ renewing, keeping }: Actions): NoticedLetter[] {
  const keys = [...renewing.map(({ letterKey }) => letterKey), ...keeping.map(({ tell }) => tell?.letterKey ?? '')];
  return keys.filter((letterKey) => letterKey !== '').map((letterKey) => ({ letterKey, notificationFee: 0 }));
}
