/**
 * By which terms of use an item is lent to a user: `resolveLoanTou`.
 *
 * Specification: fulfillment-loans.md, Entities and S9; data-model.md 4. The unit is that of the item's current location. Where the unit
 * follows one of the network, the network's rules are tried first. The last rule of a unit has no parameters, so a unit in order always
 * answers; what is asked at loan time is kept as the loan's `touId`.
 */
import { unheard, type Ask } from '../ask.js';
import type { FieldTypes } from '../rule-parameters.js';
import { firstMatching, matches, type RuleFields, type RuleParameter, type TableRule } from '../rule-tables.js';

/** A location is written `LIBRARY/LOCATION`: codes of locations are unique only within their library. */
export const unitRuleFields = {
  userGroup: 'TEXT', location: 'TEXT', itemPolicy: 'TEXT', materialType: 'TEXT', processType: 'TEXT', jobCategory: 'TEXT',
} as const satisfies FieldTypes;

export interface UnitRule extends TableRule {
  touCode: string;
}

export interface FulfillmentUnit<Rule extends UnitRule = UnitRule> {
  code: string;
  enabled: boolean;
  networkUnitCode: string | null;
  /** Of type LOAN, `inOrder`. */
  loanRules: readonly Rule[];
}

export interface FulfillmentUnits<Rule extends UnitRule = UnitRule> {
  byCode: ReadonlyMap<string, FulfillmentUnit<Rule>>;
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

interface Borrower {
  userGroup: string | null;
  jobCategory: string | null;
}

export type LoanTouAnswer<Rule extends UnitRule = UnitRule> = { rule: Rule } | { refused: 'NO_FULFILLMENT_UNIT' | 'FULFILLMENT_UNIT_DISABLED' | 'NO_RULE' };

export const locationKey = (libraryCode: string, locationCode: string): string => `${libraryCode}/${locationCode}`;
const locationOf = ({ currentLibraryCode, currentLocationCode }: LentItem): string => locationKey(currentLibraryCode, currentLocationCode);

export function resolveLoanTou<Rule extends UnitRule>(user: Borrower, item: LentItem, units: FulfillmentUnits<Rule>, ask: Ask = unheard): LoanTouAnswer<Rule> {
  const location = locationOf(item);
  const unit = unitOf(item, units);
  if (!ask('location has a fulfillment unit', unit !== undefined, () => ({ location })) || unit === undefined) return { refused: 'NO_FULFILLMENT_UNIT' };
  if (!ask('fulfillment unit enabled', unit.enabled, () => ({ unit: unit.code }))) return { refused: 'FULFILLMENT_UNIT_DISABLED' };
  const rule = firstMatching(rulesOf(unit, units), ruleFieldsOf(user, item), ask);
  return rule === null ? { refused: 'NO_RULE' } : { rule };
}

const unitOf = <Rule extends UnitRule>(item: LentItem, { byCode, ofLocation }: FulfillmentUnits<Rule>) => byCode.get(ofLocation.get(locationOf(item)) ?? '');

/** In the order in which they are tried. */
function rulesOf<Rule extends UnitRule>({ loanRules, networkUnitCode }: FulfillmentUnit<Rule>, { byCode }: FulfillmentUnits<Rule>): readonly Rule[] {
  const network = byCode.get(networkUnitCode ?? '');
  return network === undefined || !network.enabled ? loanRules : [...network.loanRules, ...loanRules];
}

function ruleFieldsOf({ userGroup, jobCategory }: Borrower, item: LentItem): Record<keyof typeof unitRuleFields, RuleFields[string]> {
  const { itemPolicy, materialType, processType } = item;
  return { userGroup, jobCategory, location: locationOf(item), itemPolicy, materialType, processType };
}

export interface TriedRule<Rule extends UnitRule> {
  rule: Rule;
  /** Of its parameters, what each was compared with. */
  inputs: (RuleParameter & { value: RuleFields[string]; holds: boolean })[];
}

/** The answer, with every rule that was tried for it: the last is the one that decided, unless none did. */
export function loanTouExample<Rule extends UnitRule>(
  user: Borrower, item: LentItem, units: FulfillmentUnits<Rule>,
): { answer: LoanTouAnswer<Rule>; tried: TriedRule<Rule>[] } {
  const answer = resolveLoanTou(user, item, units);
  const unit = unitOf(item, units);
  if (unit === undefined || !unit.enabled) return { answer, tried: [] };
  const rules = rulesOf(unit, units);
  const fields: RuleFields = ruleFieldsOf(user, item);
  const tried = 'rule' in answer ? rules.slice(0, rules.indexOf(answer.rule) + 1) : rules;
  return {
    answer,
    tried: tried.map((rule) => ({
      rule,
      inputs: rule.parameters.map((parameter) => {
        const value = fields[parameter.field] ?? null;
        return { ...parameter, value, holds: matches(parameter, value) };
      }),
    })),
  };
}
