/**
 * What a table of rules may ask: an unknown field or op, a value of another type, and a number of values that the op does not take are
 * refused when a rule is saved.
 *
 * Specification: fulfillment-loans.md, S9. Which fields a table knows is the table's own.
 */
import { z } from 'zod';
import { ruleOps, type RuleOp } from './rule-tables.js';

export type FieldTypes = Readonly<Record<string, 'TEXT' | 'NUMBER' | 'BOOLEAN'>>;

export function ruleParametersOf(fields: FieldTypes) {
  const parameter = z.strictObject({
    field: z.string().refine((field) => Object.hasOwn(fields, field), { error: ({ input }) => `"${String(input)}" was given; expected one of ${Object.keys(fields).join(', ')}` }),
    op: z.enum(ruleOps),
    values: z.array(z.union([z.string(), z.number(), z.boolean()])).default([]),
  });
  return z.array(parameter.superRefine(({ field, op, values }, refused) => {
    const type = fields[field];
    const isOrder = op === 'LESS_THAN' || op === 'GREATER_THAN';
    if (isOrder && type !== 'NUMBER') refused.addIssue({ code: 'custom', path: ['op'], message: `${op} was given; expected another op, as ${field} is no number` });
    const [least, most] = takes[op];
    if (values.length < least || values.length > most) {
      const expected = most === 0 ? 'none' : least === most ? 'exactly 1' : `at least ${least}`;
      refused.addIssue({ code: 'custom', path: ['values'], message: `${values.length === 1 ? '1 value was' : `${values.length} values were`} given for ${op}; expected ${expected}` });
    }
    const other = type === undefined ? undefined : values.find((value) => typeof value !== jsTypes[type]);
    if (type !== undefined && other !== undefined) refused.addIssue({ code: 'custom', path: ['values'], message: `${JSON.stringify(other)} was given; expected ${typeWords[type]}` });
  }));
}

const jsTypes = { TEXT: 'string', NUMBER: 'number', BOOLEAN: 'boolean' } as const;

const typeWords = { TEXT: 'a text', NUMBER: 'a number', BOOLEAN: 'true or false' } as const;

/** How many values: at least, and at most. */
const takes: Record<RuleOp, readonly [least: number, most: number]> = {
  EQUALS: [1, 1], NOT_EQUALS: [1, 1], LESS_THAN: [1, 1], GREATER_THAN: [1, 1], IN: [1, Infinity], NOT_IN: [1, Infinity], IS_EMPTY: [0, 0], NOT_EMPTY: [0, 0],
};
