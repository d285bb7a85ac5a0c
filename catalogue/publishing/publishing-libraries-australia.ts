import { ordinary, type JobDefinition } from '../definition.js';

/** Upload Holdings to Libraries Australia: sends holdings to Libraries Australia. Specification: publishing-import.md. */
export const publishingLibrariesAustralia = {
  ...ordinary,
  key: 'publishing-libraries-australia',
  name: 'Upload Holdings to Libraries Australia',
  category: 'PUBLISHING',
  userSchedulable: true,
  family: { type: 'PUBLISHING', subtype: 'LIBRARIES_AUSTRALIA', action: null },
  instances: 'EXACTLY_ONE_PROFILE',
  listedWhen: { profile: 'ACTIVE' },
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY' }, { kind: 'WEEKLY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['23:00'] }] },
  defaultActive: 'AS_PROFILE_FIRST_INACTIVE',
  priority: 'LOW',
} as const satisfies JobDefinition;
