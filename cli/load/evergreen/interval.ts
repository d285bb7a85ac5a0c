/** PostgreSQL's intervals as Evergreen keeps them (`14 days`, `01:00:00`, `1 mon`), and the policies of terms of use made of them. */
import type { FineRate, GracePeriod } from '../../../domain/terms-of-use.js';

export interface Interval {
  months: number;
  days: number;
  seconds: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS_OF_A_MONTH = 30; // as PostgreSQL's own justify_interval

const MONTHS_OF = new Map([['year', 12], ['mon', 1], ['month', 1]]);
const DAYS_OF = new Map([['week', 7], ['day', 1]]);
const SECONDS_OF = new Map([['hour', HOUR], ['minute', MINUTE], ['min', MINUTE], ['second', 1], ['sec', 1]]);

/** Null for what is no interval, and for negative ones, which no loan has. */
export function intervalOf(text: string): Interval | null {
  const interval = { months: 0, days: 0, seconds: 0 };
  const rest = text
    .replace(/(\d+):(\d\d)(?::(\d\d)(?:\.\d+)?)?/, (_all, hours: string, minutes: string, seconds = '0') => {
      interval.seconds += Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds);
      return '';
    })
    .replace(/(\d+)\s*([a-z]+?)s?(?=\s|$)/gi, (_all, number: string, unit: string) => {
      const name = unit.toLowerCase();
      const months = MONTHS_OF.get(name);
      const days = DAYS_OF.get(name);
      const seconds = SECONDS_OF.get(name);
      if (months === undefined && days === undefined && seconds === undefined) return unit;
      interval.months += Number(number) * (months ?? 0);
      interval.days += Number(number) * (days ?? 0);
      interval.seconds += Number(number) * (seconds ?? 0);
      return '';
    });
  return rest.trim() === '' && text.trim() !== '' ? interval : null;
}

const secondsOf = ({ months, days, seconds }: Interval) => (months * DAYS_OF_A_MONTH + days) * DAY + seconds;
/** The wall clock counts days and months; only what is neither is elapsed time. */
const isWholeDays = ({ seconds }: Interval) => seconds % DAY === 0;

/** Whether a loan of that length is due at a minute instead of a day (Evergreen lets whole days end at 23:59:59). */
export const isShort = (duration: Interval): boolean => !isWholeDays(duration);

export type Period = { unit: 'MINUTES' | 'HOURS' | 'DAYS' | 'MONTHS'; value: number };

export function periodOf(interval: Interval): Period {
  const { months, days, seconds } = interval;
  if (months > 0 && days === 0 && seconds === 0) return { unit: 'MONTHS', value: months };
  const all = secondsOf(interval);
  if (isWholeDays(interval)) return { unit: 'DAYS', value: all / DAY };
  return all % HOUR === 0 ? { unit: 'HOURS', value: all / HOUR } : { unit: 'MINUTES', value: Math.ceil(all / MINUTE) };
}

/** Evergreen adds the grace to the due time as it stands, and then charges from the due time on. */
export function graceOf(interval: Interval): GracePeriod {
  const { unit, value } = periodOf(interval);
  if (unit === 'MONTHS') return { value: value * DAYS_OF_A_MONTH, unit: 'EXACT_DAYS', excludedFromFine: false };
  return { value, unit: unit === 'DAYS' ? 'EXACT_DAYS' : unit, excludedFromFine: false };
}

const RATES = new Map<number, FineRate['per']>([[MINUTE, 'MINUTE'], [HOUR, 'HOUR'], [DAY, 'DAY']]);

/** Null where the fine is charged per anything but one minute, hour or day. */
export function rateOf(amount: number, every: Interval): FineRate | null {
  const per = RATES.get(secondsOf(every));
  return per === undefined ? null : { amount, per };
}
