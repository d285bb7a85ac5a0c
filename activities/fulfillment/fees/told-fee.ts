/** A fee as letters tell of it. */
import type { Fee } from '../../../models/fee.js';
import type { FulfillmentSettings } from '../../../models/fulfillment.js';
import type { FeeInLetter } from '../../../templates/letters/fee-in-letter.js';

export const toldFeeFields = {
  userId: 1, type: 1, status: 1, originalAmount: 1, balance: 1, libraryCode: 1, title: 1, comment: 1, createdAt: 1,
} as const satisfies Partial<Record<keyof Fee, 1>>;
export type ToldFee = Pick<Fee, '_id' | Exclude<keyof typeof toldFeeFields, 'userId'>> & { userId: string };

/** What fees are told with. */
export interface ToldWith {
  /** By code. */
  libraries: ReadonlyMap<string, { name: string }>;
  /** By type, of those that staff made; each by language. */
  typeNames: ReadonlyMap<string, Record<string, string>>;
}

/** Of an institution without fulfillment settings (null) no type has a name. */
export const typeNamesOf = (settings: Pick<FulfillmentSettings, 'staffFeeTypeNames'> | null): ToldWith['typeNames'] => new Map(Object.entries(settings?.staffFeeTypeNames ?? {}));

export function feeInLetter({ _id, type, title, comment, createdAt, originalAmount, balance, libraryCode }: ToldFee, { libraries, typeNames }: ToldWith): FeeInLetter {
  const libraryName = libraryCode === null ? null : (libraries.get(libraryCode)?.name ?? null);
  const names = typeNames.get(type);
  return { feeId: _id, type, ...(names !== undefined && { typeNames: names }), title, comment, createdAt: createdAt.toISOString(), originalAmount, balance, libraryCode, libraryName };
}
