import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Activate/Deactivate Courses: opens and closes courses and their reading lists on their days.
 * Specification: fulfillment-requests.md.
 */
export const coursesActivateDeactivate = {
  ...ordinary,
  key: 'courses-activate-deactivate',
  name: 'Activate/Deactivate Courses',
  category: 'FULFILLMENT',
  userSchedulable: false,
  listedWhen: { features: ['COURSES'] },
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['00:10'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    publishBatch: z.int().min(1).default(500),
  }),
} as const satisfies JobDefinition;
