import { ordinary, type JobDefinition } from '../definition.js';

/** Users – Remove Blocks: ends blocks whose time is over. Specification: fulfillment-loans.md. */
export const usersRemoveBlocks = {
  ...ordinary,
  key: 'users-remove-blocks',
  name: 'Users – Remove Blocks',
  category: 'FULFILLMENT',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['00:30'] }] },
  defaultActive: [true],
} as const satisfies JobDefinition;
