import { oneWeekday, ordinary, type JobDefinition } from '../definition.js';

/** Fines/Fees Notifications: reminds patrons of what they owe. Specification: fulfillment-loans.md. */
export const finesFeesNotifications = {
  ...ordinary,
  key: 'fines-fees-notifications',
  name: 'Fines/Fees Notifications',
  category: 'FULFILLMENT',
  userSchedulable: true,
  available: true,
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'DAILY', times: [['02:00'], ['05:00']] },
    { kind: 'WEEKLY', weekdays: oneWeekday },
    { kind: 'MONTHLY', monthDays: [[1]] },
  ],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['05:00'] }] },
  defaultActive: [false],
  // Amounts are minor units, one counter per currency: totalDebtNotifiedAmount:EUR.
  counters: [
    { key: 'usersMatchedType1', label: 'Users notified by type 1', kind: 'EFFECT' },
    { key: 'usersMatchedType2', label: 'Users notified by type 2', kind: 'EFFECT' },
    { key: 'usersMatchedType3', label: 'Users notified by type 3', kind: 'EFFECT' },
    { key: 'usersMatchedType4', label: 'Users notified by type 4', kind: 'EFFECT' },
    { key: 'usersMatchedType5', label: 'Users notified by type 5', kind: 'EFFECT' },
    { key: 'lettersType1', label: 'Letters of type 1', kind: 'EFFECT' },
    { key: 'lettersType2', label: 'Letters of type 2', kind: 'EFFECT' },
    { key: 'lettersType3', label: 'Letters of type 3', kind: 'EFFECT' },
    { key: 'lettersType4', label: 'Letters of type 4', kind: 'EFFECT' },
    { key: 'lettersType5', label: 'Letters of type 5', kind: 'EFFECT' },
    { key: 'notificationFees', label: 'Notification fees', kind: 'EFFECT' },
    { key: 'notificationFeesAmount', label: 'Notification fees, amount', kind: 'EFFECT' },
    { key: 'totalDebtNotifiedAmount', label: 'Debt told of, amount', kind: 'EFFECT' },
  ],
  runAfter: ['loans-overdue-and-lost'],
  guarded: true,
  explains: 'user',
  letters: ['FulFinesFeesNotificationLetter', 'UndeliverableLettersReport'],
} as const satisfies JobDefinition;
