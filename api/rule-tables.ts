/**
 * Ordered tables of rules as staff keep them (fulfillment-loans.md, S9): small tables of configuration whose records have a place, and are asked
 * from the first on. What a rule gives, and what else it may not say, is its table's own.
 */
import { z } from 'zod';
import { ruleParametersOf, type FieldTypes } from '../domain/rule-parameters.js';
import { firstMatching, inOrder, type RuleFields } from '../domain/rule-tables.js';
import type { StoredRule } from '../models/rule-tables.js';
import { saveChange, type Author } from './changes.js';
import { listRecords, recordOf, type ConfigurationTable } from './configuration-table.js';
import type { ApiContext } from './context.js';
import { checked, valid } from './job-settings.js';
import { code } from './profiles.js';
import type { InputProblem } from './refusal.js';
import { moveRule } from './rule-order.js';
import { unknownRuleValues } from './rule-values.js';
import { demandIn, type Viewer } from './viewer.js';

export interface RuleTable<Rule extends StoredRule<unknown>, Values extends Partial<Rule> = Partial<Rule>> extends ConfigurationTable<Rule, Values> {
  /** What its rules may ask. */
  fields: FieldTypes;
  /** What a rule gives. */
  output: z.ZodType<Rule['output']>;
  /** Where no rule matches. */
  byDefault: Rule['output'];
  /** What a record has where an example says nothing; a field that is not there is empty. */
  unsaid: RuleFields;
}

/** What every rule says beside its output. `none`: what it means that it asks nothing. */
export const ruleShape = (fields: FieldTypes, none = 'always') => ({
  name: z.string().trim().min(1).max(200),
  enabled: z.boolean().default(true).describe('A disabled rule is passed over.'),
  parameters: ruleParametersOf(fields).default([]).describe(`All must hold; none: ${none}. A location is written LIBRARY/LOCATION.`),
});

/** What is so of all tables of rules: a new rule comes last, names may be alike, and nothing names a rule. */
export function ofRules<Rule extends StoredRule<unknown>>(
  model: RuleTable<Rule>['model'], scope: Partial<Rule>,
): Pick<RuleTable<Rule>, 'model' | 'scope' | 'sort' | 'usedBy' | 'beside'> {
  return {
    model,
    scope,
    sort: 'order',
    usedBy: async () => null,
    beside: async ({ models }, viewer) => {
      const last = await model(models).findOne({ institutionId: viewer.institution.code, ...scope }, { order: 1 }).sort({ order: -1 }).lean<{ order: number }>();
      return placedAt<Rule>(Math.floor(last?.order ?? 0) + 1);
    },
  };
}

/** Every rule has an order, which the compiler does not see of a `Rule` that is not settled yet. */
const placedAt = <Rule extends StoredRule<unknown>>(order: number): Partial<Rule> => ({ order }) satisfies Partial<StoredRule<unknown>> as Partial<Rule>;

/** What a rule names has to be there. */
export const unknownInRule = async (context: ApiContext, viewer: Viewer, { parameters = [] }: Partial<StoredRule<unknown>>): Promise<InputProblem[]> =>
  unknownRuleValues(context, viewer.institution.code, parameters);

/** Tried before the rule `beforeId` from then on; null: after all others. Refusals: forbidden, validation-failed, precondition-failed. */
export async function placeRule<Rule extends StoredRule<unknown>>(
  context: ApiContext, viewer: Viewer, table: RuleTable<Rule>, rule: Rule, beforeId: string | null, author: Author,
): Promise<Rule> {
  demandIn(viewer, 'FULFILLMENT', 'CONFIGURE', table.many);
  const model = table.model(context.models);
  const save = (order: number) => saveChange(context, model, rule, placedAt<Rule>(order), { action: 'CHANGE', label: rule.name, author });
  await moveRule(model, { table: await listRecords(context, viewer, table), rule, beforeId, save });
  return recordOf(context, viewer, table, rule._id);
}

/** A record as an example asks about it; null or left out: it has none. */
export const exampleSchemaOf = (fields: FieldTypes) => z.strictObject(Object.fromEntries(Object.entries(fields).map(([field, type]) => [field, exampleTypes[type]])));
const exampleTypes = { TEXT: code.nullable().default(null), NUMBER: z.int().min(-1).max(99_999).nullable().default(null), BOOLEAN: z.boolean().default(false) };

/** The rule that decides about a record with such fields, by the function that jobs and desk ask; null: none matches. Refusal: validation-failed. */
export async function exampleOfRules<Rule extends StoredRule<unknown>>(
  context: ApiContext, viewer: Viewer, table: RuleTable<Rule>, input: unknown,
): Promise<{ rule: Rule | null; output: Rule['output'] }> {
  const rules = await listRecords(context, viewer, table);
  const given = valid<RuleFields>('example', checked<RuleFields>(exampleSchemaOf(table.fields), input));
  const fields = Object.fromEntries(Object.entries(given).map(([field, value]) => [field, value ?? table.unsaid[field] ?? null]));
  const rule = firstMatching(inOrder(rules), fields);
  return { rule, output: rule === null ? table.byDefault : rule.output };
}
