import { z } from 'zod';
import { ordinary, runSchemaOf, type JobDefinition } from '../definition.js';

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
  available: true,
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
  counters: [
    { key: 'changesProcessed', label: 'Calendar changes worked through', kind: 'TOTAL' },
    { key: 'libraries', label: 'Libraries concerned', kind: 'TOTAL' },
    { key: 'movedLater', label: 'Due dates moved later', kind: 'EFFECT' },
    { key: 'movedEarlier', label: 'Due dates moved earlier', kind: 'EFFECT' },
    { key: 'unchanged', label: 'Due on open time, unchanged', kind: 'TOTAL' },
    { key: 'skippedKeep', label: 'Kept by their terms of use', kind: 'SKIP' },
    { key: 'skippedManual', label: 'Set by hand, left alone', kind: 'SKIP' },
  ],
  runParameters: z
    .strictObject({
      /** A library and local dates, both inclusive. */
      libraryCode: z.string().min(1).optional().describe('With two days: its loans due from the one to the other, instead of the calendar changes'),
      from: z.iso.date().optional(),
      to: z.iso.date().optional(),
    })
    .refine(({ libraryCode, from, to }) => [libraryCode, from, to].every((given) => given === undefined) || [libraryCode, from, to].every((given) => given !== undefined), { path: ['libraryCode'], message: 'A library goes with both days' })
    .refine(({ from, to }) => from === undefined || to === undefined || from <= to, { path: ['to'], message: 'The last day is not before the first' }),
  explains: 'loan',
  locks: [{ name: 'LOANS', mode: 'EXCLUSIVE' }],
  letters: ['FulItemChangeDueDateLetter', 'UndeliverableLettersReport'],
} as const satisfies JobDefinition;

export const correctionSchema = runSchemaOf(loansDueDateCorrection);
export type Parameters = z.infer<typeof correctionSchema>;
