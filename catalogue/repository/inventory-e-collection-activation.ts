import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Inventory – Electronic Collection Activation/Deactivation: opens and closes electronic collections on their days.
 * Specification: repository-users-admin.md.
 */
export const inventoryECollectionActivation = {
  ...ordinary,
  key: 'inventory-e-collection-activation',
  name: 'Inventory – Electronic Collection Activation/Deactivation',
  category: 'REPOSITORY',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['00:10'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** What staff set by hand within a window stays. */
    respectManualChanges: z.boolean().default(true),
  }),
} as const satisfies JobDefinition;
