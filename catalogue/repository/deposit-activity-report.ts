import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** Deposit Activity Report: tells depositors how their deposits stand. Specification: repository-users-admin.md. */
export const depositActivityReport = {
  ...ordinary,
  key: 'deposit-activity-report',
  name: 'Deposit Activity Report',
  category: 'REPOSITORY',
  userSchedulable: true,
  listedWhen: { features: ['DEPOSITS'] },
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY' }, { kind: 'WEEKLY' }, { kind: 'MONTHLY' }],
  defaultSchedule: { slots: [{ kind: 'WEEKLY', weekdays: ['MON'], times: ['07:00'] }] },
  defaultActive: [false],
  parameters: z.strictObject({
    includeDrafts: z.boolean().default(true),
    includeDecidedSinceLast: z.boolean().default(true),
    onlyIfChanged: z.boolean().default(false),
  }),
  guarded: true,
  letters: ['DepositActivityLetter'],
} as const satisfies JobDefinition;
