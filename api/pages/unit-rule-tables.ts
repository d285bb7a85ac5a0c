/** The rules of a fulfillment unit as tables of its page. */
import type { unitRuleFields } from '../../domain/fulfillment/loan-terms.js';
import type { TermsOfUse } from '../../models/fulfillment.js';
import { unitRuleTypes, type StoredFulfillmentUnit, type UnitRuleType } from '../../models/fulfillment-unit.js';
import { isDefault, type ReadRule } from '../unit-rules.js';
import { inputText, type FieldWords } from './rule-inputs.js';

export const UNITS_PATH = '/fulfillment-units';
export const unitPath = (code: string): string => `${UNITS_PATH}/${encodeURIComponent(code)}`;

export const fieldWords: FieldWords<typeof unitRuleFields> = {
  userGroup: 'User group', location: 'Location', itemPolicy: 'Item policy', materialType: 'Material type', processType: 'Process type', jobCategory: 'Job category',
};
export const typeWords: Readonly<Record<UnitRuleType, string>> = { LOAN: 'Loan rules', REQUEST: 'Request rules', BOOKING: 'Booking rules' };

interface Around {
  unit: StoredFulfillmentUnit;
  terms: readonly Pick<TermsOfUse, 'code' | 'name' | 'type'>[];
  mayChange: boolean;
}

/** A table for each type that has rules, or terms of use that a rule could name; of loans always. */
export function ruleTables(all: readonly ReadRule[], { unit, terms, mayChange }: Around) {
  return unitRuleTypes.flatMap((type) => {
    const named = terms.filter((each) => each.type === type);
    const rules = all.filter(({ rule }) => rule.ruleType === type);
    if (type !== 'LOAN' && rules.length === 0 && named.length === 0) return [];
    return [{
      id: type.toLowerCase(),
      heading: typeWords[type],
      add: mayChange && named.length > 0 ? `${unitPath(unit.code)}/rules/new?type=${type}` : null,
      open: unit.owner === 'NETWORK' ? null : gapIn(type, rules),
      rows: rules.map((each, at) => row(each, at, { rules, named, unit, mayChange })),
    }];
  });
}

/** Of a table that does not always answer. A unit of the network need not: those that follow it have rules of their own. */
function gapIn(type: UnitRuleType, rules: readonly ReadRule[]): string | null {
  const last = rules.at(-1);
  if (last === undefined) return type === 'LOAN' ? 'There is no rule: nothing can be lent from its locations.' : null;
  if (isDefault(last.rule) && last.rule.enabled) return null;
  return `No rule without inputs stands last: what no rule matches ${type === 'LOAN' ? 'cannot be lent' : 'has no terms of use'}.`;
}

function row({ rule, never }: ReadRule, at: number, { rules, named, unit, mayChange }: { rules: readonly ReadRule[]; named: Around['terms'] } & Omit<Around, 'terms'>) {
  const terms = named.find(({ code }) => code === rule.touCode);
  const next = rules[at + 1]?.rule;
  const path = `${unitPath(unit.code)}/rules/${rule._id}`;
  const up = at > 0 && !isDefault(rule) ? { before: rules[at - 1]?.rule._id ?? '' } : null;
  // A default that was loaded above others goes below them all at once.
  const down = next === undefined || isDefault(next) ? null : { before: isDefault(rule) ? '' : (rules[at + 2]?.rule._id ?? '') };
  return {
    place: at + 1,
    name: rule.name,
    href: path,
    when: isDefault(rule) ? ['Whatever no rule above matches'] : rule.parameters.map((parameter) => inputText(parameter, fieldWords)),
    terms: terms?.name ?? null,
    touCode: rule.touCode,
    termsHref: terms === undefined || rule.ruleType !== 'LOAN' ? null : `/terms-of-use/${encodeURIComponent(rule.touCode)}`,
    disabled: !rule.enabled,
    never: never === null ? null
      : never.reason === 'COVERED' ? `Never reached: ${never.by.name}${never.by.unitCode === unit.code ? '' : ', of the network,'} takes all of it`
      : never.field === 'location' ? 'Never reached: it is about locations of other units' : `Never reached: its inputs about the ${fieldText(never.field)} contradict each other`,
    moves: !mayChange ? null : {
      version: String(rule.version),
      move: `${path}/move`,
      enable: `${path}/enabled`,
      up, down,
      mayDisable: !isDefault(rule),
      idle: up === null && down === null && isDefault(rule),
    },
  };
}

const fieldText = (field: string): string => (Object.entries(fieldWords).find(([name]) => name === field)?.[1] ?? field).toLowerCase();
