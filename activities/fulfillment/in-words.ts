/** How an explanation writes what staff would else have to work out: amounts, moments, ways of sending. */
import { dayText, localDay, localMinutes, type Zone } from '../../domain/days.js';
import type { SendFormat } from '../../domain/letters.js';
import { exponentOf } from '../../domain/money.js';

/** `42.50 USD`; the amount is in minor units. */
export function amountText(amount: number, currency: string): string {
  const decimals = exponentOf(currency);
  return `${(amount / 10 ** decimals).toFixed(decimals)} ${currency}`;
}

/** `2025-06-19 21:00` on the institution's clock. */
export function localText(zone: Zone, instant: number): string {
  const minutes = Math.floor(localMinutes(zone, instant));
  const time = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return `${dayText(localDay(zone, instant))} ${time}`;
}

/** A letter goes *by* it. */
export const wayWords: Readonly<Record<SendFormat, string>> = { EMAIL: 'e-mail', SMS: 'text message', EMAIL_AND_SMS: 'e-mail and text message' };

/** `one fee`, `3 fees`. */
export const numberOf = (count: number, one: string, many = `${one}s`): string => (count === 1 ? `one ${one}` : `${count} ${many}`);
