import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** Sushi harvesting job: fetches the usage reports of providers. Specification: acquisitions.md. */
export const sushiHarvesting = {
  ...ordinary,
  key: 'sushi-harvesting',
  name: 'Sushi harvesting job',
  category: 'ACQUISITION',
  userSchedulable: false,
  listedWhen: { exists: 'SUSHI_ACCOUNT' },
  scheduleKinds: [{ kind: 'DAILY' }, { kind: 'WEEKLY' }, { kind: 'MONTHLY' }],
  defaultSchedule: { slots: [{ kind: 'WEEKLY', weekdays: ['SUN'], times: ['03:00'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    monthsBack: z.int().min(1).max(36).default(12),
    reharvestMonths: z.int().min(0).max(12).default(0),
    useReportList: z.boolean().default(true),
    /** Runs. */
    maxAttempts: z.int().min(1).default(12),
    parallelAccounts: z.int().min(1).max(8).default(4),
    requestTimeoutSeconds: z.int().min(1).default(180),
    maxResponseMiB: z.int().min(1).default(200),
    keepRaw: z.boolean().default(true),
  }),
} as const satisfies JobDefinition;
