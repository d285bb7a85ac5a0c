import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Configuration - Run HealthCheck tests on the system: tests the configuration for what cannot work.
 * Specification: repository-users-admin.md.
 */
export const configurationHealthCheck = {
  ...ordinary,
  key: 'configuration-health-check',
  name: 'Configuration - Run HealthCheck tests on the system',
  category: 'ADMINISTRATION',
  userSchedulable: true,
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'WEEKLY', weekdays: [['MON']], times: [['06:00']] },
    { kind: 'MONTHLY', monthDays: [[2]], times: [['06:00']] },
  ],
  defaultSchedule: { slots: [{ kind: 'WEEKLY', weekdays: ['MON'], times: ['06:00'] }] },
  defaultActive: [false],
  parameters: z.strictObject({
    areas: z
      .array(z.enum(['FULFILLMENT', 'ACQUISITIONS', 'USER_MANAGEMENT', 'RESOURCE_MANAGEMENT', 'PLATFORM']))
      .default(['FULFILLMENT', 'ACQUISITIONS', 'USER_MANAGEMENT', 'RESOURCE_MANAGEMENT', 'PLATFORM']),
    /** Whether file and mail servers are really connected to. */
    connectionTests: z.boolean().default(true),
    sampleSize: z.int().min(1).default(50),
    keepRuns: z.int().min(1).default(26),
  }),
} as const satisfies JobDefinition;
