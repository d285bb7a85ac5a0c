import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/** Notify E-Activation Due Task: reminds staff of electronic resources they were to activate. Specification: acquisitions.md. */
export const notifyEActivationDue = {
  ...ordinary,
  key: 'notify-e-activation-due',
  name: 'Notify E-Activation Due Task',
  category: 'ACQUISITION',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['06:00'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    /** 0: once per due date. */
    repeatEveryDays: z.int().min(0).max(90).default(0),
  }),
  letters: ['NotifyEActivationDueLetter'],
} as const satisfies JobDefinition;
