import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** Requests – Handle Expiration Step: cancels requests whose step has expired. Specification: fulfillment-requests.md. */
export const requestsHandleExpirationStep = {
  ...ordinary,
  key: 'requests-handle-expiration-step',
  name: 'Requests – Handle Expiration Step',
  category: 'FULFILLMENT',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['03:30'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** Also requests still in the queue whose date needed by has passed. */
    expireQueuedByDateNeededBy: z.boolean().default(true),
    notifyWhenDateNeededByPassed: z.boolean().default(false),
  }),
  locks: [{ name: 'INVENTORY_REQUESTS', mode: 'EXCLUSIVE' }],
  guarded: true,
  letters: ['FulCancelRequestLetter'],
} as const satisfies JobDefinition;
