import { ordinary, type JobDefinition } from '../definition.js';

/** Letters Purge with Retention: deletes the text of letters kept long enough. Specification: repository-users-admin.md. */
export const lettersPurgeWithRetention = {
  ...ordinary,
  key: 'letters-purge-with-retention',
  name: 'Letters Purge with Retention',
  category: 'USERS',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'WEEKLY' }, { kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'WEEKLY', weekdays: ['SUN'], times: ['02:30'] }] },
  defaultActive: [true],
  guarded: true,
} as const satisfies JobDefinition;
