/** Fines and fees notification profiles: list and form (fulfillment-loans.md, fines-fees-notifications, Configuration). */
import type { StoredFinesFeesProfile } from '../../models/fines-fees-notification-profile.js';
import { feeNames } from '../fee-names.js';
import { finesProfiles } from '../fines-profiles.js';
import { count } from '../format.js';
import type { Viewer } from '../viewer.js';
import { feeTypeName } from '../words.js';
import { stateBadge, tablePages } from './configuration-table.js';
import { formatWords, libraryWords } from './profile-words.js';
import { majorUnits } from './typed.js';

/** As the subjects of the letter speak. */
const typeWords: Readonly<Record<number, string>> = { 1: '1, a friendly reminder', 2: '2, second reminder', 3: '3, third reminder', 4: '4, urgent', 5: '5, final notice' };
/** The types that every institution has (spec/data-model.md, fee). */
const feeTypeWords = {
  OVERDUE_FINE: 'Overdue fine', RECALLED_OVERDUE_FINE: 'Overdue fine after recall', OVERDUE_NOTIFICATION_FINE: 'Fine with an overdue notice',
  LOST_ITEM_REPLACEMENT_FEE: 'Replacement of a lost item', LOST_ITEM_PROCESS_FEE: 'Processing of a lost item', RENEW_FEE: 'Renewal fee',
  FINE_FEE_NOTIFICATION_FEE: feeTypeName('FINE_FEE_NOTIFICATION_FEE'), OTHER: 'Other',
};
const money = (amount: number, { institution: { currency } }: Viewer): string => `${majorUnits(amount, currency)} ${currency}`;

export const finesProfilePages = tablePages({
  table: finesProfiles,
  path: '/fines-profiles',
  title: 'Fines and fees profiles',
  newTitle: 'New fines and fees profile',
  about: 'When a patron is reminded of what they owe. Every profile is tried for every patron.',
  empty: 'There is no profile: Fines/Fees Notifications reminds nobody.',
  keyName: 'name',
  // From the friendly reminder to the final notice.
  order: (one, other) => one.notificationType - other.notificationType || one.name.localeCompare(other.name),
  columns: [
    { head: 'Type', of: ({ notificationType }) => typeWords[notificationType] ?? '' },
    { head: 'Owed from', of: ({ minimumBalance }, viewer) => money(minimumBalance, viewer) },
    { head: 'Age of the oldest fee', of: timesOf },
    { head: 'Fee for the letter', of: ({ notificationFee }, viewer) => (notificationFee === 0 ? 'none' : money(notificationFee, viewer)) },
    { head: 'For', of: ({ libraries, userGroups, feeTypes }) => [...libraries, ...userGroups, ...feeTypes].join(', ') || 'all fees' },
    { head: 'State', of: ({ active }) => stateBadge(active) },
  ],
  rows: async (context, viewer) => [
    [{ id: 'name', label: 'Name', kind: 'text' }],
    [
      { id: 'notificationType', label: 'Wording', kind: 'number', words: typeWords },
      { id: 'minimumBalance', label: 'Owed at least', kind: 'amount' },
      { id: 'daysAfterCreation', label: 'Oldest fee, days old', kind: 'number' },
    ],
    [
      { id: 'repeatEveryDays', label: 'Again every so many days', kind: 'number', orNone: true, hint: 'Empty: once.' },
      { id: 'maxRepeats', label: 'Letters after the first, at most', kind: 'number' },
    ],
    [{ id: 'libraries', label: 'Owed to these libraries (none = all)', kind: 'ticks', words: await libraryWords(context, viewer) }],
    [{ id: 'feeTypes', label: 'Types of fees (none = all but the fee for a letter)', kind: 'ticks', words: { ...feeTypeWords, ...Object.fromEntries((await feeNames(context, viewer)).own) }, others: 'Other types that fees have, by code' }],
    [{ id: 'userGroups', label: 'User groups', kind: 'codes', hint: 'Codes with commas between them; empty: all. Credits of the same libraries are taken off what is owed.' }],
    [
      { id: 'sendFormat', label: 'Letter by', kind: 'choice', words: formatWords },
      { id: 'notificationFee', label: 'Fee for the letter', kind: 'amount' },
    ],
    [{ id: 'active', label: 'Active', kind: 'tick' }],
  ],
  fresh: { active: true, notificationType: 1, minimumBalance: 1, daysAfterCreation: 0, maxRepeats: 0, notificationFee: 0, sendFormat: 'EMAIL' },
  saving: 'The next run goes by it; a run that is at work is not changed.',
  deleting: 'What it has sent and charged stays on record.',
});

/** Rule 3: `at 7 days, then every 14 days, 2 times`. */
function timesOf({ daysAfterCreation, repeatEveryDays, maxRepeats }: StoredFinesFeesProfile): string {
  const first = daysAfterCreation === 0 ? 'at once' : `at ${days(daysAfterCreation)}`;
  if (repeatEveryDays === null || maxRepeats === 0) return `${first}, once`;
  return `${first}, then every ${days(repeatEveryDays)}, ${maxRepeats === 1 ? 'once' : `${count(maxRepeats)} times`}`;
}

const days = (number: number): string => `${count(number)} ${number === 1 ? 'day' : 'days'}`;
