import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** Indexing: brings the search index up to date. Specification: repository-users-admin.md. */
export const indexing = {
  ...ordinary,
  key: 'indexing',
  name: 'Indexing',
  category: 'REPOSITORY',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'HOURLY' }],
  defaultSchedule: { slots: [{ kind: 'HOURLY', minute: 20 }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** Every title is rebuilt and compared within so many days. */
    sweepDays: z.int().min(1).default(30),
    /** A title. */
    maxTerms: z.int().min(1).default(2_000),
  }),
  locks: [{ name: 'INDEX', mode: 'EXCLUSIVE' }],
} as const satisfies JobDefinition;
