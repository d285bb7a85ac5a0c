/** A day and time as a form says it, by the clock of the institution. */
import { z } from 'zod';
import { minutesOf } from '../../domain/calendar.js';
import { dayNumber, localToInstant, type Zone } from '../../domain/days.js';
import { shownValue } from '../input-problems.js';

/** `2026-05-12T04:00` of a date field, or the same with a blank; null: nothing was typed. */
export function localInstant(zone: Zone, typed: string): Date | null | 'WRONG' {
  if (typed === '') return null;
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[T ]([01]\d:[0-5]\d|2[0-3]:[0-5]\d)$/.exec(typed) ?? [];
  if (day === undefined || time === undefined || !z.iso.date().safeParse(day).success) return 'WRONG';
  return new Date(localToInstant(zone, dayNumber(day), minutesOf(time)));
}

/** Of a text that is none. */
export const noInstant = (typed: string): string => `${shownValue(typed)} was given; expected a day and time, as 2026-05-12 04:00`;
