import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Authorities – Handle Local Authority Record Updates: marks the headings that a changed authority record concerns.
 * Specification: repository-users-admin.md.
 */
export const authoritiesHandleLocalUpdates = {
  ...ordinary,
  key: 'authorities-handle-local-updates',
  name: 'Authorities – Handle Local Authority Record Updates',
  category: 'REPOSITORY',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'HOURLY' }, { kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'HOURLY', minute: 20 }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** Rewrite changed authority ids in bibliographic records. */
    idUpdates: z.boolean().default(false),
  }),
  locks: [{ name: 'AUTHORITIES', mode: 'EXCLUSIVE' }],
} as const satisfies JobDefinition;
