/** The kinds of values in lines. A CSV cell is text, so numbers and truths may come as text as well. */
import { z } from 'zod';
import { dayNumber, type Day } from '../../../domain/days.js';

const isDay = (text: string): boolean => {
  try {
    dayNumber(text);
    return true;
  } catch {
    return false;
  }
};

export const text = z.string('a text').trim().normalize('NFC').min(1, 'a text that is not empty');
export const code = text.max(100, 'at most 100 characters');
export const integer = z.union([z.int(), z.string().regex(/^-?\d{1,15}$/).transform(Number)], 'a whole number');
export const amount = integer.pipe(z.int().min(0, 'an amount in minor units, from 0 on'));
export const truth = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')], 'true or false');
export const day: z.ZodType<Day> = z.string().refine(isDay, 'a day YYYY-MM-DD');
export const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time HH:mm');
export const instant = z.iso.datetime({ offset: true, error: 'an instant such as 2026-02-03T10:00:00-05:00' }).transform((value) => new Date(value));
export const email = z.email('an e-mail address');
/** In CSV the values of a list stand in one cell, with `|` between. */
export const list = <T>(values: z.ZodType<T>) =>
  z.preprocess((value) => (typeof value === 'string' ? value.split('|') : value), z.array(values, 'a list'));
