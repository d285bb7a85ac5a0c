import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Export to Bursar Using Profile <integration profile>: hands fees to the office that collects them.
 * Specification: repository-users-admin.md.
 */
export const bursarExport = {
  ...ordinary,
  key: 'bursar-export',
  name: 'Export to Bursar Using Profile <integration profile>',
  category: 'USERS',
  userSchedulable: true,
  family: { type: 'INTEGRATION', subtype: 'BURSAR', action: null },
  instances: 'PER_PROFILE',
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY' }, { kind: 'WEEKLY' }, { kind: 'MONTHLY' }],
  defaultSchedule: { proposed: { kind: 'NONE' } },
  defaultActive: 'AS_PROFILE',
  guarded: true,
} as const satisfies JobDefinition;
