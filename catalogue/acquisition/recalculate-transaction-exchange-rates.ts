import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Recalculate Transactions Exchange Rates: corrects transactions made at a rate that was not yet known.
 * Specification: acquisitions.md.
 */
export const recalculateTransactionExchangeRates = {
  ...ordinary,
  key: 'recalculate-transaction-exchange-rates',
  name: 'Recalculate Transactions Exchange Rates',
  category: 'ACQUISITION',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY' }],
  defaultSchedule: { slots: [{ kind: 'DAILY', times: ['08:00'] }] },
  defaultActive: [true],
  parameters: z.strictObject({
    lookbackDays: z.int().min(1).max(366).default(30),
  }),
  locks: [{ name: 'FUND_LEDGER', mode: 'EXCLUSIVE' }],
} as const satisfies JobDefinition;
