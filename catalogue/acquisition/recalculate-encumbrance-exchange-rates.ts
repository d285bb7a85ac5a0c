import { z } from 'zod';
import { ordinary, type JobDefinition } from '../definition.js';

/**
 * Recalculate PO Line Encumbrances Based on Current Exchange Rates: revalues open encumbrances at the rate of the day.
 * Specification: acquisitions.md.
 */
export const recalculateEncumbranceExchangeRates = {
  ...ordinary,
  key: 'recalculate-encumbrance-exchange-rates',
  name: 'Recalculate PO Line Encumbrances Based on Current Exchange Rates',
  category: 'ACQUISITION',
  userSchedulable: false,
  scheduleKinds: [{ kind: 'DAILY' }, { kind: 'WEEKLY' }],
  defaultSchedule: { slots: [{ kind: 'WEEKLY', weekdays: ['SUN'], times: ['09:00'] }] },
  defaultActive: [false],
  parameters: z.strictObject({
    onlyActivePeriods: z.boolean().default(true),
  }),
  locks: [{ name: 'FUND_LEDGER', mode: 'EXCLUSIVE' }],
} as const satisfies JobDefinition;
