/** Automatic loan renewal rules: list, form, and whether a loan would be renewed. */
import { autoRenewalRules } from '../auto-renewal-rules.js';
import { exampleOfRules } from '../rule-tables.js';
import type { Badge } from '../words.js';
import { decidedBy, exampleFields, rulePages } from './rule-tables.js';

const words = { userGroup: 'User group', library: 'Library', location: 'Location', itemPolicy: 'Item policy', materialType: 'Material type' };
const outputWords = { true: 'are renewed', false: 'are not renewed' };
const badgeOf = (output: boolean): Badge => (output ? { text: 'Renewed', tone: 'good', icon: 'check' } : { text: 'Not renewed', tone: 'quiet', icon: 'cross' });

export const autoRenewalPages = rulePages({
  table: autoRenewalRules,
  path: '/auto-renewal-rules',
  title: 'Auto-renewal rules',
  about: 'Which loans are renewed before they fall due. The first rule that matches decides; a loan that none matches is not renewed.',
  empty: 'There is none: no loan is renewed by itself.',
  words,
  gives: { head: 'Loans', of: badgeOf, fields: [{ id: 'output', label: 'Such loans', kind: 'either', words: outputWords }], fresh: true },
  saving: 'The renewals go by it with their next run. Terms of use, blocks, limits and requests of others can stand in the way of a renewal still.',
  deleting: 'Loans that were renewed by it stay renewed.',
  example: {
    heading: 'Would this loan be renewed?',
    rows: async (context, viewer) => [await exampleFields(context, viewer, autoRenewalRules.fields, words)],
    fresh: {},
    answer: async (context, viewer, input) => {
      const { rule, output } = await exampleOfRules(context, viewer, autoRenewalRules, input);
      return decidedBy(rule, badgeOf(output === true));
    },
  },
});
