import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Loans – Due Date Correction after Calendar Change: moves due dates that a changed calendar put on a closed day.
 * Specification: fulfillment-loans.md.
 */
export const loansDueDateCorrection = {
  ...ordinary,
  key: 'loans-due-date-correction',
  name: 'Loans – Due Date Correction after Calendar Change',
  category: 'FULFILLMENT',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['00:15'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** How many days already past may be corrected. */
    pastDays: z.int().min(0).max(30).default(7),
    keepManualDueDates: z.boolean().default(true),
    notify: z.boolean().default(true),
    sendFormat: z.enum(['EMAIL']).default('EMAIL'),
  }),
  runParameters: z.strictObject({
    /** A library and local dates instead of the calendar changes. */
    libraryCode: z.string().optional(),
    from: z.iso.date().optional(),
    to: z.iso.date().optional(),
  }),
  locks: [{ name: 'LOANS', mode: 'EXCLUSIVE' }],
  letters: ['FulItemChangeDueDateLetter'],
} as const satisfies JobDefinition;
