/**
 * Schedules as librarians choose them: which kinds there are, and which of them a job offers.
 *
 * Specification: platform.md 3. A schedule speaks of the wall clock of the institution; instants are made in `occurrences.ts`.
 */

export const weekdays = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;
export type Weekday = (typeof weekdays)[number];

/** `HH:mm`, 00:00 to 23:59. */
export type LocalTime = string;
export type EveryHours = 2 | 3 | 4 | 6 | 8 | 12;
/** 1 to 28, so that no month is passed over; the end of a month is LAST. */
export type MonthDay = number | 'LAST';

export type Schedule =
  | { readonly kind: 'NONE' }
  | { readonly kind: 'HOURLY'; readonly minute: number }
  | { readonly kind: 'EVERY_N_HOURS'; readonly everyHours: EveryHours; readonly startTime: LocalTime }
  | { readonly kind: 'DAILY'; readonly times: readonly LocalTime[] }
  | { readonly kind: 'WEEKLY'; readonly times: readonly LocalTime[]; readonly weekdays: readonly Weekday[] }
  | { readonly kind: 'MONTHLY'; readonly times: readonly LocalTime[]; readonly monthDays: readonly MonthDay[] };
export type ScheduleKind = Schedule['kind'];

/** A kind of schedule that a job offers. Each list holds the whole values there are to choose from; what is not named is free. */
export interface ScheduleChoice {
  readonly kind: ScheduleKind;
  readonly everyHours?: readonly EveryHours[];
  readonly times?: readonly (readonly LocalTime[])[];
  /** The minutes of the hour that times may have. */
  readonly minutes?: readonly number[];
  readonly mostTimesADay?: number;
  readonly weekdays?: readonly (readonly Weekday[])[];
  readonly monthDays?: readonly (readonly MonthDay[])[];
}

/** What is wrong with a schedule: where, which value, and what was expected there. */
export interface ScheduleProblem {
  path: (string | number)[];
  value: unknown;
  expectation: string;
}

/** Minutes since 00:00 on the wall clock. */
export function minutesOf(time: LocalTime): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

export function timeText(minutes: number): LocalTime {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** The times of a day of EVERY_N_HOURS: startTime + k·N for every whole k, also negative, ascending. */
export function timesEvery(everyHours: EveryHours, startTime: LocalTime): number[] {
  const step = everyHours * 60;
  const first = minutesOf(startTime) % step;
  return Array.from({ length: 24 / everyHours }, (_, k) => first + k * step);
}

/** Every problem of a well-formed schedule; with `choices`, also where it is none of what the job offers. */
export function scheduleProblems(schedule: Schedule, choices?: readonly ScheduleChoice[]): ScheduleProblem[] {
  return [...generalProblems(schedule), ...(choices === undefined ? [] : narrowingProblems(schedule, choices))];
}

const FIVE_MINUTES = 'a multiple of five minutes';

function generalProblems(schedule: Schedule): ScheduleProblem[] {
  switch (schedule.kind) {
    case 'NONE':
      return [];
    case 'HOURLY':
      return schedule.minute % 5 === 0 ? [] : [{ path: ['minute'], value: schedule.minute, expectation: FIVE_MINUTES }];
    case 'EVERY_N_HOURS':
      return minutesOf(schedule.startTime) % 5 === 0
        ? []
        : [{ path: ['startTime'], value: schedule.startTime, expectation: FIVE_MINUTES }];
    case 'DAILY':
      return timesProblems(schedule.times);
    case 'WEEKLY':
      return [...timesProblems(schedule.times), ...repeated('weekdays', schedule.weekdays)];
    case 'MONTHLY':
      return [...timesProblems(schedule.times), ...repeated('monthDays', schedule.monthDays)];
  }
}

function timesProblems(times: readonly LocalTime[]): ScheduleProblem[] {
  return times.flatMap((time, index) => {
    const previous = times[index - 1];
    if (minutesOf(time) % 5 !== 0) return [{ path: ['times', index], value: time, expectation: FIVE_MINUTES }];
    if (previous === undefined || previous < time) return [];
    return [{ path: ['times', index], value: time, expectation: `a time after ${previous}` }];
  });
}

function repeated(field: string, values: readonly (string | number)[]): ScheduleProblem[] {
  return values.flatMap((value, index) =>
    values.indexOf(value) < index ? [{ path: [field, index], value, expectation: 'each day once' }] : [],
  );
}

function narrowingProblems(schedule: Schedule, choices: readonly ScheduleChoice[]): ScheduleProblem[] {
  const choice = choices.find(({ kind }) => kind === schedule.kind);
  if (choice === undefined) {
    return [{ path: ['kind'], value: schedule.kind, expectation: oneOf(choices.map(({ kind }) => kind)) }];
  }
  switch (schedule.kind) {
    case 'NONE':
    case 'HOURLY':
      return [];
    case 'EVERY_N_HOURS':
      return choice.everyHours === undefined || choice.everyHours.includes(schedule.everyHours)
        ? []
        : [{ path: ['everyHours'], value: schedule.everyHours, expectation: oneOf(choice.everyHours) }];
    case 'DAILY':
      return outsideTimes(schedule.times, choice);
    case 'WEEKLY':
      return [...outsideTimes(schedule.times, choice), ...outside('weekdays', schedule.weekdays, choice.weekdays)];
    case 'MONTHLY':
      return [...outsideTimes(schedule.times, choice), ...outside('monthDays', schedule.monthDays, choice.monthDays)];
  }
}

function outsideTimes(times: readonly LocalTime[], choice: ScheduleChoice): ScheduleProblem[] {
  const { minutes, mostTimesADay } = choice;
  const problems = outside('times', times, choice.times);
  if (mostTimesADay !== undefined && times.length > mostTimesADay) {
    problems.push({ path: ['times'], value: times, expectation: `at most ${mostTimesADay} a day` });
  }
  for (const [index, time] of times.entries()) {
    if (minutes === undefined || minutes.includes(minutesOf(time) % 60)) continue;
    const expectation = oneOf(minutes.map((minute) => `HH:${String(minute).padStart(2, '0')}`));
    problems.push({ path: ['times', index], value: time, expectation });
  }
  return problems;
}

function outside<T>(
  field: string,
  value: readonly T[],
  offered: readonly (readonly T[])[] | undefined,
): ScheduleProblem[] {
  if (offered === undefined || offered.some((one) => sameSet(one, value))) return [];
  return [{ path: [field], value, expectation: oneOf(offered.map((one) => one.join(' and '))) }];
}

const sameSet = <T>(a: readonly T[], b: readonly T[]) => a.length === b.length && a.every((one) => b.includes(one));

function oneOf(values: readonly (string | number)[]): string {
  const last = values.at(-1)!;
  return values.length === 1 ? String(last) : `${values.slice(0, -1).join(', ')} or ${last}`;
}
