/**
 * The sentence of a schedule, as pages and the API show it. Specification: platform.md 3.
 *
 * What is said is settled here; how it is said is a table of words, so that a language is a table more.
 */
import {
  timesEvery,
  timeText,
  weekdays,
  type LocalTime,
  type MonthDay,
  type Schedule,
  type Weekday,
} from './schedule.js';

/** The phrases of one language. Lists arrive joined, times as HH:mm. */
export interface ScheduleWords {
  none: string;
  hourly: (minute: string) => string;
  everyHours: (hours: number, times: string) => string;
  daily: (times: string) => string;
  everyWeekday: (times: string) => string;
  weekly: (days: string, times: string) => string;
  monthly: (days: string, times: string) => string;
  monthDays: (days: string) => string;
  lastDay: string;
  weekday: Record<Weekday, string>;
  list: (items: readonly string[]) => string;
}

export const english: ScheduleWords = {
  none: 'Not scheduled',
  hourly: (minute) => `Every hour at :${minute}`,
  everyHours: (hours, times) => `Every ${hours} hours (${times})`,
  daily: (times) => `Every day at ${times}`,
  everyWeekday: (times) => `Every weekday at ${times}`,
  weekly: (days, times) => `Weekly on ${days} at ${times}`,
  monthly: (days, times) => `Monthly on ${days} at ${times}`,
  monthDays: (days) => `day ${days}`,
  lastDay: 'the last day',
  weekday: {
    MON: 'Monday',
    TUE: 'Tuesday',
    WED: 'Wednesday',
    THU: 'Thursday',
    FRI: 'Friday',
    SAT: 'Saturday',
    SUN: 'Sunday',
  },
  list: (items) => (items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`),
};

export function scheduleText(schedule: Schedule, words: ScheduleWords = english): string {
  switch (schedule.kind) {
    case 'NONE':
      return words.none;
    case 'HOURLY':
      return words.hourly(String(schedule.minute).padStart(2, '0'));
    case 'EVERY_N_HOURS': {
      const times = timesEvery(schedule.everyHours, schedule.startTime).map(timeText);
      return words.everyHours(schedule.everyHours, times.join(', '));
    }
    case 'DAILY':
      return words.daily(words.list(schedule.times));
    case 'WEEKLY':
      return weeklyText(schedule.weekdays, schedule.times, words);
    case 'MONTHLY':
      return words.monthly(monthDaysText(schedule.monthDays, words), words.list(schedule.times));
  }
}

function weeklyText(chosen: readonly Weekday[], chosenTimes: readonly LocalTime[], words: ScheduleWords): string {
  const times = words.list(chosenTimes);
  const days = weekdays.filter((day) => chosen.includes(day));
  if (days.length === 7) return words.daily(times);
  if (days.join() === 'MON,TUE,WED,THU,FRI') return words.everyWeekday(times);
  return words.weekly(words.list(days.map((day) => words.weekday[day])), times);
}

function monthDaysText(chosen: readonly MonthDay[], words: ScheduleWords): string {
  const days = chosen.filter((day) => day !== 'LAST').sort((a, b) => a - b);
  const last = chosen.includes('LAST') ? [words.lastDay] : [];
  if (days.length === 0) return words.lastDay;
  return words.monthDays(words.list([...days.map(String), ...last]));
}
