/** Libraries: list and form. */
import { libraries } from '../libraries.js';
import { stateBadge, tablePages } from './configuration-table.js';
import { money } from './desk-words.js';

export const libraryPages = tablePages({
  table: libraries,
  path: '/libraries',
  title: 'Libraries',
  newTitle: 'New library',
  about: 'What letters, due dates and fees of lost items go by, library by library. Hours and closings are in the calendars.',
  empty: 'There is none: nothing can be lent.',
  keyName: 'code',
  columns: [
    { head: 'Name', of: ({ name }) => name },
    { head: 'Sender of its letters', of: ({ email }) => email ?? 'the institution' },
    { head: 'A lost item without a price', of: ({ defaultReplacementCost: cost }, { institution: { currency } }) => (cost === null ? 'by the terms of use' : money(cost, currency)) },
    { head: 'Closings of the institution', of: ({ inheritsCalendar }) => (inheritsCalendar ? 'hold' : 'do not hold') },
    { head: 'State', of: ({ active }) => stateBadge(active) },
  ],
  rows: async () => [
    [
      { id: 'code', label: 'Code', kind: 'text', stays: true, hint: 'It stays once it is saved.' },
      { id: 'name', label: 'Name', kind: 'text' },
    ],
    [
      { id: 'email', label: 'E-mail (optional)', kind: 'text', orNone: true, hint: 'Sender of its letters. Lists of letters that have no address go there.' },
      { id: 'defaultReplacementCost', label: 'Replacement of a lost item without a price (optional)', kind: 'amount', orNone: true, hint: 'Empty: what the terms of use say.' },
    ],
    [
      { id: 'inheritsCalendar', label: 'Closings of the institution hold here', kind: 'tick' },
      { id: 'shortLoanOpeningOffsetMinutes', label: 'Loans for hours: minutes after opening', kind: 'number', hint: 'When one is due that would be due while it is closed.' },
    ],
    [{ id: 'active', label: 'Active', kind: 'tick' }],
  ],
  fresh: { inheritsCalendar: true, shortLoanOpeningOffsetMinutes: 0, active: true },
  saving: 'Due dates that were given stay; loans from now on, and letters of the next run, go by it.',
  deleting: 'A library that has locations, loans or a calendar cannot be deleted.',
});
