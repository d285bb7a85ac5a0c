import { z } from 'zod';
import { newsDetails, readingListEvents } from '../../domain/fulfillment/email-leganto-notifications.js';
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
  available: true,
  listedWhen: { features: ['LEGANTO'] },
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'DAILY', times: [['06:00'], ['16:00']] },
    { kind: 'WEEKLY', weekdays: oneWeekday, times: [['06:00']] },
  ],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['06:00'] }] },
  defaultActive: [false],
  parameters: z.strictObject({
    /** A count and one link; counts by list and kind; everything with its link. */
    detail: z.enum(newsDetails).default('LINK'),
    /** Empty: all. */
    eventTypes: z.array(z.enum(readingListEvents)).default([]),
    /** Older unread notifications are not mailed. */
    maxAgeDays: z.int().min(1).default(30),
  }),
  counters: [
    { key: 'usersNotified', label: 'Users notified', kind: 'EFFECT' },
    { key: 'notificationsMailed', label: 'Notifications mailed', kind: 'EFFECT' },
    { key: 'ownActionsSkipped', label: 'Own actions, settled without a mail', kind: 'SKIP' },
    { key: 'usersOptedOut', label: 'Users who want no mail', kind: 'SKIP' },
  ],
  guarded: true,
  explains: 'notification',
  // They are of no library, so there is none to tell of users without an address.
  letters: ['LegantoNotificationsLetter', 'LegantoDetailedNotificationsEmailLetter', 'LegantoFullDetailedNotificationsEmailLetter'],
} as const satisfies JobDefinition;

export type Parameters = z.infer<typeof emailLegantoNotifications.parameters>;
