import { ordinary, type JobDefinition } from '../definition.js';

/** Publishing to OCLC – Holdings Records: sends holdings records to OCLC. Specification: publishing-import.md. */
export const publishingOclcHoldings = {
  ...ordinary,
  key: 'publishing-oclc-holdings',
  name: 'Publishing to OCLC – Holdings Records',
  category: 'PUBLISHING',
  userSchedulable: true,
  family: { type: 'PUBLISHING', subtype: 'OCLC_HOLDINGS', action: null },
  instances: 'PER_PROFILE',
  listedWhen: { profile: 'ACTIVE' },
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY' }, { kind: 'WEEKLY' }, { kind: 'MONTHLY' }],
  defaultSchedule: { slots: [{ kind: 'WEEKLY', weekdays: ['SUN'], times: ['04:00'] }] },
  defaultActive: 'AS_PROFILE_FIRST_INACTIVE',
  priority: 'LOW',
} as const satisfies JobDefinition;
