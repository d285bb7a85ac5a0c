import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Distribute Network Fulfillment Changes to Members: copies the network's fulfillment policies to its members.
 * Specification: fulfillment-requests.md.
 */
export const networkDistributeFulfillmentChanges = {
  ...ordinary,
  key: 'network-distribute-fulfillment-changes',
  name: 'Distribute Network Fulfillment Changes to Members',
  category: 'FULFILLMENT',
  userSchedulable: true,
  listedWhen: { kinds: ['NETWORK'] },
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['00:30'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    types: z
      .array(z.enum(['POLICY', 'TERMS_OF_USE', 'FULFILLMENT_UNIT', 'FULFILLMENT_UNIT_RULE']))
      .default(['POLICY', 'TERMS_OF_USE', 'FULFILLMENT_UNIT', 'FULFILLMENT_UNIT_RULE']),
  }),
} as const satisfies JobDefinition;
