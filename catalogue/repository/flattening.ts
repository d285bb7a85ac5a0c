import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** Flattening: gathers what discovery and reports need to know of a title. Specification: repository-users-admin.md. */
export const flattening = {
  ...ordinary,
  key: 'flattening',
  name: 'Flattening',
  category: 'REPOSITORY',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'HOURLY' }],
  defaultSchedule: { slots: [{ kind: 'HOURLY', minute: 0 }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** Every title is rebuilt and compared within so many days. */
    sweepDays: z.int().min(1).default(30),
    /** null: all. */
    factAreas: z.array(z.string()).nullable().default(null),
    /** Local time HH:mm: the first run at or after it refreshes the facts. */
    factsAt: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .default('02:00'),
    maxLocationsPerTitle: z.int().min(1).default(1_000),
  }),
  locks: [{ name: 'INDEX', mode: 'EXCLUSIVE' }],
} as const satisfies JobDefinition;
