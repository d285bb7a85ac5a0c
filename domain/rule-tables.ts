/**
 * Ordered tables of rules: the first enabled rule that matches decides, else the table's default.
 *
 * Specification: fulfillment-loans.md, S9. What cannot be evaluated (an unknown field, a value of another type) is refused when a table is
 * saved, so here it is a rule that does not match.
 */
import { unheard, type Ask } from './ask.js';

export const ruleOps = ['EQUALS', 'NOT_EQUALS', 'IN', 'NOT_IN', 'LESS_THAN', 'GREATER_THAN', 'IS_EMPTY', 'NOT_EMPTY'] as const;
export type RuleOp = (typeof ruleOps)[number];

export type RuleValue = string | number | boolean;

export interface RuleParameter {
  field: string;
  op: RuleOp;
  /** One for all but IN and NOT_IN, none for IS_EMPTY and NOT_EMPTY. */
  values: readonly RuleValue[];
}

export interface TableRule {
  name: string;
  order: number;
  enabled: boolean;
  /** All must match; none: always. */
  parameters: readonly RuleParameter[];
}

/** What the rules of a table may ask about a record; null: empty. */
export type RuleFields = Readonly<Record<string, RuleValue | null>>;

/** The enabled rules in the order in which they are tried. */
export const inOrder = <R extends TableRule>(rules: readonly R[]): R[] => rules.filter(({ enabled }) => enabled).sort((a, b) => a.order - b.order);

/** The first of rules `inOrder` that matches; null: the table's default decides. */
export function firstMatching<R extends TableRule>(rules: readonly R[], fields: RuleFields, ask: Ask = unheard): R | null {
  for (const rule of rules) {
    const { name, parameters } = rule;
    const compared = () => Object.fromEntries(parameters.map(({ field, op, values }) => [field, `${fields[field] ?? '-'} ${op} ${values.join(', ')}`.trim()]));
    if (ask(`Rule «${name}» matches`, parameters.every((parameter) => matches(parameter, fields[parameter.field] ?? null)), compared)) return rule;
  }
  return null;
}

/** Whether a record whose field has the value meets one parameter. */
export function matches({ op, values }: RuleParameter, value: RuleValue | null): boolean {
  const [first] = values;
  switch (op) {
    case 'EQUALS':
      return value === first;
    case 'NOT_EQUALS':
      return value !== first;
    case 'IN':
      return value !== null && values.includes(value);
    case 'NOT_IN':
      return value === null || !values.includes(value);
    case 'LESS_THAN':
      return typeof value === 'number' && typeof first === 'number' && value < first;
    case 'GREATER_THAN':
      return typeof value === 'number' && typeof first === 'number' && value > first;
    case 'IS_EMPTY':
      return value === null || value === '';
    case 'NOT_EMPTY':
      return value !== null && value !== '';
  }
}
