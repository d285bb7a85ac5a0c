/** What a page of letters that broke off had written: it is finished as it was begun (fulfillment-loans.md, S8.9, S10). */
import { letterFeeKey } from '../../../domain/fulfillment/loan-letters.js';
import type { Fee } from '../../../models/fee.js';
import type { LoanNotice } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';
import { nothingWritten, writtenLetters, type WrittenLetters } from '../notices/written-letters.js';

export interface BegunLetters {
  written: WrittenLetters;
  /** Fees for letters, by letter key. */
  fees: ReadonlyMap<string, Fee>;
  /** Keys of letters that are paid for, and of which none is written yet. */
  owed: ReadonlySet<string>;
}

/** Of a page that nobody has begun, and of a preview. */
export const noneBegun: BegunLetters = { written: nothingWritten, fees: new Map(), owed: new Set() };

/** Looks for fees and letters of these notices' keys. */
export async function begunLetters(
  models: Models, institutionId: string, notices: readonly Pick<LoanNotice, '_id' | 'loanId' | 'letterKey'>[],
): Promise<BegunLetters> {
  if (notices.length === 0) return noneBegun;
  const letterKeys = [...new Set(notices.map(({ letterKey }) => letterKey))];
  const [written, charged] = await Promise.all([
    writtenLetters(models, institutionId, notices),
    models.Fee.find({ institutionId, dedupeKey: { $in: letterKeys.map(letterFeeKey) } }).lean<Fee[]>(),
  ]);
  const byKey = new Map(charged.map((fee) => [fee.dedupeKey, fee]));
  const fees = new Map(letterKeys.flatMap((key) => {
    const fee = byKey.get(letterFeeKey(key));
    return fee === undefined ? [] : [[key, fee] as const];
  }));
  return { written, fees, owed: new Set([...fees.keys()].filter((key) => !written.letterKeys.has(key))) };
}
