import { oneWeekday, ordinary, type JobDefinition } from '../definition.js';

/** Fines/Fees Notifications: reminds patrons of what they owe. Specification: fulfillment-loans.md. */
export const finesFeesNotifications = {
  ...ordinary,
  key: 'fines-fees-notifications',
  name: 'Fines/Fees Notifications',
  category: 'FULFILLMENT',
  userSchedulable: true,
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'DAILY', times: [['02:00'], ['05:00']] },
    { kind: 'WEEKLY', weekdays: oneWeekday },
    { kind: 'MONTHLY', monthDays: [[1]] },
  ],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['05:00'] }] },
  defaultActive: [false],
  runAfter: ['loans-overdue-and-lost'],
  guarded: true,
  letters: ['FulFinesFeesNotificationLetter', 'UndeliverableLettersReport'],
} as const satisfies JobDefinition;
