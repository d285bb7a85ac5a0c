import { z } from 'zod';
import { oneWeekday, ordinary, type JobDefinition } from '../definition.js';

/**
 * Notifications – Send Periodic Fulfillment Activity Report: tells patrons what they have on loan and what they owe.
 * Specification: fulfillment-loans.md.
 */
export const notificationsActivityReport = {
  ...ordinary,
  key: 'notifications-activity-report',
  name: 'Notifications – Send Periodic Fulfillment Activity Report',
  category: 'FULFILLMENT',
  userSchedulable: true,
  available: true,
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'DAILY', times: [['06:00']] },
    { kind: 'WEEKLY', weekdays: oneWeekday, times: [['06:00']] },
    { kind: 'MONTHLY', monthDays: [[1], [1, 15]], times: [['06:00']] },
  ],
  defaultSchedule: { slots: [{ kind: 'WEEKLY', weekdays: ['MON'], times: ['06:00'] }] },
  defaultActive: [false],
  parameters: z.strictObject({
    /** Empty: all. */
    userGroups: z.array(z.string()).default([]),
    contentMode: z.enum(['ALL', 'OVERDUE_OR_FEES']).default('ALL'),
    /** Minor units of the institution's currency; only for users reported because of fees alone. */
    minimumDebt: z.int().min(0).default(0),
    includeAccruedFines: z.boolean().default(true),
    sendFormat: z.enum(['EMAIL']).default('EMAIL'),
  }),
  counters: [
    { key: 'usersReported', label: 'Users reported to', kind: 'EFFECT' },
    { key: 'usersSkippedByMode', label: 'Users with nothing that the job tells of', kind: 'SKIP' },
    { key: 'loansListed', label: 'Loans listed, not overdue', kind: 'TOTAL' },
    { key: 'overdueListed', label: 'Overdue and lost loans listed', kind: 'TOTAL' },
    { key: 'feesListed', label: 'Fees listed', kind: 'TOTAL' },
  ],
  runAfter: ['loans-overdue-and-lost'],
  guarded: true,
  explains: 'user',
  letters: ['FulUserBorrowingActivityLetter', 'UndeliverableLettersReport'],
} as const satisfies JobDefinition;
