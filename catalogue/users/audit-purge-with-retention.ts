import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** Audit Purge with Retention: deletes the history of users kept long enough. Specification: repository-users-admin.md. */
export const auditPurgeWithRetention = {
  ...ordinary,
  key: 'audit-purge-with-retention',
  name: 'Audit Purge with Retention',
  category: 'USERS',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'WEEKLY' }, { kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'WEEKLY', weekdays: ['SUN'], times: ['03:30'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** null: nothing is deleted. */
    userHistoryRetentionDays: z.int().min(30).max(3650).nullable().default(null),
  }),
  guarded: true,
} as const satisfies JobDefinition;
