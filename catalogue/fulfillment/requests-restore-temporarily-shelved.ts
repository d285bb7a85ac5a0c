import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Requests – Restore Temporarily Shelved Items: brings items from a temporary shelf back to their own.
 * Specification: fulfillment-requests.md.
 */
export const requestsRestoreTemporarilyShelved = {
  ...ordinary,
  key: 'requests-restore-temporarily-shelved',
  name: 'Requests – Restore Temporarily Shelved Items',
  category: 'FULFILLMENT',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['05:00'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** One mail per library with the new restore tasks. */
    sendDigest: z.boolean().default(false),
    /** Patron requests have 50 and go first. */
    restorePriority: z.int().min(0).default(90),
  }),
  locks: [{ name: 'INVENTORY_REQUESTS', mode: 'EXCLUSIVE' }],
  letters: ['RestoreItemsLetter'],
} as const satisfies JobDefinition;
