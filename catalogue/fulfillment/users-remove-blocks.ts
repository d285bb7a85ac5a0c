import { ordinary, type JobDefinition } from '../definition.js';

/** Users – Remove Blocks: ends blocks whose time is over. Specification: fulfillment-loans.md. */
export const usersRemoveBlocks = {
  ...ordinary,
  key: 'users-remove-blocks',
  name: 'Users – Remove Blocks',
  category: 'FULFILLMENT',
  userSchedulable: false,
  available: true,
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['00:30'] }] },
  defaultActive: [true],
  counters: [
    { key: 'suspensionsLifted', label: 'Suspensions lifted', kind: 'EFFECT' },
    { key: 'suspensionsExtended', label: 'Suspensions extended', kind: 'EFFECT' },
    { key: 'overdueBlocksRemoved', label: 'Blocks for overdue loans removed', kind: 'EFFECT' },
    { key: 'staffBlocksExpired', label: 'Blocks of staff and outside systems expired', kind: 'EFFECT' },
    { key: 'usersAffected', label: 'Users affected', kind: 'TOTAL' },
  ],
  explains: 'block',
} as const satisfies JobDefinition;
