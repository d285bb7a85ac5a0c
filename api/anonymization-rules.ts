/** Anonymization rules as staff keep them, a table each for loans, fees, requests and borrowing requests (fulfillment-loans.md, fulfillment-historical-archiving, Configuration). */
import { z } from 'zod';
import { senselessInAnonymization } from '../domain/fulfillment/anonymization-sense.js';
import { anonymizationFields, NEVER_EXPIRES } from '../domain/fulfillment/fulfillment-historical-archiving.js';
import { anonymizationTables, type AnonymizationRule, type AnonymizationTable } from '../models/rule-tables.js';
import { ofRules, ruleShape, unknownInRule, type RuleTable } from './rule-tables.js';

const output = z.boolean().describe('Whether the person is taken out of a record that it names; there is no way back.');

function tableOf(table: AnonymizationTable): RuleTable<AnonymizationRule> {
  const fields = anonymizationFields[table];
  const what = table.toLowerCase().replace('_', ' ');
  return {
    one: `anonymization rule of ${what}`,
    many: `anonymization rules of ${what}`,
    schema: z.strictObject({ ...ruleShape(fields), output }).superRefine((rule, context) => {
      for (const { at, place, expectation } of senselessInAnonymization(rule)) {
        const { op, values } = rule.parameters[at]!;
        context.addIssue({ code: 'custom', path: ['parameters', at, place], message: `${place === 'op' ? op : values.join(', ')} was given; expected ${expectation}` });
      }
    }),
    key: 'name',
    fields,
    output,
    byDefault: true,
    unsaid: { daysSinceEnd: 0, daysSinceUserExpiry: NEVER_EXPIRES, loanRankOnItem: 1 },
    problems: unknownInRule,
    ...ofRules<AnonymizationRule>(({ AnonymizationRule: model }) => model, { table }),
  };
}

export const anonymizationRules = anonymizationTables.map((table) => ({ table, rules: tableOf(table) }));
