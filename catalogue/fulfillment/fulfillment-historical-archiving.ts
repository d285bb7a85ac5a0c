import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Fulfillment – Handle Historical Archiving: takes the patron out of closed loans, fees and requests.
 * Specification: fulfillment-loans.md.
 */
export const fulfillmentHistoricalArchiving = {
  ...ordinary,
  key: 'fulfillment-historical-archiving',
  name: 'Fulfillment – Handle Historical Archiving',
  category: 'FULFILLMENT',
  userSchedulable: false,
  available: true,
  listedWhen: { onceScheduled: true },
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'DAILY', times: [['01:30']] },
    { kind: 'WEEKLY', weekdays: [['SUN']], times: [['01:30']] },
  ],
  defaultSchedule: { slots: [{ kind: 'NONE' }] },
  defaultActive: [false],
  parameters: z.strictObject({
    loans: z.boolean().default(false),
    loanNotes: z.boolean().default(false),
    fees: z.boolean().default(false),
    feeComments: z.boolean().default(false),
    requests: z.boolean().default(false),
    borrowingRequests: z.boolean().default(false),
  }),
  counters: [
    { key: 'loansExamined', label: 'Loans examined', kind: 'TOTAL' },
    { key: 'loansAnonymized', label: 'Loans anonymised', kind: 'EFFECT' },
    { key: 'loansHeldByFees', label: 'Loans held by open fees', kind: 'SKIP' },
    { key: 'loansRetainedByRule', label: 'Loans retained by a rule', kind: 'SKIP' },
    { key: 'loanNotesRemoved', label: 'Loans whose notes were removed', kind: 'EFFECT' },
    { key: 'feesExamined', label: 'Fees examined', kind: 'TOTAL' },
    { key: 'feesAnonymized', label: 'Fees anonymised', kind: 'EFFECT' },
    { key: 'feesRetainedByRule', label: 'Fees retained by a rule', kind: 'SKIP' },
    { key: 'feeCommentsRemoved', label: 'Fees whose comments were removed', kind: 'EFFECT' },
    { key: 'requestsAnonymized', label: 'Requests anonymised', kind: 'EFFECT' },
    { key: 'requestsRetainedByRule', label: 'Requests retained by a rule', kind: 'SKIP' },
    { key: 'borrowingRequestsAnonymized', label: 'Borrowing requests anonymised', kind: 'EFFECT' },
    { key: 'borrowingRequestsRetainedByRule', label: 'Borrowing requests retained by a rule', kind: 'SKIP' },
  ],
  explains: 'loan',
  alsoExplains: ['fee', 'request', 'borrowingRequest'],
  guarded: true,
} as const satisfies JobDefinition;

export type Parameters = z.infer<typeof fulfillmentHistoricalArchiving.parameters>;
