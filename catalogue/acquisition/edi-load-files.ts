import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** EDI – Load Files <vendor name>: loads a vendor's EDI messages. Specification: acquisitions.md. */
export const ediLoadFiles = {
  ...ordinary,
  key: 'edi-load-files',
  name: 'EDI – Load Files <vendor name>',
  category: 'ACQUISITION',
  userSchedulable: true,
  family: { type: 'EDI_VENDOR', subtype: null, action: null },
  instances: 'PER_PROFILE',
  listedWhen: { profile: 'INCOMING_MESSAGES' },
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'HOURLY' }, { kind: 'EVERY_N_HOURS' }, { kind: 'DAILY' }],
  defaultSchedule: { proposed: { kind: 'DAILY', times: ['04:00'] } },
  defaultActive: 'AS_PROFILE',
  runParameters: z.strictObject({
    /** One stored file instead of the vendor's folder. */
    storedFileId: z.string().optional(),
  }),
} as const satisfies JobDefinition;
