/** A worked example of the rules of fulfillment units: by which terms of use a patron would be lent an item now. The desk's own functions are asked, and nothing is stored. */
import { z } from 'zod';
import { readUnits } from '../desk/read-units.js';
import { loanTouExample, type TriedRule } from '../domain/fulfillment/loan-terms.js';
import { foldText } from '../domain/text.js';
import type { Item } from '../models/catalogue-records.js';
import type { FulfillmentUnitRule } from '../models/fulfillment-unit.js';
import type { User } from '../models/user.js';
import type { ApiContext } from './context.js';
import { unknown } from './input-problems.js';
import { checked, valid } from './job-settings.js';
import { Refusal, type InputProblem } from './refusal.js';
import { termsOfUseOf, type ReadTerms } from './terms-of-use.js';
import { demand, demandIn, type Viewer } from './viewer.js';

export const loanTermsExampleSchema = z.strictObject({
  patron: z.string().trim().min(1).max(255).describe('Id, primary id or barcode.'),
  barcode: z.string().trim().min(1).max(100).describe('Of the item.'),
});

export interface LoanTermsExample {
  location: Pick<Item, 'currentLibraryCode' | 'currentLocationCode'>;
  /** Of the location; null: it belongs to none, or to one that is gone. */
  unitCode: string | null;
  /** In order; the last one decided, if any did. */
  tried: TriedRule<FulfillmentUnitRule>[];
  /** null: no rule decided, and `refused` says why. */
  rule: FulfillmentUnitRule | null;
  terms: ReadTerms | null;
  /** As the desk refuses it; null: it is lent by the terms, as far as the patron may borrow. */
  refused: 'NO_FULFILLMENT_UNIT' | 'FULFILLMENT_UNIT_DISABLED' | 'NO_RULE' | 'TOU_MISSING' | null;
}

/** `input` as it came. Refusals: forbidden without PATRON_DATA, as it says what group somebody is in, and validation-failed where there is no such patron or item. */
export async function loanTermsExample(context: ApiContext, viewer: Viewer, input: unknown): Promise<LoanTermsExample> {
  demandIn(viewer, 'FULFILLMENT', 'VIEW', 'fulfillment units');
  demand(viewer, 'PATRON_DATA');
  const { models } = context;
  const institutionId = viewer.institution.code;
  const { patron, barcode } = valid('example', checked(loanTermsExampleSchema, input));
  const [user, item] = await Promise.all([
    patronNamed(context, institutionId, patron),
    models.Item.findOne({ institutionId, barcodeKey: barcode, deletedAt: null }).lean(),
  ]);
  if (user === null || item === null) {
    const problems: InputProblem[] = [
      ...(user === null ? [unknown('/patron', patron, 'a patron of this institution')] : []),
      ...(item === null ? [unknown('/barcode', barcode, 'the barcode of an item')] : []),
    ];
    return valid<LoanTermsExample>('example', { value: null, problems });
  }
  const units = await readUnits({ models, institutionId }, item);
  const { answer, tried } = loanTouExample(user, item, units);
  const { currentLibraryCode, currentLocationCode } = item;
  const rule = 'rule' in answer ? answer.rule : null;
  const terms = rule === null ? null : await termsNamed(context, viewer, rule.touCode);
  return {
    location: { currentLibraryCode, currentLocationCode },
    unitCode: [...units.ofLocation.values()].find((code) => units.byCode.has(code)) ?? null,
    tried, rule, terms,
    refused: 'refused' in answer ? answer.refused : terms === null || terms.policies === null ? 'TOU_MISSING' : null,
  };
}

async function patronNamed({ models }: ApiContext, institutionId: string, patron: string): Promise<Pick<User, 'userGroup' | 'jobCategory'> | null> {
  const known = await models.UserIdentifier.find({ institutionId, _id: { $in: [patron, foldText(patron)].map((key) => `${institutionId}:${key}`) } }, { userId: 1 }).lean();
  const fields = { userGroup: 1, jobCategory: 1 } as const;
  return (await models.User.findOne({ institutionId, _id: { $in: [patron, ...known.map(({ userId }) => userId)] } }, fields).lean())
    ?? models.User.findOne({ institutionId, primaryId: patron }, fields).lean();
}

async function termsNamed(context: ApiContext, viewer: Viewer, code: string): Promise<ReadTerms | null> {
  try {
    return await termsOfUseOf(context, viewer, code);
  } catch (error) {
    if (error instanceof Refusal && error.slug === 'not-found') return null;
    throw error;
  }
}
