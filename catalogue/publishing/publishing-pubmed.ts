import { ordinary, type JobDefinition } from '../definition.js';

/** Publish Records to PubMed: tells PubMed which journals readers can open. Specification: publishing-import.md. */
export const publishingPubmed = {
  ...ordinary,
  key: 'publishing-pubmed',
  name: 'Publish Records to PubMed',
  category: 'PUBLISHING',
  userSchedulable: true,
  family: { type: 'PUBLISHING', subtype: 'PUBMED', action: null },
  instances: 'EXACTLY_ONE_PROFILE',
  listedWhen: { profile: 'ACTIVE' },
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'WEEKLY' }, { kind: 'MONTHLY' }],
  defaultSchedule: { slots: [{ kind: 'WEEKLY', weekdays: ['MON'], times: ['03:00'] }] },
  defaultActive: 'AS_PROFILE_FIRST_INACTIVE',
  priority: 'LOW',
} as const satisfies JobDefinition;
