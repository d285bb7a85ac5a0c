import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Inventory Remote Storage Update – <integration profile>: tells a remote storage what changed about its items.
 * Specification: repository-users-admin.md.
 */
export const remoteStorageUpdate = {
  ...ordinary,
  key: 'remote-storage-update',
  name: 'Inventory Remote Storage Update – <integration profile>',
  category: 'REPOSITORY',
  userSchedulable: false,
  family: { type: 'INTEGRATION', subtype: 'REMOTE_STORAGE', action: null },
  instances: 'PER_PROFILE',
  scheduleKinds: [{ kind: 'EVERY_N_HOURS' }, { kind: 'HOURLY' }, { kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'EVERY_N_HOURS', everyHours: 2, startTime: '00:00' }] },
  defaultActive: 'AS_PROFILE',
} as const satisfies JobDefinition;
