/** The fulfillment units that decide by which terms an item is lent (data-model.md 4; fulfillment-loans.md, Entities). */
import { locationKey, type FulfillmentUnits } from '../domain/fulfillment/loan-terms.js';
import { inOrder } from '../domain/rule-tables.js';
import type { Item } from '../models/catalogue-records.js';
import type { FulfillmentUnitRule } from '../models/fulfillment-unit.js';
import type { Deed } from './deed.js';

/** As far as an item in its current location needs them: the location's unit and the network's that it follows. */
export async function readUnits(
  { models, institutionId }: Pick<Deed, 'models' | 'institutionId'>, { currentLibraryCode, currentLocationCode }: Pick<Item, 'currentLibraryCode' | 'currentLocationCode'>,
): Promise<FulfillmentUnits<FulfillmentUnitRule>> {
  const location = await models.Location.findOne({ institutionId, libraryCode: currentLibraryCode, code: currentLocationCode }, { fulfillmentUnitCode: 1 }).lean();
  const code = location?.fulfillmentUnitCode ?? null;
  if (code === null) return { byCode: new Map(), ofLocation: new Map() };
  const own = await models.FulfillmentUnit.findOne({ institutionId, code, deletedAt: null }).lean();
  const codes = [code, own?.networkUnitCode ?? code];
  const [units, rules] = await Promise.all([
    models.FulfillmentUnit.find({ institutionId, code: { $in: codes }, deletedAt: null }).lean(),
    models.FulfillmentUnitRule.find({ institutionId, unitCode: { $in: codes }, ruleType: 'LOAN', deletedAt: null }).sort({ order: 1, _id: 1 }).lean(),
  ]);
  const withRules = units.map((unit) => ({ ...unit, loanRules: inOrder(rules.filter(({ unitCode }) => unitCode === unit.code)) }));
  return {
    byCode: new Map(withRules.map((unit) => [unit.code, unit])),
    ofLocation: new Map([[locationKey(currentLibraryCode, currentLocationCode), code]]),
  };
}
