import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Send Overdue Message to Resource Sharing Borrowing Partner: tells borrowing partners what is overdue.
 * Specification: fulfillment-requests.md.
 */
export const rsSendOverdueMessage = {
  ...ordinary,
  key: 'rs-send-overdue-message',
  name: 'Send Overdue Message to Resource Sharing Borrowing Partner',
  category: 'FULFILLMENT',
  userSchedulable: false,
  listedWhen: { features: ['RESOURCE_SHARING'] },
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['02:30'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** Per request; 0: no limit. */
    maxMessages: z.int().min(0).default(0),
    /** After the due date, before the first message. */
    graceDays: z.int().min(0).max(30).default(0),
  }),
  letters: ['BorrowerOverdueEmailLetter'],
} as const satisfies JobDefinition;
