/** A fee as letters tell of it. */
import type { Fee } from '../../../models/fee.js';
import type { FeeInLetter } from '../../../templates/letters/fee-in-letter.js';

export const toldFeeFields = {
  userId: 1, type: 1, status: 1, originalAmount: 1, balance: 1, libraryCode: 1, title: 1, comment: 1, createdAt: 1,
} as const satisfies Partial<Record<keyof Fee, 1>>;
export type ToldFee = Pick<Fee, '_id' | Exclude<keyof typeof toldFeeFields, 'userId'>> & { userId: string };

/** `libraries`: by code. */
export function feeInLetter(
  { _id, type, title, comment, createdAt, originalAmount, balance, libraryCode }: ToldFee, libraries: ReadonlyMap<string, { name: string }>,
): FeeInLetter {
  const libraryName = libraryCode === null ? null : (libraries.get(libraryCode)?.name ?? null);
  return { feeId: _id, type, title, comment, createdAt: createdAt.toISOString(), originalAmount, balance, libraryCode, libraryName };
}
