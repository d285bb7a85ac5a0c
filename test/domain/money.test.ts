import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { convert, converterOn, exponentOf, rateOn, type ExchangeRate } from '../../domain/money.js';

const row = (currency: string, rate: string, date = '2025-03-03'): ExchangeRate => ({
  baseCurrency: 'EUR',
  currency,
  date,
  rate,
});
const rates = [row('USD', '1.0850'), row('GBP', '0.8543', '2025-02-28')];

describe('conversion (C2)', () => {
  test('12,500 JPY at 0.0061 are 76.25 EUR', () => {
    assert.equal(convert({ amount: 12_500, currency: 'JPY' }, 'EUR', '0.0061'), 7625);
  });
  test('300.00 NOK at 0.1 are 30.00 EUR', () => {
    assert.equal(convert({ amount: 30_000, currency: 'NOK' }, 'EUR', '0.1'), 3000);
  });
  test('halves are rounded away from zero, once', () => {
    assert.equal(convert({ amount: 1, currency: 'USD' }, 'EUR', '0.5'), 1);
    assert.equal(convert({ amount: -1, currency: 'USD' }, 'EUR', '0.5'), -1);
    assert.equal(convert({ amount: 1, currency: 'USD' }, 'EUR', '0.4999999999'), 0);
    assert.equal(convert({ amount: 115, currency: 'USD' }, 'EUR', '0.7'), 81); // 80.5, in floating point 80.49…
  });
  test('minor units follow ISO 4217', () => {
    assert.deepEqual(['JPY', 'USD', 'KWD', 'CLF'].map(exponentOf), [0, 2, 3, 4]);
    assert.equal(convert({ amount: 1000, currency: 'KWD' }, 'JPY', '480.5'), 481);
    assert.throws(() => exponentOf('XYZ'), RangeError);
    assert.throws(() => exponentOf('usd'), RangeError);
  });
  test('a rate that is no decimal number is refused', () => {
    assert.throws(() => convert({ amount: 1, currency: 'USD' }, 'EUR', '1e3'), RangeError);
  });
});

describe('the rate of a day (C3)', () => {
  test('two currencies are compared through the base, to ten decimals', () => {
    assert.deepEqual(rateOn(rates, 'USD', 'GBP', '2025-03-03'), { rate: '0.7873732719', rateDate: '2025-02-28' });
    assert.deepEqual(rateOn(rates, 'USD', 'EUR', '2025-03-03'), { rate: '0.9216589862', rateDate: '2025-03-03' });
    assert.deepEqual(rateOn(rates, 'EUR', 'USD', '2025-03-03'), { rate: '1.085', rateDate: '2025-03-03' });
  });
  test('whole rates lose their zeros behind the point only', () => {
    assert.equal(rateOn([row('JPY', '160.00')], 'EUR', 'JPY', '2025-03-03')?.rate, '160');
  });
  test('the newest row up to the day counts, the day included', () => {
    const two = [row('USD', '1.2', '2025-03-04'), row('USD', '1.1', '2025-03-03')];
    assert.equal(rateOn(two, 'EUR', 'USD', '2025-03-03')?.rate, '1.1');
    assert.equal(rateOn(two, 'EUR', 'USD', '2025-03-04')?.rate, '1.2');
    assert.equal(rateOn(two, 'EUR', 'USD', '2025-03-02'), null);
  });
  test('no row, no rate', () => {
    assert.equal(rateOn(rates, 'USD', 'CHF', '2025-03-03'), null);
    assert.equal(rateOn([], 'EUR', 'USD', '2025-03-03'), null);
  });
  test('a converter answers in minor units, null without a rate, and leaves its own currency alone', () => {
    const inDollars = converterOn(rates, '2025-03-03');
    assert.equal(inDollars({ amount: 4000, currency: 'EUR' }, 'USD'), 4340);
    assert.equal(inDollars({ amount: 4000, currency: 'GBP' }, 'USD'), 5080);
    assert.equal(inDollars({ amount: 4000, currency: 'CHF' }, 'USD'), null);
    assert.equal(inDollars({ amount: 4000, currency: 'USD' }, 'USD'), 4000);
  });
});
