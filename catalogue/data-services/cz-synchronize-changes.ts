import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** Synchronize Changes from CZ: takes over what changed in the Community Zone. Specification: publishing-import.md. */
export const czSynchronizeChanges = {
  ...ordinary,
  key: 'cz-synchronize-changes',
  name: 'Synchronize Changes from CZ',
  category: 'DATA_SERVICES',
  userSchedulable: false,
  instances: 'TWO_SLOTS',
  listedWhen: { kinds: ['INSTITUTION', 'NETWORK'], exists: 'COMMUNITY_INSTITUTION' },
  scheduleKinds: [{ kind: 'WEEKLY' }],
  defaultSchedule: {
    slots: [
      { kind: 'WEEKLY', weekdays: ['SUN'], times: ['00:00'] },
      { kind: 'WEEKLY', weekdays: ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'], times: ['00:00'] },
    ],
  },
  defaultActive: [true, true],
  parameters: z.strictObject({
    /** null: those of the slot: all in slot 1, ENRICHMENT and AUTHORITY in slot 2. */
    classes: z
      .array(z.enum(['RESOURCE', 'ENRICHMENT', 'AUTHORITY']))
      .min(1)
      .nullable()
      .default(null),
    batchSize: z.int().min(1_000).max(50_000).default(50_000),
    feed: z.enum(['LOCAL', 'HTTP']).default('LOCAL'),
    feedUrl: z.url().nullable().default(null),
    keepPortfoliosWithOrders: z.boolean().default(true),
    deleteOrphanBibs: z.boolean().default(true),
  }),
  locks: [{ name: 'CZ_SYNC', mode: 'EXCLUSIVE' }],
} as const satisfies JobDefinition;
