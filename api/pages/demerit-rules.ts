/** Demerit rules: list, form, and what a late return would come to. */
import { exampleOfDemerits } from '../demerit-example.js';
import { demeritRules } from '../demerit-rules.js';
import { count, when } from '../format.js';
import type { DemeritOutput } from '../../domain/fulfillment/demerits.js';
import { listTermsOfUse } from '../terms-of-use.js';
import { decidedBy, exampleFields, rulePages } from './rule-tables.js';

const words = { userGroup: 'User group', library: 'Library', itemPolicy: 'Item policy', materialType: 'Material type', recalled: 'Recalled' };
const basisWords = { PER_RETURN: 'for the return', PER_DAY: 'for each day late', PER_OPEN_DAY: 'for each open day late', PER_HOUR: 'for each hour late' };

function pointsText({ basis, points, maxPoints }: DemeritOutput): string {
  if (points === 0) return 'none';
  return `${count(points)} ${basisWords[basis]}${maxPoints === null ? '' : `, at most ${count(maxPoints)}`}`;
}

export const demeritRulePages = rulePages({
  table: demeritRules,
  path: '/demerit-rules',
  title: 'Demerit rules',
  about: 'How many points a late return gives. The first rule that matches decides; where none does there are no points.',
  empty: 'There is none: late returns give no points, and nobody is suspended for them.',
  links: [{ href: '/demerit-settings', text: 'When points suspend' }],
  words,
  gives: {
    head: 'Points', of: pointsText, fresh: { basis: 'PER_DAY', points: 10, maxPoints: null },
    fields: [
      { id: 'output.points', label: 'Points', kind: 'number', hint: '0: such returns give none.' },
      { id: 'output.basis', label: 'Counted', kind: 'choice', words: basisWords },
      { id: 'output.maxPoints', label: 'At most, for one return', kind: 'number', orNone: true, hint: 'Empty: no limit.' },
    ],
  },
  saving: 'Returns from now on go by it. Points that were given stay.',
  deleting: 'Points that were given by it stay.',
  example: {
    heading: 'What would this return come to?',
    rows: async (context, viewer) => {
      const terms = await listTermsOfUse(context, viewer);
      const ofLoan = await exampleFields(context, viewer, demeritRules.fields, words);
      return [
        [
          { id: 'daysLate', label: 'Days late', kind: 'number' },
          { id: 'pointsBefore', label: 'Points so far', kind: 'number' },
          {
            id: 'termsOfUse', label: 'Terms of use', kind: 'choice', hint: 'They say what grace there is.',
            words: Object.fromEntries(terms.map((each) => [each.terms.code, each.terms.name])),
          },
        ],
        ofLoan.map((field) => (field.id === 'library' ? { ...field, words: withoutNone(field.words) } : field)),
      ];
    },
    fresh: { daysLate: 7, pointsBefore: 0 },
    answer: async (context, viewer, input) => {
      const { rule, points, total, threshold, suspendedUntil } = await exampleOfDemerits(context, viewer, input);
      const sum = `${count(points)} ${points === 1 ? 'point' : 'points'}, ${count(total)} in all; more than ${count(threshold)} suspend.`;
      return [
        ...decidedBy(rule, points === 0 ? { text: 'No points', tone: 'good', icon: 'check' } : { text: `${count(points)} points`, tone: 'warning', icon: 'warning' }),
        suspendedUntil === null
          ? { badge: { text: 'Not suspended', tone: 'good', icon: 'check' }, text: sum }
          : { badge: { text: 'Suspended', tone: 'bad', icon: 'cross' }, text: `${sum} Until ${when(viewer.zone, new Date(suspendedUntil)).text}.` },
      ];
    },
  },
});

/** The library has to be said: its hours count. */
const withoutNone = (libraries: Readonly<Record<string, string>> = {}): Record<string, string> => Object.fromEntries(Object.entries(libraries).filter(([code]) => code !== ''));
