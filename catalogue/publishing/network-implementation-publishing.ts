import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Network Implementation Publishing Job: publishes the network to a second Primo that is being set up.
 * Specification: publishing-import.md.
 */
export const networkImplementationPublishing = {
  ...ordinary,
  key: 'network-implementation-publishing',
  name: 'Network Implementation Publishing Job',
  category: 'PUBLISHING',
  userSchedulable: true,
  family: { type: 'PUBLISHING', subtype: 'NETWORK_PRIMO_IMPLEMENTATION', action: null },
  instances: 'EXACTLY_ONE_PROFILE',
  listedWhen: { kinds: ['NETWORK'], profile: 'ACTIVE' },
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'HOURLY' },
    { kind: 'EVERY_N_HOURS', everyHours: [2, 3, 6, 12] },
    { kind: 'DAILY', minutes: [0] },
  ],
  defaultSchedule: { slots: [{ kind: 'NONE' }] },
  defaultActive: 'AS_PROFILE_FIRST_INACTIVE',
  priority: 'LOW',
} as const satisfies JobDefinition;
