import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** PO Line – Claiming: claims what vendors should have delivered. Specification: acquisitions.md. */
export const poLineClaiming = {
  ...ordinary,
  key: 'po-line-claiming',
  name: 'PO Line – Claiming',
  category: 'ACQUISITION',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['02:00'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** null: as the institution's settings auto_claim and auto_claim_co. */
    autoClaim: z.boolean().nullable().default(null),
    autoClaimContinuous: z.boolean().nullable().default(null),
    /** Continuous lines: a notification per overdue item instead of once per line. */
    claimPerIssue: z.boolean().default(false),
  }),
  letters: ['ClaimLetter'],
} as const satisfies JobDefinition;
