/** What a page of letters that broke off had written: it is finished as it was begun (fulfillment-loans.md, S8.9, S10). */
import { letterFeeKey } from '../../../domain/fulfillment/loan-letters.js';
import type { Fee } from '../../../models/fee.js';
import type { LoanNotice } from '../../../models/loan.js';
import type { Models } from '../../../models/models.js';

export interface BegunLetters {
  /** Ids of the notices whose loan stands in a letter that is written. */
  told: ReadonlySet<string>;
  /** By letter key. */
  fees: ReadonlyMap<string, Fee>;
  /** Keys of letters that are paid for, and of which none is written yet. */
  owed: ReadonlySet<string>;
}

/** Of a page that nobody has begun, and of a preview. */
export const noneBegun: BegunLetters = { told: new Set(), fees: new Map(), owed: new Set() };

/** Looks for fees and letters of these notices' keys. */
export async function begunLetters(
  models: Models, institutionId: string, notices: readonly Pick<LoanNotice, '_id' | 'loanId' | 'letterKey'>[],
): Promise<BegunLetters> {
  if (notices.length === 0) return noneBegun;
  const letterKeys = [...new Set(notices.map(({ letterKey }) => letterKey))];
  const [stored, charged] = await Promise.all([
    models.Letter.find({ institutionId, 'causes.recordId': { $in: notices.map(({ loanId }) => loanId) } }, { dedupeKey: 1, causes: 1 }).lean(),
    models.Fee.find({ institutionId, dedupeKey: { $in: letterKeys.map(letterFeeKey) } }).lean<Fee[]>(),
  ]);
  // A loan may have letters of other nights, and of other kinds.
  const written = new Map(letterKeys.map((key) => [key, stored.filter(({ dedupeKey }) => dedupeKey.startsWith(`${key}:`))]));
  const byKey = new Map(charged.map((fee) => [fee.dedupeKey, fee]));
  const fees = new Map(letterKeys.flatMap((key) => {
    const fee = byKey.get(letterFeeKey(key));
    return fee === undefined ? [] : [[key, fee] as const];
  }));
  const isTold = ({ letterKey, loanId }: { letterKey: string; loanId: string }) =>
    written.get(letterKey)!.some(({ causes }) => causes.some(({ recordId }) => recordId === loanId));
  return {
    told: new Set(notices.filter(isTold).map(({ _id }) => _id)),
    fees,
    owed: new Set([...fees.keys()].filter((key) => written.get(key)!.length === 0)),
  };
}
