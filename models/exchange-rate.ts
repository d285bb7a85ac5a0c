/** exchangeRate: the rates of the installation, under `*` (spec/data-model.md, 6; acquisitions.md C3). */
import type { Connection } from 'mongoose';
import { text, versioned, type Versioned } from './document.js';

export interface ExchangeRate extends Versioned {
  baseCurrency: string;
  currency: string;
  date: string;
  /** Units of `currency` for 1 of the base, as decimal text. */
  rate: string;
  source: string;
}
const exchangeRateSchema = versioned<ExchangeRate>('exchangeRates', {
  baseCurrency: text,
  currency: text,
  date: text,
  rate: text,
  source: { type: String, default: '' },
});
exchangeRateSchema.index({ institutionId: 1, baseCurrency: 1, currency: 1, date: 1 }, { unique: true });
export const exchangeRateModel = (db: Connection) => db.model<ExchangeRate>('ExchangeRate', exchangeRateSchema);
