import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Fulfillment – Handle Historical Archiving: takes the patron out of closed loans, fees and requests.
 * Specification: fulfillment-loans.md.
 */
export const fulfillmentHistoricalArchiving = {
  ...ordinary,
  key: 'fulfillment-historical-archiving',
  name: 'Fulfillment – Handle Historical Archiving',
  category: 'FULFILLMENT',
  userSchedulable: false,
  listedWhen: { onceScheduled: true },
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'DAILY', times: [['01:30']] },
    { kind: 'WEEKLY', weekdays: [['SUN']], times: [['01:30']] },
  ],
  defaultSchedule: { slots: [{ kind: 'NONE' }] },
  defaultActive: [false],
  parameters: z.strictObject({
    loans: z.boolean().default(false),
    loanNotes: z.boolean().default(false),
    fees: z.boolean().default(false),
    feeComments: z.boolean().default(false),
    requests: z.boolean().default(false),
    borrowingRequests: z.boolean().default(false),
  }),
  guarded: true,
} as const satisfies JobDefinition;
