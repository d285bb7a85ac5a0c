import { ordinary, type JobDefinition } from '../definition.js';

/** Network Publishing Job: publishes the network's catalogue and its members' to Primo. Specification: publishing-import.md. */
export const networkPublishing = {
  ...ordinary,
  key: 'network-publishing',
  name: 'Network Publishing Job',
  category: 'PUBLISHING',
  userSchedulable: true,
  family: { type: 'PUBLISHING', subtype: 'NETWORK_PRIMO', action: null },
  instances: 'EXACTLY_ONE_PROFILE',
  listedWhen: { kinds: ['NETWORK'], profile: 'ACTIVE' },
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'HOURLY' },
    { kind: 'EVERY_N_HOURS', everyHours: [2, 3, 6, 12] },
    { kind: 'DAILY', minutes: [0] },
  ],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['22:00'] }] },
  defaultActive: 'AS_PROFILE_FIRST_INACTIVE',
  priority: 'LOW',
} as const satisfies JobDefinition;
