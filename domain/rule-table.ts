/**
 * Ordered tables of rules: the first enabled rule that matches decides.
 *
 * Specification: fulfillment-loans.md, S9. Which fields a table may ask about, and what a rule of it answers, is the table's own.
 */
import { z } from 'zod';
import { unheard, type Ask } from './ask.js';

export const ruleOps = ['EQUALS', 'NOT_EQUALS', 'IN', 'NOT_IN', 'LESS_THAN', 'GREATER_THAN', 'IS_EMPTY', 'NOT_EMPTY'] as const;
export type RuleOp = (typeof ruleOps)[number];
export type RuleValue = string | number | boolean;

/** The fields of a table, and what their values are. */
export type RuleFields = Readonly<Record<string, 'TEXT' | 'NUMBER' | 'BOOLEAN'>>;
/** What is so of the record that a table is asked about; null: nothing is said. */
export type Facts<Fields extends RuleFields> = Readonly<Record<keyof Fields, RuleValue | null>>;

export interface RuleParameter {
  field: string;
  op: RuleOp;
  values: readonly RuleValue[];
}
export interface Rule<Output> {
  ruleId: string;
  name: string;
  enabled: boolean;
  /** All must match; a rule without any always does. */
  parameters: readonly RuleParameter[];
  output: Output;
}

/**
 * The parameters of a rule as they are saved: an unknown field or op, a value of another type, and a number of values that the op does not
 * take are refused.
 */
export function ruleParametersOf(fields: RuleFields) {
  const parameter = z.strictObject({
    field: z.string().refine((field) => Object.hasOwn(fields, field), `one of ${Object.keys(fields).join(', ')}`),
    op: z.enum(ruleOps),
    values: z.array(z.union([z.string(), z.number(), z.boolean()])).default([]),
  });
  return z.array(parameter.superRefine(({ field, op, values }, refused) => {
    const type = fields[field];
    const isOrder = op === 'LESS_THAN' || op === 'GREATER_THAN';
    if (isOrder && type !== 'NUMBER') refused.addIssue({ code: 'custom', path: ['op'], message: `only a number is less or greater, ${field} is none` });
    if (!takes[op](values.length)) refused.addIssue({ code: 'custom', path: ['values'], message: `not so many values for ${op}` });
    if (type !== undefined && values.some((value) => typeof value !== type.replace('TEXT', 'STRING').toLowerCase()))
      refused.addIssue({ code: 'custom', path: ['values'], message: `each a ${type.toLowerCase()}` });
  }));
}

const one = (count: number) => count === 1;
const some = (count: number) => count > 0;
const none = (count: number) => count === 0;
const takes: Record<RuleOp, (count: number) => boolean> = {
  EQUALS: one, NOT_EQUALS: one, LESS_THAN: one, GREATER_THAN: one, IN: some, NOT_IN: some, IS_EMPTY: none, NOT_EMPTY: none,
};

/** The first enabled rule that matches, of rules in their order; null: the table's default output counts. `table` names it to a listener. */
export function decidingRule<Output, R extends Rule<Output>>(table: string, rules: readonly R[], facts: Facts<RuleFields>, ask: Ask = unheard): R | null {
  for (const rule of rules) {
    const holds = rule.enabled && rule.parameters.every((parameter) => matches(parameter, facts));
    if (ask(`${table} «${rule.name}»`, holds, () => ({ enabled: rule.enabled, ...asked(rule, facts) }))) return rule;
  }
  return null;
}

/** Nothing is equal to, in, less or greater than what is not said; it is empty, and it differs from every value. */
function matches({ field, op, values }: RuleParameter, facts: Facts<RuleFields>): boolean {
  const fact = facts[field] ?? null;
  switch (op) {
    case 'EQUALS':
    case 'IN':
      return fact !== null && values.includes(fact);
    case 'NOT_EQUALS':
    case 'NOT_IN':
      return fact === null || !values.includes(fact);
    case 'LESS_THAN':
      return typeof fact === 'number' && values.every((value) => fact < Number(value));
    case 'GREATER_THAN':
      return typeof fact === 'number' && values.every((value) => fact > Number(value));
    case 'IS_EMPTY':
      return fact === null || fact === '';
    case 'NOT_EMPTY':
      return fact !== null && fact !== '';
  }
}

function asked({ parameters }: Rule<unknown>, facts: Facts<RuleFields>): Record<string, unknown> {
  return Object.fromEntries(parameters.flatMap(({ field, op, values }) => [[field, facts[field] ?? null], [`${field} ${op}`, values]]));
}
