import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** Document Delivery Files Cleanup: deletes delivered copies that may no longer be viewed. Specification: fulfillment-requests.md. */
export const documentDeliveryFilesCleanup = {
  ...ordinary,
  key: 'document-delivery-files-cleanup',
  name: 'Document Delivery Files Cleanup',
  category: 'FULFILLMENT',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['04:00'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** Between the last permitted view and the deletion, so that a running download is not cut off. */
    graceHours: z.int().min(0).max(168).default(24),
  }),
  guarded: true,
} as const satisfies JobDefinition;
