/** Demerit rules as staff keep them: how many points a late return gives (fulfillment-loans.md, users-remove-blocks, Configuration). */
import { z } from 'zod';
import { demeritBases, demeritFields } from '../domain/fulfillment/demerits.js';
import type { DemeritRule } from '../models/rule-tables.js';
import { ofRules, ruleShape, unknownInRule, type RuleTable } from './rule-tables.js';

const output = z
  .strictObject({
    basis: z.enum(demeritBases).default('PER_DAY'),
    points: z.int().min(0).max(10_000).describe('0: such returns give none, whatever the rules below say.'),
    maxPoints: z.int().min(0).max(100_000).nullable().default(null).describe('Of one return; null: as many as come together.'),
  })
  .superRefine(({ points, maxPoints }, context) => {
    if (maxPoints === null || maxPoints >= points) return;
    context.addIssue({ code: 'custom', path: ['maxPoints'], message: `${maxPoints} was given; expected at least ${points}, or one unit would give less than it says` });
  });

const noPoints: z.output<typeof output> = { basis: 'PER_RETURN', points: 0, maxPoints: null };

export const demeritRules: RuleTable<DemeritRule> = {
  one: 'demerit rule',
  many: 'demerit rules',
  schema: z.strictObject({ ...ruleShape(demeritFields), output }),
  key: 'name',
  fields: demeritFields,
  output,
  byDefault: noPoints,
  unsaid: {},
  problems: unknownInRule,
  ...ofRules(({ DemeritRule: model }) => model, {}),
};
