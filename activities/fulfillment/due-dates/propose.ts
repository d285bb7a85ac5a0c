/** What a run would do about one loan, in the words of a preview. */
import type { Proposal } from '../../../models/run.js';
import type { Move } from './effects.js';

export function proposalOf({ loan, before, newDueDate, letterKey }: Move): Proposal {
  const { _id, barcode, userId, libraryCode } = loan;
  const details = { userId, dueCycle: before.dueCycle + 1, libraryCode, sendFormat: 'EMAIL', letterKey, oldDueDate: before.dueDate, newDueDate };
  return { recordType: 'loan', recordId: _id, recordLabel: barcode, action: 'DUE_DATE_CHANGED', details };
}
