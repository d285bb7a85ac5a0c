import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** PO Line – Packaging: packs PO lines that wait for it into purchase orders. Specification: acquisitions.md. */
export const poLinePackaging = {
  ...ordinary,
  key: 'po-line-packaging',
  name: 'PO Line – Packaging',
  category: 'ACQUISITION',
  userSchedulable: true,
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'EVERY_N_HOURS' }, { kind: 'DAILY' }, { kind: 'WEEKLY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['20:00'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    continuousLimit: z.int().min(1).max(200).default(50),
    oneTimeLimit: z.int().min(1).max(200).default(50),
    /** null: as the institution's setting po_packed_by_fund. */
    packageByFund: z.boolean().nullable().default(null),
  }),
  letters: ['OrderListLetter'],
} as const satisfies JobDefinition;
