import { ordinary, type JobDefinition } from '../definition.js';

/** Update Fund Tx Job: loads allocations of funds from the finance system. Specification: acquisitions.md. */
export const erpUpdateFundTransactions = {
  ...ordinary,
  key: 'erp-update-fund-transactions',
  name: 'Update Fund Tx Job',
  category: 'ACQUISITION',
  userSchedulable: true,
  family: { type: 'INTEGRATION', subtype: 'ERP', action: 'LOAD_FUNDS' },
  instances: 'PER_PROFILE',
  scheduleKinds: [{ kind: 'NONE' }, { kind: 'DAILY' }, { kind: 'WEEKLY' }],
  defaultSchedule: { proposed: { kind: 'NONE' } },
  defaultActive: 'AS_PROFILE',
  locks: [{ name: 'FUND_LEDGER', mode: 'EXCLUSIVE' }],
} as const satisfies JobDefinition;
