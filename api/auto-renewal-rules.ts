/** Automatic loan renewal rules as staff keep them: which loans the job renews (fulfillment-loans.md, notifications-courtesy-and-renewals, Configuration). */
import { z } from 'zod';
import { autoRenewalFields } from '../domain/fulfillment/notifications-courtesy-and-renewals.js';
import type { AutoRenewalRule } from '../models/rule-tables.js';
import { ofRules, ruleShape, unknownInRule, type RuleTable } from './rule-tables.js';

const output = z.boolean().describe('Whether the loans that it names are renewed.');

export const autoRenewalRules: RuleTable<AutoRenewalRule> = {
  one: 'auto-renewal rule',
  many: 'auto-renewal rules',
  schema: z.strictObject({ ...ruleShape(autoRenewalFields), output }),
  key: 'name',
  fields: autoRenewalFields,
  output,
  byDefault: false,
  unsaid: {},
  problems: unknownInRule,
  ...ofRules(({ AutoRenewalRule: model }) => model, {}),
};
