import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** PO Line – Deferred: sets PO lines aside and brings them back on their day. Specification: acquisitions.md. */
export const poLineDeferred = {
  ...ordinary,
  key: 'po-line-deferred',
  name: 'PO Line – Deferred',
  category: 'ACQUISITION',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['03:00'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** A deferred line holds no money. */
    releaseEncumbrance: z.boolean().default(true),
  }),
} as const satisfies JobDefinition;
