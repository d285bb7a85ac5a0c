/** Which notices stand in letters that an earlier attempt, or an earlier run, has written (fulfillment-loans.md, S8.9). */
import type { LoanNotice } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';

export interface WrittenLetters {
  /** Ids of the notices whose loan stands in a letter that is written. */
  told: ReadonlySet<string>;
  /** Keys of which a letter is written. */
  letterKeys: ReadonlySet<string>;
}

/** Of a page that nobody has begun, and of a preview. */
export const nothingWritten: WrittenLetters = { told: new Set(), letterKeys: new Set() };

/** Looks for letters of these notices' keys. */
export async function writtenLetters(
  models: Models, institutionId: string, notices: readonly Pick<LoanNotice, '_id' | 'loanId' | 'letterKey'>[],
): Promise<WrittenLetters> {
  if (notices.length === 0) return nothingWritten;
  const letterKeys = [...new Set(notices.map(({ letterKey }) => letterKey))];
  const about = { 'causes.recordId': { $in: notices.map(({ loanId }) => loanId) } };
  const stored = await models.Letter.find({ institutionId, ...about }, { dedupeKey: 1, causes: 1 }).lean();
  // A loan may have letters of other nights, and of other kinds.
  const written = new Map(letterKeys.map((key) => [key, stored.filter(({ dedupeKey }) => dedupeKey.startsWith(`${key}:`))]));
  const isTold = ({ letterKey, loanId }: { letterKey: string; loanId: string }) =>
    written.get(letterKey)!.some(({ causes }) => causes.some(({ recordId }) => recordId === loanId));
  return {
    told: new Set(notices.filter(isTold).map(({ _id }) => _id)),
    letterKeys: new Set(letterKeys.filter((key) => written.get(key)!.length > 0)),
  };
}
