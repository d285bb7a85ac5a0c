import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** Update BLDSS Requests: asks the British Library what has become of our orders. Specification: fulfillment-requests.md. */
export const bldssUpdateRequests = {
  ...ordinary,
  key: 'bldss-update-requests',
  name: 'Update BLDSS Requests',
  category: 'FULFILLMENT',
  userSchedulable: false,
  instances: 'TWO_SLOTS',
  listedWhen: { features: ['BLDSS'] },
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: {
    slots: [
      { kind: 'DAILY', times: ['06:00'] },
      { kind: 'DAILY', times: ['18:00'] },
    ],
  },
  defaultActive: [false, false],
  parameters: z.strictObject({
    requestsPerSecond: z.int().min(1).default(5),
    concurrency: z.int().min(1).default(4),
    timeoutSeconds: z.int().min(1).default(30),
  }),
  locks: [{ name: 'BLDSS', mode: 'EXCLUSIVE' }],
} as const satisfies JobDefinition;
