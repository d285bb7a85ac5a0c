import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Expired Resource Sharing Requests: ends resource sharing requests that nobody could fill in time.
 * Specification: fulfillment-requests.md.
 */
export const rsExpiredRequests = {
  ...ordinary,
  key: 'rs-expired-requests',
  name: 'Expired Resource Sharing Requests',
  category: 'FULFILLMENT',
  userSchedulable: true,
  listedWhen: { features: ['RESOURCE_SHARING'] },
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY', minutes: [0], mostTimesADay: 1 }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['02:00'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** Leave a request alone whose copy has already been picked. */
    protectPickedItems: z.boolean().default(false),
    borrowerTimeouts: z.boolean().default(true),
    /** Days to wait for the answer to a Cancel. */
    cancelResponseWaitDays: z.int().min(1).max(30).default(3),
  }),
  guarded: true,
  letters: ['LenderRejectEmailLetter', 'FulCancelEmailLetter'],
} as const satisfies JobDefinition;
