import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Distribute Central Resource Sharing Configuration: copies the network's resource sharing configuration to its members.
 * Specification: fulfillment-requests.md.
 * Slot 2 follows slot 1 by twelve hours, and only the operator activates it.
 */
export const rsDistributeCentralConfiguration = {
  ...ordinary,
  key: 'rs-distribute-central-configuration',
  name: 'Distribute Central Resource Sharing Configuration',
  category: 'FULFILLMENT',
  userSchedulable: true,
  instances: 'TWO_SLOTS',
  listedWhen: { kinds: ['NETWORK'] },
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY', minutes: [0], mostTimesADay: 1 }],
  defaultSchedule: {
    slots: [
      { kind: 'DAILY', times: ['01:00'] },
      { kind: 'DAILY', times: ['13:00'] },
    ],
  },
  defaultActive: [true, false],
  parameters: z.strictObject({
    types: z
      .array(
        z.enum([
          'WORKFLOW_PROFILE',
          'LOCATE_PROFILE',
          'PARTNER',
          'ROTA_TEMPLATE',
          'ROTA_ASSIGNMENT_RULE',
          'SENDING_RULE',
        ]),
      )
      .default([
        'WORKFLOW_PROFILE',
        'LOCATE_PROFILE',
        'PARTNER',
        'ROTA_TEMPLATE',
        'ROTA_ASSIGNMENT_RULE',
        'SENDING_RULE',
      ]),
  }),
  locks: [{ name: 'RS_DISTRIBUTION', mode: 'EXCLUSIVE' }],
} as const satisfies JobDefinition;
