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
    field: z.string().refine((field) => Object.hasOwn(fields, field), `one of ${Object.keys(fields).join(', ')}`),
    op: z.enum(ruleOps),
    values: z.array(z.union([z.string(), z.number(), z.boolean()])).default([]),
  });
  return z.array(parameter.superRefine(({ field, op, values }, refused) => {
    const type = fields[field];
    const isOrder = op === 'LESS_THAN' || op === 'GREATER_THAN';
    if (isOrder && type !== 'NUMBER') refused.addIssue({ code: 'custom', path: ['op'], message: `only a number is less or greater, ${field} is none` });
    if (!takes[op](values.length)) refused.addIssue({ code: 'custom', path: ['values'], message: `not so many values for ${op}` });
    if (type !== undefined && values.some((value) => typeof value !== jsTypes[type])) refused.addIssue({ code: 'custom', path: ['values'], message: `each a ${type.toLowerCase()}` });
  }));
}

const jsTypes = { TEXT: 'string', NUMBER: 'number', BOOLEAN: 'boolean' } as const;

const one = (count: number) => count === 1;
const some = (count: number) => count > 0;
const none = (count: number) => count === 0;
const takes: Record<RuleOp, (count: number) => boolean> = {
  EQUALS: one, NOT_EQUALS: one, LESS_THAN: one, GREATER_THAN: one, IN: some, NOT_IN: some, IS_EMPTY: none, NOT_EMPTY: none,
};
