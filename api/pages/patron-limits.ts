/** Patron limits: list, form, and what a patron could still do. */
import { count } from '../format.js';
import { exampleOfLimits, patronLimits } from '../patron-limits.js';
import type { Viewer } from '../viewer.js';
import { stateBadge, tablePages } from './configuration-table.js';
import type { Field } from './fields.js';
import { majorUnits } from './typed.js';

const most = (limit: number | null): string => (limit === null ? 'no limit' : count(limit));
const money = (amount: number, { institution: { currency } }: Viewer): string => `${majorUnits(amount, currency)} ${currency}`;

const userGroup: Field = { id: 'userGroup', label: 'User group', kind: 'text' };
const reasons = {
  CASH_LIMIT: 'owes more than the limit',
  OVERDUE_LIMIT: 'has more overdue loans than the limit',
  OVERDUE_RECALL_LIMIT: 'keeps more recalled items than the limit',
};

export const patronLimitPages = tablePages({
  table: patronLimits,
  path: '/patron-limits',
  title: 'Patron limits',
  newTitle: 'New patron limit',
  about: 'How much the patrons of a group may owe or keep before they can borrow and renew no more.',
  empty: 'There is none: debts and overdue loans alone stop nobody.',
  keyName: 'user group',
  columns: [
    { head: 'Owes at most', of: ({ maxOwedAmount }, viewer) => (maxOwedAmount === null ? 'no limit' : money(maxOwedAmount, viewer)) },
    { head: 'Overdue loans', of: ({ maxOverdueLoans }) => most(maxOverdueLoans) },
    { head: 'Overdue and recalled', of: ({ maxOverdueRecalls }) => most(maxOverdueRecalls) },
    { head: 'State', of: ({ enabled }) => stateBadge(enabled) },
  ],
  rows: async () => [
    [userGroup],
    [
      { id: 'maxOwedAmount', label: 'Owes at most', kind: 'amount', orNone: true, hint: 'Empty: no limit. So much exactly is allowed.' },
      { id: 'maxOverdueLoans', label: 'Overdue loans, at most', kind: 'number', orNone: true, hint: '0: one is too many.' },
      { id: 'maxOverdueRecalls', label: 'Overdue and recalled, at most', kind: 'number', orNone: true, hint: 'Loans that others wait for.' },
    ],
    [{ id: 'enabled', label: 'Active', kind: 'tick' }],
  ],
  fresh: { enabled: true },
  saving: 'The desk goes by it at once, the renewals with their next run. Loans that patrons have stay theirs.',
  deleting: 'Patrons of the group will have no limit.',
  example: {
    heading: 'What could this patron still do?',
    rows: async () => [[
      userGroup,
      { id: 'owed', label: 'Owes', kind: 'amount' },
      { id: 'overdueLoans', label: 'Overdue loans', kind: 'number' },
      { id: 'overdueRecalls', label: 'of them recalled', kind: 'number' },
    ]],
    fresh: { owed: 0, overdueLoans: 0, overdueRecalls: 0 },
    answer: async (context, viewer, input) => {
      const { loan, renew } = await exampleOfLimits(context, viewer, input);
      return ([['borrow', loan], ['renew', renew]] as const).map(([deed, reason]) => (
        reason === null
          ? { badge: { text: 'Yes', tone: 'good', icon: 'check' }, text: `The patron can ${deed}.` }
          : { badge: { text: 'No', tone: 'bad', icon: 'cross' }, text: `The patron cannot ${deed}: ${reasons[reason]}.` }
      ));
    },
  },
});
