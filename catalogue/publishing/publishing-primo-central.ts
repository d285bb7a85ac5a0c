import { oneWeekday, ordinary, type JobDefinition } from '../definition.js';

/** Publishing to Primo Central: publishes electronic holdings to Primo Central. Specification: publishing-import.md. */
export const publishingPrimoCentral = {
  ...ordinary,
  key: 'publishing-primo-central',
  name: 'Publishing to Primo Central',
  category: 'PUBLISHING',
  userSchedulable: true,
  family: { type: 'PUBLISHING', subtype: 'PRIMO_CENTRAL', action: null },
  instances: 'EXACTLY_ONE_PROFILE',
  listedWhen: { profile: 'ACTIVE' },
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'WEEKLY', weekdays: oneWeekday, minutes: [0] }, { kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'WEEKLY', weekdays: ['SAT'], times: ['20:00'] }] },
  defaultActive: 'AS_PROFILE_FIRST_INACTIVE',
  priority: 'LOW',
} as const satisfies JobDefinition;
