/**
 * Amounts of money and the way from one currency to another.
 *
 * Specification: acquisitions.md C2 and C3; README.md, "Money". Amounts are integers of minor units, rates decimal text; everything
 * between is computed with big integers and rounded once, half away from zero. Nothing else in the house rounds.
 */
import type { Day } from './days.js';

/** Minor units of an ISO 4217 currency. */
export interface Money {
  amount: number;
  currency: string;
}

/** A row of the installation's table: 1 `baseCurrency` is `rate` of `currency` from `date` on, until a later row. */
export interface ExchangeRate {
  baseCurrency: string;
  currency: string;
  date: Day;
  rate: string;
}

/** The amount in another currency, in its minor units; null when no rate is known. */
export type Convert = (money: Money, to: string) => number | null;

// ISO 4217: currencies whose minor unit is not a hundredth.
const EXPONENTS = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
  ...'CLF UYW'.split(' ').map((code) => [code, 4] as const),
]);
const RATE_DECIMALS = 10;

/** How many decimals a currency is written with; a code that is none is a RangeError. */
export function exponentOf(currency: string): number {
  const exponent = EXPONENTS.get(currency);
  if (exponent !== undefined) return exponent;
  if (!knownCurrencies().has(currency)) throw new RangeError(`"${currency}" is not a currency of ISO 4217`);
  return 2;
}

/** C2: round(amount / 10^exponent(from) × rate × 10^exponent(to)), `rate` being units of `to` for 1 unit of the money's currency. */
export function convert({ amount, currency }: Money, to: string, rate: string): number {
  const { digits, scale } = decimal(rate);
  const numerator = BigInt(amount) * digits * 10n ** BigInt(exponentOf(to));
  return Number(roundedQuotient(numerator, 10n ** BigInt(scale + exponentOf(currency))));
}

/** round(amount × percent / 100), half away from zero; a whole percentage. */
export function percentOf(amount: number, percent: number): number {
  return Number(roundedQuotient(BigInt(amount) * BigInt(percent), 100n));
}

/**
 * C3 `rateOn`: units of `to` for 1 unit of `from` by the newest rows up to and including `day`, to ten decimals.
 *
 * `rateDate` is the older of the dates of the two rows, null where both currencies are the base, which is 1 on every day. The answer
 * is null when a row is missing.
 */
export function rateOn(
  rows: readonly ExchangeRate[],
  from: string,
  to: string,
  day: Day,
): { rate: string; rateDate: Day | null } | null {
  const newest = (currency: string) => {
    if (rows.some(({ baseCurrency }) => baseCurrency === currency)) return { rate: '1', date: null };
    const past = rows.filter((row) => row.currency === currency && row.date <= day);
    return past.length === 0 ? null : past.reduce((best, row) => (row.date > best.date ? row : best));
  };
  const [fromRow, toRow] = [newest(from), newest(to)];
  if (fromRow === null || toRow === null) return null;

  const [dividend, divisor] = [decimal(toRow.rate), decimal(fromRow.rate)];
  const quotient = roundedQuotient(
    dividend.digits * 10n ** BigInt(divisor.scale + RATE_DECIMALS),
    divisor.digits * 10n ** BigInt(dividend.scale),
  );
  const [rateDate = null] = [fromRow.date, toRow.date].filter((date) => date !== null).sort();
  return { rate: decimalText(quotient, RATE_DECIMALS), rateDate };
}

/** Converts by the rates of one day, looking each pair of currencies up once. */
export function converterOn(rows: readonly ExchangeRate[], day: Day): Convert {
  const rates = new Map<string, string | null>();
  return (money, to) => {
    if (money.currency === to) return money.amount;
    const pair = `${money.currency} ${to}`;
    let rate = rates.get(pair);
    if (rate === undefined) {
      rate = rateOn(rows, money.currency, to, day)?.rate ?? null;
      rates.set(pair, rate);
    }
    return rate === null ? null : convert(money, to, rate);
  };
}

let currencies: ReadonlySet<string> | undefined;
const knownCurrencies = () => (currencies ??= new Set(Intl.supportedValuesOf('currency')));

function decimal(text: string): { digits: bigint; scale: number } {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined) throw new RangeError(`"${text}" is not a decimal number`);
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

/** Trailing zeros are dropped. */
function decimalText(digits: bigint, scale: number): string {
  const padded = digits.toString().padStart(scale + 1, '0');
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`.replace(/\.?0+$/, '');
}

/** Half away from zero; the divisor is positive. */
function roundedQuotient(numerator: bigint, divisor: bigint): bigint {
  const magnitude = ((numerator < 0n ? -numerator : numerator) * 2n + divisor) / (divisor * 2n);
  return numerator < 0n ? -magnitude : magnitude;
}
