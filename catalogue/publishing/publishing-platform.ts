import { ordinary, type JobDefinition } from '../definition.js';

/** Publishing Platform Job <profile name>: publishes a set of records as its profile says. Specification: publishing-import.md. */
export const publishingPlatform = {
  ...ordinary,
  key: 'publishing-platform',
  name: 'Publishing Platform Job <profile name>',
  category: 'PUBLISHING',
  userSchedulable: true,
  family: { type: 'PUBLISHING', subtype: 'GENERAL', action: null },
  instances: 'PER_PROFILE',
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'HOURLY' },
    { kind: 'EVERY_N_HOURS', everyHours: [3, 6, 12] },
    { kind: 'DAILY', minutes: [0] },
    { kind: 'WEEKLY', minutes: [0] },
    { kind: 'MONTHLY', minutes: [0] },
  ],
  defaultSchedule: { proposed: { kind: 'NONE' } },
  defaultActive: 'AS_PROFILE',
  locks: [{ name: 'AUTHORITIES', mode: 'SHARED' }],
  priority: 'LOW',
} as const satisfies JobDefinition;
