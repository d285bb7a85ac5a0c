/** The endpoints of an ordered table of rules: those of every small table, moving a rule, and which rule would decide (fulfillment-loans.md, S9). */
import { z } from 'zod';
import { labelOf, recordOf } from '../configuration-table.js';
import { exampleOfRules, exampleSchemaOf, placeRule, type RuleTable } from '../rule-tables.js';
import type { StoredRule } from '../../models/rule-tables.js';
import { tableEndpoints, tagOf } from './configuration-table.js';
import { endpoint, type Endpoint } from './endpoint.js';
import { demandVersion } from './serve.js';
import { id, idPath, none } from './values.js';

/** `at`: `/auto-renewal-rules`; `name`: of a rule among the schemas of the document */
export function ruleEndpoints<Rule extends StoredRule<unknown>>(table: RuleTable<Rule>, { at, name }: { at: string; name: string }): Endpoint[] {
  return [
    ...tableEndpoints(table, { at, name }),
    endpoint({
      method: 'put', at: `${at}/{id}/place`, tag: tagOf(table), summary: 'Move a rule: it is tried before another from now on, or after all',
      path: idPath, query: none, body: z.strictObject({ before: id.nullable().describe('null: after all others.') }),
      status: 200, answer: z.object({ id, order: z.number(), version: z.int() }), ifMatch: true,
      refusals: ['forbidden', 'validation-failed'],
      handle: async (context, { viewer, path, version, body, author }) => {
        const before = await recordOf(context, viewer, table, path.id);
        demandVersion(before, version, labelOf(table, before));
        const { _id, order, version: now } = await placeRule(context, viewer, table, before, body.before, author());
        return { body: { id: _id, order, version: now }, version: now };
      },
    }),
    endpoint({
      method: 'post', at: `${at.replace(/s$/, '')}-examples`, tag: tagOf(table), summary: 'Which rule would decide about a record, and what it gives; nothing is stored',
      path: none, query: none, body: exampleSchemaOf(table.fields),
      status: 200, answer: z.object({ rule: z.object({ id, name: z.string() }).nullable().describe('null: none matches, and the table answers by default.'), output: table.output }),
      refusals: ['validation-failed'],
      handle: async (context, { viewer, body }) => {
        const { rule, output: given } = await exampleOfRules(context, viewer, table, body);
        return { body: { rule: rule === null ? null : { id: rule._id, name: rule.name }, output: given } };
      },
    }),
  ];
}
