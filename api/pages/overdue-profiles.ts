/** Overdue and lost profiles: list and form (fulfillment-loans.md, loans-overdue-and-lost, Configuration). */
import { profileTypes } from '../../domain/fulfillment/overdue-lost-profiles.js';
import type { StoredOverdueLostProfile } from '../../models/fulfillment.js';
import type { ApiContext } from '../context.js';
import { count } from '../format.js';
import { overdueProfiles } from '../overdue-profiles.js';
import type { Viewer } from '../viewer.js';
import { stateBadge, tablePages } from './configuration-table.js';
import { formatWords, libraryWords } from './profile-words.js';

const typeWords = Object.fromEntries(
  profileTypes.map((type, index) => [type, type === 'CHANGE_TO_LOST' ? 'Change to lost' : `Overdue notification ${index + 1}`]),
);
const statusWords = { NORMAL: 'Normal', RENEW: 'Renewed', RENEW_REQUESTED: 'Renewal requested', RECALL: 'Recalled', CLAIMED_RETURN: 'Claimed returned' };
const countWords = { CALENDAR: 'all days', OPEN: 'open days of the loan’s library' };
const modeWords = { '': '', UNTIL_RETURNED: 'until the loans are returned', DAYS: 'for a number of days' };

export const overdueProfilePages = tablePages({
  table: overdueProfiles,
  path: '/overdue-profiles',
  title: 'Overdue and lost profiles',
  newTitle: 'New profile',
  about: 'When a patron hears that a loan is late, and when it is lost.',
  empty: 'There is no profile: Loans – Overdue and Lost Item writes to nobody.',
  keyName: 'name',
  // In the order in which a loan meets them.
  order: (one, other) => one.daysAfterDueDate - other.daysAfterDueDate || one.name.localeCompare(other.name),
  columns: [
    { head: 'Type', of: ({ type }) => typeWords[type] ?? '' },
    { head: 'When', of: ({ daysAfterDueDate, dayCount }) => `${count(daysAfterDueDate)} ${dayCount === 'OPEN' ? 'open ' : ''}${daysAfterDueDate === 1 ? 'day' : 'days'} late` },
    { head: 'Does', of: (profile) => effectsOf(profile).join(', ') },
    { head: 'For', of: ({ libraries, userGroups }) => [...libraries, ...userGroups].join(', ') || 'all loans' },
    { head: 'State', of: ({ active }) => stateBadge(active) },
  ],
  rows: async (context, viewer) => [
    [{ id: 'name', label: 'Name', kind: 'text' }],
    [{ id: 'description', label: 'Description', kind: 'lines' }],
    [
      { id: 'type', label: 'Type', kind: 'choice', words: typeWords },
      { id: 'daysAfterDueDate', label: 'Days after the due date', kind: 'number' },
      { id: 'dayCount', label: 'Counting', kind: 'choice', words: countWords },
    ],
    [{ id: 'loanStatuses', label: 'For loans that are', kind: 'ticks', words: statusWords }],
    [{ id: 'daysAfterStatusDate', label: 'and so for this many days', kind: 'number', orNone: true, hint: 'Empty: does not matter.' }],
    [{ id: 'libraries', label: 'Libraries (none = all)', kind: 'ticks', words: await libraryWords(context, viewer) }],
    [
      { id: 'userGroups', label: 'User groups', kind: 'codes', hint: 'Codes with commas between them; empty: all, as beside.' },
      { id: 'locations', label: 'Locations', kind: 'places', hint: 'As MAIN/STACKS.' },
    ],
    [
      { id: 'itemPolicies', label: 'Item policies', kind: 'codes', hint: '- names loans without one, as beside.' },
      { id: 'materialTypes', label: 'Material types', kind: 'codes' },
    ],
    [
      { id: 'sendNotification', label: 'Send a letter', kind: 'tick' },
      { id: 'createFine', label: 'Charge the fine of the terms of use', kind: 'tick' },
      { id: 'chargeReplacementFee', label: 'Charge the replacement (lost)', kind: 'tick' },
      { id: 'chargeProcessFee', label: 'Charge the process fee (lost)', kind: 'tick' },
      { id: 'blockUser', label: 'Block the patron', kind: 'tick' },
    ],
    [
      { id: 'sendFormat', label: 'Letter by', kind: 'choice', words: formatWords },
      { id: 'notificationFee', label: 'Fee for the letter', kind: 'amount' },
    ],
    [
      { id: 'blockDefinitionId', label: 'Block', kind: 'choice', orNone: true, words: await blockWords(context, viewer) },
      { id: 'blockMode', label: 'Blocked', kind: 'choice', orNone: true, words: modeWords },
      { id: 'blockDays', label: 'Days of the block', kind: 'number', orNone: true },
    ],
    [{ id: 'active', label: 'Active', kind: 'tick' }],
  ],
  fresh: {
    active: true, type: 'OVERDUE_NOTIFICATION_1', daysAfterDueDate: 1, dayCount: 'CALENDAR', loanStatuses: ['NORMAL', 'RENEW', 'RENEW_REQUESTED', 'RECALL'],
    sendNotification: true, sendFormat: 'EMAIL', notificationFee: 0, chargeReplacementFee: true, chargeProcessFee: true,
  },
  // What belongs to a block counts only with one.
  settled: (input) => {
    const blocks = input['blockUser'] === true;
    const none = { blockDefinitionId: null, blockMode: null, blockDays: null };
    return { ...input, ...(!blocks ? none : input['blockMode'] !== 'DAYS' && { blockDays: null }) };
  },
  saving: 'The next run goes by it; a run that is at work is not changed.',
  deleting: 'What it has sent and charged stays on record.',
});

async function blockWords({ models }: ApiContext, viewer: Viewer): Promise<Record<string, string>> {
  const definitions = await models.UserBlockDefinition.find({ institutionId: viewer.institution.code, active: true }).sort({ code: 1 }).lean();
  return { '': 'None', ...Object.fromEntries(definitions.map(({ _id, code, description }) => [_id, `${code}: ${description}`])) };
}

function effectsOf({ type, sendNotification, createFine, notificationFee, blockUser, chargeReplacementFee, chargeProcessFee }: StoredOverdueLostProfile): string[] {
  const isLost = type === 'CHANGE_TO_LOST';
  const effects: [does: boolean, effect: string][] = [
    [sendNotification, 'letter'], [createFine, 'fine'], [notificationFee > 0, 'fee'], [blockUser, 'block'], [isLost && chargeReplacementFee, 'replacement fee'],
    [isLost && chargeProcessFee, 'process fee'],
  ];
  return effects.flatMap(([does, effect]) => (does ? [effect] : []));
}
