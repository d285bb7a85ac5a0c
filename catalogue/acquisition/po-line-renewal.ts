import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** PO Line – Renewal: renews continuous PO lines whose renewal is due. Specification: acquisitions.md. */
export const poLineRenewal = {
  ...ordinary,
  key: 'po-line-renewal',
  name: 'PO Line – Renewal',
  category: 'ACQUISITION',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['01:00'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** null: as the institution's setting po_line_send_notification_to_vendor_on_renew. */
    notifyVendor: z.boolean().nullable().default(null),
    maxCycles: z.int().min(1).default(120),
  }),
  letters: ['PoLineRenewalLetter'],
} as const satisfies JobDefinition;
