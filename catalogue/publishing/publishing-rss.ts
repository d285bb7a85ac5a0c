import { ordinary, type JobDefinition } from '../definition.js';

/** Publishing RSS Feed <profile name>: publishes a feed of new titles. Specification: publishing-import.md. */
export const publishingRss = {
  ...ordinary,
  key: 'publishing-rss',
  name: 'Publishing RSS Feed <profile name>',
  category: 'PUBLISHING',
  userSchedulable: true,
  family: { type: 'PUBLISHING', subtype: 'RSS', action: null },
  instances: 'PER_PROFILE',
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY', minutes: [0] }, { kind: 'WEEKLY', minutes: [0] }],
  defaultSchedule: { proposed: { kind: 'DAILY', times: ['05:00'] } },
  defaultActive: 'AS_PROFILE',
  priority: 'LOW',
} as const satisfies JobDefinition;
