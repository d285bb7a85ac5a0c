import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Loans – Overdue and Lost Item: tells patrons what is overdue, step by step, and in the end declares it lost.
 * Specification: fulfillment-loans.md.
 */
export const loansOverdueAndLost = {
  ...ordinary,
  key: 'loans-overdue-and-lost',
  name: 'Loans – Overdue and Lost Item',
  category: 'FULFILLMENT',
  userSchedulable: true,
  available: true,
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY', times: [['01:00'], ['04:00'], ['10:00'], ['16:00'], ['22:00']] }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['04:00'] }] },
  defaultActive: [false],
  parameters: z.strictObject({
    /** One letter per user and notification type with all loans of the run, or one per loan. */
    singleLetterPerType: z.boolean().default(true),
    /** How many days late a notification may still fire after missed runs; changing to lost has no such limit. */
    catchUpDays: z.int().min(0).max(60).default(7),
  }),
  // Amounts are minor units, one counter per currency: notificationFinesAmount:EUR.
  counters: [
    { key: 'matched', label: 'Loans with a profile that fired', kind: 'TOTAL' },
    { key: 'notificationsType1', label: 'Overdue notifications 1', kind: 'EFFECT' },
    { key: 'notificationsType2', label: 'Overdue notifications 2', kind: 'EFFECT' },
    { key: 'notificationsType3', label: 'Overdue notifications 3', kind: 'EFFECT' },
    { key: 'notificationsType4', label: 'Overdue notifications 4', kind: 'EFFECT' },
    { key: 'notificationsType5', label: 'Overdue notifications 5', kind: 'EFFECT' },
    { key: 'changedToLost', label: 'Loans changed to lost', kind: 'EFFECT' },
    { key: 'superseded', label: 'Notifications superseded by a later stage', kind: 'SKIP' },
    { key: 'notificationFines', label: 'Overdue notification fines', kind: 'EFFECT' },
    { key: 'notificationFinesAmount', label: 'Overdue notification fines, amount', kind: 'EFFECT' },
    { key: 'replacementFees', label: 'Replacement fees', kind: 'EFFECT' },
    { key: 'replacementFeesAmount', label: 'Replacement fees, amount', kind: 'EFFECT' },
    { key: 'processFees', label: 'Lost item process fees', kind: 'EFFECT' },
    { key: 'processFeesAmount', label: 'Lost item process fees, amount', kind: 'EFFECT' },
    { key: 'overdueFines', label: 'Overdue fines', kind: 'EFFECT' },
    { key: 'overdueFinesAmount', label: 'Overdue fines, amount', kind: 'EFFECT' },
    { key: 'notificationFees', label: 'Notification fees', kind: 'EFFECT' },
    { key: 'notificationFeesAmount', label: 'Notification fees, amount', kind: 'EFFECT' },
    { key: 'blocksPlaced', label: 'Users blocked', kind: 'EFFECT' },
    { key: 'lettersType1', label: 'Letters of type 1', kind: 'EFFECT' },
    { key: 'lettersType2', label: 'Letters of type 2', kind: 'EFFECT' },
    { key: 'lettersType3', label: 'Letters of type 3', kind: 'EFFECT' },
    { key: 'lettersType4', label: 'Letters of type 4', kind: 'EFFECT' },
    { key: 'lettersType5', label: 'Letters of type 5', kind: 'EFFECT' },
    { key: 'lettersLost', label: 'Letters about lost items', kind: 'EFFECT' },
  ],
  locks: [{ name: 'LOANS', mode: 'EXCLUSIVE' }],
  runAfter: ['loans-due-date-correction', 'notifications-courtesy-and-renewals'],
  guarded: true,
  explains: 'loan',
  letters: [
    'FulOverdueAndLostLoanNotificationLetter',
    'FulOverdueAndLostLoanLetter',
    'FulLostLoanNotificationLetter',
    'FulLostLoanLetter',
    'UndeliverableLettersReport',
  ],
} as const satisfies JobDefinition;

export type Parameters = z.infer<typeof loansOverdueAndLost.parameters>;
