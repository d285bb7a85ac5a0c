/** One page judged: its patrons and their earlier letters are read with one query each, then the rules are asked. */
import { unheard, type Ask } from '../../../domain/ask.js';
import {
  decideFinesLetters, letterOfFeeKey, type Debtor, type FinesDecision, type OwedFee,
} from '../../../domain/fulfillment/fines-fees-notifications.js';
import type { Models } from '../../../models/models.js';
import type { ReadFee } from './debtors.js';
import type { Ground } from './ground.js';

export interface JudgedDebtor {
  userId: string;
  /** What staff know the patron by; null where there is none of this id. */
  primaryId: string | null;
  fees: readonly ReadFee[];
  /** Fees for letters that were never written: a run broke off between the two. By the key of the letter. */
  unsaid: ReadonlyMap<string, ReadFee>;
  decision: FinesDecision;
}

/**
 * Decides about every patron of a page. A letter that this very run has written is no obstacle, and what it charged for one no debt, so
 * that a page done twice says the same.
 */
export async function judgeDebtors(
  models: Models, ground: Ground, feesByUser: ReadonlyMap<string, readonly ReadFee[]>, ask: Ask = unheard,
): Promise<JudgedDebtor[]> {
  if (feesByUser.size === 0) return [];
  const { institutionId } = ground;
  const charged = [...feesByUser.values()].flat().flatMap(({ dedupeKey }) => letterOfFeeKey(dedupeKey) ?? []);
  const [users, paidFor] = await Promise.all([
    models.User.find({ institutionId, _id: { $in: [...feesByUser.keys()] } }, { status: 1, userGroup: 1, primaryId: 1 }).lean(),
    runsByLetter(models, institutionId, charged),
  ]);
  const usersById = new Map(users.map((user) => [user._id, user]));

  const debtors = [...feesByUser].map(([userId, fees]) => {
    const user = usersById.get(userId);
    const unsaid = new Map(fees.flatMap((fee) => {
      const letterKey = letterOfFeeKey(fee.dedupeKey);
      return letterKey === null || paidFor.has(letterKey) ? [] : [[letterKey, fee] as const];
    }));
    const isDebt = ({ dedupeKey }: ReadFee) => {
      const letterKey = letterOfFeeKey(dedupeKey);
      return letterKey === null || (paidFor.has(letterKey) && paidFor.get(letterKey) !== ground.runId);
    };
    const debtor: Debtor = { userId, user: user ?? null, fees: fees.filter(isDebt).map(owedFee) };
    return { userId, primaryId: user?.primaryId ?? null, fees, unsaid, debtor };
  });

  const context = { moment: ground.moment, profiles: ground.profiles };
  const wanted = debtors.flatMap(({ debtor }) => lettersOf(decideFinesLetters(debtor, { ...context, sent: new Set() })));
  const written = await runsByLetter(models, institutionId, wanted.map(({ letterKey }) => letterKey));
  const sent = new Set([...written].flatMap(([letterKey, runId]) => (runId === ground.runId ? [] : [letterKey])));
  return debtors.map(({ debtor, ...rest }) => ({ ...rest, decision: decideFinesLetters(debtor, { ...context, sent }, ask) }));
}

export const lettersOf = (decision: FinesDecision) => (decision.action === 'NOTIFY' ? decision.letters : []);

/** Both ways that a letter may go. */
export const channelKeysOf = (letterKey: string): string[] => [`${letterKey}:EMAIL`, `${letterKey}:SMS`];

/** Which of these letters are written, by whichever way, and the run of each. */
async function runsByLetter(models: Models, institutionId: string, letterKeys: readonly string[]): Promise<Map<string, string | null>> {
  if (letterKeys.length === 0) return new Map();
  const letters = await models.Letter.find({ institutionId, dedupeKey: { $in: letterKeys.flatMap(channelKeysOf) } }, { dedupeKey: 1, runId: 1 }).lean();
  return new Map(letters.map(({ dedupeKey, runId }) => [dedupeKey.slice(0, dedupeKey.lastIndexOf(':')), runId]));
}

const owedFee = ({ _id, type, status, balance, libraryCode, createdAt }: ReadFee): OwedFee => ({
  feeId: _id, type, status, balance, libraryCode, createdAt: createdAt.getTime(),
});
