/** Block definitions: list and form. */
import { blockDefinitions } from '../block-definitions.js';
import { stateBadge, tablePages } from './configuration-table.js';

const actionWords = { LOAN: 'borrow', RENEW: 'renew', HOLD: 'place holds', RESOURCE_SHARING: 'order from other libraries' };

export const blockDefinitionPages = tablePages({
  table: blockDefinitions,
  path: '/block-definitions',
  title: 'Block definitions',
  newTitle: 'New block definition',
  about: 'What a patron who is blocked cannot do. SUSPENDED is given for too many demerits.',
  empty: 'There is none: no overdue profile can block a patron. Suspensions stop loans, renewals and holds.',
  keyName: 'code',
  columns: [
    { head: 'What the patron is told', of: ({ description }) => description },
    { head: 'The patron cannot', of: (definition) => definition.blockedActions.map((action) => actionWords[action]).join(', ') },
    { head: 'Staff may override', of: ({ overridable }) => (overridable ? 'yes' : 'no') },
    { head: 'State', of: ({ active }) => stateBadge(active) },
  ],
  rows: async () => [
    [
      { id: 'code', label: 'Code', kind: 'text', stays: true, hint: 'It stays once it is saved.' },
      { id: 'description', label: 'What the patron is told', kind: 'text' },
    ],
    [{ id: 'blockedActions', label: 'The patron cannot', kind: 'ticks', words: actionWords }],
    [
      { id: 'overridable', label: 'Staff may override it', kind: 'tick', hint: 'A job never renews in spite of a block.' },
      { id: 'active', label: 'Active', kind: 'tick', hint: 'Inactive: it can be chosen no more. Blocks that patrons have stand.' },
    ],
  ],
  fresh: { blockedActions: ['LOAN'], overridable: true, active: true },
  saving: 'Blocks that patrons have keep their words and what they stop; whether staff may override them counts at once.',
  deleting: 'Blocks that have ended stay on record. One that a patron has, or that a profile places, cannot be deleted.',
});
