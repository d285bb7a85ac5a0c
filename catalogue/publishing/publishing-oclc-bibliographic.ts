import { ordinary, type JobDefinition } from '../definition.js';

/** Publishing to OCLC – Bibliographic Records: sends bibliographic records to OCLC. Specification: publishing-import.md. */
export const publishingOclcBibliographic = {
  ...ordinary,
  key: 'publishing-oclc-bibliographic',
  name: 'Publishing to OCLC – Bibliographic Records',
  category: 'PUBLISHING',
  userSchedulable: true,
  family: { type: 'PUBLISHING', subtype: 'OCLC_BIB', action: null },
  instances: 'PER_PROFILE',
  listedWhen: { profile: 'ACTIVE' },
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY' }, { kind: 'WEEKLY' }, { kind: 'MONTHLY' }],
  defaultSchedule: { slots: [{ kind: 'WEEKLY', weekdays: ['SUN'], times: ['02:00'] }] },
  defaultActive: 'AS_PROFILE_FIRST_INACTIVE',
  priority: 'LOW',
} as const satisfies JobDefinition;
