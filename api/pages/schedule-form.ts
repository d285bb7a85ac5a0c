/** The form of a schedule: one part for each kind that the job offers, and what was typed made into a schedule. */
import { weekdays, type Schedule, type ScheduleChoice, type ScheduleKind } from '../../domain/schedule.js';
import { english } from '../../domain/schedule-text.js';
import type { FieldProblem, Form } from './form.js';
import { messageFor } from './form.js';
import { options, type Option } from './query.js';

const kindWords: Readonly<Record<ScheduleKind, string>> = {
  NONE: 'Not scheduled', HOURLY: 'Every hour', EVERY_N_HOURS: 'Every few hours', DAILY: 'Every day', WEEKLY: 'Weekly', MONTHLY: 'Monthly',
};
const MINUTES = Array.from({ length: 12 }, (_, index) => String(index * 5).padStart(2, '0'));
const EVERY = [2, 3, 4, 6, 8, 12];

interface Field {
  id: string;
  name: string;
  label: string;
  hint: string;
  error: string | null;
  /** A choice among these, or, when there are none, a text. */
  select: Option[] | null;
  boxes: Option[] | null;
  value: string;
}

/** A kind of schedule with its fields. Field names carry the kind, so that each kind keeps what was typed. */
export interface KindPart {
  kind: ScheduleKind;
  text: string;
  checked: boolean;
  fields: Field[];
}

/** What the fields show: as sent, or as the saved schedule says. */
type Typed = (name: string) => string[];

export function scheduleParts(choices: readonly ScheduleChoice[], kind: string, typed: Typed, problems: readonly FieldProblem[]): KindPart[] {
  return choices.map((choice) => ({
    kind: choice.kind,
    text: kindWords[choice.kind],
    checked: choice.kind === kind,
    fields: fieldsOf(choice, typed, choice.kind === kind ? problems : []),
  }));
}

function fieldsOf(choice: ScheduleChoice, typed: Typed, problems: readonly FieldProblem[]): Field[] {
  const { kind } = choice;
  const field = (name: string, label: string, hint: string, more: Partial<Field> = {}): Field => {
    const id = `${kind}.${name}`;
    return { id, name: id, label, hint, error: messageFor(problems, name), select: null, boxes: null, value: typed(id).join(', '), ...more };
  };
  const select = (name: string, values: readonly string[], words: (value: string) => string = (value) => value) => ({
    select: options(Object.fromEntries(values.map((value) => [value, words(value)])), typed(`${kind}.${name}`)),
  });
  const times = () =>
    choice.times === undefined
      ? field('times', 'Time', timesHint(choice))
      : field('times', 'Time', 'of the institution’s clock', select('times', choice.times.map((one) => one.join(', '))));

  switch (kind) {
    case 'NONE':
      return [];
    case 'HOURLY':
      return [field('minute', 'Minute of the hour', 'once in every real hour', select('minute', MINUTES))];
    case 'EVERY_N_HOURS':
      return [
        field('everyHours', 'Hours between', '', select('everyHours', (choice.everyHours ?? EVERY).map(String), (hours) => `${hours} hours`)),
        field('startTime', 'One of the times', 'HH:mm, in steps of five minutes'),
      ];
    case 'DAILY':
      return [times()];
    case 'WEEKLY':
      return [daysOfWeek(choice, field, select, typed), times()];
    case 'MONTHLY':
      return [
        choice.monthDays === undefined
          ? field('monthDays', 'Days of the month', '1 to 28, and LAST for the last one, with commas between them')
          : field('monthDays', 'Day of the month', '', select('monthDays', choice.monthDays.map((one) => one.join(', ')))),
        times(),
      ];
  }
}

type MakeField = (name: string, label: string, hint: string, more?: Partial<Field>) => Field;
type MakeSelect = (name: string, values: readonly string[], words?: (value: string) => string) => { select: Option[] };

function daysOfWeek(choice: ScheduleChoice, field: MakeField, select: MakeSelect, typed: Typed): Field {
  if (choice.weekdays !== undefined) {
    const words = (value: string) => english.list(value.split(', ').map((day) => wordOf(day)));
    return field('weekdays', 'Day', '', select('weekdays', choice.weekdays.map((one) => one.join(', ')), words));
  }
  const boxes = options(english.weekday, typed('WEEKLY.weekdays'));
  return field('weekdays', 'Days', '', { boxes });
}

const wordOf = (day: string): string => english.weekday[weekdays.find((one) => one === day) ?? 'MON'];

function timesHint({ mostTimesADay = 4, minutes }: ScheduleChoice): string {
  const steps = minutes === undefined ? 'in steps of five minutes' : `at minute ${minutes.join(' or ')}`;
  return mostTimesADay === 1 ? `HH:mm, ${steps}` : `HH:mm, ${steps}; up to ${mostTimesADay} times, with commas between them`;
}

/** A saved schedule as the fields show it. */
export function typedFrom(schedule: Schedule): Typed {
  const shown: Record<string, string[]> = {
    ...('minute' in schedule && { minute: [String(schedule.minute).padStart(2, '0')] }),
    ...('everyHours' in schedule && { everyHours: [String(schedule.everyHours)], startTime: [schedule.startTime] }),
    ...('times' in schedule && { times: [schedule.times.join(', ')] }),
    ...('weekdays' in schedule && { weekdays: [...schedule.weekdays, schedule.weekdays.join(', ')] }),
    ...('monthDays' in schedule && { monthDays: [schedule.monthDays.join(', ')] }),
  };
  return (name) => {
    const [kind, field = ''] = name.split('.');
    return kind === schedule.kind ? (shown[field] ?? []) : [];
  };
}

export const typedIn = (form: Form): Typed => (name) => form.list(name);

/** What was typed, in the shape of a schedule; whether it is one is for its schema to say. */
export function scheduleInput(form: Form): Record<string, unknown> {
  const kind = form.text('kind');
  const text = (name: string) => form.text(`${kind}.${name}`);
  const words = (name: string) => form.list(`${kind}.${name}`).flatMap((value) => value.split(/[,;\s]+/)).filter((value) => value !== '');
  const number = (value: string) => (/^\d+$/.test(value) ? Number(value) : value);
  switch (kind) {
    case 'HOURLY':
      return { kind, minute: number(text('minute')) };
    case 'EVERY_N_HOURS':
      return { kind, everyHours: number(text('everyHours')), startTime: withTwoDigits(text('startTime')) };
    case 'DAILY':
      return { kind, times: words('times').map(withTwoDigits).sort() };
    case 'WEEKLY':
      return { kind, times: words('times').map(withTwoDigits).sort(), weekdays: words('weekdays') };
    case 'MONTHLY':
      return { kind, times: words('times').map(withTwoDigits).sort(), monthDays: words('monthDays').map((day) => (/^last$/i.test(day) ? 'LAST' : number(day))) };
    default:
      return { kind };
  }
}

/** People type 6:00. */
const withTwoDigits = (time: string): string => (/^\d:\d\d$/.test(time) ? `0${time}` : time);
