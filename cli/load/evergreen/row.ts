/** One row of a dump, its values read by what the column holds; what cannot be read leaves the row out, with the reason. */
import { dayText, localDay, type Day, type Zone } from '../../../domain/days.js';
import { exponentOf } from '../../../domain/money.js';

/** Why a row is not loaded. The reason is counted, so it names no values; the detail does. */
export class LeftOut extends Error {
  constructor(
    readonly reason: string,
    readonly detail = '',
  ) {
    super(reason);
    this.name = 'LeftOut';
  }
}

const TIME_STAMP = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?([+-]\d\d)(?::?(\d\d))?$/;

export class Row {
  constructor(
    private readonly columns: ReadonlyMap<string, number>,
    private readonly values: readonly (string | null)[],
  ) {}

  /** What the row is called in the report. */
  get label(): string {
    return `id ${this.maybeText('id') ?? '?'}`;
  }

  /** Trimmed and NFC; null for null, for nothing but blanks and for a column that this dump does not have. */
  maybeText(column: string): string | null {
    const index = this.columns.get(column);
    const value = index === undefined ? null : (this.values[index] ?? null);
    if (value === null) return null;
    const text = value.trim().normalize('NFC');
    return text === '' ? null : text;
  }

  text(column: string): string {
    const value = this.maybeText(column);
    if (value === null) throw new LeftOut(`${column} is empty`);
    return value;
  }

  /** PostgreSQL writes t and f; dumps that went through other tools 1 and 0. Null is no. */
  flag(column: string): boolean {
    const value = this.maybeText(column);
    if (value === 't' || value === '1' || value === 'true') return true;
    if (value === 'f' || value === '0' || value === 'false' || value === null) return false;
    throw new LeftOut(`${column} is neither true nor false`, value);
  }

  /** A time stamp with its offset; the microseconds are cut to milliseconds. */
  maybeInstant(column: string): Date | null {
    const value = this.maybeText(column);
    if (value === null) return null;
    const [, day, time, fraction = '', offset, minutes = '00'] = TIME_STAMP.exec(value) ?? [];
    const instant = new Date(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}:${minutes}`);
    if (day === undefined || Number.isNaN(instant.getTime())) throw new LeftOut(`${column} is not a time stamp with an offset`, value);
    return instant;
  }

  instant(column: string): Date {
    const value = this.maybeInstant(column);
    if (value === null) throw new LeftOut(`${column} is empty`);
    return value;
  }

  maybeDay(column: string, zone: Zone): Day | null {
    const instant = this.maybeInstant(column);
    return instant === null ? null : dayText(localDay(zone, instant.getTime()));
  }

  /** Minor units of the currency; an amount with more decimals than it has cannot be read. */
  maybeAmount(column: string, currency: string): number | null {
    const value = this.maybeText(column);
    if (value === null) return null;
    const amount = minorUnits(value, exponentOf(currency));
    if (amount === null) throw new LeftOut(`${column} is no amount of ${currency}`, value);
    return amount;
  }

  amount(column: string, currency: string): number {
    const value = this.maybeAmount(column, currency);
    if (value === null) throw new LeftOut(`${column} is empty`);
    return value;
  }
}

/** `12.5` with two decimals is 1250: digits are moved, nothing is computed with fractions. Null for what is no such amount. */
export function minorUnits(text: string, decimals: number): number | null {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (sign === undefined || /[1-9]/.test(fraction.slice(decimals))) return null;
  const amount = Number(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  if (!Number.isSafeInteger(amount)) return null;
  return sign === '-' && amount > 0 ? -amount : amount;
}
