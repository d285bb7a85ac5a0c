/**
 * A schedule as it arrives from outside: its shape, and with a definition what the job offers.
 */
import { z } from 'zod';
import { scheduleProblems, weekdays, type Schedule, type ScheduleChoice } from '../domain/schedule.js';

const everyHours = [2, 3, 4, 6, 8, 12] as const;
const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time HH:mm');
const times = z.array(localTime).min(1).max(4);

const shape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('NONE') }),
  z.strictObject({ kind: z.literal('HOURLY'), minute: z.int().min(0).max(59) }),
  z.strictObject({
    kind: z.literal('EVERY_N_HOURS'),
    everyHours: z.literal([...everyHours]).meta({ enum: [...everyHours] }), // the API's document would show the first one only
    startTime: localTime,
  }),
  z.strictObject({ kind: z.literal('DAILY'), times }),
  z.strictObject({ kind: z.literal('WEEKLY'), times, weekdays: z.array(z.enum(weekdays)).min(1) }),
  z.strictObject({
    kind: z.literal('MONTHLY'),
    times,
    monthDays: z.array(z.union([z.int().min(1).max(28), z.literal('LAST')])).min(1),
  }),
]);

/** Any well-formed schedule, or with `choices` one of those a job offers. */
export function scheduleSchema(choices?: readonly ScheduleChoice[]): z.ZodType<Schedule> {
  return shape.superRefine((schedule, context) => {
    for (const { path, value, expectation } of scheduleProblems(schedule, choices)) {
      context.addIssue({ code: 'custom', path, input: value, message: `${shown(value)} is not ${expectation}` });
    }
  });
}

const shown = (value: unknown) => (Array.isArray(value) ? value.join(' and ') : String(value));
