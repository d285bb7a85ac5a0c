import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Requests – Recalculate after Inventory Update: finds copies for requests again after items or rules changed.
 * Specification: fulfillment-requests.md.
 */
export const requestsRecalculateAfterInventoryUpdate = {
  ...ordinary,
  key: 'requests-recalculate-after-inventory-update',
  name: 'Requests – Recalculate after Inventory Update',
  category: 'FULFILLMENT',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'HOURLY' }, { kind: 'EVERY_N_HOURS', everyHours: [4] }, { kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'HOURLY', minute: 20 }] },
  defaultActive: [true],
  parameters: z.strictObject({
    notifyOnCancel: z.boolean().default(true),
    /** Requests a run; the next goes on from there. */
    fullRecalculationLimit: z.int().min(1).default(200_000),
  }),
  locks: [{ name: 'INVENTORY_REQUESTS', mode: 'EXCLUSIVE' }],
  letters: ['FulCancelRequestLetter'],
} as const satisfies JobDefinition;
