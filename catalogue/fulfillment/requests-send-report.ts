import { z } from 'zod';
import { oneWeekday, ordinary, type JobDefinition } from '../definition.js';

/** Requests - Send Report: tells patrons how their requests stand. Specification: fulfillment-requests.md. */
export const requestsSendReport = {
  ...ordinary,
  key: 'requests-send-report',
  name: 'Requests - Send Report',
  category: 'FULFILLMENT',
  userSchedulable: true,
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'DAILY' },
    { kind: 'WEEKLY', weekdays: oneWeekday },
    { kind: 'MONTHLY', monthDays: Array.from({ length: 28 }, (_, day) => [day + 1]) },
  ],
  defaultSchedule: { slots: [{ kind: 'WEEKLY', weekdays: ['MON'], times: ['06:00'] }] },
  defaultActive: [false],
  parameters: z.strictObject({
    sections: z
      .array(z.enum(['NOT_ACTIVE', 'IN_PROCESS', 'ON_HOLD_SHELF']))
      .default(['NOT_ACTIVE', 'IN_PROCESS', 'ON_HOLD_SHELF']),
    includeBorrowingRequests: z.boolean().default(true),
    /** Empty: all. */
    userGroups: z.array(z.string()).default([]),
    /** Pass over a patron whose report would say what the last one said. */
    onlyWhenChanged: z.boolean().default(false),
  }),
  guarded: true,
  letters: ['FulRequestsReportLetter'],
} as const satisfies JobDefinition;
