/**
 * How one reader's letters are worded: labels in the reader's language, days and times of the institution's zone, amounts of its
 * currency.
 *
 * Readers are kept: building a formatter costs more than writing a whole letter with it.
 */
import { IntlMessageFormat } from 'intl-messageformat';
import { endOfDay, localDay, zoneOf } from '../domain/days.js';
import { exponentOf } from '../domain/money.js';
import { isLabel, labelText, shippedLabels } from './labels.js';

export interface Reader extends Readonly<Spoken> {
  /** A label with its blanks filled; empty where it is switched off. A name that is no label is a RangeError. */
  say(key: string, values?: Record<string, unknown>): string;
  /** The local day of an instant: `Monday, 3 March 2025`. */
  day(instant: string): string;
  /** S8.4: the day, with its time unless the loan may be kept to the end of that day. A short loan always has its time. */
  due(dueDate: string, shortLoan: boolean): string;
  /** Minor units of the currency, written out: `$12.50`. */
  amount(minorUnits: number): string;
  /** Sorts as the reader's dictionary does. */
  compare(a: string, b: string): number;
}

export interface Spoken {
  /** The reader's, BCP 47. */
  language: string;
  /** The institution's, for labels that the reader's language lacks. */
  defaultLanguage: string;
}

export interface ReaderSettings extends Spoken {
  timeZone: string;
  currency: string;
}

const MINUTE = 60_000;
const readers = new Map<string, Reader>();

/** Kept for the life of the process: as many as there are combinations in use. */
export function readerOf(settings: ReaderSettings): Reader {
  const key = [settings.language, settings.defaultLanguage, settings.timeZone, settings.currency].join(' ');
  let reader = readers.get(key);
  if (reader === undefined) {
    reader = createReader(settings);
    readers.set(key, reader);
  }
  return reader;
}

function createReader({ language, defaultLanguage, timeZone, currency }: ReaderSettings): Reader {
  const zone = zoneOf(timeZone);
  const decimals = exponentOf(currency);
  const day = new Intl.DateTimeFormat(language, { timeZone, dateStyle: 'full' });
  const dayAndTime = new Intl.DateTimeFormat(language, { timeZone, dateStyle: 'full', timeStyle: 'short' });
  const amount = new Intl.NumberFormat(language, {
    style: 'currency', currency, minimumFractionDigits: decimals, maximumFractionDigits: decimals,
  });
  const collator = new Intl.Collator(language, { numeric: true });
  const messages = new Map<string, IntlMessageFormat | null>();

  const messageOf = (key: string): IntlMessageFormat | null => {
    if (!isLabel(key)) throw new RangeError(`"${key}" is not a label`);
    const texts = Object.fromEntries(Object.entries(shippedLabels).map(([name, labels]) => [name, labels[key]]));
    const found = labelText(texts, language, defaultLanguage);
    return found === null ? null : new IntlMessageFormat(found.text, found.from);
  };

  return {
    language,
    defaultLanguage,
    say(key, values) {
      let message = messages.get(key);
      if (message === undefined) {
        message = messageOf(key);
        messages.set(key, message);
      }
      return message === null ? '' : String(message.format(values));
    },
    day: (instant) => day.format(new Date(instant)),
    due(dueDate, shortLoan) {
      const instant = Date.parse(dueDate);
      // From 23:59:00 on it is the end of the day, whichever second was stored.
      const allDay = !shortLoan && instant > endOfDay(zone, localDay(zone, instant)) - MINUTE;
      return (allDay ? day : dayAndTime).format(instant);
    },
    amount: (minorUnits) => amount.format(minorUnits / 10 ** decimals),
    compare: (a, b) => collator.compare(a, b),
  };
}
