/** What pages call a type of fee: one of the institution's own by the name that letters give it. */
import { nameIn } from '../templates/labels.js';
import type { ApiContext } from './context.js';
import type { Viewer } from './viewer.js';
import { feeTypeName } from './words.js';

export interface FeeNames {
  /** The institution's own, which staff charge by hand, by code. */
  own: ReadonlyMap<string, string>;
  /** `Overdue fine`, `Key of a locker`; of a type that is nobody's any more, or has no name, the words of its code. */
  of: (fee: { type: string }) => string;
}

export async function feeNames({ models }: ApiContext, { institution: { code: institutionId, defaultLanguage } }: Viewer): Promise<FeeNames> {
  const settings = await models.FulfillmentSettings.findOne({ institutionId }, { staffFeeTypes: 1, staffFeeTypeNames: 1 }).lean();
  const names = settings?.staffFeeTypeNames ?? {};
  const own = new Map((settings?.staffFeeTypes ?? []).map((type) => [type, nameIn(names[type] ?? {}, 'en', defaultLanguage) ?? feeTypeName(type)]));
  return { own, of: ({ type }) => own.get(type) ?? feeTypeName(type) };
}
