import { ordinary, type JobDefinition } from '../definition.js';

/** Publishing to Google Scholar: publishes electronic holdings to Google Scholar. Specification: publishing-import.md. */
export const publishingGoogleScholar = {
  ...ordinary,
  key: 'publishing-google-scholar',
  name: 'Publishing to Google Scholar',
  category: 'PUBLISHING',
  userSchedulable: true,
  family: { type: 'PUBLISHING', subtype: 'GOOGLE_SCHOLAR', action: null },
  instances: 'EXACTLY_ONE_PROFILE',
  listedWhen: { profile: 'ACTIVE' },
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'WEEKLY' }, { kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'WEEKLY', weekdays: ['SUN'], times: ['20:00'] }] },
  defaultActive: 'AS_PROFILE_FIRST_INACTIVE',
  priority: 'LOW',
} as const satisfies JobDefinition;
