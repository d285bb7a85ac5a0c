import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Users <external action> Using Profile <integration profile>: exchanges users with the system that knows them.
 * Specification: repository-users-admin.md.
 */
export const usersExternalAction = {
  ...ordinary,
  key: 'users-external-action',
  name: 'Users <external action> Using Profile <integration profile>',
  category: 'USERS',
  userSchedulable: true,
  family: { type: 'INTEGRATION', subtype: 'USERS', action: null },
  instances: 'PER_PROFILE_AND_ACTION',
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'EVERY_N_HOURS', everyHours: [6] },
    { kind: 'DAILY' },
    { kind: 'WEEKLY' },
    { kind: 'MONTHLY' },
  ],
  defaultSchedule: {
    proposedByAction: {
      IMPORT: { kind: 'NONE' },
      SYNCHRONIZE: { kind: 'DAILY', times: ['03:00'] },
      EXPORT: { kind: 'NONE' },
    },
  },
  defaultActive: 'AS_PROFILE',
  locks: [{ name: 'USER_LOAD', mode: 'EXCLUSIVE' }],
  guarded: true,
} as const satisfies JobDefinition;
