/** What a run would do about one loan, in the words of a preview. */
import type { SendFormat } from '../../../domain/letters.js';
import type { Proposal } from '../../../models/run.js';
import type { Reminder } from './tally.js';

export function proposalOf({ loan, letterKey }: Reminder, sendFormat: SendFormat): Proposal {
  const { _id, barcode, userId, dueCycle, libraryCode } = loan;
  return {
    recordType: 'loan',
    recordId: _id,
    recordLabel: barcode,
    action: 'DUE_TODAY',
    details: { userId, dueCycle, libraryCode, sendFormat, letterKey },
  };
}
