import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Notifications – Send Courtesy Notices and Handle Loan Renewals: renews loans before they are due and tells patrons what falls due.
 * Specification: fulfillment-loans.md.
 */
export const notificationsCourtesyAndRenewals = {
  ...ordinary,
  key: 'notifications-courtesy-and-renewals',
  name: 'Notifications – Send Courtesy Notices and Handle Loan Renewals',
  category: 'FULFILLMENT',
  userSchedulable: true,
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY', times: [['03:00'], ['05:00'], ['07:00'], ['23:00']] }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['03:00'] }] },
  defaultActive: [false],
  parameters: z.strictObject({
    /** A loan enters the window so many days before its due date. */
    daysBeforeDueDate: z.int().min(0).max(60).default(3),
    courtesyMode: z.enum(['ALL_NOT_RENEWED', 'RENEWAL_FAILED_ONLY', 'NONE']).default('ALL_NOT_RENEWED'),
    sendRenewalNotice: z.boolean().default(true),
    courtesySendFormat: z.enum(['EMAIL', 'SMS', 'EMAIL_AND_SMS']).default('EMAIL'),
    renewalSendFormat: z.enum(['EMAIL', 'SMS', 'EMAIL_AND_SMS']).default('EMAIL'),
    /** How far back a loan that fell due while the job did not run is still treated. */
    outageDays: z.int().min(0).max(14).default(7),
  }),
  locks: [{ name: 'LOANS', mode: 'EXCLUSIVE' }],
  runAfter: ['loans-due-date-correction'],
  guarded: true,
  letters: ['FulUserLoansCourtesyLetter', 'AutomaticLoansRenewNotice', 'UndeliverableLettersReport'],
} as const satisfies JobDefinition;
