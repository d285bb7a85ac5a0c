import { ordinary, type JobDefinition } from '../definition.js';

/** Publishing to Primo: publishes the catalogue to Primo. Specification: publishing-import.md. */
export const publishingPrimo = {
  ...ordinary,
  key: 'publishing-primo',
  name: 'Publishing to Primo',
  category: 'PUBLISHING',
  userSchedulable: true,
  family: { type: 'PUBLISHING', subtype: 'PRIMO', action: null },
  instances: 'EXACTLY_ONE_PROFILE',
  listedWhen: { profile: 'ACTIVE' },
  scheduleKinds: [
    { kind: 'NONE' },
    { kind: 'HOURLY' },
    { kind: 'EVERY_N_HOURS', everyHours: [2, 3, 6, 12] },
    { kind: 'DAILY', minutes: [0] },
  ],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['01:00'] }] },
  defaultActive: 'AS_PROFILE_FIRST_INACTIVE',
  priority: 'LOW',
} as const satisfies JobDefinition;
