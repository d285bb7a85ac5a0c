/** Anonymization rules: a list for each kind of record, form, and what would become of a record. */
import { anonymizationRules } from '../anonymization-rules.js';
import { exampleOfRules } from '../rule-tables.js';
import type { AnonymizationTable } from '../../models/rule-tables.js';
import type { Badge } from '../words.js';
import { decidedBy, exampleFields, rulePages } from './rule-tables.js';

const nouns: Readonly<Record<AnonymizationTable, { one: string; many: string; ended: string }>> = {
  LOANS: { one: 'loan', many: 'loans', ended: 'returned' },
  FEES: { one: 'fee', many: 'fees', ended: 'closed' },
  REQUESTS: { one: 'request', many: 'requests', ended: 'closed' },
  BORROWING_REQUESTS: { one: 'borrowing request', many: 'borrowing requests', ended: 'closed' },
};
const path = (table: AnonymizationTable): string => `/anonymization-rules/${table.toLowerCase().replace('_', '-')}`;
const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const badgeOf = (output: boolean): Badge => (output ? { text: 'Anonymised', tone: 'warning', icon: 'warning' } : { text: 'Kept', tone: 'good', icon: 'check' });

export const anonymizationPages = anonymizationRules.map(({ table, rules }) => {
  const { one, many, ended } = nouns[table];
  const words: Record<string, string> = {
    daysSinceEnd: `Days since it was ${ended}`, daysSinceUserExpiry: 'Days since the card expired', userGroup: 'User group', library: 'Library',
    location: 'Location', loanRankOnItem: 'Which loan of the item, counted from the latest',
  };
  return rulePages({
    table: rules,
    path: path(table),
    title: `Anonymization of ${many}`,
    about: `Whose name stays on ${many} that are ${ended}. The first rule that matches decides; where none does, the person is taken out at the next archiving.`,
    empty: `There is none: the person is taken out of every ${one} at the first archiving after it was ${ended}.`,
    links: anonymizationRules.filter((other) => other.table !== table).map((other) => ({ href: path(other.table), text: capitalized(nouns[other.table].many) })),
    words,
    gives: {
      head: capitalized(many), of: badgeOf, fresh: false,
      fields: [{ id: 'output', label: `Such ${many}`, kind: 'either', words: { false: 'are kept with the person', true: 'are anonymised' } }],
    },
    saving: `Archiving goes by it with its next run, if its parameters ask for ${many}. There is no way back: what is anonymised stays so, whatever is saved here.`,
    deleting: 'What it has kept until now may be anonymised by the next archiving.',
    example: {
      heading: `What would become of this ${one}?`,
      rows: async (context, viewer) => [await exampleFields(context, viewer, rules.fields, words)],
      fresh: { daysSinceEnd: 1 },
      answer: async (context, viewer, input) => {
        const { rule, output } = await exampleOfRules(context, viewer, rules, input);
        return decidedBy(rule, badgeOf(output === true));
      },
    },
  });
});
