/** The small tables of configuration of lending, patrons, notices and fees, and what they come to by an example. */
import { z } from 'zod';
import { anonymizationRules } from '../anonymization-rules.js';
import { autoRenewalRules } from '../auto-renewal-rules.js';
import { blockDefinitions } from '../block-definitions.js';
import { demeritRules } from '../demerit-rules.js';
import { finesProfiles } from '../fines-profiles.js';
import { libraries } from '../libraries.js';
import { overdueProfiles } from '../overdue-profiles.js';
import { exampleOfLimits, limitRefusals, limitsExampleSchema, patronLimits } from '../patron-limits.js';
import { tableEndpoints } from './configuration-table.js';
import { endpoint } from './endpoint.js';
import { ruleEndpoints } from './rule-tables.js';
import { none } from './values.js';

const stops = z.enum(limitRefusals).nullable().describe('What stops it; null: nothing.');
const limitExample = endpoint({
  method: 'post', at: '/patron-limit-examples', tag: 'Patron limits', summary: 'What a patron could still do, by the limits and block preferences as they are',
  path: none, query: none, body: limitsExampleSchema,
  status: 200, answer: z.object({ loan: stops, renew: stops }),
  refusals: ['validation-failed'],
  handle: async (context, { viewer, body }) => ({ body: await exampleOfLimits(context, viewer, body) }),
});

const nameOf = (table: string): string => table.toLowerCase().split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');

export const configurationTableEndpoints = [
  ...tableEndpoints(libraries, { at: '/libraries', name: 'Library' }),
  ...tableEndpoints(overdueProfiles, { at: '/overdue-profiles', name: 'OverdueProfile' }),
  ...tableEndpoints(finesProfiles, { at: '/fines-profiles', name: 'FinesProfile' }),
  ...tableEndpoints(patronLimits, { at: '/patron-limits', name: 'PatronLimit' }),
  limitExample,
  ...tableEndpoints(blockDefinitions, { at: '/block-definitions', name: 'BlockDefinition' }),
  ...ruleEndpoints(autoRenewalRules, { at: '/auto-renewal-rules', name: 'AutoRenewalRule' }),
  ...ruleEndpoints(demeritRules, { at: '/demerit-rules', name: 'DemeritRule' }),
  ...anonymizationRules.flatMap(({ table, rules }) =>
    ruleEndpoints(rules, { at: `/anonymization-rules/${table.toLowerCase().replace('_', '-')}`, name: `AnonymizationRuleOf${nameOf(table)}` })),
];
