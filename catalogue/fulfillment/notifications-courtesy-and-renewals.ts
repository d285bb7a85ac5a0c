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
  available: true,
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
  counters: [
    { key: 'renewed', label: 'Loans renewed', kind: 'EFFECT' },
    { key: 'renewedShortened', label: 'Loans renewed for a shortened period', kind: 'EFFECT' },
    { key: 'notRenewed', label: 'Loans not renewed', kind: 'TOTAL' },
    { key: 'notRenewedNO_RULE', label: 'Not renewed: no rule names them', kind: 'SKIP' },
    { key: 'notRenewedNOT_RENEWABLE', label: 'Not renewed: their terms allow no renewal', kind: 'SKIP' },
    { key: 'notRenewedRENEW_FEE_APPLIES', label: 'Not renewed: a renewal costs a fee', kind: 'SKIP' },
    { key: 'notRenewedRECALLED', label: 'Not renewed: recalled', kind: 'SKIP' },
    { key: 'notRenewedUSER_INACTIVE', label: 'Not renewed: borrower inactive', kind: 'SKIP' },
    { key: 'notRenewedNO_PATRON_ROLE', label: 'Not renewed: borrower is no patron', kind: 'SKIP' },
    { key: 'notRenewedUSER_EXPIRED', label: 'Not renewed: card has expired', kind: 'SKIP' },
    { key: 'notRenewedUSER_BLOCKED', label: 'Not renewed: borrower blocked', kind: 'SKIP' },
    { key: 'notRenewedCASH_LIMIT', label: 'Not renewed: borrower owes too much', kind: 'SKIP' },
    { key: 'notRenewedOVERDUE_LIMIT', label: 'Not renewed: too many overdue loans', kind: 'SKIP' },
    { key: 'notRenewedOVERDUE_RECALL_LIMIT', label: 'Not renewed: too many overdue recalled loans', kind: 'SKIP' },
    { key: 'notRenewedITEM_REQUESTED', label: 'Not renewed: requested by another', kind: 'SKIP' },
    { key: 'notRenewedEVENT_DATE_MISSING', label: 'Not renewed: the calendar has no such event', kind: 'PROBLEM' },
    { key: 'notRenewedBOOKING_CONFLICT', label: 'Not renewed: booked by another', kind: 'SKIP' },
    { key: 'notRenewedMAX_RENEWAL_REACHED', label: 'Not renewed: lent as long as is allowed', kind: 'SKIP' },
    { key: 'notRenewedUSER_EXPIRES', label: 'Not renewed: card expires', kind: 'SKIP' },
    { key: 'notRenewedSAME_DUE_DATE', label: 'Not renewed: the due date would not be later', kind: 'SKIP' },
    { key: 'tooEarly', label: 'Too early, tried again later', kind: 'SKIP' },
    { key: 'courtesyNotices', label: 'Courtesy notices', kind: 'EFFECT' },
    { key: 'courtesyLetters', label: 'Courtesy letters', kind: 'EFFECT' },
    { key: 'renewalLetters', label: 'Renewal letters', kind: 'EFFECT' },
  ],
  locks: [{ name: 'LOANS', mode: 'EXCLUSIVE' }],
  runAfter: ['loans-due-date-correction'],
  guarded: true,
  explains: 'loan',
  letters: ['FulUserLoansCourtesyLetter', 'AutomaticLoansRenewNotice', 'UndeliverableLettersReport'],
} as const satisfies JobDefinition;

export type Parameters = z.infer<typeof notificationsCourtesyAndRenewals.parameters>;
