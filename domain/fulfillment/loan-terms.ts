/**
 * By which terms of use an item is lent to a user: `resolveLoanTou`.
 *
 * Specification: fulfillment-loans.md, Entities and S9; data-model.md 4. The unit is that of the item's current location. Where the unit
 * follows one of the network, the network's rules are tried first. The last rule of a unit has no parameters, so a unit in order always
 * answers; what is asked at loan time is kept as the loan's `touId`.
 */
import { unheard, type Ask } from '../ask.js';
import type { FieldTypes } from '../rule-parameters.js';
import { firstMatching, type RuleFields, type TableRule } from '../rule-tables.js';

/** A location is written `LIBRARY/LOCATION`: codes of locations are unique only within their library. */
export const unitRuleFields = {
  userGroup: 'TEXT', location: 'TEXT', itemPolicy: 'TEXT', materialType: 'TEXT', processType: 'TEXT', jobCategory: 'TEXT',
} as const satisfies FieldTypes;

export interface UnitRule extends TableRule {
  touCode: string;
}

export interface FulfillmentUnit {
  code: string;
  enabled: boolean;
  networkUnitCode: string | null;
  /** Of type LOAN, `inOrder`. */
  loanRules: readonly UnitRule[];
}

export interface FulfillmentUnits {
  byCode: ReadonlyMap<string, FulfillmentUnit>;
  /** The code of a location's unit, by `LIBRARY/LOCATION`. */
  ofLocation: ReadonlyMap<string, string>;
}

export interface LentItem {
  currentLibraryCode: string;
  currentLocationCode: string;
  itemPolicy: string | null;
  materialType: string | null;
  processType: string | null;
}

export type LoanTouAnswer = { touCode: string } | { refused: 'NO_FULFILLMENT_UNIT' | 'FULFILLMENT_UNIT_DISABLED' | 'NO_RULE' };

export const locationKey = (libraryCode: string, locationCode: string): string => `${libraryCode}/${locationCode}`;

export function resolveLoanTou(
  user: { userGroup: string | null; jobCategory: string | null }, item: LentItem, units: FulfillmentUnits, ask: Ask = unheard,
): LoanTouAnswer {
  const location = locationKey(item.currentLibraryCode, item.currentLocationCode);
  const unit = units.byCode.get(units.ofLocation.get(location) ?? '');
  if (!ask('location has a fulfillment unit', unit !== undefined, () => ({ location })) || unit === undefined) return { refused: 'NO_FULFILLMENT_UNIT' };
  if (!ask('fulfillment unit enabled', unit.enabled, () => ({ unit: unit.code }))) return { refused: 'FULFILLMENT_UNIT_DISABLED' };

  const { itemPolicy, materialType, processType } = item;
  const fields: Record<keyof typeof unitRuleFields, RuleFields[string]> = { ...user, location, itemPolicy, materialType, processType };
  const network = units.byCode.get(unit.networkUnitCode ?? '');
  for (const { loanRules } of network === undefined || !network.enabled ? [unit] : [network, unit]) {
    const rule = firstMatching(loanRules, fields, ask);
    if (rule !== null) return { touCode: rule.touCode };
  }
  return { refused: 'NO_RULE' };
}
