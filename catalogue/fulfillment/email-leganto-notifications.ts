import { z } from 'zod';
import { oneWeekday, ordinary, type JobDefinition } from '../definition.js';

/**
 * Email Leganto Notifications to Users: mails what happened on the reading lists of instructors.
 * Specification: fulfillment-loans.md.
 */
export const emailLegantoNotifications = {
  ...ordinary,
  key: 'email-leganto-notifications',
  name: 'Email Leganto Notifications to Users',
  category: 'FULFILLMENT',
  userSchedulable: true,
  listedWhen: { features: ['LEGANTO'] },
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'DAILY', times: [['06:00'], ['16:00']] },
    { kind: 'WEEKLY', weekdays: oneWeekday, times: [['06:00']] },
  ],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['06:00'] }] },
  defaultActive: [false],
  parameters: z.strictObject({
    detail: z.enum(['LINK', 'SUMMARY', 'FULL']).default('LINK'),
    /** Empty: all. */
    eventTypes: z.array(z.string()).default([]),
    /** Older unread notifications are not mailed. */
    maxAgeDays: z.int().min(1).default(30),
  }),
  guarded: true,
  letters: [
    'LegantoNotificationsLetter',
    'LegantoDetailedNotificationsEmailLetter',
    'LegantoFullDetailedNotificationsEmailLetter',
    'UndeliverableLettersReport',
  ],
} as const satisfies JobDefinition;
