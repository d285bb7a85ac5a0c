import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** Notifications – Send Due Date Reminders: reminds patrons of loans due today. Specification: fulfillment-loans.md. */
export const notificationsDueDateReminders = {
  ...ordinary,
  key: 'notifications-due-date-reminders',
  name: 'Notifications – Send Due Date Reminders',
  category: 'FULFILLMENT',
  userSchedulable: true,
  available: true,
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY', times: [['05:00'], ['06:00'], ['08:00']] }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['06:00'] }] },
  defaultActive: [false],
  parameters: z.strictObject({
    sendFormat: z.enum(['EMAIL', 'SMS', 'EMAIL_AND_SMS']).default('EMAIL'),
    /** Whether a patron who renewed a loan today is still told that it is due today. */
    includeRenewedToday: z.boolean().default(true),
  }),
  counters: [
    { key: 'loansReminded', label: 'Loans reminded of', kind: 'EFFECT' },
    { key: 'shortLoansSkipped', label: 'Short loans made and due today, skipped', kind: 'SKIP' },
    { key: 'letters', label: 'Letters', kind: 'EFFECT' },
  ],
  runAfter: ['notifications-courtesy-and-renewals'],
  guarded: true,
  explains: 'loan',
  staleAfter: 'END_OF_BUSINESS_DATE',
  letters: ['FulUserOverdueNoticeLetter', 'UndeliverableLettersReport'],
} as const satisfies JobDefinition;

export type Parameters = z.infer<typeof notificationsDueDateReminders.parameters>;
